//! The log of everything somebody did: rows that are added, read and checked, and never changed but to
//! forget a person. Each is chained to the one before under a key of the deployment's, over digests
//! of its texts; whoever edits, adds, deletes or cuts off a row beside this program breaks the chain.

mod chain;
mod check;

pub(super) use chain::Sealed;
pub use check::{Broken, LogFault, Verdict};

use super::engine::{Tx, args, named};
use super::{Result, Store, StoreError};
use crate::words::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chain::Head;

/// Something somebody did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deed<'a> {
    /// When, in ms.
    pub at: i64,
    /// Who: a person's name, or `command line`.
    pub who: &'a str,
    /// The address they came from.
    pub place: &'a str,
    /// What was done, as `notice.put`.
    pub what: &'a str,
    /// To what, by the name or id that stays. It is not erased, so it says nothing of a customer.
    pub of: &'a str,
    /// How it was; none: it was not there.
    pub before: Option<&'a str>,
    /// How it is now; none: it is gone.
    pub after: Option<&'a str>,
}

/// A row of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRow {
    /// Counts from 1 without a gap.
    pub seq: i64,
    /// When, in ms.
    pub at: i64,
    /// Who.
    pub who: String,
    /// The address they came from.
    pub place: String,
    /// What was done.
    pub what: String,
    /// To what.
    pub of: String,
    /// How it was.
    pub before: Option<String>,
    /// How it was afterwards.
    pub after: Option<String>,
    /// Before and after were taken out, to forget somebody.
    pub erased: bool,
}

/// Which rows are wanted; what is none is not asked for.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct LogFilter {
    /// Of this person.
    pub who: Option<String>,
    /// What was done, or how that begins, as `notice`.
    pub what: Option<String>,
    /// To this, or to what begins so.
    pub of: Option<String>,
    /// Not before, in ms.
    pub since: Option<i64>,
    /// Before, in ms.
    pub until: Option<i64>,
}

/// A row as it is kept.
struct Row {
    seq: i64,
    at: i64,
    who: String,
    place: String,
    what: String,
    subject: String,
    before_text: Option<String>,
    after_text: Option<String>,
    salt: String,
    before_digest: String,
    after_digest: String,
    chain: String,
    erased: Option<String>,
}

named!(Row {
    seq,
    at,
    who,
    place,
    what,
    subject,
    before_text,
    after_text,
    salt,
    before_digest,
    after_digest,
    chain,
    erased,
});

impl Store {
    /// The same store, whose log is kept under a key of its own from the deployment's pepper. What is
    /// written under another key is found to be broken.
    pub fn sealed(self, pepper: &Secret) -> Store {
        Store { log: Sealed::under(pepper), ..self }
    }

    /// Adds to the log; gives the row's number. Whoever adds waits for whoever is at it, on this server
    /// or another, so that there is one order and no gap.
    pub async fn record_deed(&self, deed: &Deed<'_>) -> Result<i64> {
        let mut tx = self.engine.begin().await?;
        let sql = "UPDATE log_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, chain";
        let head = tx.first::<(i64, String)>(sql, args![]).await?;
        let (seq, before) = head.ok_or_else(|| StoreError::Damaged("the head of the log is not there".into()))?;
        let salt = fresh_salt()?;
        let row = self.log.row(seq, &before, deed, salt);
        let head = self.log.head(seq, row.chain.clone());
        let sql = "INSERT INTO log (seq, at, who, place, what, subject, before_text, after_text, salt, before_digest,
                after_digest, chain) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let values = args![
            seq,
            row.at,
            row.who,
            row.place,
            row.what,
            row.subject,
            row.before_text,
            row.after_text,
            row.salt,
            row.before_digest,
            row.after_digest,
            row.chain,
        ];
        tx.run(sql, values).await?;
        let sql = "UPDATE log_head SET chain = $1, mac = $2 WHERE id = 1";
        tx.run(sql, args![&head.chain, &head.mac]).await?;
        tx.commit().await?;
        // Whoever cuts the log off cannot also take back what other files say of its end.
        tracing::info!(seq, end = head.chain.get(..16), what = deed.what, "written into the log");
        self.log.remember(seq, head.chain);
        Ok(seq)
    }

    /// Rows of the log, the newest first: those behind the row `behind`.
    pub async fn log(&self, filter: &LogFilter, behind: Option<i64>, limit: u32) -> Result<Vec<LogRow>> {
        let sql = "SELECT seq, at, who, place, what, subject, before_text, after_text, salt, before_digest,
                after_digest, chain, erased FROM log
            WHERE seq < $1 AND at >= $2 AND at < $3 AND ($4 = '' OR who = $4)
                AND ($5 = '' OR substr(what, 1, length($5)) = $5)
                AND ($6 = '' OR substr(subject, 1, length($6)) = $6)
            ORDER BY seq DESC LIMIT $7";
        let LogFilter { who, what, of, since, until } = filter;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let values = args![
            behind.unwrap_or(i64::MAX),
            since.unwrap_or(i64::MIN),
            until.unwrap_or(i64::MAX),
            text(who),
            text(what),
            text(of),
            limit,
        ];
        Ok(self.engine.rows::<Row>(sql, values).await?.into_iter().map(Row::told).collect())
    }

    /// Takes the texts out of rows that hold this number; gives how many rows.
    pub(super) async fn forget_logged(&self, like: &str, is_in: impl Fn(&[&str]) -> bool) -> Result<u64> {
        let sql = "SELECT seq, at, who, place, what, subject, before_text, after_text, salt, before_digest,
                after_digest, chain, erased FROM log
            WHERE seq > $1 AND (before_text LIKE $2 OR after_text LIKE $2) ORDER BY seq LIMIT 500";
        let (mut last, mut count) = (0, 0);
        loop {
            let page = self.engine.rows::<Row>(sql, args![last, like]).await?;
            let Some(end) = page.last().map(|row| row.seq) else { return Ok(count) };
            for row in &page {
                let texts = [row.before_text.as_deref().unwrap_or(""), row.after_text.as_deref().unwrap_or("")];
                if is_in(&texts) {
                    let mut tx = self.engine.begin().await?;
                    count += self.log.erase(&mut tx, row.seq, &row.chain).await?;
                    tx.commit().await?;
                }
            }
            last = end;
        }
    }

    /// The rows about something that still have texts, by number and chain. All rows are looked at, so it
    /// is asked before the unit of work in which they are erased, not within.
    pub(super) async fn logged_of(&self, of: &str) -> Result<Vec<(i64, String)>> {
        let sql = "SELECT seq, chain FROM log WHERE subject LIKE $1 AND erased IS NULL
            AND (before_text IS NOT NULL OR after_text IS NOT NULL) ORDER BY seq";
        self.engine.rows(sql, args![format!("%{of}%")]).await
    }

    /// Takes the texts out of these rows; gives how many there were.
    pub(super) async fn forget_logged_of(&self, tx: &mut Tx, rows: &[(i64, String)]) -> Result<u64> {
        let mut count = 0;
        for (seq, chain) in rows {
            count += self.log.erase(tx, *seq, chain).await?;
        }
        Ok(count)
    }

    async fn log_head(&self) -> Result<Head> {
        let sql = "SELECT seq, chain, mac FROM log_head WHERE id = 1";
        let row = self.engine.first::<(i64, String, String)>(sql, args![]).await?;
        // One that is not there proves nothing.
        let (seq, chain, mac) = row.unwrap_or_default();
        Ok(Head { seq, chain, mac })
    }
}

impl Row {
    fn told(self) -> LogRow {
        let Row { seq, at, who, place, what, subject: of, before_text: before, after_text: after, erased, .. } = self;
        LogRow { seq, at, who, place, what, of, before, after, erased: erased.is_some() }
    }
}

fn fresh_salt() -> Result<String> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| StoreError::NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(salt))
}
