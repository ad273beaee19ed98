//! Calls and their turns: the append that decides which of several webhooks was first, and the
//! reading back of what was said.

use super::engine::args;
use super::{EffectKey, Result, Store, StoreError};
use crate::call::effect::Choice;
use crate::words::{CallId, Phone};

/// One event of a call, to be appended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TurnRow {
    /// The call.
    pub call: CallId,
    /// The event's number in its call, one above the version stepped from. A second row with the
    /// same number is stale.
    pub version: u32,
    /// The document's number; none when the event has none, like a status callback.
    pub turn: Option<u32>,
    /// Random, new for each webhook: tells whose row it is when two webhooks race.
    pub entry: i64,
    /// The event as kept, JSON.
    pub event: String,
    /// The answers of its effects, JSON.
    pub answers: String,
    /// The state after it, JSON.
    pub state: String,
    /// What `step` noted, JSON.
    pub trail: String,
    /// What the provider was told, byte for byte.
    pub document: Option<String>,
    /// When, in ms.
    pub at: i64,
    /// The call begins with this row.
    pub begins: Option<BeginRow>,
    /// The call ends with this row: how, in a word.
    pub ends: Option<String>,
    /// The caller came with it to where a person is asked for.
    pub person: bool,
    /// What the caller chose with it and wants remembered for the number.
    pub remember: Vec<(Phone, Choice)>,
}

/// What is known of a call when it begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BeginRow {
    /// The provider's name.
    pub provider: String,
    /// The provider's id of the call; one call each.
    pub provider_call: String,
    /// The line, by its flow's name.
    pub line: String,
    /// Which version of the flow it stays on.
    pub digest: String,
    /// What was dialled.
    pub dialled: String,
    /// The caller's number; none when withheld.
    pub caller: Option<String>,
    /// A trial call.
    pub test: bool,
}

/// How an append ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Committed {
    /// The row is there, durably, and is this webhook's.
    Stored,
    /// Another webhook was first, with this version or with beginning this call: read again.
    Stale,
}

/// A call as its latest row tells it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenCall {
    /// The provider's name.
    pub provider: String,
    /// The provider's id of the call.
    pub provider_call: String,
    /// The line, by its flow's name.
    pub line: String,
    /// Which version of the flow it is on.
    pub digest: String,
    /// The caller's number; none when withheld.
    pub caller: Option<String>,
    /// A trial call.
    pub test: bool,
    /// When it began, in ms.
    pub began_at: i64,
    /// When it ended, in ms; none while it is open.
    pub ended_at: Option<i64>,
    /// The number of the latest event.
    pub version: u32,
    /// The number of the latest document.
    pub turn: u32,
    /// The state after the latest event, JSON.
    pub state: String,
    /// When the latest event came, in ms.
    pub heard_at: i64,
}

impl Store {
    /// Appends one event to its call. All that wait share one durable transaction; each stands or
    /// falls alone.
    pub async fn commit(&self, row: TurnRow) -> Result<Committed> {
        self.writer.commit(row).await
    }

    /// A call with its latest state, open or ended.
    pub async fn open_call(&self, call: &CallId) -> Result<Option<OpenCall>> {
        type Began = (String, String, String, String, Option<String>, bool, i64, Option<i64>);
        type Latest = (i64, i64, String, i64);
        let sql = "SELECT provider, provider_call, line, digest, caller, test, began_at, ended_at
            FROM calls WHERE id = $1";
        let Some(began) = self.engine.first::<Began>(sql, args![call.as_str()]).await? else { return Ok(None) };
        let sql = "SELECT version, at, state, coalesce((SELECT max(turn) FROM turns WHERE call_id = $1), 0)
            FROM turns WHERE call_id = $1 ORDER BY version DESC LIMIT 1";
        let Some(latest) = self.engine.first::<Latest>(sql, args![call.as_str()]).await? else { return Ok(None) };
        let (provider, provider_call, line, digest, caller, test, began_at, ended_at) = began;
        let (version, heard_at, state, turn) = latest;
        let (version, turn) = (small(call, version)?, small(call, turn)?);
        Ok(Some(OpenCall {
            provider,
            provider_call,
            line,
            digest,
            caller,
            test,
            began_at,
            ended_at,
            version,
            turn,
            state,
            heard_at,
        }))
    }

    /// Our id of a provider's call.
    pub async fn find_call(&self, provider: &str, provider_call: &str) -> Result<Option<CallId>> {
        let sql = "SELECT call_id FROM provider_calls WHERE provider_call = $1 AND provider = $2";
        self.engine.first::<(String,)>(sql, args![provider_call, provider]).await?.map(|(id,)| call_id(&id)).transpose()
    }

    /// Gives a provider's call this id of ours, unless it has one; gives the one it has. Nothing may be
    /// done for a call before: else two servers that are handed its first webhook do it twice.
    pub async fn name_call(&self, provider: &str, provider_call: &str, id: &CallId) -> Result<CallId> {
        // Changing the row to what it is makes a repeat give the row too.
        let sql = "INSERT INTO provider_calls (provider_call, provider, call_id) VALUES ($1, $2, $3)
            ON CONFLICT (provider_call, provider) DO UPDATE SET call_id = provider_calls.call_id RETURNING call_id";
        let named = self.engine.run_first::<(String,)>(sql, args![provider_call, provider, id.as_str()]).await?;
        named.map_or_else(|| Ok(id.clone()), |(named,)| call_id(&named))
    }

    /// What was dialled in a call, as the provider wrote it.
    pub async fn dialled(&self, call: &str) -> Result<Option<String>> {
        let sql = "SELECT dialled FROM calls WHERE id = $1";
        Ok(self.engine.first::<(String,)>(sql, args![call]).await?.map(|(dialled,)| dialled))
    }

    /// The provider a call came by.
    pub async fn came_by(&self, call: &str) -> Result<Option<String>> {
        let sql = "SELECT provider FROM calls WHERE id = $1";
        Ok(self.engine.first::<(String,)>(sql, args![call]).await?.map(|(provider,)| provider))
    }

    /// The provider a call came by, and its id of the call.
    pub async fn at_provider(&self, call: &CallId) -> Result<Option<(String, String)>> {
        self.engine.first("SELECT provider, provider_call FROM calls WHERE id = $1", args![call.as_str()]).await
    }

    /// What was answered to a turn, byte for byte.
    pub async fn document(&self, call: &CallId, turn: u32) -> Result<Option<String>> {
        // A call has tens of rows, found by its id; an index of turns would cost every append.
        let sql = "SELECT document FROM turns WHERE call_id = $1 AND turn = $2 AND document IS NOT NULL
            ORDER BY version DESC LIMIT 1";
        Ok(self.engine.first::<(String,)>(sql, args![call.as_str(), turn]).await?.map(|(document,)| document))
    }

    /// Everything that happened to a call, in order. The rows of the call itself (`begins`, `ends`,
    /// `person`) are not repeated here.
    pub async fn turns(&self, call: &CallId) -> Result<Vec<TurnRow>> {
        type Row = (i64, Option<i64>, i64, String, String, String, String, Option<String>, i64);
        let sql = "SELECT version, turn, entry, event, answers, state, trail, document, at
            FROM turns WHERE call_id = $1 ORDER BY version";
        let rows = self.engine.rows::<Row>(sql, args![call.as_str()]).await?.into_iter();
        rows.map(|(version, turn, entry, event, answers, state, trail, document, at)| {
            let (version, turn) = (small(call, version)?, turn.map(|turn| small(call, turn)).transpose()?);
            let call = call.clone();
            Ok(TurnRow {
                call,
                version,
                turn,
                entry,
                event,
                answers,
                state,
                trail,
                document,
                at,
                begins: None,
                ends: None,
                person: false,
                remember: Vec::new(),
            })
        })
        .collect()
    }

    /// Open calls of which nothing was heard since `before`, in ms: the oldest first.
    pub async fn silent_calls(&self, before: i64, limit: u32) -> Result<Vec<CallId>> {
        let sql = "SELECT c.id FROM calls c WHERE c.ended_at IS NULL AND c.began_at < $1 AND $1 >
                (SELECT t.at FROM turns t WHERE t.call_id = c.id ORDER BY t.version DESC LIMIT 1)
            ORDER BY c.began_at LIMIT $2";
        self.engine.rows::<(String,)>(sql, args![before, limit]).await?.iter().map(|(id,)| call_id(id)).collect()
    }

    /// How many calls are open.
    pub async fn open_calls(&self) -> Result<i64> {
        let rows = self.engine.first::<(i64,)>("SELECT count(*) FROM calls WHERE ended_at IS NULL", args![]);
        Ok(rows.await?.map_or(0, |(n,)| n))
    }

    /// Keeps the answer of an effect that was too slow for its turn. The first one stays; gives the
    /// one that stayed.
    pub async fn keep_answer(&self, key: &EffectKey, answer: &str, at: i64) -> Result<String> {
        // Changing the row to what it is makes a repeat give the row too.
        let sql = "INSERT INTO answers (call_id, turn, seq, answer, at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (call_id, turn, seq) DO UPDATE SET at = answers.at RETURNING answer";
        let row = args![key.call.as_str(), key.turn, key.seq, answer, at];
        let kept = self.engine.run_first::<(String,)>(sql, row).await?;
        kept.map(|(kept,)| kept).ok_or_else(|| StoreError::Damaged(format!("no answer kept for call {}", key.call)))
    }

    /// The answer kept for an effect.
    pub async fn answer(&self, key: &EffectKey) -> Result<Option<String>> {
        let sql = "SELECT answer FROM answers WHERE call_id = $1 AND turn = $2 AND seq = $3";
        let row = self.engine.first::<(String,)>(sql, args![key.call.as_str(), key.turn, key.seq]);
        Ok(row.await?.map(|(answer,)| answer))
    }
}

fn call_id(text: &str) -> Result<CallId> {
    CallId::parse(text).ok_or_else(|| StoreError::Damaged(format!("`{text}` is no call id")))
}

fn small(call: &CallId, n: i64) -> Result<u32> {
    u32::try_from(n).map_err(|_| StoreError::Damaged(format!("turn {n} of call {call}")))
}
