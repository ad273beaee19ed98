//! What the log says of a draft that somebody is typing in.

use super::room::Room;
use crate::store::{LogFilter, LogRow, StoreError};
use crate::web::did::{Did, did, did_nothing};
use crate::words::clock;
use axum::response::Response;

/// How long a row stands for what the same person goes on typing, in ms.
const SITTING: i64 = 30 * 60_000;
/// Rows of a hotline that are looked through; more within a sitting were written by many people.
const ROWS: u32 = 200;

/// A draft was saved as somebody typed. A page saves at every pause, and rows of the log cannot be changed
/// once they stand: so the first save of a sitting is a row, with what it changed, and those of the same
/// person in the same draft within half an hour are none. What came of it stands in the rows of publishing
/// and of throwing away, after which the next save is a row again; every other deed is its own row always.
pub(super) async fn typed(room: &Room, response: Response, it: Did) -> Response {
    let since = clock::now().as_millisecond() - SITTING;
    let filter = LogFilter { of: Some(room.name.clone()), since: Some(since), ..LogFilter::default() };
    let rows: Result<Vec<LogRow>, StoreError> = room.web.answerer.store().log(&filter, None, ROWS).await;
    // Where nobody knows, one row too many is better than one too few.
    if rows.is_ok_and(|rows| goes_on(&rows, &room.name, &room.person.name)) {
        return did_nothing(response);
    }
    did(response, it)
}

/// Whether the newest of these rows say that somebody is at a draft already.
fn goes_on(rows: &[LogRow], flow: &str, who: &str) -> bool {
    let own = |row: &&LogRow| row.what.starts_with("flow.") && row.of.split(' ').next() == Some(flow);
    let of_draft = rows.iter().filter(own).take_while(|row| row.what == "flow.draft");
    of_draft.into_iter().any(|row| row.who == who)
}
