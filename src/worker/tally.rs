//! Rolls up what callers did, call by call once it has ended: how often each way was taken, where callers
//! hung up, fell silent, pressed wrong keys or asked for a person, and how long it took. Never while
//! somebody waits for it.

use crate::call::effect::{ActAnswer, Answer, ChangeAnswer, LookupAnswer, SendAnswer, StatusAnswer};
use crate::call::event::{DialEnd, Kept};
use crate::call::step::{Trace, Universal};
use crate::store::{Mark, Marked, Store, StoreError, TurnRow, Untallied};
use crate::words::{CallId, clock};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often one looks.
const EVERY: Duration = Duration::from_secs(10);
/// Calls taken in by one unit of work: a few milliseconds, for which every caller waits.
const AT_ONCE: u32 = 50;
/// A pause between two units of work, so that callers come first.
const BREATH: Duration = Duration::from_millis(50);
/// Units of work in one go: what is left then is for the next.
const UNITS: u32 = 2000;

/// Works until it is dropped.
pub(super) async fn run(store: Store) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Err(error) = tally(&store, clock::now().as_millisecond()).await {
            tracing::warn!(%error, "what callers did could not be rolled up; tried again in ten seconds");
        }
    }
}

/// Takes in every ended call that was not taken in yet; gives how many.
pub async fn tally(store: &Store, at: i64) -> Result<u64, StoreError> {
    let mut all = 0;
    for unit in 0..UNITS {
        if unit > 0 {
            tokio::time::sleep(BREATH).await;
        }
        let calls = store.untallied(AT_ONCE).await?;
        let found = calls.len();
        let mut marks = Vec::with_capacity(found);
        for call in calls {
            let turns = match CallId::parse(&call.id) {
                Some(id) if !call.test => store.turns(&id).await?,
                _ => Vec::new(),
            };
            let scores = if call.test { Vec::new() } else { store.scores_of_call(&call.id).await? };
            marks.push(marked(call, &turns, &scores));
        }
        if !marks.is_empty() {
            all += store.tally(&marks, at).await?;
        }
        if found < AT_ONCE as usize {
            break;
        }
    }
    Ok(all)
}

/// All that is counted of a call.
pub fn marked(call: Untallied, turns: &[TurnRow], scores: &[(String, i64)]) -> Marked {
    /// The language a call is in.
    #[derive(Deserialize)]
    struct Spoken {
        lang: String,
    }
    let lang = turns.last().and_then(|turn| serde_json::from_str::<Spoken>(&turn.state).ok());
    let mut marks = Marks::default();
    marks.once("calls", "");
    marks.once("ended", &call.ending);
    // What an earlier server noted otherwise is no reason to count nothing.
    let trail = turns.iter().flat_map(|turn| serde_json::from_str::<Vec<Trace>>(&turn.trail).unwrap_or_default());
    let way = Way::of(trail, &mut marks);
    if call.ending == "hung-up" {
        way.is_in_trouble("hung", &mut marks);
    }
    let told = || call.ending == "goodbye" || turns.iter().any(is_served);
    let answered = match (way.talked, way.filed) {
        (true, _) => "agent",
        (false, true) => "request",
        (false, false) if told() => "alone",
        (false, false) => "nothing",
    };
    marks.once("answered", answered);
    let talked = turns.iter().map(talked).sum::<i64>();
    let length = (call.ended_at - call.began_at - talked).max(0);
    marks.time("length", length);
    if let Some(first) = turns.iter().find(|turn| pressed(turn)) {
        marks.time("first", (first.at - call.began_at).max(0));
    }
    for (category, score) in scores {
        marks.add("score", &format!("{category} {score}"), 1, 0);
    }
    Marked { lang: lang.map(|spoken| spoken.lang).unwrap_or_default(), marks: marks.all(), call }
}

/// How long caller and agent talked in a transfer that ended with this event, in ms: they are not in the
/// menus meanwhile.
fn talked(turn: &TurnRow) -> i64 {
    match serde_json::from_str::<Kept>(&turn.event) {
        Ok(Kept::Dialled(DialEnd::Answered, seconds)) => i64::from(seconds) * 1000,
        _ => 0,
    }
}

/// Whether a caller got something of the line itself: a record was found, something done, changed or
/// sent. Who only listened and hung up is not known to have got anything.
fn is_served(turn: &TurnRow) -> bool {
    let served = |answer: &Answer| {
        matches!(
            answer,
            Answer::Lookup(LookupAnswer::Found(_))
                | Answer::Act(ActAnswer::Done | ActAnswer::Pending)
                | Answer::RequestStatus(StatusAnswer::Known { .. })
                | Answer::ChangeRequest(ChangeAnswer::Changed)
                | Answer::Sent(SendAnswer::Accepted)
        )
    };
    let answers = serde_json::from_str::<Vec<Option<Answer>>>(&turn.answers).unwrap_or_default();
    answers.iter().flatten().any(served)
}

fn pressed(turn: &TurnRow) -> bool {
    matches!(serde_json::from_str::<Kept>(&turn.event), Ok(Kept::Digits(_) | Kept::Secret(_)))
}

/// The beginning of the span a time is counted in, in seconds: of a second below a minute, of five below
/// five minutes, of thirty below half an hour.
pub fn bucket(ms: i64) -> i64 {
    let seconds = ms.max(0) / 1000;
    match seconds {
        0..60 => seconds,
        60..300 => seconds - seconds % 5,
        300..1800 => seconds - seconds % 30,
        _ => 1800,
    }
}

#[derive(Default)]
struct Marks(BTreeMap<(&'static str, String), (i64, i64)>);

impl Marks {
    fn add(&mut self, what: &'static str, of: &str, n: i64, total: i64) {
        let sum = self.0.entry((what, of.to_owned())).or_default();
        *sum = (sum.0 + n, sum.1 + total);
    }

    /// Something that a call does or does not, however often.
    fn once(&mut self, what: &'static str, of: &str) {
        self.0.insert((what, of.to_owned()), (1, 0));
    }

    fn time(&mut self, what: &'static str, ms: i64) {
        self.add(what, &bucket(ms).to_string(), 1, ms);
    }

    fn all(self) -> Vec<Mark> {
        self.0.into_iter().map(|((what, of), (n, total))| Mark { what, of, n, total }).collect()
    }
}

/// The way of a caller through the steps.
#[derive(Default)]
struct Way {
    place: String,
    /// The sub-flows entered: the step that called each.
    outer: Vec<String>,
    talked: bool,
    filed: bool,
}

impl Way {
    fn of(trail: impl Iterator<Item = Trace>, marks: &mut Marks) -> Way {
        let mut way = Way::default();
        // What was pressed to get on; `-` where nothing was.
        let mut by = "-".to_owned();
        for trace in trail {
            match trace {
                Trace::Step(place) => {
                    way.comes_to(place, &by, marks);
                    "-".clone_into(&mut by);
                }
                Trace::Key(key) => by = key,
                Trace::Universal(Universal::Person) => {
                    way.is_in_trouble("person", marks);
                    "0".clone_into(&mut by);
                }
                Trace::Universal(Universal::Back) => "#".clone_into(&mut by),
                Trace::Silent => way.is_in_trouble("silent", marks),
                Trace::Wrong => way.is_in_trouble("wrong", marks),
                Trace::Verified(level) => marks.add("verify", &format!("level-{}", u8::from(level)), 1, 0),
                Trace::NotVerified(why) => marks.add("verify", &why, 1, 0),
                Trace::Filed { .. } => way.filed = true,
                Trace::Rang(DialEnd::Answered) => way.talked = true,
                Trace::Universal(Universal::Repeat | Universal::Slower)
                | Trace::Rings(_)
                | Trace::Rang(_)
                | Trace::Unset(_)
                | Trace::Wordless
                | Trace::Fault(_)
                | Trace::Ended(_) => {}
            }
        }
        way
    }

    /// Once in a call for each place, however often it is heard there: of the calls that came there so many.
    /// Before the first step one is asked whether to go on with an earlier call: a place without a name.
    fn is_in_trouble(&self, what: &'static str, marks: &mut Marks) {
        if self.place.is_empty() {
            marks.once("step", "");
        }
        marks.once(what, &self.place);
    }

    fn comes_to(&mut self, place: String, by: &str, marks: &mut Marks) {
        marks.once("step", &place);
        if !self.place.is_empty() {
            marks.once("edge", &format!("{} {by} {place}", self.place));
            if block(&self.place) != block(&place) {
                self.changes_block(&place, by, marks);
            }
        }
        self.place = place;
    }

    /// Into a sub-flow, or out of it: then the step that called it goes on as well.
    fn changes_block(&mut self, place: &str, by: &str, marks: &mut Marks) {
        let Some(at) = self.outer.iter().rposition(|outer| block(outer) == block(place)) else {
            self.outer.push(self.place.clone());
            return;
        };
        if by == "-" {
            marks.once("edge", &format!("{} - {place}", self.outer[at]));
        }
        self.outer.truncate(at);
    }
}

/// The sub-flow of a place; nothing for the line's own steps.
fn block(place: &str) -> &str {
    place.split_once('/').map_or("", |(block, _)| block)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(trail: &str) -> Vec<(&'static str, String, i64)> {
        call_with(trail, "[]")
    }

    fn call_with(trail: &str, answers: &str) -> Vec<(&'static str, String, i64)> {
        let ended = Untallied {
            id: "1".into(),
            line: "wallet".into(),
            digest: "d1".into(),
            test: false,
            began_at: 1_000,
            ended_at: 62_500,
            ending: "hung-up".into(),
        };
        let turn = TurnRow {
            call: CallId::fresh(),
            version: 2,
            turn: None,
            entry: 0,
            event: r#"{"digits":"1"}"#.into(),
            answers: answers.into(),
            state: r#"{"lang":"ja-JP"}"#.into(),
            trail: trail.into(),
            document: None,
            at: 9_100,
            begins: None,
            ends: None,
            person: false,
            remember: Vec::new(),
        };
        let marked = marked(ended, &[turn], &[("service".into(), 4)]);
        assert_eq!(marked.lang, "ja-JP");
        marked.marks.into_iter().map(|mark| (mark.what, mark.of, mark.n)).collect()
    }

    #[test]
    fn a_call_is_counted_by_the_ways_it_took() {
        let trail = r#"[{"step":"menu"},"silent","silent",{"key":"1"},{"step":"call"},{"step":"sub/a"},{"step":"sub/end"},
            {"step":"menu"},{"universal":"person"},{"step":"agent"},"wrong",{"not-verified":"wrong"},{"verified":2}]"#;
        let marks = call(trail);
        for (what, of, n) in [
            ("calls", "", 1),
            ("answered", "nothing", 1),
            ("edge", "menu 1 call", 1),
            ("edge", "call - sub/a", 1),
            ("edge", "sub/end - menu", 1),
            ("edge", "call - menu", 1),
            ("edge", "menu 0 agent", 1),
            ("ended", "hung-up", 1),
            ("hung", "agent", 1),
            ("silent", "menu", 1),
            ("wrong", "agent", 1),
            ("person", "menu", 1),
            ("step", "menu", 1),
            ("verify", "wrong", 1),
            ("verify", "level-2", 1),
            ("score", "service 4", 1),
            ("first", "8", 1),
            ("length", "60", 1),
        ] {
            assert!(marks.contains(&(what, of.to_owned(), n)), "{what} {of} {n} in {marks:?}");
        }
    }

    #[test]
    fn whoever_was_served_is_told_from_whoever_only_hung_up() {
        let found = r#"[{"lookup":{"found":{"record":{}}}}]"#;
        for (answers, word) in [("[]", "nothing"), (r#"[{"lookup":"missing"}]"#, "nothing"), (found, "alone")] {
            let marks = call_with("[]", answers);
            assert!(marks.contains(&("answered", word.to_owned(), 1)), "{answers} {marks:?}");
        }
    }

    #[test]
    fn whoever_leaves_a_sub_flow_for_a_person_has_not_come_back_from_it() {
        let trail = r#"[{"step":"call"},{"step":"sub/a"},{"universal":"person"},{"step":"agent"}]"#;
        let marks = call(trail);
        assert!(marks.contains(&("edge", "sub/a 0 agent".to_owned(), 1)));
        assert!(!marks.iter().any(|(_, of, _)| of == "call - agent"));
    }

    #[test]
    fn times_are_counted_in_spans_that_widen() {
        let spans = [-5, 999, 59_999, 60_000, 64_999, 299_000, 330_000, 1_799_000, 9_000_000].map(bucket);
        assert_eq!(spans, [0, 0, 59, 60, 60, 295, 330, 1770, 1800]);
    }
}
