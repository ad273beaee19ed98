//! `GET /admin/lines`: every line, where it stands, who speaks on it, and when it was last called.

use super::words::{self, Words};
use super::{slug, title};
use crate::answer::{Line, Stands};
use crate::flow::Flow;
use crate::flow::check::no_voice;
use crate::flow::told::Told;
use crate::provider::{Console, Provider, Voices};
use crate::store::StoreError;
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::Stamp;
use crate::web::desk_pages::words::{self as desk_words, fill};
use crate::web::language::PageLang;
use crate::web::people::page::trouble;
use crate::web::who::Admin;
use crate::words::{Lang, clock};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "admin_lines.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    w: &'static Words,
    settings: Vec<Row>,
    studio: Vec<Row>,
    /// With no lines at all: the hotlines by name.
    by_name: Vec<(String, String)>,
    texts: String,
    said: Option<&'static str>,
}

/// A line of the table.
struct Row {
    slug: String,
    number: String,
    title: String,
    /// Why nobody would answer.
    fault: Option<String>,
    stands: String,
    voices: Vec<String>,
    policy: Vec<String>,
    calls: Vec<(&'static str, Stamp)>,
    /// What the check warns of: what, and the mend.
    warned: Vec<(Told, Told)>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    said: Option<String>,
}

/// `GET /admin/lines`
pub(super) async fn page(
    State(web): State<Web>,
    Admin(person): Admin,
    Wanted(asked): Wanted<Asked>,
    PageLang(lang): PageLang,
) -> Response {
    let (w, f) = (words::of(lang), Frame::new(&person, lang, clock::now(), Here::Lines, "/admin/lines"));
    let (lines, live) = (web.answerer.lines(), web.answerer.flows().live());
    let mut rows = Vec::new();
    for line in &lines.0 {
        match row(&web, w, &f, line, &live).await {
            Ok(row) => rows.push((line.stands == Stands::Studio, row)),
            Err(error) => {
                tracing::error!(%error, "the lines could not be shown");
                return trouble(lang);
            }
        }
    }
    let texting = web.answerer.texting();
    let texts = match texting.on {
        true => fill(w.texts_a_day, &[("n", &texting.limits.per_line_day.to_string())]),
        false => w.texting_off.to_owned(),
    };
    let by_name =
        if lines.0.is_empty() { live.iter().map(|f| (f.name.clone(), title(f, lang))).collect() } else { Vec::new() };
    let (studio, settings): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(studio, _)| *studio);
    let said = asked.said.is_some_and(|said| said == "removed").then_some(w.removed);
    let rows = |rows: Vec<(bool, Row)>| rows.into_iter().map(|(_, row)| row).collect();
    send(StatusCode::OK, &ListPage { f, w, settings: rows(settings), studio: rows(studio), by_name, texts, said })
}

async fn row(web: &Web, w: &'static Words, f: &Frame, line: &Line, live: &[Arc<Flow>]) -> Result<Row, StoreError> {
    let flow = live.iter().find(|flow| flow.name == line.flow);
    let fault = flow.is_none().then(|| fill(w.out_of_service, &[("flow", &line.flow)]));
    let mut calls = Vec::new();
    for provider in web.answerer.on() {
        if let Some(call) = web.answerer.store().last_call(&line.number, provider.name()).await? {
            let at = Timestamp::from_millisecond(call.at).unwrap_or(f.clock.now);
            calls.push((provider_title(provider), f.clock.stamp(at)));
        }
    }
    Ok(Row {
        slug: slug(line).to_owned(),
        number: line.number.clone(),
        title: flow.map_or_else(|| line.flow.clone(), |flow| title(flow, f.lang)),
        fault,
        stands: match &line.stands {
            Stands::Settings(place) => place.clone(),
            Stands::Studio => w.stands_studio.to_owned(),
        },
        voices: line.voices.iter().map(|(provider, voices)| voices_told(*provider, voices)).collect(),
        policy: flow.map(|flow| policy(w, f.lang, flow)).unwrap_or_default(),
        calls,
        warned: flow.map(|flow| warned(web, f.lang, line, flow)).unwrap_or_default(),
    })
}

/// What holds on a line: what its hotline says of it.
fn policy(w: &'static Words, lang: Lang, flow: &Flow) -> Vec<String> {
    let names = desk_words::of(lang).languages;
    let languages: Vec<&str> = flow.languages.iter().map(|lang| names[*lang as usize]).collect();
    let countries: Vec<&str> = flow.countries.iter().map(|country| country.as_str()).collect();
    vec![
        format!("{}: {}", w.languages, languages.join(", ")),
        format!("{}: {}", w.hours, flow.hours),
        fill(w.numbers_of, &[("countries", &countries.join(", "))]),
    ]
}

/// What the check says of languages that nobody speaks on this line.
pub(super) fn warned(web: &Web, lang: Lang, line: &Line, flow: &Flow) -> Vec<(Told, Told)> {
    let lines = web.answerer.lines();
    let mute = |provider: Provider| {
        let mute = lines.mute(flow, &line.number, provider);
        let said = mute.into_iter().map(move |mute| no_voice(provider.name(), mute));
        said.map(|(what, hint)| (Told::of(lang, &what), Told::of(lang, &hint))).collect::<Vec<_>>()
    };
    web.answerer.on().into_iter().flat_map(mute).collect()
}

fn voices_told(provider: Provider, voices: &Voices) -> String {
    let named = Lang::ALL.into_iter().filter_map(|lang| Some((lang, voices.0[lang as usize].as_ref()?)));
    let named: Vec<String> = named.map(|(lang, voice)| format!("{lang} {voice}")).collect();
    format!("{}: {}", provider_title(provider), named.join(", "))
}

pub(super) fn provider_title(provider: Provider) -> &'static str {
    Console::of(provider).map_or(provider.name(), |console| console.title)
}
