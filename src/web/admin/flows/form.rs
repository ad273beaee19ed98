//! `/admin/flows/{flow}/step`: one step as a form. It is kept as one types, or by its button where
//! scripts do not run. A form changes its step's lines and no other: what somebody else has changed
//! meanwhile in another step is no conflict, and in this one it is told, with both texts.

use super::failure::{self, Told};
use super::fields::{self, Around, Filled, Input, Shown, kind_of};
use super::names::{Known, kind_name, known, languages};
use super::problems::Fault;
use super::room::{Checked, Head, Room, Tab};
use super::sitting;
use super::spoken::{Spoken, spoken};
use super::words::Words;
use crate::flow::edit::{self, EditError};
use crate::flow::model::Phrases;
use crate::flow::source;
use crate::studio::StudioError;
use crate::web::admin::frame::Frame;
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::did::{Did, did_nothing};
use crate::web::page::{in_query, see};
use askama::Template;
use axum::Form;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// What a form sends, in its order.
pub(super) type Pairs = Vec<(String, String)>;

/// The keys of a menu's options.
const KEYS: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "8"];

/// How often a save is tried again when somebody else saved another step at the same moment.
const TRIES: usize = 5;

/// Which step: `?file=common/call-me-back.yaml&name=confirm`.
#[derive(Deserialize)]
pub(super) struct Asked {
    file: Option<String>,
    name: String,
}

#[derive(Template)]
#[template(path = "admin_flow_step.html", config = "src/web/askama.toml")]
struct StepPage {
    f: Frame,
    w: &'static Words,
    head: Head,
    file: String,
    name: String,
    place: String,
    address: String,
    kind: String,
    kind_help: String,
    fields: Vec<Shown>,
    known: Known,
    spoken: Vec<Spoken>,
    seen: String,
    /// Faults that stand beside no field.
    faults: Vec<Fault>,
    clash: Option<Clash>,
    told: Option<String>,
    /// Beside the field of the step's name, and what stands in it.
    not_renamed: Option<String>,
    new: String,
    /// Who leads here: place and address.
    leads: Vec<(String, String)>,
}

/// Somebody else changed the same step.
#[derive(Serialize)]
pub(super) struct Clash {
    pub(super) words: String,
    pub(super) theirs: String,
    pub(super) mine: String,
}

/// Why a step was not kept.
pub(super) enum Refusal {
    Clash(Clash),
    Told(Told),
    /// The step has its old name; with the one it was to have.
    Rename(Told, String),
}

/// What the page's script is told.
#[derive(Serialize)]
struct Data<'a> {
    words: Script,
    address: &'a str,
}

/// What it says.
#[derive(Serialize)]
struct Script {
    saving: &'static str,
    saved: &'static str,
    unsaved: &'static str,
    signed_out: &'static str,
    no_voice: &'static str,
    blocks: &'static str,
    warns: &'static str,
}

/// A short name of what a step is, to see whether it is still that.
pub(super) fn seen(value: &Value) -> String {
    let sum = Sha256::digest(value.to_string().as_bytes());
    sum.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The first value of a name.
pub(super) fn field<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
}

/// The lines of a step as the file has them.
fn lines_of(text: &str, name: &str) -> String {
    let Some(step) = edit::outline(text).into_iter().find(|step| step.name == name) else { return String::new() };
    let lines = text.lines().skip(step.first.saturating_sub(1)).take(step.last + 1 - step.first);
    lines.map(|line| format!("{line}\n")).collect()
}

/// `GET …/step`
pub(super) async fn page(room: Room, Wanted(asked): Wanted<Asked>) -> Response {
    let file = match room.asked(asked.file.as_deref()) {
        Ok(file) => file,
        Err(error) => return failure::not_there(&room.person, room.lang, &room.at("/steps"), &error),
    };
    show(room, &file, &asked.name, None, None, StatusCode::OK).await
}

/// `POST …/step`: the form, sent by its button.
pub(super) async fn submit(mut room: Room, Form(pairs): Form<Pairs>) -> Response {
    let name = field(&pairs, "name").to_owned();
    let file = match room.asked(Some(field(&pairs, "file"))) {
        Ok(file) => file,
        Err(error) => return failure::page(&room.person, room.lang, &room.at("/steps"), &error),
    };
    match keep(&mut room, &file, &name, &pairs).await {
        Ok(kept) => kept.did(&room, see(&format!("{}#step", step_address(&room, &file, &name)))).await,
        Err(refusal) => {
            let status = refusal.status();
            show(room, &file, &name, Some(refusal), Some(&pairs), status).await
        }
    }
}

/// `PUT …/step`: the form as it is being filled in. Answered with what the check says of it.
pub(super) async fn typed(mut room: Room, Form(pairs): Form<Pairs>) -> Response {
    let name = field(&pairs, "name").to_owned();
    let file = match room.asked(Some(field(&pairs, "file"))) {
        Ok(file) => file,
        Err(error) => {
            let told = failure::told(room.w, &error);
            return (told.status, Json(json!({ "told": told.words }))).into_response();
        }
    };
    match keep(&mut room, &file, &name, &pairs).await {
        Ok(kept) => {
            let checked = room.checked().await;
            let faults: Vec<&Fault> = checked
                .faults
                .iter()
                .filter(|fault| fault.place.as_deref() == Some(&room.place(&file, &name)))
                .collect();
            let head = room.head(Tab::Steps, Some(&checked));
            let answer = json!({
                "rev": room.draft.rev,
                "seen": kept.seen,
                "faults": faults,
                "state": head.state(room.w),
                "draft": head.drafter(),
                "spoken": spoken(&phrases(&room, &checked), &kept.value, &languages(&room.files, &file)),
            });
            kept.did(&room, Json(answer).into_response()).await
        }
        Err(Refusal::Clash(clash)) => {
            let now = edit::step(room.text(&file), &name).map(|value| seen(&value)).unwrap_or_default();
            (StatusCode::CONFLICT, Json(json!({ "clash": clash, "seen": now }))).into_response()
        }
        Err(Refusal::Told(told) | Refusal::Rename(told, _)) => {
            (told.status, Json(json!({ "told": told.words }))).into_response()
        }
    }
}

/// A step that was kept.
struct Kept {
    value: Value,
    seen: String,
    /// What was changed: flow and step, and its lines before and after.
    changed: Option<(String, String, String)>,
}

impl Kept {
    async fn did(&self, room: &Room, response: Response) -> Response {
        let Some((of, before, after)) = self.changed.clone() else { return did_nothing(response) };
        let it = Did { what: "flow.draft", of, before: Some(before), after: Some(after) };
        sitting::typed(room, response, it).await
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Refusal::Clash(_) => StatusCode::CONFLICT,
            Refusal::Told(told) | Refusal::Rename(told, _) => told.status,
        }
    }
}

/// Puts what was filled in into the draft.
async fn keep(room: &mut Room, file: &str, name: &str, pairs: &Pairs) -> Result<Kept, Refusal> {
    let told = |words: &str| Refusal::Told(Told { status: StatusCode::UNPROCESSABLE_ENTITY, words: words.to_owned() });
    for _ in 0..TRIES {
        let text = room.text(file).to_owned();
        let Some(before) = edit::step(&text, name) else { return Err(told(&gone(room.w, &text))) };
        let Some(kind) = kind_of(&before) else { return Err(told(room.w.no_form)) };
        let mut value = Filled::of(pairs).value(kind, &before);
        fields::rearrange(&mut value, field(pairs, "do"));
        let edited = edit::set_step(&text, name, &value).map_err(|error| told(&failure::edit_told(room.w, &error)))?;
        if seen(&before) != field(pairs, "seen") {
            let by = room.draft.by.clone().unwrap_or_default();
            let (theirs, mine) = (lines_of(&text, name), lines_of(&edited, name));
            if theirs != mine {
                let words = super::words::fill(room.w.clash, &[("who", &by)]);
                return Err(Refusal::Clash(Clash { words, theirs, mine }));
            }
        }
        if edited == text {
            return Ok(Kept { seen: seen(&before), value, changed: None });
        }
        match room.save(file, &edited).await {
            Ok(()) => {
                let value = edit::step(&edited, name).unwrap_or(value);
                let of = format!("{} {}", room.name, room.place(file, name));
                let changed = Some((of, lines_of(&text, name), lines_of(&edited, name)));
                return Ok(Kept { seen: seen(&value), value, changed });
            }
            // Somebody saved or published at the same moment: look again, at what they made of it.
            Err(StudioError::Changed { .. } | StudioError::Published { .. }) => {
                room.again().await.map_err(|error| Refusal::Told(failure::told(room.w, &error)))?;
            }
            Err(error) => return Err(Refusal::Told(failure::told(room.w, &error))),
        }
    }
    Err(told(room.w.busy))
}

/// The words the core speaks, in the draft or else as they are in service.
pub(super) fn phrases(room: &Room, checked: &Checked) -> Phrases {
    let flow = checked.flow.as_ref().or(room.live.as_ref());
    flow.map_or_else(crate::flow::read::shipped_phrases, |flow| Phrases(flow.phrases.0.clone()))
}

/// Where a step's form is.
pub(super) fn step_address(room: &Room, file: &str, name: &str) -> String {
    room.at(&format!("/step?file={}&name={}", in_query(file), in_query(name)))
}

/// Why there is no step of this name: while a text is broken nobody knows which are in it.
fn gone(w: &Words, text: &str) -> String {
    match source::parse(&Arc::from(""), text) {
        Err(problem) => failure::edit_told(w, &EditError::Broken(problem)),
        Ok(_) => w.step_gone.to_owned(),
    }
}

/// The form of a step, with why something was not done to it.
pub(super) async fn show(
    room: Room,
    file: &str,
    name: &str,
    refusal: Option<Refusal>,
    typed: Option<&Pairs>,
    status: StatusCode,
) -> Response {
    let checked = room.checked().await;
    let text = room.text(file);
    let Some(value) = edit::step(text, name) else {
        let (to, words) = (room.at("/steps"), gone(room.w, text));
        return failure::told_page(&room.person, room.lang, &to, StatusCode::NOT_FOUND, &words);
    };
    let Some(kind) = kind_of(&value) else {
        let to = room.at(&format!("/text?file={}", in_query(file)));
        return failure::told_page(&room.person, room.lang, &to, StatusCode::UNPROCESSABLE_ENTITY, room.w.no_form);
    };
    let now = seen(&value);
    // What was refused is shown as it was typed.
    let value = typed.map_or(value.clone(), |pairs| Filled::of(pairs).value(kind, &value));
    let place = room.place(file, name);
    let own: Vec<Fault> = checked.faults.iter().filter(|it| it.place.as_deref() == Some(&place)).cloned().collect();
    let langs = languages(&room.files, file);
    let around = Around { lang: room.lang, languages: &langs, faults: &own };
    let fields = fields::shown(kind, &value, &around);
    let beside = |fault: &Fault| fields.iter().any(|field| fault.is_at(field.name));
    let address = step_address(&room, file, name);
    let (mut clash, mut told, mut not_renamed, mut new) = (None, None, None, name.to_owned());
    match refusal {
        Some(Refusal::Clash(it)) => clash = Some(it),
        Some(Refusal::Told(why)) => told = Some(why.words),
        Some(Refusal::Rename(why, typed)) => (not_renamed, new) = (Some(why.words), typed),
        None => {}
    }
    let (_, kind_help) = super::names::field_words(kind.name, kind.name, room.lang);
    let page = StepPage {
        f: room
            .frame("")
            .with_script("/assets/admin-step.js", &Data { words: script(room.w), address: &room.at("/step") }),
        w: room.w,
        head: room.head(Tab::Steps, Some(&checked)),
        spoken: spoken(&phrases(&room, &checked), &value, &langs),
        leads: leads(&room, file, name),
        known: known(&room.files, file),
        faults: own.iter().filter(|fault| !beside(fault)).cloned().collect(),
        kind: kind_name(kind.name, room.lang),
        kind_help,
        file: file.to_owned(),
        name: name.to_owned(),
        seen: now,
        place,
        address,
        fields,
        clash,
        told,
        not_renamed,
        new,
    };
    send(status, &page)
}

fn script(w: &'static Words) -> Script {
    Script {
        saving: w.saving,
        saved: w.saved,
        unsaved: w.unsaved,
        signed_out: w.signed_out,
        no_voice: w.no_voice,
        blocks: w.blocks,
        warns: w.warns,
    }
}

/// The steps that lead to this one, and where their forms are.
pub(super) fn leads(room: &Room, file: &str, name: &str) -> Vec<(String, String)> {
    let from = edit::references(room.text(file), name).unwrap_or_default();
    let mut steps: Vec<String> = from.into_iter().filter_map(|reference| reference.step).collect();
    steps.dedup();
    steps.into_iter().map(|step| (step.clone(), step_address(room, file, &step))).collect()
}
