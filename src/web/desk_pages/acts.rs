//! What is done to a request from its card: plain forms, each answered with where to go on, or with
//! the card as it is now, what was typed, and why it was not done.

use super::card::{Typed, refused, show};
use super::filter::Pairs;
use super::times::zone;
use crate::call::effect::Priority;
use crate::desk::{DeskError, Outcome, Way};
use crate::store::{Person, PersonChange};
use crate::web::Web;
use crate::web::did::{Did, did, did_nothing, stands};
use crate::web::language::{PAGES, PageLang};
use crate::web::page::is_local;
use crate::web::who::{Agent, Supervisor};
use crate::words::{Lang, clock};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use jiff::civil::DateTime;
use serde_json::json;

/// What every act is handed.
struct Act<'a> {
    web: &'a Web,
    person: &'a Person,
    lang: Lang,
    id: &'a str,
}

impl Act<'_> {
    /// What was done, if it was.
    async fn told(&self, what: &'static str, before: Option<String>, response: Response) -> Response {
        if !response.status().is_success() && !response.status().is_redirection() {
            return response;
        }
        let after = stands(self.web, self.id).await;
        did(response, Did { what, of: self.id.to_owned(), before, after })
    }

    /// Back to the card; or the card as it is now, and why.
    async fn answer<T>(&self, typed: Typed, done: Result<T, DeskError>) -> Response {
        self.go(typed, done, &format!("/desk/requests/{}", self.id)).await
    }

    async fn go<T>(&self, typed: Typed, done: Result<T, DeskError>, to: &str) -> Response {
        match done {
            Ok(_) => Redirect::to(to).into_response(),
            Err(error) => refused(self.web, self.person, self.lang, self.id, typed, &error).await,
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

/// A form about a request: declares the handler of a role.
macro_rules! acts {
    ($(#[$doc:meta])* $role:ident $name:ident($act:ident, $form:ident) $body:block) => {
        $(#[$doc])*
        pub(super) async fn $name(
            State(web): State<Web>,
            $role(person): $role,
            Path(id): Path<String>,
            PageLang(lang): PageLang,
            Form($form): Form<Pairs>,
        ) -> Response {
            let $act = Act { web: &web, person: &person, lang, id: &id };
            let before = stands($act.web, $act.id).await;
            let response: Response = $body;
            $act.told(concat!("request.", stringify!($name)), before, response).await
        }
    };
}

acts! {
    /// `POST …/take`
    Agent take(act, _form) {
        act.answer(Typed::default(), act.web.desk.take(act.person, act.id).await).await
    }
}

acts! {
    /// `POST …/release`: back into the list.
    Agent release(act, form) {
        let why = field(&form, "why");
        let done = act.web.desk.release(act.person, act.id, &why).await;
        act.go(Typed { why, ..Typed::default() }, done, "/desk").await
    }
}

acts! {
    /// `POST …/done`: finished without a call.
    Agent done(act, form) {
        let note = field(&form, "note");
        let done = act.web.desk.done(act.person, act.id, &note).await;
        act.go(Typed { note, ..Typed::default() }, done, "/desk").await
    }
}

acts! {
    /// `POST …/note`
    Agent note(act, form) {
        let note = field(&form, "note");
        let done = if note.is_empty() { Err(empty("note")) } else { act.web.desk.note(act.person, act.id, &note).await };
        act.answer(Typed { note, ..Typed::default() }, done).await
    }
}

acts! {
    /// `POST …/reveal`: the card with its number, this once.
    Agent reveal(act, form) {
        let note = field(&form, "note");
        match act.web.desk.reveal(act.person, act.id).await {
            Ok(phone) => {
                let typed = Typed { note, shown: Some(phone.as_str().to_owned()), ..Typed::default() };
                show(act.web, act.person, act.lang, act.id, typed, StatusCode::OK).await
            }
            Err(error) => act.answer::<()>(Typed { note, ..Typed::default() }, Err(error)).await,
        }
    }
}

acts! {
    /// `POST …/call`: an attempt. Dialling by hand shows the number.
    Agent call(act, form) {
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
            // The desk has written into the history that the number is shown.
            Ok(dial) if dial.way == Way::Hand => match act.web.desk.request(act.id).await {
                Ok(request) => {
                    let typed = Typed { shown: request.number, ..typed };
                    show(act.web, act.person, act.lang, act.id, typed, StatusCode::OK).await
                }
                Err(error) => act.answer::<()>(typed, Err(error)).await,
            },
            done => act.answer(typed, done).await,
        }
    }
}

acts! {
    /// `POST …/outcome`: how an attempt ended.
    Agent outcome(act, form) {
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

acts! {
    /// `POST …/hang-up`: an attempt that goes on.
    Agent hang_up(act, form) {
        let nth = field(&form, "nth").parse();
        let done = match nth {
            Ok(nth) => act.web.desk.hang_up(act.person, act.id, nth).await,
            Err(_) => Err(DeskError::Field { field: "nth", why: "is a number".into() }),
        };
        act.answer(Typed::default(), done).await
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
            let card = act.web.desk.card(act.id, Lang::EnUs).await?;
            let zone = zone(&card.zone).ok_or_else(wrong)?;
            Outcome::Later(there.to_zoned(zone).map_err(|_| wrong())?.timestamp())
        }
        _ => return Err(DeskError::Field { field: "outcome", why: "is none of those on the page".into() }),
    })
}

acts! {
    /// `POST …/assign`
    Supervisor assign(act, form) {
        let to = field(&form, "to");
        let done = act.web.desk.assign(act.person, act.id, &to).await;
        act.answer(Typed { to, ..Typed::default() }, done).await
    }
}

acts! {
    /// `POST …/raise`
    Supervisor raise(act, form) {
        let wrong = DeskError::Field { field: "priority", why: "is none of those on the page".into() };
        let done = match Priority::named(&field(&form, "priority")) {
            Some(priority) => act.web.desk.raise(act.person, act.id, priority).await,
            None => Err(wrong),
        };
        act.answer(Typed::default(), done).await
    }
}

acts! {
    /// `POST …/close`
    Supervisor close(act, form) {
        let why = field(&form, "why");
        let done = if why.is_empty() { Err(empty("why")) } else { act.web.desk.close(act.person, act.id, &why).await };
        act.answer(Typed { why, ..Typed::default() }, done).await
    }
}

acts! {
    /// `POST …/unlock`
    Supervisor unlock(act, _form) {
        act.answer(Typed::default(), act.web.desk.unlock(act.person, act.id).await).await
    }
}

/// `POST /desk/language`: the language of the pages from now on.
pub(super) async fn language(State(web): State<Web>, Agent(person): Agent, Form(form): Form<Pairs>) -> Response {
    let lang = Lang::parse(&field(&form, "lang")).filter(|lang| PAGES.contains(lang));
    let next = field(&form, "next");
    let next = if is_local(&next) { next } else { "/desk".to_owned() };
    let change = PersonChange { page_language: lang.map(Some), ..PersonChange::default() };
    if let Err(error) = web.answerer.store().change_person(&person.name, &change).await {
        tracing::error!(%error, "the language of the pages was not kept");
    }
    let tag = |lang: Option<Lang>| lang.map(|lang| lang.tag().to_owned());
    let (before, after) = (tag(person.page_language), tag(lang.or(person.page_language)));
    did(Redirect::to(&next).into_response(), Did { what: "person.language", of: person.name.clone(), before, after })
}

/// `POST …/extend`: the page is still open. Asked by scripts.
pub(super) async fn extend(State(web): State<Web>, Agent(person): Agent, Path(id): Path<String>) -> Response {
    match web.desk.extend(&person, &id).await {
        Ok(until) => {
            // The page does this by itself.
            did_nothing(Json(json!({ "until": until.to_string(), "now": clock::now().to_string() })).into_response())
        }
        Err(error) => super::failure::status(&error).into_response(),
    }
}
