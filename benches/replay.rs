//! What it costs to play 10,000 recorded calls on another version: as a library does, and with the calls
//! read from the embedded database, as the studio does. A million calls in tallies are asked for figures.

#![expect(clippy::unwrap_used, reason = "what cannot be measured stops the measurement")]

#[path = "../tests/it/support/flows.rs"]
mod flows;

use hotline::answer::Flows;
use hotline::call::effect::{Answer, Effect, LookupAnswer, Preference, VerifyAnswer};
use hotline::call::event::{Began, CallStatus, Event, Kept};
use hotline::call::{Outcome, State, Turn, step};
use hotline::flow::read::{Files, load_again};
use hotline::flow::{Flow, Value};
use hotline::store::{BeginRow, Mark, Marked, Span, Store, TurnRow, Untallied};
use hotline::studio::replay::{MOST, replayed};
use hotline::words::{CallId, Phone, Secret, clock};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Calls about payments, charges and accounts, with keys that mean nothing and callers who hang up.
const CALLS: [&[&str]; 5] = [
    &["3", "1", "20260301004711", "10001001", "270496", "2"],
    &["3", "2", "1", "20260228009901", "10001001", "270496"],
    &["3", "7", "5", "4", "0"],
    &["3", "3", "10001006", "270496", "1"],
    &["3", "*", "9", "5", "2"],
];

const HOUR: i64 = 3_600_000;

fn answer(effect: &Effect) -> Answer {
    match effect {
        Effect::Verify { account, level, .. } => {
            Answer::Verify(VerifyAnswer::Verified { account: account.clone(), level: *level, name: "李明".into() })
        }
        Effect::Lookup { .. } => {
            let fields = [("state", "done"), ("merchant", "悦读书店")];
            let fields = fields.map(|(name, text)| (name.to_owned(), Value::Text(text.into())));
            Answer::Lookup(LookupAnswer::Found(Value::Record(BTreeMap::from(fields))))
        }
        Effect::Preference => Answer::Preference(Preference::default()),
        Effect::Remember(_) => Answer::Remembered,
        effect => Answer::failed_for(effect),
    }
}

/// The rows a server would keep of a call.
fn rows(flow: &Flow, keys: &[&str], at: Timestamp) -> Vec<TurnRow> {
    let from = Phone::parse("+85261230000", None);
    let began = Began { dialled: "+85230000000".into(), from, test: false, lang: None };
    let mut state = State::new(flow, began.clone());
    let (call, mut rows) = (CallId::fresh(), Vec::new());
    let mut happen = vec![(Kept::Began(began.clone()), Event::Began(began))];
    happen.extend(keys.iter().map(|keys| (Kept::Digits((*keys).to_owned()), Event::Digits(Secret::new(*keys)))));
    happen.push((Kept::Status(CallStatus::Completed), Event::Status(CallStatus::Completed)));
    for (version, (kept, event)) in (1u32..).zip(happen) {
        if state.ending().is_some() {
            break;
        }
        let kept = if let Event::Digits(digits) = &event { state.keep(digits) } else { kept };
        let (mut trail, mut answers, mut event) = (Vec::new(), Vec::new(), event);
        loop {
            let Turn { state: after, outcome, trail: noted } = step(flow, state, event, at);
            state = after;
            trail.extend(noted);
            let Outcome::Ask(effect, _) = outcome else { break };
            answers.push(Some(answer(&effect)));
            event = Event::Answered(answer(&effect));
        }
        let begins = (version == 1).then(|| BeginRow {
            provider: "twilio".into(),
            provider_call: format!("CA{call}"),
            line: flow.name.clone(),
            digest: flow.digest.to_string(),
            dialled: "+85230000000".into(),
            caller: Some("+85261230000".into()),
            test: false,
        });
        rows.push(TurnRow {
            call: call.clone(),
            version,
            turn: Some(version),
            entry: 1,
            event: serde_json::to_string(&kept).unwrap(),
            answers: serde_json::to_string(&answers).unwrap(),
            state: serde_json::to_string(&state).unwrap(),
            trail: serde_json::to_string(&trail).unwrap(),
            document: Some("<Response/>".repeat(100)),
            at: at.as_millisecond(),
            begins,
            ends: state.ending().map(|ending| ending.word().to_owned()),
            person: false,
            remember: Vec::new(),
        });
    }
    rows
}

/// The same hotline with two options on other keys.
fn another(flow: &Flow) -> Arc<Flow> {
    let (main, text) = flow.files[0].clone();
    let changed =
        text.replace("key: 1, go: payment", "key: 6, go: payment").replace("key: 2, go: charge", "key: 1, go: charge");
    assert_ne!(changed, text);
    let files: Files = flow.files.iter().cloned().chain([(main.clone(), changed)]).collect();
    Arc::new(load_again(&files, &main).unwrap())
}

async fn calls(store: &Store, flow: &Flow) {
    let files = serde_json::to_string(&flow.files).unwrap();
    store.keep_flow(&flow.name, &flow.digest, &files, 0).await.unwrap();
    let at = Timestamp::constant(1_772_416_800, 0);
    let all: Vec<Vec<TurnRow>> = (0..MOST as usize).map(|n| rows(flow, CALLS[n % CALLS.len()], at)).collect();
    for many in all.chunks(500) {
        let most = many.iter().map(Vec::len).max().unwrap_or(0);
        for nth in 0..most {
            let writing: Vec<_> =
                many.iter().filter_map(|rows| rows.get(nth)).cloned().map(|row| store.commit(row)).collect();
            for written in futures_util::future::join_all(writing).await {
                written.unwrap();
            }
        }
    }
}

/// A million calls of thirty days as they are rolled up: in every hour three languages, 120 ways and steps.
async fn tallies(store: &Store, flow: &Flow) -> i64 {
    let mut all = 0;
    for hour in 0..720i64 {
        let mut marked = Vec::new();
        for lang in ["zh-CN", "zh-HK", "en-US"] {
            let mut row = rows(flow, &[], Timestamp::UNIX_EPOCH).remove(0);
            row.ends = Some("goodbye".into());
            let (id, digest, began_at) = (row.call.to_string(), flow.digest.to_string(), hour * HOUR);
            store.commit(row).await.unwrap();
            let (line, ending) = ("figures".to_owned(), "goodbye".to_owned());
            let call = Untallied { id, line, digest, test: false, began_at, ended_at: began_at + 1, ending };
            let mark = |what, of: String, n| Mark { what, of, n, total: n * 1000 };
            let mut marks = vec![mark("calls", String::new(), 463)];
            let way = |n: i64| mark(if n % 2 == 0 { "edge" } else { "step" }, format!("a{n} 1 b{n}"), 200);
            marks.extend((0..120).map(way));
            marked.push(Marked { call, lang: lang.to_owned(), marks });
            all += 463;
        }
        store.tally(&marked, 1).await.unwrap();
    }
    all
}

#[tokio::main]
async fn main() {
    let (_, flows) = flows::shipped();
    let flow = flows.iter().find(|flow| flow.name == "digital-wallet").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&format!("sqlite:{}", folder.path().join("hotline.db").display()), "bench").await.unwrap();
    store.migrate().await.unwrap();
    calls(&store, flow).await;
    let known = Flows::default();
    for (name, new) in [("its own version", Arc::clone(flow)), ("another version", another(flow))] {
        let begun = clock::tick();
        let report = replayed(&known, &store, &flow.name, &new, MOST).await.unwrap();
        let took = begun.elapsed();
        assert_eq!((report.calls, report.same), (u64::from(MOST), u64::from(MOST)), "{:?}", report.groups);
        println!("replay/{} calls on {name}, read from SQLite: {took:.2?}", report.calls);
    }
    let counted = tallies(&store, flow).await;
    let span = Span { line: "figures".into(), from: 0, to: 720 * HOUR, ..Span::default() };
    for (name, span) in [("", span.clone()), (", of some hours of the day", Span { hours: Some((8, 11)), ..span })] {
        let begun = clock::tick();
        let found = store.tallied(&span).await.unwrap().len();
        let took = begun.elapsed();
        println!("figures/{counted} calls of thirty days{name}: {found} figures in {took:.2?}");
    }
}
