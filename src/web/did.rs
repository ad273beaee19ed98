//! What somebody did, for the log of everything: said by whoever did it, beside the answer.

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

/// The answer, and what was done before it was given.
pub fn did(mut response: Response, did: Did) -> Response {
    response.extensions_mut().insert(did);
    response
}
