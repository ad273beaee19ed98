//! The list for whoever reads it to its end while others work on it: a page begins behind the last
//! request of the one before, in the order of the moment the reading began.

use super::{Filter, Section, filter_args, filtered, section_args};
use crate::store::engine::Arg;
use crate::store::request_rows::{Row, columns};
use crate::store::{Request, Result, Store};
use serde::{Deserialize, Serialize};

/// A place in a part of the list: what the part is ordered by, at the moment the reading began.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behind {
    first: i64,
    second: i64,
    third: i64,
    id: String,
}

impl Behind {
    /// The place of a request that was read from a part at `at`, in ms.
    pub fn of(request: &Request, section: &Section, at: i64) -> Behind {
        let (priority, due) = (request.priority as i64, request.due.as_millisecond());
        let (first, second, third) = match section {
            Section::Waiting | Section::Held(_) => (rank(priority, due <= at), priority, due),
            Section::Later => (request.ready_at.as_millisecond(), priority, due),
            Section::Finished(_) => (request.ended_at.map_or(0, |at| at.as_millisecond()), 0, 0),
            Section::All => (0, 0, 0),
        };
        Behind { first, second, third, id: request.id.clone() }
    }

    /// Whether it can be a place at all, wherever it comes from.
    pub fn is_sound(&self) -> bool {
        self.id.len() <= 64 && self.id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    }

    /// Before the first of a part.
    fn start(section: &Section) -> Behind {
        match section {
            // These lead down, and ids are hex digits.
            Section::Finished(_) | Section::All => {
                Behind { first: i64::MAX, second: i64::MAX, third: i64::MAX, id: "z".to_owned() }
            }
            _ => Behind { first: i64::MIN, second: i64::MIN, third: i64::MIN, id: String::new() },
        }
    }
}

/// Urgent ones, then overdue ones, then the others: as the list itself.
fn rank(priority: i64, overdue: bool) -> i64 {
    match (priority, overdue) {
        (0, _) => 1,
        (_, true) => 2,
        (_, false) => 3,
    }
}

macro_rules! rank {
    () => {
        "CASE WHEN priority = 0 THEN 1 WHEN due <= $6 THEN 2 ELSE 3 END"
    };
}

/// `$6` when the reading began, `$7` only overdue, `$8` so many at most, `$9` to `$12` the place, `$13` of the
/// part: who or since when.
macro_rules! behind {
    ($where:expr, $place:expr, $order:expr) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM requests WHERE ",
            $where,
            " AND (NOT $7 OR due <= coalesce(ended_at, $6)) AND ",
            filtered!(),
            " AND ",
            $place,
            " ORDER BY ",
            $order,
            " LIMIT $8"
        )
    };
}
const WAITING: &str = behind!(
    "state = 'open' AND ready_at <= $6",
    concat!("(", rank!(), ", priority, due, id) > ($9, $10, $11, $12)"),
    concat!(rank!(), ", priority, due, id")
);
const LATER: &str = behind!(
    "state = 'open' AND ready_at > $6",
    "(ready_at, priority, due, id) > ($9, $10, $11, $12)",
    "ready_at, priority, due, id"
);
const HELD: &str = behind!(
    "state = 'claimed' AND ($13 = '' OR holder = $13)",
    concat!("(", rank!(), ", priority, due, id) > ($9, $10, $11, $12)"),
    concat!(rank!(), ", priority, due, id")
);
const FINISHED: &str = behind!(
    "updated_at >= $13 AND ended_at >= $13 AND state IN ('done', 'closed')",
    "(ended_at, id) < ($9, $12) AND $10 = $10 AND $11 = $11",
    "ended_at DESC, id DESC"
);
const ALL: &str = behind!("$6 = $6", "id < $12 AND $9 = $9 AND $10 = $10 AND $11 = $11", "id DESC");

impl Store {
    /// A page of a part of the list as it was ordered at `at`, in ms: what lies behind a place. Requests
    /// that do not change meanwhile are on one page exactly.
    pub async fn list_behind(
        &self,
        filter: &Filter,
        section: &Section,
        place: Option<&Behind>,
        limit: u32,
        at: i64,
    ) -> Result<Vec<Request>> {
        let Behind { first, second, third, id } = place.cloned().unwrap_or_else(|| Behind::start(section));
        let mut values = filter_args(filter);
        values.extend([Arg::from(at), Arg::from(filter.overdue), Arg::from(i64::from(limit))]);
        values.extend([Arg::from(first), Arg::from(second), Arg::from(third), Arg::from(id)]);
        section_args(section, &mut values);
        let sql = match section {
            Section::Waiting => WAITING,
            Section::Later => LATER,
            Section::Held(_) => HELD,
            Section::Finished(_) => FINISHED,
            Section::All => ALL,
        };
        self.engine.rows::<Row>(sql, values).await?.into_iter().map(Row::read).collect()
    }
}
