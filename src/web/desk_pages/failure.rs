//! Why something was not done, as a page or as a line on the card: the one place where what the desk
//! says becomes a status and words.

use super::frame::{Frame, Here, send};
use super::times::Clock;
use super::told::who;
use super::words::{Words, fill, named};
use crate::desk::DeskError;
use crate::web::language::PageLang;
use crate::web::who::Agent;
use crate::words::clock;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) words: String,
    /// The field it is about.
    pub(super) field: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "desk_failure.html", config = "src/web/askama.toml")]
struct FailurePage {
    f: Frame,
    w: &'static Words,
    words: String,
}

/// 404: an address below the desk's that leads nowhere.
pub(super) async fn nowhere(Agent(person): Agent, PageLang(lang): PageLang) -> Response {
    let f = Frame::new(&person, lang, clock::now(), Here::Failure, "/desk");
    let (w, words) = (f.w, f.w.failure.no_page.to_owned());
    send(StatusCode::NOT_FOUND, &FailurePage { f, w, words })
}

/// The page for what is not on a card.
pub(super) fn page(f: Frame, error: &DeskError) -> Response {
    let words = told(f.w, &f.clock, None, error).words;
    let (status, w) = (status(error), f.w);
    send(status, &FailurePage { f, w, words })
}

/// The status that says the same to programs.
pub(super) fn status(error: &DeskError) -> StatusCode {
    match error {
        DeskError::Missing | DeskError::NoRecording => StatusCode::NOT_FOUND,
        DeskError::HeldBy { .. }
        | DeskError::NotHeld
        | DeskError::Over { .. }
        | DeskError::AlreadySaid { .. }
        | DeskError::NoAttempt { .. }
        | DeskError::Running { .. }
        | DeskError::NotRung { .. }
        | DeskError::Contended => StatusCode::CONFLICT,
        DeskError::Off => StatusCode::SERVICE_UNAVAILABLE,
        DeskError::Store(error) => {
            tracing::error!(%error, "the desk could not do it");
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// What is said to the person; `there` is the customer's zone.
pub(super) fn told(w: &Words, clock: &Clock, there: Option<&TimeZone>, error: &DeskError) -> Told {
    let say = &w.failure;
    let number = |nth: &u32| nth.to_string();
    let plain = |words: &str| Told { words: words.to_owned(), field: None };
    let filled = |words: &str, holes: &[(&str, &str)]| Told { words: fill(words, holes), field: None };
    match error {
        DeskError::Missing => plain(say.missing),
        DeskError::NoRecording => plain(say.no_recording),
        DeskError::HeldBy { holder, until } => {
            filled(say.held_by, &[("who", holder), ("until", &clock.stamp(*until).words)])
        }
        DeskError::NotHeld => plain(say.not_held),
        DeskError::Over { state, by, at } => filled(
            say.over,
            &[("state", &named(w.what, state.word())), ("who", &who(w, by)), ("at", &clock.stamp(*at).words)],
        ),
        DeskError::AlreadySaid { nth, outcome } => {
            filled(say.already_said, &[("n", &number(nth)), ("outcome", &named(w.outcomes, outcome))])
        }
        DeskError::NoAttempt { next } => filled(say.no_attempt, &[("n", &number(next))]),
        DeskError::Running { nth } => filled(say.running, &[("n", &number(nth))]),
        DeskError::NotRung { nth } => filled(say.not_rung, &[("n", &number(nth))]),
        DeskError::NotHungUp(_) => plain(say.not_hung_up),
        DeskError::NoNumber => plain(say.no_number),
        DeskError::NotCallable(_) => plain(say.not_callable),
        DeskError::NotNow { next: None } => Told { field: Some("later"), ..plain(say.not_now) },
        DeskError::NotNow { next: Some(next) } => {
            let at = there.map_or_else(|| clock.stamp(*next), |there| clock.stamp_in(*next, there));
            Told { field: Some("later"), ..filled(say.not_now_next, &[("at", &at.words)]) }
        }
        DeskError::Trial => plain(say.trial),
        DeskError::NoTrial => plain(say.no_trial),
        DeskError::Off => plain(say.off),
        DeskError::NoPhone => plain(say.no_phone),
        DeskError::NoLine => plain(say.no_line),
        DeskError::NoSuchLine(line) => filled(say.no_such_line, &[("line", line)]),
        DeskError::Contended => plain(say.contended),
        DeskError::NoPerson(name) => Told { field: Some("to"), ..filled(say.no_person, &[("name", name)]) },
        DeskError::TooMany => plain(say.too_many),
        DeskError::Field { field, .. } => field_told(w, field),
        DeskError::Store(_) => plain(say.store),
    }
}

/// What a field is called on the pages.
fn field_name<'a>(w: &'a Words, field: &'a str) -> &'a str {
    match field {
        "account" => w.card.account,
        "number" => w.card.number,
        "nth" => w.card.attempts_title,
        "outcome" => w.keys.outcomes,
        "priority" => w.act.raise_to,
        "to" => w.act.assign_to,
        "way" => w.act.call_bridge,
        other => other,
    }
}

fn field_told(w: &Words, field: &'static str) -> Told {
    let words = match field {
        "later" => w.failure.bad_time.to_owned(),
        "note" | "text" | "why" => w.failure.empty.to_owned(),
        other => fill(w.failure.field, &[("field", field_name(w, other))]),
    };
    Told { words, field: Some(if field == "text" { "note" } else { field }) }
}
