//! One-time codes on their way: what was sent for which account and when, how often it was tried,
//! whether it is used. The code itself is nowhere: it follows from the challenge's id.

use super::engine::{Tx, args};
use super::{EffectKey, Result, Store};
use crate::words::Lang;

/// A code counts for ten minutes.
const COUNTS_FOR: i64 = 10 * MINUTE;
/// One that has less than this left is not sent again; a new one is.
const WORTH_SENDING: i64 = 5 * MINUTE;
/// An account is sent one code in this time, on all lines together.
const APART: i64 = MINUTE;
/// Wrong codes before a challenge is used up.
const TRIES: i64 = 3;
const MINUTE: i64 = 60_000;

/// Who wants a code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WantedCode<'a> {
    /// The account as typed, existing or not.
    pub account: &'a str,
    /// The line, by its flow's name.
    pub line: &'a str,
    /// In which language it is written.
    pub lang: Lang,
    /// The effect it is wanted by.
    pub key: &'a EffectKey,
    /// From a trial call: nothing is sent, and real callers have codes of their own.
    pub test: bool,
    /// One that is on its way is sent once more, unless that was just done.
    pub resend: bool,
    /// When, in ms.
    pub at: i64,
}

/// A challenge that waits for its code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Challenge {
    /// What its code follows from.
    pub id: String,
    /// It was made just now.
    pub fresh: bool,
    /// Its code goes out now.
    pub sends: bool,
}

/// What a code is sent for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SentChallenge {
    /// The account as typed, existing or not.
    pub account: String,
    /// The line, by its flow's name.
    pub line: String,
    /// In which language.
    pub lang: Option<Lang>,
    /// From a trial call.
    pub test: bool,
}

impl Store {
    /// The challenge whose code an account is to type: the one there is, while it counts, else a new
    /// one. However many calls want one at once, one code goes out a minute.
    pub async fn challenge(&self, wanted: &WantedCode<'_>) -> Result<Challenge> {
        let mut tx = self.engine.begin().await?;
        tx.lock_subjects(vec![format!("code:{}", wanted.account)], wanted.at).await?;
        let least = if wanted.resend { WORTH_SENDING } else { 0 };
        let by = format!("{}/{}/{}", wanted.key.call, wanted.key.turn, wanted.key.seq);
        let sql = "SELECT id, sent_at, sent_by FROM challenges WHERE account = $1 AND line = $2 AND test = $3
            AND created_at > $4 AND used_at IS NULL AND tries < $5 ORDER BY created_at DESC, id DESC LIMIT 1";
        let counts = args![wanted.account, wanted.line, wanted.test, wanted.at - COUNTS_FOR + least, TRIES];
        let there: Option<(String, Option<i64>, Option<String>)> = tx.first(sql, counts).await?;
        let sql = "SELECT count(*) FROM challenges WHERE account = $1 AND test = $2 AND sent_at > $3";
        let just_sent = tx.count(sql, args![wanted.account, wanted.test, wanted.at - APART]).await? > 0;
        let challenge = match there {
            // This very effect was here before, and may not have come to sending.
            Some((id, _, Some(before))) if before == by => Challenge { id, fresh: true, sends: true },
            Some((id, sent, _)) => {
                let sends = !just_sent && (wanted.resend || sent.is_none());
                if sends {
                    let sql = "UPDATE challenges SET sent_at = $2, sent_by = $3 WHERE id = $1";
                    tx.run(sql, args![&id, wanted.at, by]).await?;
                }
                Challenge { id, fresh: false, sends }
            }
            None => insert(&mut tx, wanted, (!just_sent).then_some(by)).await?,
        };
        tx.commit().await?;
        Ok(challenge)
    }

    /// What a challenge's code is sent for; none when it is used or does not count any more.
    pub async fn sent_challenge(&self, id: &str, at: i64) -> Result<Option<SentChallenge>> {
        let sql = "SELECT account, line, lang, test FROM challenges WHERE id = $1 AND used_at IS NULL
            AND sent_at IS NOT NULL AND created_at > $2";
        let row: Option<(String, String, String, bool)> = self.engine.first(sql, args![id, at - COUNTS_FOR]).await?;
        Ok(row.map(|(account, line, lang, test)| SentChallenge { account, line, lang: Lang::parse(&lang), test }))
    }

    /// Settles a guess at a code together with its challenge: a right one is used up, a wrong one
    /// counts as a try. What was right and comes too late, too often or a second time is wrong.
    /// `outcomes` are what is kept of the guess, right and wrong. Gives whether it is right; none when
    /// the guess is not ours any more.
    pub async fn settle_code(
        &self,
        key: &EffectKey,
        challenge: &str,
        right: bool,
        outcomes: (&str, &str),
        at: i64,
    ) -> Result<Option<bool>> {
        let guessed = self.guessed_at(key).await?;
        let account = guessed.as_ref().map(|(account, _)| account.clone());
        let mut tx = self.engine.begin().await?;
        let sql = "UPDATE challenges SET tries = tries + 1, used_at = CASE WHEN $3 THEN $4 ELSE used_at END
            WHERE id = $1 AND account = $2 AND used_at IS NULL AND sent_at IS NOT NULL AND tries < $5 AND created_at > $6";
        let counted = tx.run(sql, args![challenge, &account, right, at, TRIES, at - COUNTS_FOR]).await?;
        let right = right && counted == 1;
        let outcome = if right { outcomes.0 } else { outcomes.1 };
        if !self.settle(&mut tx, key, outcome, right, guessed.filter(|_| right), at).await? {
            tx.undo().await?;
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(right))
    }
}

/// Makes a new one; `sent` by which effect, if it is.
async fn insert(tx: &mut Tx, wanted: &WantedCode<'_>, sent: Option<String>) -> Result<Challenge> {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let sql = "INSERT INTO challenges (id, account, line, test, lang, call_id, created_at, sent_at, sent_by, tries)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)";
    let (sends, at) = (sent.is_some(), sent.is_some().then_some(wanted.at));
    let values = args![
        &id,
        wanted.account,
        wanted.line,
        wanted.test,
        wanted.lang.tag(),
        wanted.key.call.as_str(),
        wanted.at,
        at,
        sent,
    ];
    tx.run(sql, values).await?;
    Ok(Challenge { id, fresh: true, sends })
}
