//! Providers, as `[providers.NAME]` and their variables declare them: how their webhooks are proved, and
//! how one speaks with their interfaces.

use super::place::{Given, Setting, Wrong, wrong};
use super::raw::{RawProvider, Source};
use super::{ConfigError, Result, outbound, parse, secrets};
use crate::flow::read::near;
use crate::provider::{ApiSettings, Provider, Risks, is_private_key, is_public_key};
use crate::words::{Phone, Secret};
use std::collections::BTreeMap;
use toml::{Spanned, Value};

/// What is set of one provider.
pub(super) struct ProviderSettings {
    pub provider: Provider,
    /// What its webhooks are proved with.
    pub secrets: Vec<Secret>,
    /// What is borne knowingly.
    pub risks: Risks,
    /// How one speaks with its interface.
    pub api: Option<ApiSettings>,
}

/// Reads what is set of every provider; those of which nothing is are left out.
pub(super) fn providers(
    source: &Source,
    mut raw: BTreeMap<Spanned<String>, RawProvider>,
) -> Result<Vec<ProviderSettings>> {
    let known = || Provider::ALL.iter().filter(|provider| !provider.secret().is_empty());
    if let Some(name) = raw.keys().find(|name| known().all(|provider| provider.name() != name.as_ref())) {
        let names = known().map(|provider| provider.name());
        let mend = near(name.as_ref(), names.clone());
        let mend = mend.unwrap_or_else(|| format!("providers are {}", names.collect::<Vec<_>>().join(", ")));
        let what = format!("`{}` is no provider we speak with", name.as_ref());
        return Err(ConfigError::File { place: source.given("providers", name.clone()).place, what, mend });
    }
    let mut all = Vec::new();
    for provider in known() {
        let key = raw.keys().find(|name| name.as_ref() == provider.name()).cloned();
        let raw = key.and_then(|key| raw.remove(&key)).unwrap_or_default();
        all.push(one(source, *provider, raw)?);
    }
    all.retain(|one| !one.secrets.is_empty() || one.risks != Risks::default() || one.api.is_some());
    Ok(all)
}

/// The providers that are spoken of in the file or by a variable of their secret.
pub(super) fn mentioned(source: &Source, raw: &BTreeMap<Spanned<String>, RawProvider>) -> Vec<Provider> {
    let spoken_of = |provider: &Provider| {
        let in_file = raw.keys().any(|name| name.as_ref() == provider.name());
        !provider.secret().is_empty() && (in_file || source.overriding(named(*provider, provider.secret())).is_some())
    };
    Provider::ALL.iter().copied().filter(spoken_of).collect()
}

fn one(source: &Source, provider: Provider, mut raw: RawProvider) -> Result<ProviderSettings> {
    let secret = own_secret(source, provider, &mut raw)?;
    let secrets = secrets::several(source, named(provider, provider.secret()), secret)?;
    if provider.proves_by_credentials()
        && let Some(wrong) = secrets.iter().position(|secret| !is_pair(secret))
    {
        let setting = named(provider, provider.secret());
        let what = format!("is no user and password, in its value {} of {}", wrong + 1, secrets.len());
        let mend = "write it as `user:password`".to_owned();
        return Err(ConfigError::Setting { place: super::Place::Default, setting, what, mend });
    }
    if !provider.can_be_signed_for()
        && let Some(wrong) = secrets.iter().position(|secret| !is_public_key(secret.reveal()))
    {
        let setting = named(provider, provider.secret());
        let what = format!("is no public key, in its value {} of {}: 32 bytes in base64", wrong + 1, secrets.len());
        let mend = "copy the public key of the console, as it is shown there, 44 characters".to_owned();
        return Err(ConfigError::Setting { place: super::Place::Default, setting, what, mend });
    }
    let flag = |name: &'static str, raw: Option<Spanned<bool>>, fits: bool| -> Result<bool> {
        let given = source.flag(named(provider, name), raw)?;
        match given {
            Some(given) if given.value && !fits => {
                Err(given.refuse(format!("is no risk there is with {provider}"), "leave it out"))
            }
            given => Ok(given.is_some_and(|given| given.value)),
        }
    };
    let risks = Risks {
        anybody_here: flag(
            "anybody_on_this_machine",
            raw.anybody_on_this_machine.take(),
            provider.proves_by_credentials(),
        )?,
        unsigned_query: flag("unsigned_query", raw.unsigned_query.take(), provider.name() == "vonage")?,
        unsigned_fields: flag("unsigned_fields", raw.unsigned_fields.take(), provider.name() == "plivo")?,
    };
    let mut api = api(source, provider, raw)?;
    if let Some(api) = api.as_mut().filter(|_| provider.proves_by_credentials()) {
        api.inbound = secrets.first().cloned();
    }
    Ok(ProviderSettings { provider, secrets, risks, api })
}

/// The secret of its webhooks. One of another provider's kind is a slip.
fn own_secret(source: &Source, provider: Provider, raw: &mut RawProvider) -> Result<Option<Spanned<Value>>> {
    let all = [
        ("auth_token", raw.auth_token.take()),
        ("signing_key", raw.signing_key.take()),
        ("public_key", raw.public_key.take()),
        ("credentials", raw.credentials.take()),
        ("signature_secret", raw.signature_secret.take()),
        ("webhook_secret", raw.webhook_secret.take()),
    ];
    let mut own = None;
    for (name, value) in all {
        match value {
            Some(value) if name != provider.secret() => {
                let mend = format!("what {provider}'s webhooks are proved with is called `{}`", provider.secret());
                return Err(source.given(named(provider, name), value).refuse("is no setting of it", mend));
            }
            Some(value) => own = Some(value),
            None => {}
        }
    }
    Ok(own)
}

fn named(provider: Provider, setting: &str) -> Setting {
    format!("providers.{provider}.{setting}").into()
}

fn api(source: &Source, provider: Provider, raw: RawProvider) -> Result<Option<ApiSettings>> {
    let text = |name: &str, raw: Option<Spanned<String>>, read: fn(String) -> std::result::Result<String, Wrong>| {
        source.text(named(provider, name), raw).map(|given| given.read(read)).transpose()
    };
    let account = text("account", raw.account, id)?;
    let key = secrets::one(source, named(provider, "api_key"), raw.api_key)?;
    let base = text("api_base", raw.api_base, outbound::address)?;
    let sender = text("sender", raw.sender, sender)?;
    let application = text("application", raw.application, id)?;
    let private_key = secrets::one(source, named(provider, "private_key"), raw.private_key)?;
    if let Some(key) = private_key.as_ref() {
        if !is_private_key(&key.value) {
            let mend =
                "set it to `file:PATH` of the file that came with the application, `-----BEGIN PRIVATE KEY-----` first";
            return Err(key.refuse("is no RSA key in PEM", mend));
        }
        if application.is_none() {
            let mend = format!("set `providers.{provider}.application` to the id of the application it belongs to");
            return Err(key.refuse("is set without an `application`", mend));
        }
    }
    let needs =
        format!("set `providers.{provider}.account` and `providers.{provider}.api_key`, both, or leave both out");
    let (account, key) = match (account, key) {
        (Some(account), Some(key)) => (account, key.value),
        (Some(account), None) => return Err(account.refuse("is set without an `api_key`", needs)),
        (None, Some(key)) => return Err(key.refuse("is set without an `account`", needs)),
        (None, None) => {
            return match sender.or(application) {
                Some(alone) => Err(alone.refuse("is set without an `account` and an `api_key`", needs)),
                None => Ok(None),
            };
        }
    };
    let Some(usual) = provider.api_base() else {
        return Err(
            account.refuse(format!("is set, and {provider} has no interface that could be asked"), "leave it out")
        );
    };
    let base = match base {
        Some(base) => base.value,
        None if usual.is_empty() => {
            let mend = format!("set `providers.{provider}.api_base` to the address of your space or server");
            return Err(account.refuse(format!("is set, and {provider} has no address of its own"), mend));
        }
        None => usual.to_owned(),
    };
    // An API key is its name and its secret; one without a name is the account's own.
    let (user, password) = match key.reveal().split_once(':') {
        Some((user, password)) => (user.to_owned(), Secret::new(password)),
        None => (account.value.clone(), key.clone()),
    };
    Ok(Some(ApiSettings {
        provider,
        base,
        account: account.value,
        user,
        password,
        sender: value(sender),
        application: value(application),
        inbound: None,
        private_key: private_key.map(|given| given.value),
    }))
}

/// A user and a password, and neither empty.
fn is_pair(secret: &Secret) -> bool {
    secret.reveal().split_once(':').is_some_and(|(user, password)| !user.is_empty() && !password.is_empty())
}

fn value(given: Option<Given<String>>) -> Option<String> {
    given.map(|given| given.value)
}

fn id(text: String) -> std::result::Result<String, Wrong> {
    let text = parse::not_empty(text)?.trim().to_owned();
    let fine = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if text.len() > 64 || !text.bytes().all(fine) {
        return wrong(format!("is `{text}`, which is no id"), "write the id of the provider's console, as `AC…`");
    }
    Ok(text)
}

/// A number, a name of letters and digits, or the id of a messaging service.
fn sender(text: String) -> std::result::Result<String, Wrong> {
    let text = text.trim();
    let word = |most: usize| !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if text.starts_with('+') {
        return match Phone::parse(text, None) {
            Some(phone) => Ok(phone.as_str().to_owned()),
            None => wrong(format!("is `{text}`, which is no number"), "write it as `+12025550123`"),
        };
    }
    let is_uuid = text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if (text.starts_with("MG") && word(64)) || word(11) || is_uuid {
        return Ok(text.to_owned());
    }
    let mend =
        "write a number as `+12025550123`, a name of at most 11 letters and digits, or the id of a messaging service";
    wrong(format!("is `{text}`, from which nothing can be sent"), mend)
}
