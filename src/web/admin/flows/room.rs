//! A hotline as it is being worked on, and who works on it: what every page here begins with. The one
//! place where the pages meet the studio's draft.

use super::problems::{Fault, faults};
use super::words::{self, Words, fill};
use crate::flow::Flow;
use crate::flow::read::{Files, load_again};
use crate::store::Person;
use crate::studio::{Draft, StudioError, text_digest};
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::desk_pages::times::{Clock, Moment, zone};
use crate::web::language::PageLang;
use crate::web::page::in_query;
use crate::web::titles::titled;
use crate::web::who::Admin;
use crate::words::{Lang, clock};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::Response;
use std::collections::HashMap;
use std::sync::Arc;

/// A hotline, its draft, and who looks at them.
pub(super) struct Room {
    pub(super) web: Web,
    pub(super) person: Arc<Person>,
    pub(super) lang: Lang,
    pub(super) w: &'static Words,
    /// The flow's name.
    pub(super) name: String,
    pub(super) live: Option<Arc<Flow>>,
    pub(super) draft: Draft,
    /// The draft's files, the main one first.
    pub(super) files: Vec<(String, String)>,
    /// The file of its stories, with the text the draft has.
    pub(super) stories: (String, String),
}

/// What is wrong with a draft, and what it would be.
pub(super) struct Checked {
    pub(super) faults: Vec<Fault>,
    /// The draft as a flow, where it can be understood at all.
    pub(super) flow: Option<Arc<Flow>>,
}

/// Which page of a hotline it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Picture,
    Steps,
    Text,
    Try,
    Review,
    Versions,
}

/// What stands above every page of a hotline.
pub(super) struct Head {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) title_lang: &'static str,
    /// Address, words, and whether one is there.
    pub(super) tabs: Vec<(String, &'static str, bool)>,
    /// Who changed the draft last, and when; none: there is no draft.
    pub(super) draft: Option<(String, Option<Moment>)>,
    /// It was checked for this page: else nothing is said of problems.
    pub(super) known: bool,
    pub(super) blocking: usize,
    pub(super) warnings: usize,
    pub(super) rev: i64,
}

impl FromRequestParts<Web> for Room {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Room, Response> {
        let Admin(person) = Admin::from_request_parts(parts, web).await?;
        let Ok(PageLang(lang)) = PageLang::from_request_parts(parts, web).await;
        let holes = Path::<HashMap<String, String>>::from_request_parts(parts, web).await;
        let name = holes.ok().and_then(|Path(mut holes)| holes.remove("flow")).unwrap_or_default();
        Room::open(web.clone(), person, lang, name).await
    }
}

impl Room {
    async fn open(web: Web, person: Arc<Person>, lang: Lang, name: String) -> Result<Room, Response> {
        let w = words::of(lang);
        let live = web.answerer.flows().live().into_iter().find(|flow| flow.name == name);
        let draft = match web.studio.draft(&name).await {
            Ok(draft) => draft,
            Err(StudioError::UnknownFlow(_)) => return Err(super::failure::missing(&person, lang)),
            Err(error) => return Err(super::failure::page(&person, lang, "/admin", &error)),
        };
        let (files, stories) = (Vec::new(), Default::default());
        let mut room = Room { web, person, lang, w, name, live, draft, files, stories };
        match room.read().await {
            Ok(()) => Ok(room),
            Err(error) => Err(super::failure::page(&room.person, lang, "/admin", &error)),
        }
    }

    /// Reads the files of the draft.
    async fn read(&mut self) -> Result<(), StudioError> {
        let studio = &self.web.studio;
        self.files = studio.files(&self.draft).await?;
        let file = format!("{}.stories.yaml", self.name);
        let text = match self.draft.changed.get(&file) {
            Some(text) => text.clone(),
            None => studio.stories(&self.name).await?.unwrap_or_default(),
        };
        self.stories = (file, text);
        Ok(())
    }

    /// The draft's files with its stories, and those of others that follow it.
    pub(super) fn all_files(&self) -> Vec<(String, String)> {
        let mut files = self.files.clone();
        files.push(self.stories.clone());
        files.extend(self.draft.stories_of_others().map(|(_, file, text)| (file.clone(), text.clone())));
        files
    }

    /// The same files as they are in service.
    pub(super) async fn base_files(&self) -> Result<Vec<(String, String)>, StudioError> {
        let mut files = self.web.studio.version_files(&self.draft.base).await?;
        let stories = self.web.studio.stories(&self.name).await?.unwrap_or_default();
        files.push((self.stories.0.clone(), stories));
        for (flow, file, _) in self.draft.stories_of_others() {
            files.push((file.clone(), self.web.studio.stories(flow).await?.unwrap_or_default()));
        }
        Ok(files)
    }

    /// The name of the hotline's own file.
    pub(super) fn main_file(&self) -> &str {
        self.files.first().map_or("", |(file, _)| file)
    }

    /// The name of the file asked for; the hotline's own where nothing is asked for. It is an error where the
    /// hotline has no file of that name: another one must not be shown, or written, in its place.
    pub(super) fn asked(&self, asked: Option<&str>) -> Result<String, StudioError> {
        let name = asked.filter(|asked| !asked.is_empty()).unwrap_or(self.main_file());
        self.file(name).map(|(file, _)| file.clone()).ok_or_else(|| StudioError::UnknownFile(name.to_owned()))
    }

    /// The text of a file in the draft; empty where the hotline has none of that name.
    pub(super) fn text(&self, file: &str) -> &str {
        self.file(file).map_or("", |(_, text)| text)
    }

    fn file(&self, name: &str) -> Option<&(String, String)> {
        self.files.iter().chain([&self.stories]).find(|(file, _)| file == name)
    }

    /// The files that hold steps: the hotline's own and its sub-flows.
    pub(super) fn step_files(&self) -> impl Iterator<Item = &(String, String)> {
        let main = self.main_file();
        self.files
            .iter()
            .filter(move |(file, _)| file == main || file.starts_with("common/") && file != "common/phrases.yaml")
    }

    /// Where a page of this hotline is.
    pub(super) fn at(&self, rest: &str) -> String {
        format!("/admin/flows/{}{rest}", in_query(&self.name))
    }

    /// The file and the name of a step from its place, `main` or `call-me-back/confirm`.
    pub(super) fn split<'a>(&self, place: &'a str) -> (String, &'a str) {
        match place.rsplit_once('/') {
            Some((block, step)) => (format!("common/{block}.yaml"), step),
            None => (self.main_file().to_owned(), place),
        }
    }

    /// The place of a step from its file and name.
    pub(super) fn place(&self, file: &str, step: &str) -> String {
        match file.strip_prefix("common/").and_then(|file| file.strip_suffix(".yaml")) {
            Some(block) if file != self.main_file() => format!("{block}/{step}"),
            _ => step.to_owned(),
        }
    }

    /// What the text of a file stands over, as its page was shown it: the studio holds it against what it finds.
    pub(super) fn base_of(&self, file: &str) -> String {
        if file == self.stories.0 { text_digest(&self.stories.1) } else { self.draft.base.clone() }
    }

    /// Keeps another text of a file in the draft, unless somebody else saved since this was read, or something
    /// else is in service.
    pub(super) async fn save(&mut self, file: &str, text: &str) -> Result<(), StudioError> {
        self.save_over(file, text, &self.base_of(file)).await
    }

    /// Keeps what was made of a text that stood over this.
    pub(super) async fn save_over(&mut self, file: &str, text: &str, base: &str) -> Result<(), StudioError> {
        let (studio, seen) = (&self.web.studio, (self.draft.rev, base));
        self.draft = studio.save_over(&self.name, (file, text), seen, &self.person.name).await?;
        self.read().await
    }

    /// Reads the draft again.
    pub(super) async fn again(&mut self) -> Result<(), StudioError> {
        self.draft = self.web.studio.draft(&self.name).await?;
        self.read().await
    }

    /// The draft, examined.
    pub(super) async fn checked(&self) -> Checked {
        let problems = self.web.studio.check(&self.draft).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a draft could not be examined");
            Vec::new()
        });
        let (files, lang) = (self.all_files(), self.lang);
        // Away from where requests are answered: large and hostile files take their time.
        let examining = tokio::task::spawn_blocking(move || Checked {
            faults: faults(&files, &problems, lang),
            flow: understood(&files),
        });
        examining.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a draft could not be read");
            Checked { faults: Vec::new(), flow: None }
        })
    }

    pub(super) fn clock(&self) -> Clock {
        let zone = self.person.zone.as_deref().and_then(zone);
        Clock { now: clock::now(), lang: self.lang, zone }
    }

    /// What stands around the page at this address below the hotline's.
    pub(super) fn frame(&self, rest: &str) -> Frame {
        Frame::new(&self.person, self.lang, clock::now(), Here::Flows, &self.at(rest))
    }

    /// Another hotline's title, and in which language that is.
    pub(super) fn title_of(&self, name: &str) -> (String, &'static str) {
        titled(self.web.answerer.flows().live_one(name).as_deref(), name, self.lang)
    }

    /// The hotline's title in the reader's language, else in its first; and which.
    pub(super) fn title(&self) -> (String, &'static str) {
        titled(self.live.as_deref(), &self.name, self.lang)
    }

    pub(super) fn head(&self, tab: Tab, checked: Option<&Checked>) -> Head {
        let (w, (title, title_lang)) = (self.w, self.title());
        let tabs = [
            (Tab::Picture, "", w.tab_picture),
            (Tab::Steps, "/steps", w.tab_steps),
            (Tab::Text, "/text", w.tab_text),
            (Tab::Try, "/try", w.tab_try),
            (Tab::Review, "/review", w.tab_review),
            (Tab::Versions, "/versions", w.tab_versions),
        ];
        let count = |blocks: bool| {
            checked.map_or(0, |checked| checked.faults.iter().filter(|fault| fault.blocks == blocks).count())
        };
        let at = self.draft.at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
        Head {
            name: self.name.clone(),
            title,
            title_lang,
            tabs: tabs.into_iter().map(|(own, rest, words)| (self.at(rest), words, own == tab)).collect(),
            draft: (!self.draft.is_empty())
                .then(|| (self.draft.by.clone().unwrap_or_default(), at.map(|at| self.clock().ago(at)))),
            known: checked.is_some(),
            blocking: count(true),
            warnings: count(false),
            rev: self.draft.rev,
        }
    }
}

impl Head {
    /// Who changed the draft last; none: there is no draft.
    pub(super) fn drafter(&self) -> Option<&str> {
        self.draft.as_ref().map(|(by, _)| by.as_str())
    }

    /// What is wrong, in a few words.
    pub(super) fn state(&self, w: &Words) -> String {
        match (self.blocking, self.warnings) {
            (0, 0) => w.no_problems.to_owned(),
            (0, n) => fill(w.n_warnings, &[("n", &n.to_string())]),
            (n, _) => fill(w.n_blocking, &[("n", &n.to_string())]),
        }
    }
}

/// Files as one hotline, where they can be understood: what cannot be published can often be drawn.
fn understood(files: &[(String, String)]) -> Option<Arc<Flow>> {
    let main = files.first().map(|(file, _)| file.clone())?;
    let files: Files = files.iter().cloned().collect();
    load_again(&files, &main).ok().map(Arc::new)
}
