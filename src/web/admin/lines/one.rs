//! `/admin/lines/{number}`: one line. What to enter at its provider, whether the way is open, and whether
//! the first call has arrived; its hotline and voices.

use super::list::{provider_title, warned};
use super::words::{self, Words};
use super::{Choice, hotlines, slug};
use crate::answer::{Line, Stands, read_voices, write_voices};
use crate::flow::told::Told;
use crate::provider::{Console, Provider, Voices};
use crate::store::{LineRow, Person, StoreError};
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::Stamp;
use crate::web::desk_pages::words::{self as desk_words, fill};
use crate::web::did::{Did, did};
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::people::page::trouble;
use crate::web::who::Admin;
use crate::words::phone::masked_in;
use crate::words::{Lang, clock, markup};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

type Pairs = Vec<(String, String)>;

/// How long the name of a voice is at most.
const VOICE: usize = 128;

#[derive(Template)]
#[template(path = "admin_line.html", config = "src/web/askama.toml")]
struct LinePage {
    f: Frame,
    w: &'static Words,
    line: Line,
    slug: String,
    stands: Option<String>,
    /// The row it is in the database; none: it is of the settings.
    row: Option<LineRow>,
    hotlines: Vec<Choice>,
    warned: Vec<(Told, Told)>,
    voices: Vec<OfProvider>,
    consoles: Vec<(&'static str, &'static str, bool)>,
    setup: Setup,
    said: Option<&'static str>,
    fault: Option<String>,
}

/// A provider's name and title, and its voices by language.
type OfProvider = (&'static str, &'static str, Vec<(Lang, String)>);

/// What there is to do at one provider.
struct Setup {
    console: &'static Console,
    calls_at: String,
    end_at: Option<String>,
    is_on: bool,
    /// What stands between; none: it was not asked.
    between: Option<Vec<Told>>,
    since: i64,
    came: Option<Came>,
    refused: Option<Unbelieved>,
}

/// What was refused, in words: a sentence with why in the middle of it.
#[derive(Serialize)]
struct Unbelieved {
    before: String,
    why: Told,
    after: String,
}

/// A call that arrived, in words.
#[derive(Serialize)]
struct Came {
    words: String,
}

/// What the script is told.
#[derive(Serialize)]
struct Script<'a> {
    arrived: String,
    came: bool,
    copied: &'a str,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    provider: Option<String>,
    since: Option<i64>,
    check: Option<String>,
    said: Option<String>,
}

/// `GET /admin/lines/{number}`
pub(super) async fn page(
    State(web): State<Web>,
    Admin(person): Admin,
    Path(number): Path<String>,
    Wanted(asked): Wanted<Asked>,
    PageLang(lang): PageLang,
) -> Response {
    show(&web, &person, lang, &number, &asked, None).await
}

async fn show(
    web: &Web,
    person: &Person,
    lang: Lang,
    number: &str,
    asked: &Asked,
    fault: Option<(StatusCode, String)>,
) -> Response {
    let (w, now) = (words::of(lang), clock::now());
    let Some(line) = web.answerer.lines().of_number(number).cloned() else { return see("/admin/lines") };
    let row = match web.answerer.store().lines().await {
        Ok(rows) => rows.into_iter().find(|row| row.number == line.number && line.stands == Stands::Studio),
        Err(error) => return failed(lang, &error),
    };
    let address = format!("/admin/lines/{}", slug(&line));
    let provider = chosen(web, row.as_ref(), asked.provider.as_deref());
    let Some(console) = Console::of(provider) else { return see("/admin/lines") };
    let f = Frame::new(person, lang, now, Here::Lines, &format!("{address}?provider={provider}"));
    let setup = match setup(web, &f, &line, console, asked).await {
        Ok(setup) => setup,
        Err(error) => return failed(lang, &error),
    };
    let arrived = format!("{address}/arrived?provider={provider}&since={}&lang={}", setup.since, lang.tag());
    let f = f.with_script("/assets/admin-line.js", &Script { arrived, came: setup.came.is_some(), copied: w.copied });
    let live = web.answerer.flows().live();
    let flow = live.iter().find(|flow| flow.name == line.flow);
    let spoken = flow.map_or(Lang::ALL.to_vec(), |flow| flow.languages.clone());
    let mut of_voices = web.answerer.on();
    of_voices.extend(line.voices.keys().copied().filter(|provider| !web.answerer.on().contains(provider)));
    let voices = of_voices.into_iter().map(|provider| {
        let named = line.voices.get(&provider).cloned().unwrap_or_default();
        let fields = spoken.iter().map(|lang| (*lang, named.0[*lang as usize].clone().unwrap_or_default()));
        (provider.name(), provider_title(provider), fields.collect())
    });
    let status = fault.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    let page = LinePage {
        slug: slug(&line).to_owned(),
        stands: match &line.stands {
            Stands::Settings(place) => Some(place.clone()),
            Stands::Studio => None,
        },
        hotlines: hotlines(web, lang, &line.flow),
        warned: flow.map(|flow| warned(web, lang, &line, flow)).unwrap_or_default(),
        voices: voices.collect(),
        consoles: super::providers(web, provider.name()).into_iter().map(|(n, title, _, is)| (n, title, is)).collect(),
        said: asked.said.as_deref().filter(|said| *said == "saved").map(|_| w.saved),
        line,
        row,
        setup,
        fault: fault.map(|(_, fault)| fault),
        f,
        w,
    };
    send(status, &page)
}

/// The provider whose console is shown: the one asked for, else the line's own, else the first that is on.
fn chosen(web: &Web, row: Option<&LineRow>, asked: Option<&str>) -> Provider {
    let own = row.and_then(|row| row.provider.as_deref());
    let known = |name: &str| Provider::named(name).filter(|provider| Console::of(*provider).is_some());
    let first = || web.answerer.on().first().copied();
    asked.and_then(known).or_else(|| own.and_then(known)).or_else(first).unwrap_or(Provider::Twilio)
}

async fn setup(
    web: &Web,
    f: &Frame,
    line: &Line,
    console: &'static Console,
    asked: &Asked,
) -> Result<Setup, StoreError> {
    let provider = console.provider;
    let since = asked.since.unwrap_or_else(|| f.clock.now.as_millisecond());
    let between = match asked.check.is_some() {
        true => Some((web.reach.0)(provider).await.iter().map(|told| Told::of(f.lang, told)).collect()),
        false => None,
    };
    Ok(Setup {
        console,
        calls_at: console.calls_at(&web.public_url),
        end_at: console.end_at(&web.public_url),
        is_on: web.answerer.on().contains(&provider),
        between,
        since,
        came: came(web, f, &line.number, provider, since).await?,
        refused: refused(web, f, provider, since),
    })
}

/// The call that arrived since a moment, if one did.
async fn came(web: &Web, f: &Frame, number: &str, provider: Provider, since: i64) -> Result<Option<Came>, StoreError> {
    let w = words::of(f.lang);
    let call = web.answerer.store().last_call(number, provider.name()).await?.filter(|call| call.at >= since);
    Ok(call.map(|call| {
        let at = stamp(f, call.at).words;
        let from = call.caller.map(|caller| fill(w.from_number, &[("number", &masked_in(&caller))]));
        let trial = call.test.then(|| w.came_test.to_owned());
        let told: Vec<String> = [Some(at), from, trial].into_iter().flatten().collect();
        Came { words: format!("{} {}", w.came, told.join(" · ")) }
    }))
}

/// Why this server refused what the provider sent since a moment.
fn refused(web: &Web, f: &Frame, provider: Provider, since: i64) -> Option<Unbelieved> {
    let (at, why) = web.answerer.last_refused(provider).filter(|(at, _)| *at >= since)?;
    let w = words::of(f.lang);
    let holes = [("provider", provider_title(provider)), ("at", &stamp(f, at).words)];
    let (before, after) = w.refused_at.split_once("{why}").unwrap_or((w.refused_at, ""));
    let [before, after] = [before, after].map(|part| fill(part, &holes));
    Some(Unbelieved { before, why: Told::of(f.lang, &why), after })
}

fn stamp(f: &Frame, at: i64) -> Stamp {
    f.clock.stamp(Timestamp::from_millisecond(at).unwrap_or(f.clock.now))
}

/// `GET /admin/lines/{number}/arrived`: for the script.
pub(super) async fn arrived(
    State(web): State<Web>,
    Admin(person): Admin,
    Path(number): Path<String>,
    Wanted(asked): Wanted<Asked>,
    PageLang(lang): PageLang,
) -> Response {
    let f = Frame::new(&person, lang, clock::now(), Here::Lines, "/admin/lines");
    let (provider, since) = (chosen(&web, None, asked.provider.as_deref()), asked.since.unwrap_or(0));
    match came(&web, &f, &number, provider, since).await {
        Ok(came) => {
            Json(serde_json::json!({ "came": came, "refused": refused(&web, &f, provider, since) })).into_response()
        }
        Err(error) => failed(lang, &error),
    }
}

/// `POST /admin/lines/{number}`: another hotline, other voices.
pub(super) async fn change(
    State(web): State<Web>,
    Admin(person): Admin,
    Path(number): Path<String>,
    PageLang(lang): PageLang,
    Form(form): Form<Pairs>,
) -> Response {
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim());
    let before = match row(&web, &number).await {
        Ok(Some(row)) => row,
        Ok(None) => return see("/admin/lines"),
        Err(error) => return failed(lang, &error),
    };
    if let Some((name, mark)) = marked(&form) {
        let told = fill(words::of(lang).bad_voice, &[("voice", name), ("text", &mark)]);
        let asked = Asked { provider: None, since: None, check: None, said: None };
        return show(&web, &person, lang, &number, &asked, Some((StatusCode::UNPROCESSABLE_ENTITY, told))).await;
    }
    let live = web.answerer.flows().live();
    let flow =
        live.iter().find(|flow| flow.name == field("flow")).map_or(before.flow.clone(), |flow| flow.name.clone());
    let voices = write_voices(&voices(&form, read_voices(&before.voices)));
    let rev = field("rev").parse().unwrap_or(0);
    let at = clock::now().as_millisecond();
    let after = LineRow { flow, voices, rev, who: person.name.clone(), at, ..before.clone() };
    let told = |row: &LineRow| Some(format!("{} → {} {}", row.number, row.flow, row.voices));
    match web.answerer.store().change_line(&after).await {
        Ok(true) => {
            take(&web).await;
            let to = format!("/admin/lines/{}?said=saved", number.trim_start_matches('+'));
            let (told_before, after) = (told(&before), told(&after));
            did(see(&to), Did { what: "line.change", of: before.number, before: told_before, after })
        }
        Ok(false) => changed(&web, &person, lang, &number).await,
        Err(error) => failed(lang, &error),
    }
}

/// `POST /admin/lines/{number}/remove`
pub(super) async fn remove(
    State(web): State<Web>,
    Admin(person): Admin,
    Path(number): Path<String>,
    PageLang(lang): PageLang,
    Form(form): Form<Pairs>,
) -> Response {
    let row = match row(&web, &number).await {
        Ok(Some(row)) => row,
        Ok(None) => return see("/admin/lines"),
        Err(error) => return failed(lang, &error),
    };
    let rev = form.iter().find(|(key, _)| key == "rev").and_then(|(_, rev)| rev.parse().ok()).unwrap_or(0);
    match web.answerer.store().remove_line(&row.number, rev).await {
        Ok(true) => {
            take(&web).await;
            let before = Some(format!("{} → {} {}", row.number, row.flow, row.voices));
            did(see("/admin/lines?said=removed"), Did { what: "line.remove", of: row.number, before, after: None })
        }
        Ok(false) => changed(&web, &person, lang, &number).await,
        Err(error) => failed(lang, &error),
    }
}

/// The first voice whose name is no name: it would stand in every document.
fn marked(form: &Pairs) -> Option<(&str, String)> {
    let voices = form.iter().filter_map(|(name, value)| Some((name.strip_prefix("voice.")?, value)));
    voices.into_iter().find_map(|(name, value)| Some((name, markup::found(value)?)))
}

async fn row(web: &Web, number: &str) -> Result<Option<LineRow>, StoreError> {
    let rows = web.answerer.store().lines().await?;
    Ok(rows.into_iter().find(|row| row.number.trim_start_matches('+') == number.trim_start_matches('+')))
}

async fn changed(web: &Web, person: &Person, lang: Lang, number: &str) -> Response {
    take(web).await;
    let asked = Asked { provider: None, since: None, check: None, said: None };
    let fault = (StatusCode::CONFLICT, words::of(lang).changed.to_owned());
    show(web, person, lang, number, &asked, Some(fault)).await
}

/// Has this server take in what was just changed; the others do within two seconds.
async fn take(web: &Web) {
    if let Err(error) = web.answerer.take_lines().await {
        tracing::warn!(%error, "a changed line is taken in a moment later");
    }
}

/// The voices of a form whose fields are named `voice.twilio.zh-CN`; what it has no field for stays.
fn voices(form: &Pairs, mut voices: HashMap<Provider, Voices>) -> HashMap<Provider, Voices> {
    for (name, value) in form {
        let mut parts = name.split('.');
        let (Some("voice"), Some(provider), Some(lang)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let (Some(provider), Some(lang)) = (Provider::named(provider), Lang::parse(lang)) else { continue };
        let value: String = value.trim().chars().filter(|c| !c.is_control()).take(VOICE).collect();
        voices.entry(provider).or_default().0[lang as usize] = Some(value).filter(|value| !value.is_empty());
    }
    voices.retain(|_, voices| voices.0.iter().any(Option::is_some));
    voices
}

fn failed(lang: Lang, error: &StoreError) -> Response {
    tracing::error!(%error, "a line could not be shown or changed");
    trouble(lang)
}

impl LinePage {
    /// A sentence about the console with what it names.
    fn told(&self, sentence: &'static str) -> String {
        let console = self.setup.console;
        let (setting, variable) = (console.setting(), console.variable());
        let holes = [
            ("provider", console.title),
            ("place", console.place),
            ("secret", console.secret.unwrap_or_default()),
            ("setting", &setting),
            ("variable", &variable),
            ("method", self.w.method),
        ];
        fill(sentence, &holes)
    }

    fn heading(&self) -> String {
        fill(self.w.of_line, &[("number", &self.line.number)])
    }

    fn calls_told(&self) -> String {
        let console = self.setup.console;
        let sentence = if console.lines.is_some() { self.w.step_calls_file } else { self.w.step_calls };
        fill(&self.told(sentence), &[("field", console.calls)])
    }

    fn end_told(&self) -> String {
        fill(&self.told(self.w.step_end), &[("field", self.setup.console.end.unwrap_or_default())])
    }

    fn reach_good(&self) -> String {
        fill(self.w.reach_good, &[("address", &self.setup.calls_at)])
    }

    fn waiting(&self) -> String {
        fill(self.w.waiting, &[("number", &self.line.number), ("provider", self.setup.console.title)])
    }

    fn voice_of(&self, provider: &str, lang: &Lang) -> String {
        fill(
            self.w.voice_of,
            &[("provider", provider), ("lang", desk_words::of(self.f.lang).languages[*lang as usize])],
        )
    }
}
