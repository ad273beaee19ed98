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
    /// Hotlines that changed with the version in service and have that change still: the release, the title
    /// and its language.
    pub(super) others: Vec<(String, String, &'static str)>,
    /// Of such hotlines the titles of those with a version on trial: they cannot go back until it ends.
    pub(super) tried: Vec<String>,
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
        if let Some(live) = versions.iter().find(|version| version.state == VersionState::Live) {
            let others = studio.came_with(&live.id).await?.into_iter();
            for other in others.filter(|other| other.state == VersionState::Live && other.base.is_some()) {
                let (title, lang) = room.title_of(&other.flow);
                let versions = studio.versions(&other.flow).await?;
                match versions.iter().any(|version| version.state == VersionState::Trial) {
                    true => around.tried.push(title),
                    false => around.others.push((other.id, title, lang)),
                }
            }
        }
        if versions.iter().any(|version| version.state == VersionState::Trial) {
            around.judged = studio.judged(&room.name).await?;
        }
        Ok(around)
    }
}
