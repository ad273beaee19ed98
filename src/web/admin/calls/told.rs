//! A call in words, turn by turn: what the caller did, where that led, what was asked of the world, and
//! the document that was sent. Pure. Of a secret only how many keys it had is known, and shown as dots.

use super::words::{Words, fill};
use crate::call::effect::{
    ActAnswer, Answer, ChangeAnswer, Effect, FileAnswer, LookupAnswer, SendAnswer, StatusAnswer, VerifyAnswer,
};
use crate::call::event::{CallStatus, DialEnd, Kept};
use crate::call::step::{Trace, Universal, phrase_text};
use crate::flow::Flow;
use crate::flow::model::Kind;
use crate::play::replay::{Recorded, came};
use crate::store::TurnRow;
use crate::web::admin::flows::language_name;
use crate::web::desk_pages::times::{Clock, Stamp};
use crate::words::Lang;
use crate::words::phone::masked_in;
use jiff::Timestamp;

/// One event of a call, as it is told.
pub(super) struct Told {
    /// Counts from 1.
    pub(super) n: usize,
    pub(super) at: Option<Stamp>,
    /// How long after the one before.
    pub(super) after: Option<String>,
    /// What the caller did, piece by piece: those that are not in the page's language with theirs.
    pub(super) did: Vec<Piece>,
    /// What was heard then, piece by piece with its language.
    pub(super) said: Vec<(&'static str, String)>,
    /// The steps it led through.
    pub(super) steps: Vec<String>,
    /// What was asked, and what was answered.
    pub(super) world: Vec<(String, String)>,
    /// What else was noted.
    pub(super) notes: Vec<String>,
    /// What was sent to the provider.
    pub(super) document: Option<String>,
}

/// A part of a sentence, and the tag of its language where it is not the page's.
pub(super) type Piece = (Option<&'static str>, String);

/// Tells a call. Options have their words where the version it was on is known.
pub(super) fn told(w: &'static Words, clock: &Clock, flow: Option<&Flow>, turns: &[TurnRow]) -> Vec<Told> {
    let kept = turns.iter().map(|t| (&*t.event, &*t.answers, &*t.state, &*t.trail, t.at));
    let came = flow.zip(Recorded::read(kept)).and_then(|(flow, recorded)| came(flow, &recorded).ok());
    let (mut place, mut before, mut spoken, mut remembers) = (String::new(), None, clock.lang, true);
    let mut all = Vec::with_capacity(turns.len());
    for (at, turn) in turns.iter().enumerate() {
        // What an earlier server noted otherwise is no reason to show nothing.
        let trail: Vec<Trace> = serde_json::from_str(&turn.trail).unwrap_or_default();
        let event = serde_json::from_str::<Kept>(&turn.event).ok();
        if let Some(Kept::Began(began) | Kept::Closed(began, _)) = &event {
            remembers = began.remembered_for().is_some();
        }
        let teller = Teller { w, flow, lang: spoken, remembers };
        let came = came.as_ref().and_then(|came| came.get(at));
        let answers = match came {
            Some(came) => teller.world(&came.asked),
            None => teller.answers(&turn.answers),
        };
        all.push(Told {
            n: at + 1,
            at: Timestamp::from_millisecond(turn.at).ok().map(|at| clock.stamp(at)),
            after: before.map(|before: i64| fill(w.after, &[("t", &tenths(turn.at - before))])),
            did: event.map(|event| teller.did(&event, &trail, &place)).unwrap_or_default(),
            said: came
                .map(|came| came.said.iter().map(|said| (said.lang.tag(), said.words.clone())).collect())
                .unwrap_or_default(),
            world: answers,
            notes: trail.iter().filter_map(|trace| teller.noted(trace)).collect(),
            document: turn.document.as_deref().map(masked_in),
            steps: trail
                .iter()
                .filter_map(|trace| if let Trace::Step(step) = trace { Some(step.clone()) } else { None })
                .collect(),
        });
        if let Some(last) = all.last().and_then(|told| told.steps.last()) {
            place.clone_from(last);
        }
        // What is pressed next answers what was heard last.
        spoken = came.and_then(|came| came.said.last()).map_or(spoken, |said| said.lang);
        before = Some(turn.at);
    }
    all
}

/// Seconds with one place.
fn tenths(ms: i64) -> String {
    let tenths = ms.max(0) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

struct Teller<'f> {
    w: &'static Words,
    flow: Option<&'f Flow>,
    /// What the caller hears.
    lang: Lang,
    /// What is chosen is remembered for the number.
    remembers: bool,
}

impl Teller<'_> {
    /// What the caller did at a place.
    fn did(&self, event: &Kept, trail: &[Trace], place: &str) -> Vec<Piece> {
        let w = self.w;
        if let (Kept::Digits(keys), Some(Trace::Key(key))) = (event, trail.first()) {
            return match self.option(place, key) {
                Some((lang, words)) => chose(w, keys, (Some(lang.tag()), words)),
                None => vec![(None, fill(w.pressed, &[("keys", keys)]))],
            };
        }
        vec![(None, self.did_else(event, trail))]
    }

    /// What the caller did when no option was chosen.
    fn did_else(&self, event: &Kept, trail: &[Trace]) -> String {
        let w = self.w;
        let seconds = |n: u32| n.to_string();
        match (event, trail.first()) {
            (Kept::Began(began) | Kept::Closed(began, _), _) => match &began.from {
                Some(number) => fill(w.called, &[("number", &number.masked())]),
                None => w.called_withheld.to_owned(),
            },
            (Kept::Digits(_) | Kept::Secret(_), Some(Trace::Universal(key))) => w.universal[universal(*key)].to_owned(),
            (Kept::Digits(keys), Some(Trace::Wrong)) => fill(w.wrong, &[("keys", keys)]),
            (Kept::Digits(keys), _) => fill(w.typed, &[("keys", keys)]),
            (Kept::Secret(n), _) => fill(w.secret, &[("dots", &"•".repeat(*n)), ("n", &n.to_string())]),
            (Kept::Silence, Some(Trace::Silent)) => w.silent.to_owned(),
            (Kept::Silence, _) => w.came_back.to_owned(),
            (Kept::Again, _) => w.again.to_owned(),
            (Kept::Status(CallStatus::Completed), _) => w.hung_up.to_owned(),
            (Kept::Status(CallStatus::Failed), _) => w.broke.to_owned(),
            (Kept::Status(_), _) => w.moved.to_owned(),
            (Kept::Dialled(end, talked), _) => {
                let words = match end {
                    DialEnd::Answered => w.dialled[0],
                    DialEnd::Busy => w.dialled[1],
                    DialEnd::NoAnswer => w.dialled[2],
                    DialEnd::Failed => w.dialled[3],
                };
                fill(words, &[("n", &seconds(*talked))])
            }
            (Kept::Recorded(recording), _) => fill(w.message, &[("n", &seconds(recording.seconds))]),
        }
    }

    /// The words of an option as they were heard, or the language a key stands for by its own name.
    fn option(&self, place: &str, key: &str) -> Option<(Lang, String)> {
        let flow = self.flow?;
        let (block, step) = match place.split_once('/') {
            Some((block, step)) => (flow.blocks.iter().find(|b| b.name == block)?, step),
            None => (flow.blocks.first()?, place),
        };
        match &block.steps.get(*block.index.get(step)?)?.kind {
            Kind::Menu { options, .. } => {
                let label = &options.iter().find(|option| key.parse() == Ok(option.key))?.label;
                let said = |lang: Lang| Some((lang, phrase_text(label.get(lang)?).trim().to_owned()));
                said(self.lang).or_else(|| Lang::ALL.into_iter().find_map(said))
            }
            Kind::Language { .. } => {
                let nth = key.parse::<usize>().ok()?.checked_sub(1)?;
                flow.languages.get(nth).map(|lang| (*lang, language_name(*lang).to_owned()))
            }
            _ => None,
        }
    }

    fn noted(&self, trace: &Trace) -> Option<String> {
        let w = self.w;
        Some(match trace {
            Trace::Verified(level) => fill(w.verified, &[("n", &u8::from(*level).to_string())]),
            Trace::NotVerified(why) => fill(w.not_verified, &[("why", &self.word(why))]),
            Trace::Filed { reference, added } => {
                fill(if *added { w.added } else { w.filed }, &[("reference", reference)])
            }
            Trace::Rings(skill) => fill(w.rings, &[("skill", skill)]),
            Trace::Unset(name) => fill(w.unset, &[("name", name)]),
            Trace::Wordless => w.wordless.to_owned(),
            Trace::Fault(name) => fill(w.fault, &[("name", name)]),
            Trace::Ended(how) => fill(w.ended, &[("how", &super::words::ending(w, how.word()))]),
            Trace::Step(_) | Trace::Key(_) | Trace::Silent | Trace::Wrong | Trace::Universal(_) | Trace::Rang(_) => {
                return None;
            }
        })
    }

    /// All that was asked. What is remembered is asked for again where a flow asks for it: told once, unless
    /// it was another then.
    fn world(&self, asked: &[(Effect, Option<Answer>)]) -> Vec<(String, String)> {
        let mut told = Vec::with_capacity(asked.len());
        for (effect, answer) in asked {
            let row = self.asked(effect, answer.as_ref());
            if *effect != Effect::Preference || !told.contains(&row) {
                told.push(row);
            }
        }
        told
    }

    /// What was asked of the world and what came back, without what it said of a customer.
    fn asked(&self, effect: &Effect, answer: Option<&Answer>) -> (String, String) {
        let words = &self.w.world_words;
        let asked = match effect {
            Effect::Verify { level, .. } => fill(words.verify, &[("n", &u8::from(*level).to_string())]),
            Effect::Challenge { .. } => words.challenge.to_owned(),
            Effect::Lookup { source, .. } => fill(words.lookup, &[("source", source)]),
            Effect::Act { source, .. } => fill(words.act, &[("source", source)]),
            Effect::FileRequest(new) => fill(words.request, &[("topic", &new.topic)]),
            Effect::RequestStatus { .. } => words.status.to_owned(),
            Effect::ChangeRequest { .. } => words.change.to_owned(),
            Effect::Notices => words.notices.to_owned(),
            Effect::Preference => words.preference.to_owned(),
            Effect::Remember(_) => words.remember.to_owned(),
            Effect::Queue { skill } => fill(words.queue, &[("skill", skill)]),
            Effect::PickedUp { skill, .. } => fill(words.picked_up, &[("skill", skill)]),
            Effect::Send { .. } => words.send.to_owned(),
            Effect::KeepRecording(_) => words.recording.to_owned(),
            Effect::Score { category, score } => {
                fill(words.score, &[("category", category), ("n", &score.to_string())])
            }
        };
        (asked, self.answer(answer))
    }

    fn answer(&self, answer: Option<&Answer>) -> String {
        match answer {
            None => self.word("late"),
            Some(Answer::Remembered) if !self.remembers => self.word("not-kept"),
            Some(Answer::Queue(Some(seconds))) => fill(self.w.seconds, &[("n", &seconds.to_string())]),
            Some(Answer::Notices(notices)) => notices.len().to_string(),
            Some(answer) => self.word(answered(answer)),
        }
    }

    /// Answers alone, where the version is not known that asked.
    fn answers(&self, kept: &str) -> Vec<(String, String)> {
        let kept: Vec<Option<Answer>> = serde_json::from_str(kept).unwrap_or_default();
        kept.iter().map(|answer| (String::new(), self.answer(answer.as_ref()))).collect()
    }

    fn word(&self, word: &str) -> String {
        let known = self.w.world_words.answers.iter().find(|(own, _)| *own == word);
        known.map_or_else(|| word.to_owned(), |(_, words)| (*words).to_owned())
    }
}

/// An option that was chosen: its words in their language within a sentence of the page's.
fn chose(w: &Words, keys: &str, words: Piece) -> Vec<Piece> {
    let (before, after) = w.chose.split_once("{words}").unwrap_or((w.chose, ""));
    let [before, after] = [before, after].map(|part| (None, fill(part, &[("keys", keys)])));
    [before, words, after].into_iter().filter(|(_, words)| !words.is_empty()).collect()
}

fn universal(key: Universal) -> usize {
    match key {
        Universal::Person => 0,
        Universal::Repeat => 1,
        Universal::Back => 2,
        Universal::Slower => 3,
    }
}

/// The word of an answer.
fn answered(answer: &Answer) -> &'static str {
    let some = |is: bool| if is { "some" } else { "none" };
    match answer {
        Answer::Verify(VerifyAnswer::Verified { .. }) => "verified",
        Answer::Verify(VerifyAnswer::Wrong) => "wrong",
        Answer::Verify(VerifyAnswer::Limited) | Answer::RequestStatus(StatusAnswer::Limited) => "limited",
        Answer::Verify(VerifyAnswer::Lost) => "lost",
        Answer::Verify(VerifyAnswer::Unavailable)
        | Answer::FileRequest(FileAnswer::Unavailable)
        | Answer::RequestStatus(StatusAnswer::Unavailable)
        | Answer::ChangeRequest(ChangeAnswer::Unavailable) => "unavailable",
        Answer::Lookup(LookupAnswer::Found(_)) => "found",
        Answer::Lookup(LookupAnswer::Missing) | Answer::RequestStatus(StatusAnswer::Missing) => "missing",
        Answer::Lookup(LookupAnswer::Failed) | Answer::Act(ActAnswer::Failed) => "failed",
        Answer::Act(ActAnswer::Done) | Answer::Remembered | Answer::PickedUp | Answer::Scored => "done",
        Answer::Act(ActAnswer::Pending) => "pending",
        Answer::FileRequest(FileAnswer::Filed { .. }) => "filed",
        Answer::FileRequest(FileAnswer::TooMany) => "too-many",
        Answer::FileRequest(FileAnswer::NotCallable) => "not-callable",
        Answer::RequestStatus(StatusAnswer::Known { .. }) => "known",
        Answer::ChangeRequest(ChangeAnswer::Changed) => "changed",
        Answer::ChangeRequest(ChangeAnswer::Refused) | Answer::Sent(SendAnswer::Refused) => "refused",
        Answer::Sent(SendAnswer::Accepted) => "accepted",
        Answer::Challenge(challenge) => some(challenge.is_some()),
        Answer::Recording(id) => some(id.is_some()),
        Answer::Preference(known) => some(known.lang.is_some() || known.slow || known.bookmark.is_some()),
        Answer::Notices(_) | Answer::Queue(_) => "none",
    }
}
