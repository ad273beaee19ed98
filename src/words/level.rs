//! How far a caller is verified.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How far a caller is verified. A higher level opens everything a lower one does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Level {
    /// Anonymous.
    #[default]
    L0,
    /// The calling number is the one registered for the account. Caller ID can be forged, so this
    /// reveals nothing; it opens only acts marked protective.
    L1,
    /// PIN, or one-time code, or two knowledge items where the line says so.
    L2,
    /// PIN and a one-time code sent to the registered phone: moves money, changes a number.
    L3,
}

impl From<Level> for u8 {
    fn from(level: Level) -> u8 {
        level as u8
    }
}

impl TryFrom<u8> for Level {
    type Error = String;
    fn try_from(n: u8) -> Result<Level, String> {
        match n {
            0 => Ok(Level::L0),
            1 => Ok(Level::L1),
            2 => Ok(Level::L2),
            3 => Ok(Level::L3),
            n => Err(format!("{n} is not a level; levels are 0 to 3")),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", u8::from(*self))
    }
}
