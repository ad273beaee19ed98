//! `hotline serve`: the server.

use super::app::{App, assemble};
use super::user::invitation_link;
use super::{folder, providers, watch};
use crate::config::Config;
use crate::desk::Desk;
use crate::provider::Provider;
use crate::studio::{Studio, StudioSettings};
use crate::web::desk_pages::Sounds;
use crate::web::listen::{self, Clients};
use crate::web::{BrowserPhone, Web, router};
use crate::words::clock;
use crate::worker::{self, Kept, Post};
use anyhow::Context;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync;
use tokio::task::JoinHandle;

/// How long new calls are turned away politely before the door is shut.
const DRAIN: Duration = Duration::from_secs(1);
/// How long running webhooks may take to finish after that.
const FINISH: Duration = Duration::from_secs(6);

/// How long what is being sent may take to finish after that.
const POST: Duration = Duration::from_secs(12);

/// Runs until SIGTERM or Ctrl-C, then drains.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let listener = listen(config).await?;
    let bound = listener.local_addr().context("asking where we listen")?;
    let public_url = config.public_url(bound);
    let app = assemble(config, &public_url).await?;
    // Before anybody is told where we are: SIGHUP ends whoever does not listen for it.
    let hangup = signal(SignalKind::hangup()).context("listening for SIGHUP")?;
    tell(config, &app, bound, &public_url)?;
    tell_first_admin(&app, &public_url).await?;
    let (draining, desk) = (Arc::default(), Desk::new(app.answerer.clone(), app.apis.clone()));
    let studio = Studio::new(app.answerer.clone(), studio_settings(config));
    let web = web(config, &app, &public_url, (desk.clone(), studio.clone()), Arc::clone(&draining))?;
    let (stop_posting, stopping) = sync::watch::channel(false);
    let keeping = tokio::spawn(desk.run(stopping.clone()));
    let posting = post(config, &app).map(|post| tokio::spawn(post.run(stopping)));
    let housekeeping = [
        tokio::spawn(worker::run(app.answerer.clone(), kept(config), app.objects.clone())),
        tokio::spawn(studio.run()),
        tokio::spawn(watch::run(config.flows.clone(), app.marks.clone(), app.answerer.clone(), hangup)),
    ];
    let stopped = Arc::new(tokio::sync::Notify::new());
    let stop = stopped.clone();
    let serving = listen::serve(listener, router(web), clients(), async move {
        asked_to_stop().await;
        tracing::info!("stopping: new calls are turned away, running turns are finished");
        draining.store(true, Ordering::Relaxed);
        tokio::time::sleep(DRAIN).await;
        stop.notify_one();
    });
    let mut serving = tokio::spawn(serving);
    look_at_providers(config, &app)?;
    tokio::select! {
        ended = &mut serving => ended.context("the server ended")?,
        () = stopped.notified() => {
            // Connections that are kept open but idle do not hold the stop up.
            if tokio::time::timeout(FINISH, &mut serving).await.is_err() {
                tracing::warn!("some connections did not end in time and are cut off");
                serving.abort();
            }
        }
    }
    housekeeping.iter().for_each(JoinHandle::abort);
    // What was said is in the outbox by now; what is being sent is finished, the rest is the next one's.
    drop(stop_posting);
    keeping.await.context("the desk's housekeeping ended badly")?;
    if let Some(posting) = posting {
        finish(posting).await;
    }
    app.answerer.store().close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Only where providers come from outside is anything between them and us.
fn look_at_providers(config: &Config, app: &App) -> anyhow::Result<()> {
    if config.public_url.is_some() {
        let own = app.answerer.public_url().to_owned();
        tokio::spawn(providers::tell(providers::signing(config), config.pepper()?, own));
    }
    Ok(())
}

/// What the handlers share.
fn web(
    config: &Config,
    app: &App,
    public_url: &str,
    (desk, studio): (Desk, Studio),
    draining: Arc<AtomicBool>,
) -> anyhow::Result<Web> {
    let phone = BrowserPhone { open: config.demo, callers: app.callers.clone() };
    Ok(Web {
        answerer: app.answerer.clone(),
        desk,
        studio,
        public_url: public_url.into(),
        phone: Some(Arc::new(phone)),
        draining,
        audio: config.flows.join(folder::AUDIO).into(),
        sounds: Arc::new(Sounds::new(app.objects.clone())),
        uploads: config.data.clone().into(),
        proxies: config.proxies.clone().into(),
        reach: providers::reach(providers::signing(config), config.pepper()?, app.answerer.public_url().to_owned()),
    })
}

async fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "cannot listen on {}; is another server running there? `listen` or HOTLINE_LISTEN says where",
            config.listen
        )
    })
}

/// What everything else may have open: the database, services outside, files.
const OTHERS: usize = 256;

/// How many connections there may be: no more than this process may have files open, else those of
/// clients would leave none for the services that callers wait for.
fn clients() -> Clients {
    let usual = Clients::default();
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files")?.split_whitespace().next());
    // `unlimited`, or a system that does not tell.
    let most = files.and_then(|most| most.parse::<usize>().ok()).map_or(usual.most, |files| {
        let few = files.saturating_sub(OTHERS).max(files / 2);
        usual.most.min(few)
    });
    Clients { most, ..usual }
}

/// Who works the outbox off; none where there is nobody to send with and nobody to tell.
fn post(config: &Config, app: &App) -> Option<Post> {
    let (answerer, objects) = (app.answerer.clone(), app.objects.clone());
    let (apis, hooks) = (app.apis.clone(), app.hooks.clone());
    let delete_at_provider = config.outbound.delete_at_provider;
    (!apis.is_empty() || !hooks.is_empty()).then_some(Post { answerer, apis, hooks, objects, delete_at_provider })
}

async fn finish(mut posting: JoinHandle<()>) {
    if tokio::time::timeout(POST, &mut posting).await.is_err() {
        tracing::warn!("what was being sent did not end in time; it is tried again by whoever is next");
        posting.abort();
    }
}

fn studio_settings(config: &Config) -> StudioSettings {
    let audio = Some(config.flows.join(folder::AUDIO));
    StudioSettings { approvals: config.approvals, audio, providers: config.on() }
}

/// How long what is over is kept, as the worker takes it.
fn kept(config: &Config) -> Kept {
    Kept { calls: config.retention.calls, requests: config.retention.requests }
}

/// What a person who started this wants to know: where to call, and what is off.
fn tell(config: &Config, app: &App, bound: SocketAddr, public_url: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let flows: Vec<String> = app.answerer.flows().live().iter().map(|flow| flow.name.clone()).collect();
    writeln!(out, "Hotline listens on {bound}; in service: {}", flows.join(", "))?;
    if config.demo {
        writeln!(out, "  call from the browser   {public_url}/phone")?;
        writeln!(out, "  call from the terminal  hotline call {}", flows.first().map_or("FLOW", String::as_str))?;
    } else {
        writeln!(out, "  call from the browser   {public_url}/phone, as an admin")?;
    }
    tell_providers(&mut out, config, app, public_url)?;
    let problems = app.answerer.flows().problems().len();
    if problems > 0 {
        writeln!(out, "  {problems} problems in flow files: `hotline check` shows them")?;
    }
    writeln!(out, "  health {public_url}/readyz   metrics {public_url}/metrics")?;
    out.flush()?;
    Ok(())
}

/// Who can call, and what can go out.
fn tell_providers(out: &mut impl Write, config: &Config, app: &App, public_url: &str) -> std::io::Result<()> {
    let on = config.on();
    for provider in &on {
        let calls = format!("{provider} calls");
        writeln!(
            out,
            "  {calls:<23} {public_url}/voice/{provider}, and tells status to {public_url}/voice/{provider}/status"
        )?;
        if config.risks(*provider).anybody_here {
            writeln!(out, "  {provider} asks nobody for credentials: whoever is on this machine is believed")?;
        }
    }
    let known = Provider::ALL.iter().filter(|provider| !provider.secret().is_empty() && !on.contains(provider));
    let off: Vec<&str> = known.map(|provider| provider.name()).collect();
    match (off.as_slice(), on.as_slice()) {
        ([], _) => {}
        ([first, ..], []) => {
            writeln!(
                out,
                "  no provider is on: set the secret of one, as HOTLINE_TWILIO_AUTH_TOKEN, to be called by {first}"
            )?;
        }
        (off, _) => writeln!(out, "  off, for want of a secret: {}", off.join(", "))?,
    }
    match (app.apis.is_empty(), app.apis.sending(None)) {
        (true, _) => {
            writeln!(
                out,
                "  texting is off, and recordings stay at the provider: set [providers.NAME] account, api_key"
            )
        }
        (false, None) => writeln!(out, "  texting is off: set [providers.NAME] sender"),
        (false, Some(_)) => Ok(()),
    }
}

/// Where the first admin signs in. On the screen of whoever started this and nowhere else: the log is
/// read by others.
async fn tell_first_admin(app: &App, public_url: &str) -> anyhow::Result<()> {
    let invited = app.answerer.store().first_admin(clock::now().as_millisecond()).await;
    if let Some((name, invitation)) = invited.context("making the first admin")? {
        let mut out = std::io::stdout().lock();
        writeln!(out, "  sign in as `{name}`, once and within 24 hours: {}", invitation_link(public_url, &invitation))?;
        out.flush()?;
    }
    Ok(())
}

async fn asked_to_stop() {
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "SIGTERM cannot be heard; only Ctrl-C stops this server");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminate => {}
        interrupted = tokio::signal::ctrl_c() => {
            if let Err(error) = interrupted {
                tracing::error!(%error, "Ctrl-C cannot be heard");
                std::future::pending::<()>().await;
            }
        }
    }
}
