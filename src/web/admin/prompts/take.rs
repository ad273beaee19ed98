//! All texts out, and in again: first looked at, then taken into the draft.

use super::audio::trouble;
use super::form::{NotSent, Sent};
use super::judge::{New, Refusal, Why, fits, judge};
use super::page::{Answer, Of, files_of, show};
use super::said::entries;
use super::{sheet, words, xliff};
use crate::flow::diff::{changes, told};
use crate::flow::edit::set_texts;
use crate::flow::told::Told;
use crate::studio::StudioError;
use crate::web::Web;
use crate::web::desk_pages::fill;
use crate::web::did::{Did, did, did_nothing};
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::people::page::trouble as trouble_page;
use crate::web::who::Admin;
use crate::words::Lang;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The largest file of texts, in bytes: what a hotline can have, four times over.
pub(super) const MOST: usize = 8 * 1024 * 1024;
/// How the files of spreadsheets begin, as they are now and as they were.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];
/// Problems told at once.
const TOLD: usize = 100;

/// `GET /admin/prompts/{flow}/texts.csv`
pub(super) async fn sheet(
    State(web): State<Web>,
    Admin(_): Admin,
    Path(flow): Path<String>,
    PageLang(lang): PageLang,
) -> Response {
    let of = match Of::load(&web, &flow).await {
        Ok(of) => of,
        Err(error) => return failed(lang, &error),
    };
    match sheet::write(&entries(&of.files), &of.live.languages) {
        Ok(bytes) => file(&format!("{flow}.csv"), "text/csv; charset=utf-8", bytes),
        Err(error) => {
            tracing::error!(%error, "texts could not be written");
            trouble_page(lang)
        }
    }
}

/// `GET /admin/prompts/{flow}/texts/{lang}`: for one language.
pub(super) async fn exchange(
    State(web): State<Web>,
    Admin(_): Admin,
    Path((flow, target)): Path<(String, String)>,
    PageLang(lang): PageLang,
) -> Response {
    let of = match Of::load(&web, &flow).await {
        Ok(of) => of,
        Err(error) => return failed(lang, &error),
    };
    let target = target.strip_suffix(".xlf").and_then(Lang::parse);
    match (of.live.languages.split_first(), target) {
        (Some((source, others)), Some(target)) if others.contains(&target) => {
            let text = xliff::write(&entries(&of.files), *source, target);
            file(&format!("{flow}.{target}.xlf"), "application/x-xliff+xml; charset=utf-8", text.into_bytes())
        }
        _ => see(&format!("/admin/prompts/{flow}")),
    }
}

fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}

/// `POST /admin/prompts/{flow}/texts`: what would change, or why nothing is taken.
pub(super) async fn look(
    State(web): State<Web>,
    Admin(person): Admin,
    Path(flow): Path<String>,
    PageLang(lang): PageLang,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let w = words::of(lang);
    let of = match Of::load(&web, &flow).await {
        Ok(of) => of,
        Err(error) => return failed(lang, &error),
    };
    let refused = |why: Why| vec![Refusal { line: 1, column: String::new(), why }];
    let rows = match Sent::read(&headers, body, MOST).await {
        Ok(sent) => read(&sent.file, &of.live.languages),
        Err(NotSent::TooLarge) => Err(refused(Why::TooLarge)),
        Err(NotSent::Malformed) => {
            return show(&web, &person, lang, &flow, Answer::refused(w.malformed.to_owned())).await;
        }
    };
    let judged = rows.and_then(|rows| judge(&entries(files_of(&of)), &of.live.languages, &rows));
    let answer = match judged {
        Ok(new) => match edited(&of, &new, lang).map(|edited| would(&of, &edited, lang)) {
            Ok(told) => Answer { would: Some((told, new)), ..Answer::default() },
            Err(why) => Answer::refused(why),
        },
        Err(mut faults) => {
            faults.truncate(TOLD);
            Answer { faults, ..Answer::default() }
        }
    };
    // Nothing is taken by looking.
    did_nothing(show(&web, &person, lang, &flow, answer).await)
}

/// The rows of whichever of the two forms it is.
fn read(bytes: &[u8], languages: &[Lang]) -> Result<Vec<super::judge::Row>, Vec<Refusal>> {
    let refuse = |line: usize, why: Why| vec![Refusal { line, column: String::new(), why }];
    if WORKBOOKS.iter().any(|begin| bytes.starts_with(begin)) {
        return Err(refuse(1, Why::Workbook));
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        refuse(before.iter().filter(|byte| **byte == b'\n').count() + 1, Why::Coding)
    })?;
    match text.trim_start() {
        "" => Err(refuse(1, Why::Empty)),
        start if start.starts_with('<') => xliff::read(text, languages),
        _ => sheet::read(text, languages),
    }
}

/// The files with new words in them.
fn edited(of: &Of, new: &[New], lang: Lang) -> Result<BTreeMap<String, String>, String> {
    let mut by_file: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for new in new {
        by_file.entry(&new.file).or_default().push(new.words());
    }
    let mut edited = BTreeMap::new();
    for (file, words) in by_file {
        let text = of.text(file).unwrap_or_default();
        edited
            .insert(file.to_owned(), set_texts(text, &words).map_err(|error| format!("{file}: {}", error.told(lang)))?);
    }
    Ok(edited)
}

/// What that changes, a sentence each.
fn would(of: &Of, edited: &BTreeMap<String, String>, lang: Lang) -> Vec<String> {
    let after: Vec<(String, String)> = of
        .files
        .iter()
        .map(|(name, text)| (name.clone(), edited.get(name).cloned().unwrap_or_else(|| text.clone())))
        .collect();
    match changes(&of.files, &after) {
        Ok(changes) => changes.iter().map(|change| told(change, lang)).collect(),
        Err(problem) => {
            vec![format!("{}:{}: {}", problem.file, problem.line, Told::of(lang, &problem.what).words)]
        }
    }
}

/// What is taken.
#[derive(Deserialize)]
pub(super) struct Taking {
    rev: i64,
    base: Option<String>,
    new: String,
}

/// `POST /admin/prompts/{flow}/take`: into the draft.
pub(super) async fn take(
    State(web): State<Web>,
    Admin(person): Admin,
    Path(flow): Path<String>,
    PageLang(lang): PageLang,
    Form(Taking { rev, base, new }): Form<Taking>,
) -> Response {
    let w = words::of(lang);
    let of = match Of::load(&web, &flow).await {
        Ok(of) => of,
        Err(error) => return failed(lang, &error),
    };
    let refuse = async |why: String| show(&web, &person, lang, &flow, Answer::refused(why)).await;
    if of.draft.rev != rev {
        return refuse(fill(w.changed, &[("who", of.draft.by.as_deref().unwrap_or("?"))])).await;
    }
    if base.is_some_and(|base| base != of.draft.base) {
        return refuse(w.published.to_owned()).await;
    }
    // Whoever sends a form can send another one.
    let all = entries(&of.files);
    let source = of.live.languages.first().copied().unwrap_or(Lang::EnUs);
    let fit = |new: &New| {
        let entry = all.iter().find(|entry| entry.file == new.file && entry.text.id == new.id);
        of.live.languages.contains(&new.lang) && entry.is_some_and(|entry| fits(entry, source, &new.words).is_ok())
    };
    let new: Vec<New> = serde_json::from_str(&new).unwrap_or_default();
    if new.is_empty() || !new.iter().all(fit) {
        return refuse(w.malformed.to_owned()).await;
    }
    let edited = match edited(&of, &new, lang) {
        Ok(edited) => edited,
        Err(why) => return refuse(why).await,
    };
    let told = would(&of, &edited, Lang::EnUs).join("\n");
    if let Err(error) = web.studio.save_all(&flow, &edited, rev, &person.name).await {
        return refuse(trouble(lang, &error)).await;
    }
    let done = Did { what: "texts.take", of: flow.clone(), before: None, after: Some(told) };
    did(see(&format!("/admin/prompts/{flow}?said=taken")), done)
}

fn failed(lang: Lang, error: &StudioError) -> Response {
    match error {
        StudioError::UnknownFlow(_) => see("/admin/prompts"),
        error => {
            tracing::error!(%error, "texts could not be shown or taken");
            trouble_page(lang)
        }
    }
}
