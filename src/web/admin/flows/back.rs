//! Taking back to an earlier version: what it does, in words before the button, and doing it.

use super::around::Around;
use super::form::{Pairs, field};
use super::room::Room;
use super::versions::{Holes, overtaken_words, refused, went_as};
use super::words::fill;
use crate::studio::{RollBack, Version, VersionState};
use axum::Form;
use axum::extract::Path;
use axum::response::Response;

/// What taking back to a version does.
pub(super) struct Way {
    /// In words.
    pub(super) words: Vec<String>,
    /// Releases of other hotlines that can go back with it, with their titles and languages.
    pub(super) with: Vec<(String, String, &'static str)>,
}

impl Way {
    pub(super) fn to(room: &Room, version: &Version, all: &[Version], around: &Around) -> Way {
        let (r, waits) = (room.w.r, [VersionState::Scheduled, VersionState::Waiting]);
        let there = |state: VersionState| all.iter().find(|other| other.state == state);
        let just_before = around.just_before.as_ref() == Some(&version.digest);
        let mut words = vec![fill(r.roll_back_sure, &[("n", &version.number.to_string())])];
        let trial = there(VersionState::Trial);
        words.extend(trial.map(|trial| fill(r.roll_back_trial, &[("n", &trial.number.to_string())])));
        let late =
            all.iter().filter(|other| waits.contains(&other.state) && other.base.as_ref() != Some(&version.digest));
        words.extend(late.map(|late| overtaken_words(room, late, all)));
        if !just_before && room.web.studio.asks_for_approval() {
            words.push(r.needs_approval.to_owned());
        }
        if just_before {
            let named = |words: &'static str| move |title: &String| fill(words, &[("name", title)]);
            words.extend(around.tried.iter().map(named(r.back_tried)));
            words.extend(around.keep.iter().map(named(r.back_keeps)));
            return Way { words, with: around.others.clone() };
        }
        let names = around.others.iter().map(|(_, title, _)| title).chain(&around.tried).chain(&around.keep);
        let names: Vec<&str> = names.map(String::as_str).collect();
        if !names.is_empty() {
            words.push(fill(r.roll_back_others, &[("names", &names.join(r.between))]));
        }
        Way { words, with: Vec::new() }
    }
}

/// `POST …/back/{id}`: an earlier version is live again, if all is as the page showed it.
pub(super) async fn back(room: Room, Path(holes): Holes, Form(pairs): Form<Pairs>) -> Response {
    let id = holes.get("id").cloned().unwrap_or_default();
    let typed = field(&pairs, "note").trim();
    let versions = room.web.studio.versions(&room.name).await.unwrap_or_default();
    let n = |found: Option<&Version>| found.map_or_else(|| "–".to_owned(), |version| version.number.to_string());
    let to = n(versions.iter().find(|version| version.id == id));
    let was = format!("version {}", n(versions.iter().find(|version| version.state == VersionState::Live)));
    let note = if typed.is_empty() { fill(room.w.r.back_note, &[("n", &to)]) } else { typed.to_owned() };
    let (live, trial) = (field(&pairs, "live"), Some(field(&pairs, "trial")).filter(|trial| !trial.is_empty()));
    let with: Vec<&str> = pairs.iter().filter(|(name, _)| name == "with").map(|(_, id)| id.as_str()).collect();
    let back = RollBack { to: &id, live, trial, with: &with, note: &note };
    match room.web.studio.roll_back(&room.name, back, &room.person.name).await {
        Ok(version) => {
            let stopped = versions.iter().find(|other| Some(&*other.id) == trial);
            let stopped = stopped.map_or_else(String::new, |trial| format!(", version {} stopped", trial.number));
            let waits = if version.state == VersionState::Waiting { ", which waits for approval" } else { "" };
            let after = format!("version {to}, now version {}{waits}{stopped}", version.number);
            went_as(&room, "flow.roll-back", was, after, &version).await
        }
        Err(error) => refused(room, &error, typed.to_owned()).await,
    }
}
