//! What holds the rows of the log together: salted digests of texts, the mac that goes on from the row
//! before, and what this process remembers of the end.

use super::super::Result;
use super::super::engine::{Tx, args};
use super::{Deed, LogFault, Row};
use crate::words::Secret;
use crate::words::mac::{hex, keyed};
use hmac::Mac;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// The key of the log, and what is remembered of it. Clones share both.
#[derive(Clone)]
pub(in crate::store) struct Sealed {
    key: Arc<Zeroizing<Vec<u8>>>,
    memory: Arc<Mutex<Memory>>,
}

/// What this process has seen with its own eyes: nobody takes that back by editing the database.
#[derive(Default)]
pub(super) struct Memory {
    /// Up to here all was well, and the chain there.
    pub(super) checked: (i64, String),
    /// The last row that was written here, and the chain there.
    pub(super) written: (i64, String),
}

/// The end of the log.
pub(super) struct Head {
    pub(super) seq: i64,
    pub(super) chain: String,
    pub(super) mac: String,
}

impl Sealed {
    /// A key of its own from the deployment's pepper.
    pub(in crate::store) fn under(pepper: &Secret) -> Sealed {
        let key = keyed::<Sha256>(pepper.reveal().as_bytes()).chain_update(b"hotline log 1").finalize();
        Sealed { key: Arc::new(Zeroizing::new(key.into_bytes().to_vec())), memory: Arc::default() }
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the end of the log.
    pub(super) fn remember(&self, seq: i64, chain: String) {
        let mut memory = self.memory();
        if memory.written.0 < seq {
            memory.written = (seq, chain);
        }
    }

    /// The row of a deed behind the row whose chain is `before`.
    pub(super) fn row(&self, seq: i64, before: &str, deed: &Deed<'_>, salt: String) -> Row {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let (before_digest, after_digest) = (digest(&salt, 'b', deed.before), digest(&salt, 'a', deed.after));
        let mut row = Row {
            seq,
            at: deed.at,
            who: deed.who.to_owned(),
            place: deed.place.to_owned(),
            what: deed.what.to_owned(),
            subject: deed.of.to_owned(),
            before_text: text(deed.before),
            after_text: text(deed.after),
            salt,
            before_digest,
            after_digest,
            chain: String::new(),
            erased: None,
        };
        row.chain = self.link(before, &row);
        row
    }

    /// The end of a log at this row.
    pub(super) fn head(&self, seq: i64, chain: String) -> Head {
        let mac = self.mac(&["head", &seq.to_string(), &chain]);
        Head { seq, chain, mac }
    }

    /// Whether it is ours. Before the first row there is nothing to prove.
    pub(super) fn proves(&self, head: &Head) -> bool {
        match head.seq {
            0 => head.chain.is_empty() && head.mac.is_empty(),
            seq => self.mac(&["head", &seq.to_string(), &head.chain]) == head.mac,
        }
    }

    /// What is wrong with a row behind the row whose chain is `before`.
    pub(super) fn fault(&self, before: &str, row: &Row) -> Option<LogFault> {
        if self.link(before, row) != row.chain {
            return Some(LogFault::Chain);
        }
        let whole = match &row.erased {
            Some(mark) => {
                row.before_text.is_none()
                    && row.after_text.is_none()
                    && row.salt.is_empty()
                    && *mark == self.mark(row.seq, &row.chain)
            }
            None => {
                digest(&row.salt, 'b', row.before_text.as_deref()) == row.before_digest
                    && digest(&row.salt, 'a', row.after_text.as_deref()) == row.after_digest
            }
        };
        (!whole).then_some(LogFault::Text)
    }

    /// Takes the texts out of a row, and the salt: else few digits could be tried through.
    pub(super) async fn erase(&self, tx: &mut Tx, seq: i64, chain: &str) -> Result<u64> {
        let sql = "UPDATE log SET before_text = NULL, after_text = NULL, salt = '', erased = $2
            WHERE seq = $1 AND erased IS NULL";
        tx.run(sql, args![seq, self.mark(seq, chain)]).await
    }

    /// Proves that it was us who took texts out.
    fn mark(&self, seq: i64, chain: &str) -> String {
        self.mac(&["erased", &seq.to_string(), chain])
    }

    fn link(&self, before: &str, row: &Row) -> String {
        let (seq, at) = (row.seq.to_string(), row.at.to_string());
        let Row { who, place, what, subject, before_digest, after_digest, .. } = row;
        self.mac(&["row", before, &seq, &at, who, place, what, subject, before_digest, after_digest])
    }

    fn mac(&self, parts: &[&str]) -> String {
        let mut mac = keyed::<Sha256>(&self.key);
        for part in parts {
            // With its length, so that no letter can move from one part to the next.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        hex(&mac.finalize().into_bytes())
    }
}

/// The salted digest of a text, which says as little of none as of any.
fn digest(salt: &str, which: char, text: Option<&str>) -> String {
    let there = if text.is_some() { "+" } else { "-" };
    let whole = format!("{salt}{which}{there}{}", text.unwrap_or_default());
    hex(&Sha256::digest(whole.as_bytes()))
}
