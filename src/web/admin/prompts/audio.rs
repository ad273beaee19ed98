//! Recordings: uploaded for a step and a language, kept with the other objects so that every server plays
//! them at `/audio/studio/NAME`, and entered into the draft.

use super::form::{NotSent, Sent};
use super::page::{Answer, Of, show};
use super::said::{entries, holes, scripts};
use super::sound::{self, NoSound};
use super::words;
use crate::flow::edit::{set_step, step};
use crate::flow::read::SPEAKS;
use crate::store::PromptRow;
use crate::studio::StudioError;
use crate::web::Web;
use crate::web::admin::flows::refusal;
use crate::web::desk_pages::{fill, ranged};
use crate::web::did::{Did, did};
use crate::web::language::PageLang;
use crate::web::page::{in_query, see};
use crate::web::who::Admin;
use crate::words::{Lang, clock};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What names of uploaded recordings begin with.
pub(super) const FOLDER: &str = crate::studio::UPLOADED;

/// `POST /admin/prompts/{flow}/audio`
pub(super) async fn upload(
    State(web): State<Web>,
    Admin(person): Admin,
    Path(flow): Path<String>,
    PageLang(lang): PageLang,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let w = words::of(lang);
    let sent = match Sent::read(&headers, body, sound::MOST).await {
        Ok(sent) => sent,
        Err(NotSent::TooLarge) => {
            return show(&web, &person, lang, &flow, Answer::refused(told(w, NoSound::TooLarge))).await;
        }
        Err(NotSent::Malformed) => {
            return show(&web, &person, lang, &flow, Answer::refused(w.malformed.to_owned())).await;
        }
    };
    match keep(&web, &person.name, lang, &flow, &sent).await {
        Ok((name, of)) => {
            let at = in_query(&of);
            let to = format!("/admin/prompts/{flow}?said=recorded&at={at}#{at}");
            let after = Some(format!("{of}: {name}"));
            did(see(&to), Did { what: "prompt.record", of: flow, before: None, after })
        }
        Err(why) => show(&web, &person, lang, &flow, Answer::refused(why)).await,
    }
}

/// Keeps a recording and enters it into the draft; gives its name and what it is of.
async fn keep(web: &Web, who: &str, page: Lang, flow: &str, sent: &Sent) -> Result<(String, String), String> {
    let w = words::of(page);
    let sound = sound::look(&sent.file).map_err(|why| told(w, why))?;
    let of = Of::load(web, flow).await.map_err(|error| trouble(page, &error))?;
    let (file, name) = (sent.field("of"), sent.field("step"));
    let lang = Lang::parse(sent.field("lang")).filter(|lang| of.live.languages.contains(lang));
    let (Some(lang), Some(text)) = (lang, of.text(file)) else { return Err(w.malformed.to_owned()) };
    let all = entries(&of.files);
    let script =
        scripts(&all, &of.live.languages).into_iter().find(|script| script.file == file && script.step == name);
    let script = script.and_then(|script| script.words.get(&lang).cloned()).unwrap_or_default();
    let own = all.iter().filter(|entry| entry.file == file && entry.text.step.as_deref() == Some(name));
    if own.into_iter().any(|entry| !holes(entry.words(lang)).is_empty()) {
        return Err(w.has_holes.to_owned());
    }
    let mut value = step(text, name).ok_or_else(|| fill(w.no_step, &[("step", name)]))?;
    if !SPEAKS.iter().any(|kind| value.get(kind).is_some()) {
        return Err(fill(w.no_step, &[("step", name)]));
    }
    let digest: String = Sha256::digest(&sent.file).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let named = format!("{FOLDER}{digest}.{}", sound.ending);
    put(&mut value, lang, &named);
    let edited = set_step(text, name, &value).map_err(|error| error.told(page))?;
    let row = PromptRow {
        name: named.clone(),
        object: object(&named),
        words: script,
        language: lang.tag().to_owned(),
        bytes: i64::try_from(sent.file.len()).unwrap_or(i64::MAX),
        millis: i64::try_from(sound.millis).unwrap_or(i64::MAX),
        who: who.to_owned(),
        at: clock::now().as_millisecond(),
    };
    // First that it was uploaded now: else the same sound, uploaded long ago, might be let go of meanwhile.
    let store = web.answerer.store();
    let known = store.prompt(&named).await.map_err(|error| trouble(page, &error.into()))?;
    store.put_prompt(&row).await.map_err(|error| trouble(page, &error.into()))?;
    if let Err(error) = web.sounds.objects().put(&row.object, sent.file.clone()).await {
        tracing::error!(%error, "a recording could not be kept");
        // One that was uploaded before has its sound still; a new one has none, and nothing may speak of it.
        if known.is_none()
            && let Err(error) = store.forget_prompt(&named, row.at.saturating_add(1), 0).await
        {
            tracing::error!(%error, named, "a recording without its sound could not be forgotten");
        }
        return Err(w.trouble.to_owned());
    }
    let saved = web.studio.save(flow, file, &edited, of.draft.rev, who).await;
    saved.map_err(|error| trouble(page, &error))?;
    Ok((named, format!("{file}/{name}")))
}

fn put(step: &mut Value, lang: Lang, name: &str) {
    let Some(fields) = step.as_object_mut() else { return };
    match fields.get_mut("audio").and_then(Value::as_object_mut) {
        Some(audio) => {
            audio.insert(lang.tag().to_owned(), Value::String(name.to_owned()));
        }
        None => {
            fields.insert("audio".to_owned(), json!({ lang.tag(): name }));
        }
    }
}

/// What the object of a recording is called.
fn object(name: &str) -> String {
    name.replacen(FOLDER, "prompt-", 1)
}

/// Why bytes are no recording, with the mend.
fn told(w: &words::Words, why: NoSound) -> String {
    match why {
        NoSound::Empty => w.sound_empty,
        NoSound::TooLarge => w.sound_large,
        NoSound::Kind => w.sound_kind,
        NoSound::Damaged => w.sound_damaged,
        NoSound::Coding => w.sound_coding,
        NoSound::TooLong => w.sound_long,
        NoSound::TooShort => w.sound_short,
    }
    .to_owned()
}

/// Why the draft did not take it.
pub(super) fn trouble(lang: Lang, error: &StudioError) -> String {
    let w = words::of(lang);
    match error {
        StudioError::Changed { by, .. } => fill(w.changed, &[("who", by.as_deref().unwrap_or("?"))]),
        StudioError::Store(error) => {
            tracing::error!(%error, "the studio's store failed");
            w.trouble.to_owned()
        }
        other => refusal(lang, other),
    }
}

/// `GET /audio/studio/{name}`: a recording that was uploaded, in ranges where a player asks for them. Its
/// name follows from its bytes, so that it may be kept for ever.
pub(in crate::web) async fn play(State(web): State<Web>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let stem = name.strip_suffix(".wav").or(name.strip_suffix(".mp3")).unwrap_or_default();
    if stem.len() != 32 || !stem.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match web.sounds.objects().get(&format!("prompt-{name}")).await {
        Ok(Some(bytes)) => {
            let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
            let mut answer = ranged(Bytes::from(bytes), asked);
            let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
            answer.headers_mut().insert(header::CACHE_CONTROL, kept);
            answer
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a recording could not be played");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
