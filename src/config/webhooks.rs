//! Programs that are told of requests, as `[webhooks.NAME]` declares them.

use super::raw::{RawWebhook, Source};
use super::{Result, secrets};
use crate::outside::{Hook, HookAddress, HookKey};
use std::collections::BTreeMap;

/// The programs of the file. Their secrets are read now, so that a missing one stops the start.
pub(super) fn webhooks(source: &Source, raw: BTreeMap<String, RawWebhook>) -> Result<Vec<Hook>> {
    raw.into_iter().map(|(name, raw)| webhook(source, name, raw)).collect()
}

fn webhook(source: &Source, name: String, raw: RawWebhook) -> Result<Hook> {
    let url = source.given("webhooks.url", raw.url);
    if name.is_empty() || name.len() > 64 || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        let what = format!("is of a program `{name}`, which is no name");
        return Err(url.refuse(what, "use up to 64 letters, digits, - and _"));
    }
    let own = |(what, mend): (&str, &str)| (what.to_owned(), mend.to_owned());
    let to = url.read(|url| HookAddress::parse(&url).map_err(own))?.value;
    let given = source.given("webhooks.secret", raw.secret);
    let mut keys = Vec::new();
    for secret in secrets::several_of_file(source, given.clone())? {
        keys.push(HookKey::parse(&secret).map_err(|(what, mend)| given.refuse(what, mend))?);
    }
    if keys.is_empty() {
        return Err(given.refuse("is empty", "write `env:NAME` or `file:PATH`"));
    }
    Ok(Hook { name, to, keys })
}
