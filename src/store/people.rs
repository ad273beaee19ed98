//! People who sign in, and what they prove themselves by.

use crate::words::{Lang, Role};
use serde::Serialize;

/// Somebody who signs in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Person {
    /// What they sign in with, and what histories call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Languages they speak with customers; empty: all.
    pub languages: Vec<Lang>,
    /// Skills they have; empty: all.
    pub skills: Vec<String>,
    /// Where their phone rings: E.164 or `sip:`.
    pub phone: Option<String>,
    /// The time zone they work in, by its IANA name.
    pub zone: Option<String>,
    /// The language of the pages; none: the browser's.
    pub page_language: Option<Lang>,
    /// May not sign in any more.
    pub disabled: bool,
}
