//! What Vonage's interface is asked, and how its answers read. One asks as an application, with a token
//! signed by its private key.

use super::token;
use crate::call::voice::Desk;
use crate::provider::Order;
use crate::provider::api::{ApiError, ApiSettings, Ask, Asked, Auth, Body, Interface, Message, Method};
use crate::provider::ask::{Legs, checked};
use crate::provider::parties::without_plus;
use crate::words::clock;
use serde_json::{Value, json};

/// The longest a call may be, in seconds: as long as it can.
const LONGEST: u32 = 86_400;

/// See [`Interface`]. How recordings are deleted is not known.
pub const INTERFACE: Interface = Interface {
    base: "https://api.nexmo.com",
    message: Some(message),
    call: Some(call),
    hang_up: Some(hang_up),
    // The id we keep is the one that all webhooks of a call carry: its conversation's.
    legs: Some(Legs { ask: legs, read: open_legs }),
    recording: Some(recording),
    delete_recording: None,
    id,
    // Faults are named by addresses of pages, for people.
    fault: |_| (None, None),
};

/// A message is not known again when it is asked for twice.
fn message(to: &ApiSettings, message: &Message) -> Asked {
    let body = json!({
        "channel": "sms",
        "message_type": "text",
        "to": without_plus(message.to.as_str()),
        "from": without_plus(message.from),
        "text": message.text.reveal(),
    });
    ask(to, Method::POST, "v1/messages", Body::Json(body))
}

fn call(to: &ApiSettings, order: &Order) -> Asked {
    let rung = match order.to {
        Desk::Number(phone) => json!({ "type": "phone", "number": without_plus(phone.as_str()) }),
        Desk::Sip(address) => json!({ "type": "sip", "uri": address }),
    };
    let body = json!({
        "to": [rung],
        "from": { "type": "phone", "number": without_plus(order.from) },
        "answer_url": [order.answer_url],
        "answer_method": "POST",
        "event_url": [order.status_url],
        "event_method": "POST",
        "ringing_timer": order.ring.clamp(1, 120),
        "length_timer": LONGEST,
    });
    ask(to, Method::POST, "v1/calls", Body::Json(body))
}

fn hang_up(to: &ApiSettings, leg: &str) -> Asked {
    let what = format!("v1/calls/{}", checked(leg, "call")?);
    ask(to, Method::PUT, &what, Body::Json(json!({ "action": "hangup" })))
}

fn legs(to: &ApiSettings, conversation: &str) -> Asked {
    let what = format!("v1/calls?conversation_uuid={}", checked(conversation, "call")?);
    ask(to, Method::GET, &what, Body::Nothing)
}

/// What rings or talks: to hang up what is over is a fault there.
fn open_legs(answer: &Value) -> Vec<String> {
    let legs = answer["_embedded"]["calls"].as_array().into_iter().flatten();
    let open = legs.filter(|leg| ["started", "ringing", "answered"].iter().any(|state| leg["status"] == *state));
    open.filter_map(|leg| leg["uuid"].as_str().map(str::to_owned)).collect()
}

/// The id came with a webhook: nothing in it may lead elsewhere.
fn recording(to: &ApiSettings, id: &str) -> Asked {
    if !super::is_file(id) {
        return Err(ApiError::Refused("this is no recording's id".to_owned()));
    }
    ask(to, Method::GET, &format!("v1/files/{id}"), Body::Nothing)
}

fn ask(to: &ApiSettings, method: Method, what: &str, body: Body) -> Asked {
    let key = to.application.as_deref().zip(to.private_key.as_ref());
    let (application, key) = key.ok_or_else(|| ApiError::Later("there is no application, or no private key".into()))?;
    let token = token::of_application(application, key, clock::now().as_second());
    let token = token.ok_or_else(|| ApiError::Later("the private key is no RSA key in PEM".to_owned()))?;
    let url = format!("{}/{what}", to.base);
    Ok(Ask { method, url, auth: Auth::Bearer(token), token: None, body })
}

/// Of a call the id that all its webhooks carry.
fn id(answer: &Value) -> Option<String> {
    let id = answer["conversation_uuid"].as_str().or_else(|| answer["message_uuid"].as_str());
    id.map(str::to_owned)
}
