//! Who asks: a role is a type in the handlers, so that none can forget to ask for it. A handler
//! without one of these is open to everybody, and that shows in its signature. Take it first, before
//! what else a handler reads: nobody is told what is wrong with a request that is not theirs to make.

use super::Web;
use super::language::{PageLang, page_language};
use super::page::{in_query, problem, see};
use super::people::page;
use crate::store::{Person, StoreError, TOKEN_PREFIX};
use crate::words::{Role, clock};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use std::sync::{Arc, OnceLock};

/// What browsers keep a session under. The prefix makes them refuse it from another host, path or
/// without TLS (but on this machine).
pub const COOKIE: &str = "__Host-hotline";

/// Where programs ask.
pub const API: &str = "/api/";

/// Somebody who is signed in and is an agent at least.
pub struct Agent(pub Arc<Person>);

/// Somebody who is signed in and is a supervisor at least.
pub struct Supervisor(pub Arc<Person>);

/// Somebody who is signed in and is an admin.
pub struct Admin(pub Arc<Person>);

/// Whoever may use the browser's phone: in the demo everybody, else an admin.
pub struct PhoneUser;

/// The session somebody asks in, by its id. Take it behind a role.
pub struct Session(pub String);

/// Somebody whose session or token was found.
#[derive(Clone)]
pub struct Known {
    /// Who.
    pub person: Arc<Person>,
    /// In which session; none: by a token.
    pub session: Option<String>,
}

/// What was found of whoever asks, so that it is looked up once.
#[derive(Clone)]
struct LookedUp(Option<Known>);

/// Tells whoever wrote this into a request who was found to have sent it.
#[derive(Clone, Default)]
pub(super) struct Noticed(Arc<OnceLock<Known>>);

impl Noticed {
    /// Who, if anybody asked and somebody was found.
    pub(super) fn known(&self) -> Option<&Known> {
        self.0.get()
    }
}

macro_rules! role {
    ($who:ident, $role:expr) => {
        impl FromRequestParts<Web> for $who {
            type Rejection = Response;
            async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<$who, Response> {
                signed_in(parts, web, $role).await.map(|known| $who(known.person))
            }
        }
    };
}
role!(Agent, Role::Agent);
role!(Supervisor, Role::Supervisor);
role!(Admin, Role::Admin);

impl FromRequestParts<Web> for PhoneUser {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<PhoneUser, Response> {
        if web.phone_is_open() {
            return Ok(PhoneUser);
        }
        signed_in(parts, web, Role::Admin).await.map(|_| PhoneUser)
    }
}

impl FromRequestParts<Web> for Session {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Session, Response> {
        let known = signed_in(parts, web, Role::Agent).await?;
        known.session.map(Session).ok_or_else(|| problem(StatusCode::UNAUTHORIZED, "a session is needed, not a token"))
    }
}

/// Whoever asks, if they are known at all: by a token where programs ask, by a session everywhere.
///
/// # Errors
/// The database fails.
pub async fn known(parts: &mut Parts, web: &Web) -> Result<Option<Known>, StoreError> {
    if let Some(LookedUp(known)) = parts.extensions.get::<LookedUp>() {
        return Ok(known.clone());
    }
    let at = clock::now().as_millisecond();
    let store = web.answerer.store();
    let known = match bearer(parts.uri.path(), &parts.headers) {
        // Whoever shows a token means it: a session beside it is not looked at.
        Some(token) => store.token(token, at).await?.map(|person| Known { person: Arc::new(person), session: None }),
        None => match cookie(&parts.headers) {
            Some(session) => store
                .session(session, at)
                .await?
                .map(|(person, session)| Known { person: Arc::new(person), session: Some(session) }),
            None => None,
        },
    };
    if let (Some(noticed), Some(known)) = (parts.extensions.get::<Noticed>(), &known) {
        noticed.0.get_or_init(|| known.clone());
    }
    parts.extensions.insert(LookedUp(known.clone()));
    Ok(known)
}

/// The token a program shows; none where programs do not ask.
pub fn bearer<'a>(path: &str, headers: &'a HeaderMap) -> Option<&'a str> {
    let header = headers.get(header::AUTHORIZATION).filter(|_| path.starts_with(API))?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(TOKEN_PREFIX)).then_some(token)
}

/// The session a browser shows.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

async fn signed_in(parts: &mut Parts, web: &Web, least: Role) -> Result<Known, Response> {
    let api = parts.uri.path().starts_with(API);
    match known(parts, web).await {
        Ok(Some(known)) if known.person.role >= least => Ok(known),
        Ok(Some(known)) if api => {
            let Person { name, role, .. } = &*known.person;
            let detail = format!("this needs the role {least}, and {name} is {role}");
            Err(problem(StatusCode::FORBIDDEN, &detail))
        }
        Ok(Some(known)) => Err(page::forbidden(language(parts, web).await, &known.person, least)),
        Ok(None) if api => Err(no_token()),
        Ok(None) if parts.method == Method::GET || parts.method == Method::HEAD => {
            let next = parts.uri.path_and_query().map_or("/", |next| next.as_str());
            Err(see(&format!("/sign-in?next={}", in_query(next))))
        }
        Ok(None) => Err(page::unknown(language(parts, web).await, parts.uri.path())),
        Err(error) => {
            tracing::error!(%error, "who asks could not be looked up");
            let lang = page_language(None, &parts.headers);
            Err(if api {
                problem(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer; try again")
            } else {
                page::trouble(lang)
            })
        }
    }
}

async fn language(parts: &mut Parts, web: &Web) -> crate::words::Lang {
    let Ok(PageLang(lang)) = PageLang::from_request_parts(parts, web).await;
    lang
}

fn no_token() -> Response {
    let detail =
        "this needs a token, as `Authorization: Bearer hl_…`; it is missing, was revoked, or its person is disabled";
    let mut response = problem(StatusCode::UNAUTHORIZED, detail);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}
