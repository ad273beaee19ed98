//! What happened to a request, in words: its history, its attempts, its calls, what was collected.

use super::times::{Clock, Moment, Placed, Stamp, span};
use super::words::{self, Words, fill, named};
use crate::call::effect::Priority;
use crate::call::step::Universal;
use crate::desk::{CardCall, Dial, DialState, PathStep, Way};
use crate::flow::Flow;
use crate::store::RequestEvent;
use crate::web::titles::title_of;
use crate::words::phone::masked_in;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::sync::Arc;

/// A line of the history.
pub(super) struct Entry {
    pub(super) what: String,
    pub(super) who: String,
    /// More about it, in words.
    pub(super) detail: String,
    /// Not to be rung before: said while that is to come.
    pub(super) ready: Option<Placed>,
    /// What somebody wrote.
    pub(super) said: String,
    pub(super) when: Moment,
    pub(super) at: Stamp,
}

/// An attempt to call.
pub(super) struct Attempt {
    pub(super) title: String,
    pub(super) way: String,
    pub(super) who: String,
    /// Where it is, or how it ended.
    pub(super) state: String,
    /// It is going on.
    pub(super) live: bool,
    pub(super) talked: Option<String>,
    pub(super) at: Stamp,
}

/// A call of the customer.
pub(super) struct Call {
    /// Our id of it.
    pub(super) id: String,
    pub(super) line: String,
    pub(super) asked: bool,
    pub(super) ending: Option<String>,
    pub(super) path: Vec<String>,
    pub(super) recordings: Vec<Sound>,
    pub(super) when: Moment,
    pub(super) at: Stamp,
}

/// A message left.
pub(super) struct Sound {
    pub(super) id: String,
    pub(super) title: String,
    /// It can be played.
    pub(super) here: bool,
}

/// Who did something, for people to read.
pub(super) fn who(w: &Words, name: &str) -> String {
    named(w.who, name)
}

/// The history, the newest first; `there` is the customer's zone.
pub(super) fn history(clock: &Clock, there: &TimeZone, events: &[RequestEvent]) -> Vec<Entry> {
    let w = words::of(clock.lang);
    let entry = |event: &RequestEvent| Entry {
        what: named(w.what, &event.what),
        who: who(w, &event.who),
        detail: detail(w, &event.detail),
        ready: ready_of(clock, there, &event.detail),
        said: said(w, &event.detail),
        when: clock.ago(event.at),
        at: clock.stamp(event.at),
    };
    events.iter().rev().map(entry).collect()
}

/// What somebody wrote: a note, or why in words of their own.
fn said(w: &Words, detail: &Value) -> String {
    let text = |name: &str| detail.get(name).and_then(Value::as_str);
    let why = || text("why").filter(|why| !is_reason(w, why));
    masked_in(text("text").or_else(|| text("note")).or_else(why).unwrap_or_default())
}

fn is_reason(w: &Words, why: &str) -> bool {
    w.reasons.iter().any(|(known, _)| *known == why)
}

/// From when one may be rung, in both zones; none: that is past.
pub(super) fn ready(clock: &Clock, there: &TimeZone, at: Timestamp) -> Option<Placed> {
    (at > clock.now).then(|| clock.placed(at, Some(there), words::of(clock.lang).list.ready))
}

fn ready_of(clock: &Clock, there: &TimeZone, detail: &Value) -> Option<Placed> {
    ready(clock, there, detail.get("ready_at")?.as_str()?.parse().ok()?)
}

/// What an entry tells beside what happened. Names nobody has words for are left out.
fn detail(w: &Words, detail: &Value) -> String {
    let mut told: Vec<String> = Vec::new();
    if let Some(nth) = detail.get("nth").and_then(Value::as_u64) {
        told.push(fill(w.card.attempt, &[("n", &nth.to_string())]));
    }
    let text = |name: &str| detail.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    told.extend(text("way").map(|way| named(w.ways, way)));
    told.extend(text("outcome").map(|outcome| named(w.outcomes, outcome)));
    told.extend(text("why").filter(|why| is_reason(w, why)).map(|why| named(w.reasons, why)));
    told.extend(text("priority").map(|to| priority(w, to)));
    for name in ["to", "from"] {
        told.extend(text(name).map(|person| format!("{} {person}", if name == "to" { "→" } else { "←" })));
    }
    told.join(" · ")
}

fn priority(w: &Words, name: &str) -> String {
    Priority::named(name).map_or_else(|| name.to_owned(), |known| w.priorities[known as usize].to_owned())
}

/// The attempts, the newest first.
pub(super) fn attempts(clock: &Clock, dials: &[Dial]) -> Vec<Attempt> {
    let w = words::of(clock.lang);
    dials.iter().rev().map(|dial| attempt(w, clock, dial)).collect()
}

fn attempt(w: &Words, clock: &Clock, dial: &Dial) -> Attempt {
    let said = dial.outcome.as_deref().map(|outcome| named(w.outcomes, outcome));
    let failed = dial.note.as_deref().filter(|note| !note.is_empty()).map(|note| named(w.dial_notes, note));
    let mut state = match said {
        Some(outcome) => outcome,
        None => state_of(w, dial),
    };
    if let Some(why) = failed {
        state = format!("{state} · {why}");
    }
    Attempt {
        title: fill(w.card.attempt, &[("n", &dial.nth.to_string())]),
        way: named(w.ways, dial.way.word()),
        who: dial.person.clone(),
        state,
        live: !dial.state.is_over(),
        talked: dial.talked.map(|seconds| fill(w.card.talked, &[("t", &length(seconds))])),
        at: clock.stamp(dial.at),
    }
}

/// Where an attempt is. Nobody but the agent knows how a call goes that the line does not make.
pub(super) fn state_of(w: &Words, dial: &Dial) -> String {
    match (dial.way, dial.state) {
        (Way::Hand | Way::Trial, DialState::Talking) => w.act.running.to_owned(),
        (_, state) => named(w.dials, state.word()),
    }
}

/// Minutes and seconds, as on a clock.
fn length(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The calls, the newest first.
pub(super) fn calls(clock: &Clock, flows: &[Arc<Flow>], calls: &[CardCall]) -> Vec<Call> {
    let w = words::of(clock.lang);
    let call = |call: &CardCall| Call {
        id: call.id.clone(),
        line: title_of(flows, &call.line, clock.lang),
        asked: call.asked,
        ending: call.ending.as_deref().map(|ending| named(w.endings, ending)),
        path: call.path.iter().map(|step| step_words(w, step)).collect(),
        recordings: call
            .recordings
            .iter()
            .map(|sound| Sound {
                id: sound.id.clone(),
                title: fill(w.card.play, &[("n", &sound.seconds.to_string())]),
                here: sound.here,
            })
            .collect(),
        when: clock.ago(call.at),
        at: clock.stamp(call.at),
    };
    calls.iter().map(call).collect()
}

/// Something the caller did, in words.
fn step_words(w: &Words, step: &PathStep) -> String {
    match step {
        PathStep::Chosen(words) => words.clone(),
        PathStep::Pressed(Universal::Person) => w.path.person.to_owned(),
        PathStep::Pressed(Universal::Repeat) => w.path.repeat.to_owned(),
        PathStep::Pressed(Universal::Back) => w.path.back.to_owned(),
        PathStep::Pressed(Universal::Slower) => w.path.slower.to_owned(),
        PathStep::Verified(level) => format!("{}: {}", w.card.level, w.levels[*level as usize]),
        PathStep::NotVerified => w.card.not_verified.to_owned(),
    }
}

/// What was collected, name by name: `payment.merchant` is the merchant of a payment. Telephone numbers in
/// it are masked, as in all that was written.
pub(super) fn collected(w: &Words, pairs: &[(String, String)]) -> Vec<(String, String)> {
    let name = |name: &str| match name.split_once('.') {
        Some((of, part)) => format!("{} · {}", named(w.collected, of), named(w.collected, part)),
        None => named(w.collected, name),
    };
    pairs.iter().map(|(key, value)| (name(key), masked_in(&named(w.values, value)))).collect()
}

/// How long ago, as words for a sentence.
pub(super) fn ago(w: &Words, clock: &Clock, at: Timestamp) -> String {
    let seconds = clock.now.duration_since(at).as_secs().max(0);
    if seconds < 60 { w.time.just.to_owned() } else { fill(w.time.ago, &[("t", &span(w, seconds))]) }
}
