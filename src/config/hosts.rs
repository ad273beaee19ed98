//! Services outside, as `[hosts.NAME]` declares them: flows name them, and only the settings say where
//! they are and what opens them.

use super::place::{Given, Wrong, wrong};
use super::raw::{RawHost, Source};
use super::{Result, secrets};
use crate::flow::read::duration;
use crate::outside::{Base, Host};
use crate::words::Secret;
use std::collections::BTreeMap;
use std::time::Duration;
use toml::{Spanned, Value};

/// Headers that hold no secret, whoever sends them, and may be written out.
const OPEN: [&str; 3] = ["accept-language", "from", "user-agent"];

/// How long it may take to connect, and how long a host that fails is left alone, when nothing says so.
const CONNECT: Duration = Duration::from_millis(500);
const REST: Duration = Duration::from_secs(10);

/// The hosts of the file. Their secrets are read now, so that a missing one stops the start and not a
/// call.
pub(super) fn hosts(source: &Source, raw: BTreeMap<String, RawHost>) -> Result<Vec<Host>> {
    raw.into_iter().map(|(name, raw)| host(source, name, raw)).collect()
}

fn host(source: &Source, name: String, raw: RawHost) -> Result<Host> {
    let private = raw.private.unwrap_or_default();
    let url = source.given("hosts.url", raw.url);
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        return Err(
            url.refuse(format!("is of a host `{name}`, which no source can name"), "use letters, digits, - and _")
        );
    }
    let base = url.read(|url| Base::parse(&url, private).map_err(|(what, mend)| (what, mend.to_owned())))?.value;
    let mut headers = Vec::new();
    for (header, value) in raw.headers {
        headers.push((header.clone(), self::header(source, &header, value)?));
    }
    let time = |setting: &'static str, given: Option<Spanned<String>>, usual| {
        given.map_or(Ok(usual), |given| source.given(setting, given).read(time).map(|given| given.value))
    };
    let connect_timeout = time("hosts.connect_timeout", raw.connect_timeout, CONNECT)?;
    let rest = time("hosts.rest", raw.rest, REST)?;
    Ok(Host { name, base, headers, private, connect_timeout, rest })
}

fn header(source: &Source, name: &str, value: Spanned<Value>) -> Result<Secret> {
    let given = source.given("hosts.headers", value);
    if !Host::may_send(name) {
        return Err(given.refuse(format!("sets `{name}`, which is no header to be set"), "leave it out"));
    }
    let is_open = OPEN.contains(&name.to_ascii_lowercase().as_str());
    let value = match &given.value {
        Value::String(text) if is_open && !text.trim().starts_with("env:") && !text.trim().starts_with("file:") => {
            Given { setting: given.setting.clone(), value: Secret::new(text.trim()), place: given.place.clone() }
        }
        _ => secrets::of_file(source, given)?,
    };
    Ok(value.read(|value| sendable(value, name))?.value)
}

/// What cannot be sent is told without being repeated.
fn sendable(value: Secret, name: &str) -> std::result::Result<Secret, Wrong> {
    if value.reveal().chars().all(|c| c.is_ascii() && !c.is_ascii_control()) && value.count() > 0 {
        return Ok(value);
    }
    wrong(format!("has a value for `{name}` that cannot be sent"), "it must be one line of plain characters")
}

fn time(text: String) -> std::result::Result<Duration, Wrong> {
    match duration(&text).filter(|time| !time.is_zero() && *time <= Duration::from_secs(600)) {
        Some(time) => Ok(time),
        None => wrong(format!("is `{text}`"), "write a time of up to 10m, like 500ms or 10s"),
    }
}
