//! Puts the rooms together: settings, store, flows and demo data into an answerer.

use super::folder::{self, Marks};
use super::open_store;
use crate::answer::{Answerer, Flows, Line, Lines, Settings};
use crate::config::Config;
use crate::demo::{Demo, DemoCaller};
use crate::flow::read::Files;
use crate::provider::Provider;
use crate::store::{Limits, RequestLimits, Store};
use crate::words::{Secret, clock, phone};
use anyhow::Context;
use std::collections::HashMap;
use std::sync::Arc;

/// A server's inside, before anybody listens.
pub struct App {
    /// Answers webhooks.
    pub answerer: Answerer,
    /// The demo's callers; none outside the demo.
    pub callers: Vec<DemoCaller>,
    /// What our own phones' requests carry; new with every start.
    pub phone_token: Secret,
    /// How the flow files looked when they were read.
    pub marks: Marks,
}

/// Opens the store, brings it to this version, loads flows and, in the demo, its data.
pub async fn assemble(config: &Config, public_url: &str) -> anyhow::Result<App> {
    phone::warm();
    let folder = folder::read(&config.flows)?;
    let store = open_store(config).await?;
    let now = clock::now();
    let flows = Flows::default();
    flows.install(folder.load(), &store, now.as_millisecond()).await.context("keeping the flows' versions")?;
    anyhow::ensure!(
        !flows.live().is_empty(),
        "no flow in {} can be put into service; run `hotline check` to see why",
        config.flows.display()
    );
    let pins = config.pin_keys()?;
    let callers = if config.demo { load_demo(&folder.files, &store, &flows, &pins).await? } else { Vec::new() };
    let phone_token = random_token()?;
    let mut secrets: HashMap<Provider, Vec<Secret>> = HashMap::new();
    secrets.insert(Provider::Twilio, config.secrets(Provider::Twilio).to_vec());
    secrets.insert(Provider::Phone, vec![phone_token.clone()]);
    let line = |line: &crate::config::Line| Line {
        number: line.number.as_str().to_owned(),
        flow: line.flow.clone(),
        voices: line.voices.clone(),
    };
    let settings = Settings {
        public_url: public_url.to_owned(),
        lines: Lines(config.lines.iter().map(line).collect()),
        secrets,
        pepper: config.pepper()?,
        pins,
        limits: Limits::default(),
        request_limits: RequestLimits::default(),
        fiction: config.demo,
        clock: Arc::new(clock::now),
    };
    Ok(App { answerer: Answerer::new(settings, store, flows), callers, phone_token, marks: folder.marks })
}

async fn load_demo(
    files: &Files,
    store: &Store,
    flows: &Flows,
    pins: &crate::words::pins::PinKeys,
) -> anyhow::Result<Vec<DemoCaller>> {
    let demo = Demo::read(files).map_err(|problem| anyhow::anyhow!("the demo data cannot be read: {problem}"))?;
    if demo.load(store, pins, &flows.live(), clock::now()).await.context("loading the demo data")? {
        tracing::info!(callers = demo.callers().len(), "demo data loaded");
    }
    Ok(demo.callers())
}

fn random_token() -> anyhow::Result<Secret> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).context("this machine gives no random numbers")?;
    Ok(Secret::new(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>()))
}
