//! The browser phone: calls any line from a page.

use super::language::PageLang;
use super::page::html;
use super::phone_page::{ASSETS, DemoCaller, Line, PhonePage, state_note};
use super::who::PhoneUser;
use super::{Doors, Web, admin, desk_pages};
use crate::call::step::phrase_text;
use crate::words::Role;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

/// The addresses. The phone itself is open to everybody in the demo.
pub fn doors(doors: Doors) -> Doors {
    doors.everybody(Method::GET, "/", front).open(Method::GET, "/phone", Some(Role::Admin), page).everybody(
        Method::GET,
        "/assets/{file}",
        asset,
    )
}

/// `GET /`: the way in.
pub async fn front(State(web): State<Web>) -> Redirect {
    Redirect::temporary(if web.phone_is_open() { "/phone" } else { "/desk" })
}

/// `GET /phone`: the phone.
pub async fn page(_user: PhoneUser, State(web): State<Web>, PageLang(lang): PageLang) -> Response {
    let Some(phone) = &web.phone else {
        return (StatusCode::NOT_FOUND, "there is no phone here\n").into_response();
    };
    let title = |flow: &crate::flow::Flow| {
        let shown = if flow.languages.contains(&lang) { Some(lang) } else { flow.languages.first().copied() };
        shown.and_then(|lang| flow.title.get(lang)).map_or_else(|| flow.name.clone(), phrase_text)
    };
    let lines = web.answerer.lines();
    let lines = &lines.0;
    let live = web.answerer.flows().live();
    let listed = live.iter().map(|flow| Line {
        name: flow.name.clone(),
        title: title(flow),
        dialled: lines
            .iter()
            .find(|line| line.flow == flow.name)
            .map_or_else(|| flow.name.clone(), |line| line.number.clone()),
        languages: flow.languages.clone(),
    });
    let callers = phone.callers.iter().map(|caller| DemoCaller {
        name: caller.name.clone(),
        number: caller.number.clone(),
        account: caller.account.clone(),
        pin: caller.pin.clone(),
        knowledge: caller.knowledge.clone(),
        note: state_note(lang, &caller.state),
    });
    let token = web.answerer.phone_token();
    let page = PhonePage { lang, lines: listed.collect(), demo_callers: callers.collect(), token };
    html(StatusCode::OK, page.html())
}

/// `GET /assets/{file}`: scripts and styles, compiled into the binary.
pub async fn asset(Path(file): Path<String>) -> Response {
    let all = ASSETS.iter().chain(&desk_pages::ASSETS).chain(admin::assets());
    match all.into_iter().find(|asset| asset.path.strip_prefix("/assets/") == Some(&file)) {
        Some(asset) => ([(header::CONTENT_TYPE, asset.content_type)], asset.text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
