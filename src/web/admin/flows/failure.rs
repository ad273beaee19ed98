//! Why something was not done, in the page's language: the one place where what the studio says
//! becomes a status and words.

use super::words::{self, Words, fill};
use crate::flow::edit::EditError;
use crate::store::{FROM_FILES, Person};
use crate::studio::StudioError;
use crate::web::admin::frame::{Frame, Here};
use crate::web::desk_pages::frame::send;
use crate::words::{Lang, clock};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// Why something was not done.
pub(super) struct Told {
    pub(super) status: StatusCode,
    pub(super) words: String,
}

#[derive(Template)]
#[template(path = "admin_flow_told.html", config = "src/web/askama.toml")]
struct ToldPage {
    f: Frame,
    w: &'static Words,
    words: String,
    back: String,
}

/// There is no hotline of this name.
pub(super) fn missing(person: &Person, lang: Lang) -> Response {
    told_page(person, lang, "/admin", StatusCode::NOT_FOUND, words::of(lang).no_hotline)
}

/// A page that says why, with the way back.
pub(super) fn page(person: &Person, lang: Lang, back: &str, error: &StudioError) -> Response {
    let told = told(words::of(lang), error);
    told_page(person, lang, back, told.status, &told.words)
}

/// A page that says why there is nothing at this address, with the way back.
pub(super) fn not_there(person: &Person, lang: Lang, back: &str, error: &StudioError) -> Response {
    told_page(person, lang, back, StatusCode::NOT_FOUND, &told(words::of(lang), error).words)
}

/// A page that says something, with the way back.
pub(super) fn told_page(person: &Person, lang: Lang, back: &str, status: StatusCode, words: &str) -> Response {
    let f = Frame::new(person, lang, clock::now(), Here::Flows, back);
    send(status, &ToldPage { f, w: words::of(lang), words: words.to_owned(), back: back.to_owned() })
}

/// What is said of an error.
pub(super) fn told(w: &Words, error: &StudioError) -> Told {
    use StatusCode as Is;
    let tell = |status: StatusCode, words: &str| Told { status, words: words.to_owned() };
    let named = |status: StatusCode, words: &str, name: &str| Told { status, words: fill(words, &[("name", name)]) };
    let who = |words: &str, by: &str| Told { status: Is::CONFLICT, words: fill(words, &[("who", by)]) };
    match error {
        StudioError::Changed { by, .. } => who(w.changed_by, by.as_deref().unwrap_or_default()),
        StudioError::Published { by } if by == FROM_FILES => tell(Is::CONFLICT, w.published_files),
        StudioError::Published { by } => who(w.published_by, by),
        StudioError::UnknownFlow(_) => tell(Is::NOT_FOUND, w.no_hotline),
        StudioError::UnknownFile(name) => named(Is::UNPROCESSABLE_ENTITY, w.r.unknown_file, name),
        StudioError::UnknownVersion(_) => tell(Is::NOT_FOUND, w.r.unknown_version),
        StudioError::TooLarge(_) => tell(Is::PAYLOAD_TOO_LARGE, w.too_large),
        StudioError::Nothing => tell(Is::CONFLICT, w.r.nothing_changed),
        StudioError::Unused(name) => named(Is::UNPROCESSABLE_ENTITY, w.r.unused, name),
        StudioError::Refused(examined) if examined.flow.is_some() => tell(Is::UNPROCESSABLE_ENTITY, w.r.stories_fail),
        StudioError::Refused(_) => tell(Is::UNPROCESSABLE_ENTITY, w.r.cannot_publish),
        StudioError::OnTrial(name) => named(Is::CONFLICT, w.r.on_trial, name),
        StudioError::Share => tell(Is::UNPROCESSABLE_ENTITY, w.r.bad_share),
        StudioError::Over => tell(Is::UNPROCESSABLE_ENTITY, w.r.bad_time),
        StudioError::Own => tell(Is::FORBIDDEN, w.r.own_release),
        StudioError::NotAsSeen => tell(Is::CONFLICT, w.r.not_as_seen),
        StudioError::Drafted => tell(Is::CONFLICT, w.r.drafted),
        StudioError::NotNow(_) => tell(Is::CONFLICT, w.r.not_there),
        StudioError::Store(_) | StudioError::Broken(_) => {
            tracing::error!(%error, "the studio could not do it");
            tell(Is::SERVICE_UNAVAILABLE, w.store_away)
        }
    }
}

/// What is said beside two texts, where what was typed stands over one that is not there any more.
pub(super) fn clash(w: &Words, error: &StudioError) -> Option<String> {
    match error {
        StudioError::Changed { by, .. } => Some(fill(w.clash, &[("who", by.as_deref().unwrap_or_default())])),
        StudioError::Published { by } if by == "files" => Some(w.clash_files.to_owned()),
        StudioError::Published { by } => Some(fill(w.clash_published, &[("who", by)])),
        _ => None,
    }
}

/// What is said of a text that could not be changed.
pub(super) fn edit_told(w: &Words, error: &EditError) -> String {
    let line = |words: &str, line: usize| fill(words, &[("n", &line.to_string())]);
    match error {
        EditError::Broken(problem) => line(w.text_broken, problem.line),
        EditError::UnknownStep(_) => w.step_gone.to_owned(),
        EditError::Exists { name, line } => fill(w.name_taken, &[("name", name), ("n", &line.to_string())]),
        EditError::Name(_) => w.bad_name.to_owned(),
        EditError::Needed { name, by } if by.iter().any(|reference| reference.step.is_none()) => {
            fill(w.top_used, &[("name", name)])
        }
        EditError::Needed { name, .. } => fill(w.still_used, &[("name", name)]),
        EditError::Last(_) => w.last_step.to_owned(),
        _ => w.cannot_write.to_owned(),
    }
}
