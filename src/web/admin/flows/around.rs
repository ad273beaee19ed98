//! What stands around the versions of a hotline: the other hotlines that changed with them, and how the calls
//! of a trial end.

use super::room::Room;
use crate::studio::{Judged, StudioError, Version, VersionState};
use std::collections::HashMap;

/// What is known of them.
#[derive(Default)]
pub(super) struct Around {
    /// What a version came with, by the release it is a part of: the hotline's title and its version's number.
    pub(super) with: HashMap<String, (String, i64)>,
    /// The version callers had just before the one in service, by its digest.
    pub(super) just_before: Option<String>,
    /// Hotlines that changed with the version in service and are as they were then: the release, the title and its
    /// language.
    pub(super) others: Vec<(String, String, &'static str)>,
    /// Of such hotlines the titles of those with a version on trial: they cannot go back until it ends.
    pub(super) tried: Vec<String>,
    /// The titles of those that have the change still, in a version that was published since.
    pub(super) keep: Vec<String>,
    /// How calls end on the version that is on trial, beside the others.
    pub(super) judged: Option<Judged>,
}

impl Around {
    pub(super) async fn of(room: &Room, versions: &[Version]) -> Result<Around, StudioError> {
        let (studio, mut around) = (&room.web.studio, Around::default());
        for part_of in versions.iter().filter_map(|version| version.part_of.as_ref()) {
            if !around.with.contains_key(part_of) {
                let first = studio.release(part_of).await?;
                around.with.insert(part_of.clone(), (room.title_of(&first.flow).0, first.number));
            }
        }
        let before = studio.before(versions).await?;
        let title = |flow: &String| room.title_of(flow).0;
        around.just_before = before.digest;
        around.tried = before.tried.iter().map(title).collect();
        around.keep = before.keep.iter().map(title).collect();
        around.others.extend(before.with.into_iter().map(|other| {
            let (title, lang) = room.title_of(&other.flow);
            (other.id, title, lang)
        }));
        if versions.iter().any(|version| version.state == VersionState::Trial) {
            around.judged = studio.judged(&room.name).await?;
        }
        Ok(around)
    }
}
