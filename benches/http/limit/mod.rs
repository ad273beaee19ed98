//! The least a server for signed webhooks can do durably on this machine: prove the sender, keep one
//! row of the call and one of the event, answer. It knows no menus; the seventh answer of a call hangs
//! up. What a real server is measured against.
//!
//! On SQLite all webhooks that wait share a commit, on PostgreSQL a statement. PORT, DB (SQLite's file), DATABASE_URL, TWILIO_AUTH_TOKEN and PUBLIC_URL come from the environment.

mod keep;
mod proof;

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt;
use keep::{Keeper, Webhook};
use proof::Prover;
use std::sync::Arc;

/// Webhooks of a call.
const TURNS: i64 = 7;

const GOES_ON: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response><Gather action="/voice/step" method="POST" input="dtmf" timeout="6"><Say language="en-US">For balances, press one. To speak to someone, press two. To end this call, press three.</Say></Gather><Redirect method="POST">/voice/step</Redirect></Response>"#;
const ENDS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response><Say language="en-US">Your callback is booked. Goodbye.</Say><Hangup/></Response>"#;

struct Limit {
    prover: Prover,
    keeper: Keeper,
}

/// Serves until it is killed.
#[tokio::main]
pub async fn serve() -> anyhow::Result<()> {
    let env = |name: &str| std::env::var(name).with_context(|| format!("set {name}"));
    let keeper = match env("DATABASE_URL") {
        Ok(url) => keep::postgres(&url).await?,
        Err(_) => keep::sqlite(&env("DB")?)?,
    };
    let prover = Prover::new(&env("TWILIO_AUTH_TOKEN")?, &env("PUBLIC_URL")?)?;
    let answers = Router::new().route("/voice/incoming", post(answer)).route("/voice/step", post(answer));
    let answers = answers.with_state(Arc::new(Limit { prover, keeper }));
    let port: u16 = env("PORT")?.parse()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let listener = listener.tap_io(|stream| {
        // Only slower without.
        stream.set_nodelay(true).ok();
    });
    axum::serve(listener, answers).await?;
    Ok(())
}

async fn answer(State(limit): State<Arc<Limit>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let signature = headers.get("x-twilio-signature").map_or(&b""[..], |value| value.as_bytes());
    let Some(mut fields) = limit.prover.proved(target, &body, signature) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let mut take = |name: &str| {
        let found = fields.iter_mut().find(|(own, _)| own == name);
        found.map(|(_, value)| std::mem::take(value).into_owned()).unwrap_or_default()
    };
    let webhook = Webhook { call: take("CallSid"), from: take("From"), digits: take("Digits") };
    match limit.keeper.keep(webhook).await {
        Some(turn) => {
            let document = if turn < TURNS { GOES_ON } else { ENDS };
            ([(header::CONTENT_TYPE, "text/xml")], document).into_response()
        }
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
