//! What the address of a page asks for behind its `?`. One that does not say it, or not in a way that can
//! be read, is answered with a page in the reader's language that leads back.

use super::frame::{Frame, Here, PLACES, told};
use super::words::of;
use crate::web::Web;
use crate::web::language::PageLang;
use crate::web::who::Admin;
use crate::words::clock;
use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::de::DeserializeOwned;

/// What is asked for; 400 and a page where that cannot be read. Take it behind an admin.
pub(in crate::web) struct Wanted<T>(pub(in crate::web) T);

impl<T: DeserializeOwned> FromRequestParts<Web> for Wanted<T> {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Wanted<T>, Response> {
        if let Ok(Query(wanted)) = Query::<T>::try_from_uri(&parts.uri) {
            return Ok(Wanted(wanted));
        }
        let Admin(person) = Admin::from_request_parts(parts, web).await?;
        let Ok(PageLang(lang)) = PageLang::from_request_parts(parts, web).await;
        let (here, back) = around(parts.uri.path());
        let w = of(lang);
        let f = Frame::new(&person, lang, clock::now(), here, &back);
        Err(told(f, StatusCode::BAD_REQUEST, (w.unclear_title, w.unclear), (&back, w.back)))
    }
}

/// The place a page stands in, and the page above it.
fn around(path: &str) -> (Here, String) {
    let is_in = |address: &str| path.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let here = PLACES.iter().rev().find(|(_, address)| is_in(address)).map_or(Here::Flows, |(here, _)| *here);
    let above = path.rsplit_once('/').map_or("/admin", |(above, _)| above);
    // Hotlines are listed above their own pages.
    (here, if above.is_empty() || above == "/admin/flows" { "/admin" } else { above }.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_a_page_that_is_there() {
        for (path, above) in [
            ("/admin/flows/upay/step", "/admin/flows/upay"),
            ("/admin/flows/upay/try/story", "/admin/flows/upay/try"),
            ("/admin/flows/upay", "/admin"),
            ("/admin/lines/8675588880000", "/admin/lines"),
            ("/admin/lines", "/admin"),
            ("/admin/log", "/admin"),
        ] {
            assert_eq!(around(path).1, above, "{path}");
        }
        assert!(around("/admin/lines/1").0 == Here::Lines && around("/admin/flows/upay/step").0 == Here::Flows);
    }
}
