//! Writes the log of everything: a row for each request of somebody who is known that changed
//! something, and for what handlers say was done besides. Knows nothing of what any of it means.

use super::Web;
use super::address::Address;
use super::did::{By, Deeds, Did, Nothing};
use super::who::{Known, Noticed};
use crate::store::Deed;
use crate::words::clock;
use crate::words::phone::masked_in;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

/// Letters kept of what was before or after: what is longer has a history of its own.
const LETTERS: usize = 8000;

/// Answers, and writes down what was done. What changes something is done to its end and written down
/// even when whoever asked for it has hung up.
pub(super) async fn recorded(State(web): State<Web>, request: Request, next: Next) -> Response {
    let changes = changes(request.method());
    let work = answered(web, request, next);
    if !changes {
        return work.await;
    }
    match tokio::spawn(work.in_current_span()).await {
        Ok(response) => response,
        Err(broke) if broke.is_panic() => std::panic::resume_unwind(broke.into_panic()),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn answered(web: Web, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(Address(place)) = Address::from_request_parts(&mut parts, &web).await;
    let noticed = Noticed::default();
    parts.extensions.insert(noticed.clone());
    let path = parts.uri.path().to_owned();
    let door = parts.extensions.get::<MatchedPath>().map_or_else(String::new, |path| path.as_str().to_owned());
    let method = parts.method.clone();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let said = response.extensions_mut().remove::<Deeds>().unwrap_or_default().0;
    let by = response.extensions_mut().remove::<By>().map(|By(who)| who);
    let nothing = response.extensions_mut().remove::<Nothing>().is_some();
    let Some(who) = by.or_else(|| noticed.known().map(|Known { person, .. }| person.name.clone())) else {
        return response;
    };
    let at = clock::now().as_millisecond();
    let deed = |did: &Did| Written { what: did.what.to_owned(), of: did.of.clone(), did: Some(did.clone()) };
    let mut deeds: Vec<Written> = said.iter().map(deed).collect();
    if deeds.is_empty() && !nothing && changes(&method) && went_well(response.status()) {
        deeds.push(Written { what: format!("{method} {door}"), of: path, did: None });
    }
    for it in deeds {
        it.write(&web, at, &who, &place).await;
    }
    response
}

/// What goes into a row.
struct Written {
    what: String,
    of: String,
    did: Option<Did>,
}

impl Written {
    async fn write(&self, web: &Web, at: i64, who: &str, place: &str) {
        let text = |of: fn(&Did) -> &Option<String>| self.did.as_ref().and_then(|did| of(did).as_deref()).map(cut);
        let (before, after) = (text(|did| &did.before), text(|did| &did.after));
        // What stays for ever names no customer. The number of a line is ours, and looked for as it is.
        let of = if self.what.starts_with("line.") { self.of.clone() } else { masked_in(&self.of) };
        let deed =
            Deed { at, who, place, what: &self.what, of: &of, before: before.as_deref(), after: after.as_deref() };
        if let Err(error) = web.answerer.store().record_deed(&deed).await {
            // It was done, and whoever did it is told so. What is missing is told where it can be.
            tracing::error!(%error, who, what = %self.what, of = %of, "this was done and is not in the log of everything");
        }
    }
}

fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn went_well(status: StatusCode) -> bool {
    status.is_success() || status.is_redirection()
}

/// What is too long is cut, and says so.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
