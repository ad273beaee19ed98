//! Whether providers reach us as they should: each one's request to ourselves, on the public address.

use super::check::Format;
use crate::config::Config;
use crate::outside::{probe, start_tls};
use crate::provider::{ProbeKey, Provider, Seen};
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
        all.push((*provider, check(&key, &public_url, *provider).await));
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
                    [] => writeln!(
                        out,
                        "{provider}: {public_url}/voice/{provider} leads here, and nothing is changed on the way"
                    )?,
                    problems => problems.iter().try_for_each(|problem| writeln!(out, "{provider}: {problem}"))?,
                }
            }
        }
    }
    Ok(all.iter().all(|(_, problems)| problems.is_empty()))
}

/// The same once the server has started; what is wrong is logged, and stops nobody.
pub async fn tell(on: Vec<Provider>, pepper: Secret, public_url: String) {
    let key = ProbeKey::derive(&pepper);
    for provider in on {
        let problems = check(&key, &public_url, provider).await;
        if problems.is_empty() {
            tracing::info!(%provider, "the public address leads here, and nothing is changed on the way");
        }
        for problem in problems {
            tracing::warn!(%provider, problem, "providers would not reach us as they should");
        }
    }
}

/// The same for one provider, as the studio asks for it.
pub fn reach(pepper: Secret, public_url: String) -> Reach {
    let (key, public_url) = (ProbeKey::derive(&pepper), Arc::<str>::from(public_url));
    Reach(Arc::new(move |provider| {
        let (key, public_url) = (key.clone(), public_url.clone());
        Box::pin(async move { check(&key, &public_url, provider).await })
    }))
}

/// What is wrong between a provider and us, each with the mend.
async fn check(key: &ProbeKey, public_url: &str, provider: Provider) -> Vec<String> {
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
        (200, Ok(seen)) => probe.differs(&seen),
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
