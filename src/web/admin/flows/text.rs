//! `/admin/flows/{flow}/text`: a file as text. It works as a plain field with a button; the script
//! gives it line numbers, problems in place, names to choose from, and keeps it as one types.

use super::failure;
use super::form::{Pairs, field};
use super::names::{Known, known};
use super::problems::Fault;
use super::room::{Head, Room, Tab};
use super::sitting;
use super::words::Words;
use crate::flow::diff::{How, Line, merge, text_diff};
use crate::studio::StudioError;
use crate::web::Web;
use crate::web::admin::frame::Frame;
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::did::{Did, did, did_nothing};
use crate::web::page::{in_query, problem, see};
use crate::web::who::Admin;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// `?file=common/call-me-back.yaml&line=12`.
#[derive(Deserialize)]
pub(super) struct Asked {
    file: Option<String>,
    line: Option<usize>,
}

#[derive(Template)]
#[template(path = "admin_flow_text.html", config = "src/web/askama.toml")]
struct TextPage {
    f: Frame,
    w: &'static Words,
    head: Head,
    /// Name, address, whether it is shown, whether the draft changes it.
    files: Vec<(String, String, bool, bool)>,
    file: String,
    text: String,
    /// What the text stands over.
    base: String,
    faults: Vec<Fault>,
    /// Faults of the other files.
    elsewhere: usize,
    told: Option<String>,
    /// What somebody else made of the file meanwhile.
    theirs: Option<String>,
}

/// Lines of a change that stand in the log, of each text; how many more there were is said.
const LOGGED: usize = 40;

/// What the page's script is told.
#[derive(Serialize)]
struct Data<'a> {
    address: &'a str,
    file: &'a str,
    line: usize,
    known: &'a Known,
    kinds: Vec<&'static str>,
    faults: &'a [Fault],
    /// The text is as the draft has it.
    kept: bool,
    words: Script,
}

/// What it says.
#[derive(Serialize)]
struct Script {
    saving: &'static str,
    saved: &'static str,
    unsaved: &'static str,
    signed_out: &'static str,
    merged: &'static str,
    line_n: &'static str,
    blocks: &'static str,
    warns: &'static str,
    names: &'static str,
}

/// `GET …/text`
pub(super) async fn page(room: Room, Wanted(asked): Wanted<Asked>) -> Response {
    let file = match room.asked(asked.file.as_deref()) {
        Ok(file) => file,
        Err(error) => return failure::not_there(&room.person, room.lang, &room.at("/text"), &error),
    };
    show(room, &file, asked.line.unwrap_or(0), None, None, StatusCode::OK).await
}

/// Keeps what was typed: the rev it was read at decides, and the version it was read over. What somebody else did
/// meanwhile stays where it is known what this was typed over, and both can be had.
async fn keep(room: &mut Room, file: &str, pairs: &Pairs) -> Result<Option<(String, String)>, StudioError> {
    let text = typed(pairs, "text");
    let refused = match keep_typed(room, file, &text, pairs).await {
        Err(error @ (StudioError::Changed { .. } | StudioError::Published { .. })) => error,
        done => return done,
    };
    if !pairs.iter().any(|(key, _)| key == "was") || room.again().await.is_err() {
        return Err(refused);
    }
    let before = room.text(file).to_owned();
    let was = typed(pairs, "was");
    let both = tokio::task::spawn_blocking(move || merge(&was, &before, &text).map(|both| (before, both))).await;
    let Ok(Some((before, both))) = both else { return Err(refused) };
    room.save(file, &both).await?;
    Ok(Some((before, both)))
}

async fn keep_typed(
    room: &mut Room,
    file: &str,
    text: &str,
    pairs: &Pairs,
) -> Result<Option<(String, String)>, StudioError> {
    let before = room.text(file).to_owned();
    if before == text {
        return Ok(None);
    }
    room.draft.rev = field(pairs, "rev").parse().unwrap_or(room.draft.rev);
    match field(pairs, "base") {
        "" => room.save(file, text).await?,
        base => room.save_over(file, text, base).await?,
    }
    Ok(Some((before, text.to_owned())))
}

/// The text as it was typed: a browser sends line ends as CR LF, and files end with one.
fn typed(pairs: &Pairs, name: &str) -> String {
    let text = pairs.iter().find(|(key, _)| key == name).map_or("", |(_, text)| text).replace("\r\n", "\n");
    if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" }
}

async fn drafted(room: &Room, response: Response, file: &str, changed: Option<(String, String)>) -> Response {
    let Some((before, after)) = changed else { return did_nothing(response) };
    let of = format!("{} {file}", room.name);
    // Away from where requests are answered: large files take their time.
    let told = tokio::task::spawn_blocking(move || apart(&before, &after)).await;
    let (before, after) = told.map(|(before, after)| (Some(before), Some(after))).unwrap_or_else(|error| {
        tracing::error!(%error, "what was changed could not be told for the log");
        (None, None)
    });
    sitting::typed(room, response, Did { what: "flow.draft", of, before, after }).await
}

/// The lines of a text that are gone in another, for the log.
pub(super) fn lines_of(text: &str, other: &str) -> String {
    apart(text, other).0
}

/// The lines that are gone and those that came, for the log: whole files would fill it.
fn apart(before: &str, after: &str) -> (String, String) {
    let lines: Vec<Line> = text_diff(before, after).into_iter().flat_map(|hunk| hunk.lines).collect();
    let told = |how: How| {
        let own: Vec<&str> = lines.iter().filter(|line| line.how == how).map(|line| line.text.as_str()).collect();
        let mut told: String = own.iter().take(LOGGED).map(|line| format!("{line}\n")).collect();
        match own.len().saturating_sub(LOGGED) {
            0 => {}
            1 => told.push_str("… 1 more line\n"),
            more => told.push_str(&format!("… {more} more lines\n")),
        }
        told
    };
    (told(How::Removed), told(How::Added))
}

/// Where the text of a file is; that of the hotline's own where the file was taken out of the draft.
fn address_of(room: &Room, file: &str) -> String {
    match room.asked(Some(file)) {
        Ok(file) => room.at(&format!("/text?file={}", in_query(&file))),
        Err(_) => room.at("/text"),
    }
}

/// `POST …/text`: by the button.
pub(super) async fn submit(mut room: Room, Form(pairs): Form<Pairs>) -> Response {
    let file = match room.asked(Some(field(&pairs, "file"))) {
        Ok(file) => file,
        Err(error) => return unknown(room, &pairs, &error).await,
    };
    match keep(&mut room, &file, &pairs).await {
        Ok(changed) => {
            let to = address_of(&room, &file);
            drafted(&room, see(&to), &file, changed).await
        }
        Err(error) => {
            let told = failure::told(room.w, &error);
            let theirs = room.again().await.is_ok().then(|| room.text(&file).to_owned());
            let words = failure::clash(room.w, &error).unwrap_or(told.words);
            show(room, &file, 0, Some(words), Some((typed(&pairs, "text"), theirs)), told.status).await
        }
    }
}

/// `PUT …/text`: as one types. Answered with what the check says.
pub(super) async fn put(mut room: Room, Form(pairs): Form<Pairs>) -> Response {
    let file = match room.asked(Some(field(&pairs, "file"))) {
        Ok(file) => file,
        Err(error) => return refused(room.w, &error, None),
    };
    match keep(&mut room, &file, &pairs).await {
        Ok(changed) => {
            let checked = room.checked().await;
            let here: Vec<&Fault> = checked.faults.iter().filter(|fault| fault.file == file).collect();
            let head = room.head(Tab::Text, Some(&checked));
            // What was cleared and is in the draft no more is another text by now, or none.
            let is_out = typed(&pairs, "text").trim().is_empty() && !room.draft.changed.contains_key(&file);
            let answer = json!({
                "elsewhere": is_out.then(|| address_of(&room, &file)),
                "rev": room.draft.rev,
                "base": room.base_of(&file),
                "faults": here,
                "known": known(&room.files, &file),
                "state": head.state(room.w),
                "draft": head.drafter(),
                "merged": changed.as_ref().map(|(_, now)| now).filter(|now| **now != typed(&pairs, "text")),
            });
            drafted(&room, Json(answer).into_response(), &file, changed).await
        }
        Err(error) => {
            let mut clash = None;
            if let Some(words) = failure::clash(room.w, &error)
                && room.again().await.is_ok()
            {
                let (rev, base) = (room.draft.rev, room.base_of(&file));
                clash = Some(json!({ "words": words, "theirs": room.text(&file), "rev": rev, "base": base }));
            }
            refused(room.w, &error, clash)
        }
    }
}

/// What the script is told of what was not kept.
fn refused(w: &Words, error: &StudioError, clash: Option<Value>) -> Response {
    let told = failure::told(w, error);
    (told.status, Json(json!({ "told": told.words, "clash": clash }))).into_response()
}

/// What was typed for a file that is not there: nothing of it is kept, and nothing of it is lost.
async fn unknown(room: Room, pairs: &Pairs, error: &StudioError) -> Response {
    let told = failure::told(room.w, error);
    show(room, field(pairs, "file"), 0, Some(told.words), Some((typed(pairs, "text"), None)), told.status).await
}

async fn show(
    room: Room,
    file: &str,
    line: usize,
    told: Option<String>,
    typed: Option<(String, Option<String>)>,
    status: StatusCode,
) -> Response {
    let checked = room.checked().await;
    let faults: Vec<Fault> = checked.faults.iter().filter(|fault| fault.file == file).cloned().collect();
    let known = known(&room.files, file);
    let (w, address) = (room.w, room.at("/text"));
    let words = Script {
        saving: w.saving,
        saved: w.saved,
        unsaved: w.unsaved,
        signed_out: w.signed_out,
        merged: w.merged,
        line_n: w.line_n,
        blocks: w.blocks,
        warns: w.warns,
        names: w.names,
    };
    let kinds = crate::flow::schema::KINDS.iter().map(|kind| kind.name).collect();
    let data =
        Data { address: &address, file, line, known: &known, kinds, faults: &faults, kept: typed.is_none(), words };
    let link = |(name, _): &(String, String)| {
        let changed = room.draft.changed.contains_key(name);
        (name.clone(), format!("{address}?file={}", in_query(name)), name == file, changed)
    };
    let (text, theirs) = typed.unwrap_or_else(|| (room.text(file).to_owned(), None));
    let page = TextPage {
        f: room.frame(&format!("/text?file={}", in_query(file))).with_script("/assets/admin-text.js", &data),
        w,
        head: room.head(Tab::Text, Some(&checked)),
        files: room.files.iter().chain([&room.stories]).map(link).collect(),
        file: file.to_owned(),
        text,
        base: room.base_of(file),
        elsewhere: checked.faults.len() - faults.len(),
        faults,
        told,
        theirs,
    };
    send(status, &page)
}

/// `GET …/draft.json`: who changed the draft last, for pages that are open.
pub(super) async fn state(State(web): State<Web>, _admin: Admin, Path(flow): Path<String>) -> Response {
    match web.studio.draft(&flow).await {
        Ok(draft) => Json(json!({ "rev": draft.rev, "by": draft.by })).into_response(),
        Err(_) => problem(StatusCode::NOT_FOUND, "there is no such hotline"),
    }
}

/// `POST …/discard`: the draft is given up.
pub(super) async fn discard(room: Room, Form(pairs): Form<Pairs>) -> Response {
    let rev = field(&pairs, "rev").parse().unwrap_or(room.draft.rev);
    let files: Vec<&str> = room.draft.changed.keys().map(String::as_str).collect();
    let before = files.join(", ");
    match room.web.studio.discard(&room.name, rev, &room.person.name).await {
        Ok(_) => {
            let of = room.name.clone();
            did(see(&room.at("")), Did { what: "flow.discard", of, before: Some(before), after: None })
        }
        Err(error) => failure::page(&room.person, room.lang, &room.at(""), &error),
    }
}
