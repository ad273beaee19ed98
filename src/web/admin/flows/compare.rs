//! `/admin/flows/{flow}/compare`: any two versions of a hotline, or one and the draft.

use super::difference::{Difference, difference};
use super::failure;
use super::list::number;
use super::room::{Head, Room, Tab};
use super::words::Words;
use crate::studio::{StudioError, Version, VersionState};
use crate::web::admin::frame::Frame;
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

/// What can be compared, and what is offered first.
pub(super) struct Choices {
    /// Value and words.
    pub(super) all: Vec<(String, String)>,
    pub(super) from: String,
    pub(super) to: String,
}

impl Choices {
    /// These versions, and the draft.
    fn of(room: &Room, versions: &[Version], from: &str, to: &str) -> Choices {
        let version = |version: &Version| (version.id.clone(), number(room.w, version));
        let draft = ("draft".to_owned(), room.w.r.compare_draft.to_owned());
        let all = std::iter::once(draft).chain(versions.iter().map(version)).collect();
        Choices { all, from: from.to_owned(), to: to.to_owned() }
    }

    /// What one most likely wants to know: what the draft changes; without one, what was changed last.
    pub(super) fn likely(room: &Room, versions: &[Version]) -> Choices {
        let live = versions.iter().find(|version| version.state == VersionState::Live);
        let id = |version: Option<&Version>| version.map(|version| version.id.clone()).unwrap_or_default();
        if room.draft.is_empty() {
            let last = live.and_then(|live| before(live, versions));
            return Choices::of(room, versions, &id(last), &id(live));
        }
        Choices::of(room, versions, &id(live), "draft")
    }
}

/// The version another one was written over; where that is not known, the one that was in service before it.
pub(super) fn before<'a>(version: &Version, all: &'a [Version]) -> Option<&'a Version> {
    let earlier = || {
        let served = [VersionState::Live, VersionState::Past];
        all.iter().filter(move |other| other.number < version.number && served.contains(&other.state))
    };
    earlier().find(|other| Some(&other.digest) == version.base.as_ref()).or_else(|| earlier().next())
}

#[derive(Template)]
#[template(path = "admin_flow_compare.html", config = "src/web/askama.toml")]
struct ComparePage {
    f: Frame,
    w: &'static Words,
    head: Head,
    a: String,
    b: String,
    choices: Choices,
    difference: Difference,
}

/// `?a=…&b=…`: ids of releases, or `draft`.
#[derive(Deserialize)]
pub(super) struct Two {
    a: String,
    b: String,
}

/// `GET …/compare`
pub(super) async fn compare(room: Room, Wanted(two): Wanted<Two>) -> Response {
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
    let page = ComparePage {
        f: room.frame("/versions"),
        w: room.w,
        head: room.head(Tab::Versions, None),
        difference: difference(a_files, b_files, room.lang).await,
        choices: Choices::of(&room, &versions, &two.a, &two.b),
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
