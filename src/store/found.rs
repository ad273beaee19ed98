//! Calls as somebody looks for them: by number, name, line, time and ending; where those are that go on;
//! and what is kept of those that are played again.

use super::aging::first_id;
use super::engine::{Arg, args};
use super::{Result, Store};

/// Which calls are looked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CallFilter {
    /// The caller's number.
    pub number: Option<String>,
    /// The line, by its flow's name.
    pub line: Option<String>,
    /// Begun at this moment or later, in ms.
    pub from: Option<i64>,
    /// Begun before it, in ms.
    pub to: Option<i64>,
    /// How it ended, in a word; `open` while it goes on.
    pub ending: Option<String>,
    /// Trial calls, too.
    pub trials: bool,
}

/// A call that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundCall {
    /// Our id.
    pub id: String,
    /// The provider's name.
    pub provider: String,
    /// The provider's id of it.
    pub provider_call: String,
    /// The line, by its flow's name.
    pub line: String,
    /// Which version of the flow it is on.
    pub digest: String,
    /// What was dialled.
    pub dialled: String,
    /// The caller's number; none when withheld.
    pub caller: Option<String>,
    /// A trial call.
    pub test: bool,
    /// When it began, in ms.
    pub began_at: i64,
    /// When it ended, in ms; none while it is open.
    pub ended_at: Option<i64>,
    /// How, in a word.
    pub ending: Option<String>,
}

/// What is kept of one event of a call that is played again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordedRow {
    /// The call.
    pub call: String,
    /// Which version of the flow it was on.
    pub digest: String,
    /// The event, JSON.
    pub event: String,
    /// The answers of its effects, JSON.
    pub answers: String,
    /// The state after it, JSON; of the first event only.
    pub state: String,
    /// What `step` noted, JSON.
    pub trail: String,
    /// When, in ms.
    pub at: i64,
}

macro_rules! columns {
    () => {
        "SELECT id, provider, provider_call, line, digest, dialled, caller, test, began_at, ended_at, ending FROM calls "
    };
}

/// `$1` what is looked for first, by its own index; `$2` behind this id, `$3` not before this one, `$4` the
/// line, `$5` the ending, `$6` trials too, `$7` so many at most.
macro_rules! found {
    ($first:literal) => {
        concat!(
            columns!(),
            "WHERE ",
            $first,
            " AND id < $2 AND id >= $3 AND ($4 = '' OR line = $4) AND ($5 = '' OR coalesce(ending, 'open') = $5)
                AND ($6 OR test = FALSE) ORDER BY id DESC LIMIT $7"
        )
    };
}

type Row = (String, String, String, String, String, String, Option<String>, bool, i64, Option<i64>, Option<String>);

impl Store {
    /// Calls that are looked for, the newest first, behind the call `behind` where one is named.
    pub async fn find_calls(&self, filter: &CallFilter, behind: Option<&str>, limit: u32) -> Result<Vec<FoundCall>> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (sql, first) = match (&filter.number, &filter.line, &filter.ending) {
            (Some(number), ..) => (found!("caller = $1"), number.clone()),
            (None, _, Some(ending)) if ending == "open" => (found!("ended_at IS NULL AND $1 = $5"), ending.clone()),
            (None, None, Some(ending)) => (found!("ending = $1"), ending.clone()),
            (None, Some(line), _) => (found!("line = $1"), line.clone()),
            (None, None, None) => (found!("$1 = $5"), String::new()),
        };
        let end = filter.to.map_or_else(|| "z".to_owned(), first_id);
        let behind = behind.map_or(end.clone(), |behind| behind.to_owned().min(end));
        let from = filter.from.map_or_else(String::new, first_id);
        let values = args![first, behind, from, text(&filter.line), text(&filter.ending), filter.trials, limit];
        self.calls(sql, values).await
    }

    /// The calls known under a name: our id, a provider's, or the reference of a request that was asked for
    /// in them.
    pub async fn calls_known_as(&self, name: &str) -> Result<Vec<FoundCall>> {
        let sql = concat!(
            columns!(),
            "WHERE id IN (SELECT id FROM calls WHERE id = $1
                UNION SELECT call_id FROM provider_calls WHERE provider_call = $1
                UNION SELECT call_id FROM requests WHERE reference = $1
                UNION SELECT f.call_id FROM filings f JOIN requests r ON r.id = f.request_id WHERE r.reference = $1)
            ORDER BY id DESC"
        );
        self.calls(sql, args![name]).await
    }

    /// A call by our id.
    pub async fn found_call(&self, id: &str) -> Result<Option<FoundCall>> {
        Ok(self.calls(concat!(columns!(), "WHERE id = $1"), args![id]).await?.into_iter().next())
    }

    /// The requests asked for in a call: id and reference.
    pub async fn requests_of_call(&self, call: &str) -> Result<Vec<(String, String)>> {
        let sql = "SELECT id, reference FROM requests WHERE id IN
                (SELECT request_id FROM filings WHERE call_id = $1 AND request_id IS NOT NULL) ORDER BY id";
        self.engine.rows::<(String, String)>(sql, args![call]).await
    }

    /// The latest states, JSON, of the newest open calls of a line, trial calls left out.
    pub async fn states_now(&self, line: &str, limit: u32) -> Result<Vec<String>> {
        let sql = "SELECT t.state FROM (SELECT id FROM calls WHERE ended_at IS NULL AND line = $1 AND test = FALSE
                    ORDER BY began_at DESC LIMIT $2) c
                JOIN turns t ON t.call_id = c.id AND t.version = (SELECT max(version) FROM turns WHERE call_id = c.id)";
        Ok(self.engine.rows::<(String,)>(sql, args![line, limit]).await?.into_iter().map(|(state,)| state).collect())
    }

    /// Ended calls of a line, trial calls left out, the newest first, behind the call `behind` where one
    /// is named.
    pub async fn ended_calls(&self, line: &str, behind: Option<&str>, limit: u32) -> Result<Vec<String>> {
        let sql = "SELECT id FROM calls WHERE line = $1 AND id < $2 AND ended_at IS NOT NULL AND test = FALSE
            ORDER BY id DESC LIMIT $3";
        let rows = self.engine.rows::<(String,)>(sql, args![line, behind.unwrap_or("z"), limit]).await?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// What is kept of the ended calls of a line from one id to another, trial calls left out: call by call, each
    /// in the order in which it went.
    pub async fn recorded(&self, line: &str, first: &str, last: &str) -> Result<Vec<RecordedRow>> {
        type Found = (String, String, String, String, String, String, i64);
        let sql = "SELECT c.id, c.digest, t.event, t.answers, CASE WHEN t.version = 1 THEN t.state ELSE '' END,
                t.trail, t.at
            FROM calls c JOIN turns t ON t.call_id = c.id
            WHERE c.line = $1 AND c.id >= $2 AND c.id <= $3 AND c.ended_at IS NOT NULL AND c.test = FALSE
            ORDER BY c.id DESC, t.version";
        let rows = self.engine.rows::<Found>(sql, args![line, first, last]).await?.into_iter();
        let row = |(call, digest, event, answers, state, trail, at): Found| RecordedRow {
            call,
            digest,
            event,
            answers,
            state,
            trail,
            at,
        };
        Ok(rows.map(row).collect())
    }

    async fn calls(&self, sql: &'static str, values: Vec<Arg>) -> Result<Vec<FoundCall>> {
        let rows = self.engine.rows::<Row>(sql, values).await?.into_iter();
        let call = |row: Row| {
            let (id, provider, provider_call, line, digest, dialled, caller, test, began_at, ended_at, ending) = row;
            FoundCall { id, provider, provider_call, line, digest, dialled, caller, test, began_at, ended_at, ending }
        };
        Ok(rows.map(call).collect())
    }
}
