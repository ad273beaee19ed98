//! The same stories over HTTP: signed webhooks to the real router, its TwiML read back, its
//! database looked into afterwards. Nothing may differ from what was heard on `step` alone.

use crate::support::bank::lines;
use crate::support::flows::shipped;
use crate::support::given::Given;
use crate::support::phone::RouterSide;
use crate::support::platforms::{PLATFORMS, platform};
use hotline::call::State;
use hotline::flow::Flow;
use hotline::flow::read::{Files, load};
use hotline::play::{
    self, Canned, Does, Heard, Input, Move, Played, Player, RECORDING, Recorded, RingsAt, Sent, SentTo, Story,
};
use hotline::provider::Provider;
use hotline::store::Request;
use hotline::words::CallId;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Servers at once: enough to use the machine while one waits for its disk.
const AT_ONCE: usize = 4;

/// A table cannot say "accepted, not done yet", so that one answer is played on `step` alone.
fn can_be_had_from_tables(story: &Story) -> bool {
    story.given.sources.values().all(|canned| *canned != Canned::Pending)
}

/// Nobody leaves a message where none can be taken down, nor is put through where nobody can be.
fn can_be_done(story: &Story, at: Provider) -> bool {
    let speaks = story.call.iter().any(|line| matches!(line.does, Does::Speaks(_) | Does::SaysNothing));
    let put_through = story.call.iter().any(|line| matches!(line.does, Does::Desk(_)));
    (at.can().record || !speaks) && (at.can().transfer || !put_through)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_story_sounds_the_same_through_the_router() {
    let (files, flows) = shipped();
    let files = Arc::new(files);
    let mut todo: Vec<(Arc<Flow>, Story)> = Vec::new();
    for report in play::folder(&files, &flows) {
        todo.extend(report.played.into_iter().map(|(story, _)| (report.flow.clone(), story)));
    }
    let all = todo.len();
    todo.retain(|(_, story)| can_be_had_from_tables(story));
    let from_tables = todo.len();
    assert!(all - from_tables <= 2 * flows.len(), "few stories have an answer that no table gives");
    let (mut running, mut failures) = (JoinSet::new(), Vec::new());
    let everywhere = todo.into_iter().flat_map(|(flow, story)| {
        PLATFORMS.iter().map(move |(provider, ..)| (flow.clone(), story.clone(), *provider)).collect::<Vec<_>>()
    });
    for (number, (flow, story, provider)) in everywhere.filter(|(_, story, at)| can_be_done(story, *at)).enumerate() {
        if running.len() >= AT_ONCE {
            failures.extend(running.join_next().await.unwrap().unwrap());
        }
        let files = files.clone();
        running.spawn(async move { differs(&files, &flow, &story, provider, number).await });
    }
    while let Some(went) = running.join_next().await {
        failures.extend(went.unwrap());
    }
    assert!(failures.is_empty(), "{} of {all} stories:\n{}", failures.len(), failures.join("\n"));
}

/// Calls to lines of each kind of identity.
const PROOFS: &str = "\
- story: A caller mistypes, verifies, and proves what is missing for level three
  from: +86 10 0000 1001
  at: 2026-03-02 10:00 Asia/Shanghai
  call:
    - presses: '1'
    - fails to verify
    - hears: not right
    - verifies
    - hears: You are known
    - presses: '2'
    - hears: one more proof
    - verifies
    - hears: moves
    - hangs up
  records: nothing
- story: An unknown caller proves everything for level three
  from: withheld
  at: 2026-03-02 10:00 Asia/Shanghai
  call:
    - presses: '2'
    - verifies
    - hears: moves
    - hangs up
  records: nothing
- story: A caller fails three times
  from: +86 10 0000 1001
  at: 2026-03-02 10:00 Asia/Shanghai
  call:
    - presses: '1'
    - fails to verify
    - fails to verify
    - fails to verify
    - hears: we cannot check again in this call
    - hears: You are not known
    - does not hear: You are known
    - hangs up
  records: nothing
";

#[tokio::test]
async fn each_kind_of_identity_sounds_the_same_through_the_router() {
    let (mut files, _) = shipped();
    files.extend(lines());
    let flows = load(&files).flows;
    for flow in flows.iter().filter(|flow| flow.name.ends_with("-line")) {
        let (stories, problems) = play::read("proofs.stories.yaml", PROOFS, flow);
        assert_eq!((stories.len(), problems), (3, Vec::new()));
        for (number, story) in stories.iter().enumerate() {
            let played = play::play(flow, story);
            assert!(played.failure.is_none(), "{}: {:?}", flow.name, played.failure);
            let differs = differs(&files, flow, story, Provider::Twilio, number).await;
            assert_eq!(differs, None, "{}", flow.name);
        }
    }
}

/// How the router's side of a story differs from `step` alone, if it does.
async fn differs(files: &Files, flow: &Flow, story: &Story, provider: Provider, number: usize) -> Option<String> {
    let told = |what: String| Some(format!("{provider}: {}:{}: {}\n    {what}", story.file, story.line, story.title));
    let given = Given::start(files, flow, story, &play::play(flow, story)).await;
    let from = story.from.as_ref().map(|number| number.as_str()).unwrap_or_default();
    let (_, new) = platform(provider);
    let mut side = RouterSide::new(given.server, provider, new(number, from, story.at.as_second()));
    let heard = match hear_all(&given, &mut side, flow, story).await {
        Ok(heard) => heard,
        Err(what) => return told(what),
    };
    // References are random, so the story is played once more with those that were given here.
    let requests = given.store.export_requests(None, 100).await.unwrap();
    let requests: Vec<Request> = requests.into_iter().filter(|r| !given.before.contains(&r.reference)).collect();
    let references: Vec<_> = requests.iter().map(|request| request.reference.clone()).collect();
    let pure = play::play_with(flow, story, &references);
    for (turn, (here, there)) in heard.iter().zip(&pure.heard).enumerate() {
        if ear(here) != ear(there) {
            return told(format!("turn {turn}\n    router: {here}\n    step:   {there}"));
        }
    }
    if heard.len() != pure.heard.len() {
        return told(format!("{} documents through the router, {} on step alone", heard.len(), pure.heard.len()));
    }
    let mut what = ending_differs(&given, &side, &pure).await;
    if what.is_none() {
        what = records_differ(&given, story, requests, &pure).await;
    }
    if what.is_none() {
        what = messages_differ(&given, story, &pure).await;
    }
    what.and_then(told)
}

/// Plays the story and gives what was heard after each thing the caller did.
async fn hear_all(given: &Given, side: &mut RouterSide, flow: &Flow, story: &Story) -> Result<Vec<String>, String> {
    let mut player = Player::new(story, &flow.phrases);
    let mut heard = vec![side.ring(&flow.name).await];
    loop {
        let words = heard.last().unwrap().clone();
        match player.hears(&Heard { words, waits: side.waits() }) {
            Move::Done => return Ok(heard),
            Move::Failed(failure) => return Err(failure.to_string()),
            Move::Do(Input::HangUp) => {
                side.does(&Input::HangUp).await;
                return Ok(heard);
            }
            Move::Do(Input::Keys(keys)) => {
                let keys = given.typed(side.call(), keys).await;
                heard.push(side.does(&Input::Keys(keys)).await);
            }
            Move::Do(input) => heard.push(side.does(&input).await),
        }
    }
}

async fn ending_differs(given: &Given, side: &RouterSide, pure: &Played) -> Option<String> {
    let call = CallId::parse(side.call()).expect("the addresses given out hold the call's id");
    let row = given.store.open_call(&call).await.unwrap().expect("the call is kept");
    let state: State = serde_json::from_str(&row.state).unwrap();
    let (here, there) = (state.ending(), pure.ending);
    (here != there || here.is_none()).then(|| format!("ended {here:?} through the router, {there:?} on step alone"))
}

async fn records_differ(given: &Given, story: &Story, requests: Vec<Request>, pure: &Played) -> Option<String> {
    let mut recorded: Vec<Recorded> = requests.into_iter().map(|request| recorded(given, story, request)).collect();
    // What was spoken goes along by its id, which is random.
    for value in recorded.iter_mut().flat_map(|recorded| recorded.collected.values_mut()) {
        if given.store.wanted_recording(value).await.unwrap().is_some() {
            RECORDING.clone_into(value);
        }
    }
    let line = |records: &[Recorded]| records.iter().map(|r| format!("{{ {r} }}")).collect::<Vec<_>>().join(" and ");
    (recorded != pure.recorded)
        .then(|| format!("recorded\n    router: {}\n    step:   {}", line(&recorded), line(&pure.recorded)))
}

fn recorded(given: &Given, story: &Story, request: Request) -> Recorded {
    let number = request.number.as_deref().and_then(|number| hotline::words::Phone::parse(number, None));
    Recorded {
        kind: request.kind,
        topic: request.topic,
        priority: request.priority,
        lang: request.lang,
        rings: match number {
            None => RingsAt::Nobody,
            Some(number) if number == given.registered && story.from.as_ref() != Some(&number) => RingsAt::Registered,
            Some(number) => RingsAt::Number(number),
        },
        window: request.window.is_some(),
        level: request.level.into(),
        account: request.account,
        collected: request.collected.into_iter().collect(),
    }
}

/// Text messages and scores as the database keeps them, beside what they are on `step` alone.
async fn messages_differ(given: &Given, story: &Story, pure: &Played) -> Option<String> {
    let caller = story.from.as_ref().map(|number| number.as_str());
    let to = |number: &str| if Some(number) == caller { SentTo::Caller } else { SentTo::Registered };
    let texts = given.database.texts().await.into_iter();
    let sent: Vec<Sent> = texts.map(|(number, says)| Sent { to: to(&number), says }).collect();
    let (scores, _) = given.store.scores(None, 100).await.unwrap();
    let scores = scores.into_iter().map(|score| (score.category, u8::try_from(score.score).unwrap()));
    let (here, there) = ((sent, scores.collect::<Vec<_>>()), (pure.sent.clone(), pure.scores.clone()));
    (here != there).then(|| format!("left behind\n    router: {here:?}\n    step:   {there:?}"))
}

/// Words as an ear takes them: punctuation and spaces are how a provider writes pauses.
fn ear(words: &str) -> String {
    words.chars().filter(|c| c.is_alphanumeric()).collect()
}
