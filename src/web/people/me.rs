//! `/desk/me`: what a person sees and changes of themselves.

use super::page::{Me, NAMES, SessionRow, TokenRow};
use super::sign_in::{fault, signed_out, trouble};
use super::{browser, choose, is_right, words};
use crate::store::{Person, PersonChange, SignIn, StoreError};
use crate::web::Web;
use crate::web::address::Address;
use crate::web::desk_pages::frame::{Frame, Here, send};
use crate::web::did::told_of;
use crate::web::did::{Did, did};
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::who::{Agent, Session};
use crate::words::{Lang, Secret, clock, person};
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;

/// Letters of a token's label.
const LABEL: usize = 60;

/// What was done before the page is shown again.
#[derive(Deserialize)]
pub struct Done {
    said: Option<String>,
}

/// The details people change themselves.
#[derive(Deserialize)]
pub struct Details {
    page_language: String,
    zone: String,
    phone: String,
}

/// Another password.
#[derive(Deserialize)]
pub struct NewPassword {
    #[serde(deserialize_with = "super::secret")]
    old: Secret,
    #[serde(deserialize_with = "super::secret")]
    password: Secret,
    #[serde(deserialize_with = "super::secret")]
    again: Secret,
}

/// What a token is for.
#[derive(Deserialize)]
pub struct Label {
    label: String,
}

/// What the page has to say, besides what it always shows.
#[derive(Default)]
struct Says<'a> {
    said: Option<&'static str>,
    fault: Option<&'static str>,
    token: Option<&'a str>,
    /// Zone and phone as typed, where they were refused.
    typed: Option<(&'a str, &'a str)>,
}

/// `GET /desk/me`.
pub async fn show(
    Agent(person): Agent,
    Session(session): Session,
    PageLang(lang): PageLang,
    State(web): State<Web>,
    Query(done): Query<Done>,
) -> Response {
    let w = words::of(lang);
    let said = match done.said.as_deref() {
        Some("saved") => Some(w.saved),
        Some("password") => Some(w.changed),
        Some("ended") => Some(w.ended),
        Some("revoked") => Some(w.revoked),
        _ => None,
    };
    page(&web, &person, &session, lang, Says { said, ..Says::default() }).await
}

/// `POST /desk/me`: page language, time zone, phone.
pub async fn change(
    Agent(person): Agent,
    Session(session): Session,
    PageLang(lang): PageLang,
    State(web): State<Web>,
    Form(details): Form<Details>,
) -> Response {
    let w = words::of(lang);
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (zone, phone) = (given(&details.zone), given(&details.phone));
    let rings = phone.as_deref().and_then(person::phone);
    let fault = match (&zone, &phone, &rings) {
        (Some(zone), ..) if person::zone(zone).is_none() => Some(w.zone_bad),
        (_, Some(_), None) => Some(w.phone_bad),
        _ => None,
    };
    if fault.is_some() {
        let typed = Some((details.zone.as_str(), details.phone.as_str()));
        return page(&web, &person, &session, lang, Says { fault, typed, ..Says::default() }).await;
    }
    let page_language = Some(Lang::parse(&details.page_language));
    let change = PersonChange { phone: Some(rings), zone: Some(zone), page_language, ..PersonChange::default() };
    match web.answerer.store().change_person(&person.name, &change).await {
        Ok(_) => {
            let after = Person { phone: change.phone.flatten(), zone: change.zone.flatten(), ..(*person).clone() };
            let after = Person { page_language: change.page_language.flatten(), ..after };
            let (before, after) = (Some(told_of(&person)), Some(told_of(&after)));
            did(see("/desk/me?said=saved"), Did { what: "person.change", of: person.name.clone(), before, after })
        }
        Err(error) => trouble(lang, &error),
    }
}

/// `POST /desk/me/password`. Whoever found an open browser does not know the current one, and gets no
/// more guesses at it than at the door.
pub async fn password(
    Agent(person): Agent,
    Session(session): Session,
    PageLang(lang): PageLang,
    Address(address): Address,
    State(web): State<Web>,
    Form(typed): Form<NewPassword>,
) -> Response {
    let w = words::of(lang);
    match change_password(&web, &person, &session, &address, lang, typed).await {
        Ok(None) => did(see("/desk/me?said=password"), plain("password.change", &person.name)),
        Ok(fault) if fault == Some(w.limited) => {
            let mut page = page(&web, &person, &session, lang, Says { fault, ..Says::default() }).await;
            *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            page
        }
        Ok(fault) => page(&web, &person, &session, lang, Says { fault, ..Says::default() }).await,
        Err(error) => trouble(lang, &error),
    }
}

/// Why it was not changed; none: it was.
async fn change_password(
    web: &Web,
    person: &Person,
    session: &str,
    address: &str,
    lang: Lang,
    typed: NewPassword,
) -> Result<Option<&'static str>, StoreError> {
    let (w, store, at) = (words::of(lang), web.answerer.store(), clock::now().as_millisecond());
    if store.claim_sign_in(&person.name, address, at).await? == SignIn::Limited {
        return Ok(Some(w.limited));
    }
    let kept = store.password_of(&person.name).await?;
    let Some(kept) = kept else { return Ok(Some(w.old_wrong)) };
    if !is_right(typed.old, Some(kept.clone())).await {
        return Ok(Some(w.old_wrong));
    }
    store.forgive_sign_in(&person.name, address).await?;
    match choose(&person.name, &typed.password, &typed.again).await {
        Ok(new) if store.change_password(&person.name, &kept, &new, session).await? => Ok(None),
        Ok(_) => Ok(Some(w.old_wrong)),
        Err(why) => Ok(Some(fault(lang, why))),
    }
}

/// `POST /desk/me/sessions/{id}/end`.
pub async fn end(
    Agent(person): Agent,
    PageLang(lang): PageLang,
    State(web): State<Web>,
    Path(id): Path<String>,
) -> Response {
    match web.answerer.store().end_session(&person.name, &id).await {
        Ok(_) => did(see("/desk/me?said=ended"), plain("session.end", &person.name)),
        Err(error) => trouble(lang, &error),
    }
}

/// `POST /desk/me/sessions/end`: all of them, this one too.
pub async fn end_all(Agent(person): Agent, PageLang(lang): PageLang, State(web): State<Web>) -> Response {
    match web.answerer.store().end_sessions(&person.name).await {
        Ok(_) => did(signed_out(), plain("sessions.end", &person.name)),
        Err(error) => trouble(lang, &error),
    }
}

/// `POST /desk/me/tokens`: makes one and shows it, this once.
pub async fn make_token(
    Agent(person): Agent,
    Session(session): Session,
    PageLang(lang): PageLang,
    State(web): State<Web>,
    Form(Label { label }): Form<Label>,
) -> Response {
    let label = label.trim();
    if !(1..=LABEL).contains(&label.chars().count()) || label.chars().any(char::is_control) {
        let fault = Some(words::of(lang).label_bad);
        return page(&web, &person, &session, lang, Says { fault, ..Says::default() }).await;
    }
    match web.answerer.store().new_token(&person.name, label, clock::now().as_millisecond()).await {
        Ok(Some((id, token))) => {
            tracing::info!(person = %person.name, %id, "a token was made");
            let says = Says { token: Some(token.reveal()), ..Says::default() };
            let made = Did { after: Some(label.to_owned()), ..plain("token.make", &id) };
            did(page(&web, &person, &session, lang, says).await, made)
        }
        Ok(None) => signed_out(),
        Err(error) => trouble(lang, &error),
    }
}

/// `POST /desk/me/tokens/{id}/revoke`.
pub async fn revoke_token(
    Agent(person): Agent,
    PageLang(lang): PageLang,
    State(web): State<Web>,
    Path(id): Path<String>,
) -> Response {
    match web.answerer.store().revoke_token(&person.name, &id).await {
        Ok(_) => did(see("/desk/me?said=revoked"), plain("token.revoke", &id)),
        Err(error) => trouble(lang, &error),
    }
}

/// A deed with nothing before or after it that anybody may read.
fn plain(what: &'static str, of: &str) -> Did {
    Did { what, of: of.to_owned(), before: None, after: None }
}

async fn page(web: &Web, person: &Person, session: &str, lang: Lang, says: Says<'_>) -> Response {
    let (store, w) = (web.answerer.store(), words::of(lang));
    let lists = async {
        let sessions = store.sessions(&person.name, clock::now().as_millisecond()).await?;
        Ok::<_, StoreError>((sessions, store.tokens(&person.name).await?))
    };
    let (sessions, tokens) = match lists.await {
        Ok(lists) => lists,
        Err(error) => return trouble(lang, &error),
    };
    let f = Frame::new(person, lang, clock::now(), Here::Me, "/desk/me");
    let clock = f.clock.clone();
    let moment = |ms: i64| clock.stamp(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH));
    let (typed_zone, typed_phone) =
        says.typed.unwrap_or((person.zone.as_deref().unwrap_or_default(), person.phone.as_deref().unwrap_or_default()));
    let or_all = |list: Vec<&str>| if list.is_empty() { w.all.to_owned() } else { list.join(", ") };
    let me = Me {
        f,
        w,
        names: NAMES,
        role: w.role_name(person.role),
        languages: or_all(person.languages.iter().map(|lang| lang.tag()).collect()),
        skills: or_all(person.skills.iter().map(String::as_str).collect()),
        zone: typed_zone,
        phone: typed_phone,
        said: says.said,
        fault: says.fault,
        token: says.token,
        sessions: sessions
            .into_iter()
            .map(|it| SessionRow {
                browser: browser::short(&it.browser),
                began: moment(it.created_at),
                seen: moment(it.seen_at),
                here: it.id == session,
                id: it.id,
            })
            .collect(),
        tokens: tokens
            .into_iter()
            .map(|it| TokenRow {
                id: it.id,
                label: it.label,
                made: moment(it.created_at),
                used: it.used_at.map(moment),
            })
            .collect(),
        person,
    };
    let status = if says.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    send(status, &me)
}
