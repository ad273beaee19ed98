//! `/admin/lines/new`: a new line. Refuses numbers that are none or have a line, with the mend, and what
//! was typed stays.

use super::words::{self, Words};
use super::{Choice, hotlines, providers};
use crate::answer::Stands;
use crate::provider::Console;
use crate::store::LineRow;
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::words::fill;
use crate::web::did::{Did, did};
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::who::Admin;
use crate::words::{Phone, clock};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "admin_line_new.html", config = "src/web/askama.toml")]
struct NewPage {
    f: Frame,
    w: &'static Words,
    typed: Typed,
    hotlines: Vec<Choice>,
    providers: Vec<(&'static str, String, bool)>,
    /// There is no line yet.
    first: bool,
    /// The field, and what is wrong with it.
    fault: Option<(&'static str, String)>,
}

/// What was typed.
#[derive(Deserialize, Default)]
pub(super) struct Typed {
    #[serde(default)]
    number: String,
    #[serde(default)]
    flow: String,
    #[serde(default)]
    provider: String,
}

type Fault = Option<(&'static str, String)>;

/// `GET /admin/lines/new`
pub(super) async fn page(State(web): State<Web>, Admin(person): Admin, PageLang(lang): PageLang) -> Response {
    let f = Frame::new(&person, lang, clock::now(), Here::Lines, "/admin/lines/new");
    let provider = web.answerer.on().first().map_or(String::new(), |provider| provider.name().to_owned());
    show(&web, f, Typed { provider, ..Typed::default() }, None)
}

fn show(web: &Web, f: Frame, typed: Typed, fault: Fault) -> Response {
    let w = words::of(f.lang);
    let named = |(name, title, on, chosen): (&'static str, &'static str, bool, bool)| {
        let title = if on { title.to_owned() } else { fill(w.provider_off, &[("provider", title)]) };
        (name, title, chosen)
    };
    let providers = providers(web, &typed.provider).into_iter().map(named).collect();
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (hotlines, first) = (hotlines(web, f.lang, &typed.flow), web.answerer.lines().0.is_empty());
    send(status, &NewPage { f, w, typed, hotlines, providers, first, fault })
}

/// `POST /admin/lines`
pub(super) async fn make(
    State(web): State<Web>,
    Admin(person): Admin,
    PageLang(lang): PageLang,
    Form(typed): Form<Typed>,
) -> Response {
    let (w, now) = (words::of(lang), clock::now());
    let f = Frame::new(&person, lang, now, Here::Lines, "/admin/lines/new");
    let number = match judged(&web, w, &typed) {
        Ok(number) => number,
        Err(fault) => return show(&web, f, typed, Some(fault)),
    };
    let line = LineRow {
        number: number.as_str().to_owned(),
        flow: typed.flow.clone(),
        provider: Some(typed.provider.clone()),
        voices: "{}".to_owned(),
        rev: 1,
        who: person.name.clone(),
        at: now.as_millisecond(),
    };
    match web.answerer.store().add_line(&line).await {
        Ok(true) => {}
        // Another server has it and this one has not heard of it yet.
        Ok(false) => {
            let told = fill(w.taken_studio, &[("number", number.as_str()), ("flow", "?")]);
            return show(&web, f, typed, Some(("number", told)));
        }
        Err(error) => {
            tracing::error!(%error, "a line could not be made");
            return show(&web, f, typed, Some(("", w.trouble.to_owned())));
        }
    }
    if let Err(error) = web.answerer.take_lines().await {
        tracing::warn!(%error, "a new line is taken in a moment later");
    }
    let to = format!(
        "/admin/lines/{}?provider={}&since={}",
        line.number.trim_start_matches('+'),
        typed.provider,
        now.as_millisecond()
    );
    let after = Some(format!("{} → {} ({})", line.number, line.flow, typed.provider));
    did(see(&to), Did { what: "line.make", of: line.number, before: None, after })
}

/// The number, when everything typed can be.
fn judged(web: &Web, w: &'static Words, typed: &Typed) -> Result<Phone, (&'static str, String)> {
    let text = typed.number.trim();
    let Some(number) = Phone::parse(text, None).filter(|_| text.starts_with(['+', '＋'])) else {
        return Err(("number", fill(w.bad_number, &[("number", text)])));
    };
    let lines = web.answerer.lines();
    if let Some(line) = lines.of_number(number.as_str()) {
        let told = match &line.stands {
            Stands::Settings(place) => fill(w.taken_settings, &[("number", &line.number), ("place", place)]),
            Stands::Studio => fill(w.taken_studio, &[("number", &line.number), ("flow", &line.flow)]),
        };
        return Err(("number", told));
    }
    if !web.answerer.flows().live().iter().any(|flow| flow.name == typed.flow) {
        return Err(("flow", fill(w.no_flow, &[("flow", &typed.flow)])));
    }
    if crate::provider::Provider::named(&typed.provider).and_then(Console::of).is_none() {
        return Err(("provider", w.no_provider.to_owned()));
    }
    Ok(number)
}

impl NewPage {
    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<&str> {
        self.fault.as_ref().filter(|(wrong, _)| *wrong == field).map(|(_, told)| told.as_str())
    }
}
