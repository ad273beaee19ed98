//! `/admin/flows/{flow}/review`: everything one wants to know before callers hear a draft, and the form
//! that publishes it. What cannot be published says why; nothing that was typed is lost on a refusal.

use super::difference::{Difference, File, difference, file};
use super::failure;
use super::follow::{Failed, Follows, failed, follows};
use super::form::{Pairs, field};
use super::problems::{Fault, faults};
use super::room::{Checked, Head, Room, Tab};
use super::versions::{as_it_was, overtaken_words, went};
use super::words::{Words, fill};
use crate::flow::source::Problem;
use crate::studio::{Examined, Protected, Publish, StudioError, VersionState, When};
use crate::web::admin::frame::Frame;
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::did::{Did, did};
use crate::web::page::see;
use askama::Template;
use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "admin_flow_review.html", config = "src/web/askama.toml")]
struct ReviewPage {
    f: Frame,
    w: &'static Words,
    head: Head,
    empty: bool,
    faults: Vec<Fault>,
    /// How the stories went, in a sentence; none: none was played.
    stories: Option<String>,
    /// There are stories, though none could be played.
    later: bool,
    /// Stories that go another way.
    failed: Vec<Failed>,
    /// What of them follows from the change.
    follows: Option<Follows>,
    /// Other hotlines that change with it: name, and title with the tag of its language.
    touches: Vec<(String, (String, &'static str))>,
    /// What published stories and their file on disk, which changed since and counts, say otherwise.
    beside: Option<File>,
    /// What is live, by its digest: the draft is brought over that.
    live: String,
    difference: Difference,
    /// Why it cannot be published; none: it can.
    blocked: Option<String>,
    /// It can be called, so that calls can be replayed on it.
    plays: bool,
    /// What of it a second admin has to approve, in a sentence; none: nothing.
    approval: Option<String>,
    /// Another version is live than the one the draft was begun on: what it changed, and the files that both changed.
    stale: Option<(Difference, String)>,
    /// What waits and would never go out, if this does first.
    late: Vec<String>,
    trial: Option<String>,
    typed: Typed,
    /// The zone times are typed in: its name, and a sentence with it.
    zone_name: String,
    zone: String,
    told: Option<String>,
    /// What was done.
    said: Option<&'static str>,
}

/// The form that publishes, as it was typed.
pub(super) struct Typed {
    note: String,
    when: String,
    at: String,
    percent: String,
    margin: String,
    zone: String,
}

impl Default for Typed {
    fn default() -> Typed {
        let [note, at, zone] = [String::new(), String::new(), String::new()];
        Typed { note, when: "now".to_owned(), at, percent: "10".to_owned(), margin: "5".to_owned(), zone }
    }
}

/// `?said=…`: what was just done.
#[derive(Deserialize)]
pub(super) struct Asked {
    said: Option<String>,
}

/// What the page shows besides what it always does.
#[derive(Default)]
struct Beside {
    typed: Typed,
    told: Option<String>,
    said: Option<&'static str>,
}

/// `GET …/review`
pub(super) async fn page(room: Room, Wanted(asked): Wanted<Asked>) -> Response {
    let said = asked.said.filter(|said| said == "adapted").map(|_| room.w.r.follow_done);
    show(room, Beside { said, ..Beside::default() }, StatusCode::OK).await
}

async fn show(room: Room, Beside { typed, told, said }: Beside, status: StatusCode) -> Response {
    let examined: Arc<Examined> = match room.web.studio.examine(&room.draft).await {
        Ok(examined) => examined,
        Err(error) => return failure::page(&room.person, room.lang, &room.at(""), &error),
    };
    let problems: Vec<Problem> = examined.problems.clone();
    let checked = Checked { faults: faults(&room.all_files(), &problems, room.lang), flow: examined.flow.clone() };
    let base = room.base_files().await.unwrap_or_default();
    let good = examined.stories.iter().filter(|story| story.failure.is_none()).count();
    let counted = [("good", &*good.to_string()), ("all", &*examined.stories.len().to_string())];
    let w = room.w;
    let zone = zone(&room, &typed);
    let zone_name = zone.iana_name().unwrap_or("UTC").to_owned();
    let blocked = match () {
        () if examined.problems.iter().any(Problem::blocks) || examined.flow.is_none() => {
            Some(w.r.cannot_publish.to_owned())
        }
        () if !examined.unused.is_empty() => Some(fill(w.r.unused, &[("name", &examined.unused.join(w.r.between))])),
        () if examined.blocks() => Some(w.r.stories_fail.to_owned()),
        () => None,
    };
    let page = ReviewPage {
        f: room.frame("/review").with_script("/assets/admin-review.js", &w.r.replay_wait),
        head: room.head(Tab::Review, Some(&checked)),
        empty: room.draft.is_empty(),
        stale: stale(&room).await,
        late: late(&room).await,
        trial: on_trial(&room).await,
        later: examined.stories.is_empty() && !room.stories.1.trim().is_empty(),
        stories: (!examined.stories.is_empty()).then(|| fill(w.r.stories_played, &counted)),
        failed: failed(&room, &examined),
        follows: follows(&room, &examined).await,
        beside: beside(&room).await,
        touches: examined.touches.iter().map(|name| (name.clone(), room.title_of(name))).collect(),
        live: room.live.as_ref().map(|flow| flow.digest.to_string()).unwrap_or_default(),
        difference: difference(base, room.all_files(), room.lang).await,
        blocked,
        plays: examined.flow.is_some(),
        approval: approval(&room, &examined).await,
        zone: fill(w.r.time_in, &[("zone", &zone_name)]),
        zone_name: if room.person.zone.is_none() && typed.zone.is_empty() { String::new() } else { zone_name },
        faults: checked.faults,
        typed,
        told,
        said,
        w,
    };
    send(status, &page)
}

/// Stories that were published and that a file which changed on disk took the place of.
async fn beside(room: &Room) -> Option<File> {
    let beside = room.web.studio.stories_beside(&room.name).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "whether published stories count cannot be told");
        None
    });
    beside.and_then(|(published, counting)| file(&room.stories.0, &published, &counting))
}

/// What waits over what is live: it goes out before the draft, or never.
async fn late(room: &Room) -> Vec<String> {
    let waits = [VersionState::Scheduled, VersionState::Waiting];
    let versions = room.web.studio.versions(&room.name).await.unwrap_or_default();
    let late = versions.iter().filter(|version| waits.contains(&version.state));
    late.map(|version| overtaken_words(room, version, &versions)).collect()
}

/// A version on trial is ended first, one way or the other.
async fn on_trial(room: &Room) -> Option<String> {
    let versions = room.web.studio.versions(&room.name).await.unwrap_or_default();
    let is_on_trial = versions.iter().any(|version| version.state == VersionState::Trial);
    is_on_trial.then(|| fill(room.w.r.on_trial, &[("name", &room.name)]))
}

/// What was published since a draft was begun, and the files of which both changed the same lines; none: nothing was.
async fn stale(room: &Room) -> Option<(Difference, String)> {
    let studio = &room.web.studio;
    let is_stale = studio.is_stale(&room.draft).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "whether a draft is over what is live cannot be told");
        true
    });
    let mut live = room.live.as_ref().filter(|_| is_stale)?.files.clone();
    let mut base = studio.version_files(&room.draft.base).await.unwrap_or_default();
    for (file, over) in &room.draft.over_stories {
        let flow = file.trim_end_matches(".stories.yaml");
        base.push((file.clone(), over.clone().unwrap_or_default()));
        live.push((file.clone(), studio.stories(flow).await.ok().flatten().unwrap_or_default()));
    }
    let both = studio.clashes(&room.draft).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what a draft and what is live have both changed cannot be told");
        room.draft.changed.keys().cloned().collect()
    });
    let both = if both.is_empty() { String::new() } else { fill(room.w.r.stale_both, &[("files", &both.join(", "))]) };
    Some((difference(base, live, room.lang).await, both))
}

/// What of a draft that could be published a second admin has to approve.
async fn approval(room: &Room, examined: &Examined) -> Option<String> {
    let studio = &room.web.studio;
    if !studio.asks_for_approval() || room.draft.is_empty() || examined.flow.is_none() {
        return None;
    }
    let parts = studio.protected(&room.draft, examined).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what of a draft is protected cannot be told");
        Protected::ALL.into()
    });
    let r = room.w.r;
    let parts: Vec<&str> = parts.into_iter().map(|part| r.part(part)).collect();
    (!parts.is_empty()).then(|| fill(r.approval_parts, &[("parts", &parts.join(r.parts_between))]))
}

/// `POST …/publish`
pub(super) async fn publish(room: Room, Form(pairs): Form<Pairs>) -> Response {
    let own = |name: &str| field(&pairs, name).to_owned();
    let typed = Typed {
        note: own("note"),
        when: own("when"),
        at: own("at"),
        percent: own("percent"),
        margin: own("margin"),
        zone: own("zone"),
    };
    let publish = match wanted(&room, &typed) {
        Ok(publish) => publish,
        Err(why) => {
            let beside = Beside { typed, told: Some(why.to_owned()), said: None };
            return show(room, beside, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let rev = field(&pairs, "rev").parse().unwrap_or(-1);
    let was = as_it_was(&room, "").await;
    match room.web.studio.publish(&room.name, rev, publish, &room.person.name).await {
        Ok(version) => went(&room, "flow.publish", was, &version).await,
        Err(error) => {
            let told = failure::told(room.w, &error);
            let mut room = room;
            if let Err(again) = room.again().await {
                return failure::page(&room.person, room.lang, &room.at(""), &again);
            }
            show(room, Beside { typed, told: Some(told.words), said: None }, told.status).await
        }
    }
}

/// The zone times are typed in: the reader's own, else the browser's, else UTC.
fn zone(room: &Room, typed: &Typed) -> TimeZone {
    let own = room.clock().zone.or_else(|| TimeZone::get(&typed.zone).ok());
    own.unwrap_or(TimeZone::UTC)
}

/// What is to be published how; or why not.
fn wanted(room: &Room, typed: &Typed) -> Result<Publish, &'static str> {
    let w = room.w;
    if typed.note.trim().is_empty() {
        return Err(w.r.note_missing);
    }
    let when = match typed.when.as_str() {
        "at" => {
            let at = typed.at.parse::<DateTime>().ok().and_then(|at| at.to_zoned(zone(room, typed)).ok());
            When::At(at.ok_or(w.r.bad_time)?.timestamp().as_millisecond())
        }
        "share" => match (typed.percent.parse(), typed.margin.parse()) {
            (Ok(percent @ 1..=99), Ok(margin @ 1..=100)) => When::Share { percent, margin },
            _ => return Err(w.r.bad_share),
        },
        _ => When::Now,
    };
    Ok(Publish { note: typed.note.clone(), when })
}

/// `POST …/rebase`: the draft is brought over what was published meanwhile.
pub(super) async fn rebase(room: Room, Form(pairs): Form<Pairs>) -> Response {
    let rev = field(&pairs, "rev").parse().unwrap_or(-1);
    let other = |live: &&str| !live.is_empty() && room.live.as_ref().is_some_and(|flow| *flow.digest != **live);
    if Some(field(&pairs, "live")).filter(other).is_some() {
        let told = Some(room.w.r.seen_other.to_owned());
        return show(room, Beside { told, ..Beside::default() }, StatusCode::CONFLICT).await;
    }
    match room.web.studio.rebase(&room.name, rev, &room.person.name).await {
        Ok(draft) => {
            let short = |digest: &str| digest.chars().take(12).collect::<String>();
            let (of, before) = (room.name.clone(), Some(format!("over {}", short(&room.draft.base))));
            let after = Some(format!("over {}", short(&draft.base)));
            did(see(&room.at("/review")), Did { what: "flow.draft", of, before, after })
        }
        Err(error) => not_done(room, error).await,
    }
}

/// Why nothing was done to the draft: the page as it is now, where somebody else changed it meanwhile.
pub(super) async fn not_done(mut room: Room, error: StudioError) -> Response {
    if !matches!(error, StudioError::Changed { .. }) {
        return failure::page(&room.person, room.lang, &room.at("/review"), &error);
    }
    let told = failure::told(room.w, &error);
    if let Err(again) = room.again().await {
        return failure::page(&room.person, room.lang, &room.at(""), &again);
    }
    show(room, Beside { told: Some(told.words), ..Beside::default() }, told.status).await
}
