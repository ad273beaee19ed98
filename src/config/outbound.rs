//! What goes out: messages, and where recordings lie.

use super::place::{Given, Wrong, wrong};
use super::raw::{RawRecordings, RawSms, Source};
use super::{Result, parse, secrets};
use crate::provider::ApiSettings;
use crate::words::Secret;
use std::path::{Path, PathBuf};

/// Messages of one kind a line sends in a day when nothing says so.
const PER_LINE_DAY: u32 = 500;
/// A bucket's region when nothing says so: what those that speak S3 without regions take.
const REGION: &str = "us-east-1";

/// What goes out.
pub struct Outbound {
    /// How one speaks with the providers' interfaces; none: nothing is texted, no recording fetched.
    pub apis: Vec<ApiSettings>,
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
    apis: Vec<ApiSettings>,
    sms: RawSms,
    recordings: RawRecordings,
    data: &Path,
) -> Result<Outbound> {
    let per_line_day = source.number("sms.per_line_day", sms.per_line_day)?.map(|given| given.read(at_least_one));
    let delete = source.flag("recordings.delete_at_provider", recordings.delete_at_provider.clone())?;
    Ok(Outbound {
        apis,
        per_line_day: per_line_day.transpose()?.map_or(PER_LINE_DAY, |given| given.value),
        delete_at_provider: delete.is_some_and(|given| given.value),
        recordings: recordings_at(source, recordings, data)?,
    })
}

fn at_least_one(most: u32) -> std::result::Result<u32, Wrong> {
    if most == 0 {
        return wrong("is 0", "write 1 or more; without a `sender` under [providers.NAME] nothing is texted");
    }
    Ok(most)
}

/// Keys and texts go there: in the open only to this machine.
pub(super) fn address(text: String) -> std::result::Result<String, Wrong> {
    let text = parse::public_url(text)?;
    let rest = text.strip_prefix("http://").unwrap_or_default();
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    if text.starts_with("http://") && !["127.0.0.1", "localhost"].contains(&host) {
        return wrong("begins with `http://`, and keys and texts would go in the open", "write `https://`");
    }
    Ok(text)
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
