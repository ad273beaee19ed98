//! The part of the page before publishing that tells which stories fail, and takes those into the draft that follow
//! from what it changes.

use super::difference::{File, file};
use super::form::{Pairs, field};
use super::review::not_done;
use super::room::Room;
use super::text::lines_of;
use super::words::fill;
use crate::flow::told::Told;
use crate::studio::Examined;
use crate::web::did::{Did, did, did_nothing};
use crate::web::page::see;
use axum::Form;
use axum::response::Response;

/// A story that goes another way.
pub(super) struct Failed {
    pub(super) title: String,
    /// The hotline it is played on: another one where that has a file with the draft's.
    pub(super) flow: String,
    pub(super) file: String,
    pub(super) line: usize,
    /// What should have been.
    pub(super) expected: Told,
    /// What was.
    pub(super) heard: Told,
}

/// Stories that can follow the change.
pub(super) struct Follows {
    /// How many play again then, and how many do not, in sentences.
    pub(super) words: Vec<String>,
    /// The lines that would be other ones.
    pub(super) files: Vec<File>,
}

/// The stories that go another way.
pub(super) fn failed(room: &Room, examined: &Examined) -> Vec<Failed> {
    let told = |story: &crate::studio::Told| {
        let failure = story.failure.as_ref()?;
        Some(Failed {
            title: story.title.clone(),
            flow: story.flow.clone(),
            file: failure.file.clone(),
            line: failure.line,
            expected: Told::of(room.lang, &failure.expected),
            heard: Told::of(room.lang, &failure.heard),
        })
    };
    examined.stories.iter().filter_map(told).collect()
}

/// What of that follows from the change; none: nothing. A page that cannot tell it says all the rest.
pub(super) async fn follows(room: &Room, examined: &Examined) -> Option<Follows> {
    let adapted = room.web.studio.adapted(&room.draft, examined).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "which stories follow a change cannot be told");
        Vec::new()
    });
    let r = room.w.r;
    let (whole, partly) = adapted.iter().fold((0, 0), |(a, b), one| (a + one.after.whole, b + one.after.partly));
    let counted = [(r.follow_whole, whole), (r.follow_partly, partly)];
    let told = counted.into_iter().filter(|(_, n)| *n > 0).map(|(words, n)| fill(words, &[("n", &n.to_string())]));
    let files: Vec<File> = adapted.iter().filter_map(|one| file(&one.file, &one.before, &one.after.text)).collect();
    (!files.is_empty()).then(|| Follows { words: told.collect(), files })
}

/// `POST …/adapt`: the stories follow what the draft changes, in the draft.
pub(super) async fn adapt(room: Room, Form(pairs): Form<Pairs>) -> Response {
    let rev = field(&pairs, "rev").parse().unwrap_or(-1);
    match room.web.studio.adapt(&room.name, rev, &room.person.name).await {
        Ok(adapted) if adapted.is_empty() => did_nothing(see(&room.at("/review"))),
        Ok(adapted) => adapted.into_iter().fold(see(&room.at("/review?said=adapted")), |answer, one| {
            let (before, after) = (lines_of(&one.before, &one.after.text), lines_of(&one.after.text, &one.before));
            let of = format!("{} {}", room.name, one.file);
            did(answer, Did { what: "flow.draft", of, before: Some(before), after: Some(after) })
        }),
        Err(error) => not_done(room, error).await,
    }
}
