//! `/admin/flows/{flow}/versions`: every version with who, when, why and where it is; any two compared;
//! one taken back to; trials and what waits, gone on with or ended. And files that came beside.

use super::difference::{Difference, difference};
use super::failure;
use super::form::{Pairs, field};
use super::list::{number, who};
use super::room::{Head, Room, Tab};
use super::words::{Words, fill};
use crate::studio::{OnDisk, Protected, StudioError, Version, VersionState};
use crate::web::admin::frame::Frame;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::{Clock, Moment};
use crate::web::did::{Did, did};
use crate::web::page::see;
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
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
    /// What can be compared: value and words.
    choices: Vec<(String, String)>,
    disk: bool,
    told: Option<String>,
    /// The note that was typed.
    note: String,
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
    back_words: String,
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

/// `GET …/versions`
pub(super) async fn page(room: Room) -> Response {
    show(room, None, String::new(), StatusCode::OK).await
}

async fn show(room: Room, told: Option<String>, note: String, status: StatusCode) -> Response {
    let versions = match room.web.studio.versions(&room.name).await {
        Ok(versions) => versions,
        Err(error) => return failure::page(&room.person, room.lang, "/admin", &error),
    };
    let clock = room.clock();
    let mut choices: Vec<(String, String)> =
        versions.iter().map(|version| (version.id.clone(), number(room.w, version))).collect();
    choices.insert(0, ("draft".to_owned(), room.w.r.compare_draft.to_owned()));
    let page = VersionsPage {
        f: room.frame("/versions"),
        w: room.w,
        head: room.head(Tab::Versions, None),
        rows: versions.iter().map(|version| row(&room, &clock, version, &versions)).collect(),
        disk: versions.iter().any(|version| version.state == VersionState::Beside),
        choices,
        told,
        note,
    };
    send(status, &page)
}

fn row(room: &Room, clock: &Clock, version: &Version, all: &[Version]) -> Row {
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
    more.extend(version.approved_by.as_ref().map(|who| fill(w.r.approved, &[("who", who)])));
    more.extend(version.ended_by.as_ref().map(|who| fill(w.r.ended, &[("who", who)])));
    more.extend(version.why.clone());
    more.extend(version.judged.map(|judged| {
        let numbers =
            [judged.trial_wrong, judged.trial_ended, judged.live_wrong, judged.live_ended].map(|n| n.to_string());
        let [wrong, of_trial, old, others] = &numbers;
        fill(w.r.counted, &[("wrong", wrong), ("all", of_trial), ("old", old), ("others", others)])
    }));
    let class = match version.state {
        VersionState::Live => "live",
        VersionState::Trial | VersionState::Waiting | VersionState::Scheduled => "waits",
        VersionState::Stopped | VersionState::Failed => "stopped",
        _ => "",
    };
    let before = all.iter().find(|other| other.number == version.number - 1);
    Row {
        number: version.number,
        who: who(w, version),
        at: Timestamp::from_millisecond(version.at).ok().map(|at| clock.ago(at)),
        note: version.note.clone(),
        state: state_words(w, clock, version),
        class,
        more,
        approve: version.state == VersionState::Waiting && !own,
        own: version.state == VersionState::Waiting && own,
        withdraw: matches!(version.state, VersionState::Waiting | VersionState::Scheduled),
        trial: version.state == VersionState::Trial,
        back: version.state == VersionState::Past,
        back_words: fill(w.r.roll_back_sure, &[("n", &version.number.to_string())]),
        compare: before
            .map(|before| room.at(&format!("/compare?a={}&b={}", before.id, version.id)))
            .unwrap_or_default(),
        id: version.id.clone(),
    }
}

/// The id in the address.
pub(super) type Holes = Path<HashMap<String, String>>;

/// `POST …/versions/{id}/{act}`: approve, withdraw, promote, stop.
pub(super) async fn act(room: Room, Path(holes): Holes) -> Response {
    let hole = |name: &str| holes.get(name).cloned().unwrap_or_default();
    let (id, act, who) = (hole("id"), hole("act"), room.person.name.clone());
    let studio = &room.web.studio;
    let (what, done) = match act.as_str() {
        "approve" => ("flow.approve", studio.approve(&id, &who).await),
        "withdraw" => ("flow.withdraw", studio.withdraw(&id, &who).await),
        "promote" => ("flow.promote", studio.promote(&id, &who).await),
        "stop" => ("flow.stop", studio.stop(&id, &who).await),
        _ => return failure::missing(&room.person, room.lang),
    };
    answer(room, what, done, String::new()).await
}

/// `POST …/back/{id}`: an earlier version is live again.
pub(super) async fn back(room: Room, Path(holes): Holes, Form(pairs): Form<Pairs>) -> Response {
    let id = holes.get("id").cloned().unwrap_or_default();
    let note = field(&pairs, "note").to_owned();
    let done = room.web.studio.roll_back(&room.name, &id, &note, &room.person.name).await;
    answer(room, "flow.roll-back", done, note).await
}

async fn answer(room: Room, what: &'static str, done: Result<Version, StudioError>, note: String) -> Response {
    match done {
        Ok(version) => {
            let after = format!("{} {} {}", version.number, version.state.word(), version.note);
            let of = room.name.clone();
            did(see(&room.at("/versions")), Did { what, of, before: None, after: Some(after) })
        }
        Err(error) => {
            let told = failure::told(room.w, &error);
            show(room, Some(told.words), note, told.status).await
        }
    }
}

#[derive(Template)]
#[template(path = "admin_flow_compare.html", config = "src/web/askama.toml")]
struct ComparePage {
    f: Frame,
    w: &'static Words,
    head: Head,
    a: String,
    b: String,
    choices: Vec<(String, String)>,
    asked: (String, String),
    difference: Difference,
}

/// `?a=…&b=…`: ids of releases, or `draft`.
#[derive(Deserialize)]
pub(super) struct Two {
    a: String,
    b: String,
}

/// `GET …/compare`
pub(super) async fn compare(room: Room, Query(two): Query<Two>) -> Response {
    let compared = async {
        let versions = room.web.studio.versions(&room.name).await?;
        let (a, a_files) = side(&room, &versions, &two.a).await?;
        let (b, b_files) = side(&room, &versions, &two.b).await?;
        Ok::<_, StudioError>((versions, a, a_files, b, b_files))
    };
    let (versions, a, a_files, b, b_files) = match compared.await {
        Ok(compared) => compared,
        Err(error) => return failure::page(&room.person, room.lang, &room.at("/versions"), &error),
    };
    let mut choices: Vec<(String, String)> =
        versions.iter().map(|version| (version.id.clone(), number(room.w, version))).collect();
    choices.insert(0, ("draft".to_owned(), room.w.r.compare_draft.to_owned()));
    let page = ComparePage {
        f: room.frame("/versions"),
        w: room.w,
        head: room.head(Tab::Versions, None),
        difference: difference(a_files, b_files, room.lang).await,
        asked: (two.a, two.b),
        choices,
        a,
        b,
    };
    send(StatusCode::OK, &page)
}

/// One side of a comparison: what it is called, and its files.
type Side = (String, Vec<(String, String)>);

async fn side(room: &Room, versions: &[Version], asked: &str) -> Result<Side, StudioError> {
    if asked == "draft" {
        return Ok((room.w.r.compare_draft.to_owned(), room.files.clone()));
    }
    let version = versions.iter().find(|version| version.id == asked);
    let version = version.ok_or_else(|| StudioError::UnknownVersion(asked.to_owned()))?;
    Ok((number(room.w, version), room.web.studio.version_files(&version.digest).await?))
}

#[derive(Template)]
#[template(path = "admin_flow_disk.html", config = "src/web/askama.toml")]
struct DiskPage {
    f: Frame,
    w: &'static Words,
    head: Head,
    /// The release the files are; none: they agree.
    id: Option<String>,
    seen: String,
    difference: Option<Difference>,
    told: Option<String>,
}

/// `GET …/disk`: files that changed on disk after something was published here.
pub(super) async fn disk(room: Room) -> Response {
    show_disk(room, None, StatusCode::OK).await
}

async fn show_disk(room: Room, told: Option<String>, status: StatusCode) -> Response {
    let on_disk: Option<OnDisk> = match room.web.studio.on_disk(&room.name).await {
        Ok(on_disk) => on_disk,
        Err(error) => return failure::page(&room.person, room.lang, "/admin", &error),
    };
    let live = room.live.as_ref().map(|flow| flow.files.clone()).unwrap_or_default();
    let (id, difference) = match on_disk {
        Some(disk) => (Some(disk.id), Some(difference(live, disk.files, room.lang).await)),
        None => (None, None),
    };
    let page = DiskPage {
        f: room.frame("/disk"),
        w: room.w,
        head: room.head(Tab::Versions, None),
        seen: room.live.as_ref().map(|flow| flow.digest.to_string()).unwrap_or_default(),
        id,
        difference,
        told,
    };
    send(status, &page)
}

/// `POST …/disk`: the files are put into service, or left.
pub(super) async fn settle_disk(room: Room, Form(pairs): Form<Pairs>) -> Response {
    let (id, seen, who) = (field(&pairs, "id"), field(&pairs, "seen"), room.person.name.clone());
    let (what, done) = match field(&pairs, "do") {
        "take" => ("flow.take-files", room.web.studio.take_files(id, seen, &who).await),
        _ => ("flow.leave-files", room.web.studio.withdraw(id, &who).await),
    };
    match done {
        Ok(version) => {
            let (of, after) = (room.name.clone(), Some(version.number.to_string()));
            did(see(&room.at("/versions")), Did { what, of, before: None, after })
        }
        Err(error) => {
            let told = failure::told(room.w, &error);
            show_disk(room, Some(told.words), told.status).await
        }
    }
}
