//! What a provider's interface can be asked, as each dialect says it: plain values, sent by [`super::api`].
//! Knows nothing of how they are sent.

use super::api::{ApiError, ApiSettings, Method};
use super::{Order, OrderError};
use crate::words::{Phone, Secret};
use serde_json::Value;

/// How a dialect asks, and how it reads what it is answered. What it cannot ask is none.
pub(super) struct Interface {
    /// The provider's own address: scheme and host, no slash at the end. Empty: everybody has their own there,
    /// and it is set.
    pub base: &'static str,
    /// Sends a message.
    pub message: Option<fn(&ApiSettings, &Message<'_>) -> Asked>,
    /// Rings a phone.
    pub call: Option<fn(&ApiSettings, &Order<'_>) -> Asked>,
    /// Hangs a call up that we ordered, by the provider's id of it, whether it rings or was answered.
    pub hang_up: Option<fn(&ApiSettings, &str) -> Asked>,
    /// Where calls are hung up by another id than the one we keep.
    pub legs: Option<Legs>,
    /// The sound of a recording as WAV, by the provider's id of it.
    pub recording: Option<fn(&ApiSettings, &str) -> Asked>,
    /// Deletes a recording.
    pub delete_recording: Option<fn(&ApiSettings, &str) -> Asked>,
    /// The provider's id of what was taken: of a message, of a call.
    pub id: fn(&Value) -> Option<String>,
    /// The provider's code of a fault, and why a call was not made where that tells more than the status.
    pub fault: fn(&Value) -> (Option<String>, Option<OrderError>),
}

/// How a provider tells by which ids what belongs to a call is hung up.
pub(super) struct Legs {
    /// Asks for them, by the provider's id of the call that we keep.
    pub ask: fn(&ApiSettings, &str) -> Asked,
    /// The ids of those that are not over.
    pub read: fn(&Value) -> Vec<String>,
}

/// An id that came with a webhook, or an answer: nothing in it may lead elsewhere.
pub(super) fn checked<'a>(id: &'a str, what: &str) -> Result<&'a str, ApiError> {
    let fine = !id.is_empty() && id.len() <= 96 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b));
    if fine { Ok(id) } else { Err(ApiError::Refused(format!("this is no {what}'s id"))) }
}

/// What to ask, or why it cannot be asked.
pub(super) type Asked = Result<Ask, ApiError>;

/// One request.
pub(super) struct Ask {
    /// How.
    pub method: Method,
    /// Where, whole.
    pub url: String,
    /// As whom.
    pub auth: Auth,
    /// By which a repeated request is known again, where it can be.
    pub token: Option<(&'static str, String)>,
    /// What.
    pub body: Body,
}

/// As whom one asks.
pub(super) enum Auth {
    /// The settings' user and password.
    Basic,
    /// A bearer's token.
    Bearer(Secret),
}

/// What is sent.
pub(super) enum Body {
    /// Nothing.
    Nothing,
    /// A form.
    Form(Vec<(&'static str, String)>),
    /// JSON.
    Json(Value),
}

/// A text message.
pub(super) struct Message<'a> {
    /// To whom.
    pub to: &'a Phone,
    /// From whom: see [`ApiSettings::sender`].
    pub from: &'a str,
    /// The words.
    pub text: &'a Secret,
    /// The same at every try of one message.
    pub token: &'a str,
}
