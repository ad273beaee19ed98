//! The caller's own phone: what a one-time code that was sent says.

use hotline::answer::Answerer;
use hotline::call::State;
use hotline::call::state::{Phase, Stage, Wait};
use hotline::words::CallId;

/// The challenge whose code a call waits for.
pub async fn challenge(answerer: &Answerer, call: &str) -> String {
    let call = CallId::parse(call).expect("an id of a call");
    let row = answerer.store().open_call(&call).await.unwrap().expect("the call is there");
    let state: State = serde_json::from_str(&row.state).unwrap();
    match state.phase {
        Phase::Waiting(Wait { stage: Stage::Code { challenge, .. }, .. }) => challenge,
        phase => panic!("no code is waited for: {phase:?}"),
    }
}

/// The words that are texted for a challenge; none when it does not count any more.
pub async fn text(answerer: &Answerer, challenge: &str) -> Option<String> {
    answerer.code_text(challenge).await.unwrap().map(|words| words.reveal().to_owned())
}

/// The code in a text message.
pub fn code_in(words: &str) -> String {
    let mut runs = words.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6);
    runs.next().unwrap_or_else(|| panic!("no code: {words}")).to_owned()
}
