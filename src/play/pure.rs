//! Plays a story on `step` alone: no server, no provider, no waiting. Between any two turns the
//! call is written out and read back, as it is between two servers.

use super::leaves::{self, Sent};
use super::player::{Failure, Heard, Input, Move, Player, Waits};
use super::records::{self, Recorded};
use super::story::{Line, Story};
use super::world::World;
use super::{CODE, Coverage, DIALLED, KNOWLEDGE, PIN};
use crate::call::effect::{Effect, NewRequest};
use crate::call::event::{Began, CallStatus, Recording};
use crate::call::state::Ending;
use crate::call::step::Trace;
use crate::call::voice::{Gather, Next, Voice};
use crate::call::{Event, Outcome, State, step};
use crate::flow::Flow;
use crate::words::{Lang, Level, Reference, Secret};

/// The most documents a story may take: far above what any call has.
const DOCUMENTS: usize = 500;

/// A story as it was played.
pub struct Played {
    /// Where it went another way.
    pub failure: Option<Failure>,
    /// What was heard after each thing the caller did, the greeting first.
    pub heard: Vec<String>,
    /// How the call ended.
    pub ending: Option<Ending>,
    /// What was recorded, in order.
    pub recorded: Vec<Recorded>,
    /// The same as the call asked for it.
    pub requests: Vec<NewRequest>,
    /// The text messages sent, in order.
    pub sent: Vec<Sent>,
    /// The scores given, by category, in order.
    pub scores: Vec<(String, u8)>,
    /// The skills for whose desks the wait was asked.
    pub queues: Vec<String>,
    /// Somebody was verified by the calling number alone.
    pub by_number: bool,
    /// What it reached.
    pub coverage: Coverage,
}

/// Plays a story.
pub fn play(flow: &Flow, story: &Story) -> Played {
    play_with(flow, story, &[])
}

/// Plays a story in which the requests are called by these references, in order.
pub fn play_with(flow: &Flow, story: &Story, references: &[Reference]) -> Played {
    let (mut call, began) = Call::new(flow, story, references);
    let failure = call.run(began).and_then(|()| call.leaves_behind()).err();
    Played {
        failure: failure.map(|failure| *failure),
        ending: call.state.ending(),
        recorded: call.world.recorded(),
        requests: call.world.requests(),
        sent: call.world.sent().to_vec(),
        scores: call.world.scores().to_vec(),
        queues: call.world.queues().to_vec(),
        heard: call.heard,
        by_number: call.by_number,
        coverage: call.coverage,
    }
}

/// What came of one thing that a caller did.
pub(super) struct Scene {
    /// Which line of the story says it, counted from 1; 0: the call came in.
    pub(super) line: usize,
    /// The call before it.
    pub(super) before: State,
    /// What was heard then, piece by piece.
    pub(super) said: Vec<String>,
    /// The steps the call was at meanwhile, the one it had waited at first.
    pub(super) steps: Vec<String>,
    /// The language of the call after it.
    pub(super) lang: Lang,
}

/// Plays what the caller of a story does, whatever is heard, as far as it can be done. `does` is told of each thing
/// with its line and the call, and says what is done instead, or that it ends there.
pub(super) fn follow(
    flow: &Flow,
    story: &Story,
    mut does: impl FnMut(usize, &State, Input) -> Option<Input>,
) -> Vec<Scene> {
    let acts = story.call.iter().enumerate().filter(|(_, line)| !line.does.is_hearing());
    let call = acts.map(|(at, line)| Line { line: at + 1, does: line.does.clone() }).collect();
    let story = Story { call, ..story.clone() };
    let (mut call, mut event) = Call::new(flow, &story, &[]);
    let mut player = Player::new(&story, &flow.phrases);
    let (mut scenes, mut line) = (Vec::new(), 0);
    for _ in 0..DOCUMENTS {
        let before = call.state.clone();
        call.steps = vec![before.place()];
        let Ok((said, next)) = call.listen(event) else { break };
        let words = said.concat();
        scenes.push(Scene { line, before, said, steps: std::mem::take(&mut call.steps), lang: call.state.lang });
        let Move::Do(input) = player.hears(&Heard { words, waits: waits(&next) }) else { break };
        line = player.doing();
        let Some(input) = does(line, &call.state, input).filter(|input| !matches!(input, Input::HangUp)) else { break };
        let Ok(happens) = call.happens(input, next) else { break };
        event = happens;
    }
    scenes
}

struct Call<'s> {
    flow: &'s Flow,
    story: &'s Story,
    state: State,
    world: World<'s>,
    heard: Vec<String>,
    /// The steps entered.
    steps: Vec<String>,
    by_number: bool,
    coverage: Coverage,
}

type Went<T> = Result<T, Box<Failure>>;

impl<'s> Call<'s> {
    /// A call that is about to come in, and how it does.
    fn new(flow: &'s Flow, story: &'s Story, references: &[Reference]) -> (Call<'s>, Event) {
        let began = Began { dialled: DIALLED.to_owned(), from: story.from.clone(), test: false, lang: None };
        let mut state = State::new(flow, began.clone());
        // Stories call from numbers nobody has, and these may be asked to be rung.
        state.fiction = true;
        let call = Call {
            flow,
            story,
            state,
            world: World::new(flow, story, references),
            heard: Vec::new(),
            steps: Vec::new(),
            by_number: false,
            coverage: Coverage::default(),
        };
        (call, Event::Began(began))
    }

    /// The whole call, from the first event to the caller's last line.
    fn run(&mut self, began: Event) -> Went<()> {
        let mut player = Player::new(self.story, &self.flow.phrases);
        let mut event = began;
        for _ in 0..DOCUMENTS {
            let (said, next) = self.listen(event)?;
            let words = said.concat();
            self.heard.push(words.clone());
            match player.hears(&Heard { words, waits: waits(&next) }) {
                Move::Done => return Ok(()),
                Move::Failed(failure) => return Err(failure),
                Move::Do(Input::HangUp) => {
                    self.take(Event::Status(CallStatus::Completed))?;
                    return Ok(());
                }
                Move::Do(input) => event = self.happens(input, next)?,
            }
        }
        Err(self.wrong("the call comes to an end", format!("it has more than {DOCUMENTS} documents")))
    }

    /// What the caller does, as the line is told of it.
    fn happens(&self, input: Input, next: Next) -> Went<Event> {
        Ok(match (input, next) {
            (Input::Keys(keys), Next::Gather(gather)) => Event::Digits(self.typed(&keys, gather)?),
            (Input::Desk(end), _) => Event::Dialled { end, talked: 0 },
            (Input::Speech(seconds), Next::Record(record)) => {
                let seconds = seconds.min(record.limit.into());
                Event::Recorded(Recording { id: "story".to_owned(), url: None, seconds })
            }
            _ => Event::Silence,
        })
    }

    /// Everything said until the line waits or has hung up, piece by piece, and which of them.
    fn listen(&mut self, event: Event) -> Went<(Vec<String>, Next)> {
        let (mut pieces, mut event) = (Vec::new(), event);
        for _ in 0..DOCUMENTS {
            let Some(voice) = self.take(event)? else {
                return Err(self.wrong("something is heard", "nothing"));
            };
            pieces.extend(voice.says.into_iter().map(|said| said.words + " "));
            match voice.next {
                Next::Continue | Next::Later(_) => event = Event::Silence,
                next => return Ok((pieces, next)),
            }
        }
        Err(self.wrong("the line waits for keys or hangs up", "it never does"))
    }

    /// One event, with all that is asked of the world on the way.
    fn take(&mut self, event: Event) -> Went<Option<Voice>> {
        let mut event = event;
        loop {
            let before = self.state.clone();
            let turn = step(self.flow, before.clone(), event, self.story.at);
            self.coverage.note(&before, &turn.trail);
            self.steps.extend(turn.trail.iter().filter_map(|trace| match trace {
                Trace::Step(place) => Some(place.clone()),
                _ => None,
            }));
            self.state = self.written_out_and_read_back(turn.state)?;
            if let Some(Trace::Fault(name)) = turn.trail.iter().find(|trace| matches!(trace, Trace::Fault(_))) {
                return Err(self.wrong("no fault in the flow", format!("`{name}` at {}", before.place())));
            }
            match turn.outcome {
                Outcome::Say(voice) => return Ok(Some(voice)),
                Outcome::Nothing => return Ok(None),
                Outcome::Ask(effect, secret) => {
                    self.by_number |= matches!(effect, Effect::Verify { level: Level::L1, .. });
                    let level = self.state.level(self.story.at);
                    let answer = self.world.answer(&effect, secret.as_ref(), level);
                    event = Event::Answered(answer.map_err(|what| self.wrong("no level is passed over", what))?);
                }
            }
        }
    }

    fn written_out_and_read_back(&self, state: State) -> Went<State> {
        let text =
            serde_json::to_string(&state).map_err(|e| self.wrong("the call can be written out", e.to_string()))?;
        if [PIN, CODE, KNOWLEDGE].iter().any(|secret| text.contains(secret)) {
            return Err(
                self.wrong("no PIN, code or knowledge in what is stored", format!("it is there at {}", state.place()))
            );
        }
        let read: State =
            serde_json::from_str(&text).map_err(|e| self.wrong("the call can be read back", e.to_string()))?;
        if read != state {
            return Err(self.wrong("the call is read back as it was", format!("it is not at {}", state.place())));
        }
        Ok(read)
    }

    /// Keys as the line gets them, by what it waits for.
    fn typed(&self, keys: &Secret, gather: Gather) -> Went<Secret> {
        let typed = keys.reveal();
        if gather.most.is_some_and(|most| keys.count() > most.into()) {
            let what = format!("`{typed}` is pressed where the line takes fewer keys");
            return Err(self.wrong("no key is lost", what));
        }
        let data = typed.strip_suffix('#').filter(|data| gather.hash_ends && !data.is_empty());
        Ok(Secret::new(data.unwrap_or(typed)))
    }

    /// What the call leaves behind, once it is over.
    fn leaves_behind(&self) -> Went<()> {
        if self.state.ending().is_none() {
            return Err(self.wrong("the call is over", format!("it waits at {}", self.state.place())));
        }
        let line = self.story.records.first().map_or(self.story.line, |expected| expected.line);
        records::compare(&self.story.records, &self.world.recorded())
            .map_err(|(expected, recorded)| Box::new(Failure::new(self.story, line, expected, recorded)))?;
        leaves::compare_sent(&self.story.sends, self.world.sent())
            .and_then(|()| leaves::compare_scores(&self.story.scores, self.world.scores()))
            .map_err(|(expected, left)| self.wrong(&expected, left))?;
        match self.world.unused()[..] {
            [] => Ok(()),
            ref unused => {
                let what = format!("nobody asked for: {}", unused.join(", "));
                Err(self.wrong("everything given is used", what))
            }
        }
    }

    fn wrong(&self, expected: &str, but: impl Into<String>) -> Box<Failure> {
        Box::new(Failure::new(self.story, self.story.line, expected, but))
    }
}

fn waits(next: &Next) -> Waits {
    match next {
        Next::Gather(_) => Waits::Keys,
        Next::Transfer(_) => Waits::Desk,
        Next::Record(_) => Waits::Message,
        Next::HangUp | Next::Continue | Next::Later(_) => Waits::Nothing,
    }
}
