//! Puts the rooms together: settings, store, flows and demo data into an answerer.

use super::folder::{self, Marks};
use super::open_store;
use crate::answer::{Answerer, Bounds, Flows, Inbound, Line, Lines, PATIENCE, Settings, Stands, Texting};
use crate::config::{Config, RecordingsAt};
use crate::demo::{Demo, DemoCaller};
use crate::flow::model::{Identity, Kind, Step};
use crate::flow::read::{Files, is_hotline, unknown_hosts};
use crate::outside::{Hooks, Outside, start_tls};
use crate::provider::{Apis, Provider};
use crate::store::{Bucket, Limits, MessageLimits, Objects, ObjectsAt, RequestLimits, Store};
use crate::words::{Level, Secret, clock, phone};
use anyhow::Context;
use std::sync::Arc;

/// A server's inside, before anybody listens.
pub struct App {
    /// Answers webhooks.
    pub answerer: Answerer,
    /// The demo's callers; none outside the demo.
    pub callers: Vec<DemoCaller>,
    /// What the requests of our own phones carry.
    pub phone_token: Secret,
    /// How the flow files looked when they were read.
    pub marks: Marks,
    /// The providers' interfaces; none: nothing is texted, no recording fetched, nobody dialled.
    pub apis: Apis,
    /// Who is told of requests.
    pub hooks: Hooks,
    /// Where recordings lie.
    pub objects: Objects,
}

/// Opens the store, brings it to this version, loads flows and, in the demo, its data.
pub async fn assemble(config: &Config, public_url: &str) -> anyhow::Result<App> {
    phone::warm();
    let folder = folder::read(&config.flows)?;
    let store = open_store(config).await?;
    let now = clock::now();
    let flows = Flows::default();
    let outside = Outside::new(config.hosts.clone()).context("making the hosts of the settings ready")?;
    hosts_are_known(&folder.files, &outside)?;
    flows.keep_folder(folder.files.clone());
    flows.install(folder.load(), &store, now.as_millisecond()).await.context("keeping the flows' versions")?;
    anyhow::ensure!(
        !flows.live().is_empty(),
        "no flow in {} can be put into service; run `hotline check` to see why",
        config.flows.display()
    );
    lines_lead_somewhere(config, &folder.files)?;
    let pins = config.pin_keys()?;
    let callers = if config.demo { load_demo(&folder.files, &store, &flows, &pins).await? } else { Vec::new() };
    let inbound = |provider| {
        let (secrets, risks) = (config.secrets(provider).to_vec(), config.risks(provider));
        (!secrets.is_empty() || risks.anybody_here).then_some((provider, Inbound { secrets, risks }))
    };
    let inbound = Provider::ALL.iter().copied().filter_map(inbound).collect();
    let line = |line: &crate::config::Line| Line {
        number: line.number.as_str().to_owned(),
        flow: line.flow.clone(),
        voices: line.voices.clone(),
        stands: Stands::Settings(line.place.to_string()),
    };
    let settings = Settings {
        public_url: public_url.to_owned(),
        lines: Lines(config.lines.iter().map(line).collect()),
        inbound,
        pepper: config.pepper()?,
        pins,
        limits: Limits::default(),
        request_limits: RequestLimits::default(),
        texting: texting(config),
        fiction: config.demo,
        patience: PATIENCE,
        outside,
        bounds: Bounds::default(),
        clock: Arc::new(clock::now),
    };
    if !settings.texting.on && !config.demo {
        codes_need_texting(&flows);
    }
    let apis = Apis::new(config.outbound.apis.clone()).context("making clients for the providers")?;
    let hooks = Hooks::new(config.webhooks.clone()).context("making the webhooks of the settings ready")?;
    let names = hooks.names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    store.sync_hooks(&names).await.context("keeping who is told of requests")?;
    let (objects, marks) = (open_objects(config)?, folder.marks);
    let answerer = Answerer::new(settings, store, flows);
    answerer.take_lines().await.context("reading the lines made in the studio")?;
    let phone_token = answerer.phone_token();
    Ok(App { answerer, callers, phone_token, marks, apis, hooks, objects })
}

/// Callers of lines that prove who calls by a code cannot be verified where nothing is texted.
fn codes_need_texting(flows: &Flows) {
    for flow in flows.live() {
        let asks = |step: &Step| step.needs == Level::L3 || matches!(step.kind, Kind::Verify { level: Level::L3, .. });
        let codes = flow.identity == Identity::Code || flow.blocks.iter().flat_map(|block| &block.steps).any(asks);
        if codes {
            tracing::warn!(
                flow = %flow.name,
                "verifies by one-time codes, and texting is off: set account, api_key and sender under [providers.NAME]"
            );
        }
    }
}

fn texting(config: &Config) -> Texting {
    let per_line_day = config.outbound.per_line_day.into();
    Texting {
        on: config.outbound.apis.iter().any(|api| api.sender.is_some() && api.provider.can().sms),
        limits: MessageLimits { per_line_day, ..MessageLimits::default() },
    }
}

/// Opens the place of recordings.
///
/// # Errors
/// The folder cannot be made, or the bucket's settings make no sense.
pub fn open_objects(config: &Config) -> anyhow::Result<Objects> {
    start_tls();
    let at = match config.outbound.recordings.clone() {
        RecordingsAt::Folder(folder) => ObjectsAt::Folder(folder),
        RecordingsAt::Bucket { name, prefix, endpoint, region, access_key, secret_key } => {
            ObjectsAt::Bucket(Bucket { name, prefix, endpoint, region, access_key, secret_key })
        }
    };
    Ok(Objects::open(at)?)
}

/// A line for a flow there is no file of is a slip of the pen; one whose file has a mistake is not.
fn lines_lead_somewhere(config: &Config, files: &Files) -> anyhow::Result<()> {
    let names: Vec<&str> =
        files.keys().filter(|name| is_hotline(name)).filter_map(|name| name.strip_suffix(".yaml")).collect();
    if let Some(line) = config.lines.iter().find(|line| !names.contains(&line.flow.as_str())) {
        anyhow::bail!(
            "the line {} names the flow `{}`, and there is no {}/{}.yaml; there are: {}",
            line.number,
            line.flow,
            config.flows.display(),
            line.flow,
            names.join(", ")
        );
    }
    Ok(())
}

/// Who starts a server is there to mend what it needs: a source that nobody answers is told now.
fn hosts_are_known(files: &Files, outside: &Outside) -> anyhow::Result<()> {
    let unknown = unknown_hosts(files, &outside.hosts());
    let told: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    anyhow::ensure!(told.is_empty(), "sources ask hosts that are not in the settings:\n{}", told.join("\n"));
    Ok(())
}

async fn load_demo(
    files: &Files,
    store: &Store,
    flows: &Flows,
    pins: &crate::words::pins::PinKeys,
) -> anyhow::Result<Vec<DemoCaller>> {
    let demo = match Demo::read(files) {
        Ok(demo) => demo,
        Err(problem) => {
            tracing::error!(%problem, "the demo data cannot be read; the hotlines are served without it");
            return Ok(Vec::new());
        }
    };
    if demo.load(store, pins, &flows.live(), clock::now()).await.context("loading the demo data")? {
        tracing::info!(callers = demo.callers().len(), "demo data loaded");
    }
    Ok(demo.callers())
}
