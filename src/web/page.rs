//! What pages and programs are answered with, whatever they asked for: a page with its security
//! policy, a problem, the way to another page.

use super::phone_page::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::json;

/// A page as it was written; 500 when it could not be.
pub fn html(status: StatusCode, page: Result<String, askama::Error>) -> Response {
    match page {
        Ok(page) => (status, [(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)], Html(page)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, "this page could not be shown: see the log\n").into_response()
        }
    }
}

/// What is wrong, for programs: `application/problem+json` (RFC 9457). `detail` says why, and the mend.
pub fn problem(status: StatusCode, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Problem");
    let body = json!({ "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail });
    let kind = HeaderValue::from_static("application/problem+json");
    (status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response()
}

/// Goes on at another of our pages, with `GET`.
pub fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// A text as it may stand in a query.
pub fn in_query(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Whether a path leads to a page of ours and nowhere else: what follows a sign-in comes from the
/// address, and that anybody may have written.
pub fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.len() <= 2000
        && path.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_follow_a_sign_in() {
        for fine in ["/desk", "/desk/requests/1?tab=notes&lang=ja-JP", "/"] {
            assert!(is_local(fine), "{fine}");
        }
        for wrong in ["", "desk", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/中"] {
            assert!(!is_local(wrong), "{wrong}");
        }
        assert_eq!(in_query("/desk?a=1&b=é"), "/desk%3Fa%3D1%26b%3D%C3%A9");
    }
}
