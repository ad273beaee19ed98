//! What follows from how an attempt ended: pure, so that evenings and windows can be tried out.

use super::{DeskError, Outcome, Result};
use crate::call::effect::RequestState;
use crate::flow::Flow;
use crate::store::{After, Request};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Attempts that reach nobody before a request is closed.
const ATTEMPTS: u32 = 3;
/// How long after the first and the second of them the next one is.
const PAUSES: [SignedDuration; 2] = [SignedDuration::from_mins(15), SignedDuration::from_mins(120)];
/// How long before its end a window still takes an attempt.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);
/// How long an agent has to ring somebody who asked for a time.
const PUNCTUAL: i64 = 30;
/// How far ahead one may ask to be rung.
const AHEAD: i64 = 30;

/// What follows for a request, at `now`, for a customer in these zones.
///
/// # Errors
/// The time asked for is no calling time.
pub(super) fn after(
    outcome: Outcome,
    request: &Request,
    flow: Option<&Flow>,
    zones: &[TimeZone],
    now: Timestamp,
) -> Result<After> {
    let stays = After {
        state: RequestState::Claimed,
        reason: None,
        ready_at: request.ready_at.as_millisecond(),
        due: request.due.as_millisecond(),
        priority: request.priority,
        misses: 0,
    };
    let ends = |state, reason: &str| After { state, reason: Some(reason.to_owned()), ..stays.clone() };
    Ok(match outcome {
        Outcome::Reached => stays,
        Outcome::Solved => ends(RequestState::Done, "solved"),
        Outcome::WrongNumber => ends(RequestState::Closed, "wrong-number"),
        Outcome::NotSolved => After {
            state: RequestState::Open,
            priority: request.priority.raised(),
            ready_at: stays.ready_at.min(now.as_millisecond()),
            ..stays
        },
        Outcome::NoAnswer | Outcome::Busy => {
            let misses = request.misses + 1;
            match PAUSES.get(misses as usize - 1).filter(|_| misses < ATTEMPTS) {
                None => After { misses, ..ends(RequestState::Closed, "not-reached") },
                Some(pause) => {
                    let ready_at = next_attempt(request, flow, zones, now, *pause).as_millisecond();
                    After { state: RequestState::Open, misses, ready_at, ..stays }
                }
            }
        }
        Outcome::Later(at) => {
            let (from, flow) = (at.max(now), flow.ok_or_else(|| DeskError::NoSuchLine(request.line.clone()))?);
            let limit = now.checked_add((AHEAD * 24).hours()).unwrap_or(Timestamp::MAX);
            if at < now || at > limit || !flow.callable(zones, at) {
                let next = flow.next_callable(zones, if at > limit { now } else { from });
                return Err(DeskError::NotNow { next });
            }
            let due = at.checked_add(PUNCTUAL.minutes()).unwrap_or(at);
            let (ready_at, due) = (at.as_millisecond(), due.as_millisecond());
            After { state: RequestState::Open, ready_at, due, ..stays }
        }
    })
}

/// When the next attempt is: after a pause, inside the window that was promised where one of it is left,
/// and at a time somebody may be rung.
fn next_attempt(
    request: &Request,
    flow: Option<&Flow>,
    zones: &[TimeZone],
    now: Timestamp,
    pause: SignedDuration,
) -> Timestamp {
    let callable = |at: Timestamp| flow.and_then(|flow| flow.next_callable(zones, at)).unwrap_or(at);
    let after = |pause: SignedDuration| now.checked_add(pause).unwrap_or(Timestamp::MAX);
    let planned = callable(after(pause));
    let Some(window) = request.window else { return planned };
    if planned < window.from {
        return callable(window.from);
    }
    // The pause is too long for the window: its end is better than a time nobody chose.
    let last = window.to.checked_sub(MARGIN).unwrap_or(window.to);
    if planned > last && last >= after(PAUSES[0]) && callable(last) == last {
        return last;
    }
    planned
}
