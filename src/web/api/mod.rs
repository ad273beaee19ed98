//! `/api/v1`: what agents do, for programs. An operation is opened together with its description, so
//! that the document at `/api/v1/openapi.json` cannot leave one out. Knows nothing of pages; what may be
//! done, and what is wrong, the desk says.

mod body;
mod create;
mod list;
mod me;
mod problem;
mod query;
mod shapes;
mod supervise;
mod words;
mod work;

use super::{Doors, Opened, Web};
use crate::words::Role;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use std::sync::LazyLock;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where all of it is.
const BASE: &str = "/api/v1";

/// What the document says beside its operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hotline",
        version = "1",
        description = "What agents do, for programs: the list, taking requests, calling, outcomes, notes, and requests from \
            other channels.\n\nA token is made on your page at `/desk/me`. What is wrong is told as a problem (RFC 9457) \
            whose `type` never changes. What you do under an `Idempotency-Key` is done once.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/api/v1")),
    components(schemas(problem::Telling, words::SectionWord)),
    tags(
        (name = "Requests", description = "The list, and having one."),
        (name = "Calling", description = "Reaching the customer."),
        (name = "Supervision", description = "For supervisors."),
        (name = "You", description = "Whose token it is, and this document."),
    )
)]
struct Described;

/// Every operation with its description.
fn operations() -> OpenApiRouter<Web> {
    let mut described = Described::openapi();
    let text = "A token made at `/desk/me`. The names beside it are the least role that is needed.";
    let bearer =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("hl_…").description(Some(text)).build();
    described.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(bearer));
    OpenApiRouter::with_openapi(described)
        .routes(routes!(list::list_requests, create::create_request))
        .routes(routes!(list::take_next))
        .routes(routes!(work::get_request))
        .routes(routes!(work::claim_request))
        .routes(routes!(work::extend_request))
        .routes(routes!(work::release_request))
        .routes(routes!(work::finish_request))
        .routes(routes!(work::add_note))
        .routes(routes!(work::show_number))
        .routes(routes!(work::make_attempt))
        .routes(routes!(work::hang_up))
        .routes(routes!(work::say_outcome))
        .routes(routes!(supervise::assign_request))
        .routes(routes!(supervise::set_priority))
        .routes(routes!(supervise::close_request))
        .routes(routes!(supervise::unlock_account))
        .routes(routes!(supervise::overview))
        .routes(routes!(me::get_me))
        .routes(routes!(get_document))
}

/// The document, written once.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| operations().into_openapi().to_json().unwrap_or_default());

/// This document
#[utoipa::path(get, path = "/openapi.json", tag = "You", security(()),
    responses((status = 200, description = "OpenAPI 3.1.", body = serde_json::Value)))]
async fn get_document() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], DOCUMENT.as_str()).into_response()
}

/// Opens them all.
pub fn doors(doors: Doors) -> Doors {
    let (router, described) = operations().split_for_parts();
    let opened = described.paths.paths.iter().flat_map(|(path, item)| methods(item).map(move |at| (path, at)));
    let opened = opened.map(|(path, (method, operation))| Opened {
        method,
        path: format!("{BASE}{path}").into(),
        needs: needs(operation),
    });
    let opened: Vec<Opened> = opened.collect();
    let router = router.fallback(problem::unknown).method_not_allowed_fallback(problem::wrong_method);
    let router = router.layer(from_fn(whole_address)).layer(CatchPanicLayer::custom(problem::broke));
    let unknown = || any(problem::unknown);
    let router = Router::new().nest(BASE, router).route("/api", unknown()).route("/api/{*rest}", unknown());
    doors.described(router, opened)
}

/// Nesting takes the first part of the address away, by which others know that a program asks.
async fn whole_address(mut request: Request, next: Next) -> Response {
    let inner = request.uri().path_and_query().map_or("/", |inner| inner.as_str());
    if let Ok(whole) = format!("{BASE}{inner}").parse() {
        *request.uri_mut() = whole;
    }
    next.run(request).await
}

fn methods(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    let get = item.get.as_ref().map(|operation| (Method::GET, operation));
    let post = item.post.as_ref().map(|operation| (Method::POST, operation));
    get.into_iter().chain(post)
}

/// The least role an operation's description names; none: it is for everybody.
fn needs(operation: &Operation) -> Option<Role> {
    let security = serde_json::to_value(&operation.security).unwrap_or_default();
    security.pointer("/0/bearer/0").and_then(|role| Role::named(role.as_str()?))
}
