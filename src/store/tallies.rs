//! What callers do, rolled up by hour and by day. A call is taken in once, whoever does it: that it was
//! is written in the same unit of work.

use super::engine::{Arg, args, named};
use super::{Result, Store};
use std::collections::BTreeMap;

/// In ms.
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// An ended call that was not taken in yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Untallied {
    /// Our id.
    pub id: String,
    /// The line, by its flow's name.
    pub line: String,
    /// Which version of the flow it was on.
    pub digest: String,
    /// A trial call: it is taken in as nothing.
    pub test: bool,
    /// When it began, in ms.
    pub began_at: i64,
    /// When it ended, in ms.
    pub ended_at: i64,
    /// How, in a word.
    pub ending: String,
}

/// One thing counted of a call.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mark {
    /// What, in a word.
    pub what: &'static str,
    /// Which one of it.
    pub of: String,
    /// How often.
    pub n: i64,
    /// How long in all, in ms, where times are counted.
    pub total: i64,
}

/// A call with all that is counted of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marked {
    /// The call.
    pub call: Untallied,
    /// The language spoken at its end.
    pub lang: String,
    /// What is counted.
    pub marks: Vec<Mark>,
}

/// Which calls are meant.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Span {
    /// The line, by its flow's name.
    pub line: String,
    /// Begun at this moment or later, in ms; told apart by the hour.
    pub from: i64,
    /// Begun before it, in ms.
    pub to: i64,
    /// On this version; none: on any.
    pub digest: Option<String>,
    /// Ended in this language; none: in any.
    pub lang: Option<String>,
    /// Begun in these hours of the day, from and to, both included; none: at any time.
    pub hours: Option<(u8, u8)>,
    /// How far the zone whose hours they are is ahead of UTC, in ms.
    pub ahead: i64,
}

/// How often something was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tallied {
    /// What.
    pub what: String,
    /// Which one of it.
    pub of: String,
    /// How often.
    pub n: i64,
    /// How long in all, in ms.
    pub total: i64,
}

/// A version that calls were on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TalliedVersion {
    /// The version.
    pub digest: String,
    /// The hour in which its first call began, in ms.
    pub first: i64,
    /// The hour in which its last call began, in ms.
    pub last: i64,
    /// Its calls.
    pub n: i64,
}

/// What became of what was promised.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Promised {
    /// Requests recorded.
    pub asked: i64,
    /// Done in time.
    pub kept: i64,
    /// Done too late, or overdue.
    pub late: i64,
    /// Still to be done, in time.
    pub waiting: i64,
    /// Closed without being done.
    pub closed: i64,
}
named!(Promised { asked, kept, late, waiting, closed });

/// What callers asked about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AskedAbout {
    /// The topic of a request.
    pub topic: String,
    /// Requests recorded.
    pub asked: i64,
    /// Of them still to be done.
    pub open: i64,
}

/// What a page of figures reads, each by its own range of the table.
macro_rules! whats {
    () => {
        "what IN ('answered', 'calls', 'edge', 'ended', 'first', 'hung', 'length', 'person', 'score', 'silent', 'step',
            'verify', 'wrong')"
    };
}

/// In the hours of a day from `$6` to `$7`, which may go over midnight, `$8` ahead of UTC, by a column.
macro_rules! in_hours {
    ($at:literal) => {
        concat!(
            "CASE WHEN $6 <= $7 THEN ((",
            $at,
            " + $8) / 3600000) % 24 BETWEEN $6 AND $7 ELSE ((",
            $at,
            " + $8) / 3600000) % 24 NOT BETWEEN $7 + 1 AND $6 - 1 END"
        )
    };
}

/// `$1` the line, `$2` from, `$3` to, `$4` the version, `$5` the language, `$6` to `$8` the hours, `$9` the grain.
macro_rules! of_span {
    () => {
        concat!(
            "line = $1 AND grain = $9 AND start >= $2 AND start < $3 AND ($4 = '' OR digest = $4)
                AND ($5 = '' OR lang = $5) AND ",
            in_hours!("start")
        )
    };
}

/// `$1` to `$8` as of calls; a request has its version from its call.
macro_rules! requests_of_span {
    () => {
        concat!(
            "line = $1 AND filed_at >= $2 AND filed_at < $3 AND test = FALSE AND ($5 = '' OR lang = $5)
                AND ($4 = '' OR EXISTS (SELECT 1 FROM calls WHERE calls.id = requests.call_id AND calls.digest = $4))
                AND ",
            in_hours!("filed_at")
        )
    };
}

impl Store {
    /// Ended calls that were not taken in yet, the oldest first.
    pub async fn untallied(&self, limit: u32) -> Result<Vec<Untallied>> {
        type Row = (String, String, String, bool, i64, i64, Option<String>);
        let sql = "SELECT id, line, digest, test, began_at, ended_at, ending FROM calls
            WHERE tallied_at IS NULL AND ended_at IS NOT NULL ORDER BY ended_at, id LIMIT $1";
        let rows = self.engine.rows::<Row>(sql, args![limit]).await?.into_iter();
        let call = |(id, line, digest, test, began_at, ended_at, ending): Row| {
            let ending = ending.unwrap_or_default();
            Untallied { id, line, digest, test, began_at, ended_at, ending }
        };
        Ok(rows.map(call).collect())
    }

    /// The scores given in a call, by category.
    pub async fn scores_of_call(&self, call: &str) -> Result<Vec<(String, i64)>> {
        let sql = "SELECT category, score FROM scores WHERE call_id = $1 ORDER BY turn, seq";
        self.engine.rows::<(String, i64)>(sql, args![call]).await
    }

    /// Takes calls in, at `at` in ms, each of them once: those that somebody else took in meanwhile, or
    /// that are gone, are left out. Gives how many were taken in.
    pub async fn tally(&self, calls: &[Marked], at: i64) -> Result<u64> {
        let mut tx = self.engine.begin().await?;
        // One server at a time: two that want the same rows in another order would wait for each other.
        tx.lock_subjects(vec!["tallies".to_owned()], at).await?;
        let (mut sums, mut taken) = (BTreeMap::new(), 0);
        for Marked { call, lang, marks } in calls {
            let sql = "UPDATE calls SET tallied_at = $2 WHERE id = $1 AND tallied_at IS NULL";
            if tx.run(sql, args![&call.id, at]).await? == 0 {
                continue;
            }
            taken += 1;
            for mark in marks.iter().filter(|_| !call.test) {
                for (grain, long) in [("hour", HOUR), ("day", DAY)] {
                    let start = call.began_at - call.began_at.rem_euclid(long);
                    let key = (&call.line, mark.what, grain, start, &mark.of, &call.digest, lang);
                    let sum: &mut (i64, i64) = sums.entry(key).or_default();
                    *sum = (sum.0 + mark.n, sum.1 + mark.total);
                }
            }
        }
        for ((line, what, grain, start, of, digest, lang), (n, total)) in sums {
            let sql = "INSERT INTO tallies (line, what, grain, start, of_what, digest, lang, n, total)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                ON CONFLICT (line, what, grain, start, of_what, digest, lang)
                DO UPDATE SET n = tallies.n + excluded.n, total = tallies.total + excluded.total";
            tx.run(sql, args![line, what, grain, start, of, digest, lang, n, total]).await?;
        }
        tx.commit().await?;
        Ok(taken)
    }

    /// What was counted of the calls of a span. Only tallies are read, never calls.
    pub async fn tallied(&self, span: &Span) -> Result<Vec<Tallied>> {
        let sql = concat!(
            "SELECT what, of_what, CAST(sum(n) AS BIGINT), CAST(sum(total) AS BIGINT) FROM tallies WHERE ",
            of_span!(),
            " AND ",
            whats!(),
            " GROUP BY what, of_what"
        );
        let mut sums: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
        for part in span.parts() {
            let rows = self.engine.rows::<(String, String, i64, i64)>(sql, span.of_calls(part)).await?;
            for (what, of, n, total) in rows {
                let sum = sums.entry((what, of)).or_default();
                *sum = (sum.0 + n, sum.1 + total);
            }
        }
        Ok(sums.into_iter().map(|((what, of), (n, total))| Tallied { what, of, n, total }).collect())
    }

    /// How many calls of a span began in each hour, by its beginning in ms, where there were any.
    pub async fn tallied_hours(&self, span: &Span) -> Result<Vec<(i64, i64)>> {
        let sql = concat!(
            "SELECT start, CAST(sum(n) AS BIGINT) FROM tallies WHERE what = 'calls' AND ",
            of_span!(),
            " GROUP BY start ORDER BY start"
        );
        self.engine.rows::<(i64, i64)>(sql, span.of_calls(("hour", span.from, span.to))).await
    }

    /// The versions that calls of a line were on, the newest first.
    pub async fn tallied_versions(&self, line: &str, limit: u32) -> Result<Vec<TalliedVersion>> {
        let sql = "SELECT digest, min(start), max(start), CAST(sum(n) AS BIGINT) FROM tallies
            WHERE line = $1 AND what = 'calls' AND grain = 'day' GROUP BY digest ORDER BY max(start) DESC, min(start) DESC
            LIMIT $2";
        let rows = self.engine.rows::<(String, i64, i64, i64)>(sql, args![line, limit]).await?.into_iter();
        Ok(rows.map(|(digest, first, last, n)| TalliedVersion { digest, first, last, n }).collect())
    }

    /// What became of what was promised to callers in a span, by when it was asked for, as it stands at a moment in
    /// ms. On a version it is what calls on it asked for, as long as those are kept.
    pub async fn promised(&self, span: &Span, at: i64) -> Result<Promised> {
        let sql = concat!(
            "SELECT count(*) AS asked, count(CASE WHEN state = 'done' AND ended_at <= due THEN 1 END) AS kept,
                count(CASE WHEN (state = 'done' AND ended_at > due) OR (state IN ('open', 'claimed') AND due < $9)
                    THEN 1 END) AS late,
                count(CASE WHEN state IN ('open', 'claimed') AND due >= $9 THEN 1 END) AS waiting,
                count(CASE WHEN state = 'closed' THEN 1 END) AS closed
            FROM requests WHERE ",
            requests_of_span!()
        );
        let mut values = span.of_requests();
        values.extend(args![at]);
        Ok(self.engine.first::<Promised>(sql, values).await?.unwrap_or_default())
    }

    /// What the requests of a span were about, the most frequent first; on a version as in [`Store::promised`].
    pub async fn asked_about(&self, span: &Span) -> Result<Vec<AskedAbout>> {
        let sql = concat!(
            "SELECT topic, count(*), count(CASE WHEN state IN ('open', 'claimed') THEN 1 END) FROM requests WHERE ",
            requests_of_span!(),
            " GROUP BY topic ORDER BY 2 DESC, 1"
        );
        let rows = self.engine.rows::<(String, i64, i64)>(sql, span.of_requests()).await?.into_iter();
        Ok(rows.map(|(topic, asked, open)| AskedAbout { topic, asked, open }).collect())
    }
}

impl Span {
    /// The ranges to read: whole days where no hours are asked for, and the hours around them.
    fn parts(&self) -> Vec<(&'static str, i64, i64)> {
        let up = |at: i64| at + (-at).rem_euclid(DAY);
        let (first, last) = (up(self.from), self.to - self.to.rem_euclid(DAY));
        if self.hours.is_some() || first >= last {
            return vec![("hour", self.from, self.to)];
        }
        let parts = [("hour", self.from, first), ("day", first, last), ("hour", last, self.to)];
        parts.into_iter().filter(|(_, from, to)| from < to).collect()
    }

    fn of_calls(&self, (grain, from, to): (&'static str, i64, i64)) -> Vec<Arg> {
        let mut values = self.within(from, to);
        values.extend(args![grain]);
        values
    }

    fn of_requests(&self) -> Vec<Arg> {
        self.within(self.from, self.to)
    }

    fn within(&self, from: i64, to: i64) -> Vec<Arg> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (first, last) = self.hours.unwrap_or((0, 23));
        args![&self.line, from, to, text(&self.digest), text(&self.lang), first, last, self.ahead]
    }
}
