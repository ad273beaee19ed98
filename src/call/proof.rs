//! What a caller proves an account with, and the one-time code that is asked for on the way.

use serde::{Deserialize, Serialize};

/// What a caller proves to have an account with. Holds nothing that was typed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The calling number is the registered one: level 1.
    Number,
    /// The phone PIN.
    #[default]
    Pin,
    /// The one-time code sent to the registered number.
    Code {
        /// The challenge it answers; the code follows from it and from a key that is kept elsewhere.
        challenge: String,
    },
    /// Birth date and identity document, as one entry.
    Knowledge,
}

/// A challenge that waits for its code. The same whether there is such an account or not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Challenge {
    /// Its id.
    pub id: String,
    /// It was made just now: one from before is used up, has run out, or never was.
    pub fresh: bool,
}
