//! Whether the log is as it was written. Reads it once from where it was last found whole, a few rows at
//! a time, so that whoever adds to it meanwhile does not wait.

use super::super::engine::args;
use super::super::{Result, Store};
use super::Row;

/// Rows read at a time.
const PAGE: i64 = 1000;

/// What came of looking.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Up to this row it was looked at.
    pub checked: i64,
    /// The last row there is.
    pub last: i64,
    /// The first letters of the chain at the row it was looked at up to: they stand in the servers' own
    /// log files too.
    pub end: String,
    /// The first row that is not as it was written.
    pub broken: Option<Broken>,
}

/// A row that is not as it was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Broken {
    /// Its number.
    pub seq: i64,
    /// What is wrong.
    pub why: LogFault,
}

/// What can be wrong with a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFault {
    /// It is not there.
    Missing,
    /// It does not go on from the row before it: one of the two was edited, put in or exchanged.
    Chain,
    /// What was before or after was edited, or taken out by somebody else.
    Text,
    /// The log ends here, and whoever writes it says otherwise.
    End,
}

impl LogFault {
    /// The word lists and exports write.
    pub fn word(self) -> &'static str {
        match self {
            LogFault::Missing => "missing",
            LogFault::Chain => "chain",
            LogFault::Text => "text",
            LogFault::End => "end",
        }
    }
}

/// Where the check is.
struct Walk {
    seq: i64,
    chain: String,
}

impl Store {
    /// Looks whether the log is as it was written: from the beginning when `whole`, else from where
    /// this server found it whole the last time, `most` rows at most.
    pub async fn check_log(&self, whole: bool, most: i64) -> Result<Verdict> {
        let memory = {
            let memory = self.log.memory();
            (memory.checked.clone(), memory.written.clone())
        };
        let ((seq, chain), written) = memory;
        let mut walk = Walk { seq, chain };
        if whole {
            walk = Walk { seq: 0, chain: String::new() };
        }
        let began = walk.seq;
        let broken = match self.is_where_it_was(&walk).await? {
            true => self.walk_on(&mut walk, began.saturating_add(most.max(1)), &written).await?,
            false => Some(Broken { seq: walk.seq, why: LogFault::Chain }),
        };
        if broken.is_none() {
            let mut memory = self.log.memory();
            if memory.checked.0 < walk.seq {
                memory.checked = (walk.seq, walk.chain.clone());
            }
        }
        let last = self.log_head().await?.seq.max(walk.seq);
        Ok(Verdict { checked: walk.seq, last, end: walk.chain.get(..16).unwrap_or_default().to_owned(), broken })
    }

    /// The row one goes on from is as it was; before the first there is none.
    async fn is_where_it_was(&self, walk: &Walk) -> Result<bool> {
        let sql = "SELECT chain FROM log WHERE seq = $1";
        if walk.seq > 0 {
            let found = self.engine.first::<(String,)>(sql, args![walk.seq]).await?;
            return Ok(found.is_some_and(|(chain,)| chain == walk.chain));
        }
        Ok(self.engine.first::<(i64,)>("SELECT seq FROM log WHERE seq < 1", args![]).await?.is_none())
    }

    async fn walk_on(&self, walk: &mut Walk, until: i64, written: &(i64, String)) -> Result<Option<Broken>> {
        while walk.seq < until {
            let mut page = self.rows_behind(walk.seq).await?;
            if page.is_empty() {
                let head = self.log_head().await?;
                if head.seq <= walk.seq {
                    let ends = head.seq == walk.seq && head.chain == walk.chain && self.log.proves(&head);
                    let cut = walk.seq < written.0;
                    let why = if cut { LogFault::Missing } else { LogFault::End };
                    let seq = if cut { walk.seq + 1 } else { walk.seq };
                    return Ok((!ends || cut).then_some(Broken { seq, why }));
                }
                // It has grown since the rows were read, or its end is cut off.
                page = self.rows_behind(walk.seq).await?;
                if page.is_empty() {
                    return Ok(Some(Broken { seq: walk.seq + 1, why: LogFault::Missing }));
                }
            }
            for row in page {
                let next = walk.seq + 1;
                if row.seq != next {
                    return Ok(Some(Broken { seq: next, why: LogFault::Missing }));
                }
                let rewritten = row.seq == written.0 && row.chain != written.1;
                let fault = self.log.fault(&walk.chain, &row);
                if let Some(why) = fault.or(rewritten.then_some(LogFault::Chain)) {
                    return Ok(Some(Broken { seq: next, why }));
                }
                (walk.seq, walk.chain) = (row.seq, row.chain);
            }
        }
        Ok(None)
    }

    async fn rows_behind(&self, seq: i64) -> Result<Vec<Row>> {
        let sql = "SELECT seq, at, who, place, what, subject, before_text, after_text, salt, before_digest,
                after_digest, chain, erased FROM log WHERE seq > $1 ORDER BY seq LIMIT $2";
        self.engine.rows::<Row>(sql, args![seq, PAGE]).await
    }
}
