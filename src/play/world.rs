//! The world of a story: answers what `step` asks for with what the story gives, and keeps the
//! requests. Follows the same rules as the real one, only smaller: there is one call and no past.

use super::leaves::Sent;
use super::records::Recorded;
use super::story::{Canned, CannedChange, CannedRequest, CannedSms, CannedStatus, Story};
use super::{CODE, KNOWLEDGE, PIN};
use crate::call::effect::{
    ActAnswer, Answer, ChangeAnswer, Effect, FileAnswer, LookupAnswer, NewRequest, Preference, RingAt, SendAnswer,
    StatusAnswer, VerifyAnswer,
};
use crate::call::{Challenge, Proof};
use crate::flow::Flow;
use crate::words::{Level, Reference, Secret};
use std::collections::{BTreeMap, BTreeSet};

/// Guesses at a secret or a reference that one call has.
const GUESSES: usize = 3;

/// The name of the customer in every story.
pub const NAME: &str = "李明";

/// What stands for a recording in what an agent gets.
pub const RECORDING: &str = "recorded";

/// The world of one story.
pub struct World<'s> {
    flow: &'s Flow,
    story: &'s Story,
    /// What requests are called, in the order they are recorded.
    references: Vec<Reference>,
    filed: Vec<Filed>,
    guesses: usize,
    /// What of the given answers was asked for.
    used: BTreeSet<String>,
    sent: Vec<Sent>,
    scores: Vec<(String, u8)>,
    queues: Vec<String>,
}

struct Filed {
    customer: String,
    new: NewRequest,
    reference: Reference,
}

impl<'s> World<'s> {
    /// A world in which nothing happened yet. References are `references`, then made up ones.
    pub fn new(flow: &'s Flow, story: &'s Story, references: &[Reference]) -> World<'s> {
        let references = references.to_vec();
        World {
            flow,
            story,
            references,
            filed: Vec::new(),
            guesses: 0,
            used: BTreeSet::new(),
            sent: Vec::new(),
            scores: Vec::new(),
            queues: Vec::new(),
        }
    }

    /// The answer to an effect, for a caller at a level. `Err` says what must never be asked.
    pub fn answer(&mut self, effect: &Effect, secret: Option<&Secret>, level: Level) -> Result<Answer, String> {
        Ok(match effect {
            Effect::Verify { account, level, by } => Answer::Verify(self.verify(account, *level, by, secret)),
            // The code of a story is always the same, so it is always the same challenge.
            Effect::Challenge { .. } => Answer::Challenge(Some(Challenge { id: "challenge".to_owned(), fresh: false })),
            Effect::Lookup { source, .. } => {
                self.may(source, level)?;
                Answer::Lookup(match self.canned(source) {
                    Some(Canned::Found(record)) => LookupAnswer::Found(record.clone()),
                    Some(Canned::Failed) => LookupAnswer::Failed,
                    _ => LookupAnswer::Missing,
                })
            }
            Effect::Act { source, .. } => {
                self.may(source, level)?;
                Answer::Act(match self.canned(source) {
                    Some(Canned::Failed) => ActAnswer::Failed,
                    Some(Canned::Pending) => ActAnswer::Pending,
                    _ => ActAnswer::Done,
                })
            }
            Effect::FileRequest(new) => Answer::FileRequest(self.file(new)),
            Effect::RequestStatus { .. } => Answer::RequestStatus(self.status()),
            Effect::ChangeRequest { .. } => Answer::ChangeRequest(self.change()),
            Effect::Notices => {
                self.used.insert("notices".to_owned());
                Answer::Notices(self.story.given.notices.clone().unwrap_or_default())
            }
            Effect::Preference => Answer::Preference(Preference { lang: self.story.language, ..Preference::default() }),
            Effect::Remember(_) => Answer::Remembered,
            Effect::Queue { skill } => {
                self.used.insert("wait".to_owned());
                self.queues.push(skill.clone());
                Answer::Queue(self.story.given.wait)
            }
            Effect::PickedUp { .. } => Answer::PickedUp,
            Effect::Send { to, text } => Answer::Sent(self.send(Sent { to: to.into(), says: text.clone() })),
            Effect::KeepRecording(_) => Answer::Recording(Some(RECORDING.to_owned())),
            Effect::Score { category, score } => {
                self.scores.push((category.clone(), *score));
                Answer::Scored
            }
        })
    }

    /// What the story gives and nobody asked for.
    pub fn unused(&self) -> Vec<String> {
        let given = &self.story.given;
        let own = [
            ("request", given.request.is_some()),
            ("status", given.status.is_some()),
            ("change", given.change.is_some()),
            ("notices", given.notices.is_some()),
            ("wait", given.wait.is_some()),
            ("sms", given.sms.is_some()),
        ];
        let own = own.into_iter().filter(|(_, given)| *given).map(|(name, _)| name.to_owned());
        given.sources.keys().cloned().chain(own).filter(|name| !self.used.contains(name)).collect()
    }

    /// The requests recorded, in order.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.filed.iter().map(|filed| Recorded::from(&filed.new)).collect()
    }

    /// The same as they were asked for.
    pub fn requests(&self) -> Vec<NewRequest> {
        self.filed.iter().map(|filed| filed.new.clone()).collect()
    }

    /// The text messages sent, in order.
    pub fn sent(&self) -> &[Sent] {
        &self.sent
    }

    /// The scores given, in order.
    pub fn scores(&self) -> &[(String, u8)] {
        &self.scores
    }

    /// The skills for whose desks the wait was asked, in order.
    pub fn queues(&self) -> &[String] {
        &self.queues
    }

    fn send(&mut self, sent: Sent) -> SendAnswer {
        self.used.insert("sms".to_owned());
        if self.story.given.sms == Some(CannedSms::Refused) {
            return SendAnswer::Refused;
        }
        self.sent.push(sent);
        SendAnswer::Accepted
    }

    fn canned(&mut self, source: &str) -> Option<&'s Canned> {
        self.used.insert(source.to_owned());
        self.story.given.sources.get(source)
    }

    /// A source that needs a level must never be asked for a caller below it.
    fn may(&self, source: &str, level: Level) -> Result<(), String> {
        match self.flow.sources.get(source) {
            Some(source) if source.level > level => {
                Err(format!("`{}` needs level {} and is asked at level {level}", source.name, source.level))
            }
            _ => Ok(()),
        }
    }

    fn verify(&mut self, account: &str, level: Level, by: &Proof, secret: Option<&Secret>) -> VerifyAnswer {
        let ours = account == self.story.account;
        let verified = VerifyAnswer::Verified { account: account.to_owned(), level, name: NAME.to_owned() };
        let right = match by {
            Proof::Number => "",
            Proof::Pin => PIN,
            Proof::Code { .. } => CODE,
            Proof::Knowledge => KNOWLEDGE,
        };
        if *by == Proof::Number {
            // The story's caller calls from the number that is registered for the account.
            return if ours && self.story.from.is_some() { verified } else { VerifyAnswer::Wrong };
        }
        if self.guesses >= GUESSES {
            return VerifyAnswer::Limited;
        }
        if ours && secret.is_some_and(|typed| typed.same(right.as_bytes())) {
            return verified;
        }
        self.guesses += 1;
        VerifyAnswer::Wrong
    }

    fn status(&mut self) -> StatusAnswer {
        self.used.insert("status".to_owned());
        match self.story.given.status {
            Some(CannedStatus::Refused) => StatusAnswer::Limited,
            _ if self.guesses >= GUESSES => StatusAnswer::Limited,
            Some(CannedStatus::Known { state, due, overdue }) => StatusAnswer::Known { state, due, overdue },
            Some(CannedStatus::Missing) | None => {
                self.guesses += 1;
                StatusAnswer::Missing
            }
        }
    }

    fn change(&mut self) -> ChangeAnswer {
        self.used.insert("change".to_owned());
        match self.story.given.change {
            Some(CannedChange::Refused) => ChangeAnswer::Refused,
            None => ChangeAnswer::Changed,
        }
    }

    fn file(&mut self, new: &NewRequest) -> FileAnswer {
        self.used.insert("request".to_owned());
        if let RingAt::Number(phone) = &new.ring
            && phone.may_ring(&self.flow.countries, true).is_err()
        {
            return FileAnswer::NotCallable;
        }
        let customer = customer(new);
        let open = self.filed.iter_mut().find(|filed| filed.customer == customer && filed.new.topic == new.topic);
        if let Some(open) = open {
            add(&mut open.new, new);
            return FileAnswer::Filed { reference: open.reference.clone(), due: open.new.due, added: true };
        }
        if self.story.given.request == Some(CannedRequest::Refused) {
            return FileAnswer::TooMany;
        }
        let count = self.filed.len();
        let made_up = || Reference::of(u32::try_from(count).unwrap_or_default());
        let reference = self.references.get(count).cloned().unwrap_or_else(made_up);
        let added = self.story.given.request == Some(CannedRequest::Added) && self.filed.is_empty();
        self.filed.push(Filed { customer, new: new.clone(), reference: reference.clone() });
        FileAnswer::Filed { reference, due: new.due, added }
    }
}

/// Who asks, and how we know: verified and unverified never meet.
fn customer(new: &NewRequest) -> String {
    match (&new.account, &new.ring, &new.from) {
        (Some(account), _, _) => format!("verified {account}"),
        (_, RingAt::Registered(typed), _) => format!("typed {typed}"),
        (_, RingAt::Number(phone), _) | (_, _, Some(phone)) => format!("number {}", phone.as_str()),
        _ => "this call".to_owned(),
    }
}

/// Asking again raises a request and never lowers it.
fn add(open: &mut NewRequest, new: &NewRequest) {
    let mut collected: BTreeMap<String, String> = open.collected.drain(..).collect();
    collected.extend(new.collected.iter().cloned());
    open.collected = collected.into_iter().collect();
    open.priority = open.priority.raised().min(new.priority);
    open.due = open.due.min(new.due);
    open.level = open.level.max(new.level);
    open.window = new.window.or(open.window);
    open.lang = new.lang;
    if new.ring != RingAt::Nobody {
        open.ring = new.ring.clone();
    }
}
