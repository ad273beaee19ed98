//! Floor 6: the settings. From `hotline.toml`, each one overridable by environment, checked before
//! anything starts. Knows nothing of how they are used.
//!
//! A setting `name` is overridden by `HOTLINE_NAME`; a variable that is set but empty counts as not
//! set. Paths are relative to the folder hotline is started in.

mod error;
mod hosts;
mod outbound;
mod parse;
mod place;
mod providers;
mod raw;
mod secrets;
mod webhooks;

pub use error::ConfigError;
pub use outbound::{Outbound, RecordingsAt};
pub use place::Place;

use crate::outside::{Hook, Host};
use crate::provider::{Provider, Risks, Voices};
use crate::words::pins::PinKeys;
use crate::words::{Phone, Secret};
use place::Given;
use providers::ProviderSettings;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file that is read when none is named, if it is there.
pub const FILE: &str = "hotline.toml";

/// How long calls and requests are kept when nothing says so: as long as customers dispute them.
const KEPT: (Duration, Duration) = (Duration::from_hours(90 * 24), Duration::from_hours(365 * 24));

/// How the environment is asked: a variable's value by its name.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

type Result<T> = std::result::Result<T, ConfigError>;

/// Everything that can be set. Holds secrets, so it cannot be printed.
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The address providers and browsers know us by, where it is set; see [`Config::public_url`].
    pub public_url: Option<String>,
    /// `sqlite:FILE` or `postgres://…`; may hold a password.
    pub database_url: Secret,
    /// The folder of flows.
    pub flows: PathBuf,
    /// The folder of what we keep ourselves.
    pub data: PathBuf,
    /// What is logged, and how.
    pub log: Log,
    /// How long what is over is kept.
    pub retention: Retention,
    /// Whether demo data is loaded and shown.
    pub demo: bool,
    /// A release that touches verification, transfers or numbers waits for a second admin.
    pub approvals: bool,
    /// The proxies in front of us, which are believed about where a request comes from.
    pub proxies: Vec<IpAddr>,
    /// The numbers that are dialled; none: every flow is a line.
    pub lines: Vec<Line>,
    /// Messages that go out, and where recordings lie.
    pub outbound: Outbound,
    /// The services outside that sources may ask.
    pub hosts: Vec<Host>,
    /// The programs that are told of requests.
    pub webhooks: Vec<Hook>,
    providers: Vec<ProviderSettings>,
    pepper: Option<Secret>,
    pin_hmac_key: Option<Secret>,
}

/// What is logged, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Log {
    /// What is logged, as `info` or `hotline=debug,sqlx=warn`.
    pub filter: String,
    /// How a line looks.
    pub format: LogFormat,
}

/// How a line of the log looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: an object a line.
    Json,
}

/// How long what is over is kept; none: for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retention {
    /// A call and its turns, after it ended.
    pub calls: Option<Duration>,
    /// A request that is done or closed, after it last changed.
    pub requests: Option<Duration>,
}

/// A number that is dialled, and what answers.
#[derive(Clone, Debug)]
pub struct Line {
    /// The number.
    pub number: Phone,
    /// The flow's name.
    pub flow: String,
    /// Voice names by language, where a provider's own are not wanted.
    pub voices: HashMap<Provider, Voices>,
    /// Where its number is written.
    pub place: Place,
}

/// Where flows are, and what is around them.
pub struct FlowsAt {
    /// Their folder.
    pub folder: PathBuf,
    /// The names of the hosts that flows may ask; none when there is no file that could declare them.
    pub hosts: Option<Vec<String>>,
    /// The providers that calls come by, as far as the settings name any.
    pub providers: Vec<Provider>,
}

impl Config {
    /// Reads the settings: those of `file`, else of [`FILE`] if it is there, else the defaults;
    /// over them the environment's.
    ///
    /// # Errors
    /// The first setting that is wrong, with its place and the mend.
    pub fn load(file: Option<&Path>, env: Env) -> Result<Config> {
        let (raw, source) = raw::Source::read(file, env)?;
        let read =
            |given: Option<Given<String>>| given.map_or(Ok(None), |given| given.read(parse::not_empty).map(Some));
        let listen = read(source.text("listen", raw.listen))?.map(|g| g.read(parse::listen)).transpose()?;
        let public_url =
            read(source.text("public_url", raw.public_url))?.map(|g| g.read(parse::public_url)).transpose()?;
        let data = read(source.text("data", raw.data))?.map_or_else(|| PathBuf::from(".hotline"), |g| g.value.into());
        let flows = read(source.text("flows", raw.flows))?.map_or_else(|| PathBuf::from("flows"), |g| g.value.into());
        let filter = read(source.text("log", raw.log))?.map(|g| g.read(parse::filter)).transpose()?;
        let format = read(source.text("log_format", raw.log_format))?.map(|g| g.read(parse::format)).transpose()?;
        let database = secrets::open_one(&source, "database_url", raw.database_url)?;
        let database = database.map(|g| g.read(parse::database)).transpose()?;
        let mut providers = providers::providers(&source, raw.providers)?;
        let apis = providers.iter_mut().filter_map(|settings| settings.api.take()).collect();
        let outbound = outbound::outbound(&source, apis, raw.sms, raw.recordings, &data)?;
        let pepper =
            secrets::one(&source, "pepper", raw.pepper)?.map(|g| g.read(secrets::pepper_is_long)).transpose()?;
        let pin_hmac_key = secrets::one(&source, "pin_hmac_key", raw.pin_hmac_key)?;
        let demo = source.flag("demo", raw.demo)?;
        let approvals = source.flag("studio.approvals", raw.studio.approvals)?.is_some_and(|given| given.value);
        let kept = |given: Option<Given<String>>, usual: Duration| {
            given.map_or(Ok(Some(usual)), |given| given.read(parse::kept_for).map(|given| given.value))
        };
        let retention = Retention {
            calls: kept(source.text("retention.calls", raw.retention.calls), KEPT.0)?,
            requests: kept(source.text("retention.requests", raw.retention.requests), KEPT.1)?,
        };
        if pepper.is_none() {
            must_not_need_a_pepper(public_url.as_ref(), database.as_ref())?;
        }
        let by_itself = demo.is_none()
            && !source.has_file()
            && public_url.is_none()
            && providers.is_empty()
            && outbound.apis.is_empty();
        nobody_else_comes(&providers, listen.as_ref(), public_url.as_ref())?;
        if let Some(listen) = listen.as_ref().filter(|g| by_itself && !g.value.ip().is_loopback()) {
            let what = "would show the demo, which is on because nothing else is set, to the network";
            return Err(listen.refuse(what, "set `demo` to true if it may be seen there, or to false"));
        }
        Ok(Config {
            listen: listen.map_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)), |g| g.value),
            public_url: public_url.map(|g| g.value),
            database_url: database
                .map_or_else(|| Secret::new(format!("sqlite:{}", data.join("hotline.db").display())), |g| g.value),
            log: Log {
                filter: filter.map_or_else(|| "info".to_owned(), |g| g.value),
                format: format.map_or(LogFormat::Text, |g| g.value),
            },
            retention,
            demo: demo.map_or(by_itself, |g| g.value),
            approvals,
            proxies: source
                .list("proxies", raw.proxies)
                .map_or(Ok(Vec::new()), |g| g.read(parse::proxies).map(|g| g.value))?,
            lines: parse::lines(&source, raw.lines, &on(&providers))?,
            outbound,
            hosts: hosts::hosts(&source, raw.hosts)?,
            webhooks: webhooks::webhooks(&source, raw.webhooks)?,
            pepper: pepper.map(|g| g.value),
            pin_hmac_key: pin_hmac_key.map(|g| g.value),
            providers,
            flows,
            data,
        })
    }

    /// What of the settings concerns flows, for those who need no secret: a machine that checks flows has
    /// none.
    ///
    /// # Errors
    /// The file cannot be read, or is not one of settings.
    pub fn flows_at(file: Option<&Path>, env: Env) -> Result<FlowsAt> {
        let (raw, source) = raw::Source::read(file, env)?;
        let hosts = source.has_file().then(|| raw.hosts.into_keys().collect());
        let folder = source.text("flows", raw.flows).map_or_else(|| PathBuf::from("flows"), |given| given.value.into());
        let providers = providers::mentioned(&source, &raw.providers);
        Ok(FlowsAt { folder, hosts, providers })
    }

    /// The address providers and browsers know us by, without a slash at the end: the one that is
    /// set, else the one we listen on. `bound` is where the server really listens.
    pub fn public_url(&self, bound: SocketAddr) -> String {
        let ip = match bound.ip() {
            // Everywhere is no address to go to.
            ip if ip.is_unspecified() => IpAddr::from(Ipv4Addr::LOCALHOST),
            ip => ip,
        };
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", SocketAddr::new(ip, bound.port())))
    }

    /// What a provider's webhooks are proved with, several when one is being replaced; none: the
    /// provider is off. Our own phones have no secret: their door is guarded elsewhere.
    pub fn secrets(&self, provider: Provider) -> &[Secret] {
        self.settings_of(provider).map(|settings| settings.secrets.as_slice()).unwrap_or_default()
    }

    fn settings_of(&self, provider: Provider) -> Option<&ProviderSettings> {
        self.providers.iter().find(|settings| settings.provider == provider)
    }

    /// What is borne knowingly of a provider's webhooks.
    pub fn risks(&self, provider: Provider) -> Risks {
        self.settings_of(provider).map(|settings| settings.risks).unwrap_or_default()
    }

    /// The providers whose webhooks are believed.
    pub fn on(&self) -> Vec<Provider> {
        on(&self.providers)
    }

    /// The line of a dialled number.
    pub fn line(&self, number: &Phone) -> Option<&Line> {
        self.lines.iter().find(|line| line.number == *number)
    }

    /// The deployment's pepper: the one that is set, else that of the data folder, made when there
    /// is none.
    ///
    /// # Errors
    /// The folder cannot be written to, or others may read the file.
    pub fn pepper(&self) -> Result<Secret> {
        self.pepper.clone().map_or_else(|| secrets::own_pepper(&self.data), Ok)
    }

    /// The keys PINs are checked under; asks for the pepper.
    ///
    /// # Errors
    /// As [`Config::pepper`].
    pub fn pin_keys(&self) -> Result<PinKeys> {
        Ok(PinKeys::new(&self.pepper()?, self.pin_hmac_key.as_ref()))
    }

    /// Whether a wallet's own key for PINs is set.
    pub fn has_pin_hmac_key(&self) -> bool {
        self.pin_hmac_key.is_some()
    }

    /// Makes the data folder, for its owner alone, if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn make_data_folder(&self) -> Result<()> {
        secrets::make_folder(&self.data)
    }

    /// The database as it may be shown: without user and password.
    pub fn database_name(&self) -> &str {
        let url = self.database_url.reveal();
        if url.starts_with("sqlite:") { url } else { "PostgreSQL" }
    }
}

fn on(providers: &[ProviderSettings]) -> Vec<Provider> {
    let on = |settings: &&ProviderSettings| !settings.secrets.is_empty() || settings.risks.anybody_here;
    providers.iter().filter(on).map(|settings| settings.provider).collect()
}

/// Whoever is believed without credentials must be on this machine, whichever address is asked.
fn nobody_else_comes(
    providers: &[ProviderSettings],
    listen: Option<&Given<SocketAddr>>,
    public_url: Option<&Given<String>>,
) -> Result<()> {
    let Some(open) = providers.iter().find(|settings| settings.risks.anybody_here) else { return Ok(()) };
    let mend = format!("leave `providers.{}.anybody_on_this_machine` out, or stay on 127.0.0.1", open.provider);
    let what = format!("is not of this machine alone, and {} asks nobody for credentials", open.provider);
    if let Some(listen) = listen.filter(|given| !given.value.ip().is_loopback()) {
        return Err(listen.refuse(what, mend));
    }
    let host = |url: &str| url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or("").to_owned();
    let here = |url: &str| {
        let host = host(url);
        let name = host.strip_prefix('[').map_or_else(|| host.split(':').next(), |rest| rest.split(']').next());
        name.is_some_and(|name| name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()))
    };
    match public_url.filter(|given| !here(&given.value)) {
        Some(public_url) => Err(public_url.refuse(what, mend)),
        None => Ok(()),
    }
}

/// A pepper on one machine's disk is not the pepper of other servers, and one that is lost with the
/// machine makes every PIN useless: where it is serious it is set.
fn must_not_need_a_pepper(public_url: Option<&Given<String>>, database: Option<&Given<Secret>>) -> Result<()> {
    let postgres = database.filter(|g| !g.value.reveal().starts_with("sqlite:")).map(|g| &g.place);
    let Some(place) = postgres.or(public_url.map(|g| &g.place)) else { return Ok(()) };
    let why = if postgres.is_some() { "PostgreSQL" } else { "a public address" };
    Err(ConfigError::Setting {
        place: place.clone(),
        setting: "pepper".into(),
        what: format!("is not set, and with {why} it must be"),
        mend: "make one with `openssl rand -hex 32`, keep it safe, and set HOTLINE_PEPPER or write \
               `pepper = \"file:PATH\"`"
            .to_owned(),
    })
}
