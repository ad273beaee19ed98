//! `GET /admin/flows/{flow}`: the hotline as a picture, a step of it open beside.

use super::chart::{Picture, Shown};
use super::fields::{kind_of, plain};
use super::form::{leads, phrases, step_address};
use super::names::{field_words, kind_name, language_name, languages};
use super::problems::Fault;
use super::room::{Checked, Head, Room, Tab};
use super::spoken::{Spoken, spoken};
use super::words::Words;
use crate::flow::Flow;
use crate::flow::edit;
use crate::flow::schema::Shape;
use crate::web::admin::frame::Frame;
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::words::Lang;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `?step=call-me-back/confirm&said=ja-JP`.
#[derive(Deserialize)]
pub(super) struct Asked {
    step: Option<String>,
    said: Option<String>,
}

#[derive(Template)]
#[template(path = "admin_flow_picture.html", config = "src/web/askama.toml")]
struct PicturePage {
    f: Frame,
    w: &'static Words,
    head: Head,
    picture: Option<Picture>,
    /// The picture is of the version in service, because the draft cannot be drawn.
    old: bool,
    /// Languages of what is said, with their addresses.
    said: Vec<(String, &'static str, &'static str, bool)>,
    beside: Option<Beside>,
    faults: Vec<Fault>,
    places: Vec<String>,
}

/// A step beside the picture.
pub(super) struct Beside {
    pub(super) place: String,
    pub(super) kind: String,
    pub(super) help: String,
    pub(super) level: u8,
    pub(super) address: String,
    pub(super) spoken: Vec<Spoken>,
    /// Where it goes on: what for, and to which step, with its address.
    pub(super) ways: Vec<(String, String, String)>,
    pub(super) leads: Vec<(String, String)>,
    pub(super) faults: Vec<Fault>,
}

/// What the page's script is told.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    pub(super) live: &'a str,
    pub(super) now: &'static str,
    pub(super) left: &'static str,
    pub(super) no_voice: &'static str,
}

/// `GET /admin/flows/{flow}`
pub(super) async fn page(room: Room, Wanted(asked): Wanted<Asked>) -> Response {
    let checked = room.checked().await;
    let flow = checked.flow.clone().or_else(|| room.live.clone());
    let chosen = asked.step.clone().unwrap_or_default();
    let said = asked.said.as_deref().and_then(Lang::parse);
    let picture = flow.as_deref().map(|flow| {
        let said = shown_language(flow, said, room.lang);
        let (chosen, faults) = (chosen.as_str(), &checked.faults[..]);
        let shown = Shown { flow, w: room.w, lang: room.lang, said, at: "", chosen, faults, shares: None };
        Picture::of(&shown)
    });
    let live = room.at("/live.json");
    let data = Data { live: &live, now: room.w.live_now, left: room.w.live_left, no_voice: room.w.no_voice };
    let page = PicturePage {
        f: room.frame("").with_script("/assets/admin-picture.js", &data),
        w: room.w,
        head: room.head(Tab::Picture, Some(&checked)),
        old: checked.flow.is_none() && picture.is_some(),
        said: flow.as_deref().map(|flow| said_links(flow, shown_language(flow, said, room.lang))).unwrap_or_default(),
        beside: (!chosen.is_empty()).then(|| beside(&room, &checked, flow.as_deref(), &chosen)).flatten(),
        places: flow.as_deref().map(places).unwrap_or_default(),
        faults: checked.faults,
        picture,
    };
    send(StatusCode::OK, &page)
}

/// The language shown: the one asked for, else the reader's, else the flow's first.
pub(in crate::web::admin) fn shown_language(flow: &Flow, asked: Option<Lang>, reader: Lang) -> Lang {
    let offered = |lang: &Lang| flow.languages.contains(lang);
    asked.filter(offered).or(Some(reader).filter(offered)).or(flow.languages.first().copied()).unwrap_or(Lang::EnUs)
}

fn said_links(flow: &Flow, shown: Lang) -> Vec<(String, &'static str, &'static str, bool)> {
    let link = |lang: &Lang| (format!("?said={}", lang.tag()), lang.tag(), language_name(*lang), *lang == shown);
    flow.languages.iter().map(link).collect()
}

/// Every step by its place.
fn places(flow: &Flow) -> Vec<String> {
    let steps = flow.blocks.iter().enumerate();
    steps
        .flat_map(|(at, block)| block.steps.iter().map(move |step| super::chart::place(flow, at, &step.name)))
        .collect()
}

fn beside(room: &Room, checked: &Checked, flow: Option<&Flow>, place: &str) -> Option<Beside> {
    let (file, name) = room.split(place);
    let text = &room.files.iter().find(|(own, _)| *own == file)?.1;
    let value = edit::step(text, name)?;
    let kind = kind_of(&value)?;
    let langs = languages(&room.files, &file);
    let prefix = place.rsplit_once('/').map_or(String::new(), |(block, _)| format!("{block}/"));
    let go = |label: String, to: &Value| {
        let to = plain(to);
        (label, format!("?step={prefix}{to}#step"), to)
    };
    let mut ways = Vec::new();
    for field in super::fields::fields_of(kind) {
        let Some(own) = value.get(field.name) else { continue };
        match field.shape {
            Shape::Target => ways.push(go(field_words(kind.name, field.name, room.lang).0, own)),
            Shape::Options(..) => ways.extend(own.as_array().into_iter().flatten().filter_map(|option| {
                Some(go(format!("{} {}", room.w.key, plain(option.get("key")?)), option.get("go")?))
            })),
            Shape::List(_) => ways.extend(
                own.as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|case| Some(go(plain(case.get("if")?), case.get("go")?))),
            ),
            _ => {}
        }
    }
    let level = flow.and_then(|flow| {
        let block = place.rsplit_once('/').map_or(room.name.as_str(), |(block, _)| block);
        let (block, step) = flow.find(block, name)?;
        Some(u8::from(flow.blocks.get(block)?.steps.get(step)?.needs))
    });
    Some(Beside {
        kind: kind_name(kind.name, room.lang),
        help: field_words(kind.name, kind.name, room.lang).1,
        level: level.unwrap_or(0),
        address: step_address(room, &file, name),
        spoken: spoken(&phrases(room, checked), &value, &langs),
        ways,
        leads: leads(room, &file, name)
            .into_iter()
            .map(|(step, _)| (step.clone(), format!("?step={prefix}{step}#step")))
            .collect(),
        faults: checked.faults.iter().filter(|fault| fault.place.as_deref() == Some(place)).cloned().collect(),
        place: place.to_owned(),
    })
}
