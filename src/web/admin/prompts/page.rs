//! The texts and recordings of a hotline, as its draft has them.

use super::audio::{FOLDER, trouble};
use super::judge::{New, Refusal, Why};
use super::said::{Files, Script, entries, holes, scripts, seconds};
use super::words::{self, Words};
use crate::flow::Flow;
use crate::flow::edit::step;
use crate::flow::read::SPEAKS;
use crate::flow::told::Told;
use crate::store::{Person, PromptRow};
use crate::studio::{Draft, StudioError};
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::{fill, language_names};
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::titles::{title, titled};
use crate::web::who::Admin;
use crate::words::{Lang, clock};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// What is said of a step in a language.
struct Spoken {
    lang: Lang,
    name: &'static str,
    lines: Vec<String>,
    /// How long, told.
    takes: String,
    /// What changes from call to call cannot be recorded.
    may: bool,
    sound: Option<Heard>,
}

/// A recording that is heard instead.
struct Heard {
    at: String,
    /// Who put it there and how long it is; what is wrong with it.
    told: String,
    fault: Option<&'static str>,
}

/// A step that speaks.
struct Step {
    file: String,
    name: String,
    id: String,
    spoken: Vec<Spoken>,
}

/// What one of the forms was answered with.
#[derive(Default)]
pub(super) struct Answer {
    /// Why something was not done.
    pub(super) refused: Option<String>,
    /// Why none of the texts was taken, each with its place.
    pub(super) faults: Vec<Refusal>,
    /// What would change, in words; with what changes it.
    pub(super) would: Option<(Vec<String>, Vec<New>)>,
}

impl Answer {
    pub(super) fn refused(why: String) -> Answer {
        Answer { refused: Some(why), ..Answer::default() }
    }
}

/// A hotline with its draft.
pub(super) struct Of {
    pub(super) draft: Draft,
    pub(super) files: Vec<(String, String)>,
    /// What is in service.
    pub(super) live: Arc<Flow>,
}

impl Of {
    pub(super) async fn load(web: &Web, flow: &str) -> Result<Of, StudioError> {
        let draft = web.studio.draft(flow).await?;
        let files = web.studio.files(&draft).await?;
        let live = web.answerer.flows().live();
        let live = live.iter().find(|live| live.name == flow);
        let live = live.ok_or_else(|| StudioError::UnknownFlow(flow.to_owned()))?;
        Ok(Of { draft, files, live: live.clone() })
    }

    pub(super) fn text(&self, file: &str) -> Option<&str> {
        self.files.iter().find(|(name, _)| name == file).map(|(_, text)| text.as_str())
    }
}

#[derive(Template)]
#[template(path = "admin_prompts.html", config = "src/web/askama.toml")]
struct HotlinesPage {
    f: Frame,
    w: &'static Words,
    hotlines: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "admin_prompt.html", config = "src/web/askama.toml")]
struct PromptsPage {
    f: Frame,
    w: &'static Words,
    flow: String,
    /// In the reader's language where it has one, and in which it is.
    title: (String, &'static str),
    rev: i64,
    /// The version the draft is over: what would change was told against it.
    base: String,
    changed: bool,
    /// Each language with its name; the first is translated from.
    languages: Vec<(Lang, &'static str)>,
    files: Vec<(String, Vec<Step>)>,
    /// What was done, and to which step.
    said: Option<(&'static str, Option<String>)>,
    refused: Option<String>,
    faults: Vec<(usize, String, String)>,
    would: Option<Vec<String>>,
    /// What would change, as the form sends it again.
    data: String,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    said: Option<String>,
    /// The step it was done to, as the page names it: that is where it is told.
    at: Option<String>,
}

/// `GET /admin/prompts`
pub(super) async fn hotlines(State(web): State<Web>, Admin(person): Admin, PageLang(lang): PageLang) -> Response {
    let f = Frame::new(&person, lang, clock::now(), Here::Prompts, "/admin/prompts");
    let hotlines = web.answerer.flows().live().iter().map(|flow| (flow.name.clone(), title(flow, lang))).collect();
    send(StatusCode::OK, &HotlinesPage { f, w: words::of(lang), hotlines })
}

/// `GET /admin/prompts/{flow}`
pub(super) async fn page(
    State(web): State<Web>,
    Admin(person): Admin,
    Path(flow): Path<String>,
    Wanted(asked): Wanted<Asked>,
    PageLang(lang): PageLang,
) -> Response {
    let w = words::of(lang);
    let said = match asked.said.as_deref() {
        Some("recorded") => Some((w.recorded, asked.at)),
        Some("taken") => Some((w.taken, None)),
        _ => None,
    };
    shown(&web, &person, lang, &flow, Answer::default(), said).await
}

/// The page with what a form was answered with.
pub(super) async fn show(web: &Web, person: &Person, lang: Lang, flow: &str, answer: Answer) -> Response {
    shown(web, person, lang, flow, answer, None).await
}

async fn shown(
    web: &Web,
    person: &Person,
    lang: Lang,
    flow: &str,
    answer: Answer,
    said: Option<(&'static str, Option<String>)>,
) -> Response {
    let w = words::of(lang);
    let of = match Of::load(web, flow).await {
        Ok(of) => of,
        Err(StudioError::UnknownFlow(_)) => return see("/admin/prompts"),
        Err(error) => {
            tracing::error!(%error, "prompts could not be shown");
            return crate::web::people::page::trouble(lang);
        }
    };
    let known = match web.answerer.store().prompts().await {
        Ok(known) => known,
        Err(error) => {
            tracing::error!(error = trouble(lang, &error.into()), "recordings could not be looked up");
            return crate::web::people::page::trouble(lang);
        }
    };
    let f = Frame::new(person, lang, clock::now(), Here::Prompts, &format!("/admin/prompts/{flow}"));
    let refused = answer.refused.is_some() || !answer.faults.is_empty();
    let (would, news) = answer.would.map_or((None, Vec::new()), |(told, news)| (Some(told), news));
    let page = PromptsPage {
        flow: flow.to_owned(),
        rev: of.draft.rev,
        base: of.draft.base.clone(),
        changed: !of.draft.is_empty(),
        languages: of.live.languages.iter().map(|lang| (*lang, language_names(f.lang)[*lang as usize])).collect(),
        files: by_file(w, &f, &of, &known),
        title: titled(Some(&of.live), flow, lang),
        refused: answer.refused,
        faults: answer.faults.iter().map(|fault| (fault.line, fault.column.clone(), why(lang, &fault.why))).collect(),
        would,
        data: serde_json::to_string(&news).unwrap_or_default(),
        said,
        f,
        w,
    };
    send(if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

/// The steps of each file.
fn by_file(w: &'static Words, f: &Frame, of: &Of, known: &[PromptRow]) -> Vec<(String, Vec<Step>)> {
    let all = scripts(&entries(&of.files), &of.live.languages);
    let mut files: Vec<(String, Vec<Step>)> = Vec::new();
    for script in &all {
        let step = Step {
            file: script.file.clone(),
            name: script.step.clone(),
            id: format!("{}/{}", script.file, script.step),
            spoken: spoken(w, f, of, script, known),
        };
        match files.iter_mut().find(|(file, _)| *file == script.file) {
            Some((_, steps)) => steps.push(step),
            None => files.push((script.file.clone(), vec![step])),
        }
    }
    files
}

fn spoken(w: &'static Words, f: &Frame, of: &Of, script: &Script, known: &[PromptRow]) -> Vec<Spoken> {
    let value = of.text(&script.file).and_then(|text| step(text, &script.step)).unwrap_or_default();
    let speaks = SPEAKS.iter().any(|kind| value.get(kind).is_some());
    let one = |(lang, words): (&Lang, &String)| {
        let (takes, open) = seconds(words, *lang);
        let takes = fill(if open { w.takes_more } else { w.takes }, &[("n", &takes.to_string())]);
        let name = value.get("audio").and_then(|audio| audio.get(lang.tag())).and_then(Value::as_str);
        Spoken {
            lang: *lang,
            name: language_names(f.lang)[*lang as usize],
            lines: words.lines().map(str::to_owned).collect(),
            takes,
            may: speaks && holes(words).is_empty(),
            sound: name.map(|name| heard(w, words, name, known)),
        }
    };
    script.words.iter().map(one).collect()
}

fn heard(w: &'static Words, words: &str, name: &str, known: &[PromptRow]) -> Heard {
    let row = known.iter().find(|row| row.name == name);
    let told = match row {
        Some(row) => fill(w.uploaded, &[("who", &row.who), ("n", &(row.millis.max(1000) / 1000).to_string())]),
        None => name.to_owned(),
    };
    let fault = match row {
        Some(row) if row.words != words => Some(w.other_words),
        None if name.starts_with(FOLDER) => Some(w.not_here),
        _ => None,
    };
    Heard { at: format!("/audio/{name}"), told, fault }
}

/// Why something was not taken, in words.
fn why(lang: Lang, why: &Why) -> String {
    let w = words::of(lang);
    let told = |english: &str| Told::of(lang, english).words;
    match why {
        Why::TooLarge => w.why_large.to_owned(),
        Why::Empty => w.why_empty.to_owned(),
        Why::Coding => w.why_coding.to_owned(),
        Why::Workbook => w.why_workbook.to_owned(),
        Why::Form(why) => fill(w.why_form, &[("why", &told(why))]),
        Why::Cells(found, wanted) => {
            fill(w.why_cells, &[("found", &found.to_string()), ("wanted", &wanted.to_string())])
        }
        Why::Elements => w.why_elements.to_owned(),
        Why::Missing(name) => fill(w.why_missing, &[("name", name)]),
        Why::Language(name) => fill(w.why_language, &[("name", name)]),
        Why::Unknown(id) => fill(w.why_unknown, &[("id", id)]),
        Why::Twice(id) => fill(w.why_twice, &[("id", id)]),
        Why::Source(now) => fill(w.why_source, &[("now", now)]),
        Why::Markup(text) => fill(w.why_markup, &[("text", text)]),
        Why::Holes(wanted) if wanted.is_empty() => w.why_no_holes.to_owned(),
        Why::Holes(wanted) => fill(w.why_holes, &[("holes", wanted)]),
        Why::Broken(why) => fill(w.why_broken, &[("why", &told(why))]),
        Why::Unseen => w.why_unseen.to_owned(),
    }
}

/// The files of a version, for those who judge.
pub(super) fn files_of(of: &Of) -> &Files {
    &of.files
}

impl Step {
    /// Whether it can be recorded in any language.
    fn records(&self) -> bool {
        self.spoken.iter().any(|spoken| spoken.may)
    }
}
