//! `GET /desk/events`: what changes, as server-sent events. Whoever lost the connection goes on where it
//! was; whoever is too slow is told to look again.

use super::filter::Pairs;
use crate::desk::Change;
use crate::web::Web;
use crate::web::who::{Agent, Session};
use crate::words::clock::{now, tick};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// A sign of life, so that proxies keep the connection.
const ALIVE: Duration = Duration::from_secs(15);
/// How soon a browser tries again.
const AGAIN: Duration = Duration::from_secs(1);
/// How often it is looked whether the server stops.
const LOOK: Duration = Duration::from_millis(250);
/// A connection ends after this and is made again: by then somebody's role may be another.
const LONGEST: Duration = Duration::from_secs(300);
/// More missed changes than this are not told one by one.
const MANY: usize = 500;

/// `GET /desk/events`
pub(super) async fn events(
    State(web): State<Web>,
    Agent(person): Agent,
    Session(session): Session,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
) -> Response {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let since = last.or_else(|| pairs.into_iter().find(|(name, _)| name == "since").map(|(_, since)| since));
    // First listen, then look back: nothing falls between.
    let changes = web.desk.watch();
    let mut ready = VecDeque::from([Event::default().retry(AGAIN).comment("")]);
    match since.and_then(|since| since.parse::<i64>().ok()) {
        None => {}
        Some(since) => match web.desk.changes_since(since).await {
            Ok(missed) if missed.len() <= MANY => ready.extend(missed.iter().map(told)),
            Ok(_) => ready.push_back(reload()),
            Err(error) => {
                tracing::warn!(%error, "missed changes could not be looked up");
                ready.push_back(reload());
            }
        },
    }
    let (began, seen) = (tick(), tick());
    let watch = Watch { web, person: person.name.clone(), session, changes, ready, began, seen };
    let stream = unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok::<Event, Infallible>(event), watch))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(ALIVE)).into_response()
}

struct Watch {
    web: Web,
    person: String,
    session: String,
    changes: Receiver<Change>,
    ready: VecDeque<Event>,
    began: Instant,
    /// When the session was last looked up.
    seen: Instant,
}

impl Watch {
    /// The next event; none when the connection is to end.
    async fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.ready.pop_front() {
            return Some(event);
        }
        loop {
            if self.seen.elapsed() >= ALIVE {
                self.seen = tick();
                if self.is_signed_out().await {
                    return None;
                }
            }
            tokio::select! {
                change = self.changes.recv() => return match change {
                    Ok(change) => Some(told(&change)),
                    Err(RecvError::Lagged(_)) => Some(reload()),
                    Err(RecvError::Closed) => None,
                },
                () = tokio::time::sleep(LOOK) => {
                    if self.web.is_draining() || self.began.elapsed() > LONGEST {
                        return None;
                    }
                }
            }
        }
    }

    /// Whether the session is over. A database that does not answer says nothing about it.
    async fn is_signed_out(&self) -> bool {
        match self.web.answerer.store().sessions(&self.person, now().as_millisecond()).await {
            Ok(sessions) => sessions.iter().all(|known| known.id != self.session),
            Err(error) => {
                tracing::warn!(%error, "whether somebody is still signed in could not be looked up");
                false
            }
        }
    }
}

fn told(change: &Change) -> Event {
    let id = change.at.to_string();
    Event::default().event("change").id(id).json_data(change).unwrap_or_else(|error| {
        tracing::error!(%error, "a change could not be written");
        reload()
    })
}

/// Look again: more has changed than is told.
fn reload() -> Event {
    Event::default().event("reload").data("reload")
}
