//! A caller on the line: feeds a call its events, and after each of them insists on what must hold.

use hotline::call::effect::{
    ActAnswer, Answer, ChangeAnswer, Effect, FileAnswer, LookupAnswer, Preference, RequestState, SendAnswer,
    StatusAnswer, VerifyAnswer,
};
use hotline::call::event::{Began, CallStatus, DialEnd, Recording};
use hotline::call::state::{Phase, Stage, Wait};
use hotline::call::step::Trace;
use hotline::call::voice::Next;
use hotline::call::{Challenge, Event, Outcome, State, Turn, step};
use hotline::flow::value::{Type, Value};
use hotline::flow::{Flow, Kind, Step};
use hotline::words::{Currency, Lang, Level, Money, Phone, Reference, Secret};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The PIN these callers type: digits that stand nowhere else.
pub const PIN: &str = "907351";

/// Birth date and document they type: the PIN is looked for in it.
const KNOWLEDGE: &str = "907351907351";

/// A word in every text an account's data holds.
pub const CANARY: &str = "canary";

/// Something that happens on the line.
#[derive(Clone, Debug)]
pub enum Act {
    /// These keys.
    Keys(String),
    /// The keys that get on: an account, the PIN, a number, the first option.
    Sensible,
    Silence,
    /// A desk, whether or not one rings.
    Dialled(DialEnd),
    /// A message of so many seconds, whether or not one is taken down.
    Recorded(u32),
    Answer(Reply),
    Slow,
    Status {
        last: bool,
    },
    /// So many seconds pass.
    Pass(i64),
}

/// What the world answers.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    Good(u8),
    Bad(u8),
    WrongKind(u8),
}

#[derive(Clone)]
pub struct Caller {
    pub flow: Arc<Flow>,
    pub state: State,
    pub now: Timestamp,
    /// Turn and number of every effect that was asked for, re-asking not counted.
    pub effects: Vec<(u32, u8)>,
    /// The words of the last document.
    pub heard: String,
    /// What happened in the last turn.
    pub trail: Vec<Trace>,
    waits_for_us: bool,
}

impl Caller {
    /// Calls, and hears the first document or is looked up.
    pub fn new(flow: Arc<Flow>, withheld: bool) -> Caller {
        let from = if withheld { None } else { Phone::parse("+8613800138000", None) };
        let began = Began { dialled: "+85230000000".into(), from, test: false, lang: None };
        let state = State::new(&flow, began.clone());
        let now = "2026-03-02T02:00:00Z".parse().unwrap();
        let mut caller = Caller {
            flow,
            state,
            now,
            effects: Vec::new(),
            heard: String::new(),
            trail: Vec::new(),
            waits_for_us: false,
        };
        caller.feed(|| Event::Began(began.clone()));
        caller
    }

    /// Whether keys are waited for.
    pub fn is_asked(&self) -> bool {
        matches!(self.state.phase, Phase::Waiting(_))
    }

    /// Whether the last document only asks for patience.
    pub fn is_told_to_come_back(&self) -> bool {
        self.waits_for_us
    }

    pub fn does(&mut self, act: &Act) {
        match act {
            Act::Keys(keys) => self.feed(|| Event::Digits(Secret::new(keys.as_str()))),
            Act::Sensible => self.does(&self.sensible()),
            Act::Silence => self.feed(|| Event::Silence),
            Act::Dialled(end) => self.feed(|| Event::Dialled { end: *end, talked: 60 }),
            Act::Recorded(seconds) => {
                let recording = Recording { id: "RE1".into(), url: None, seconds: *seconds };
                self.feed(|| Event::Recorded(recording.clone()));
            }
            Act::Answer(reply) => {
                let effect = match &self.state.phase {
                    Phase::Looking(looking) => looking.effect.clone(),
                    _ => Effect::Notices,
                };
                let answer = answer_to(&self.flow, &effect, *reply, self.now);
                self.feed(|| Event::Answered(answer.clone()));
            }
            Act::Slow => self.feed(|| Event::Slow),
            Act::Status { last } => {
                let status = if *last { CallStatus::Completed } else { CallStatus::InProgress };
                self.feed(|| Event::Status(status));
            }
            Act::Pass(seconds) => self.now += SignedDuration::from_secs(*seconds),
        }
    }

    /// Presses nothing; what is looked up is found or not.
    pub fn stays_silent(&mut self, found: bool) {
        self.does(&match (&self.state.phase, found) {
            (Phase::Looking(_), _) if self.waits_for_us => Act::Silence,
            (Phase::Looking(_), true) => Act::Answer(Reply::Good(0)),
            (Phase::Looking(_), false) => Act::Answer(Reply::Bad(0)),
            _ => Act::Silence,
        });
    }

    /// Goes on until a PIN is asked for.
    pub fn comes_to_a_pin(&mut self) {
        for act in [Act::Answer(Reply::Good(0)), Act::Answer(Reply::Good(0)), Act::Keys("3".into()), Act::Sensible] {
            self.does(&act);
        }
        assert!(matches!(self.state.phase, Phase::Waiting(Wait { stage: Stage::Pin { .. }, .. })));
    }

    /// What gets on from here.
    pub fn sensible(&self) -> Act {
        let keys = match &self.state.phase {
            Phase::Waiting(Wait { stage: Stage::Pin { .. } | Stage::Code { .. }, .. }) => PIN,
            Phase::Waiting(Wait { stage: Stage::Knowledge { .. }, .. }) => KNOWLEDGE,
            Phase::Waiting(Wait { stage: Stage::Account(_), .. }) => "10001001",
            Phase::Looking(_) => return Act::Answer(Reply::Good(0)),
            Phase::Waiting(Wait { stage: Stage::Ringing { .. }, .. }) => return Act::Dialled(DialEnd::Answered),
            _ => match find(&self.flow, &self.state.place()).map(|step| &step.kind) {
                Some(Kind::Record { .. }) => return Act::Recorded(7),
                Some(Kind::Ask { typing, .. }) => match typing.gives() {
                    Type::Phone => "13800138001",
                    Type::Date => "20260228",
                    Type::Text => "33000018",
                    _ => "128",
                },
                _ => "1",
            },
        };
        Act::Keys(keys.into())
    }

    /// One event, and everything that must hold after it.
    fn feed(&mut self, event: impl Fn() -> Event) {
        let before = self.state.clone();
        let written = serde_json::to_string(&before).unwrap();
        let read: State = serde_json::from_str(&written).unwrap();
        assert_eq!(read, before, "a state is read back as it was written");
        let asked_again = matches!((&before.phase, event()), (Phase::Looking(_), Event::Silence | Event::Digits(_)));
        let turn = step(&self.flow, read, event(), self.now);
        let again = step(&self.flow, before.clone(), event(), self.now);
        assert!(same(&turn, &again), "the same event gives the same turn");
        self.holds_its_levels(&before, &turn);
        self.holds_its_words(&before, &turn);
        if let (Outcome::Ask(..), Phase::Looking(looking), false) = (&turn.outcome, &turn.state.phase, asked_again) {
            self.effects.push((looking.turn, looking.seq));
        }
        self.waits_for_us = matches!(&turn.outcome, Outcome::Say(voice) if voice.next == Next::Continue);
        if let (true, Phase::Looking(looking)) = (self.waits_for_us, &turn.state.phase)
            && looking.fillers == 0
        {
            self.effects.push((looking.turn, looking.seq));
        }
        if let Outcome::Say(voice) = &turn.outcome {
            self.heard = voice.says.iter().map(|said| said.words.as_str()).collect();
        }
        self.state = turn.state;
        self.trail = turn.trail;
    }

    /// No step above the level proved is gone into: the caller is asked who it is, or sent away.
    fn holds_its_levels(&self, before: &State, turn: &Turn) {
        let mut level = before.level(self.now);
        for (at, trace) in turn.trail.iter().enumerate() {
            match trace {
                Trace::Verified(reached) => level = *reached,
                Trace::Step(place) => {
                    let step = find(&self.flow, place).unwrap();
                    if step.needs > level && !matches!(step.kind, Kind::Verify { .. }) {
                        let next = turn.trail.get(at + 1);
                        assert!(matches!(next, None | Some(Trace::NotVerified(_))), "{place} at {level}: {next:?}");
                        let asked = matches!(&turn.state.phase, Phase::Waiting(w) if w.stage != Stage::Step);
                        assert!(next.is_some() || asked, "{place} at {level} is gone into");
                    }
                }
                _ => {}
            }
        }
        // What was asked for in time is still awaited when the verification runs out meanwhile.
        let awaited = matches!(before.phase, Phase::Looking(_)) && turn.trail.is_empty();
        if let (Outcome::Ask(Effect::Lookup { source, .. } | Effect::Act { source, .. }, _), false) =
            (&turn.outcome, awaited)
        {
            assert!(level >= self.flow.sources[source].level, "{source} is asked at {level}");
        }
    }

    /// What is heard has words, none of them above the level proved, and the PIN is nowhere.
    fn holds_its_words(&self, before: &State, turn: &Turn) {
        let trail = serde_json::to_string(&turn.trail).unwrap();
        let state = serde_json::to_string(&turn.state).unwrap();
        assert!(!trail.contains(PIN) && !state.contains(PIN), "a PIN is kept");
        match &turn.outcome {
            Outcome::Say(voice) => {
                let words: String = voice.says.iter().map(|said| said.words.as_str()).collect();
                assert!(!words.trim().is_empty(), "silence at {}", turn.state.place());
                assert!(!words.contains(PIN), "a PIN is spoken");
                assert_eq!(turn.state.turn, before.turn + 1);
                assert_eq!(voice.next == Next::HangUp, turn.state.ending().is_some());
                let waits = matches!(voice.next, Next::Gather(_) | Next::Transfer(_) | Next::Record(_));
                assert_eq!(waits, matches!(turn.state.phase, Phase::Waiting(_)));
                let known = turn.state.level(self.now) >= Level::L2;
                assert!(known || !words.contains(CANARY), "{words} is heard at {}", turn.state.place());
            }
            Outcome::Ask(effect, secret) => {
                assert!(!serde_json::to_string(effect).unwrap().contains(PIN), "a PIN is in an effect");
                assert!(secret.is_none() || matches!(effect, Effect::Verify { level: Level::L2 | Level::L3, .. }));
                assert!(matches!(&turn.state.phase, Phase::Looking(looking) if looking.effect == *effect));
            }
            Outcome::Nothing => assert_eq!(turn.state.turn, before.turn),
        }
    }
}

fn same(turn: &Turn, again: &Turn) -> bool {
    let outcomes = match (&turn.outcome, &again.outcome) {
        (Outcome::Say(a), Outcome::Say(b)) => a == b,
        (Outcome::Ask(a, x), Outcome::Ask(b, y)) => {
            a == b && x.as_ref().map(Secret::reveal) == y.as_ref().map(Secret::reveal)
        }
        (Outcome::Nothing, Outcome::Nothing) => true,
        _ => false,
    };
    outcomes && turn.state == again.state && turn.trail == again.trail
}

/// The step at a place as trails write it.
fn find<'f>(flow: &'f Flow, place: &str) -> Option<&'f Step> {
    let (block, name) = place.split_once('/').unwrap_or((&flow.blocks[0].name, place));
    let (block, step) = flow.find(block, name)?;
    flow.blocks[block].steps.get(step)
}

/// An answer to an effect, or to another one.
pub fn answer_to(flow: &Flow, effect: &Effect, reply: Reply, now: Timestamp) -> Answer {
    let due = now + SignedDuration::from_hours(2);
    let (good, n) = match reply {
        Reply::Good(n) => (true, n),
        Reply::Bad(n) => (false, n),
        Reply::WrongKind(n) => return wrong_kind(n, due),
    };
    match effect {
        Effect::Verify { account, level, .. } => Answer::Verify(match (good, n % 3) {
            (true, _) => VerifyAnswer::Verified { account: account.clone(), level: *level, name: CANARY.into() },
            (false, 0) => VerifyAnswer::Wrong,
            (false, 1) => VerifyAnswer::Limited,
            (false, _) => VerifyAnswer::Unavailable,
        }),
        Effect::Challenge { account, .. } => {
            Answer::Challenge(good.then(|| Challenge { id: format!("challenge of {account}"), fresh: n % 2 == 0 }))
        }
        Effect::Lookup { source, .. } => Answer::Lookup(match (good, n % 2) {
            (true, _) => LookupAnswer::Found(record(flow, source, n)),
            (false, 0) => LookupAnswer::Missing,
            (false, _) => LookupAnswer::Failed,
        }),
        Effect::Act { .. } => Answer::Act(match (good, n % 2) {
            (true, 0) => ActAnswer::Done,
            (true, _) => ActAnswer::Pending,
            (false, _) => ActAnswer::Failed,
        }),
        Effect::FileRequest(_) => Answer::FileRequest(match (good, n % 3) {
            (true, _) => FileAnswer::Filed { reference: Reference::of(7), due, added: n % 2 == 1 },
            (false, 0) => FileAnswer::TooMany,
            (false, 1) => FileAnswer::NotCallable,
            (false, _) => FileAnswer::Unavailable,
        }),
        Effect::Queue { .. } => Answer::Queue(good.then_some(u32::from(n) * 3)),
        Effect::PickedUp { .. } => Answer::PickedUp,
        Effect::Send { .. } if good => Answer::Sent(SendAnswer::Accepted),
        Effect::Send { .. } => Answer::Sent(SendAnswer::Refused),
        Effect::KeepRecording(_) => Answer::Recording(good.then(|| "message".to_owned())),
        Effect::Score { .. } => Answer::Scored,
        Effect::ChangeRequest { .. } => Answer::ChangeRequest(match (good, n % 2) {
            (true, _) => ChangeAnswer::Changed,
            (false, 0) => ChangeAnswer::Refused,
            (false, _) => ChangeAnswer::Unavailable,
        }),
        Effect::RequestStatus { .. } => Answer::RequestStatus(match (good, n % 3) {
            (true, _) => {
                let states = [RequestState::Open, RequestState::Claimed, RequestState::Done, RequestState::Closed];
                StatusAnswer::Known { state: states[usize::from(n) % 4], due, overdue: n % 5 == 0 }
            }
            (false, 0) => StatusAnswer::Missing,
            (false, 1) => StatusAnswer::Limited,
            (false, _) => StatusAnswer::Unavailable,
        }),
        Effect::Notices => Answer::Notices(match good {
            true => vec![Lang::ALL.into_iter().map(|lang| (lang, "…".to_owned())).collect()],
            false => Vec::new(),
        }),
        Effect::Preference => Answer::Preference(Preference {
            lang: good.then_some(Lang::ALL[usize::from(n) % 4]),
            slow: n % 2 == 0,
            bookmark: None,
        }),
        Effect::Remember(_) => Answer::Remembered,
    }
}

/// An answer that has nothing to do with what was asked.
fn wrong_kind(n: u8, due: Timestamp) -> Answer {
    let found = Value::Record(BTreeMap::from([("state".into(), Value::Text(CANARY.into()))]));
    let (account, name) = ("10001001".into(), CANARY.into());
    match n % 5 {
        0 => Answer::Lookup(LookupAnswer::Found(found)),
        1 => Answer::Act(ActAnswer::Done),
        2 => Answer::Notices(Vec::new()),
        3 => Answer::FileRequest(FileAnswer::Filed { reference: Reference::of(7), due, added: false }),
        _ => Answer::Verify(VerifyAnswer::Verified { account, level: Level::L1, name }),
    }
}

/// A record of a source, with words the flows branch on and the canary in the others.
fn record(flow: &Flow, source: &str, n: u8) -> Value {
    let states = ["done", "pending", "failed", "locked", "frozen"];
    let reasons = ["network", "balance", "limit", "card", "account", "other", "password", "customer", "risk"];
    let field = |(name, holds): (&String, &Type)| {
        let value = match (name.as_str(), holds) {
            ("state", _) => Value::Text(states[usize::from(n) % 5].into()),
            ("reason", _) => Value::Text(reasons[usize::from(n / 5) % 9].into()),
            (_, Type::Money) => Value::Money(Money { minor: 12_850, currency: Currency::parse("CNY").unwrap() }),
            (_, Type::Date) => Value::Date("2026-03-01".parse().unwrap()),
            _ => Value::Text(CANARY.into()),
        };
        (name.clone(), value)
    };
    Value::Record(flow.sources[source].gives.iter().map(field).collect())
}
