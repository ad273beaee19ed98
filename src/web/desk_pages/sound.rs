//! `GET /desk/requests/{id}/recordings/{rid}`: a message, in ranges where a player asks for them. Each
//! time somebody begins to play one, that stands in the history.

use super::failure;
use crate::store::{Objects, ObjectsError};
use crate::web::Web;
use crate::web::did::{Did, did};
use crate::web::who::Agent;
use crate::words::clock::tick;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long the parts of what somebody plays belong to one play.
const PLAY: Duration = Duration::from_secs(600);
/// More are not remembered; whoever is forgotten begins another play.
const MANY: usize = 1000;

/// Where sounds lie, and who is playing which.
pub struct Sounds {
    objects: Objects,
    playing: Mutex<HashMap<[String; 3], (String, Instant)>>,
}

impl Sounds {
    /// The sounds of a server.
    pub fn new(objects: Objects) -> Sounds {
        Sounds { objects, playing: Mutex::default() }
    }

    /// Where sounds lie.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Where a sound lies that this person began to play.
    fn playing(&self, play: &[String; 3]) -> Option<String> {
        let playing = self.playing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        playing.get(play).filter(|(_, since)| since.elapsed() < PLAY).map(|(object, _)| object.clone())
    }

    fn plays(&self, play: [String; 3], object: String) {
        let mut playing = self.playing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if playing.len() >= MANY {
            playing.retain(|_, (_, since)| since.elapsed() < PLAY / 2);
        }
        if playing.len() < MANY {
            playing.insert(play, (object, tick()));
        }
    }

    async fn get(&self, object: &str) -> Result<Option<Bytes>, ObjectsError> {
        Ok(self.objects.get(object).await?.map(Bytes::from))
    }
}

/// `GET /desk/requests/{id}/recordings/{rid}`
pub(super) async fn play(
    State(web): State<Web>,
    Agent(person): Agent,
    Path((id, recording)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let play = [person.name.clone(), id.clone(), recording.clone()];
    // Players ask for the beginning when they begin, and for other parts when one moves within it.
    let begins = asked.is_none_or(|range| range.trim().starts_with("bytes=0-"));
    let object = match web.sounds.playing(&play).filter(|_| !begins) {
        Some(object) => object,
        None => match web.desk.played(&person, &id, &recording).await {
            Ok(object) => {
                web.sounds.plays(play, object.clone());
                object
            }
            Err(error) => return (failure::status(&error), format!("{error}\n")).into_response(),
        },
    };
    match web.sounds.get(&object).await {
        Ok(Some(bytes)) if begins => {
            let heard = Did { what: "recording.play", of: id, before: None, after: Some(recording) };
            did(ranged(bytes, asked), heard)
        }
        Ok(Some(bytes)) => ranged(bytes, asked),
        Ok(None) => (StatusCode::NOT_FOUND, "the sound is not there\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "a recording could not be played");
            (StatusCode::SERVICE_UNAVAILABLE, "the sound cannot be read right now\n").into_response()
        }
    }
}

/// The part asked for, or all of it.
pub(in crate::web) fn ranged(bytes: Bytes, asked: Option<&str>) -> Response {
    let kind = [(header::CONTENT_TYPE, media_type(&bytes)), (header::ACCEPT_RANGES, "bytes")];
    let all = bytes.len();
    match asked.map(|asked| part(asked, all)) {
        None | Some(Part::Whole) => (kind, bytes).into_response(),
        Some(Part::Of(range)) => {
            let told = format!("bytes {}-{}/{all}", range.start, range.end - 1);
            (StatusCode::PARTIAL_CONTENT, kind, [(header::CONTENT_RANGE, told)], bytes.slice(range)).into_response()
        }
        Some(Part::Beyond) => {
            (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, format!("bytes */{all}"))]).into_response()
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// What was asked makes no sense or is several: the whole is an answer to everything.
    Whole,
    Of(Range<usize>),
    Beyond,
}

/// One range of so many bytes, as RFC 9110 writes it.
fn part(asked: &str, all: usize) -> Part {
    let Some((first, last)) = asked.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Part::Whole;
    };
    let range = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(all),
        (Ok(first), Err(_)) if last.is_empty() => first..all,
        (Err(_), Ok(last)) if first.is_empty() => all.saturating_sub(last)..all,
        _ => return Part::Whole,
    };
    if range.is_empty() { Part::Beyond } else { Part::Of(range) }
}

/// What kind of sound it is, by how it begins.
fn media_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'R', b'I', b'F', b'F', ..] => "audio/wav",
        [b'O', b'g', b'g', b'S', ..] => "audio/ogg",
        [b'I', b'D', b'3', ..] | [0xff, 0xe0..=0xff, ..] => "audio/mpeg",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_player_gets_the_part_it_asks_for() {
        for (asked, part_of_ten) in [
            ("bytes=0-", Part::Of(0..10)),
            ("bytes=2-4", Part::Of(2..5)),
            ("bytes=8-99", Part::Of(8..10)),
            ("bytes=-3", Part::Of(7..10)),
            ("bytes=-30", Part::Of(0..10)),
            ("bytes=10-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=5-2", Part::Whole),
            ("bytes=1-2,4-5", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("bytes=18446744073709551615-18446744073709551615", Part::Beyond),
        ] {
            assert_eq!(part(asked, 10), part_of_ten, "{asked}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Beyond);
    }

    #[test]
    fn a_sound_is_known_by_how_it_begins() {
        assert_eq!(media_type(b"RIFF1234WAVE"), "audio/wav");
        assert_eq!(media_type(&[0xff, 0xfb, 0x90]), "audio/mpeg");
        assert_eq!(media_type(b"<html>"), "application/octet-stream");
    }
}
