//! Floor 3: all SQL, and the objects too large for it. What `step` said is kept here before the caller hears it, and every limit
//! holds here, in one conditional write each, because several servers share one database and
//! nothing else. A store function is one unit of work; nobody outside sees a transaction. Knows
//! nothing of HTTP, providers or flows' contents, reads no clock (moments are handed in as
//! milliseconds since 1970) and looks into no JSON that is not its own.
//!
//! SQLite in a file is the embedded default, PostgreSQL is for several servers. One SQL text
//! serves both, through `engine`; only the writer's batch differs, in sight.

mod acts;
mod aging;
mod args;
mod attempts;
mod batch;
mod callbacks;
mod challenges;
mod customers;
mod desks;
mod drafts;
mod earlier;
mod engine;
mod erase;
mod error;
mod flows;
mod found;
mod hooks;
mod idempotency;
mod lines;
mod log;
mod notices;
mod objects;
mod outbox;
mod people;
mod postgres;
mod posting;
mod preferences;
mod prompts;
mod proofs;
mod recordings;
mod release_rows;
mod releases;
mod releasing;
mod request_rows;
mod requests;
mod sessions;
mod shared;
mod sign_ins;
mod sqlite;
mod tables;
mod tallies;
mod tokens;
mod turns;
mod writer;

pub use attempts::{Attempt, Claim, Guess, Limits};
pub use callbacks::{
    After, Begun, Behind, CallRow, Change, Dial, DialRow, DialState, Filter, Held, NewDial, Page, RecordingRow, Said,
    Section, Tally, Today, Way,
};
pub use challenges::{Challenge, SentChallenge, WantedCode};
pub use customers::{Customer, Imported};
pub use desks::{PickUp, Score, ScorePlace};
pub use drafts::{DraftRow, NewStories, StoriesRow};
pub use earlier::Asker;
pub use erase::{Erased, Erasure};
pub use error::StoreError;
pub use flows::{FROM_FILES, FromDisk, LiveRow};
pub use found::{CallFilter, FoundCall, RecordedRow};
pub use idempotency::Repeat;
pub use lines::{LastCall, LineRow};
pub use log::{Broken, Deed, LogFault, LogFilter, LogRow, Verdict};
pub use notices::{NewNotice, Notice};
pub use objects::{Bucket, Objects, ObjectsAt, ObjectsError};
pub use outbox::{MessageLimits, NewMessage, NotSent, OutboxKind, Put};
pub use people::{Kept, Person, PersonChange};
pub use posting::{AfterTry, Claimed, OutboxEntry, Sending};
pub use prompts::PromptRow;
pub use recordings::{Uploading, Wanted};
pub use release_rows::{Endings, ReleaseRow, ReleaseState};
pub use releases::{Back, Counting, Ends, NewRelease, Publication, Published, Start};
pub use request_rows::{Request, RequestEvent};
pub use requests::{FiledBy, RequestLimits};
pub use sessions::Session;
pub use sign_ins::SignIn;
pub use sqlite::EMBEDDED_CONNECTIONS;
pub use tables::{ActOutcome, Protective, Record, TableAct};
pub use tallies::{AskedAbout, Mark, Marked, Promised, Span, Tallied, TalliedVersion, Untallied};
pub use tokens::{TOKEN_PREFIX, Token};
pub use turns::{BeginRow, Committed, OpenCall, TurnRow};

use crate::words::{CallId, Secret};
use engine::{Engine, args};
use std::sync::Arc;
use std::time::Duration;
use writer::Writer;

/// What a store function gives.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The database. Clones share its connections and its writer.
#[derive(Clone)]
pub struct Store {
    engine: Engine,
    writer: Writer,
    /// Who owns the attempts claimed here: this run of this server.
    owner: Arc<str>,
    /// The key the log of everything is kept under.
    log: log::Sealed,
}

/// What makes an effect the same effect when its turn is repeated, races or is taken up again
/// after a crash: whatever changes something is one conditional write under this key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EffectKey {
    /// The call.
    pub call: CallId,
    /// The turn it is wanted in.
    pub turn: u32,
    /// Which of the turn's effects, from 0.
    pub seq: u8,
}

/// How long a database may take to show that it can write before it counts as unable to.
const READY_WITHIN: Duration = Duration::from_secs(1);

impl Store {
    /// Opens the database at `sqlite:FILE` (made when missing) or `postgres://…`, and starts its
    /// writer. `boot_id` is new with every start of the server: attempts left by another id are
    /// known to be abandoned.
    pub async fn open(url: &str, boot_id: &str) -> Result<Store> {
        let engine = Engine::open(url).await?;
        // Nobody's key, until somebody hands in the deployment's.
        let log = log::Sealed::under(&Secret::new(""));
        Ok(Store { writer: Writer::start(engine.clone()), engine, owner: boot_id.into(), log })
    }

    /// Brings the tables to this version; does nothing when they are.
    pub async fn migrate(&self) -> Result<()> {
        self.engine.migrate().await
    }

    /// Writes one row the size of a large turn, durably and within a second: an error when the
    /// database is locked, full, read-only or away.
    pub async fn ready(&self, at: i64) -> Result<()> {
        let sql = "INSERT INTO pulse (id, at, filler) VALUES (1, $1, $2)
            ON CONFLICT (id) DO UPDATE SET at = excluded.at, filler = excluded.filler";
        // Different each time, because SQLite does not write pages that stay the same.
        let filler = format!("{at:016}").repeat(1024);
        let pulse = async {
            let mut tx = self.engine.begin().await?;
            tx.run(sql, args![at, filler]).await?;
            tx.commit().await
        };
        tokio::time::timeout(READY_WITHIN, pulse).await.map_err(|_| StoreError::Slow)??;
        self.writer.alive()
    }

    /// Closes the connections when the last one is back. Whoever still commits gets an error, so
    /// this comes after the last turn is answered.
    pub async fn close(&self) {
        self.engine.close().await;
    }

    /// Whether anyone has asked [`Store::once`] for `name`.
    pub async fn is_done(&self, name: &str) -> Result<bool> {
        Ok(self.engine.first::<(i64,)>("SELECT at FROM once WHERE name = $1", args![name]).await?.is_some())
    }

    /// Whether this is the first time anyone asks for `name`: true for exactly one asker ever.
    pub async fn once(&self, name: &str, at: i64) -> Result<bool> {
        let sql = "INSERT INTO once (name, at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
        Ok(self.engine.run(sql, args![name, at]).await? == 1)
    }
}
