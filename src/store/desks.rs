//! What is known of desks and of how callers liked it: how long one waited for an agent, and scores.

use super::engine::args;
use super::{EffectKey, Result, Store};
use serde::Serialize;

/// How far back waits count, in ms.
const HOUR: i64 = 3_600_000;
/// So many of the newest pick-ups are looked at.
const PICKUPS: i64 = 200;

/// An agent took a call, or a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PickUp<'a> {
    /// The call's id, or the request's.
    pub of: &'a str,
    /// Which one of it: turn and place of the effect; of a request which claim of it, and 0.
    pub nth: (u32, u8),
    /// Which agents.
    pub skill: &'a str,
    /// The line, by its flow's name.
    pub line: &'a str,
    /// How long it took, in seconds.
    pub waited: u32,
    /// In a trial call.
    pub test: bool,
    /// When, in ms.
    pub at: i64,
}

/// What a caller thought of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Score {
    /// The call.
    pub call: String,
    /// The line, by its flow's name.
    pub line: String,
    /// What is judged.
    pub category: String,
    /// 1 to 5, 5 is best.
    pub score: i64,
    /// In a trial call.
    pub test: bool,
    /// When, in ms.
    pub at: i64,
}

/// Where a page of scores ended: the next one begins behind it.
pub type ScorePlace = (String, i64, i64);

impl Store {
    /// Keeps how long one waited, once, however often it is told.
    pub async fn picked_up(&self, pick_up: &PickUp<'_>) -> Result<()> {
        let PickUp { of, nth: (turn, seq), skill, line, waited, test, at } = *pick_up;
        let sql = "INSERT INTO pickups (of_id, turn, seq, skill, line, waited, test, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (of_id, turn, seq) DO NOTHING";
        self.engine.run(sql, args![of, turn, seq, skill, line, waited, test, at]).await?;
        Ok(())
    }

    /// How long one waits for the agents of a skill, in seconds: the median of the last hour's
    /// pick-ups, so that one desk forgotten for an hour frightens nobody; none when there were none.
    pub async fn expected_wait(&self, skill: &str, test: bool, at: i64) -> Result<Option<u32>> {
        let sql = "SELECT waited FROM pickups WHERE skill = $1 AND test = $2 AND at > $3 ORDER BY at DESC LIMIT $4";
        let rows = self.engine.rows::<(i64,)>(sql, args![skill, test, at - HOUR, PICKUPS]).await?;
        let mut waits: Vec<i64> = rows.into_iter().map(|(waited,)| waited).collect();
        waits.sort_unstable();
        let Some(&middle) = waits.get(waits.len() / 2) else { return Ok(None) };
        let lower = if waits.len().is_multiple_of(2) { waits[waits.len() / 2 - 1] } else { middle };
        Ok(u32::try_from((middle + lower) / 2).ok())
    }

    /// Keeps a score, once; true when it is new.
    pub async fn put_score(&self, key: &EffectKey, score: &Score) -> Result<bool> {
        let sql = "INSERT INTO scores (call_id, turn, seq, line, category, score, test, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (call_id, turn, seq) DO NOTHING";
        let Score { line, category, score, test, at, .. } = score;
        let row = args![key.call.as_str(), key.turn, key.seq, line, category, *score, *test, *at];
        Ok(self.engine.run(sql, row).await? == 1)
    }

    /// A page of scores in the order of their calls, and where the next one begins.
    pub async fn scores(&self, after: Option<&ScorePlace>, limit: u32) -> Result<(Vec<Score>, Option<ScorePlace>)> {
        let sql = "SELECT call_id, turn, seq, line, category, score, test, at FROM scores
            WHERE (call_id, turn, seq) > ($1, $2, $3) ORDER BY call_id, turn, seq LIMIT $4";
        let (call, turn, seq) = after.map_or(("", -1, -1), |(call, turn, seq)| (call.as_str(), *turn, *seq));
        type Row = (String, i64, i64, String, String, i64, bool, i64);
        let rows = self.engine.rows::<Row>(sql, args![call, turn, seq, limit]).await?;
        let end = rows.last().map(|(call, turn, seq, ..)| (call.clone(), *turn, *seq));
        let score =
            |(call, _, _, line, category, score, test, at): Row| Score { call, line, category, score, test, at };
        Ok((rows.into_iter().map(score).collect(), end))
    }
}
