//! Floor 5: HTTP. The router is the table of contents; each file below is one room's pages. Knows
//! nothing of SQL, and of calls only how to hand a webhook to `answer`.

pub mod address;
pub mod admin;
pub mod api;
pub mod desk_pages;
pub mod did;
pub mod doors;
pub mod guard;
pub mod health;
pub mod language;
pub mod listen;
pub mod page;
pub mod people;
pub mod phone;
pub mod phone_page;
mod record;
mod titles;
pub mod upload;
pub mod voice;
pub mod who;

pub use doors::{Doors, Opened};

use crate::answer::Answerer;
use crate::demo::DemoCaller;
use crate::desk::Desk;
use crate::provider::Provider;
use crate::studio::Studio;
use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::any;
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// The largest body that is read.
pub const MAX_BODY: usize = 64 * 1024;

/// What the handlers share.
#[derive(Clone)]
pub struct Web {
    /// Answers webhooks.
    pub answerer: Answerer,
    /// What agents do.
    pub desk: Desk,
    /// What admins do to flows.
    pub studio: Studio,
    /// The address providers call us at.
    pub public_url: Arc<str>,
    /// The browser phone; none: there is none here.
    pub phone: Option<Arc<BrowserPhone>>,
    /// The server is being stopped: no new calls.
    pub draining: Arc<AtomicBool>,
    /// The folder recordings are played from.
    pub audio: Arc<Path>,
    /// Messages callers left, to be played by agents.
    pub sounds: Arc<desk_pages::Sounds>,
    /// The folder in which what is uploaded lies until it is kept.
    pub uploads: Arc<Path>,
    /// The proxies in front of us, which are believed about where a request comes from.
    pub proxies: Arc<[IpAddr]>,
    /// Whether a provider reaches us.
    pub reach: Reach,
}

/// Tells what stands between a provider and us, each thing with the mend; empty: nothing does.
#[derive(Clone)]
pub struct Reach(pub Arc<dyn Fn(Provider) -> Telling + Send + Sync>);

/// What is told once it is known.
pub type Telling = Pin<Box<dyn Future<Output = Vec<String>> + Send>>;

impl Default for Reach {
    fn default() -> Reach {
        Reach(Arc::new(|_| Box::pin(async { Vec::new() })))
    }
}

/// What the browser phone needs.
pub struct BrowserPhone {
    /// Whether everybody may use it, as in the demo; else admins.
    pub open: bool,
    /// The demo's callers with their PINs.
    pub callers: Vec<DemoCaller>,
}

impl Web {
    /// Whether new calls are turned away.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// Whether everybody may use the browser phone.
    pub fn phone_is_open(&self) -> bool {
        self.phone.as_ref().is_some_and(|phone| phone.open)
    }
}

/// Recordings, in ranges where a player asks for them. Providers keep them for an hour: a changed
/// recording is heard then, or at once under another name.
fn audio(folder: &Path) -> Router<Web> {
    let kept = |answer: &Response| {
        let there = answer.status().is_success() || answer.status() == StatusCode::NOT_MODIFIED;
        there.then(|| HeaderValue::from_static("public, max-age=3600"))
    };
    let files = ServeDir::new(folder).append_index_html_on_directories(false);
    Router::new()
        .route("/studio/{name}", axum::routing::get(admin::play))
        .fallback_service(files)
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, kept))
}

/// Every address but those of webhooks and recordings, each with who may use it. A room opens its own.
pub fn doors() -> Doors {
    let doors = Doors::default()
        .everybody(Method::GET, "/healthz", health::alive)
        .everybody(Method::GET, "/readyz", health::ready)
        .everybody(Method::GET, "/metrics", health::metrics);
    admin::doors(api::doors(desk_pages::doors(phone::doors(people::doors(doors)))))
}

/// Every address there is.
pub fn router(web: Web) -> Router {
    let header = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    let webhooks = Router::new()
        .route("/voice/{provider}", any(voice::inbound))
        .route("/voice/{provider}/status", any(voice::status))
        .route("/voice/{provider}/check/{at}/{mac}", axum::routing::post(voice::check))
        .route("/voice/{provider}/d/{request}/{nth}/{stage}/{lang}/{mac}", any(voice::leg))
        .layer(RequestBodyLimitLayer::new(MAX_BODY));
    // Whatever is no upload is bounded here too.
    let turn = any(voice::turn)
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(from_fn_with_state(web.clone(), upload::instead));
    let webhooks = webhooks.route("/voice/{provider}/c/{call}/{turn}/{lang}/{mac}", turn);
    let (pages, _) = doors().into_parts();
    // Inside of what guards the pages: what is refused there was not done.
    let pages = pages.layer(from_fn_with_state(web.clone(), record::recorded)).nest("/audio", audio(&web.audio));
    webhooks
        .merge(guard::guarded(pages, &web.public_url))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "no-referrer"))
        .layer(header("cache-control", "no-store"))
        .layer(CatchPanicLayer::new())
        .with_state(web)
}
