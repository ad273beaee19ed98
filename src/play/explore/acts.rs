//! What can happen to a call where it is: every key that is taken, silence, every kind of answer of
//! the world. Keys that a place takes alike are all pressed there once; after that one stands for them.

use super::reads::{Live, Read};
use super::values;
use crate::call::Challenge;
use crate::call::effect::{
    ActAnswer, Answer, ChangeAnswer, Effect, FileAnswer, LookupAnswer, Preference, RequestState, SendAnswer,
    StatusAnswer, VerifyAnswer,
};
use crate::call::event::{DialEnd, Event, Now, Recording};
use crate::call::state::{Looking, Phase, Stage, State, Wait};
use crate::call::step::limits;
use crate::flow::Value;
use crate::flow::model::{Flow, Kind, Step};
use crate::play::{ACCOUNT, PIN};
use crate::words::{Lang, Level, Reference, Secret, codes, pins};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// One thing that happens.
#[derive(Clone)]
pub enum Act {
    /// These keys.
    Keys(String),
    /// Nobody presses anything.
    Silence,
    /// Nobody presses anything until the call goes on by itself.
    GivesUp,
    /// The world answers.
    Answer(Answer),
    /// The world takes long.
    Slow,
    /// A transfer is over.
    Dialled(DialEnd),
    /// A message was spoken.
    Recorded,
    /// A verification runs out.
    Expires,
}

/// What sort of thing it is, for what is proved of ways through a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// The caller presses something, or speaks.
    Key,
    /// The caller asks for a person.
    Person,
    /// Nobody does anything.
    Silence,
    /// The world answers, which nobody can help.
    World,
    /// Time passes.
    Time,
}

impl Act {
    /// The event it is to a call.
    pub fn event(&self) -> Event {
        match self {
            Act::Keys(keys) => Event::Digits(Secret::new(keys.as_str())),
            Act::Silence | Act::GivesUp | Act::Expires => Event::Silence,
            Act::Answer(answer) => Event::Answered(answer.clone()),
            Act::Slow => Event::Slow,
            Act::Dialled(end) => Event::Dialled { end: *end, talked: 30 },
            Act::Recorded => Event::Recorded(Recording { id: "message".into(), url: None, seconds: 9 }),
        }
    }

    /// What sort it is.
    pub fn way(&self, at_menu: bool) -> Way {
        match self {
            Act::Keys(keys) if keys == if at_menu { "0" } else { "*0" } => Way::Person,
            Act::Keys(_) | Act::Recorded => Way::Key,
            Act::Silence | Act::GivesUp => Way::Silence,
            Act::Expires => Way::Time,
            _ => Way::World,
        }
    }

    /// The same in another language: where it chooses one, it chooses that.
    pub fn in_language(&self, flow: &Flow, lang: Lang, choosing: bool) -> Act {
        let nth = flow.languages.iter().position(|own| *own == lang).map(|n| n + 1).unwrap_or_default();
        match self {
            Act::Keys(keys) if choosing && keys.bytes().all(|b| b.is_ascii_digit() && b != b'0') => {
                Act::Keys(nth.to_string())
            }
            Act::Answer(Answer::Preference(known)) if known.lang.is_some() => {
                Act::Answer(Answer::Preference(Preference { lang: Some(lang), ..known.clone() }))
            }
            other => other.clone(),
        }
    }

    /// In words, for people who want to try it.
    pub fn show(&self, secret: bool, typed: bool) -> String {
        match self {
            Act::Keys(keys) if secret && keys.len() > 3 => "what proves it".into(),
            Act::Keys(keys) if keys.starts_with('*') => keys.clone(),
            Act::Keys(keys) if typed && keys != "#" => format!("{keys}#"),
            Act::Keys(keys) => keys.clone(),
            Act::Silence => "silence".into(),
            Act::GivesUp => "silence, again and again".into(),
            Act::Answer(answer) => format!("({})", answered(answer)),
            Act::Slow => "(no answer yet)".into(),
            Act::Dialled(end) => format!("(the desk: {})", format!("{end:?}").to_lowercase()),
            Act::Recorded => "a message".into(),
            Act::Expires => "(eleven minutes pass)".into(),
        }
    }
}

fn answered(answer: &Answer) -> String {
    let word = |debug: String| debug.split([' ', '(', '{']).next().unwrap_or_default().to_lowercase();
    match answer {
        Answer::Lookup(LookupAnswer::Found(Value::Record(fields))) => {
            let telling = |value: &Value| match value {
                Value::Text(_) | Value::Number(_) | Value::Flag(_) => values::told_to(value) == Level::L0,
                other => *other == Value::None,
            };
            let told = fields.iter().filter(|(_, value)| telling(value));
            let told: Vec<String> = told.map(|(name, value)| format!("{name}={}", value.plain())).collect();
            format!("found {}", told.join(" ")).trim().to_owned()
        }
        Answer::Lookup(other) => word(format!("{other:?}")),
        Answer::Verify(other) => word(format!("{other:?}")),
        Answer::Challenge(challenge) => if challenge.is_some() { "a code is sent" } else { "no code is sent" }.into(),
        Answer::Act(other) => word(format!("{other:?}")),
        Answer::FileRequest(FileAnswer::Filed { added: true, .. }) => "request added to".into(),
        Answer::FileRequest(other) => format!("request {}", word(format!("{other:?}"))),
        Answer::RequestStatus(StatusAnswer::Known { state, overdue, .. }) => {
            format!("request {}{}", state.word(), if *overdue { ", overdue" } else { "" })
        }
        Answer::RequestStatus(other) => format!("request {}", word(format!("{other:?}"))),
        Answer::ChangeRequest(other) => format!("request {}", word(format!("{other:?}"))),
        Answer::Notices(all) => format!("{} notices", all.len()),
        Answer::Preference(Preference { bookmark: Some(bookmark), .. }) => {
            format!("the call before broke off at {}", bookmark.menu)
        }
        Answer::Preference(Preference { lang: Some(lang), .. }) => format!("{lang} is remembered"),
        Answer::Preference(_) => "nothing is remembered".into(),
        Answer::Queue(wait) => format!("wait {} s", wait.unwrap_or_default()),
        Answer::Sent(other) => word(format!("{other:?}")),
        Answer::Recording(id) => if id.is_some() { "kept" } else { "not kept" }.into(),
        Answer::Remembered | Answer::PickedUp | Answer::Scored => "done".into(),
    }
}

/// Where a call is, as far as its choices depend on it.
pub struct Spot<'f> {
    /// The flow.
    pub flow: &'f Flow,
    /// What is still read.
    pub live: &'f Live,
    /// The block and step.
    pub at: (usize, usize),
    /// The step.
    pub step: &'f Step,
    /// The moment.
    pub now: Now,
    /// Nobody was here before in this stage, with these counters.
    pub fresh: bool,
}

impl Spot<'_> {
    /// Everything that can happen to a call here.
    pub fn acts(&self, state: &State) -> Vec<Act> {
        match &state.phase {
            Phase::Waiting(wait) => self.waiting(wait, state),
            Phase::Looking(looking) => self.looking(looking, state),
            Phase::Ended(_) => Vec::new(),
        }
    }

    fn waiting(&self, wait: &Wait, state: &State) -> Vec<Act> {
        let recording = matches!(self.step.kind, Kind::Record { .. });
        match wait.stage {
            Stage::Ringing { .. } => {
                let ends = [DialEnd::Answered, DialEnd::Busy, DialEnd::NoAnswer, DialEnd::Failed];
                return ends.map(Act::Dialled).into_iter().chain(self.fresh.then_some(Act::Silence)).collect();
            }
            Stage::Step if recording => return vec![Act::Recorded, Act::Silence, Act::Keys("#".into())],
            _ => {}
        }
        let wrong = self.wrong(&wait.stage);
        match (wait.silent, wait.wrong, self.fresh) {
            (0, 0, _) => {}
            (_, _, true) => return vec![Act::Silence, Act::Keys(wrong)],
            // What leads on from here was tried from where nothing was wrong yet.
            _ => return Vec::new(),
        }
        let mut keys = self.keys(&wait.stage);
        let menu = self.is_menu(&wait.stage);
        keys.push(if menu { "0" } else { "*0" }.into());
        let back = state.frames.last().is_some_and(|frame| !frame.back.is_empty());
        if back || self.fresh {
            keys.push("#".into());
        }
        if self.fresh {
            let all = if menu { "123456789*".chars().map(String::from).collect() } else { self.rest(&wait.stage) };
            let more: Vec<String> = all.into_iter().filter(|key| !keys.contains(key)).collect();
            keys.extend(more);
            keys.extend((!menu).then_some(wrong));
        }
        let expires = state.level(self.now) > Level::L0;
        let silence = [Act::GivesUp].into_iter().chain(self.fresh.then_some(Act::Silence));
        keys.into_iter().map(Act::Keys).chain(silence).chain(expires.then_some(Act::Expires)).collect()
    }

    /// Whether one key is an answer.
    pub fn is_menu(&self, stage: &Stage) -> bool {
        match stage {
            Stage::Step => !matches!(self.step.kind, Kind::Ask { .. }),
            Stage::Resume(_) => true,
            _ => false,
        }
    }

    /// The keys that get on.
    fn keys(&self, stage: &Stage) -> Vec<String> {
        match (stage, &self.step.kind) {
            (Stage::Account(_), _) => vec![ACCOUNT.into()],
            (Stage::Pin { .. }, _) => vec![PIN.into()],
            (Stage::Code { .. }, _) => vec![digits(codes::DIGITS), "*1".into()],
            (Stage::Knowledge { .. }, _) => vec![digits(pins::KNOWLEDGE)],
            (Stage::Resume(_), _) => vec!["1".into(), "2".into()],
            (_, Kind::Menu { options, .. }) => options.iter().map(|option| option.key.to_string()).collect(),
            (_, Kind::Language { .. }) => (1..=self.flow.languages.len()).map(|n| n.to_string()).collect(),
            (_, Kind::Score { .. }) => (1..=5).map(|n| n.to_string()).collect(),
            (_, Kind::Ask { into, typing, then, .. }) => {
                values::typed(self.flow, typing, into, self.live.here(self.at.0, *then))
            }
            _ => Vec::new(),
        }
    }

    /// Keys where digits are data, beside good answers.
    fn rest(&self, stage: &Stage) -> Vec<String> {
        let short = if *stage == Stage::Step { vec![] } else { vec!["7".to_owned()] };
        ["**", "*9"].map(str::to_owned).into_iter().chain(short).collect()
    }

    /// What means nothing here.
    fn wrong(&self, stage: &Stage) -> String {
        match (stage, &self.step.kind) {
            (Stage::Step, Kind::Ask { typing, .. }) => values::mistyped(typing),
            (Stage::Step, _) => {
                let taken = self.keys(stage);
                "87654321".chars().map(String::from).find(|key| !taken.contains(key)).unwrap_or_else(|| "12".into())
            }
            _ => "7".into(),
        }
    }

    fn looking(&self, looking: &Looking, state: &State) -> Vec<Act> {
        let answers = match &looking.effect {
            Effect::Verify { account, level, .. } => self.verified(account, *level, state),
            Effect::Challenge { .. } => {
                let sent = |fresh| Some(Challenge { id: "challenge".into(), fresh });
                [sent(false), sent(true), None].map(Answer::Challenge).into()
            }
            Effect::Lookup { source, .. } => self.found(source),
            Effect::Act { .. } => [ActAnswer::Done, ActAnswer::Pending, ActAnswer::Failed].map(Answer::Act).into(),
            Effect::FileRequest(_) => self.filed(),
            Effect::RequestStatus { .. } => self.status(),
            Effect::ChangeRequest { .. } => {
                [ChangeAnswer::Changed, ChangeAnswer::Refused].map(Answer::ChangeRequest).into()
            }
            Effect::Notices => {
                let some = Lang::ALL.into_iter().map(|lang| (lang, "A notice.".to_owned())).collect();
                vec![Answer::Notices(Vec::new()), Answer::Notices(vec![some])]
            }
            Effect::Preference => {
                let known = |lang| Answer::Preference(Preference { lang, ..Preference::default() });
                vec![known(None), known(self.flow.languages.first().copied())]
            }
            Effect::Queue { .. } => [None, Some(30), Some(600)].map(Answer::Queue).into(),
            Effect::Send { .. } => [SendAnswer::Accepted, SendAnswer::Refused].map(Answer::Sent).into(),
            Effect::KeepRecording(_) => vec![Answer::Recording(Some("message".into())), Answer::Recording(None)],
            Effect::Remember(_) => vec![Answer::Remembered],
            Effect::PickedUp { .. } => vec![Answer::PickedUp],
            Effect::Score { .. } => vec![Answer::Scored],
        };
        // An answer that never comes counts as failed in the end; until then it may come any time.
        if looking.fillers > 0 && looking.fillers <= limits::FILLERS {
            return vec![Act::Slow];
        }
        answers.into_iter().map(Act::Answer).chain(self.fresh.then_some(Act::Slow)).collect()
    }

    fn verified(&self, account: &str, level: Level, state: &State) -> Vec<Answer> {
        let right = |account: &str| VerifyAnswer::Verified {
            account: account.to_owned(),
            level,
            name: values::mark(Level::L2),
        };
        let mut all = vec![right(account), VerifyAnswer::Wrong, VerifyAnswer::Limited, VerifyAnswer::Unavailable];
        if state.verified.is_some() {
            all.push(right("20002002"));
        }
        if self.fresh {
            all.push(VerifyAnswer::Lost);
        }
        all.into_iter().map(Answer::Verify).collect()
    }

    fn found(&self, source: &str) -> Vec<Answer> {
        let none = BTreeSet::<Read>::new();
        let (into, reads) = match &self.step.kind {
            Kind::Lookup { into, then, .. } => (into.as_str(), self.live.here(self.at.0, *then)),
            _ => ("", &none),
        };
        let source = self.flow.sources.get(source);
        let records = source.map(|source| values::records(source, into, reads, self.now)).unwrap_or_default();
        let found = records.into_iter().map(LookupAnswer::Found);
        found.chain([LookupAnswer::Missing, LookupAnswer::Failed]).map(Answer::Lookup).collect()
    }

    fn due(&self) -> Timestamp {
        self.now.checked_add(SignedDuration::from_hours(2)).unwrap_or(self.now)
    }

    fn filed(&self) -> Vec<Answer> {
        let filed = |added| FileAnswer::Filed { reference: Reference::of(7), due: self.due(), added };
        let more = [FileAnswer::NotCallable, FileAnswer::Unavailable];
        let more = more.into_iter().filter(|_| self.fresh);
        [filed(false), filed(true), FileAnswer::TooMany].into_iter().chain(more).map(Answer::FileRequest).collect()
    }

    fn status(&self) -> Vec<Answer> {
        let states = [RequestState::Open, RequestState::Claimed, RequestState::Done, RequestState::Closed];
        let known = states
            .into_iter()
            .flat_map(|state| [false, true].map(|overdue| StatusAnswer::Known { state, due: self.due(), overdue }));
        let none = [StatusAnswer::Missing, StatusAnswer::Limited];
        let none = none.into_iter().chain(self.fresh.then_some(StatusAnswer::Unavailable));
        known.chain(none).map(Answer::RequestStatus).collect()
    }
}

/// So many digits.
fn digits(count: usize) -> String {
    "2704961538".chars().cycle().take(count).collect()
}
