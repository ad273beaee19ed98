//! What came back, believed as far as its types are declared. Nothing of it is repeated in an error.

use super::door::unreachable;
use super::{Fault, Went};
use crate::flow::value::{Type, Value};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The largest body that is read, in bytes.
const LARGEST: usize = 64 * 1024;

/// The longest text that is taken, in characters: it is spoken, and kept with every turn after.
const LONGEST: usize = 500;

/// The object in a body. No more than [`LARGEST`] is read, whatever the head says.
pub async fn json(mut response: Response) -> Result<Map<String, Json>, Fault> {
    let unreadable = |why: String| Fault::new(Went::Unreadable, why);
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !is_json(kind) {
        return Err(unreadable("the content type is not application/json".to_owned()));
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(unreachable)? {
        if body.len() + piece.len() > LARGEST {
            return Err(unreadable(format!("the body is larger than {LARGEST} bytes")));
        }
        body.extend_from_slice(&piece);
    }
    match serde_json::from_slice(&body) {
        Ok(Json::Object(fields)) => Ok(fields),
        Ok(_) => Err(unreadable("the body is JSON but no object".to_owned())),
        Err(error) => {
            Err(unreadable(format!("the body is no JSON at line {} column {}", error.line(), error.column())))
        }
    }
}

/// The declared fields of an object: each must be there, of its type, or null when it is not set.
pub fn record(body: &Map<String, Json>, gives: &BTreeMap<String, Type>) -> Result<Value, Fault> {
    let read = |(name, holds): (&String, &Type)| {
        let field = body.get(name).ok_or_else(|| format!("the field `{name}` is missing"))?;
        let value = holds.read(field).ok_or_else(|| format!("the field `{name}` is not of type {holds}"))?;
        match &value {
            Value::Text(text) if text.chars().count() > LONGEST => Err(format!("the field `{name}` is too long")),
            Value::Text(text) if text.contains(char::is_control) => {
                Err(format!("the field `{name}` holds what cannot be spoken"))
            }
            _ => Ok((name.clone(), value)),
        }
    };
    let fields = gives.iter().map(read).collect::<Result<_, String>>();
    fields.map(Value::Record).map_err(|why| Fault::new(Went::Unreadable, why))
}

/// `application/json`, or a kind made on it, as `application/problem+json`.
fn is_json(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}
