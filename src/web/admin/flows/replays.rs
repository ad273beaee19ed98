//! `/admin/flows/{flow}/replay`: how recent calls would have gone on the draft.

use super::failure;
use super::room::{Head, Room, Tab};
use super::words::{Words, fill};
use crate::play::replay::{Needed, Went, Why};
use crate::studio::replay::{CALLS, Group, Report};
use crate::web::admin::frame::Frame;
use crate::web::desk_pages::frame::send;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "admin_flow_replay.html", config = "src/web/askama.toml")]
struct ReplayPage {
    f: Frame,
    w: &'static Words,
    head: Head,
    /// How many were played again, in words; none: the draft cannot be played on.
    counted: Option<String>,
    /// How they went, and how many.
    outcomes: Vec<(&'static str, u64)>,
    rows: Vec<Row>,
}

/// Calls that go another way alike.
struct Row {
    step: String,
    now: String,
    outcome: &'static str,
    /// The option that is gone, what is missing, where it ends.
    detail: String,
    calls: u64,
    /// Some of them.
    ids: Vec<String>,
}

/// Calls of a group that are linked.
const LINKED: usize = 5;

/// `GET …/replay`
pub(super) async fn page(room: Room) -> Response {
    let flow = room.web.studio.examine(&room.draft).await.map(|examined| examined.flow.clone());
    let flow = match flow {
        Ok(flow) => flow,
        Err(error) => return failure::page(&room.person, room.lang, &room.at("/review"), &error),
    };
    let report = match &flow {
        Some(flow) => room.web.studio.replayed(&room.name, flow, CALLS).await.map(Some),
        None => Ok(None),
    };
    match report {
        Ok(report) => show(room, report),
        Err(error) => failure::page(&room.person, room.lang, &room.at("/review"), &error),
    }
}

fn show(room: Room, report: Option<Report>) -> Response {
    let w = room.w;
    let counts = report.as_ref().map(|report| {
        [
            (w.r.went_same, report.same),
            (w.r.went_elsewhere, report.elsewhere),
            (w.r.went_otherwise, report.otherwise),
            (w.r.went_gone, report.gone),
            (w.r.went_data, report.needs),
            (w.r.went_cannot, report.cannot),
        ]
    });
    let page = ReplayPage {
        f: room.frame("/replay"),
        head: room.head(Tab::Review, None),
        counted: report.as_ref().map(|report| match report.calls {
            0 => w.r.replay_none.to_owned(),
            n => fill(w.r.replay_counted, &[("n", &n.to_string())]),
        }),
        outcomes: counts.into_iter().flatten().filter(|_| report.as_ref().is_some_and(|it| it.calls > 0)).collect(),
        rows: report.iter().flat_map(|report| &report.groups).map(|group| row(w, group)).collect(),
        w,
    };
    send(StatusCode::OK, &page)
}

fn row(w: &Words, group: &Group) -> Row {
    let (outcome, detail) = match &group.how.went {
        Went::Same => (w.r.went_same, String::new()),
        Went::Elsewhere => (w.r.went_elsewhere, String::new()),
        Went::EndsOtherwise { then, now } => (w.r.went_otherwise, format!("{} → {}", then.step, now.step)),
        Went::OptionGone { key, words } => (w.r.went_gone, format!("{key} {words}")),
        Went::NeedsData(needed) => (w.r.went_data, needed_words(w, needed)),
        Went::Cannot(why) => (w.r.went_cannot, why_words(w, *why).to_owned()),
    };
    Row {
        step: group.how.step.clone().unwrap_or_default(),
        now: group.how.now.clone().unwrap_or_default(),
        outcome,
        detail,
        calls: group.calls,
        ids: group.ids.iter().take(LINKED).cloned().collect(),
    }
}

/// Why a call cannot be played again.
fn why_words(w: &Words, why: Why) -> &'static str {
    match why {
        Why::Flow => w.r.why_flow,
        Why::Record => w.r.why_record,
        Why::Server => w.r.why_server,
    }
}

/// What of a call was not asked then.
fn needed_words(w: &Words, needed: &Needed) -> String {
    let (words, of) = match needed {
        Needed::Choice => (w.r.needs_choice, ""),
        Needed::Language => (w.r.needs_language, ""),
        Needed::Typed(name) => (w.r.needs_typed, name.as_str()),
        Needed::Score => (w.r.needs_score, ""),
        Needed::Message => (w.r.needs_message, ""),
        Needed::Account => (w.r.needs_account, ""),
        Needed::Proof => (w.r.needs_proof, ""),
        Needed::Verification => (w.r.needs_verification, ""),
        Needed::Resume => (w.r.needs_resume, ""),
        Needed::Desk(skill) => (w.r.needs_desk, skill.as_str()),
        Needed::Wait(skill) => (w.r.needs_wait, skill.as_str()),
        Needed::Source(source) => (w.r.needs_source, source.as_str()),
        Needed::Request(topic) => (w.r.needs_request, topic.as_str()),
        Needed::Reference => (w.r.needs_reference, ""),
        Needed::Texting => (w.r.needs_texting, ""),
    };
    fill(words, &[("of", of)])
}
