//! Requests that come another way than by phone.

use super::attempt::flow_of;
use super::{Desk, DeskError, NewCase, Result, said, written};
use crate::call::effect::{FileAnswer, NewRequest, Priority, RingAt};
use crate::flow::Flow;
use crate::store::{FiledBy, Person, Request};
use crate::words::{Level, Role};

/// The most that is known by name of one request.
const COLLECTED: usize = 50;
/// The longest word: a topic, a kind, a skill, a name of what is known.
const WORD: usize = 100;

impl Desk {
    /// Records a request that came another way than by phone; limits and number policy count as ever. A
    /// customer who has an open one about the topic has this added to it. Without a number the one registered
    /// for the account is rung. Whoever is no supervisor changes no number of an open request and files
    /// nothing urgent: that counts as high.
    pub async fn create(&self, by: &Person, new: &NewCase) -> Result<Request> {
        let flow = flow_of(self.answerer(), &new.line)
            .map_err(|_| wrong("line", "names no line in service; use a flow's name"))?;
        let supervises = by.role >= Role::Supervisor;
        let priority = if supervises { new.priority } else { new.priority.max(Priority::High) };
        let new = self.request_of(&flow, new, priority)?;
        let filer = FiledBy { who: &by.name, renumbers: supervises };
        match self.answerer().file_case(&flow, &new, filer).await? {
            FileAnswer::Filed { reference, .. } => {
                let filed = self.store().request_status(&reference).await?.ok_or(DeskError::Missing)?;
                self.changed();
                self.request(&filed.id).await
            }
            FileAnswer::TooMany => Err(DeskError::TooMany),
            FileAnswer::NotCallable => Err(wrong("number", "is none this line may ring")),
            FileAnswer::Unavailable => Err(DeskError::Contended),
        }
    }

    fn request_of(&self, flow: &Flow, new: &NewCase, priority: Priority) -> Result<NewRequest> {
        if !flow.languages.contains(&new.lang) {
            return Err(wrong("lang", "is none the line speaks"));
        }
        if new.account.is_some() && new.level < Level::L2 {
            return Err(wrong("account", "is given, but the customer is not verified; give level 2 or 3 with it"));
        }
        if new.account.is_none() && new.number.is_none() {
            return Err(wrong("number", "is missing, and so is `account`; without either nobody knows whose it is"));
        }
        if new.collected.len() > COLLECTED {
            return Err(wrong("collected", "has too many entries; give at most 50"));
        }
        let mut collected = Vec::new();
        for (name, value) in &new.collected {
            collected.push((word("collected", name)?, written("collected", value)?));
        }
        let topic = word("topic", &new.topic)?;
        let skill = match &new.skill {
            Some(skill) => word("skill", skill)?,
            None => topic.clone(),
        };
        let now = self.now();
        if let Some(number) = &new.number {
            number.may_ring(&flow.countries, self.answerer().takes_fiction())?;
        }
        let zones = flow.zones_of(new.number.as_ref());
        let account = new.account.as_deref().map(|account| word("account", account)).transpose()?;
        let ring = match (&new.number, &account) {
            (Some(number), _) => RingAt::Number(number.clone()),
            (None, Some(account)) => RingAt::Registered(account.clone()),
            (None, None) => RingAt::Nobody,
        };
        let due = flow.due(&zones, now, priority as usize).ok_or(DeskError::NoSuchLine(flow.name.clone()))?;
        Ok(NewRequest {
            kind: word("kind", &new.kind)?,
            topic,
            priority,
            skill,
            lang: new.lang,
            ring,
            account,
            from: None,
            level: new.level,
            verified_at: (new.level > Level::L0).then_some(now),
            collected,
            window: None,
            due,
            test: false,
        })
    }
}

fn wrong(field: &'static str, why: &str) -> DeskError {
    DeskError::Field { field, why: why.to_owned() }
}

/// A short text on one line.
fn word(field: &'static str, text: &str) -> Result<String> {
    let text = said(field, text)?;
    match text.chars().count() <= WORD && !text.contains(['\n', '\t', ',']) {
        true => Ok(text),
        false => Err(wrong(field, "is too long or has commas or line breaks in it; write at most 100 letters")),
    }
}
