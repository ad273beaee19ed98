//! Requests as agents work on them: who has which, what was tried, what changed. Each change is one
//! conditional write with its entry in the history; whether it is allowed by the rules of calling back
//! is decided above. Knows nothing of people's roles, hours or numbers' classes.

mod behind;
mod card;
mod changes;
mod dials;
mod entries;
mod list;
mod outcomes;
mod overview;
mod shapes;
mod take;

pub use behind::Behind;
pub use card::{CallRow, RecordingRow};
pub use dials::{Begun, DialRow, NewDial};
pub use outcomes::{After, Said};
pub use overview::{Tally, Today};
pub use shapes::{Change, Dial, DialState, Filter, Held, Page, Section, Way};
pub(super) use take::put_down;

use super::engine::Arg;

/// What a filter asks, as conditions: `$1` languages, `$2` skills (both between commas), `$3` topic,
/// `$4` line, `$5` trials too; empty asks nothing.
macro_rules! filtered {
    () => {
        " ($1 = '' OR replace($1, ',' || lang || ',', '') <> $1)
          AND ($2 = '' OR replace($2, ',' || skill || ',', '') <> $2)
          AND ($3 = '' OR topic = $3) AND ($4 = '' OR line = $4) AND ($5 OR NOT test) "
    };
}
use filtered;

/// The values of [`filtered`], to which a statement adds its own.
/// Puts what a part of the list is of behind the other values: who, or since when.
fn section_args(section: &Section, values: &mut Vec<Arg>) {
    match section {
        Section::Held(person) => values.push(Arg::from(person.as_deref().unwrap_or_default())),
        Section::Finished(since) => values.push(Arg::from(since.as_millisecond())),
        Section::Waiting | Section::Later | Section::All => {}
    }
}

fn filter_args(filter: &Filter) -> Vec<Arg> {
    let list = |items: Vec<&str>| if items.is_empty() { String::new() } else { format!(",{},", items.join(",")) };
    vec![
        Arg::from(list(filter.langs.iter().map(|lang| lang.tag()).collect())),
        Arg::from(list(filter.skills.iter().map(String::as_str).collect())),
        Arg::from(filter.topic.as_deref().unwrap_or_default()),
        Arg::from(filter.line.as_deref().unwrap_or_default()),
        Arg::from(filter.trials),
    ]
}
