//! The list of requests, part by part and page by page, and one request with its history.

use super::{Filter, Page, Section, filter_args, filtered, section_args};
use crate::store::engine::{Arg, args};
use crate::store::request_rows::{self, Row, columns};
use crate::store::{Request, Result, Store};

/// A third of what waits, by the index of what waits: `$6` now, `$7` only overdue, `$9` so many at most.
macro_rules! third {
    ($rank:literal, $which:literal) => {
        concat!(
            "SELECT * FROM (SELECT id, ",
            $rank,
            " AS rank, priority, due FROM requests WHERE state = 'open' AND ready_at <= $6 AND ",
            $which,
            " AND (NOT $7 OR due <= $6) AND ",
            filtered!(),
            " ORDER BY priority, due, id LIMIT $9) AS third"
        )
    };
}

/// What waits, in the order it is taken: `$8` are passed over, `$9` is the end of the page.
const WAITING: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM requests JOIN (SELECT id AS place_id, rank, priority AS place_priority, due AS place_due FROM (",
    third!("1", "priority = 0"),
    " UNION ALL ",
    third!("2", "priority > 0 AND due <= $6"),
    " UNION ALL ",
    third!("3", "priority > 0 AND due > $6"),
    ") AS thirds ORDER BY rank, priority, due, id LIMIT $9 - $8 OFFSET $8) AS place ON id = place_id
    ORDER BY rank, place_priority, place_due, id"
);

/// A part of the list: `$6` now, `$7` only overdue, `$8` are passed over, `$9` is the end of the page, `$10` of
/// the part: who or since when.
macro_rules! part {
    ($where:literal, $order:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM requests WHERE ",
            $where,
            " AND (NOT $7 OR due <= coalesce(ended_at, $6)) AND ",
            filtered!(),
            " ORDER BY ",
            $order,
            " LIMIT $9 - $8 OFFSET $8"
        )
    };
}
const LATER: &str = part!("state = 'open' AND ready_at > $6", "ready_at, priority, due, id");
const HELD: &str = part!(
    "state = 'claimed' AND ($10 = '' OR holder = $10)",
    "CASE WHEN priority > 0 THEN 1 ELSE 0 END, CASE WHEN due > $6 THEN 1 ELSE 0 END, priority, due, id"
);
const FINISHED: &str =
    part!("updated_at >= $10 AND ended_at >= $10 AND state IN ('done', 'closed')", "ended_at DESC, id DESC");
const ALL: &str = part!("$6 = $6", "id DESC");

/// How many of a part there are, and how many of them are past their promise.
macro_rules! count {
    ($where:literal) => {
        concat!(
            "SELECT count(*), count(CASE WHEN due <= coalesce(ended_at, $6) THEN 1 END) FROM requests WHERE ",
            $where,
            " AND (NOT $7 OR due <= coalesce(ended_at, $6)) AND ",
            filtered!()
        )
    };
}
/// The same of what is open: through the index alone.
macro_rules! count_open {
    ($where:literal) => {
        concat!(
            "SELECT count(*), count(CASE WHEN due <= $6 THEN 1 END) FROM requests WHERE state = 'open' AND ",
            $where,
            " AND (NOT $7 OR due <= $6) AND ",
            filtered!()
        )
    };
}

impl Store {
    /// A page of a part of the list: what waits in the order it is taken, what is held likewise, what is
    /// finished or in whatever state the newest first.
    pub async fn list(&self, filter: &Filter, section: &Section, page: Page, at: i64) -> Result<Vec<Request>> {
        let (skip, end) = (i64::from(page.skip), i64::from(page.skip) + i64::from(page.limit));
        let mut values = part_args(filter, at);
        values.extend([Arg::from(skip), Arg::from(end)]);
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

    /// How many there are in a part of the list, and how many of them are past their promise.
    pub async fn count(&self, filter: &Filter, section: &Section, at: i64) -> Result<(u64, u64)> {
        let mut values = part_args(filter, at);
        section_args(section, &mut values);
        let sql = match section {
            Section::Waiting => count_open!("ready_at <= $6"),
            Section::Later => count_open!("ready_at > $6"),
            Section::Held(_) => count!("state = 'claimed' AND ($8 = '' OR holder = $8)"),
            Section::Finished(_) => count!("updated_at >= $8 AND ended_at >= $8 AND state IN ('done', 'closed')"),
            Section::All => count!("$6 = $6"),
        };
        let (all, overdue) = self.engine.first::<(i64, i64)>(sql, values).await?.unwrap_or_default();
        Ok((u64::try_from(all).unwrap_or(0), u64::try_from(overdue).unwrap_or(0)))
    }

    /// A request with its history.
    pub async fn request(&self, id: &str) -> Result<Option<Request>> {
        let sql = concat!("SELECT ", columns!(), " FROM requests WHERE id = $1");
        let Some(row) = self.engine.first::<Row>(sql, args![id]).await? else { return Ok(None) };
        let mut request = row.read()?;
        let sql =
            "SELECT request_id, seq, at, who, what, detail FROM request_events WHERE request_id = $1 ORDER BY seq";
        let events = self.engine.rows::<request_rows::Event>(sql, args![id]).await?;
        request.history = events.into_iter().map(request_rows::entry).collect::<Result<_>>()?;
        Ok(Some(request))
    }
}

fn part_args(filter: &Filter, at: i64) -> Vec<Arg> {
    let mut values = filter_args(filter);
    values.extend([Arg::from(at), Arg::from(filter.overdue)]);
    values
}
