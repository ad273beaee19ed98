//! `/admin/flows/{flow}/versions`: every version with who, when, why and where it is; one taken back to, or into
//! the draft again; trials and what waits, gone on with or ended. Taking back is beside this file.

use super::around::Around;
use super::back::Way;
use super::compare::{Choices, before};
use super::failure;
use super::form::{Pairs, field};
use super::list::{named, who};
use super::room::{Head, Room, Tab};
use super::words::{Words, fill};
use crate::studio::{ENOUGH, Judged, Protected, StudioError, Version, VersionState};
use crate::web::admin::frame::Frame;
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::{Clock, Moment};
use crate::web::did::{Did, did};
use crate::web::page::see;
use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Template)]
#[template(path = "admin_flow_versions.html", config = "src/web/askama.toml")]
struct VersionsPage {
    f: Frame,
    w: &'static Words,
    head: Head,
    rows: Vec<Row>,
    choices: Choices,
    disk: bool,
    told: Option<String>,
    /// What never goes out because of what just did.
    overtaken: Vec<String>,
    /// The note that was typed.
    note: String,
    /// What whoever takes a version back is shown to be live, by its digest, and on trial, by its release.
    live: String,
    trial: String,
}

/// What is shown beside the versions.
#[derive(Default)]
struct Beside {
    told: Option<String>,
    note: String,
    overtaken: Vec<String>,
}

/// A version.
struct Row {
    id: String,
    number: i64,
    who: String,
    at: Option<Moment>,
    note: String,
    state: String,
    /// Colour and sign of its state.
    class: &'static str,
    /// More about it.
    more: Vec<String>,
    /// What can be done with it.
    approve: bool,
    own: bool,
    withdraw: bool,
    trial: bool,
    back: bool,
    back_words: Vec<String>,
    /// Releases of other hotlines that can go back with it, with their titles and languages.
    back_with: Vec<(String, String, &'static str)>,
    again: bool,
    compare: String,
}

/// Where a version is, in words.
pub(super) fn state_words(w: &Words, clock: &Clock, version: &Version) -> String {
    let moment = |ms: Option<i64>| {
        ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()).map(|at| clock.stamp(at).words).unwrap_or_default()
    };
    match version.state {
        VersionState::Live => w.r.live.to_owned(),
        VersionState::Trial => trial_words(w, version),
        VersionState::Waiting => w.r.st_waiting.to_owned(),
        VersionState::Scheduled => fill(w.r.st_scheduled, &[("t", &moment(version.due))]),
        VersionState::Past => w.r.st_out.to_owned(),
        VersionState::Stopped => w.r.st_stopped.to_owned(),
        VersionState::Withdrawn => w.r.st_withdrawn.to_owned(),
        VersionState::Failed => w.r.st_failed.to_owned(),
        VersionState::Beside => w.r.st_beside.to_owned(),
    }
}

/// A trial, in words.
pub(super) fn trial_words(w: &Words, version: &Version) -> String {
    let (percent, margin) = version.share.map_or((0, 0), |share| (share.percent, share.margin));
    fill(w.r.st_trial, &[("n", &percent.to_string()), ("m", &margin.to_string())])
}

/// Why a version never went out.
fn failed_words(w: &Words, version: &Version, all: &[Version]) -> String {
    let Some(by) = &version.overtaken_by else { return w.r.st_failed_trial.to_owned() };
    let new = all.iter().find(|other| other.part_of.as_ref().unwrap_or(&other.id) == by);
    match (new, before(version, all)) {
        (Some(new), Some(over)) if new.digest != over.digest => {
            fill(w.r.st_failed, &[("old", &over.number.to_string()), ("new", &new.number.to_string())])
        }
        _ => w.r.st_failed_with.to_owned(),
    }
}

/// What is said of a version that does not go out any more, or would not.
pub(super) fn overtaken_words(room: &Room, version: &Version, all: &[Version]) -> String {
    let (w, n) = (room.w, version.number.to_string());
    let old = before(version, all).map_or_else(|| "–".to_owned(), |old| old.number.to_string());
    let due = version.due.and_then(|due| Timestamp::from_millisecond(due).ok()).map(|at| room.clock().stamp(at).words);
    let words = match due {
        Some(t) => fill(w.r.overtaken_due, &[("n", &n), ("t", &t), ("old", &old)]),
        None => fill(w.r.overtaken_waits, &[("n", &n), ("old", &old)]),
    };
    if version.flow == room.name { words } else { format!("{}: {words}", version.flow) }
}

/// `?out=…`: the release that just went out.
#[derive(Deserialize)]
pub(super) struct Asked {
    out: Option<String>,
}

/// `GET …/versions`
pub(super) async fn page(room: Room, Wanted(asked): Wanted<Asked>) -> Response {
    let mut overtaken = Vec::new();
    for version in overtaken_by(&room, asked.out.as_deref()).await {
        let all = room.web.studio.versions(&version.flow).await.unwrap_or_default();
        overtaken.push(overtaken_words(&room, &version, &all));
    }
    show(room, Beside { overtaken, ..Beside::default() }, StatusCode::OK).await
}

/// What waited when a release went out. A page that cannot tell it has it in its list all the same.
async fn overtaken_by(room: &Room, id: Option<&str>) -> Vec<Version> {
    let Some(id) = id else { return Vec::new() };
    room.web.studio.overtaken(id).await.unwrap_or_else(|error| {
        tracing::debug!(%error, "what a release kept from going out cannot be read");
        Vec::new()
    })
}

async fn show(room: Room, beside: Beside, status: StatusCode) -> Response {
    let versions = match room.web.studio.versions(&room.name).await {
        Ok(versions) => versions,
        Err(error) => return failure::page(&room.person, room.lang, "/admin", &error),
    };
    let around = match Around::of(&room, &versions).await {
        Ok(around) => around,
        Err(error) => return failure::page(&room.person, room.lang, "/admin", &error),
    };
    let clock = room.clock();
    let there = |state: VersionState| versions.iter().find(|version| version.state == state);
    let live = there(VersionState::Live).map(|version| version.digest.clone());
    let page = VersionsPage {
        f: room.frame("/versions"),
        w: room.w,
        head: room.head(Tab::Versions, None),
        rows: versions.iter().map(|version| row(&room, &clock, version, (&versions, &around))).collect(),
        disk: there(VersionState::Beside).is_some(),
        choices: Choices::likely(&room, &versions),
        told: beside.told,
        overtaken: beside.overtaken,
        note: beside.note,
        live: live.or_else(|| room.live.as_ref().map(|flow| flow.digest.to_string())).unwrap_or_default(),
        trial: there(VersionState::Trial).map(|version| version.id.clone()).unwrap_or_default(),
    };
    send(status, &page)
}

fn row(room: &Room, clock: &Clock, version: &Version, (all, around): (&[Version], &Around)) -> Row {
    let (w, own) = (room.w, version.who == room.person.name);
    let mut more = Vec::new();
    more.extend(version.protected.iter().map(|part| {
        let words = match part {
            Protected::Verification => w.r.p_verification,
            Protected::Transfers => w.r.p_transfers,
            Protected::Numbers => w.r.p_numbers,
        };
        words.to_owned()
    }));
    // Whoever gives what needed no second admin to everybody approves nothing.
    let gave = version.share.is_some() && version.protected.is_empty();
    let approved = if gave { w.r.given_to_all } else { w.r.approved };
    more.extend(version.approved_by.as_ref().map(|who| fill(approved, &[("who", who)])));
    let with = version.part_of.as_ref().and_then(|part_of| around.with.get(part_of));
    more.extend(with.map(|(flow, n)| fill(w.r.came_with, &[("flow", flow), ("n", &n.to_string())])));
    more.extend(version.ended_by.as_ref().map(|by| fill(w.r.ended, &[("who", named(w, by))])));
    more.extend(version.why.clone());
    let is_trial = version.state == VersionState::Trial;
    more.extend(version.judged.or(around.judged.filter(|_| is_trial)).map(|judged| counted_words(w, judged)));
    more.extend(is_trial.then(|| fill(w.r.judged_from, &[("n", &ENOUGH.to_string())])));
    let class = match version.state {
        VersionState::Live => "live",
        VersionState::Trial | VersionState::Waiting | VersionState::Scheduled => "waits",
        VersionState::Stopped | VersionState::Failed => "stopped",
        _ => "",
    };
    let state = match version.state {
        VersionState::Failed => failed_words(w, version, all),
        _ => state_words(w, clock, version),
    };
    let live = all.iter().find(|other| other.state == VersionState::Live);
    let is_live = live.is_some_and(|live| live.digest == version.digest);
    let back = Way::to(room, version, all, around);
    Row {
        number: version.number,
        who: who(w, version),
        at: Timestamp::from_millisecond(version.at).ok().map(|at| clock.ago(at)),
        note: version.note.clone(),
        state,
        class,
        more,
        approve: version.state == VersionState::Waiting && !own,
        own: version.state == VersionState::Waiting && own,
        withdraw: matches!(version.state, VersionState::Waiting | VersionState::Scheduled),
        trial: is_trial,
        back: version.state == VersionState::Past && !is_live,
        back_words: back.words,
        back_with: back.with,
        again: matches!(version.state, VersionState::Stopped | VersionState::Failed | VersionState::Withdrawn),
        compare: before(version, all)
            .map(|before| room.at(&format!("/compare?a={}&b={}", before.id, version.id)))
            .unwrap_or_default(),
        id: version.id.clone(),
    }
}

/// How the calls of a trial ended beside the others.
fn counted_words(w: &Words, judged: Judged) -> String {
    let Judged { trial_ended, trial_wrong, live_ended, live_wrong } = judged;
    let [wrong, all, old, others] = [trial_wrong, trial_ended, live_wrong, live_ended].map(|n| n.to_string());
    fill(w.r.counted, &[("wrong", &wrong), ("all", &all), ("old", &old), ("others", &others)])
}

/// The id in the address.
pub(super) type Holes = Path<HashMap<String, String>>;

/// A version as the log has it.
fn logged(version: &Version) -> String {
    format!("version {} {}", version.number, version.state.word())
}

/// What was in service before something was done, and where the version was that it is done to.
pub(super) async fn as_it_was(room: &Room, id: &str) -> String {
    let versions = room.web.studio.versions(&room.name).await.unwrap_or_default();
    let told = versions.iter().filter(|version| version.state == VersionState::Live || version.id == id).rev();
    told.map(logged).collect::<Vec<_>>().join(", ")
}

/// The way back to the list from something that was done, which says what never goes out because of it.
pub(super) async fn went(room: &Room, what: &'static str, before: String, version: &Version) -> Response {
    went_as(room, what, before, logged(version), version).await
}

pub(super) async fn went_as(
    room: &Room,
    what: &'static str,
    before: String,
    after: String,
    version: &Version,
) -> Response {
    let out = Some(&*version.id).filter(|_| version.state == VersionState::Live);
    let overtaken = overtaken_by(room, out).await;
    let mut after = std::iter::once(after)
        .chain(overtaken.iter().map(|late| match late.flow == room.name {
            true => logged(late),
            false => format!("{} {}", late.flow, logged(late)),
        }))
        .collect::<Vec<_>>()
        .join(", ");
    if !version.note.is_empty() {
        after = format!("{after}: {}", version.note);
    }
    let to = if overtaken.is_empty() { String::new() } else { format!("?out={}", version.id) };
    let of = room.name.clone();
    let told =
        did(see(&room.at(&format!("/versions{to}"))), Did { what, of, before: Some(before), after: Some(after) });
    // It was done to each hotline that changes with it: whoever looks for one of them finds it.
    let others = room.web.studio.came_with(&version.id).await.unwrap_or_else(|error| {
        tracing::warn!(%error, release = version.id, "what came with a release cannot be read, and is not in the log");
        Vec::new()
    });
    others.into_iter().fold(told, |told, other| {
        let after = Some(format!("{}, with {} version {}", logged(&other), room.name, version.number));
        did(told, Did { what, of: other.flow, before: None, after })
    })
}

/// `POST …/versions/{id}/{act}`: approve, withdraw, promote, stop.
pub(super) async fn act(room: Room, Path(holes): Holes) -> Response {
    let hole = |name: &str| holes.get(name).cloned().unwrap_or_default();
    let (id, act, who) = (hole("id"), hole("act"), room.person.name.clone());
    let was = as_it_was(&room, &id).await;
    let studio = &room.web.studio;
    match studio.release(&id).await {
        Ok(version) if version.flow == room.name => {}
        Ok(_) => return refused(room, &StudioError::UnknownVersion(id), String::new()).await,
        Err(error) => return refused(room, &error, String::new()).await,
    }
    let (what, done) = match act.as_str() {
        "approve" => ("flow.approve", studio.approve(&id, &who).await),
        "withdraw" => ("flow.withdraw", studio.withdraw(&id, &who).await),
        "promote" => ("flow.promote", studio.promote(&id, &who).await),
        "stop" => ("flow.stop", studio.stop(&id, &who).await),
        _ => return failure::missing(&room.person, room.lang),
    };
    match done {
        Ok(version) => went(&room, what, was, &version).await,
        Err(error) => refused(room, &error, String::new()).await,
    }
}

/// `POST …/again/{id}`: what a version changed that never came to all callers is the draft.
pub(super) async fn again(room: Room, Path(holes): Holes, Form(pairs): Form<Pairs>) -> Response {
    let id = holes.get("id").cloned().unwrap_or_default();
    let rev = field(&pairs, "rev").parse().unwrap_or(-1);
    match room.web.studio.take_again(&room.name, &id, rev, &room.person.name).await {
        Ok(draft) => {
            let number = room.web.studio.release(&id).await.map_or(0, |version| version.number);
            let files: Vec<&str> = draft.changed.keys().map(String::as_str).collect();
            let after = Some(format!("version {number}: {}", files.join(", ")));
            let of = room.name.clone();
            did(see(&room.at("/review")), Did { what: "flow.draft", of, before: None, after })
        }
        Err(error) => refused(room, &error, String::new()).await,
    }
}

/// The versions as they are now, with why nothing was done.
pub(super) async fn refused(mut room: Room, error: &StudioError, note: String) -> Response {
    let told = failure::told(room.w, error);
    if let Err(again) = room.again().await {
        return failure::page(&room.person, room.lang, &room.at(""), &again);
    }
    show(room, Beside { told: Some(told.words), note, ..Beside::default() }, told.status).await
}
