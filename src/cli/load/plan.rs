//! What is to be done, read from the command line and the settings. Knows nothing of how.

use super::Load;
use super::form::Signer;
use crate::config::Config;
use crate::demo::Demo;
use crate::flow::read::{Files, duration};
use crate::provider::Provider;
use crate::words::Secret;
use anyhow::{Context, bail, ensure};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

/// Connections when callers think: few of them are sending at any moment.
const THINKING: usize = 256;
/// Files a process needs beside its connections.
const FILES: usize = 64;

/// What is to be done.
pub struct Plan {
    /// How many calls.
    pub calls: u64,
    /// How many of them at the same time.
    pub at_once: u32,
    /// What is pressed, group by group.
    pub keys: Vec<Secret>,
    /// Who calls, in turn; none: somebody unknown each time.
    pub customers: Vec<Customer>,
    /// Where the server is.
    pub server: String,
    /// The address webhooks are signed for, without a slash at its end.
    pub public_url: String,
    /// Signs them.
    pub signer: Signer,
    /// Path and query where a call comes in.
    pub path: String,
    /// The number that is dialled.
    pub to: String,
    /// How long callers think.
    pub pause: Option<Duration>,
    /// After how many webhooks a call is left open.
    pub open: Option<u32>,
    /// How many of a hundred webhooks are sent twice.
    pub doubled: f64,
    /// How many of a hundred are forged beside.
    pub forged: f64,
    /// Most connections.
    pub connections: usize,
}

/// Somebody who calls.
pub struct Customer {
    account: String,
    number: String,
    pin: Secret,
}

impl Plan {
    /// Reads it.
    ///
    /// # Errors
    /// What makes no sense, with the mend.
    pub fn read(config: &Config, flow: &str, keys: &str, load: &Load) -> anyhow::Result<Plan> {
        let token = config.secrets(Provider::Twilio).first().context(
            "there is no auth token to sign webhooks with: set HOTLINE_TWILIO_AUTH_TOKEN, or `auth_token` under \
             [providers.twilio], to what the server has",
        )?;
        let server = load.server.clone().unwrap_or_else(|| listening(config.listen));
        let server = server.trim_end_matches('/').to_owned();
        let public_url = load.public_url.as_ref().or(config.public_url.as_ref()).unwrap_or(&server);
        let public_url = public_url.trim_end_matches('/').to_owned();
        let known = ["http://", "https://"].iter().any(|scheme| public_url.starts_with(scheme));
        ensure!(known, "`{public_url}` is no public address: write --public-url as https://hotline.example.com");
        let path = load.path.clone().unwrap_or_else(|| format!("/voice/twilio?flow={flow}"));
        ensure!(path.starts_with('/'), "`{path}` is no path: write --path as /voice/twilio?flow=NAME");
        let pause = load.pause.as_deref().map(|text| {
            duration(text).with_context(|| format!("`{text}` is no time: write --pause as 500ms, 5s or 1m"))
        });
        for (name, percent) in [("doubled", load.doubled), ("forged", load.forged)] {
            ensure!((0.0..=100.0).contains(&percent), "--{name} is a percentage, 0 to 100");
        }
        let pause = pause.transpose()?.filter(|pause| !pause.is_zero());
        let customers = match &load.customers {
            Some(file) => of_file(file)?,
            None => of_demo(config, flow)?,
        };
        for name in ["{account}", "{pin}", "{number}"] {
            let wants = keys.contains(name) && customers.is_empty();
            ensure!(!wants, "--keys has {name}, and nobody is known who calls: name them with --customers FILE");
        }
        let each = if load.doubled > 0.0 { 2 } else { 1 };
        let callers = usize::try_from(load.at_once)? * each;
        let connections = if pause.is_some() { callers.min(THINKING) } else { callers };
        enough_files(connections)?;
        Ok(Plan {
            calls: load.calls.unwrap_or_default(),
            at_once: load.at_once,
            keys: keys.split(',').map(|group| Secret::new(group.trim())).collect(),
            signer: Signer::new(token, &public_url),
            to: load.to.clone(),
            open: load.open,
            doubled: load.doubled,
            forged: load.forged,
            customers,
            server,
            public_url,
            path,
            pause,
            connections,
        })
    }

    /// Who makes a call.
    pub fn customer(&self, nth: u64) -> Option<&Customer> {
        let at = usize::try_from(nth % self.customers.len().max(1) as u64).ok()?;
        self.customers.get(at)
    }

    /// The name the server is known by.
    pub fn host(&self) -> &str {
        let (_, after) = self.public_url.split_once("://").unwrap_or(("", &self.public_url));
        after.split('/').next().unwrap_or_default()
    }
}

impl Customer {
    /// The number they call from; none when it is not known.
    pub fn number(&self) -> Option<&str> {
        Some(self.number.as_str()).filter(|number| !number.is_empty())
    }

    /// A group of keys with what is theirs filled in.
    pub fn filled(&self, keys: &str) -> Secret {
        let number = self.number.trim_start_matches('+');
        let known = keys.replace("{account}", &self.account).replace("{number}", number);
        Secret::new(known.replace("{pin}", self.pin.reveal()))
    }

    /// A text in which the PIN does not stand.
    pub fn without_pin(&self, text: &str) -> String {
        if self.pin.count() == 0 { text.to_owned() } else { text.replace(self.pin.reveal(), "••••") }
    }
}

fn listening(listen: SocketAddr) -> String {
    let ip = if listen.ip().is_unspecified() { IpAddr::from(Ipv4Addr::LOCALHOST) } else { listen.ip() };
    format!("http://{}", SocketAddr::new(ip, listen.port()))
}

fn of_file(file: &Path) -> anyhow::Result<Vec<Customer>> {
    let cannot = || format!("reading the customers in {}", file.display());
    let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(file).with_context(cannot)?;
    let titles = rows.headers().with_context(cannot)?.clone();
    let column = |name: &str| titles.iter().position(|title| title.eq_ignore_ascii_case(name));
    let (account, number, pin) = (column("account"), column("number"), column("pin"));
    ensure!(
        account.or(number).is_some(),
        "{}: its first line names neither `account` nor `number`; write the columns' names there, parted by commas",
        file.display()
    );
    let mut customers = Vec::new();
    for row in rows.records() {
        let row = row.with_context(cannot)?;
        let value = |column: Option<usize>| column.and_then(|at| row.get(at)).unwrap_or_default().to_owned();
        customers.push(Customer { account: value(account), number: value(number), pin: Secret::new(value(pin)) });
    }
    if customers.is_empty() {
        bail!("{} has no customers", file.display());
    }
    Ok(customers)
}

/// The demo's customers of this flow; none where there is no such file.
fn of_demo(config: &Config, flow: &str) -> anyhow::Result<Vec<Customer>> {
    let file = config.flows.join("demo").join(format!("{flow}.yaml"));
    if !file.is_file() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let files = Files::from([(format!("demo/{flow}.yaml"), text)]);
    let demo = Demo::read(&files).map_err(|problem| anyhow::anyhow!("{problem}"))?;
    let customer = |caller: crate::demo::DemoCaller| Customer {
        account: caller.account,
        number: caller.number,
        pin: Secret::new(caller.pin),
    };
    Ok(demo.callers().into_iter().map(customer).collect())
}

/// Every connection is a file of this process, and the system may allow fewer.
fn enough_files(connections: usize) -> anyhow::Result<()> {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let most = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    let wanted = connections + FILES;
    if let Some(most) = most.filter(|most| *most < wanted) {
        bail!("{connections} connections need more than the {most} open files allowed: run `ulimit -n {wanted}` first");
    }
    Ok(())
}
