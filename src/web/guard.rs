//! What holds for every address before its handler: requests from other sites change nothing, pages
//! are framed by nobody and run nothing but our own files.

use super::language::page_language;
use super::page::problem;
use super::people::page;
use super::phone_page::CONTENT_SECURITY_POLICY;
use super::who::{API, bearer};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::set_header::SetResponseHeaderLayer;

/// Guards a router whose pages browsers know under this address.
pub fn guarded<S: Clone + Send + Sync + 'static>(router: Router<S>, public_url: &str) -> Router<S> {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    router
        .layer(same_site(public_url))
        .layer(from_fn(foreigners))
        .layer(header(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
}

/// Refuses what changes something and comes from another site's page.
fn same_site(public_url: &str) -> CsrfLayer {
    let Some(origin) = origin(public_url) else { return CsrfLayer::new() };
    CsrfLayer::new().add_trusted_origin(&origin).unwrap_or_else(|error| {
        tracing::warn!(%error, "the public address is no origin browsers send; only requests to the same host are taken");
        CsrfLayer::new()
    })
}

/// Scheme, host and port as browsers write them: small letters, and no port that goes without saying.
fn origin(public_url: &str) -> Option<String> {
    let uri: Uri = public_url.parse().ok()?;
    let (scheme, host) = (uri.scheme_str()?, uri.host()?.to_lowercase());
    let usual = if scheme == "https" { 443 } else { 80 };
    Some(match uri.port_u16().filter(|port| *port != usual) {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

/// Lets programs in with their tokens, which no browser sends by itself, wherever they come from; and
/// tells whoever is refused why.
async fn foreigners(mut request: Request, next: Next) -> Response {
    if bearer(request.uri().path(), request.headers()).is_some() {
        request.headers_mut().remove(header::ORIGIN);
        request.headers_mut().remove("sec-fetch-site");
    }
    let api = request.uri().path().starts_with(API);
    let lang = page_language(None, request.headers());
    let response = next.run(request).await;
    if response.extensions().get::<ProtectionError>().is_none() {
        return response;
    }
    match api {
        true => problem(StatusCode::FORBIDDEN, "this came from a page of another site, and changes nothing here"),
        false => page::foreign(lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (url, wanted) in [
            ("https://Hotline.Example.com/calls", "https://hotline.example.com"),
            ("https://hotline.example.com:443", "https://hotline.example.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(origin(url).as_deref(), Some(wanted), "{url}");
        }
    }
}
