//! What programs are told of requests: an event, and the request as it stands. No number, no account
//! and nothing that was collected: whoever may know those asks for the request.

use crate::store::{Request, Store, StoreError};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// What a row of the outbox holds.
#[derive(Deserialize)]
struct Row {
    /// The program, as the settings call it.
    hook: String,
    request: String,
    /// `request.created` and so on.
    event: String,
    /// The entry of the request's history.
    seq: i64,
}

/// A message to a program.
pub struct Message {
    /// Which program, as the settings call it.
    pub hook: String,
    /// JSON.
    pub body: String,
}

/// What a row stands for.
pub enum Wanted {
    /// This is to be told.
    Message(Message),
    /// There is no such request any more.
    Forgotten,
    /// It is of no form that we know.
    Unreadable,
}

/// The message of a row's body.
///
/// # Errors
/// The database failed.
pub async fn message(store: &Store, body: &str) -> Result<Wanted, StoreError> {
    let Ok(Row { hook, request, event, seq }) = serde_json::from_str(body) else { return Ok(Wanted::Unreadable) };
    let Some(request) = store.request(&request).await? else { return Ok(Wanted::Forgotten) };
    let at = request.history.iter().find(|entry| entry.seq == seq).map_or(request.updated_at, |entry| entry.at);
    Ok(Wanted::Message(Message { hook, body: told(&request, &event, at).to_string() }))
}

/// Why a request is finished, in a word of ours: what somebody wrote about it may name the customer.
fn reason(kept: &str) -> &str {
    const OURS: [&str; 6] = ["solved", "not-reached", "wrong-number", "cancelled", "served", "not-solved"];
    if OURS.contains(&kept) { kept } else { "closed" }
}

fn told(request: &Request, event: &str, at: Timestamp) -> Value {
    json!({
        "type": event,
        "timestamp": at,
        "data": {
            "id": request.id,
            "reference": request.reference,
            "kind": request.kind,
            "topic": request.topic,
            "line": request.line,
            "language": request.lang,
            "skill": request.skill,
            "priority": request.priority,
            "level": request.level,
            "state": request.state,
            "due": request.due,
            "holder": request.holder,
            "reason": request.reason.as_deref().map(reason),
            "test": request.test,
        },
    })
}
