//! The moments calls are tried at: calendars open and closed.

use crate::call::State;
use crate::flow::model::{Flow, Kind};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;

/// A Monday morning in Asia: where calendars are looked at from.
pub const MONDAY: Timestamp = Timestamp::constant(1_772_416_800, 0);
/// How far a moment is looked for at which a calendar is open or closed, in hours.
const HOURS: i64 = 24 * 14;

/// The same call at another moment: what has run out has, what counts does.
pub fn shifted(state: &State, by: SignedDuration) -> State {
    let mut state = state.clone();
    if let Some(verified) = &mut state.verified {
        verified.at = verified.at.checked_add(by).unwrap_or(verified.at);
    }
    state
}

/// When the calendars that steps ask are open, and when closed.
pub fn moments(flow: &Flow) -> HashMap<String, [Option<Timestamp>; 2]> {
    let asked = flow.blocks.iter().flat_map(|block| &block.steps).filter_map(|step| match &step.kind {
        Kind::Hours { calendar, .. } => Some(calendar),
        _ => None,
    });
    let mut moments = HashMap::new();
    for name in asked.chain([&flow.hours]) {
        let Some(calendar) = flow.calendars.get(name) else { continue };
        let all = || (0..HOURS).filter_map(|hour| MONDAY.checked_add(SignedDuration::from_hours(hour)).ok());
        let when = |open: bool| all().find(|at| calendar.is_open(*at) == open);
        moments.entry(name.clone()).or_insert_with(|| [when(true), when(false)]);
    }
    moments
}
