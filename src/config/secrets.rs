//! Secrets: where a setting says one is kept, and the pepper that is made once.

use super::place::{Given, Place, Setting, Wrong, wrong};
use super::raw::Source;
use super::{ConfigError, Result};
use crate::words::Secret;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use toml::{Spanned, Value};

/// Fewest characters of a pepper: what `openssl rand -hex 8` gives, the least nobody tries through.
const PEPPER_LENGTH: usize = 16;

/// A secret of one value.
pub(super) fn one(
    source: &Source,
    setting: impl Into<Setting>,
    raw: Option<Spanned<Value>>,
) -> Result<Option<Given<Secret>>> {
    written(source, setting.into(), raw)?.map(|given| find(source, given)).transpose()
}

/// A secret that stands in the file alone: the environment names no such setting.
pub(super) fn of_file(source: &Source, given: Given<Value>) -> Result<Given<Secret>> {
    find(source, given.read(text)?)
}

/// A setting that may hold a secret and may also be written out: the database's address.
pub(super) fn open_one(
    source: &Source,
    setting: impl Into<Setting>,
    raw: Option<Spanned<Value>>,
) -> Result<Option<Given<Secret>>> {
    let kept_elsewhere = |given: &Given<String>| given.value.starts_with("env:") || given.value.starts_with("file:");
    let read = |given| if kept_elsewhere(&given) { find(source, given) } else { Ok(given.secret()) };
    written(source, setting.into(), raw)?.map(read).transpose()
}

/// What is written for a setting: in the environment, else in the file.
fn written(source: &Source, setting: Setting, raw: Option<Spanned<Value>>) -> Result<Option<Given<String>>> {
    match source.overriding(setting.clone()) {
        Some(given) => Ok(Some(given)),
        None => raw.map(|raw| source.given(setting, raw).read(text)).transpose(),
    }
}

/// Secrets of which any one will do, so that they can be rotated: a list in the file, or parted by
/// commas.
pub(super) fn several(
    source: &Source,
    setting: impl Into<Setting>,
    raw: Option<Spanned<Value>>,
) -> Result<Vec<Secret>> {
    let setting = setting.into();
    match (source.overriding(setting.clone()), raw) {
        (Some(given), _) => each(source, vec![given]),
        (None, Some(raw)) => several_of_file(source, source.given(setting, raw)),
        (None, None) => Ok(Vec::new()),
    }
}

/// The same, of a setting that stands in the file alone.
pub(super) fn several_of_file(source: &Source, given: Given<Value>) -> Result<Vec<Secret>> {
    match given {
        Given { setting, value: Value::Array(values), place } => {
            let text = |value| Given { setting: setting.clone(), value, place: place.clone() }.read(text);
            each(source, values.into_iter().map(text).collect::<Result<_>>()?)
        }
        given => each(source, vec![given.read(text)?]),
    }
}

fn each(source: &Source, given: Vec<Given<String>>) -> Result<Vec<Secret>> {
    let mut secrets = Vec::new();
    for given in given {
        // A variable may name a file for each: HOTLINE_TWILIO_AUTH_TOKEN=file:/run/new,file:/run/old
        let names = given.value.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        for value in names.collect::<Vec<_>>() {
            let found = find(source, Given { value, ..given.clone() })?;
            let parts = found.value.reveal().split([',', '\n']).map(str::trim).filter(|part| !part.is_empty());
            secrets.extend(parts.map(Secret::new));
        }
    }
    Ok(secrets)
}

/// Refuses a pepper that is short enough to be tried.
pub(super) fn pepper_is_long(pepper: Secret) -> std::result::Result<Secret, Wrong> {
    if pepper.count() < PEPPER_LENGTH {
        return wrong(format!("has fewer than {PEPPER_LENGTH} characters"), "make one with `openssl rand -hex 32`");
    }
    Ok(pepper)
}

/// The pepper of the data folder, made when there is none.
pub(super) fn own_pepper(data: &Path) -> Result<Secret> {
    make_folder(data)?;
    let path = data.join("pepper");
    let failed = |source| ConfigError::Data { path: path.clone(), source };
    if !path.try_exists().map_err(failed)? {
        make_pepper(data, &path).map_err(failed)?;
    }
    let mode = path.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(ConfigError::Open { path, mode });
    }
    let pepper = Secret::new(std::fs::read_to_string(&path).map_err(failed)?.trim());
    let place = Place::File { file: path.into(), line: 1, column: 1 };
    Given { setting: "pepper".into(), value: pepper, place }.read(pepper_is_long).map(|given| given.value)
}

/// Makes the data folder, for its owner alone.
pub(super) fn make_folder(data: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.map_err(|source| ConfigError::Data { path: data.to_owned(), source })
}

/// Writes the pepper beside its place and moves it there whole: of two servers that start at once
/// one makes it and both read it, and no crash leaves half of one.
fn make_pepper(data: &Path, path: &Path) -> io::Result<()> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let text: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let beside = data.join(format!("pepper.{}", uuid::Uuid::now_v7().simple()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&beside, path);
    std::fs::remove_file(&beside)?;
    match linked {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => Err(e),
        _ => File::open(data)?.sync_all(),
    }
}

/// The secret a setting names: `env:NAME`, `file:PATH`, or in the environment the secret itself.
fn find(source: &Source, given: Given<String>) -> Result<Given<Secret>> {
    let written_out = matches!(given.place, Place::File { .. });
    given.read(|value| {
        if let Some(name) = value.strip_prefix("env:") {
            let mend = format!("set {name}, or name another variable or a `file:PATH`");
            source
                .env(name)
                .map(|value| Secret::new(value.trim()))
                .ok_or((format!("is in {name}, which is not set"), mend))
        } else if let Some(path) = value.strip_prefix("file:") {
            let mend = "name a file that this user can read";
            match std::fs::read_to_string(path).map(|text| Secret::new(text.trim())) {
                Ok(secret) if secret.count() == 0 => {
                    wrong(format!("is in {path}, which is empty"), "write the secret into it")
                }
                Ok(secret) => Ok(secret),
                Err(e) => wrong(format!("is in {path}, which cannot be read: {e}"), mend),
            }
        } else if written_out {
            let mend = "write `env:NAME` for an environment variable or `file:PATH` for a file that holds it";
            wrong("is written out where everybody who reads the settings sees it", mend)
        } else {
            Ok(Secret::new(value))
        }
    })
}

/// A secret's setting as text; an error does not repeat it.
fn text(value: Value) -> std::result::Result<String, Wrong> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        Value::String(_) => wrong("is empty", "write `env:NAME` or `file:PATH`, or leave the line out"),
        value => {
            wrong(format!("is of type {}", value.type_str()), "write it in quotes, as \"env:NAME\" or \"file:PATH\"")
        }
    }
}
