//! `hotline call FLOW`: a telephone in the terminal. It speaks the dialect of our own phones with
//! the same answerer as the server, without a network between.

use super::app::{App, assemble};
use crate::answer::{Knock, Reply};
use crate::config::Config;
use crate::provider::{Place, Provider, Webhook};
use crate::words::{CallId, Lang, Phone};
use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::io::{BufRead, IsTerminal, Write};

/// Documents in a row without a wait: a line that only talks is cut off.
const CONTINUES: usize = 40;

/// How a call from the terminal is to go.
pub struct Wanted {
    /// The flow to call.
    pub flow: String,
    /// The number to call from; withheld when absent.
    pub from: Option<String>,
    /// The language to begin in.
    pub lang: Option<String>,
    /// What is done at each wait, in order: keys, where an empty one is silence; how a desk that rings
    /// does (`answered`, `busy`, `no-answer`, `failed`); how many seconds of a message are spoken.
    /// Without them the call is interactive.
    pub keys: Option<Vec<String>>,
}

/// Calls, and prints what is said.
pub async fn run(config: &Config, wanted: Wanted) -> anyhow::Result<()> {
    let app = assemble(config, "http://terminal.invalid").await?;
    let live = app.answerer.flows().live();
    if !live.iter().any(|flow| flow.name == wanted.flow) {
        let names: Vec<&str> = live.iter().map(|flow| flow.name.as_str()).collect();
        bail!("there is no flow `{}` in service; there are: {}", wanted.flow, names.join(", "));
    }
    if let Some(from) = &wanted.from
        && Phone::parse(from, None).is_none()
    {
        bail!("`{from}` is not a telephone number; write it like +85291234567");
    }
    if let Some(lang) = &wanted.lang
        && Lang::parse(lang).is_none()
    {
        bail!("`{lang}` is not a language; there are zh-CN, zh-HK, ja-JP, en-US");
    }
    let mut phone =
        Terminal { app, id: uuid::Uuid::now_v7().simple().to_string(), todo: wanted.keys.clone().map(Vec::into_iter) };
    let first = json!({ "call": phone.id, "dialled": wanted.flow, "from": wanted.from, "lang": wanted.lang });
    let mut document = phone.post(&format!("/voice/phone?flow={}", wanted.flow), first).await?;
    let mut continues = 0;
    loop {
        say(&document)?;
        let next = &document["next"];
        let (address, body) = if let Some(address) = next["continue"].as_str() {
            continues += 1;
            if continues > CONTINUES {
                bail!("the line goes on without waiting for a key; `hotline check` may say why");
            }
            (address.to_owned(), json!({ "call": phone.id }))
        } else if let Some(wait) = Wait::of(next) {
            continues = 0;
            let Some(mut body) = phone.does(&wait)? else {
                phone.hang_up().await?;
                break;
            };
            body["call"] = json!(phone.id);
            (wait.address.to_owned(), body)
        } else {
            writeln!(std::io::stdout(), "-- the line hung up --")?;
            break;
        };
        document = phone.post(&address, body).await?;
    }
    phone.app.answerer.store().close().await;
    Ok(())
}

struct Terminal {
    app: App,
    id: String,
    todo: Option<std::vec::IntoIter<String>>,
}

impl Terminal {
    /// Sends a request and reads the document.
    async fn post(&self, address: &str, body: Value) -> anyhow::Result<Value> {
        let target = address.strip_prefix("http://terminal.invalid").unwrap_or(address);
        let token = format!("Bearer {}", self.app.phone_token.reveal());
        let body = body.to_string();
        let knock = knock(target).with_context(|| format!("an address we cannot call: {target}"))?;
        let answering = {
            let webhook = Webhook {
                method: "POST",
                public_url: "http://terminal.invalid",
                target,
                header: &|name| (name == "authorization").then_some(token.as_str()),
                body: body.as_bytes(),
            };
            self.app.answerer.answer(Provider::Phone, &webhook, knock)
        };
        match answering.await {
            Reply::Document(document) => serde_json::from_str(&document.text).context("reading a document"),
            Reply::Quiet => Ok(Value::Null),
            Reply::Refused(why) => bail!("the call was refused: {why}"),
        }
    }

    async fn hang_up(&self) -> anyhow::Result<()> {
        writeln!(std::io::stdout(), "-- you hung up --")?;
        self.post("/voice/phone/status", json!({ "call": self.id, "status": "completed" })).await.map(|_| ())
    }

    /// What the caller does at a wait; none hangs up.
    fn does(&mut self, wait: &Wait) -> anyhow::Result<Option<Value>> {
        let mut out = std::io::stdout();
        if let WaitsFor::Desk(desk) = wait.wants {
            writeln!(out, "-- {desk} rings --")?;
        }
        if let Some(todo) = &mut self.todo {
            let Some(word) = todo.next() else { return Ok(None) };
            let secret = matches!(wait.wants, WaitsFor::Keys { secret: true, .. });
            let shown = if secret { "•".repeat(word.trim_end_matches('#').len()) } else { word.clone() };
            writeln!(out, "  > {}", if word.is_empty() { "(silence)" } else { &shown })?;
            let body = wait.body(&word);
            return body.map(Some).with_context(|| format!("`{word}` does not fit here; {}", wait.asks()));
        }
        loop {
            if std::io::stdin().is_terminal() {
                write!(out, "  {} > ", wait.asks())?;
                out.flush()?;
            }
            let mut line = String::new();
            if std::io::stdin().lock().read_line(&mut line).context("reading keys")? == 0 {
                return Ok(None);
            }
            let line = line.trim();
            if line.eq_ignore_ascii_case("h") {
                return Ok(None);
            }
            if let Some(body) = wait.body(line) {
                return Ok(Some(body));
            }
        }
    }
}

/// What a document waits for, and the address it is told to.
struct Wait<'d> {
    address: &'d str,
    wants: WaitsFor<'d>,
}

enum WaitsFor<'d> {
    Keys { hash_ends: bool, secret: bool },
    Desk(&'d str),
    Message { limit: u64 },
}

impl Wait<'_> {
    fn of(next: &Value) -> Option<Wait<'_>> {
        let flag = |value: &Value| value.as_bool().unwrap_or_default();
        let wait = |kind: &str, wants| Some(Wait { address: next[kind]["action"].as_str()?, wants });
        let keys =
            WaitsFor::Keys { hash_ends: flag(&next["gather"]["hash_ends"]), secret: flag(&next["gather"]["secret"]) };
        let desk = WaitsFor::Desk(next["transfer"]["to"].as_str().unwrap_or_default());
        let message = WaitsFor::Message { limit: next["record"]["limit"].as_u64().unwrap_or_default() };
        wait("gather", keys).or_else(|| wait("transfer", desk)).or_else(|| wait("record", message))
    }

    fn asks(&self) -> String {
        match self.wants {
            WaitsFor::Keys { .. } => "keys, Enter for silence, h to hang up".to_owned(),
            WaitsFor::Desk(_) => "answered, busy, no-answer or failed, h to hang up".to_owned(),
            WaitsFor::Message { limit } => {
                format!("after the tone: seconds spoken, at most {limit}, Enter for silence, h to hang up")
            }
        }
    }

    /// What the line is told; none when the word does not fit.
    fn body(&self, word: &str) -> Option<Value> {
        match self.wants {
            WaitsFor::Keys { .. } | WaitsFor::Message { .. } if word.is_empty() => Some(json!({ "silence": true })),
            WaitsFor::Keys { hash_ends, .. } => Some(json!({ "digits": typed(word, hash_ends) })),
            WaitsFor::Desk(_) => {
                let ends = ["answered", "busy", "no-answer", "failed"];
                let word = if word == "no answer" { "no-answer" } else { word };
                ends.contains(&word).then(|| json!({ "dialled_end": word }))
            }
            WaitsFor::Message { limit } => {
                let seconds: u64 = word.trim_end_matches(['s', '#']).parse().ok()?;
                Some(if seconds == 0 { json!({ "silence": true }) } else { json!({ "recorded": seconds.min(limit) }) })
            }
        }
    }
}

/// The terminator ends typing and is no part of it; alone it is a key.
fn typed(keys: &str, hash_ends: bool) -> String {
    match keys.strip_suffix('#') {
        Some(before) if hash_ends && !before.is_empty() => before.to_owned(),
        _ => keys.to_owned(),
    }
}

fn say(document: &Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    // What would lie on a demo customer's own phone; nobody else's code is ever shown.
    for text in document["texts"].as_array().into_iter().flatten() {
        let (to, words) = (text["to"].as_str().unwrap_or_default(), text["words"].as_str().unwrap_or_default());
        writeln!(out, "-- text message to {to}: {words} --")?;
    }
    for said in document["says"].as_array().into_iter().flatten() {
        writeln!(out, "{}  {}", said["lang"].as_str().unwrap_or_default(), said["words"].as_str().unwrap_or_default())?;
    }
    Ok(())
}

/// Which of our doors an address of ours is.
fn knock(target: &str) -> Option<Knock> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts[..] {
        ["voice", "phone"] => {
            Some(Knock::Inbound { flow: query.strip_prefix("flow=").map(str::to_owned), version: None })
        }
        ["voice", "phone", "status"] => Some(Knock::Status),
        ["voice", "phone", "c", call, turn, lang, mac] => {
            let place = Place { call: CallId::parse(call)?, turn: turn.parse().ok()?, lang: Lang::parse(lang)? };
            Some(Knock::Turn { place, mac: mac.to_owned() })
        }
        _ => None,
    }
}
