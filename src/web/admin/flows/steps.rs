//! `/admin/flows/{flow}/steps`: all steps of a hotline as a list, and what is done to them as wholes:
//! added, renamed with everything that leads to them, deleted when nothing does.

use super::failure;
use super::fields::{kind_of, plain};
use super::form::{self, Pairs, field, step_address};
use super::names::{field_words, kind_name, languages};
use super::room::{Checked, Head, Room, Tab};
use super::words::Words;
use crate::flow::edit;
use crate::flow::schema::KINDS;
use crate::flow::source::{self, Node};
use crate::studio::StudioError;
use crate::web::admin::frame::Frame;
use crate::web::desk_pages::frame::send;
use crate::web::did::{Did, did};
use crate::web::page::{in_query, see};
use crate::words::Lang;
use askama::Template;
use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "admin_flow_steps.html", config = "src/web/askama.toml")]
struct StepsPage {
    f: Frame,
    w: &'static Words,
    head: Head,
    blocks: Vec<Block>,
    /// Kinds a step can be of: as flows write it, what it is called, what it does.
    kinds: Vec<(&'static str, String, String)>,
    told: Option<String>,
    typed: String,
    /// Steps that stand in the way, with their forms.
    leads: Vec<(String, String)>,
}

/// A file's steps.
struct Block {
    name: String,
    file: String,
    main: bool,
    text: String,
    rows: Vec<Row>,
}

/// A step.
struct Row {
    name: String,
    address: String,
    kind: String,
    says: String,
    lang: &'static str,
    goes: Vec<String>,
    blocking: usize,
    warnings: usize,
}

/// `GET …/steps`
pub(super) async fn page(room: Room) -> Response {
    show(room, None, String::new(), Vec::new(), StatusCode::OK).await
}

async fn show(
    room: Room,
    told: Option<String>,
    typed: String,
    leads: Vec<(String, String)>,
    status: StatusCode,
) -> Response {
    let checked = room.checked().await;
    let kinds = KINDS
        .iter()
        .map(|kind| (kind.name, kind_name(kind.name, room.lang), field_words(kind.name, kind.name, room.lang).1));
    let page = StepsPage {
        f: room.frame("/steps"),
        w: room.w,
        head: room.head(Tab::Steps, Some(&checked)),
        blocks: room.step_files().map(|(file, text)| block(&room, &checked, file, text)).collect(),
        kinds: kinds.collect(),
        told,
        typed,
        leads,
    };
    send(status, &page)
}

fn block(room: &Room, checked: &Checked, file: &str, text: &str) -> Block {
    let langs = languages(&room.files, file);
    let lang =
        langs.iter().find(|(lang, _)| *lang == room.lang).or(langs.first()).map_or(Lang::EnUs, |(lang, _)| *lang);
    // Read once: there may be thousands.
    let tree = source::parse(&Arc::from(file), text).ok();
    let steps = tree.as_ref().and_then(|tree| tree.get("steps"));
    let row = |step: edit::StepAt| {
        let place = room.place(file, &step.name);
        let count = |blocks: bool| {
            let here = checked.faults.iter().filter(|fault| fault.place.as_deref() == Some(&place));
            here.filter(|fault| fault.blocks == blocks).count()
        };
        let value = steps.and_then(|steps| steps.get(&step.name)).map_or(Value::Null, Node::to_json);
        Row {
            address: step_address(room, file, &step.name),
            kind: step.kind.map_or_else(String::new, |kind| kind_name(kind, room.lang)),
            says: says(&value, lang),
            lang: lang.tag(),
            goes: goes(&value),
            blocking: count(true),
            warnings: count(false),
            name: step.name,
        }
    };
    let main = file == room.main_file();
    let name = file.trim_start_matches("common/").trim_end_matches(".yaml").to_owned();
    let text_at = room.at(&format!("/text?file={}", in_query(file)));
    Block { name, main, rows: edit::outline(text).into_iter().map(row).collect(), file: file.to_owned(), text: text_at }
}

/// What a step says, in a language.
fn says(value: &Value, lang: Lang) -> String {
    let own = ["say", "hangup", "sms", "prompt"].into_iter().find_map(|name| value.get(name)?.get(lang.tag()));
    let mut text = own.map(plain).unwrap_or_default();
    for option in value.get("menu").and_then(Value::as_array).into_iter().flatten() {
        let label = option.get("for").or_else(|| option.get("to")).and_then(|label| label.get(lang.tag()));
        let key = option.get("key").map(plain).unwrap_or_default();
        text.push_str(&format!(
            "{}{key} {}",
            if text.is_empty() { "" } else { " · " },
            label.map(plain).unwrap_or_default()
        ));
    }
    text
}

/// Where a step goes on, each once.
fn goes(value: &Value) -> Vec<String> {
    let mut goes: Vec<String> = Vec::new();
    let Some(kind) = kind_of(value) else { return goes };
    let mut add = |to: &Value| {
        let to = plain(to);
        if !to.is_empty() && !goes.contains(&to) {
            goes.push(to);
        }
    };
    for list in ["menu", "when"] {
        value
            .get(list)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|row| row.get("go"))
            .for_each(&mut add);
    }
    let targets = kind.fields.iter().filter(|field| matches!(field.shape, crate::flow::schema::Shape::Target));
    targets.filter_map(|field| value.get(field.name)).for_each(&mut add);
    goes
}

fn drafted(room: &Room, response: Response, file: &str, before: Option<String>, after: Option<String>) -> Response {
    did(response, Did { what: "flow.draft", of: format!("{} {file}", room.name), before, after })
}

/// `POST …/steps/add`: a step after another one, with what its kind cannot be without.
pub(super) async fn add(mut room: Room, Form(pairs): Form<Pairs>) -> Response {
    let file = match room.asked(Some(field(&pairs, "file"))) {
        Ok(file) => file,
        Err(error) => return unknown(room, &error).await,
    };
    let (name, kind) = (field(&pairs, "name").to_owned(), field(&pairs, "kind"));
    let after = Some(field(&pairs, "after")).filter(|after| !after.is_empty());
    let text = room.text(&file).to_owned();
    let after = after.map(str::to_owned).or_else(|| edit::outline(&text).pop().map(|step| step.name));
    let value = empty(kind);
    match edit::add_step(&text, after.as_deref(), &name, &value) {
        Ok(edited) => match room.save(&file, &edited).await {
            Ok(()) => drafted(&room, see(&step_address(&room, &file, &name)), &file, None, Some(name)),
            Err(error) => {
                let told = failure::told(room.w, &error);
                show(room, Some(told.words), name, Vec::new(), told.status).await
            }
        },
        Err(error) => {
            let told = failure::edit_told(room.w, &error);
            show(room, Some(told), name, Vec::new(), StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// Nothing is done to a file that is not there.
async fn unknown(room: Room, error: &StudioError) -> Response {
    let told = failure::told(room.w, error);
    show(room, Some(told.words), String::new(), Vec::new(), told.status).await
}

/// The least a step of a kind can be: its own field, empty. The check then asks for the rest.
fn empty(kind: &str) -> Value {
    let value = match kind {
        "menu" | "when" => json!([]),
        "say" | "hangup" | "sms" | "set" | "return" => json!({}),
        "notices" => json!("active"),
        "language" => json!("once"),
        "verify" => json!("2"),
        "request" => json!("callback"),
        _ => json!(""),
    };
    json!({ kind: value })
}

/// `POST …/steps/rename`: everywhere in the file.
pub(super) async fn rename(mut room: Room, Form(pairs): Form<Pairs>) -> Response {
    let file = match room.asked(Some(field(&pairs, "file"))) {
        Ok(file) => file,
        Err(error) => return unknown(room, &error).await,
    };
    let (old, new) = (field(&pairs, "name").to_owned(), field(&pairs, "new").to_owned());
    let text = room.text(&file).to_owned();
    let refusal = match edit::rename_step(&text, &old, &new) {
        Ok(edited) => match room.save(&file, &edited).await {
            Ok(()) => return drafted(&room, see(&step_address(&room, &file, &new)), &file, Some(old), Some(new)),
            Err(error) => failure::told(room.w, &error),
        },
        Err(error) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            failure::Told { status, words: failure::edit_told(room.w, &error) }
        }
    };
    let status = refusal.status;
    form::show(room, &file, &old, Some(form::Refusal::Rename(refusal, new)), None, status).await
}

/// `POST …/steps/delete`: only when nothing leads to it; else who does.
pub(super) async fn delete(mut room: Room, Form(pairs): Form<Pairs>) -> Response {
    let file = match room.asked(Some(field(&pairs, "file"))) {
        Ok(file) => file,
        Err(error) => return unknown(room, &error).await,
    };
    let name = field(&pairs, "name").to_owned();
    let text = room.text(&file).to_owned();
    match edit::delete_step(&text, &name) {
        Ok(edited) => match room.save(&file, &edited).await {
            Ok(()) => {
                let to = room.at("/steps");
                drafted(&room, see(&to), &file, Some(name), None)
            }
            Err(error) => {
                let told = failure::told(room.w, &error);
                show(room, Some(told.words), String::new(), Vec::new(), told.status).await
            }
        },
        Err(error) => {
            let leads = form::leads(&room, &file, &name);
            let words = failure::edit_told(room.w, &error);
            show(room, Some(words), String::new(), leads, StatusCode::CONFLICT).await
        }
    }
}
