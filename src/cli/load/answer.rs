//! What must be so in an answer. Knows nothing of how it came.

use super::client::Answer;
use super::document::{self, Document, Next};
use super::tally::{Trouble, What};

/// Most characters of an answer that are shown.
const SHOWN: usize = 200;
/// What an address has in its query when the line asked to hold and come to it again.
const AGAIN: &str = "again=";

/// The document of an answer.
///
/// # Errors
/// It is no document, and why.
pub fn document(answer: &Answer) -> Result<Document, Trouble> {
    if answer.status != 200 {
        let mend = match answer.status {
            403 => "; is the token the server's own, and is --public-url its `public_url`?",
            404 => "; is --path the server's?",
            _ => "",
        };
        let told = format!("{} where 200 is due: {}{mend}", answer.status, shown(&answer.body));
        return Err(Trouble::new(What::Status, told));
    }
    let kind = answer.kind.split(';').next().unwrap_or_default().trim();
    if !["text/xml", "application/xml"].iter().any(|xml| kind.eq_ignore_ascii_case(xml)) {
        return Err(Trouble::new(What::ContentType, format!("`{}` where text/xml is due", answer.kind)));
    }
    let wrong = |why: String| Trouble::new(What::Document, format!("{why}: {}", shown(&answer.body)));
    let text = std::str::from_utf8(&answer.body).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
    document::read(text).map_err(wrong)
}

/// The answer to the end of a call, to which nothing is said.
///
/// # Errors
/// It was not taken.
pub fn taken(answer: &Answer) -> Result<(), Trouble> {
    if [200, 204].contains(&answer.status) {
        return Ok(());
    }
    let told = format!("{} to the end of a call where 204 is due: {}", answer.status, shown(&answer.body));
    Err(Trouble::new(What::Status, told))
}

/// Path and query, below the public address, of an address in a document that came from `here`.
///
/// # Errors
/// It leads to another server.
pub fn resolve(public_url: &str, here: &str, address: &str) -> Result<String, Trouble> {
    let origin = public_url.match_indices('/').nth(2).map_or(public_url, |(at, _)| &public_url[..at]);
    let path = here.split('?').next().unwrap_or_default();
    let whole = if address.is_empty() {
        return Ok(here.to_owned());
    } else if address.contains("://") || address.starts_with("//") {
        address.to_owned()
    } else if address.starts_with('/') {
        format!("{origin}{address}")
    } else if address.starts_with('?') {
        format!("{public_url}{path}{address}")
    } else {
        let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
        format!("{public_url}{folder}{address}")
    };
    let below = whole.strip_prefix(public_url).filter(|below| below.starts_with('/'));
    let away = || Trouble::new(What::Address, format!("`{address}` does not lead to {public_url}"));
    below.map(str::to_owned).ok_or_else(away)
}

/// Whether an address is the same once more, after the line asked to hold.
pub fn asks_to_hold(here: &str, target: &str) -> bool {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    path == here.split('?').next().unwrap_or_default() && query.split('&').any(|pair| pair.starts_with(AGAIN))
}

/// Whether an answer asks to hold.
pub fn holds(answer: &Answer, here: &str) -> bool {
    // Only the end of the address is looked at: where it leads is looked at when it is followed.
    let path = here.split('?').next().unwrap_or_default();
    let again = |address: &str| address.find(path).is_some_and(|at| asks_to_hold(here, &address[at..]));
    document(answer).is_ok_and(|document| matches!(document.next, Next::Redirect(address) if again(&address)))
}

/// Where two answers part.
pub fn difference(first: &Answer, second: &Answer) -> String {
    if (first.status, &first.kind) != (second.status, &second.kind) {
        let told = |answer: &Answer| format!("{} {}", answer.status, answer.kind);
        return format!("{}, then {}", told(first), told(second));
    }
    let same = first.body.iter().zip(&second.body).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(20);
    format!("from byte {same} on: {} and then {}", shown(&first.body[from..]), shown(&second.body[from..]))
}

/// The beginning of a text, on one line.
fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let line: Vec<&str> = text.split_whitespace().collect();
    line.join(" ").chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_the_same_server_or_nowhere() {
        let from = |public: &str, address: &str| resolve(public, "/voice/in?x=1", address).ok();
        let to = |target: &str| Some(target.to_owned());
        assert_eq!(from("https://a.b", "https://a.b/c?d=1"), to("/c?d=1"));
        assert_eq!(from("https://a.b", "/c"), to("/c"));
        assert_eq!(from("https://a.b", "step?n=1"), to("/voice/step?n=1"));
        assert_eq!(from("https://a.b", "?n=1"), to("/voice/in?n=1"));
        assert_eq!(from("https://a.b", ""), to("/voice/in?x=1"));
        assert_eq!(from("https://a.b/base", "https://a.b/base/c"), to("/c"));
        assert_eq!(from("https://a.b/base", "/base/c"), to("/c"));
        assert_eq!(from("https://a.b/base", "/c"), None);
        for elsewhere in ["https://a.b.c/d", "http://a.b/c", "//a.b/c", "https://a.b"] {
            assert_eq!(from("https://a.b", elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_caller_is_asked_to_hold_at_the_same_address_once_more() {
        assert!(asks_to_hold("/voice/in?flow=a", "/voice/in?flow=a&again=1"));
        assert!(asks_to_hold("/voice/in?again=1", "/voice/in?again=2"));
        assert!(!asks_to_hold("/voice/in", "/voice/other?again=1"));
        assert!(!asks_to_hold("/voice/in", "/voice/in?flow=again"));
    }
}
