//! Sources: what can be looked up or done at the wallet, from our own tables or from services outside.
//! Each is asked within its budget, counted and timed.

use super::effects::Task;
use crate::call::effect::{ActAnswer, Answer, LookupAnswer};
use crate::flow::http::Http;
use crate::flow::model::{Origin, Source};
use crate::flow::value::{Type, Value};
use crate::outside::{Asked, Went};
use crate::store::{ActOutcome, Protective, StoreError, TableAct};
use crate::words::clock::tick;
use std::time::Duration;
use tracing::warn;

/// Protective acts: once an account and three times a caller in a day, because a forged number could
/// freeze one account after the other.
const PROTECTIVE: (i64, i64) = (1, 3);

impl Task {
    /// Reads a record from a source of the flow.
    pub(super) async fn look_up(&self, source: &str, with: &[(String, Value)]) -> Result<LookupAnswer, StoreError> {
        let Some(source) = self.flow.sources.get(source) else { return Ok(LookupAnswer::Failed) };
        let asked = async {
            match &source.from {
                Origin::Table { table, after, .. } => {
                    hold_back(*after).await;
                    self.row(source, table, with).await
                }
                Origin::Http(http) => Ok(self.answerer.outside().look_up(source, http, with).await),
            }
        };
        self.within(source, asked, LookupAnswer::Failed).await
    }

    /// Has something done by a source of the flow, once per effect.
    pub(super) async fn act(&self, source: &str, with: &[(String, Value)]) -> Result<ActAnswer, StoreError> {
        let Some(source) = self.flow.sources.get(source) else { return Ok(ActAnswer::Failed) };
        let asked = async {
            match &source.from {
                Origin::Table { table, sets, after } => {
                    hold_back(*after).await;
                    let act = TableAct {
                        key: self.key.clone(),
                        table: table.clone(),
                        record: row_key(with),
                        sets: sets.clone(),
                        protective: self.protective(source, with),
                        at: self.now.as_millisecond(),
                    };
                    Ok(match self.answerer.inner.store.act_on_table(&act).await? {
                        ActOutcome::Done => Asked { answer: ActAnswer::Done, went: Went::Done },
                        ActOutcome::Missing => Asked { answer: ActAnswer::Failed, went: Went::Missing },
                        ActOutcome::Limited => Asked { answer: ActAnswer::Failed, went: Went::Limited },
                    })
                }
                Origin::Http(http) => self.act_outside(source, http, with).await,
            }
        };
        self.within(source, asked, ActAnswer::Failed).await
    }

    /// An answer within the source's budget, else that there was none.
    async fn within<T>(
        &self,
        source: &Source,
        asked: impl Future<Output = Result<Asked<T>, StoreError>>,
        late: T,
    ) -> Result<T, StoreError> {
        let since = tick();
        let asked = match tokio::time::timeout(source.budget, asked).await {
            Ok(asked) => asked?,
            Err(_) => {
                warn!(source = %source.name, budget = ?source.budget, "a source did not answer in time");
                Asked { answer: late, went: Went::Late }
            }
        };
        let meters = &self.answerer.inner.meters;
        meters.asked(&source.name, asked.went.word(), since.elapsed());
        if let Origin::Http(http) = &source.from {
            meters.rests(&http.host, self.answerer.outside().is_resting(&http.host));
        }
        Ok(asked.answer)
    }

    async fn row(
        &self,
        source: &Source,
        table: &str,
        with: &[(String, Value)],
    ) -> Result<Asked<LookupAnswer>, StoreError> {
        let Some(fields) = self.answerer.inner.store.record(table, &row_key(with)).await? else {
            return Ok(Asked { answer: LookupAnswer::Missing, went: Went::Missing });
        };
        let json = fields
            .into_iter()
            .map(|(name, text)| (name, if text.is_empty() { serde_json::Value::Null } else { text.into() }));
        Ok(match Type::Record(source.gives.clone()).read(&serde_json::Value::Object(json.collect())) {
            Some(record) => Asked { answer: LookupAnswer::Found(record), went: Went::Found },
            None => {
                warn!(source = %source.name, "an answer does not fit the types the source declares");
                Asked { answer: LookupAnswer::Failed, went: Went::Unreadable }
            }
        })
    }

    /// Has a service outside do something. What it decided is kept before anybody hears of it, so that
    /// a turn that comes again, to whichever server, never orders it a second time; where it is not
    /// known whether it was done, the service knows the order again by its key.
    async fn act_outside(
        &self,
        source: &Source,
        http: &Http,
        with: &[(String, Value)],
    ) -> Result<Asked<ActAnswer>, StoreError> {
        let (store, at) = (&self.answerer.inner.store, self.now.as_millisecond());
        if let Some(kept) = store.answer(&self.key).await?
            && let Ok(Answer::Act(answer)) = serde_json::from_str(&kept)
        {
            return Ok(Asked { answer, went: went(answer) });
        }
        let guard = self.protective(source, with);
        if let Some(guard) = &guard
            && !store.claim_act(&self.key, &source.name, guard, at).await?
        {
            return Ok(Asked { answer: ActAnswer::Failed, went: Went::Limited });
        }
        let key = format!("{}-{}-{}", self.key.call, self.key.turn, self.key.seq);
        let asked = self.answerer.outside().act(source, http, with, &key).await;
        // What was refused, or never left this server, is nobody's act of the day.
        let undone = [Went::Refused, Went::Resting, Went::Full, Went::Unaskable, Went::Unknown].contains(&asked.went);
        if guard.is_some() && undone {
            store.give_act_back(&self.key).await?;
        }
        if asked.went.is_definite() {
            let kept = serde_json::to_string(&Answer::Act(asked.answer));
            let kept = kept.map_err(|error| StoreError::Damaged(error.to_string()))?;
            if let Err(error) = store.keep_answer(&self.key, &kept, at).await {
                // The turn is stored or comes again; then the service knows the order by its key.
                warn!(%error, source = %source.name, "what a service did could not be kept");
            }
        }
        Ok(asked)
    }

    /// The limits of an act that protects an account.
    fn protective(&self, source: &Source, with: &[(String, Value)]) -> Option<Protective> {
        let account = with.iter().find(|(name, _)| name == "account").map(|(_, value)| value.plain());
        account.filter(|_| source.protective).map(|account| Protective {
            account,
            caller: self.from.as_ref().map(|phone| phone.as_str().to_owned()),
            per_account_day: PROTECTIVE.0,
            per_caller_day: PROTECTIVE.1,
        })
    }
}

/// How an act went of which only the answer is kept.
fn went(answer: ActAnswer) -> Went {
    match answer {
        ActAnswer::Done => Went::Done,
        ActAnswer::Pending => Went::Pending,
        ActAnswer::Failed => Went::Refused,
    }
}

/// A table that is to sound like a slow wallet holds its answer back.
async fn hold_back(after: Duration) {
    if !after.is_zero() {
        tokio::time::sleep(after).await;
    }
}

fn row_key(with: &[(String, Value)]) -> String {
    with.iter().map(|(_, value)| value.plain()).collect::<Vec<_>>().join("/")
}
