//! What is done to a request from its card: plain forms, each answered with where to go on, or with
//! the card as it is now, what was typed, and why it was not done.

use super::card::{Typed, readable, refused, show};
use super::filter::Pairs;
use super::times::zone;
use crate::call::effect::Priority;
use crate::desk::{DeskError, Outcome, Way};
use crate::store::Person;
use crate::web::Web;
use crate::web::who::{Agent, Supervisor};
use crate::words::clock;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use jiff::civil::DateTime;
use serde_json::json;

/// What every act is handed.
struct Act<'a> {
    web: &'a Web,
    person: &'a Person,
    headers: &'a HeaderMap,
    id: &'a str,
}

impl Act<'_> {
    /// Back to the card; or the card as it is now, and why.
    async fn answer<T>(&self, typed: Typed, done: Result<T, DeskError>) -> Response {
        self.go(typed, done, &format!("/desk/requests/{}", self.id)).await
    }

    async fn go<T>(&self, typed: Typed, done: Result<T, DeskError>, to: &str) -> Response {
        match done {
            Ok(_) => Redirect::to(to).into_response(),
            Err(error) => refused(self.web, self.person, self.headers, self.id, typed, &error).await,
        }
    }
}

fn field(pairs: &Pairs, name: &str) -> String {
    let found = pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned());
    // A browser sends line ends as CR LF.
    found.unwrap_or_default().replace("\r\n", "\n")
}

fn empty(name: &'static str) -> DeskError {
    DeskError::Field { field: name, why: "is empty".into() }
}

/// A form of an agent about a request: declares a handler.
macro_rules! agents {
    ($(#[$doc:meta])* $name:ident($act:ident, $form:ident) $body:block) => {
        acts!($(#[$doc])* Agent $name($act, $form) $body);
    };
}
/// The same, of a supervisor.
macro_rules! supervisors {
    ($(#[$doc:meta])* $name:ident($act:ident, $form:ident) $body:block) => {
        acts!($(#[$doc])* Supervisor $name($act, $form) $body);
    };
}
macro_rules! acts {
    ($(#[$doc:meta])* $role:ident $name:ident($act:ident, $form:ident) $body:block) => {
        $(#[$doc])*
        pub(super) async fn $name(
            State(web): State<Web>,
            $role(person): $role,
            Path(id): Path<String>,
            headers: HeaderMap,
            Form($form): Form<Pairs>,
        ) -> Response {
            let $act = Act { web: &web, person: &person, headers: &headers, id: &id };
            $body
        }
    };
}

agents! {
    /// `POST …/take`
    take(act, _form) {
        act.answer(Typed::default(), act.web.desk.take(act.person, act.id).await).await
    }
}

agents! {
    /// `POST …/release`: back into the list.
    release(act, form) {
        let why = field(&form, "why");
        let done = act.web.desk.release(act.person, act.id, &why).await;
        act.go(Typed { why, ..Typed::default() }, done, "/desk").await
    }
}

agents! {
    /// `POST …/note`
    note(act, form) {
        let note = field(&form, "note");
        let done = if note.is_empty() { Err(empty("note")) } else { act.web.desk.note(act.person, act.id, &note).await };
        act.answer(Typed { note, ..Typed::default() }, done).await
    }
}

agents! {
    /// `POST …/reveal`: the card with its number, this once.
    reveal(act, form) {
        let note = field(&form, "note");
        match act.web.desk.reveal(act.person, act.id).await {
            Ok(phone) => {
                let typed = Typed { note, shown: Some(readable(&phone)), ..Typed::default() };
                show(act.web, act.person, act.headers, act.id, typed, StatusCode::OK).await
            }
            Err(error) => act.answer::<()>(Typed { note, ..Typed::default() }, Err(error)).await,
        }
    }
}

agents! {
    /// `POST …/call`: an attempt. Dialling by hand shows the number.
    call(act, form) {
        let way = match field(&form, "way").as_str() {
            "bridge" => Ok(Way::Bridge),
            "hand" => Ok(Way::Hand),
            "trial" => Ok(Way::Trial),
            _ => Err(DeskError::Field { field: "way", why: "is `bridge`, `hand` or `trial`".into() }),
        };
        let nth = field(&form, "nth").parse().map_err(|_| DeskError::Field { field: "nth", why: "is a number".into() });
        let done = match (way, nth) {
            (Ok(way), Ok(nth)) => act.web.desk.call(act.person, act.id, nth, way).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        let typed = Typed { note: field(&form, "note"), ..Typed::default() };
        match done {
            Ok(dial) if dial.way == Way::Hand => match act.web.desk.reveal(act.person, act.id).await {
                Ok(phone) => {
                    let typed = Typed { shown: Some(readable(&phone)), ..typed };
                    show(act.web, act.person, act.headers, act.id, typed, StatusCode::OK).await
                }
                Err(error) => act.answer::<()>(typed, Err(error)).await,
            },
            done => act.answer(typed, done).await,
        }
    }
}

agents! {
    /// `POST …/outcome`: how an attempt ended.
    outcome(act, form) {
        let typed = Typed { note: field(&form, "note"), later: field(&form, "later"), ..Typed::default() };
        let nth = field(&form, "nth").parse().map_err(|_| DeskError::Field { field: "nth", why: "is a number".into() });
        let outcome = said(&act, &field(&form, "outcome"), &typed.later).await;
        let done = match (nth, outcome) {
            (Ok(nth), Ok(outcome)) => act.web.desk.outcome(act.person, act.id, nth, outcome, &typed.note).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        act.answer(typed, done).await
    }
}

async fn said(act: &Act<'_>, word: &str, later: &str) -> Result<Outcome, DeskError> {
    Ok(match word {
        "reached" => Outcome::Reached,
        "no-answer" => Outcome::NoAnswer,
        "busy" => Outcome::Busy,
        "wrong-number" => Outcome::WrongNumber,
        "solved" => Outcome::Solved,
        "not-solved" => Outcome::NotSolved,
        "later" => {
            let wrong = || DeskError::Field { field: "later", why: "is a day and a time, as 2026-11-22T14:05".into() };
            let there: DateTime = later.parse().map_err(|_| wrong())?;
            let card = act.web.desk.card(act.id, crate::words::Lang::EnUs).await?;
            let zone = zone(&card.zone).ok_or_else(wrong)?;
            Outcome::Later(there.to_zoned(zone).map_err(|_| wrong())?.timestamp())
        }
        _ => return Err(DeskError::Field { field: "outcome", why: "is none of those on the page".into() }),
    })
}

supervisors! {
    /// `POST …/assign`
    assign(act, form) {
        let to = field(&form, "to");
        let done = act.web.desk.assign(act.person, act.id, &to).await;
        act.answer(Typed { to, ..Typed::default() }, done).await
    }
}

supervisors! {
    /// `POST …/raise`
    raise(act, form) {
        let wrong = DeskError::Field { field: "priority", why: "is none of those on the page".into() };
        let done = match Priority::named(&field(&form, "priority")) {
            Some(priority) => act.web.desk.raise(act.person, act.id, priority).await,
            None => Err(wrong),
        };
        act.answer(Typed::default(), done).await
    }
}

supervisors! {
    /// `POST …/close`
    close(act, form) {
        let why = field(&form, "why");
        let done = if why.is_empty() { Err(empty("why")) } else { act.web.desk.close(act.person, act.id, &why).await };
        act.answer(Typed { why, ..Typed::default() }, done).await
    }
}

supervisors! {
    /// `POST …/unlock`
    unlock(act, _form) {
        act.answer(Typed::default(), act.web.desk.unlock(act.person, act.id).await).await
    }
}

/// `POST …/extend`: the page is still open. Asked by scripts.
pub(super) async fn extend(State(web): State<Web>, Agent(person): Agent, Path(id): Path<String>) -> Response {
    match web.desk.extend(&person, &id).await {
        Ok(until) => Json(json!({ "until": until.to_string(), "now": clock::now().to_string() })).into_response(),
        Err(error) => super::failure::status(&error).into_response(),
    }
}
