//! Numbers of a day, for those who look after the desk.

use super::take::BY_ITSELF;
use super::{Filter, filter_args, filtered};
use crate::store::engine::Arg;
use crate::store::erase::ERASE;
use crate::store::requests::{CALLER, DEMO};
use crate::store::{Result, Store};

/// What histories call whom nobody signs in as.
const NOBODY: [&str; 5] = ["", CALLER, DEMO, ERASE, BY_ITSELF];

/// A thing, how many requests of today are about it, and how many of them are still open.
pub type Tally = (String, u64, u64);

/// What there is and what was done since the day began.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Today {
    /// Since when the one waits, in ms, that has been ready the longest.
    pub oldest: Option<i64>,
    /// Open or held past their promise.
    pub overdue: u64,
    /// Done in time.
    pub kept: u64,
    /// Done or closed too late.
    pub late: u64,
    /// Filed, by topic.
    pub topics: Vec<Tally>,
    /// Filed, by language, in its tag.
    pub languages: Vec<Tally>,
    /// Finished, by which of the people did it; what ends by itself, or by the caller, is nobody's.
    pub people: Vec<(String, u64)>,
}

/// What was filed since the day began, by a column. Ids begin with the time: `$8` is the first.
macro_rules! by {
    ($column:literal) => {
        concat!(
            "SELECT ",
            $column,
            ", count(*), count(CASE WHEN state IN ('open', 'claimed') THEN 1 END) FROM requests
            WHERE id >= $8 AND filed_at >= $7 AND $6 = $6 AND ",
            filtered!(),
            " GROUP BY ",
            $column,
            " ORDER BY 2 DESC, 1"
        )
    };
}

impl Store {
    /// The numbers since `midnight`, as they are at `at`, both in ms.
    pub async fn today(&self, filter: &Filter, midnight: i64, at: i64) -> Result<Today> {
        let values = || {
            let mut values = filter_args(filter);
            values.extend([Arg::from(at), Arg::from(midnight), Arg::from(format!("{:012x}", midnight.max(0)))]);
            values
        };
        let number = |n: i64| u64::try_from(n).unwrap_or(0);
        let waits = concat!(
            "SELECT min(CASE WHEN state = 'open' AND ready_at <= $6 THEN ready_at END),
                count(CASE WHEN due <= $6 THEN 1 END)
            FROM (SELECT state, ready_at, due, lang, skill, topic, line, test FROM requests WHERE state = 'open'
                UNION ALL SELECT state, ready_at, due, lang, skill, topic, line, test FROM requests
                WHERE state = 'claimed') AS unfinished WHERE $7 = $7 AND $8 = $8 AND ",
            filtered!()
        );
        let (oldest, overdue) = self.engine.first::<(Option<i64>, i64)>(waits, values()).await?.unwrap_or_default();
        let finished = concat!(
            "SELECT coalesce(ended_by, ''), count(CASE WHEN state = 'done' AND ended_at < due THEN 1 END),
                count(CASE WHEN ended_at >= due THEN 1 END), count(*) FROM requests
            WHERE updated_at >= $7 AND ended_at >= $7 AND state IN ('done', 'closed') AND $6 = $6 AND $8 = $8 AND ",
            filtered!(),
            " GROUP BY ended_by ORDER BY 4 DESC, 1"
        );
        let finished = self.engine.rows::<(String, i64, i64, i64)>(finished, values()).await?;
        let mut today = Today { oldest, overdue: number(overdue), ..Today::default() };
        for (who, kept, late, all) in finished {
            today.kept += number(kept);
            today.late += number(late);
            if !NOBODY.contains(&who.as_str()) {
                today.people.push((who, number(all)));
            }
        }
        for (sql, into) in [(by!("topic"), &mut today.topics), (by!("lang"), &mut today.languages)] {
            let rows = self.engine.rows::<(String, i64, i64)>(sql, values()).await?;
            into.extend(rows.into_iter().map(|(name, all, open)| (name, number(all), number(open))));
        }
        Ok(today)
    }
}
