//! The outbox: what is to be done at a provider after the caller was answered. A row is written once
//! under its effect's key, within the limits on messages, and somebody takes it from there. Knows
//! nothing of providers, and of a one-time code only its challenge's id.

use super::engine::{Tx, args};
use super::{EffectKey, Result, Store, StoreError};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// What a row is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OutboxKind {
    /// A text message; the body is its words.
    Sms,
    /// A text message with a one-time code; the body is the challenge's id. Words and code are made
    /// when it is sent, so that no row holds them.
    Code,
    /// A recording to be fetched; the body is our id of it.
    Recording,
    /// A program to be told of a request; the body says which and what, see `store::hooks`.
    Webhook,
}

impl OutboxKind {
    /// Every kind.
    pub const ALL: [OutboxKind; 4] = [OutboxKind::Sms, OutboxKind::Code, OutboxKind::Recording, OutboxKind::Webhook];

    /// The word rows, metrics and lists write.
    pub fn word(self) -> &'static str {
        match self {
            OutboxKind::Sms => "sms",
            OutboxKind::Code => "code",
            OutboxKind::Recording => "recording",
            OutboxKind::Webhook => "webhook",
        }
    }

    pub(super) fn of(word: &str) -> Result<OutboxKind> {
        let found = OutboxKind::ALL.into_iter().find(|kind| kind.word() == word);
        found.ok_or_else(|| StoreError::Damaged(format!("`{word}` as the kind of an outbox row")))
    }
}

/// How many messages are sent, each kind counted for itself: nobody's one-time code waits for a link
/// they were texted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageLimits {
    /// To one number in a minute.
    pub per_number_minute: i64,
    /// To one number in 24 hours.
    pub per_number_day: i64,
    /// For all numbers of a line together in 24 hours.
    pub per_line_day: i64,
    /// The provider is taken to be down while so many messages wait after a try that failed.
    pub failing: i64,
    /// How long ago such a try may be, in ms.
    pub failing_within: i64,
}

impl Default for MessageLimits {
    fn default() -> MessageLimits {
        MessageLimits {
            per_number_minute: 1,
            per_number_day: 5,
            per_line_day: 500,
            failing: 1,
            // Longer than the pause before the fourth try, so that a quiet line notices too.
            failing_within: 11 * MINUTE,
        }
    }
}

/// Why a message is not sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NotSent {
    /// There is no number to send it to.
    NoNumber,
    /// The number may not be texted.
    Number,
    /// Nothing is set to send it with.
    Off,
    /// Too many to this number within a minute.
    Minute,
    /// Too many to this number within a day.
    Day,
    /// Too many for this line within a day.
    Line,
    /// The provider does not take messages at this moment.
    Down,
}

impl NotSent {
    const ALL: [NotSent; 7] =
        [NotSent::NoNumber, NotSent::Number, NotSent::Off, NotSent::Minute, NotSent::Day, NotSent::Line, NotSent::Down];

    /// The word rows and metrics write.
    pub fn word(self) -> &'static str {
        match self {
            NotSent::NoNumber => "no-number",
            NotSent::Number => "number",
            NotSent::Off => "off",
            NotSent::Minute => "minute",
            NotSent::Day => "day",
            NotSent::Line => "line",
            NotSent::Down => "down",
        }
    }
}

/// A message on its way into the outbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewMessage {
    /// The effect it belongs to: one row of a kind, however often it comes.
    pub key: EffectKey,
    /// A text or a code.
    pub kind: OutboxKind,
    /// The line, by its flow's name.
    pub line: String,
    /// To whom, E.164, or why to nobody.
    pub to: std::result::Result<String, NotSent>,
    /// See [`OutboxKind`].
    pub body: String,
    /// Of a trial call: kept as done and never sent.
    pub test: bool,
    /// When, in ms.
    pub at: i64,
}

/// What became of a message handed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Put {
    /// It lies in the outbox under this id, or did already.
    Accepted(String),
    /// It is not sent.
    Refused(NotSent),
}

/// What is kept of a trial's message.
const TRIAL: &str = "not sent: trial call";

impl Store {
    /// Puts a message into the outbox, within the limits. Whoever repeats the effect gets the same
    /// answer, and nothing is sent twice.
    pub async fn put_message(&self, new: &NewMessage, limits: &MessageLimits) -> Result<Put> {
        let mut tx = self.engine.begin().await?;
        let put = put(&mut tx, new, limits).await?;
        tx.commit().await?;
        Ok(put)
    }
}

/// The same as a part of another unit of work.
pub(super) async fn put(tx: &mut Tx, new: &NewMessage, limits: &MessageLimits) -> Result<Put> {
    let (call, turn, seq, kind) = (new.key.call.as_str(), new.key.turn, new.key.seq, new.kind.word());
    let id = uuid::Uuid::now_v7().simple().to_string();
    let (number, state, note, ended) = match (&new.to, new.test) {
        (Err(why), _) => (None, "refused", Some(why.word()), Some(new.at)),
        (Ok(number), true) => (Some(number.as_str()), "done", Some(TRIAL), Some(new.at)),
        (Ok(number), false) => (Some(number.as_str()), "waiting", None, None),
    };
    let body = if number.is_some() { new.body.as_str() } else { "" };
    let sql = "INSERT INTO outbox (id, kind, call_id, turn, seq, line, number, body, test, state, next_at, note, at,
                ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $13)
            ON CONFLICT (call_id, turn, seq, kind) DO NOTHING";
    let row = args![&id, kind, call, turn, seq, &new.line, number, body, new.test, state, new.at, note, ended];
    if tx.run(sql, row).await? == 0 {
        let sql = "SELECT id, state, note FROM outbox WHERE call_id = $1 AND turn = $2 AND seq = $3 AND kind = $4";
        let found = tx.first::<(String, String, Option<String>)>(sql, args![call, turn, seq, kind]).await?;
        return Ok(found.map_or(Put::Refused(NotSent::Off), |(id, state, note)| again(id, &state, note)));
    }
    let refused = match &new.to {
        Err(why) => Some(*why),
        Ok(number) => over(tx, new, number, limits).await?,
    };
    if let (Some(why), Ok(_)) = (refused, &new.to) {
        let sql = "UPDATE outbox SET state = 'refused', number = NULL, body = '', note = $2, ended_at = $3
                WHERE id = $1";
        tx.run(sql, args![&id, why.word(), new.at]).await?;
    }
    Ok(refused.map_or(Put::Accepted(id), Put::Refused))
}

fn again(id: String, state: &str, note: Option<String>) -> Put {
    if state != "refused" {
        return Put::Accepted(id);
    }
    let why = NotSent::ALL.into_iter().find(|why| Some(why.word()) == note.as_deref());
    Put::Refused(why.unwrap_or(NotSent::Off))
}

/// Which limit a message that was just written is above; it counts itself.
async fn over(tx: &mut Tx, new: &NewMessage, number: &str, limits: &MessageLimits) -> Result<Option<NotSent>> {
    let kind = new.kind.word();
    tx.lock_subjects(vec![format!("{kind}:{number}"), format!("{kind}-line:{}", new.line)], new.at).await?;
    let to_number = "SELECT count(*) FROM outbox WHERE number = $1 AND kind = $2 AND test = $3 AND at > $4";
    let of_line = "SELECT count(*) FROM outbox WHERE number IS NOT NULL AND line = $1 AND kind = $2 AND test = $3
        AND at > $4";
    for (sql, of, since, most, why) in [
        (to_number, number, MINUTE, limits.per_number_minute, NotSent::Minute),
        (to_number, number, DAY, limits.per_number_day, NotSent::Day),
        (of_line, new.line.as_str(), DAY, limits.per_line_day, NotSent::Line),
    ] {
        if tx.count(sql, args![of, kind, new.test, new.at - since]).await? > most {
            return Ok(Some(why));
        }
    }
    // Down: messages wait after a try that failed, and none has gone since. What waits is tried again
    // and shows when the provider is back; so does a code, which goes in all the same, because nobody
    // is told more of it than that it may come.
    let failing = "SELECT count(*) FROM outbox WHERE state = 'waiting' AND kind IN ('sms', 'code') AND failed_at > $1
        AND failed_at > coalesce((SELECT max(ended_at) FROM outbox
            WHERE state = 'done' AND NOT test AND kind IN ('sms', 'code') AND ended_at > $1), 0)";
    let may_be_down = !new.test && new.kind != OutboxKind::Code;
    let down = may_be_down && tx.count(failing, args![new.at - limits.failing_within]).await? >= limits.failing;
    Ok(down.then_some(NotSent::Down))
}
