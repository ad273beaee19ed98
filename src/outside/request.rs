//! What is sent: the address made of its parts and what callers typed, and the arguments as JSON.
//! Whatever an argument holds, it fills one segment or one value and nothing beside it.

use super::door::Door;
use super::{Fault, Went};
use crate::flow::http::{Http, Part};
use crate::flow::value::Value;
use reqwest::Url;
use serde_json::{Map, Value as Json};

/// The longest argument in an address.
const LONGEST: usize = 256;

/// A request, ready to be sent more than once.
pub struct Request {
    pub url: Url,
    /// Sent with POST; without it it is a GET.
    pub body: Option<Json>,
    /// By which the service knows it again.
    pub key: Option<String>,
}

/// Puts a request together.
pub fn build(door: &Door, http: &Http, with: &[(String, Value)], key: Option<&str>) -> Result<Request, Fault> {
    let value = |name: &str| with.iter().find(|(own, _)| own == name).map_or(&Value::None, |(_, value)| value);
    let mut path = String::new();
    for part in &http.path {
        path.push('/');
        match part {
            Part::Fixed(text) => path.push_str(text),
            Part::Argument(name) => path.push_str(&segment(name, &value(name).plain())?),
        }
    }
    let mut query = Vec::new();
    for (name, part) in &http.query {
        let text = match part {
            Part::Fixed(text) => text.clone(),
            Part::Argument(own) => match value(own) {
                Value::None => continue,
                value => value.plain(),
            },
        };
        query.push(format!("{}={}", escaped(name), escaped(&text)));
    }
    let url = door.base.below(&path, &query.join("&"));
    let url = url.ok_or_else(|| Fault::new(Went::Unaskable, "the arguments make no address below the host's"))?;
    let body = http.post.then(|| Json::Object(with.iter().map(|(name, value)| (name.clone(), json(value))).collect()));
    Ok(Request { url, body, key: key.map(str::to_owned) })
}

/// An argument as one segment of a path. What would be no segment, another one or none at all is
/// refused.
fn segment(name: &str, text: &str) -> Result<String, Fault> {
    let why = match text {
        "" => "is not set",
        "." | ".." => "would lead elsewhere",
        _ if text.len() > LONGEST => "is too long",
        _ if text.contains(char::is_control) => "holds what cannot be seen",
        _ => return Ok(escaped(text)),
    };
    Err(Fault::new(Went::Unaskable, format!("the argument `{name}` {why}")))
}

/// Everything but letters, digits and `-._~` as `%XX`.
fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// A value as it is sent, in the form it is read.
fn json(value: &Value) -> Json {
    match value {
        Value::None => Json::Null,
        Value::Flag(flag) => (*flag).into(),
        Value::Number(number) => (*number).into(),
        Value::Record(fields) => {
            Json::Object(fields.iter().map(|(name, value)| (name.clone(), json(value))).collect::<Map<_, _>>())
        }
        other => other.plain().into(),
    }
}
