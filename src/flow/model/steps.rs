//! What the larger kinds of steps hold.

use super::Go;
use crate::flow::expr::Expr;
use crate::flow::text::Texts;
use crate::words::Phone;
use serde::{Deserialize, Serialize};

/// Where a `transfer` rings and how it goes on.
#[derive(Debug)]
pub struct TransferStep {
    /// Which agents.
    pub skill: Expr,
    /// The variable that takes the record of the expected wait: `minutes`.
    pub into: Option<String>,
    /// Rings however long the wait is.
    pub now: bool,
    /// The caller has talked with an agent, and is back on the line.
    pub answered: Go,
    /// The desk is engaged.
    pub busy: Go,
    /// Nobody took the call.
    pub no_answer: Go,
    /// The desk could not be rung.
    pub failed: Go,
    /// The wait is long: taken instead of ringing.
    pub long_wait: Option<Go>,
}

/// A place where agents pick up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Desk {
    /// A telephone number.
    Number(Phone),
    /// A SIP address, `sip:NAME@HOST`.
    Sip(String),
}

/// The skill whose desk stands in for every skill without one.
pub const GENERAL_DESK: &str = "general";

/// How level 2 is proved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Identity {
    /// By the phone PIN.
    #[default]
    Pin,
    /// By a one-time code sent to the registered number.
    Code,
    /// By birth date and the last four digits of the identity document together.
    Knowledge,
}

/// One option of a menu.
#[derive(Debug)]
pub struct MenuOption {
    /// 1 to 8.
    pub key: u8,
    /// The label.
    pub label: Texts,
    /// Said "for LABEL, press KEY", else "to LABEL, press KEY".
    pub says: OptionForm,
    /// Where it leads.
    pub go: Go,
}

/// How an option's label joins the spoken menu.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OptionForm {
    /// The label names a matter: "for a refund, press 2".
    For,
    /// The label names an action: "to hear it again, press 2".
    To,
}

/// What a `request` step records.
#[derive(Debug)]
pub struct RequestStep {
    /// `callback`, `dispute`, `unlock`, `refund`, `reset` or `report`.
    pub kind: Expr,
    /// What it is about; one open request per customer and topic.
    pub topic: Expr,
    /// `urgent`, `high`, `normal` or `low`.
    pub priority: Expr,
    /// Which agents; the topic when absent.
    pub skill: Option<Expr>,
    /// Where to ring.
    pub number: Ring,
    /// When; as soon as possible when absent.
    pub window: Option<Expr>,
    /// More of what this call knows for the agent to see.
    pub note: Vec<(String, Expr)>,
    /// The variable that takes the record: `reference`, `due`, `added`.
    pub into: String,
    /// Recorded.
    pub then: Go,
    /// Not recorded: too many, or the number may not be called.
    pub refused: Go,
}

/// The kinds a request can be of.
pub const REQUEST_KINDS: [&str; 6] = ["callback", "dispute", "unlock", "refund", "reset", "report"];

/// How urgent a request can be, most urgent first.
pub const PRIORITIES: [&str; 4] = ["urgent", "high", "normal", "low"];

/// Where a request's callback rings.
#[derive(Debug)]
pub enum Ring {
    /// Nowhere: no call back is wanted.
    Nobody,
    /// This number.
    Number(Expr),
    /// The number registered for the account typed, which is never spoken.
    Registered(Expr),
}
