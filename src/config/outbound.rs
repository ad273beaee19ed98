//! What goes out: messages, and where recordings lie.

use super::place::{Given, Wrong, wrong};
use super::raw::{RawRecordings, RawSms, RawTwilio, Source};
use super::{Result, parse, secrets};
use crate::provider::{ApiSettings, Provider};
use crate::words::{Phone, Secret};
use std::path::{Path, PathBuf};

/// Twilio's own address.
const TWILIO: &str = "https://api.twilio.com";
/// Messages of one kind a line sends in a day when nothing says so.
const PER_LINE_DAY: u32 = 500;
/// A bucket's region when nothing says so: what those that speak S3 without regions take.
const REGION: &str = "us-east-1";

/// What goes out.
pub struct Outbound {
    /// How one speaks with Twilio's REST interface; none: nothing is texted, no recording fetched.
    pub api: Option<ApiSettings>,
    /// Messages of one kind a line sends in a day at most.
    pub per_line_day: u32,
    /// Where recordings lie.
    pub recordings: RecordingsAt,
    /// Recordings are deleted at the provider once they are here.
    pub delete_at_provider: bool,
}

/// Where recordings lie.
#[derive(Clone)]
pub enum RecordingsAt {
    /// In a folder.
    Folder(PathBuf),
    /// In a bucket that speaks S3.
    Bucket {
        /// Its name.
        name: String,
        /// What every object's name begins with; may be empty.
        prefix: String,
        /// Where it is, when not at Amazon.
        endpoint: Option<String>,
        /// Its region.
        region: String,
        /// The key's name.
        access_key: Secret,
        /// The key.
        secret_key: Secret,
    },
}

/// Reads what goes out.
pub(super) fn outbound(
    source: &Source,
    twilio: RawTwilio,
    sms: RawSms,
    recordings: RawRecordings,
    data: &Path,
) -> Result<Outbound> {
    let per_line_day = source.number("sms.per_line_day", sms.per_line_day)?.map(|given| given.read(at_least_one));
    let delete = source.flag("recordings.delete_at_provider", recordings.delete_at_provider.clone())?;
    Ok(Outbound {
        api: api(source, twilio)?,
        per_line_day: per_line_day.transpose()?.map_or(PER_LINE_DAY, |given| given.value),
        delete_at_provider: delete.is_some_and(|given| given.value),
        recordings: recordings_at(source, recordings, data)?,
    })
}

fn at_least_one(most: u32) -> std::result::Result<u32, Wrong> {
    if most == 0 {
        return wrong("is 0", "write 1 or more; without `providers.twilio.sender` nothing is texted");
    }
    Ok(most)
}

fn api(source: &Source, raw: RawTwilio) -> Result<Option<ApiSettings>> {
    let account = source.text("providers.twilio.account", raw.account).map(|given| given.read(sid)).transpose()?;
    let key = secrets::one(source, "providers.twilio.api_key", raw.api_key)?;
    let base = source.text("providers.twilio.api_base", raw.api_base).map(|given| given.read(address)).transpose()?;
    let sender = source.text("providers.twilio.sender", raw.sender).map(|given| given.read(sender)).transpose()?;
    let needs = "set `providers.twilio.account` and `providers.twilio.api_key`, both, or leave both out";
    let (account, key) = match (account, key) {
        (Some(account), Some(key)) => (account.value, key.value),
        (Some(account), None) => return Err(account.refuse("is set without an `api_key`", needs)),
        (None, Some(key)) => return Err(key.refuse("is set without an `account`", needs)),
        (None, None) => match &sender {
            Some(sender) => return Err(sender.refuse("is set without an `account` and an `api_key`", needs)),
            None => return Ok(None),
        },
    };
    // An API key is its SID and its secret; the account's auth token stands alone.
    let (user, password) = match key.reveal().split_once(':') {
        Some((user, password)) => (user.to_owned(), Secret::new(password)),
        None => (account.clone(), key.clone()),
    };
    let base = base.map_or_else(|| TWILIO.to_owned(), |given| given.value);
    Ok(Some(ApiSettings {
        provider: Provider::Twilio,
        base,
        account,
        user,
        password,
        sender: sender.map(|given| given.value),
        application: None,
        private_key: None,
    }))
}

fn sid(text: String) -> std::result::Result<String, Wrong> {
    let text = text.trim();
    if text.is_empty() || text.len() > 64 || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return wrong(format!("is `{text}`, which is no account"), "write the account's SID, as `AC…`");
    }
    Ok(text.to_owned())
}

/// Keys and texts go there: in the open only to this machine.
fn address(text: String) -> std::result::Result<String, Wrong> {
    let text = parse::public_url(text)?;
    let rest = text.strip_prefix("http://").unwrap_or_default();
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    if text.starts_with("http://") && !["127.0.0.1", "localhost"].contains(&host) {
        return wrong("begins with `http://`, and keys and texts would go in the open", "write `https://`");
    }
    Ok(text)
}

/// A number, a name of letters and digits, or the SID of a messaging service.
fn sender(text: String) -> std::result::Result<String, Wrong> {
    let text = text.trim();
    let word = |most: usize| !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if text.starts_with('+') {
        return match Phone::parse(text, None) {
            Some(phone) => Ok(phone.as_str().to_owned()),
            None => wrong(format!("is `{text}`, which is no number"), "write it as `+12025550123`"),
        };
    }
    if (text.starts_with("MG") && word(64)) || word(11) {
        return Ok(text.to_owned());
    }
    let mend = "write a number as `+12025550123`, a name of at most 11 letters and digits, or `MG…` of a service";
    wrong(format!("is `{text}`, from which nothing can be sent"), mend)
}

fn recordings_at(source: &Source, raw: RawRecordings, data: &Path) -> Result<RecordingsAt> {
    let url = source.text("recordings.url", raw.url).map(|given| given.read(parse::not_empty)).transpose()?;
    let endpoint = source.text("recordings.endpoint", raw.endpoint).map(|given| given.read(address)).transpose()?;
    let region = source.text("recordings.region", raw.region).map(|given| given.read(parse::not_empty)).transpose()?;
    let access_key = secrets::one(source, "recordings.access_key", raw.access_key)?;
    let secret_key = secrets::one(source, "recordings.secret_key", raw.secret_key)?;
    let Some(url) = url else { return Ok(RecordingsAt::Folder(data.join("recordings"))) };
    let Some(bucket) = url.value.strip_prefix("s3://").map(str::to_owned) else {
        return Ok(RecordingsAt::Folder(url.read(folder)?.value));
    };
    let (name, prefix) = bucket.split_once('/').unwrap_or((bucket.as_str(), ""));
    if name.is_empty() {
        return Err(url.refuse("names no bucket", "write `s3://BUCKET/PREFIX`"));
    }
    let needed = |key: Option<Given<Secret>>, name: &str| {
        let mend = format!("set `recordings.{name}` to `env:NAME` or `file:PATH`");
        key.map(|key| key.value).ok_or_else(|| url.refuse(format!("is a bucket, and `{name}` is not set"), mend))
    };
    Ok(RecordingsAt::Bucket {
        access_key: needed(access_key, "access_key")?,
        secret_key: needed(secret_key, "secret_key")?,
        name: name.to_owned(),
        prefix: prefix.trim_matches('/').to_owned(),
        endpoint: endpoint.map(|given| given.value),
        region: region.map_or_else(|| REGION.to_owned(), |given| given.value),
    })
}

fn folder(text: String) -> std::result::Result<PathBuf, Wrong> {
    if text.contains("://") {
        return wrong(format!("is `{text}`"), "write a folder or `s3://BUCKET/PREFIX`");
    }
    Ok(PathBuf::from(text))
}
