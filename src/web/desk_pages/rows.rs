//! A request as a row of a list: what is seen of it at a glance.

use super::times::{Clock, Moment, Placed};
use super::words::{self, Words, fill, named};
use crate::call::effect::{Priority, RequestState};
use crate::store::Request;
use crate::words::Phone;
use crate::words::phone::masked_in;
use askama::Template;
use askama::filters::HtmlSafe;

/// A request at a glance.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) mark: Mark,
    pub(super) topic: String,
    pub(super) kind: String,
    /// The language spoken with the customer.
    pub(super) lang: &'static str,
    /// The number, masked; or where it is.
    pub(super) number: String,
    pub(super) level: u8,
    pub(super) level_words: &'static str,
    pub(super) since: Moment,
    pub(super) due: Moment,
    /// It should have been done by now.
    pub(super) overdue: bool,
    pub(super) tried: Option<String>,
    pub(super) trial: bool,
    /// Not to be rung before.
    pub(super) ready: Option<Placed>,
    /// Somebody has it, until then.
    pub(super) lease: Option<Moment>,
    pub(super) state: RequestState,
    /// How it ended and by whom.
    pub(super) ending: String,
    pub(super) ended: Moment,
}

/// How urgent: a word, a shape and a colour.
#[derive(Clone, Copy, Template)]
#[template(
    ext = "html",
    source = r##"<span class="mark {{ shape }}"><svg aria-hidden="true"><use href="#{{ shape }}"/></svg>{{ words }}</span>"##
)]
pub(super) struct Mark {
    /// Names shape and colour.
    pub(super) shape: &'static str,
    pub(super) words: &'static str,
}

impl HtmlSafe for Mark {}

impl Row {
    pub(super) fn of(request: &Request, clock: &Clock) -> Row {
        let w = words::of(clock.lang);
        let over = matches!(request.state, RequestState::Done | RequestState::Closed);
        let by = request.ended_by.as_deref().map(|by| named(w.who, by)).unwrap_or_default();
        Row {
            id: request.id.clone(),
            reference: reference(request.reference.as_str()),
            mark: mark(w, request.priority),
            topic: named(w.topics, &request.topic),
            kind: named(w.kinds, &request.kind),
            lang: w.languages[request.lang as usize],
            number: number(w, request),
            level: request.level.into(),
            level_words: w.levels[request.level as usize],
            since: clock.since(request.filed_at, w.list.since),
            due: clock.due(request.due),
            overdue: !over && request.due <= clock.now,
            tried: match request.attempts {
                0 => None,
                1 => Some(w.list.attempt.to_owned()),
                n => Some(fill(w.list.attempts, &[("n", &n.to_string())])),
            },
            trial: request.test,
            ready: (!over && request.ready_at > clock.now).then(|| clock.placed(request.ready_at, None, w.list.ready)),
            lease: request.lease_until.filter(|_| !over).map(|until| clock.lease(until, w.list.lease)),
            state: request.state,
            ending: ending(w, request.state, request.reason.as_deref(), &by),
            ended: clock.ago(request.ended_at.unwrap_or(request.updated_at)),
        }
    }
}

/// A reference in two groups, as people read it out.
pub(super) fn reference(digits: &str) -> String {
    let (first, last) = digits.split_at_checked(4).unwrap_or((digits, ""));
    format!("{first} {last}")
}

pub(super) fn mark(w: &'static Words, priority: Priority) -> Mark {
    Mark { shape: priority.word(), words: w.priorities[priority as usize] }
}

/// The number to ring, masked, or where it is to be found.
pub(super) fn number(w: &Words, request: &Request) -> String {
    let masked = request.number.as_deref().and_then(|number| Phone::parse(number, None)).map(|phone| phone.masked());
    let elsewhere = || if request.account.is_some() { w.list.account_number } else { w.list.no_number };
    masked.unwrap_or_else(|| elsewhere().to_owned())
}

/// How a request ended.
pub(super) fn ending(w: &Words, state: RequestState, reason: Option<&str>, by: &str) -> String {
    let state = match state {
        RequestState::Done => named(w.what, "done"),
        RequestState::Closed => named(w.what, "closed"),
        RequestState::Open | RequestState::Claimed => return String::new(),
    };
    let reason = reason.filter(|reason| *reason != "solved").map(|reason| masked_in(&named(w.reasons, reason)));
    let told = [Some(state), reason, Some(by.to_owned()).filter(|by| !by.is_empty())];
    told.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
