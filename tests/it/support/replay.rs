//! Plays a call again from what is kept of it: the same events and answers, on the same version of its
//! flow, and compares every state, trail and document with what was kept then.

use super::server::PEPPER;
use super::twilio::PUBLIC;
use hotline::call::effect::Answer;
use hotline::call::event::{Event, Kept};
use hotline::call::{Outcome, State, step};
use hotline::flow::Flow;
use hotline::flow::read::{Files, load_one};
use hotline::provider::{Place, PlaceKey, Provider, Rendering, Voices};
use hotline::store::{Store, TurnRow};
use hotline::words::{CallId, Secret};
use jiff::Timestamp;
use serde_json::Value;

/// Plays a call of Twilio's to a server of [`super::server::Home`] again; gives how many turns it had.
pub async fn replay(store: &Store, call: &CallId, provider_call: &str) -> usize {
    let open = store.open_call(call).await.unwrap().expect("the call");
    let flow = flow(&store.flow(&open.digest).await.unwrap().expect("its version"));
    let turns = store.turns(call).await.unwrap();
    let Ok(Kept::Began(began)) = serde_json::from_str(&turns[0].event) else { panic!("{:?}", turns[0]) };
    let mut state = State::new(&flow, began);
    // In the demo, numbers of fiction may be rung.
    state.fiction = true;
    let places = PlaceKey::derive(&Secret::new(PEPPER));
    for row in &turns {
        let outcome;
        (state, outcome) = again(&flow, state, row);
        let Outcome::Say(voice) = outcome else { continue };
        let place = Place { call: call.clone(), turn: state.turn, lang: voice.lang };
        let next = format!("{PUBLIC}{}", places.path(Provider::Twilio, provider_call, &place));
        let audio = format!("{PUBLIC}/audio");
        let rendering = Rendering { next: &next, voices: &Voices::default(), audio: &audio, beside: None, told: None };
        let document = Provider::Twilio.render(&voice, &rendering);
        assert_eq!(Some(document.text), row.document, "turn {:?}", row.turn);
    }
    turns.len()
}

/// One event with the answers that were got for it.
fn again(flow: &Flow, mut state: State, row: &TurnRow) -> (State, Outcome) {
    let now = Timestamp::from_millisecond(row.at).unwrap();
    let mut answers = serde_json::from_str::<Vec<Option<Answer>>>(&row.answers).unwrap().into_iter();
    let mut event = happened(&row.event);
    let mut trail = Vec::new();
    loop {
        let turn = step(flow, state, event, now);
        trail.extend(turn.trail);
        state = turn.state;
        if let Outcome::Ask(effect, _) = &turn.outcome {
            let answer = answers.next().unwrap_or_else(|| panic!("no answer is kept to {effect:?}"));
            event = answer.map_or(Event::Slow, Event::Answered);
            continue;
        }
        assert_eq!(answers.next(), None, "an answer nobody asks for");
        let same = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(serde_json::to_value(&state).unwrap(), same(&row.state), "version {}", row.version);
        assert_eq!(serde_json::to_value(&trail).unwrap(), same(&row.trail), "version {}", row.version);
        return (state, turn.outcome);
    }
}

/// The event as it came. Of a secret only the length is kept, and that is all a step looks at.
fn happened(kept: &str) -> Event {
    match serde_json::from_str(kept).unwrap() {
        Kept::Began(began) => Event::Began(began),
        Kept::Digits(digits) => Event::Digits(Secret::new(digits)),
        Kept::Secret(count) => Event::Digits(Secret::new("0".repeat(count))),
        Kept::Silence => Event::Silence,
        Kept::Again => Event::Again,
        Kept::Status(status) => Event::Status(status),
        other => panic!("{other:?} is not played again here"),
    }
}

fn flow(files: &str) -> Flow {
    let files: Vec<(String, String)> = serde_json::from_str(files).unwrap();
    let main = files[0].0.clone();
    load_one(&files.into_iter().collect::<Files>(), &main).unwrap()
}
