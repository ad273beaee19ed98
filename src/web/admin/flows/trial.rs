//! `/admin/flows/{flow}/try`: the draft, called from the page. The picture follows the call, and what
//! was pressed can be kept as a story.

use super::chart::{Picture, Shown};
use super::failure;
use super::form::{Pairs, field};
use super::picture::shown_language;
use super::problems::{Fault, told_at};
use super::room::{Head, Room, Tab};
use super::stories::of_call;
use super::words::Words;
use crate::call::step::Trace;
use crate::flow::Flow;
use crate::flow::told::Told;
use crate::play;
use crate::studio::StudioError;
use crate::web::admin::frame::Frame;
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::did::{Did, did};
use crate::web::page::{problem, see};
use crate::web::phone_page::{DemoCaller, Line, PhonePage, state_note};
use crate::words::{CallId, Lang};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "admin_flow_try.html", config = "src/web/askama.toml")]
struct TryPage {
    f: Frame,
    w: &'static Words,
    head: Head,
    /// The phone, as the phone's page has it; none: the draft cannot be called.
    phone: Option<String>,
    /// What the script beside the phone is told.
    own: String,
    picture: Option<Picture>,
    /// What is in the way, and what is warned of.
    faults: Vec<Fault>,
}

/// What the script beside the phone is told.
#[derive(Serialize)]
struct Data<'a> {
    path: &'a str,
    story: &'a str,
}

/// `GET …/try`
pub(super) async fn page(room: Room) -> Response {
    let checked = room.checked().await;
    let tried = match room.web.studio.try_out(&room.draft).await {
        Ok(digest) => Some(digest),
        Err(StudioError::Refused(_)) => None,
        Err(error) => return failure::page(&room.person, room.lang, &room.at(""), &error),
    };
    let flow = checked.flow.clone().or_else(|| room.live.clone());
    let parts = tried.as_ref().zip(flow.as_deref()).map(|(digest, flow)| {
        let door = format!("/voice/phone?flow={}&version={digest}", room.name);
        phone(&room, flow).parts(&door)
    });
    let (phone, data) = match parts {
        Some(Ok((body, data))) => (Some(body), data),
        Some(Err(error)) => {
            tracing::error!(%error, "the phone could not be shown");
            (None, "{}".to_owned())
        }
        None => (None, "{}".to_owned()),
    };
    // What cannot be called has no call to follow: the page says what is in the way.
    let picture = flow.as_deref().filter(|_| phone.is_some()).map(|flow| {
        let said = shown_language(flow, None, room.lang);
        let (at, chosen, faults) = ("", "", &checked.faults[..]);
        Picture::of(&Shown { flow, w: room.w, lang: room.lang, said, at, chosen, faults, shares: None })
    });
    let (path, story) = (room.at("/try/path"), room.at("/try/story"));
    let own = serde_json::to_string(&Data { path: &path, story: &story }).unwrap_or_default();
    let mut f = room.frame("/try");
    // The phone's own script reads what every phone is told.
    if phone.is_some() {
        (f.script, f.data) = (Some("/assets/admin-try.js"), data);
    }
    let page = TryPage {
        f,
        w: room.w,
        head: room.head(Tab::Try, Some(&checked)),
        phone,
        own: own.replace('<', "\\u003c"),
        picture,
        faults: checked.faults,
    };
    send(StatusCode::OK, &page)
}

/// A phone that can call this hotline and no other.
fn phone(room: &Room, flow: &Flow) -> PhonePage {
    let lines = room.web.answerer.lines();
    let line = lines.0.iter().find(|line| line.flow == room.name);
    let callers = room.web.phone.iter().flat_map(|phone| &phone.callers).map(|caller| DemoCaller {
        name: caller.name.clone(),
        number: caller.number.clone(),
        account: caller.account.clone(),
        pin: caller.pin.clone(),
        knowledge: caller.knowledge.clone(),
        note: state_note(room.lang, &caller.state),
    });
    PhonePage {
        lang: room.lang,
        lines: vec![Line {
            name: room.name.clone(),
            title: room.title().0,
            dialled: line.map_or_else(|| room.name.clone(), |line| line.number.clone()),
            languages: flow.languages.clone(),
        }],
        demo_callers: callers.collect(),
        token: room.web.answerer.phone_token(),
    }
}

/// `?call=…`: our id of it.
#[derive(Deserialize)]
pub(super) struct Asked {
    call: String,
}

/// `GET …/try/path`: the steps a call went through so far.
pub(super) async fn path(room: Room, Wanted(asked): Wanted<Asked>) -> Response {
    let Some(call) = CallId::parse(&asked.call) else { return problem(StatusCode::NOT_FOUND, "there is no such call") };
    let turns = match room.web.answerer.store().turns(&call).await {
        Ok(turns) => turns,
        Err(error) => {
            tracing::error!(%error, "the turns of a call could not be read");
            return problem(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer; try again");
        }
    };
    let traces = turns.iter().flat_map(|turn| serde_json::from_str::<Vec<Trace>>(&turn.trail).unwrap_or_default());
    let mut over = false;
    let mut steps: Vec<String> = Vec::new();
    for trace in traces {
        match trace {
            Trace::Step(place) => steps.push(place),
            Trace::Ended(_) => over = true,
            _ => {}
        }
    }
    Json(json!({ "steps": steps, "over": over })).into_response()
}

#[derive(Template)]
#[template(path = "admin_flow_story.html", config = "src/web/askama.toml")]
struct StoryPage {
    f: Frame,
    w: &'static Words,
    head: Head,
    text: String,
    told: Option<String>,
    /// Where it went another way: what each line begins with, and what it says.
    failure: Vec<(String, Told)>,
}

/// `GET …/try/story`: a call as a story, to be read, changed and kept.
pub(super) async fn story(room: Room, Wanted(asked): Wanted<Asked>) -> Response {
    let flow = version(&room).await;
    let turns = match CallId::parse(&asked.call) {
        Some(call) => room.web.answerer.store().turns(&call).await.unwrap_or_default(),
        None => Vec::new(),
    };
    let told = flow.as_deref().and_then(|flow| of_call(flow, &turns));
    match told {
        Some(text) => show(room, text, None, Vec::new(), StatusCode::OK),
        None => {
            let words = room.w.r.no_call;
            failure::told_page(&room.person, room.lang, &room.at("/try"), StatusCode::NOT_FOUND, words)
        }
    }
}

/// The draft as a flow.
async fn version(room: &Room) -> Option<Arc<Flow>> {
    room.checked().await.flow
}

fn show(room: Room, text: String, told: Option<String>, failure: Vec<(String, Told)>, status: StatusCode) -> Response {
    let page = StoryPage { f: room.frame("/try"), w: room.w, head: room.head(Tab::Try, None), text, told, failure };
    send(status, &page)
}

/// `POST …/try/story`: kept in the draft's stories, once it plays as it is written.
pub(super) async fn keep(mut room: Room, Form(pairs): Form<Pairs>) -> Response {
    let text = field(&pairs, "text").replace("\r\n", "\n");
    let Some(flow) = version(&room).await else {
        let words = room.w.r.try_broken.to_owned();
        return show(room, text, Some(words), Vec::new(), StatusCode::UNPROCESSABLE_ENTITY);
    };
    let (file, before) = room.stories.clone();
    let played = {
        let (file, text, lang, w) = (file.clone(), format!("{text}\n"), room.lang, room.w);
        tokio::task::spawn_blocking(move || played(&flow, &file, &text, (lang, w))).await
    };
    let wrong = match played {
        Ok(wrong) => wrong,
        Err(error) => vec![(String::new(), Told::of(Lang::EnUs, &error.to_string()))],
    };
    if !wrong.is_empty() {
        let words = room.w.r.story_bad.to_owned();
        return show(room, text, Some(words), wrong, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let gap = if before.trim().is_empty() { "" } else { "\n" };
    let all = format!("{before}{gap}{text}\n");
    match room.save(&file, &all).await {
        Ok(()) => {
            let of = format!("{} {file}", room.name);
            did(see(&room.at("/review")), Did { what: "flow.draft", of, before: None, after: Some(text) })
        }
        Err(error) => {
            let told = failure::told(room.w, &error);
            show(room, text, Some(told.words), Vec::new(), told.status)
        }
    }
}

/// Why stories do not play as they are written; nothing: they do.
fn played(flow: &Flow, file: &str, text: &str, (lang, w): (Lang, &Words)) -> Vec<(String, Told)> {
    let (stories, problems) = play::read(file, text, flow);
    if let Some(problem) = problems.first() {
        let (place, what, hint) = told_at(lang, problem);
        return vec![(place, what), (String::new(), hint)];
    }
    if stories.is_empty() {
        return vec![(String::new(), Told::of(lang, "there is no story: begin with `- story: …`"))];
    }
    let Some(failure) = stories.iter().find_map(|story| play::play(flow, story).failure) else { return Vec::new() };
    let place = format!("{}:{}: {}", failure.file, failure.line, failure.story);
    vec![
        (place, Told::of(lang, "")),
        (w.r.expected.to_owned(), Told::of(lang, &failure.expected)),
        (w.r.instead.to_owned(), Told::of(lang, &failure.heard)),
    ]
}
