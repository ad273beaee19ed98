//! Signing in, by password and once by invitation, and signing out.

use super::page::{self, NAMES};
use super::{NotChosen, choose, is_right, words};
use crate::store::{SignIn, StoreError};
use crate::web::Web;
use crate::web::address::Address;
use crate::web::did::{Did, did, did_by};
use crate::web::language::PageLang;
use crate::web::page::{html, in_query, is_local, see};
use crate::web::who::{COOKIE, known};
use crate::words::{Lang, Secret, clock};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;

/// Where one goes when nothing else was wanted.
const HOME: &str = "/desk";
/// How long a browser keeps a session at most, in s; the server ends it by itself.
const KEPT: u32 = 12 * 3600;
/// Letters of a name that are looked at.
const NAME: usize = 100;

/// What the page is to lead to.
#[derive(Deserialize)]
pub struct Wanted {
    next: Option<String>,
}

/// What is typed to sign in.
#[derive(Deserialize)]
pub struct Typed {
    name: String,
    #[serde(deserialize_with = "super::secret")]
    password: Secret,
    #[serde(default)]
    next: String,
}

/// A password chosen.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(deserialize_with = "super::secret")]
    password: Secret,
    #[serde(deserialize_with = "super::secret")]
    again: Secret,
}

/// `GET /sign-in`: the form.
pub async fn form(PageLang(lang): PageLang, Query(wanted): Query<Wanted>) -> Response {
    let next = wanted.next.filter(|next| is_local(next)).unwrap_or_default();
    shown(lang, &next, "", None)
}

/// `POST /sign-in`: begins a session. The same words and time for a wrong password and a name that
/// nobody has.
pub async fn sign_in(
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Address(address): Address,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Response {
    let name: String = typed.name.trim().to_lowercase().chars().take(NAME).collect();
    let next = if is_local(&typed.next) { typed.next.as_str() } else { "" };
    match try_in(&web, &name, typed.password, &address, &headers).await {
        Ok(Tried::In(session)) => {
            let response = with_session(see(if next.is_empty() { HOME } else { next }), &session);
            did_by(response, &name, about_self("sign-in", &name))
        }
        Ok(tried) => {
            let w = words::of(lang);
            let limited = matches!(tried, Tried::Limited);
            tracing::info!(%address, limited, "a sign-in was refused");
            let response = shown(lang, next, &name, Some(if limited { w.limited } else { w.wrong }));
            match tried {
                // Who is limited is in the log as often as they were not.
                Tried::Limited => response,
                _ => refused(&web, &name, response).await,
            }
        }
        Err(error) => trouble(lang, &error),
    }
}

/// A try that failed goes into the log under the name of whoever it was about. What else was typed may
/// be a password in the wrong field, and is written nowhere.
async fn refused(web: &Web, name: &str, response: Response) -> Response {
    match web.answerer.store().person(name).await {
        Ok(Some(_)) => did_by(response, name, about_self("sign-in.refused", name)),
        Ok(None) => did_by(response, "?", about_self("sign-in.refused", "?")),
        Err(error) => {
            tracing::error!(%error, "who could not sign in is not known");
            response
        }
    }
}

fn about_self(what: &'static str, name: &str) -> Did {
    Did { what, of: name.to_owned(), before: None, after: None }
}

/// How a try ended.
enum Tried {
    In(Secret),
    Wrong,
    Limited,
}

async fn try_in(
    web: &Web,
    name: &str,
    password: Secret,
    address: &str,
    headers: &HeaderMap,
) -> Result<Tried, StoreError> {
    let (store, at) = (web.answerer.store(), clock::now().as_millisecond());
    if store.claim_sign_in(name, address, at).await? == SignIn::Limited {
        return Ok(Tried::Limited);
    }
    let kept = store.password_of(name).await?;
    if !is_right(password, kept.clone()).await {
        return Ok(Tried::Wrong);
    }
    let Some(kept) = kept else { return Ok(Tried::Wrong) };
    Ok(match store.begin_session(name, &kept, browser(headers), at).await? {
        Some(session) => {
            store.forgive_sign_in(name, address).await?;
            Tried::In(session)
        }
        None => Tried::Wrong,
    })
}

/// `GET /sign-in/once/{token}`: the form to choose a password. Looking at it uses nothing up, because
/// programs that preview links look too.
pub async fn invited(State(web): State<Web>, PageLang(lang): PageLang, Path(token): Path<String>) -> Response {
    match web.answerer.store().invited(&token, clock::now().as_millisecond()).await {
        Ok(Some(person)) => once(lang, &person.name, None),
        Ok(None) => page::gone(lang),
        Err(error) => trouble(lang, &error),
    }
}

/// `POST /sign-in/once/{token}`: keeps the password and signs in.
pub async fn accept(
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(Chosen { password, again }): Form<Chosen>,
) -> Response {
    let (store, at) = (web.answerer.store(), clock::now().as_millisecond());
    let person = match store.invited(&token, at).await {
        Ok(Some(person)) => person,
        Ok(None) => return page::gone(lang),
        Err(error) => return trouble(lang, &error),
    };
    let kept = match choose(&person.name, &password, &again).await {
        Ok(kept) => kept,
        Err(why) => return once(lang, &person.name, Some(fault(lang, why))),
    };
    let session = async {
        let Some(name) = store.accept_invitation(&token, &kept, at).await? else { return Ok(None) };
        tracing::info!(person = %name, "a password was chosen by invitation");
        store.begin_session(&name, &kept, browser(&headers), at).await
    };
    match session.await {
        Ok(Some(session)) => {
            let response = with_session(see(HOME), &session);
            did_by(response, &person.name, about_self("sign-in.first", &person.name))
        }
        Ok(None) => page::gone(lang),
        Err(error) => trouble(lang, &error),
    }
}

/// `POST /sign-out`: ends the session, if there is one.
pub async fn sign_out(State(web): State<Web>, PageLang(lang): PageLang, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let ended = async {
        if let Some(known) = known(&mut parts, &web).await?
            && let Some(session) = &known.session
        {
            web.answerer.store().end_session(&known.person.name, session).await?;
            return Ok(Some(known.person.name.clone()));
        }
        Ok::<_, StoreError>(None)
    };
    match ended.await {
        Ok(Some(name)) => did(signed_out(), about_self("sign-out", &name)),
        Ok(None) => signed_out(),
        Err(error) => trouble(lang, &error),
    }
}

/// To the form, with nothing left in the browser.
pub(super) fn signed_out() -> Response {
    with_cookie(see("/sign-in"), &format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"))
}

/// Why a password that was chosen is not taken.
pub(super) fn fault(lang: Lang, why: NotChosen) -> &'static str {
    let w = words::of(lang);
    match why {
        NotChosen::Refused(why) => w.refused(why),
        NotChosen::Differ => w.differ,
        NotChosen::Fault => {
            tracing::error!("a password could not be hashed: this machine has no memory or no random numbers to give");
            w.trouble_words
        }
    }
}

/// The database failed: in the log what, on the page that.
pub(super) fn trouble(lang: Lang, error: &StoreError) -> Response {
    tracing::error!(%error, "signing in, or what belongs to it, failed");
    page::trouble(lang)
}

fn shown(lang: Lang, next: &str, name: &str, fault: Option<&'static str>) -> Response {
    let w = words::of(lang);
    let here = if next.is_empty() { "/sign-in?".to_owned() } else { format!("/sign-in?next={}&", in_query(next)) };
    let status = match fault {
        None => StatusCode::OK,
        Some(fault) if fault == w.limited => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    html(status, page::SignIn { w, names: NAMES, here, next, name, fault }.render())
}

fn once(lang: Lang, name: &str, fault: Option<&'static str>) -> Response {
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    html(status, page::Once { w: words::of(lang), names: NAMES, here: "?", name, fault }.render())
}

fn browser(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn with_session(response: Response, session: &Secret) -> Response {
    let session = session.reveal();
    with_cookie(response, &format!("{COOKIE}={session}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={KEPT}"))
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(mut cookie) = HeaderValue::from_str(cookie) {
        cookie.set_sensitive(true);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
