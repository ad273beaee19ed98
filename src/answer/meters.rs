//! What is counted and timed, in Prometheus' form. Labels are closed sets, never anything typed.

use super::Reply;
use crate::call::effect::{FileAnswer, VerifyAnswer};
use crate::call::state::Ending;
use crate::provider::{Provider, Refused};
use crate::store::{OutboxKind, Put};
use crate::words::clock::tick;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

type Labels<const N: usize> = [(&'static str, String); N];

/// Everything that is counted.
pub struct Meters {
    registry: Registry,
    webhooks: Family<Labels<2>, Counter>,
    webhook_time: Family<Labels<1>, Histogram, fn() -> Histogram>,
    refused: Family<Labels<2>, Counter>,
    inside: Gauge,
    shed: Family<Labels<1>, Counter>,
    calls: Family<Labels<1>, Counter>,
    endings: Family<Labels<1>, Counter>,
    verifications: Family<Labels<1>, Counter>,
    requests: Family<Labels<1>, Counter>,
    alarms: Family<Labels<1>, Counter>,
    messages: Family<Labels<2>, Counter>,
    posts: Family<Labels<2>, Counter>,
    scores: Family<Labels<2>, Counter>,
    open_calls: Gauge,
    requests_now: Family<Labels<1>, Gauge>,
    overdue: Gauge,
    leases_returned: Counter,
    outbox_now: Family<Labels<2>, Gauge>,
    sources: Family<Labels<2>, Counter>,
    source_time: Family<Labels<1>, Histogram, fn() -> Histogram>,
    resting: Family<Labels<1>, Gauge>,
    step: Histogram,
    commit: Histogram,
}

impl Meters {
    /// All at zero.
    pub fn new() -> Meters {
        let mut registry = Registry::with_prefix("hotline");
        let micro = || Histogram::new(exponential_buckets(0.000_002, 2.0, 16));
        let milli: fn() -> Histogram = || Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        let meters = Meters {
            webhooks: Family::default(),
            // From 1 ms to 4 s, when whoever waits is told to hold.
            webhook_time: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 13))),
            refused: Family::default(),
            inside: Gauge::default(),
            shed: Family::default(),
            calls: Family::default(),
            endings: Family::default(),
            verifications: Family::default(),
            requests: Family::default(),
            alarms: Family::default(),
            messages: Family::default(),
            posts: Family::default(),
            scores: Family::default(),
            open_calls: Gauge::default(),
            requests_now: Family::default(),
            overdue: Gauge::default(),
            leases_returned: Counter::default(),
            outbox_now: Family::default(),
            sources: Family::default(),
            source_time: Family::new_with_constructor(milli),
            resting: Family::default(),
            step: micro(),
            commit: milli(),
            registry: Registry::default(),
        };
        // There from the start, so that a rate can be made of the first one.
        ["call", "turn", "status"].iter().for_each(|what| drop(meters.shed.get_or_create(&[("what", (*what).into())])));
        registry.register("webhooks", "Webhooks answered, by provider and outcome", meters.webhooks.clone());
        let took = "Time from a webhook to its answer";
        registry.register_with_unit("webhook", took, Unit::Seconds, meters.webhook_time.clone());
        registry.register("refused", "Webhooks refused, by provider and reason", meters.refused.clone());
        registry.register("webhooks_in_flight", "Webhooks being answered", meters.inside.clone());
        registry.register("shed", "Webhooks not let in because too many were, by what came", meters.shed.clone());
        registry.register("calls", "Calls begun, by flow", meters.calls.clone());
        registry.register("endings", "Calls ended, by how", meters.endings.clone());
        registry.register("verifications", "Verifications, by outcome", meters.verifications.clone());
        registry.register("requests", "Requests asked for, by outcome", meters.requests.clone());
        registry.register("alarms", "Lines whose withheld callers used up their guesses", meters.alarms.clone());
        registry.register("messages", "Messages asked for, by kind and outcome", meters.messages.clone());
        registry.register("outbox_tries", "Tries at what the outbox holds, by kind and outcome", meters.posts.clone());
        registry.register("scores", "Scores given, by flow and score", meters.scores.clone());
        registry.register("open_calls", "Calls that have not ended", meters.open_calls.clone());
        registry.register("requests_by_state", "Requests, by state", meters.requests_now.clone());
        registry.register("requests_overdue", "Open requests past their promise", meters.overdue.clone());
        let returned = "Requests that went back because nobody went on with them";
        registry.register("leases_returned", returned, meters.leases_returned.clone());
        registry.register("outbox", "What the outbox holds, by kind and state", meters.outbox_now.clone());
        registry.register("sources", "Sources asked, by source and outcome", meters.sources.clone());
        let took = "Time until a source answered";
        registry.register_with_unit("source", took, Unit::Seconds, meters.source_time.clone());
        registry.register("host_resting", "Hosts outside that failed and are left alone", meters.resting.clone());
        registry.register_with_unit("step", "Time of one step", Unit::Seconds, meters.step.clone());
        registry.register_with_unit("commit", "Time until a turn is stored", Unit::Seconds, meters.commit.clone());
        Meters { registry, ..meters }
    }

    /// The page for Prometheus. `open`, `requests` and `outbox` are read from the store, so that
    /// several servers on one database tell the same.
    pub fn page(
        &self,
        open: i64,
        requests: &[(&'static str, i64)],
        outbox: &[(OutboxKind, &'static str, i64)],
    ) -> String {
        self.open_calls.set(open);
        for (state, count) in requests {
            self.requests_now.get_or_create(&[("state", (*state).to_owned())]).set(*count);
        }
        for (kind, state, count) in outbox {
            let labels = [("kind", kind.word().to_owned()), ("state", (*state).to_owned())];
            self.outbox_now.get_or_create(&labels).set(*count);
        }
        let mut page = String::new();
        // Writing to a string cannot fail.
        if encode(&mut page, &self.registry).is_err() {
            page.clear();
        }
        page
    }

    /// So many open requests are past their promise; read from the store, as by every server.
    pub fn overdue(&self, requests: i64) {
        self.overdue.set(requests);
    }

    /// So many leases ended by themselves and were returned by this server.
    pub fn leases_returned(&self, requests: u64) {
        self.leases_returned.inc_by(requests);
    }

    pub(super) fn refused(&self, provider: Provider, why: &Refused) {
        let why = match why {
            Refused::Credentials => "credentials",
            Refused::Signature => "signature",
            Refused::Address => "address",
            Refused::Malformed(_) => "malformed",
        };
        self.refused.get_or_create(&[("provider", provider.name().into()), ("reason", why.into())]).inc();
    }

    /// So many webhooks are being answered.
    pub(super) fn inside(&self, webhooks: usize) {
        self.inside.set(i64::try_from(webhooks).unwrap_or(i64::MAX));
    }

    /// Too many were inside: a `call`, a `turn` or a `status` was not let in.
    pub(super) fn shed(&self, what: &'static str) {
        self.shed.get_or_create(&[("what", what.into())]).inc();
    }

    pub(super) fn answered(&self, provider: Provider, reply: &Reply) {
        let outcome = match reply {
            Reply::Document(_) => "document",
            Reply::Quiet => "status",
            Reply::Refused(_) => "refused",
        };
        self.webhook(provider, outcome);
    }

    /// A webhook was answered, in whatever way, after so long.
    pub(super) fn took(&self, provider: Provider, took: Duration) {
        self.webhook_time.get_or_create(&[("provider", provider.name().into())]).observe(took.as_secs_f64());
    }

    pub(super) fn repeated(&self, provider: Provider) {
        self.webhook(provider, "repeated");
    }

    pub(super) fn apologised(&self, provider: Provider) {
        self.webhook(provider, "apology");
    }

    fn webhook(&self, provider: Provider, outcome: &str) {
        self.webhooks.get_or_create(&[("provider", provider.name().into()), ("outcome", outcome.into())]).inc();
    }

    pub(super) fn began(&self, flow: &str) {
        self.calls.get_or_create(&[("flow", flow.into())]).inc();
    }

    pub(super) fn ended(&self, ending: Option<Ending>) {
        if let Some(ending) = ending {
            self.endings.get_or_create(&[("ending", ending.word().into())]).inc();
        }
    }

    pub(super) fn verified(&self, answer: &VerifyAnswer) {
        let outcome = match answer {
            VerifyAnswer::Verified { .. } => "verified",
            VerifyAnswer::Wrong => "wrong",
            VerifyAnswer::Limited => "limited",
            VerifyAnswer::Lost => "lost",
            VerifyAnswer::Unavailable => "unavailable",
        };
        self.verifications.get_or_create(&[("outcome", outcome.into())]).inc();
    }

    pub(super) fn filed(&self, answer: &FileAnswer) {
        let outcome = match answer {
            FileAnswer::Filed { added: false, .. } => "filed",
            FileAnswer::Filed { added: true, .. } => "added",
            FileAnswer::TooMany => "too-many",
            FileAnswer::NotCallable => "not-callable",
            FileAnswer::Unavailable => "unavailable",
        };
        self.requests.get_or_create(&[("outcome", outcome.into())]).inc();
    }

    pub(super) fn posted(&self, kind: OutboxKind, put: &Put) {
        let outcome = match put {
            Put::Accepted(_) => "accepted",
            Put::Refused(why) => why.word(),
        };
        self.messages.get_or_create(&[("kind", kind.word().into()), ("outcome", outcome.into())]).inc();
    }

    /// A try at a row of the outbox ended so: `done`, `failed`, `parked` or `dropped`.
    pub fn tried(&self, kind: OutboxKind, outcome: &'static str) {
        self.posts.get_or_create(&[("kind", kind.word().into()), ("outcome", outcome.into())]).inc();
    }

    pub(super) fn scored(&self, flow: &str, score: u8) {
        self.scores.get_or_create(&[("flow", flow.into()), ("score", score.to_string())]).inc();
    }

    pub(super) fn alarm(&self, line: &str) {
        self.alarms.get_or_create(&[("line", line.into())]).inc();
    }

    /// How asking a source went, in a word.
    pub(super) fn asked(&self, source: &str, went: &str, took: Duration) {
        self.sources.get_or_create(&[("source", source.into()), ("outcome", went.into())]).inc();
        self.source_time.get_or_create(&[("source", source.into())]).observe(took.as_secs_f64());
    }

    /// Whether a host outside is left alone.
    pub(super) fn rests(&self, host: &str, resting: bool) {
        self.resting.get_or_create(&[("host", host.into())]).set(resting.into());
    }

    pub(super) fn step_timer(&self) -> Timer<'_> {
        Timer::start(&self.step)
    }

    pub(super) fn commit_timer(&self) -> Timer<'_> {
        Timer::start(&self.commit)
    }
}

impl Default for Meters {
    fn default() -> Meters {
        Meters::new()
    }
}

/// Measures until it is stopped.
pub(super) struct Timer<'m> {
    since: std::time::Instant,
    into: &'m Histogram,
}

impl Timer<'_> {
    fn start(into: &Histogram) -> Timer<'_> {
        Timer { since: tick(), into }
    }

    pub fn stop(self) {
        self.into.observe(self.since.elapsed().as_secs_f64());
    }
}
