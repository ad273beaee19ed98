//! Guesses at a secret. One is claimed, and charged to everyone whose limit it touches, before
//! anything is compared: so a hundred calls at once get no more guesses than one, a repeated turn
//! is charged once, and hanging up changes nothing. Knows nothing of secrets.

use super::engine::{Engine, Tx, args};
use super::{EffectKey, Result, Store};

/// A guess about to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// The effect it belongs to.
    pub key: EffectKey,
    /// What is guessed.
    pub guess: Guess,
    /// The account as typed, existing or not; none for a guess at a reference.
    pub account: Option<String>,
    /// The caller's number; none when withheld, then the line is charged.
    pub caller: Option<String>,
    /// The line, by its flow's name.
    pub line: String,
    /// When, in ms.
    pub at: i64,
}

/// What a guess is made at. Limits hold over all of them together; what is right forgives the account
/// only failures of its own kind: else whoever has the PIN could guess codes for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guess {
    /// A phone PIN.
    Pin,
    /// A one-time code.
    Code,
    /// Birth date and identity document.
    Knowledge,
    /// The reference of a request.
    Reference,
}

impl Guess {
    fn word(self) -> &'static str {
        match self {
            Guess::Pin => "pin",
            Guess::Code => "code",
            Guess::Knowledge => "knowledge",
            Guess::Reference => "reference",
        }
    }
}

/// How many failed guesses are borne. Windows slide; they are in ms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// In one call.
    pub per_call: i64,
    /// For one account as typed.
    pub per_account: i64,
    /// The window of `per_account`.
    pub account_window: i64,
    /// For one caller's number.
    pub per_caller: i64,
    /// The window of `per_caller`.
    pub caller_window: i64,
    /// For all withheld callers of a line together.
    pub withheld_per_line: i64,
    /// The window of `withheld_per_line`.
    pub withheld_window: i64,
    /// After this long an unfinished guess is taken to be abandoned: longer than a webhook lives.
    pub lease: i64,
}

impl Default for Limits {
    fn default() -> Limits {
        const HOUR: i64 = 3_600_000;
        Limits {
            per_call: 3,
            per_account: 5,
            account_window: 24 * HOUR,
            per_caller: 10,
            caller_window: 24 * HOUR,
            withheld_per_line: 60,
            withheld_window: HOUR,
            lease: 5_000,
        }
    }
}

/// What to do with a guess.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Claim {
    /// It is charged: compare, then settle.
    Compare,
    /// It is above a limit and must not be compared.
    Limited {
        /// Withheld callers just reached their line's limit: true once a window.
        alarm: bool,
    },
    /// It was settled before, with this outcome (JSON).
    Settled(String),
    /// Somebody is comparing it at this moment.
    Busy,
}

impl Store {
    /// Claims a guess. Everyone who claims the same one again gets what became of it; when whoever
    /// claimed it is gone, exactly one takes it over.
    pub async fn claim_attempt(&self, attempt: &Attempt, limits: &Limits) -> Result<Claim> {
        let mut tx = self.engine.begin().await?;
        let inserted = tx
            .run(
                "INSERT INTO attempts (call_id, turn, seq, account, caller, line, at, owner, claimed_at,
                    charged_call, charged_account, charged_caller, guess)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, TRUE, $9, TRUE, $10)
                ON CONFLICT (call_id, turn, seq) DO NOTHING",
                args![
                    attempt.key.call.as_str(),
                    attempt.key.turn,
                    attempt.key.seq,
                    &attempt.account,
                    &attempt.caller,
                    &attempt.line,
                    attempt.at,
                    &*self.owner,
                    attempt.account.is_some(),
                    attempt.guess.word(),
                ],
            )
            .await?;
        let claim = match inserted {
            1 => weigh(&mut tx, attempt, limits).await?,
            _ => self.claim_again(&mut tx, attempt, limits).await?,
        };
        tx.commit().await?;
        Ok(claim)
    }

    /// Claims and settles a guess in one unit of work, where it was compared already because that takes
    /// no time; nobody is told how it ended before this is kept. None: it was claimed before, and is to be
    /// claimed like any other.
    pub async fn settle_at_once(
        &self,
        attempt: &Attempt,
        limits: &Limits,
        outcome: &str,
        success: bool,
    ) -> Result<Option<Claim>> {
        let mut tx = self.engine.begin().await?;
        hold(&mut tx, attempt).await?;
        let weight = over(&mut tx, attempt, limits, 1).await?;
        let (limited, alarm) = (weight.is_over, weight.alarm() == Some(true));
        let charged = !limited && !success;
        let sql = "INSERT INTO attempts (call_id, turn, seq, account, caller, line, at, owner, claimed_at,
                charged_call, charged_account, charged_caller, guess, outcome, limited, alarm)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $9, $10, $9, $11, $12, $13, $14)
            ON CONFLICT (call_id, turn, seq) DO NOTHING";
        let Attempt { key, guess, account, caller, line, at } = attempt;
        let charged_account = charged && account.is_some();
        let kept = (!limited).then_some(outcome);
        let row = args![
            key.call.as_str(),
            key.turn,
            key.seq,
            account,
            caller,
            line,
            *at,
            &*self.owner,
            charged,
            charged_account,
            guess.word(),
            kept,
            limited,
            alarm,
        ];
        if tx.run(sql, row).await? == 0 {
            tx.undo().await?;
            return Ok(None);
        }
        if success && !limited && weight.of_account > 0 {
            let sql = "UPDATE attempts SET charged_account = FALSE
                WHERE account = $1 AND guess = $2 AND charged_account";
            tx.run(sql, args![account, guess.word()]).await?;
        }
        tx.commit().await?;
        Ok(Some(if limited { Claim::Limited { alarm } } else { Claim::Settled(outcome.to_owned()) }))
    }

    /// Records how a claimed guess ended. A success clears the account's failures of its kind and
    /// gives its own charges back. False when it is not ours any more: then somebody else's outcome
    /// counts.
    pub async fn settle_attempt(&self, key: &EffectKey, outcome: &str, success: bool, at: i64) -> Result<bool> {
        let cleared = self.guessed_at(key).await?.filter(|_| success);
        let mut tx = self.engine.begin().await?;
        let settled = self.settle(&mut tx, key, outcome, success, cleared, at).await?;
        tx.commit().await?;
        Ok(settled)
    }

    /// The account a claimed guess is charged to, and of which kind it is. Neither changes once it is
    /// claimed, so they may be read before the unit of work.
    pub(super) async fn guessed_at(&self, key: &EffectKey) -> Result<Option<(String, String)>> {
        let sql = "SELECT account, guess FROM attempts WHERE call_id = $1 AND turn = $2 AND seq = $3";
        let row = self.engine.first(sql, args![key.call.as_str(), key.turn, key.seq]).await?;
        Ok(row.and_then(|(account, guess): (Option<String>, String)| Some((account?, guess))))
    }

    /// Settles a guess within a unit of work; `cleared` is what a success forgives.
    pub(super) async fn settle(
        &self,
        tx: &mut Tx,
        key: &EffectKey,
        outcome: &str,
        success: bool,
        cleared: Option<(String, String)>,
        at: i64,
    ) -> Result<bool> {
        tx.lock_subjects(cleared.iter().map(|(account, _)| account_subject(account)).collect(), at).await?;
        let settled = tx
            .run(
                "UPDATE attempts SET outcome = $4, charged_call = charged_call AND NOT $5,
                    charged_account = charged_account AND NOT $5, charged_caller = charged_caller AND NOT $5
                WHERE call_id = $1 AND turn = $2 AND seq = $3 AND owner = $6 AND outcome IS NULL AND NOT limited",
                args![key.call.as_str(), key.turn, key.seq, outcome, success, &*self.owner],
            )
            .await?;
        if let (1, Some((account, guess))) = (settled, cleared) {
            let sql = "UPDATE attempts SET charged_account = FALSE
                WHERE account = $1 AND guess = $2 AND charged_account";
            tx.run(sql, args![account, guess]).await?;
        }
        Ok(settled == 1)
    }

    /// Takes back a guess that was never compared, because the check could not be made. False when
    /// it is not ours or already settled.
    pub async fn void_attempt(&self, key: &EffectKey) -> Result<bool> {
        let sql = "DELETE FROM attempts WHERE call_id = $1 AND turn = $2 AND seq = $3 AND owner = $4
            AND outcome IS NULL AND NOT limited";
        Ok(self.engine.run(sql, args![key.call.as_str(), key.turn, key.seq, &*self.owner]).await? == 1)
    }

    /// Forgives an account its failed guesses; how many there were.
    pub async fn unlock_account(&self, account: &str, at: i64) -> Result<u64> {
        let mut tx = self.engine.begin().await?;
        let cleared = forgive(&mut tx, account, at).await?;
        tx.commit().await?;
        Ok(cleared)
    }

    /// A guess that was claimed before.
    async fn claim_again(&self, tx: &mut Tx, attempt: &Attempt, limits: &Limits) -> Result<Claim> {
        let key = &attempt.key;
        // Only one server opens a SQLite file, so another owner there is an earlier run of it.
        let alone = matches!(self.engine, Engine::Sqlite { .. });
        let taken_over = tx
            .run(
                "UPDATE attempts SET owner = $4, claimed_at = $5
                WHERE call_id = $1 AND turn = $2 AND seq = $3 AND outcome IS NULL AND NOT limited
                    AND (claimed_at <= $6 OR ($7 AND owner <> $4))",
                args![
                    key.call.as_str(),
                    key.turn,
                    key.seq,
                    &*self.owner,
                    attempt.at,
                    attempt.at - limits.lease,
                    alone,
                ],
            )
            .await?;
        if taken_over == 1 {
            return Ok(Claim::Compare);
        }
        let sql = "SELECT outcome, limited FROM attempts WHERE call_id = $1 AND turn = $2 AND seq = $3";
        let row = tx.first::<(Option<String>, bool)>(sql, args![key.call.as_str(), key.turn, key.seq]).await?;
        Ok(match row {
            Some((Some(outcome), _)) => Claim::Settled(outcome),
            Some((None, true)) => Claim::Limited { alarm: false },
            _ => Claim::Busy,
        })
    }
}

/// Decides about a guess that was just written and charged: above a limit its charges are taken
/// back, so that trying on does not lengthen the wait.
async fn weigh(tx: &mut Tx, attempt: &Attempt, limits: &Limits) -> Result<Claim> {
    hold(tx, attempt).await?;
    let Some(alarm) = over(tx, attempt, limits, 0).await?.alarm() else { return Ok(Claim::Compare) };
    let key = &attempt.key;
    let sql = "UPDATE attempts SET limited = TRUE, alarm = $4, charged_call = FALSE, charged_account = FALSE,
            charged_caller = FALSE WHERE call_id = $1 AND turn = $2 AND seq = $3";
    tx.run(sql, args![key.call.as_str(), key.turn, key.seq, alarm]).await?;
    Ok(Claim::Limited { alarm })
}

/// Holds whoever a guess is charged to until the end of the unit of work.
async fn hold(tx: &mut Tx, attempt: &Attempt) -> Result<()> {
    let from = match &attempt.caller {
        Some(caller) => format!("caller:{caller}"),
        None => format!("withheld:{}", attempt.line),
    };
    let account = attempt.account.as_deref().map(account_subject);
    tx.lock_subjects(account.into_iter().chain([from]).collect(), attempt.at).await
}

/// What the limits say of a guess.
struct Weight {
    is_over: bool,
    alarm: bool,
    /// Failures charged to its account.
    of_account: i64,
}

impl Weight {
    /// Above a limit; whether this is what nobody was told yet.
    fn alarm(&self) -> Option<bool> {
        self.is_over.then_some(self.alarm)
    }
}

/// Whether a guess is above a limit; `more` of it is not written yet.
async fn over(tx: &mut Tx, attempt: &Attempt, limits: &Limits, more: i64) -> Result<Weight> {
    let (key, at) = (&attempt.key, attempt.at);
    // One statement, because every call comes here: no account and no caller count as nobody's.
    let sql = "SELECT (SELECT count(*) FROM attempts WHERE call_id = $1 AND charged_call),
        (SELECT count(*) FROM attempts WHERE account = $2 AND charged_account AND at > $3),
        (SELECT count(*) FROM attempts WHERE caller = $4 AND charged_caller AND at > $5)";
    let windows = (at - limits.account_window, at - limits.caller_window);
    let values = args![key.call.as_str(), &attempt.account, windows.0, &attempt.caller, windows.1];
    let (of_call, of_account, of_caller): (i64, i64, i64) = tx.first(sql, values).await?.unwrap_or_default();
    let mut is_over = of_call + more > limits.per_call
        || (attempt.account.is_some() && of_account + more > limits.per_account)
        || (attempt.caller.is_some() && of_caller + more > limits.per_caller);
    let mut alarm = false;
    if attempt.caller.is_none() {
        let since = at - limits.withheld_window;
        let sql = "SELECT count(*) FROM attempts WHERE line = $1 AND caller IS NULL AND charged_caller AND at > $2";
        if tx.count(sql, args![&attempt.line, since]).await? + more > limits.withheld_per_line {
            let sql = "SELECT count(*) FROM attempts WHERE line = $1 AND caller IS NULL AND alarm AND at > $2";
            alarm = tx.count(sql, args![&attempt.line, since]).await? == 0;
            is_over = true;
        }
    }
    Ok(Weight { is_over, alarm, of_account })
}

/// Forgives an account its failed guesses within a unit of work; how many there were.
pub(super) async fn forgive(tx: &mut Tx, account: &str, at: i64) -> Result<u64> {
    tx.lock_subjects(vec![account_subject(account)], at).await?;
    let sql = "UPDATE attempts SET charged_account = FALSE WHERE account = $1 AND charged_account";
    tx.run(sql, args![account]).await
}

fn account_subject(account: &str) -> String {
    format!("account:{account}")
}
