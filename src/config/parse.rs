//! The values of settings, read and judged.

use super::place::{Given, Wrong, wrong};
use super::raw::{RawLine, RawVoices, Source};
use super::{Line, LogFormat, Result};
use crate::flow::read::{duration, near};
use crate::provider::{Provider, Voices};
use crate::words::{Lang, Phone, Secret};
use axum::http::Uri;
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use toml::Spanned;
use tracing_subscriber::EnvFilter;

type Judged<T> = std::result::Result<T, Wrong>;

pub(super) fn not_empty(text: String) -> Judged<String> {
    if text.trim().is_empty() { wrong("is empty", "give it a value or leave the line out") } else { Ok(text) }
}

pub(super) fn listen(text: String) -> Judged<SocketAddr> {
    text.parse().or_else(|_| wrong(format!("is `{text}`"), "write an IP address and a port, as `127.0.0.1:8080`"))
}

/// The addresses proxies come from. One that is written twice does no harm.
pub(super) fn proxies(texts: Vec<String>) -> Judged<Vec<IpAddr>> {
    let proxy = |text: &String| match text.parse::<IpAddr>() {
        Ok(ip) => Ok(ip.to_canonical()),
        Err(_) => wrong(format!("names `{text}`, which is no IP address"), "write addresses, as `[\"127.0.0.1\"]`"),
    };
    texts.iter().map(proxy).collect()
}

/// Scheme, host and at most a path: providers sign what stands here, to the letter.
pub(super) fn public_url(text: String) -> Judged<String> {
    let mend = "write it as `https://hotline.example.com`, with nothing after the host but a path";
    let Ok(uri) = text.parse::<Uri>() else { return wrong(format!("is `{text}`, which is no address"), mend) };
    let host = uri.host().unwrap_or_default();
    let what = match uri.scheme_str() {
        Some("http" | "https") if host.is_empty() => "names no host",
        Some("http" | "https") if text.contains('@') => "holds a user's name",
        Some("http" | "https") if text.contains(['?', '#']) => "has a query or fragment",
        Some("http" | "https") if text.ends_with('/') => "ends with a slash",
        Some("http" | "https") => return Ok(text),
        _ => "does not begin with `https://` or `http://`",
    };
    wrong(what, mend)
}

/// Never says what it was: it may hold a password.
pub(super) fn database(url: Secret) -> Judged<Secret> {
    let mend = "write `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/DATABASE`";
    match url.reveal().split_once(':') {
        Some(("sqlite", "")) => wrong("names no file", mend),
        Some(("sqlite", file)) if file.starts_with("//") => wrong("has slashes that belong to no file", mend),
        Some(("sqlite", ":memory:")) => wrong("would forget everything", mend),
        Some(("sqlite", _)) => Ok(url),
        Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => Ok(url),
        _ => wrong("begins with neither `sqlite:` nor `postgres://`", mend),
    }
}

pub(super) fn filter(text: String) -> Judged<String> {
    match EnvFilter::try_new(&text) {
        Ok(_) => Ok(text),
        Err(_) => wrong(format!("is `{text}`, which is no filter"), "write `info`, or `info,hotline=debug`"),
    }
}

pub(super) fn format(text: String) -> Judged<LogFormat> {
    match text.as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => wrong(format!("is `{text}`"), "write `text` or `json`"),
    }
}

/// How long something is kept; none: for ever. Limits look back a week at most, and must find what
/// they count.
pub(super) fn kept_for(text: String) -> Judged<Option<Duration>> {
    const LEAST: Duration = Duration::from_hours(7 * 24);
    let mend = "write days, as `90d`, or `forever`";
    match text.as_str() {
        "forever" => Ok(None),
        text => match duration(text) {
            Some(kept) if kept >= LEAST => Ok(Some(kept)),
            Some(_) => wrong(format!("is `{text}`, and limits look back 7 days"), "write `7d` or more, or `forever`"),
            None => wrong(format!("is `{text}`"), mend),
        },
    }
}

/// The lines, each number once.
pub(super) fn lines(source: &Source, raw: Vec<RawLine>, on: &[Provider]) -> Result<Vec<Line>> {
    let mut lines: Vec<Line> = Vec::new();
    for raw in raw {
        let given = source.given("lines.number", raw.number).read(number)?;
        if lines.iter().any(|line| line.number == given.value) {
            return Err(given.refuse("is there twice", "leave one of the two out"));
        }
        let flow = source.given("lines.flow", raw.flow).read(flow_name)?.value;
        let Given { value: number, place, .. } = given;
        lines.push(Line { number, flow, voices: voices(source, raw.voices, on)?, place });
    }
    Ok(lines)
}

fn number(text: String) -> Judged<Phone> {
    let mend = "write it with its country's code, as `+8675588880000`";
    Phone::parse(&text, None).ok_or_else(|| (format!("is `{text}`, which is no telephone number"), mend.to_owned()))
}

fn flow_name(text: String) -> Judged<String> {
    let mend = "write the flow's name, as `digital-wallet`";
    match text.trim() {
        "" => wrong("is empty", mend),
        name if name.contains(['/', '\\', '.']) => wrong(format!("is `{name}`, which is a file"), mend),
        name => Ok(name.to_owned()),
    }
}

/// Voices by language: for the one provider there is, or by provider, because their names differ.
fn voices(
    source: &Source,
    raw: BTreeMap<String, Spanned<RawVoices>>,
    on: &[Provider],
) -> Result<HashMap<Provider, Voices>> {
    let mut voices: HashMap<Provider, Voices> = HashMap::new();
    for (name, raw) in raw {
        let given = source.given("lines.voices", raw);
        match (given.value.clone(), Provider::named(&name)) {
            (RawVoices::Of(by_language), Some(provider)) => {
                for (tag, voice) in by_language {
                    let lang = language(&given, &tag)?;
                    voices.entry(provider).or_default().0[lang as usize] = Some(not_blank(&given, voice)?);
                }
            }
            (RawVoices::Of(_), None) => {
                let names = Provider::ALL.iter().map(|provider| provider.name());
                let mend = near(&name, names).unwrap_or_else(|| "write [lines.voices.PROVIDER]".to_owned());
                return Err(given.refuse(format!("is of `{name}`, which is no provider we speak with"), mend));
            }
            (RawVoices::One(voice), _) => {
                let (lang, voice) = (language(&given, &name)?, not_blank(&given, voice)?);
                if on.len() > 1 {
                    let what = format!("names one voice for {name}, and calls come by several providers");
                    let mend = "voices have other names at each: write them under [lines.voices.PROVIDER]";
                    return Err(given.refuse(what, mend));
                }
                for provider in on {
                    voices.entry(*provider).or_default().0[lang as usize] = Some(voice.clone());
                }
            }
        }
    }
    Ok(voices)
}

fn language<T>(given: &Given<T>, tag: &str) -> Result<Lang> {
    Lang::parse(tag).ok_or_else(|| {
        let tags = Lang::ALL.map(Lang::tag);
        let mend = near(tag, tags.into_iter()).unwrap_or_else(|| format!("languages are {}", tags.join(", ")));
        given.refuse(format!("names a voice for `{tag}`, which is no language here"), mend)
    })
}

fn not_blank<T>(given: &Given<T>, voice: String) -> Result<String> {
    match voice.trim() {
        "" => Err(given.refuse("is empty", "write a voice's name, or leave the line out")),
        name => Ok(name.to_owned()),
    }
}

impl Given<String> {
    /// The text as a secret, for settings that may hold one.
    pub(super) fn secret(self) -> Given<Secret> {
        Given { setting: self.setting, value: Secret::new(self.value), place: self.place }
    }
}
