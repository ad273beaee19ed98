//! The shape of the file, read with positions, and the environment laid over it.

use super::place::{Given, Place, Setting, Wrong, wrong};
use super::{ConfigError, Env, FILE, Result};
use crate::flow::read::near;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::{Spanned, Value};

/// The file as it is written. Secrets are taken as any value, so that no error of the reader can
/// hold one.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Raw {
    pub listen: Option<Spanned<String>>,
    pub public_url: Option<Spanned<String>>,
    pub database_url: Option<Spanned<Value>>,
    pub flows: Option<Spanned<String>>,
    pub data: Option<Spanned<String>>,
    pub pepper: Option<Spanned<Value>>,
    pub pin_hmac_key: Option<Spanned<Value>>,
    pub demo: Option<Spanned<bool>>,
    pub proxies: Option<Spanned<Vec<String>>>,
    pub log: Option<Spanned<String>>,
    pub log_format: Option<Spanned<String>>,
    pub retention: RawRetention,
    pub studio: RawStudio,
    pub lines: Vec<RawLine>,
    pub providers: BTreeMap<Spanned<String>, RawProvider>,
    pub sms: RawSms,
    pub recordings: RawRecordings,
    pub hosts: BTreeMap<String, RawHost>,
    pub webhooks: BTreeMap<String, RawWebhook>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawRetention {
    pub calls: Option<Spanned<String>>,
    pub requests: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLine {
    pub number: Spanned<String>,
    pub flow: Spanned<String>,
    #[serde(default)]
    pub voices: BTreeMap<String, Spanned<RawVoices>>,
}

/// A voice for a language, or voices by language for a provider.
#[derive(Deserialize, Clone)]
#[serde(untagged, expecting = "a voice's name, or names by language under a provider")]
pub(super) enum RawVoices {
    One(String),
    Of(BTreeMap<String, String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawHost {
    pub url: Spanned<String>,
    #[serde(default)]
    pub headers: BTreeMap<String, Spanned<Value>>,
    pub private: Option<bool>,
    pub connect_timeout: Option<Spanned<String>>,
    pub rest: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWebhook {
    pub url: Spanned<String>,
    pub secret: Spanned<Value>,
}

/// One of the providers. Which of these it has is looked at later, so that the error can say so.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawProvider {
    pub auth_token: Option<Spanned<Value>>,
    pub signing_key: Option<Spanned<Value>>,
    pub public_key: Option<Spanned<Value>>,
    pub credentials: Option<Spanned<Value>>,
    pub signature_secret: Option<Spanned<Value>>,
    pub webhook_secret: Option<Spanned<Value>>,
    pub account: Option<Spanned<String>>,
    pub api_key: Option<Spanned<Value>>,
    pub api_base: Option<Spanned<String>>,
    pub application: Option<Spanned<String>>,
    pub private_key: Option<Spanned<Value>>,
    pub sender: Option<Spanned<String>>,
    pub anybody_on_this_machine: Option<Spanned<bool>>,
    pub unsigned_query: Option<Spanned<bool>>,
    pub unsigned_fields: Option<Spanned<bool>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawStudio {
    pub approvals: Option<Spanned<bool>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawSms {
    pub per_line_day: Option<Spanned<u32>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawRecordings {
    pub url: Option<Spanned<String>>,
    pub endpoint: Option<Spanned<String>>,
    pub region: Option<Spanned<String>>,
    pub access_key: Option<Spanned<Value>>,
    pub secret_key: Option<Spanned<Value>>,
    pub delete_at_provider: Option<Spanned<bool>>,
}

/// Where settings come from.
pub(super) struct Source<'a> {
    /// The file and its text, if there is one.
    file: Option<(Arc<PathBuf>, String)>,
    env: Env<'a>,
}

impl<'a> Source<'a> {
    /// Reads the file: `file`, or [`FILE`] if it is there.
    pub fn read(file: Option<&Path>, env: Env<'a>) -> Result<(Raw, Source<'a>)> {
        let path = file.unwrap_or(Path::new(FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound && file.is_none() => {
                return Ok((Raw::default(), Source { file: None, env }));
            }
            Err(source) => return Err(ConfigError::Unreadable { file: path.to_owned(), source }),
        };
        let raw = toml::from_str(&text);
        let source = Source { file: Some((Arc::new(path.to_owned()), text)), env };
        Ok((raw.map_err(|e| source.not_toml(&e))?, source))
    }

    pub fn has_file(&self) -> bool {
        self.file.is_some()
    }

    /// The environment's value, if it is set and not empty.
    pub fn env(&self, name: &str) -> Option<String> {
        (self.env)(name).filter(|value| !value.trim().is_empty())
    }

    /// A setting's text: the environment's, else the file's.
    pub fn text(&self, setting: impl Into<Setting>, raw: Option<Spanned<String>>) -> Option<Given<String>> {
        let setting = setting.into();
        self.overriding(setting.clone()).or_else(|| Some(self.given(setting, raw?)))
    }

    /// A setting that is on or off.
    pub fn flag(&self, setting: impl Into<Setting>, raw: Option<Spanned<bool>>) -> Result<Option<Given<bool>>> {
        let setting = setting.into();
        match self.overriding(setting.clone()) {
            Some(text) => text.read(flag).map(Some),
            None => Ok(raw.map(|raw| self.given(setting, raw))),
        }
    }

    /// A setting that is a list: in the environment parted by commas.
    pub fn list(&self, setting: impl Into<Setting>, raw: Option<Spanned<Vec<String>>>) -> Option<Given<Vec<String>>> {
        let setting = setting.into();
        match self.overriding(setting.clone()) {
            Some(Given { setting, value, place }) => {
                let value = value.split(',').map(|part| part.trim().to_owned()).collect();
                Some(Given { setting, value, place })
            }
            None => Some(self.given(setting, raw?)),
        }
    }

    /// A setting that is a number.
    pub fn number(&self, setting: impl Into<Setting>, raw: Option<Spanned<u32>>) -> Result<Option<Given<u32>>> {
        let setting = setting.into();
        match self.overriding(setting.clone()) {
            Some(text) => text.read(number).map(Some),
            None => Ok(raw.map(|raw| self.given(setting, raw))),
        }
    }

    /// What the environment says of a setting.
    pub fn overriding(&self, setting: impl Into<Setting>) -> Option<Given<String>> {
        let setting = setting.into();
        // `providers.twilio.auth_token` is HOTLINE_TWILIO_AUTH_TOKEN.
        let name = setting.trim_start_matches("providers.").replace('.', "_").to_uppercase();
        let name = format!("HOTLINE_{name}");
        let value = self.env(&name)?.trim().to_owned();
        Some(Given { setting, value, place: Place::Env(name) })
    }

    /// A value of the file with its place.
    pub fn given<T>(&self, setting: impl Into<Setting>, raw: Spanned<T>) -> Given<T> {
        let place = self.place(raw.span().start);
        Given { setting: setting.into(), value: raw.into_inner(), place }
    }

    fn place(&self, offset: usize) -> Place {
        let Some((file, text)) = &self.file else { return Place::Default };
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        Place::File { file: file.clone(), line, column: before[line_start..].chars().count() + 1 }
    }

    /// The reader's error in our words. It shows no line of the file: there may be a secret on it.
    fn not_toml(&self, error: &toml::de::Error) -> ConfigError {
        let place = self.place(error.span().map_or(0, |span| span.start));
        let message = error.message().trim().replace('\n', ", ");
        let mut quoted = message.split('`').skip(1).step_by(2);
        let (what, mend) = match quoted.next().filter(|_| message.starts_with("unknown field")) {
            Some(key) => {
                let known: Vec<&str> = quoted.collect();
                let mend = near(key, known.iter().copied());
                let mend = mend.unwrap_or_else(|| format!("settings here are {}", known.join(", ")));
                (format!("`{key}` is no setting here"), mend)
            }
            None => (message, "the README shows every setting as it is written".to_owned()),
        };
        ConfigError::File { place, what, mend }
    }
}

fn number(text: String) -> std::result::Result<u32, Wrong> {
    text.parse().or_else(|_| wrong(format!("is `{text}`"), "write a number, as 500"))
}

fn flag(text: String) -> std::result::Result<bool, Wrong> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => wrong(format!("is `{text}`"), "write true or false"),
    }
}
