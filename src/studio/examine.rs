//! What is to be said of a draft before anybody hears it: every check there is, every story, every key
//! tried on the engine, for the flow and for every other that shares a file it changes. Done on a thread
//! of its own, one after another and within bounds: a draft is what somebody typed.

use super::audio::missing_audio;
use super::draft::{flow_of_stories, main_file, stories_file, stories_of};
use super::{Draft, Studio, StudioError};
use crate::answer::files_of;
use crate::call::step::limits;
use crate::flow::Flow;
use crate::flow::check::{Ability, Around};
use crate::flow::read::{Files, each_once, examine, is_sub_flow, unknown_hosts};
use crate::flow::source::Problem;
use crate::play::{self, Bounds, Failure, explore};
use crate::provider::Provider;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// How far every key is tried: several times what a shipped hotline takes.
const TRIED: Bounds = Bounds { states: 60_000, transitions: 400_000, patience: 30 };

/// How many examinations are remembered: one looks at a draft, and then publishes it.
const REMEMBERED: usize = 8;

/// What is to be said of a draft.
#[derive(Debug, Default)]
pub struct Examined {
    /// Everything that blocks or is warned of, by file and line.
    pub problems: Vec<Problem>,
    /// Every story as it went, of the flow and of those it touches.
    pub stories: Vec<Told>,
    /// The flow, unless a problem blocks it.
    pub flow: Option<Arc<Flow>>,
    /// The names of other flows that change with it, because they share a file.
    pub touches: Vec<String>,
    /// Changed files that no step of the flow comes to.
    pub unused: Vec<String>,
    pub(super) touched: Vec<Touched>,
}

/// Another flow that changes with a draft, and the version it was examined over: only in its place may
/// it go out.
#[derive(Clone, Debug)]
pub(super) struct Touched {
    pub(super) new: Arc<Flow>,
    pub(super) old: Arc<Flow>,
}

/// How a story went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The flow it was played on.
    pub flow: String,
    /// What it is about.
    pub title: String,
    /// The file it stands in.
    pub file: String,
    /// The line it begins in.
    pub line: usize,
    /// Where it went another way; none: all is as written.
    pub failure: Option<Failure>,
}

impl Examined {
    /// Whether something keeps it from being published.
    pub fn blocks(&self) -> bool {
        self.flow.is_none()
            || !self.unused.is_empty()
            || self.problems.iter().any(Problem::blocks)
            || self.stories.iter().any(|told| told.failure.is_some())
    }
}

/// Examinations at work and done. Whoever types does not wait for one that takes seconds.
pub(super) struct Examination {
    whole: Arc<Semaphore>,
    quick: Arc<Semaphore>,
    done: Mutex<Vec<([u8; 32], Arc<Examined>)>>,
}

impl Default for Examination {
    fn default() -> Examination {
        let one = || Arc::new(Semaphore::new(1));
        Examination { whole: one(), quick: one(), done: Mutex::default() }
    }
}

/// What the providers that a deployment uses can do. Messages go out by any of them that sends. Of one that is
/// only `assumed` no more is told than what a flow could do otherwise.
pub fn abilities(providers: &[Provider], assumed: bool) -> Vec<Ability> {
    let sms = providers.iter().any(|provider| provider.can().sms);
    let ability = |provider: &Provider| {
        let can = provider.can();
        let (name, voices) = (provider.name().to_owned(), can.speaks.to_vec());
        let (type_ahead, lone_hash) = (can.type_ahead || assumed, can.lone_hash || assumed);
        Ability { name, voices, transfer: can.transfer, record: can.record, sms, type_ahead, lone_hash }
    };
    providers.iter().map(ability).collect()
}

/// One flow as it would be.
struct Case {
    main: String,
    files: Files,
    before: Option<Arc<Flow>>,
    stories: Option<(String, String)>,
}

/// Everything an examination needs, so that it can be done elsewhere.
struct Bench {
    own: Case,
    others: Vec<Case>,
    changed: Vec<String>,
    hosts: Vec<String>,
    abilities: Vec<Ability>,
    audio: Option<PathBuf>,
    now: Timestamp,
}

impl Studio {
    /// Everything that is to be said of a draft. Takes seconds of a large one; of one that was examined
    /// before nothing.
    ///
    /// # Errors
    /// The version it is written over is not kept, or the store fails.
    pub async fn examine(&self, draft: &Draft) -> Result<Arc<Examined>, StudioError> {
        let bench = self.bench(draft, true).await?;
        let key = bench.key();
        if let Some(known) = self.inner.examination.known(&key) {
            return Ok(known);
        }
        let examined = Arc::new(work(&self.inner.examination.whole, move || bench.all()).await?);
        self.inner.examination.remember(key, examined.clone());
        Ok(examined)
    }

    /// What the checks say of a draft, while somebody types: no story is played and no key is tried.
    ///
    /// # Errors
    /// As [`Studio::examine`].
    pub async fn check(&self, draft: &Draft) -> Result<Vec<Problem>, StudioError> {
        let bench = self.bench(draft, false).await?;
        work(&self.inner.examination.quick, move || bench.own(false).problems).await
    }

    /// Keeps the draft's version, so that a trial call can be on it; gives its digest.
    ///
    /// # Errors
    /// It has problems that block it, or the store fails.
    pub async fn try_out(&self, draft: &Draft) -> Result<String, StudioError> {
        let bench = self.bench(draft, false).await?;
        let examined = work(&self.inner.examination.quick, move || bench.own(false)).await?;
        let Some(flow) = examined.flow.clone() else { return Err(StudioError::Refused(Arc::new(examined))) };
        self.store().keep_flow(&flow.name, &flow.digest, &files_of(&flow)?, self.now()).await?;
        Ok(flow.digest.to_string())
    }

    /// Does work about a draft that would keep calls waiting, away from where they are answered.
    pub(super) async fn beside<T: Send + 'static>(
        &self,
        done: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StudioError> {
        work(&self.inner.examination.whole, done).await
    }

    async fn bench(&self, draft: &Draft, others: bool) -> Result<Bench, StudioError> {
        let answerer = &self.inner.answerer;
        let live = self.live(&draft.flow)?;
        let base = self.version_files(&draft.base).await?;
        let changed: Vec<_> = draft.changed.iter().filter(|(file, _)| flow_of_stories(file).is_none()).collect();
        let published = self.store().stories().await?;
        let folder = answerer.flows().folder();
        let stories = |flow: &str| {
            let file = stories_file(flow);
            let known = || stories_of(flow, &published, folder.get(&file));
            draft.changed.get(&file).or_else(known).map(|text| (file.clone(), text.clone()))
        };
        let all = answerer.flows().live();
        let library = library(&folder, &all);
        let mut files = library.clone();
        files.extend(base.iter().cloned());
        files.extend(changed.iter().map(|(file, text)| ((*file).clone(), (*text).clone())));
        let own = Case { main: main_file(&live), files, before: Some(live), stories: stories(&draft.flow) };
        let touched = all.iter().filter(|flow| others && flow.name != draft.flow);
        let touched = touched.filter_map(|flow| {
            let old = |file: &str| base.iter().find(|(name, _)| name == file).map(|(_, text)| text);
            let shares = |file: &str| flow.files.iter().any(|(name, text)| name == file && old(file) == Some(text));
            changed.iter().any(|(file, _)| shares(file)).then(|| {
                let has = |file: &str| flow.files.iter().any(|(name, _)| name == file);
                let mut files = library.clone();
                files.extend(flow.files.iter().cloned());
                let new = changed.iter().filter(|(file, _)| shares(file) || (!has(file) && old(file).is_none()));
                files.extend(new.map(|(file, text)| ((*file).clone(), (*text).clone())));
                Case { main: main_file(flow), files, before: Some(flow.clone()), stories: stories(&flow.name) }
            })
        });
        Ok(Bench {
            own,
            others: touched.collect(),
            changed: changed.iter().map(|(file, _)| (*file).clone()).collect(),
            hosts: answerer.outside().hosts(),
            abilities: abilities(&self.inner.settings.providers, false),
            audio: self.inner.settings.audio.clone(),
            now: answerer.now(),
        })
    }
}

/// Does work that would keep calls waiting on a thread of its own, one after another: also when whoever
/// asked for it is gone by then.
async fn work<T: Send + 'static>(
    one: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StudioError> {
    let turn = one.clone().acquire_owned().await.map_err(|e| StudioError::Broken(e.to_string()))?;
    let work = move || {
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| StudioError::Broken(e.to_string()))
}

/// Sub-flows that a draft may come to use: those of the folder, else of any flow in service.
fn library(folder: &Files, live: &[Arc<Flow>]) -> Files {
    let in_service = live.iter().flat_map(|flow| &flow.files);
    let mut files: Files = in_service.filter(|(file, _)| is_sub_flow(file)).cloned().collect();
    files.extend(folder.iter().filter(|(file, _)| is_sub_flow(file)).map(|(file, text)| (file.clone(), text.clone())));
    files
}

impl Examination {
    fn known(&self, key: &[u8; 32]) -> Option<Arc<Examined>> {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.iter().find(|(known, _)| known == key).map(|(_, examined)| examined.clone())
    }

    fn remember(&self, key: [u8; 32], examined: Arc<Examined>) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.truncate(REMEMBERED - 1);
        done.insert(0, (key, examined));
    }
}

impl Bench {
    /// What the outcome follows from, but for the day and for recordings that come and go: those are
    /// looked at anew within a minute.
    fn key(&self) -> [u8; 32] {
        let mut sha = Sha256::new();
        let mut add = |text: &str| {
            sha.update((text.len() as u64).to_be_bytes());
            sha.update(text);
        };
        add(&(self.now.as_second() / 60).to_string());
        self.changed.iter().for_each(|file| add(file));
        for case in [&self.own].into_iter().chain(&self.others) {
            add(&case.main);
            add(case.before.as_ref().map_or("", |flow| &flow.digest));
            case.files.iter().chain(case.stories.as_ref().map(|(file, text)| (file, text))).for_each(|(file, text)| {
                add(file);
                add(text);
            });
        }
        sha.finalize().into()
    }

    fn all(&self) -> Examined {
        let mut all = self.own(true);
        if let Some(flow) = &all.flow {
            let is_unused = |file: &&String| flow.files.iter().all(|(known, _)| known != *file);
            all.unused = self.changed.iter().filter(is_unused).cloned().collect();
        }
        for case in &self.others {
            let mut other = self.case(case, true);
            all.problems.append(&mut other.problems);
            all.stories.append(&mut other.stories);
            all.touches.push(case.main.trim_end_matches(".yaml").to_owned());
            all.touched.extend(other.flow.zip(case.before.clone()).map(|(new, old)| Touched { new, old }));
        }
        all.problems = each_once(std::mem::take(&mut all.problems));
        all
    }

    fn own(&self, whole: bool) -> Examined {
        self.case(&self.own, whole)
    }

    fn case(&self, case: &Case, whole: bool) -> Examined {
        let around = Around {
            now: Some(self.now),
            providers: &self.abilities,
            previous: case.before.as_deref(),
            turns: Some(limits::TURNS),
        };
        let found = examine(&case.files, &case.main, &around);
        let mut examined = Examined { problems: found.problems, ..Examined::default() };
        examined.problems.extend(unknown_hosts(&case.files, &self.hosts));
        if let Some(flow) = found.flow {
            if let Some(audio) = &self.audio {
                examined.problems.extend(missing_audio(audio, &flow));
            }
            let flow = Arc::new(flow);
            if whole {
                examined.problems.extend(explore(&flow, TRIED).findings.into_iter().map(Problem::from));
                examined.tell(&flow, case.stories.as_ref());
            }
            examined.flow = (!examined.problems.iter().any(Problem::blocks)).then_some(flow);
        }
        examined.problems = each_once(std::mem::take(&mut examined.problems));
        examined
    }
}

impl Examined {
    fn tell(&mut self, flow: &Arc<Flow>, stories: Option<&(String, String)>) {
        let Some((file, text)) = stories else { return };
        let (stories, problems) = play::read(file, text, flow);
        self.problems.extend(problems);
        self.stories.extend(stories.into_iter().map(|story| {
            let failure = play::play(flow, &story).failure;
            Told { flow: flow.name.clone(), title: story.title, file: file.clone(), line: story.line, failure }
        }));
    }
}
