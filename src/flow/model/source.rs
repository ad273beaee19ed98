//! What flows ask the wallet, as `sources.yaml` declares it.

use crate::flow::http::Http;
use crate::flow::value::Type;
use crate::words::Level;
use std::collections::BTreeMap;
use std::time::Duration;

/// Something at the wallet that can be asked or told.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name in `sources.yaml`.
    pub name: String,
    /// Arguments and their types, in order.
    pub takes: Vec<(String, Type)>,
    /// Fields of the answer.
    pub gives: BTreeMap<String, Type>,
    /// The level a caller needs before it is asked, or its answer spoken.
    pub level: Level,
    /// Makes the account safer: opened by level 1.
    pub protective: bool,
    /// The longest one may wait for the answer.
    pub budget: Duration,
    /// Where it comes from.
    pub from: Origin,
}

/// Where a source's answers come from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// Rows of an embedded table, found by the arguments in order.
    Table {
        /// Name of the table; `customers` is the registered customers.
        table: String,
        /// An act: the fields it sets in the row. A lookup sets none.
        sets: BTreeMap<String, String>,
        /// How long the answer is held back, to try how a slow wallet sounds.
        after: Duration,
    },
    /// A service that is asked over HTTP.
    Http(Box<Http>),
}

impl Source {
    /// Whether it does something, for `act` steps, or is only read.
    pub fn acts(&self) -> bool {
        match &self.from {
            Origin::Table { sets, .. } => !sets.is_empty(),
            Origin::Http(http) => http.acts,
        }
    }
}
