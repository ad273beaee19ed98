//! What somebody did, for the log of everything: said by whoever did it, beside the answer.

use super::Web;
use crate::store::Person;
use axum::response::Response;

/// One deed. Texts are as people would read them; never a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Did {
    /// What was done, as `flow.publish` or `notice.put`.
    pub what: &'static str,
    /// To what, by the name or id that stays.
    pub of: String,
    /// How it was; none: it was not there.
    pub before: Option<String>,
    /// How it is now; none: it is gone.
    pub after: Option<String>,
}

/// All that was done before an answer was given, in order.
#[derive(Clone, Default)]
pub(super) struct Deeds(pub(super) Vec<Did>);

/// Whose deed it was, where that is not whoever asked: somebody who has just signed in.
#[derive(Clone)]
pub(super) struct By(pub(super) String);

/// Nothing was done that anybody would look for.
#[derive(Clone, Copy)]
pub(super) struct Nothing;

/// The answer, and what was done before it was given. May be said several times.
pub fn did(mut response: Response, did: Did) -> Response {
    response.extensions_mut().get_or_insert_default::<Deeds>().0.push(did);
    response
}

/// The same, of somebody whom the request did not name.
pub fn did_by(mut response: Response, who: &str, it: Did) -> Response {
    response.extensions_mut().insert(By(who.to_owned()));
    did(response, it)
}

/// The answer to what a page does by itself while it is open: nothing for the log.
pub fn did_nothing(mut response: Response) -> Response {
    response.extensions_mut().insert(Nothing);
    response
}

/// Whether an answer says that nothing was done.
pub(super) fn is_nothing(response: &Response) -> bool {
    response.extensions().get::<Nothing>().is_some()
}

/// Where a request stands: nothing of the customer.
pub(super) async fn stands(web: &Web, id: &str) -> Option<String> {
    let request = web.desk.request(id).await.ok()?;
    let holder = request.holder.as_deref().unwrap_or("-");
    let (state, priority, attempts) = (request.state.word(), request.priority.word(), request.attempts);
    Some(format!("{state} holder={holder} priority={priority} attempts={attempts}"))
}

/// What somebody may do and what is known of them, in a line.
pub(super) fn told_of(person: &Person) -> String {
    let Person { name: _, role, languages, skills, phone, zone, page_language, disabled } = person;
    let list = |list: Vec<&str>| if list.is_empty() { "all".to_owned() } else { list.join(",") };
    let or = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let (languages, skills) =
        (list(languages.iter().map(|it| it.tag()).collect()), list(skills.iter().map(String::as_str).collect()));
    let (phone, zone, page) = (or(phone.as_deref()), or(zone.as_deref()), or(page_language.map(|lang| lang.tag())));
    let state = if *disabled { "disabled" } else { "enabled" };
    format!("role={role} languages={languages} skills={skills} phone={phone} zone={zone} page={page} {state}")
}
