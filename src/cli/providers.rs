//! Whether providers reach us as they should: each one's request to ourselves, on the public address.

use super::check::Format;
use crate::config::Config;
use crate::outside::{probe, start_tls};
use crate::provider::{Probe, ProbeKey, Provider, Seen};
use crate::web::Reach;
use crate::words::{Secret, clock};
use std::io::Write;
use std::sync::Arc;

/// Checks every provider that is on; false when one would not be believed.
///
/// # Errors
/// The pepper cannot be had, or nobody takes what is printed.
pub async fn run(config: &Config, format: Format, out: &mut impl Write) -> anyhow::Result<bool> {
    start_tls();
    let public_url = config.public_url(config.listen);
    let key = ProbeKey::derive(&config.pepper()?);
    let on = config.on();
    let mut all = Vec::new();
    for provider in &on {
        all.push((*provider, check(&key, &public_url, *provider, config.secrets(*provider).first()).await));
    }
    match format {
        Format::Json => {
            let told: Vec<_> = all
                .iter()
                .map(|(provider, problems)| serde_json::json!({ "provider": provider.name(), "problems": problems }))
                .collect();
            writeln!(out, "{:#}", serde_json::json!({ "public_url": public_url, "providers": told }))?;
        }
        Format::Text if on.is_empty() => {
            writeln!(out, "no provider is on: set the secret of one, as HOTLINE_TWILIO_AUTH_TOKEN")?;
        }
        Format::Text => {
            for (provider, problems) in &all {
                match problems.as_slice() {
                    [] => {
                        let secret = config.secrets(*provider).first();
                        let told = well(*provider, &public_url, secret);
                        writeln!(out, "{provider}: {told}")?;
                    }
                    problems => problems.iter().try_for_each(|problem| writeln!(out, "{provider}: {problem}"))?,
                }
            }
        }
    }
    Ok(all.iter().all(|(_, problems)| problems.is_empty()))
}

/// Providers, each with the secret its request to ourselves is signed with.
type Signing = Vec<(Provider, Option<Secret>)>;

/// Every provider that is on.
pub fn signing(config: &Config) -> Signing {
    config.on().into_iter().map(|provider| (provider, config.secrets(provider).first().cloned())).collect()
}

/// The same once the server has started; what is wrong is logged, and stops nobody.
pub async fn tell(on: Signing, pepper: Secret, public_url: String) {
    let key = ProbeKey::derive(&pepper);
    for (provider, secret) in on {
        let problems = check(&key, &public_url, provider, secret.as_ref()).await;
        if problems.is_empty() {
            tracing::info!(%provider, "the public address leads here, and nothing is changed on the way");
        }
        for problem in problems {
            tracing::warn!(%provider, problem, "providers would not reach us as they should");
        }
    }
}

/// The same for one provider, as the studio asks for it.
pub fn reach(on: Signing, pepper: Secret, public_url: String) -> Reach {
    let (key, public_url) = (ProbeKey::derive(&pepper), Arc::<str>::from(public_url));
    Reach(Arc::new(move |provider| {
        let (key, public_url) = (key.clone(), public_url.clone());
        let secret = on.iter().find(|(one, _)| *one == provider).and_then(|(_, secret)| secret.clone());
        Box::pin(async move { check(&key, &public_url, provider, secret.as_ref()).await })
    }))
}

/// What is wrong between a provider and us, each with the mend.
async fn check(key: &ProbeKey, public_url: &str, provider: Provider, secret: Option<&Secret>) -> Vec<String> {
    let probe = key.probe(provider, clock::now().as_second());
    let url = format!("{public_url}{}", probe.target);
    let answered = match probe::post(&url, &probe.headers(), probe.body()).await {
        Ok(answered) => answered,
        Err(why) => {
            return vec![format!(
                "{public_url} cannot be reached from here: {why}; is the server started, does the name lead to it, and \
                 is the port right? Where a firewall keeps us from our own public address, try from outside"
            )];
        }
    };
    match (answered.status, serde_json::from_slice::<Seen>(&answered.body)) {
        (200, Ok(seen)) => match (probe.differs(&seen), secret) {
            // Secrets go to whoever knows our pepper, and to nobody else.
            (changed, _) if changed.is_empty() && !key.is_told_by_us(&probe, &seen) => vec![NOT_US.to_owned()],
            (changed, Some(secret)) if changed.is_empty() => signed(&probe, public_url, secret).await,
            (changed, _) => changed,
        },
        (301 | 302 | 303 | 307 | 308, _) => {
            let to = answered.location.unwrap_or_default();
            let to = to.split('?').next().unwrap_or_default();
            let mend = if to.starts_with("https://") && public_url.starts_with("http://") {
                "write `public_url` with https"
            } else if to.ends_with('/') {
                "have the proxy add no slash"
            } else {
                "write the address that one is sent to as `public_url`, or have the proxy send nobody elsewhere"
            };
            vec![format!("one is sent elsewhere, to `{to}`, and providers lose what they post on the way; {mend}")]
        }
        (401 | 403 | 407, _) => vec![format!(
            "something before us asks who one is (it answered {}); have the proxy pass on `/voice/` to everybody",
            answered.status
        )],
        (404, _) => vec![
            "something answers 404: the path arrives changed, another program answers there, or a server with another \
             pepper; have the proxy pass on `/voice/` with its path unchanged, but for the path of `public_url`"
                .to_owned(),
        ],
        (status, _) => vec![format!(
            "something else answers there, with {status}; is `public_url` the address that leads to this server?"
        )],
    }
}

const NOT_US: &str = "something else answers there, or a server of another version or with another pepper; is \
                      `public_url` the address that leads to this server?";

/// Sends it once more, signed as the provider signs: what is wrong then, if anything.
async fn signed(probe: &Probe, public_url: &str, secret: &Secret) -> Vec<String> {
    let Some(headers) = probe.signed(public_url, secret) else { return Vec::new() };
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match probe::post(&format!("{public_url}{}", probe.target), &headers, probe.body()).await {
        Ok(answered) => match serde_json::from_slice::<Seen>(&answered.body) {
            Ok(seen) => probe.disbelieved(public_url, &seen).into_iter().collect(),
            Err(_) => vec![format!("something answers {} to what is signed, and not to what is not", answered.status)],
        },
        Err(why) => vec![format!("{public_url} could be reached a moment ago, and now it cannot: {why}")],
    }
}

/// What is known when nothing is wrong.
fn well(provider: Provider, public_url: &str, secret: Option<&Secret>) -> String {
    let way = format!("{public_url}/voice/{provider} leads here, and nothing is changed on the way");
    match (secret, provider.can_be_signed_for()) {
        (None, _) => way,
        (Some(_), true) => format!("{way}; what is proved by the first `{}` is believed", provider.secret()),
        (Some(_), false) => format!(
            "{way}; nobody but {provider} can sign, so that only a call shows whether its `{}` is the right one",
            provider.secret()
        ),
    }
}
