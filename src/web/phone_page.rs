//! The page of the browser phone, as text: what it shows and in which words. Pure: it is handed
//! its context and gives back HTML. Knows nothing of requests, sessions, or what a call is; the
//! phone itself lives in `assets/phone.js`, which takes its words from here.

mod words;

use super::language::LANGUAGE_NAMES;
use crate::words::{Lang, Secret};
use askama::Template;
use serde::Serialize;
use words::Words;

/// What a browser may do on these pages: our own script, style and addresses, and nothing inline.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// A file the pages load, served as it is.
pub struct Asset {
    /// Its address.
    pub path: &'static str,
    /// Its media type.
    pub content_type: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Every file the pages load. The script is in parts that import each other by these addresses.
pub const ASSETS: [Asset; 6] = [
    Asset {
        path: "/assets/phone.css",
        content_type: "text/css; charset=utf-8",
        text: include_str!("assets/phone.css"),
    },
    Asset {
        path: "/assets/plain.css",
        content_type: "text/css; charset=utf-8",
        text: include_str!("assets/plain.css"),
    },
    Asset { path: "/assets/phone.js", content_type: JAVASCRIPT, text: include_str!("assets/phone.js") },
    Asset { path: "/assets/choose.js", content_type: JAVASCRIPT, text: include_str!("assets/choose.js") },
    Asset { path: "/assets/page.js", content_type: JAVASCRIPT, text: include_str!("assets/page.js") },
    Asset { path: "/assets/voice.js", content_type: JAVASCRIPT, text: include_str!("assets/voice.js") },
];
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// A line that can be called.
pub struct Line {
    /// The flow's name; `/phone?flow=NAME` chooses the line.
    pub name: String,
    /// The flow's title in the language of the page.
    pub title: String,
    /// What is dialled to reach it.
    pub dialled: String,
    /// The languages it speaks, the default first.
    pub languages: Vec<Lang>,
}

/// A made-up customer to call as. The PIN is text on purpose: it belongs to demo data and is
/// there to be read off the page.
pub struct DemoCaller {
    /// The customer's name.
    pub name: String,
    /// The number called from, E.164 with `+`.
    pub number: String,
    /// The account, digits.
    pub account: String,
    /// The PIN that verifies the account, digits.
    pub pin: String,
    /// Birth date and identity document as they are typed, digits; empty where there are none.
    pub knowledge: String,
    /// What is special about this customer, in the language of the page; empty if nothing is.
    pub note: String,
}

/// Everything the page shows.
pub struct PhonePage {
    /// The language of the page. Its words exist in zh-CN, ja-JP and en-US; zh-HK reads zh-CN.
    pub lang: Lang,
    /// The lines to choose from, the first one chosen.
    pub lines: Vec<Line>,
    /// Who can be called as; empty outside demo.
    pub demo_callers: Vec<DemoCaller>,
    /// The bearer token of the phone protocol. It goes into the page, so the page must not be cached.
    pub token: Secret,
}

impl PhonePage {
    /// What stands in the page of the phone, and what its script is told, for a page that has more than
    /// a phone; `door` is where it calls. Fails only if writing to memory fails.
    pub fn parts(&self, door: &str) -> Result<(String, String), askama::Error> {
        let words = words::of(self.lang);
        let data = data_block(&ScriptData { token: self.token.reveal(), words, door: Some(door) })?;
        let body = Body { w: words, page: self, keys: keys(words), spoken: &SPOKEN_NAMES }.render()?;
        Ok((body, data))
    }

    /// The page as HTML. Names and titles are escaped. Fails only if writing to memory fails.
    pub fn html(&self) -> Result<String, askama::Error> {
        let words = words::of(self.lang);
        let data = data_block(&ScriptData { token: self.token.reveal(), words, door: None })?;
        Page { w: words, page: self, keys: keys(words), data, names: &LANGUAGE_NAMES, spoken: &SPOKEN_NAMES }.render()
    }
}

/// What there is to say of a demo customer's account, in the language of the page: nothing of one
/// that is in order. A state without words of ours is said as it is.
pub fn state_note(lang: Lang, state: &str) -> String {
    let words = words::of(lang);
    match state {
        "active" => "",
        "locked" => words.locked,
        "frozen" => words.frozen,
        other => other,
    }
    .to_owned()
}

#[derive(Template)]
#[template(path = "phone.html", config = "src/web/askama.toml")]
struct Page<'a> {
    w: &'static Words,
    page: &'a PhonePage,
    keys: [Key; 12],
    data: String,
    names: &'static [(Lang, &'static str)],
    spoken: &'static [(Lang, &'static str)],
}

/// The phone itself, without what stands around it.
#[derive(Template)]
#[template(path = "phone_body.html", config = "src/web/askama.toml")]
struct Body<'a> {
    w: &'static Words,
    page: &'a PhonePage,
    keys: [Key; 12],
    spoken: &'static [(Lang, &'static str)],
}

/// What the script is told. The words travel with it so that they stand in one place only.
#[derive(Serialize)]
struct ScriptData<'a> {
    token: &'a str,
    words: &'static Words,
    /// Where it calls, if not where every phone does.
    #[serde(skip_serializing_if = "Option::is_none")]
    door: Option<&'a str>,
}

/// A key of the keypad, and what it does besides being itself: in a menu, and while digits are typed.
struct Key {
    key: &'static str,
    id: &'static str,
    /// How it is read out where the sign alone would be skipped.
    name: &'static str,
    in_menu: &'static str,
    combo: &'static str,
    in_typing: &'static str,
}

/// The languages a line can speak, each by its own name; Chinese by what is spoken, not written.
const SPOKEN_NAMES: [(Lang, &str); 4] =
    [(Lang::ZhCn, "普通话"), (Lang::ZhHk, "廣東話"), (Lang::JaJp, "日本語"), (Lang::EnUs, "English")];

fn keys(w: &'static Words) -> [Key; 12] {
    let digit = |key| Key { key, id: key, name: "", in_menu: "", combo: "", in_typing: "" };
    [
        digit("1"),
        digit("2"),
        digit("3"),
        digit("4"),
        digit("5"),
        digit("6"),
        digit("7"),
        digit("8"),
        Key { in_menu: w.slower, combo: "*9", in_typing: w.slower, ..digit("9") },
        Key { key: "*", id: "star", name: w.star, in_menu: w.repeat, combo: "**", in_typing: w.repeat },
        Key { in_menu: w.person, combo: "*0", in_typing: w.person, ..digit("0") },
        Key { key: "#", id: "hash", name: w.hash, in_menu: w.back, combo: "", in_typing: w.done },
    ]
}

/// JSON that may stand inside a `script` element: nothing in it can end the element or open a comment.
fn data_block(data: &impl Serialize) -> Result<String, askama::Error> {
    let json = serde_json::to_string(data).map_err(askama::Error::custom)?;
    Ok(json.replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests;
