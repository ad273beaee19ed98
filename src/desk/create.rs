//! Requests that come another way than by phone.

use super::attempt::flow_of;
use super::{Desk, DeskError, NewCase, Result, said, written};
use crate::call::effect::{FileAnswer, NewRequest, RingAt};
use crate::flow::Flow;
use crate::store::{Person, Request};
use crate::words::Level;

/// The most that is known by name of one request.
const COLLECTED: usize = 50;
/// The longest word: a topic, a kind, a skill, a name of what is known.
const WORD: usize = 100;

impl Desk {
    /// Records a request that came another way than by phone; limits and number policy count as ever. A
    /// customer who has an open one about the topic has this added to it.
    pub async fn create(&self, by: &Person, new: &NewCase) -> Result<Request> {
        let flow = flow_of(self.answerer(), &new.line)
            .map_err(|_| wrong("line", "names no line in service; use a flow's name"))?;
        let new = self.request_of(&flow, new)?;
        match self.answerer().file_case(&flow, &new, &by.name).await? {
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

    fn request_of(&self, flow: &Flow, new: &NewCase) -> Result<NewRequest> {
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
        let due = flow.due(&zones, now, new.priority as usize).ok_or(DeskError::NoSuchLine(flow.name.clone()))?;
        Ok(NewRequest {
            kind: word("kind", &new.kind)?,
            topic,
            priority: new.priority,
            skill,
            lang: new.lang,
            ring: new.number.clone().map_or(RingAt::Nobody, RingAt::Number),
            account: new.account.as_deref().map(|account| word("account", account)).transpose()?,
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
