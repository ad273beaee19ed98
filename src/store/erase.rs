//! Forgetting a person: everything that is kept of a telephone number, in small units of work, so
//! that calls go on meanwhile. What cannot be told from others is deleted, what must stay for others
//! is blanked. Erasing again finds nothing more.

use super::engine::{Tx, args};
use super::request_rows::{EventRow, json};
use super::{Result, Store};
use crate::words::Phone;
use serde::Serialize;
use serde_json::json;

/// How histories call whoever erases.
pub(super) const ERASE: &str = "erase";
/// Calls or requests looked through in one go.
const PAGE: i64 = 500;
/// An open call of which nothing is heard for this long, in ms, is over: the worker ends it too.
const SILENT: i64 = 2 * 3_600_000;

/// What became of the wish to be forgotten.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Erasure {
    /// So many calls of this number are going on, and nothing was touched: what a call in progress
    /// knows would be written down again with its next turn.
    Running(u64),
    /// It is done.
    Done(Erased),
}

/// What was erased, and what was left.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Erased {
    /// Calls of which only line, times and ending are left.
    pub calls: u64,
    /// Their turns, deleted: what was pressed, found and said.
    pub turns: u64,
    /// Requests of which only what they were about is left.
    pub requests: u64,
    /// Those of them that were open and are closed now.
    pub closed: u64,
    /// Guesses at secrets that no longer name a caller.
    pub attempts: u64,
    /// Acts that no longer name a caller.
    pub acts: u64,
    /// Languages remembered.
    pub preferences: u64,
    /// Messages, sent or waiting, deleted.
    pub messages: u64,
    /// Recordings that go; their sound goes from the object store right after.
    pub recordings: u64,
    /// Left as they are, because they are the wallet's: customers with this number.
    pub customers_left: u64,
    /// Left as they are, because they are the wallet's: rows of its tables that mention the number.
    pub records_left: u64,
    /// Entries of the log of everything whose texts were taken out.
    pub logged: u64,
    /// The number is out of the database's files too; none where the engine sees to that by itself.
    pub files: Option<bool>,
}

/// The number in the forms in which it is found.
struct Wanted<'a> {
    number: &'a str,
    /// For `LIKE`: finds longer numbers too, which [`Wanted::is_in`] tells apart.
    like: String,
    /// For `LIKE`: the subjects of limits end with the number.
    subject: String,
}

impl Store {
    /// Erases what is kept of a number, unless it is calling at this moment.
    pub async fn erase(&self, number: &Phone, at: i64) -> Result<Erasure> {
        let number = number.as_str();
        let wanted = Wanted { number, like: format!("%{number}%"), subject: format!("%:{number}") };
        let running = self.running_calls(&wanted, at).await?;
        if running > 0 {
            return Ok(Erasure::Running(running));
        }
        let mut done = Erased::default();
        self.erase_calls(&wanted, at, &mut done).await?;
        self.erase_requests(&wanted, at, &mut done).await?;
        self.erase_rest(&wanted, &mut done).await?;
        let sql = "SELECT account FROM customers WHERE number = $1";
        done.customers_left = self.engine.rows::<(String,)>(sql, args![number]).await?.len() as u64;
        let sql = "SELECT record_key, fields FROM records WHERE record_key LIKE $1 OR fields LIKE $1";
        let records = self.engine.rows::<(String, String)>(sql, args![&wanted.like]).await?;
        done.records_left = records.iter().filter(|(key, fields)| wanted.is_in([key, fields])).count() as u64;
        done.files = self.engine.empty_log().await?;
        Ok(Erasure::Done(done))
    }

    /// Calls from the number that are open and not silent for long.
    async fn running_calls(&self, wanted: &Wanted<'_>, at: i64) -> Result<u64> {
        let sql = "SELECT c.id FROM calls c WHERE c.ended_at IS NULL AND c.caller = $1 AND $2 <
            (SELECT t.at FROM turns t WHERE t.call_id = c.id ORDER BY t.version DESC LIMIT 1)";
        Ok(self.engine.rows::<(String,)>(sql, args![wanted.number, at - SILENT]).await?.len() as u64)
    }

    /// Calls from the number, and calls of others in which it was typed or found. One that began since
    /// it was asked who is calling is left.
    async fn erase_calls(&self, wanted: &Wanted<'_>, at: i64, done: &mut Erased) -> Result<()> {
        let mut last = String::new();
        loop {
            let page = "SELECT id FROM calls WHERE id > $1 ORDER BY id LIMIT $2";
            let page = self.engine.rows::<(String,)>(page, args![&last, PAGE]).await?;
            let Some((end,)) = page.last() else { return Ok(()) };
            let sql = "SELECT c.id, c.caller FROM calls c WHERE c.id > $1 AND c.id <= $2 AND (c.caller = $3 OR EXISTS
                (SELECT 1 FROM turns t WHERE t.call_id = c.id AND (t.event LIKE $4 OR t.answers LIKE $4
                    OR t.state LIKE $4 OR t.trail LIKE $4 OR t.document LIKE $4)))";
            type Found = (String, Option<String>);
            for (call, caller) in self.engine.rows::<Found>(sql, args![&last, end, wanted.number, &wanted.like]).await?
            {
                if caller.as_deref() == Some(wanted.number) || self.mentions(&call, wanted).await? {
                    let mut tx = self.engine.begin().await?;
                    if let Some(turns) = erase_call(&mut tx, &call, wanted, at).await? {
                        (done.calls, done.turns) = (done.calls + 1, done.turns + turns);
                        let (messages, recordings) = forget_contact(&mut tx, &call).await?;
                        done.messages += messages;
                        done.recordings += recordings;
                    }
                    tx.commit().await?;
                }
            }
            last.clone_from(end);
        }
    }

    /// Whether a turn of a call holds the number, and not only a longer one.
    async fn mentions(&self, call: &str, wanted: &Wanted<'_>) -> Result<bool> {
        let sql = "SELECT event, answers, state, trail, coalesce(document, '') FROM turns WHERE call_id = $1";
        let turns = self.engine.rows::<(String, String, String, String, String)>(sql, args![call]).await?;
        Ok(turns.iter().any(|(a, b, c, d, e)| wanted.is_in([a, b, c, d, e])))
    }

    /// Requests that ring the number, came from it or tell of it.
    async fn erase_requests(&self, wanted: &Wanted<'_>, at: i64, done: &mut Erased) -> Result<()> {
        let mut last = String::new();
        loop {
            let page = "SELECT id FROM requests WHERE id > $1 ORDER BY id LIMIT $2";
            let page = self.engine.rows::<(String,)>(page, args![&last, PAGE]).await?;
            let Some((end,)) = page.last() else { return Ok(()) };
            let sql = "SELECT id FROM requests r WHERE id > $1 AND id <= $2 AND (number = $3 OR caller = $3
                OR contact = $3 OR customer LIKE $4 OR collected LIKE $4 OR EXISTS
                (SELECT 1 FROM request_events e WHERE e.request_id = r.id AND e.detail LIKE $4) OR EXISTS
                (SELECT 1 FROM dials d WHERE d.request_id = r.id AND d.number = $3))";
            let found = self.engine.rows::<(String,)>(sql, args![&last, end, wanted.number, &wanted.like]).await?;
            for (request,) in found {
                let sql = "SELECT customer || ' ' || coalesce(number, '') || ' ' || coalesce(caller, '') || ' ' ||
                        coalesce(contact, '') || ' ' || collected FROM requests WHERE id = $1
                    UNION ALL SELECT detail FROM request_events WHERE request_id = $1
                    UNION ALL SELECT coalesce(number, '') FROM dials WHERE request_id = $1";
                let texts = self.engine.rows::<(String,)>(sql, args![&request]).await?;
                if wanted.is_in(texts.iter().map(|(text,)| text)) {
                    let logged = self.logged_of(&request).await?;
                    let mut tx = self.engine.begin().await?;
                    done.closed += erase_request(&mut tx, &request, at).await?;
                    done.requests += 1;
                    done.logged += self.forget_logged_of(&mut tx, &logged).await?;
                    tx.commit().await?;
                }
            }
            last.clone_from(end);
        }
    }

    /// Everything that is found by the number alone.
    async fn erase_rest(&self, wanted: &Wanted<'_>, done: &mut Erased) -> Result<()> {
        // No caller at all would count as a withheld one, so the guess is charged to no caller any more;
        // the account it was made at stays charged. The outcome holds the customer's name.
        let attempts = "UPDATE attempts SET caller = NULL, charged_caller = FALSE, outcome = ''
            WHERE (call_id, turn, seq) IN (SELECT call_id, turn, seq FROM attempts WHERE caller = $1 LIMIT $2)";
        let acts = "UPDATE acts SET caller = NULL
            WHERE (call_id, turn, seq) IN (SELECT call_id, turn, seq FROM acts WHERE caller = $1 LIMIT $2)";
        for (sql, count) in [(attempts, &mut done.attempts), (acts, &mut done.acts)] {
            loop {
                match self.engine.run(sql, args![wanted.number, PAGE]).await? {
                    0 => break,
                    n => *count += n,
                }
            }
        }
        // In calls of others too: a registered number is texted whoever calls.
        let sql = "DELETE FROM outbox WHERE number = $1";
        done.messages += self.engine.run(sql, args![wanted.number]).await?;
        let sql = "DELETE FROM preferences WHERE number = $1";
        done.preferences = self.engine.run(sql, args![wanted.number]).await?;
        self.engine.run("DELETE FROM subjects WHERE key LIKE $1", args![&wanted.subject]).await?;
        done.logged += self.forget_logged(&wanted.like, |texts| wanted.is_in(texts)).await?;
        Ok(())
    }
}

/// Deletes the turns of a call and what it was answered; gives how many there were, or none when the
/// call goes on. The call's row stays, so that a webhook that comes again begins no new call.
async fn erase_call(tx: &mut Tx, call: &str, wanted: &Wanted<'_>, at: i64) -> Result<Option<u64>> {
    let sql = "UPDATE calls SET caller = CASE WHEN caller = $2 THEN NULL ELSE caller END,
            ended_at = coalesce(ended_at, $3), ending = coalesce(ending, 'silent')
        WHERE id = $1 AND (ended_at IS NOT NULL OR $4 >=
            (SELECT t.at FROM turns t WHERE t.call_id = $1 ORDER BY t.version DESC LIMIT 1))";
    if tx.run(sql, args![call, wanted.number, at, at - SILENT]).await? == 0 {
        return Ok(None);
    }
    tx.run("DELETE FROM answers WHERE call_id = $1", args![call]).await?;
    tx.run("DELETE FROM challenges WHERE call_id = $1", args![call]).await?;
    Ok(Some(tx.run("DELETE FROM turns WHERE call_id = $1", args![call]).await?))
}

/// Deletes what a call left for others: messages, waits and scores; lets its recordings go, whose sound
/// is deleted after this is committed. Gives how many messages and recordings.
pub(super) async fn forget_contact(tx: &mut Tx, call: &str) -> Result<(u64, u64)> {
    tx.run("DELETE FROM scores WHERE call_id = $1", args![call]).await?;
    tx.run("DELETE FROM pickups WHERE of_id = $1", args![call]).await?;
    let messages = tx.run("DELETE FROM outbox WHERE call_id = $1 AND kind <> 'recording'", args![call]).await?;
    tx.run("DELETE FROM outbox WHERE call_id = $1", args![call]).await?;
    let sql = "UPDATE recordings SET state = 'leaving', provider_recording = ''
        WHERE call_id = $1 AND state <> 'leaving'";
    Ok((messages, tx.run(sql, args![call]).await?))
}

/// Blanks a request and all its history; gives 1 when it was open and is closed now. Reference, kind,
/// topic and times stay: they say nothing of anybody.
async fn erase_request(tx: &mut Tx, request: &str, at: i64) -> Result<u64> {
    let sql = "UPDATE requests SET state = 'closed', holder = NULL, lease_until = NULL, reason = 'erased',
            ended_at = $2, ended_by = $3 WHERE id = $1 AND state IN ('open', 'claimed')";
    let closed = tx.run(sql, args![request, at, ERASE]).await?;
    let sql = "UPDATE requests SET customer = 'e:' || id, account = NULL, number = NULL, caller = NULL, contact = NULL,
            collected = '[]', ring_window = NULL, version = version + 1, updated_at = $2 WHERE id = $1";
    tx.run(sql, args![request, at]).await?;
    // That it was tried and by whom stays; an attempt that goes on is over for the ledger.
    let sql = "UPDATE dials SET number = NULL, note = NULL, provider_call = NULL, ended_at = coalesce(ended_at, $2),
            state = CASE WHEN state = 'failed' THEN state ELSE 'over' END WHERE request_id = $1";
    tx.run(sql, args![request, at]).await?;
    tx.run("UPDATE request_events SET detail = '{}' WHERE request_id = $1", args![request]).await?;
    // What programs were answered about it.
    tx.run("DELETE FROM idempotency WHERE body LIKE $1", args![format!("%{request}%")]).await?;
    let what = if closed == 1 { "closed" } else { "erased" };
    let detail = json(&json!({ "why": "the customer was erased" }))?;
    EventRow { request, at, who: ERASE, what, detail }.write(tx).await?;
    Ok(closed)
}

impl Wanted<'_> {
    /// Whether a text holds the number, and not only a longer one that begins like it.
    fn is_in<T: AsRef<str>>(&self, texts: impl IntoIterator<Item = T>) -> bool {
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_digit());
        texts.into_iter().any(|text| text.as_ref().split(self.number).skip(1).any(ends))
    }
}
