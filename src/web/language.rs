//! The language of a page.

use super::Web;
use super::who::known;
use crate::words::Lang;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use std::convert::Infallible;

/// The languages pages are written in; the first is for whoever asks for another.
pub const PAGES: [Lang; 3] = [Lang::EnUs, Lang::ZhCn, Lang::JaJp];

/// The languages a page can be read in, each by its own name.
pub const LANGUAGE_NAMES: [(Lang, &str); 3] = [(Lang::ZhCn, "中文"), (Lang::JaJp, "日本語"), (Lang::EnUs, "English")];

/// `?lang=ja-JP`: the language asked for.
#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

/// The language a page is to be in, one of [`PAGES`]: the one asked for in the address, else the one
/// the person has chosen, else the first of the browser's that we write.
pub struct PageLang(pub Lang);

impl FromRequestParts<Web> for PageLang {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<PageLang, Infallible> {
        // Where the database is away there is a page that says so, in the browser's language.
        let known = known(parts, web).await.ok().flatten();
        let chosen = known.and_then(|known| known.person.page_language).map(Lang::tag);
        let asked = Query::<Asked>::try_from_uri(&parts.uri).ok().and_then(|Query(asked)| asked.lang);
        Ok(PageLang(page_language(asked.as_deref().or(chosen), &parts.headers)))
    }
}

/// The language asked for, else the first of the browser's that we write.
pub fn page_language(asked: Option<&str>, headers: &HeaderMap) -> Lang {
    let written = |tag: &str| {
        let tag = tag.trim();
        PAGES
            .into_iter()
            .find(|lang| lang.tag().eq_ignore_ascii_case(tag) || lang.tag().split('-').next() == tag.split('-').next())
    };
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut accepted = accepted.split(',').filter_map(|part| part.split(';').next());
    asked.and_then(written).or_else(|| accepted.find_map(written)).unwrap_or(PAGES[0])
}
