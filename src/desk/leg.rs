//! The leg to an agent's phone, as a pure rule: what is known of an attempt and what was heard give
//! what the agent hears and what is to be written. Knows nothing of stores, providers' forms or
//! addresses.
//!
//! The customer is rung by exactly one write, from an agent who has not been put through to one who
//! is. Whoever loses that race reads again what is the case and hears of it.

use super::DialState;
use crate::call::event::{CallStatus, DialEnd};
use crate::provider::{Said, Stage};

/// What is known of an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts<'a> {
    /// Where it is.
    pub state: DialState,
    /// The provider's id of the leg to the agent, once one is known.
    pub leg: Option<&'a str>,
    /// Why it failed.
    pub note: Option<&'a str>,
}

/// What is to be written before the agent hears anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Nothing.
    Nothing,
    /// This leg is the attempt's.
    Answered,
    /// The customer is rung, if they may be at this moment.
    Ring,
    /// They talk.
    Talking,
    /// It is over.
    End {
        /// Over, or failed where the customer was never rung.
        state: DialState,
        /// Why it failed.
        note: Option<&'static str>,
        /// How long was talked, in seconds, where that is known.
        talked: Option<u32>,
        /// What the provider tells of the customer's phone.
        hint: Option<&'static str>,
    },
}

/// What the agent hears.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Says {
    /// Whom it is for, and to press 1.
    Ask,
    /// The same once more.
    AskAgain,
    /// The customer's phone rings now.
    Calling,
    /// The customer may not be rung (any more).
    NotNow,
    /// Nothing was pressed.
    NothingPressed,
    /// Another leg has made this call.
    Made,
    /// The attempt is over.
    Past,
    /// How it went with the customer's phone.
    Ended(DialEnd),
    /// Nobody is there to hear anything.
    Quiet,
}

/// What stands on an attempt that failed, as its note.
pub mod note {
    /// The agent's phone was not answered, or nobody pressed 1.
    pub const NOT_REACHED: &str = "agent-not-reached";
    /// The agent hung up before pressing 1.
    pub const HUNG_UP: &str = "agent-hung-up";
    /// When the agent pressed 1 the customer might not be rung.
    pub const NOT_ALLOWED: &str = "not-allowed";
    /// The customer's phone could not be rung.
    pub const NOT_CONNECTED: &str = "not-connected";
}

/// The rule. `leg` is the provider's id of the call the webhook is of.
pub fn hear(facts: Facts<'_>, stage: Stage, leg: &str, said: &Said) -> (Wanted, Says) {
    if stage == Stage::Customer {
        return customer(facts, said);
    }
    // The provider may have made two of one order, and somebody may answer both.
    if facts.leg.is_some_and(|own| own != leg) {
        return (Wanted::Nothing, if stage == Stage::Status { Says::Quiet } else { Says::Made });
    }
    if let Said::Status(status) = said {
        // Some have no address of their own for the customer's phone, and tell of it here.
        if stage == Stage::Over && !status.is_final() {
            return customer(facts, said);
        }
        return (ended(facts, *status), Says::Quiet);
    }
    match (stage, said) {
        (Stage::Over, Said::Dialled { end, talked }) => (over(facts, *end, *talked), Says::Ended(*end)),
        (Stage::Answered, _) => answered(facts),
        (Stage::First | Stage::Second, said) => pressed(facts, stage, said),
        _ if facts.state.is_over() => (Wanted::Nothing, Says::Past),
        _ => (Wanted::Nothing, Says::Made),
    }
}

fn answered(facts: Facts<'_>) -> (Wanted, Says) {
    match facts.state {
        DialState::Ordered => (Wanted::Answered, Says::Ask),
        // The order's own answer came first, or this is the same webhook again.
        DialState::Agent => (Wanted::Nothing, Says::Ask),
        DialState::Customer | DialState::Talking => (Wanted::Nothing, Says::Made),
        DialState::Over | DialState::Failed => (Wanted::Nothing, Says::Past),
    }
}

fn pressed(facts: Facts<'_>, stage: Stage, said: &Said) -> (Wanted, Says) {
    let one = matches!(said, Said::Digits(keys) if keys.reveal() == "1");
    let before = matches!(facts.state, DialState::Ordered | DialState::Agent);
    match (one, stage) {
        (true, _) if before => (Wanted::Ring, Says::Calling),
        // The same webhook again: the document is the same, and the provider carries it out once.
        (true, _) if !facts.state.is_over() => (Wanted::Nothing, Says::Calling),
        (true, _) if facts.note == Some(note::NOT_ALLOWED) => (Wanted::Nothing, Says::NotNow),
        (true, _) => (Wanted::Nothing, Says::Past),
        (false, Stage::First) if before => (Wanted::Nothing, Says::AskAgain),
        (false, _) if before => (failed(note::NOT_REACHED), Says::NothingPressed),
        (false, Stage::Second) if facts.note == Some(note::NOT_REACHED) => (Wanted::Nothing, Says::NothingPressed),
        (false, _) if facts.state.is_over() => (Wanted::Nothing, Says::Past),
        (false, _) => (Wanted::Nothing, Says::Made),
    }
}

/// The customer's phone is done with.
fn over(facts: Facts<'_>, end: DialEnd, talked: u32) -> Wanted {
    if matches!(facts.state, DialState::Ordered | DialState::Agent | DialState::Failed) {
        return Wanted::Nothing;
    }
    let (note, hint) = match end {
        DialEnd::Answered => (None, None),
        DialEnd::Busy => (None, Some("busy")),
        DialEnd::NoAnswer => (None, Some("no-answer")),
        DialEnd::Failed => (Some(note::NOT_CONNECTED), None),
    };
    let talked = (end == DialEnd::Answered).then_some(talked);
    Wanted::End { state: DialState::Over, note, talked, hint }
}

/// The agent's phone is done with.
fn ended(facts: Facts<'_>, status: CallStatus) -> Wanted {
    if !status.is_final() {
        return Wanted::Nothing;
    }
    match facts.state {
        DialState::Ordered | DialState::Agent if status == CallStatus::Completed => failed(note::HUNG_UP),
        DialState::Ordered | DialState::Agent => failed(note::NOT_REACHED),
        DialState::Customer | DialState::Talking => {
            Wanted::End { state: DialState::Over, note: None, talked: None, hint: None }
        }
        DialState::Over | DialState::Failed => Wanted::Nothing,
    }
}

fn customer(facts: Facts<'_>, said: &Said) -> (Wanted, Says) {
    match (facts.state, said) {
        (DialState::Customer, Said::Status(CallStatus::InProgress)) => (Wanted::Talking, Says::Quiet),
        _ => (Wanted::Nothing, Says::Quiet),
    }
}

fn failed(why: &'static str) -> Wanted {
    Wanted::End { state: DialState::Failed, note: Some(why), talked: None, hint: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Secret;
    use std::collections::HashSet;

    /// Everything a provider may say at a stage.
    fn sayings(stage: Stage) -> Vec<Said> {
        let statuses =
            [CallStatus::Ringing, CallStatus::InProgress, CallStatus::Completed, CallStatus::Failed].map(Said::Status);
        let mut all = Vec::from(statuses);
        if !matches!(stage, Stage::Customer | Stage::Status) {
            let ends = [DialEnd::Answered, DialEnd::Busy, DialEnd::NoAnswer, DialEnd::Failed];
            all.extend(ends.map(|end| Said::Dialled { end, talked: 7 }));
            all.extend(["1", "2", "11"].map(|keys| Said::Digits(Secret::new(keys))));
            all.push(Said::Nothing);
        }
        all
    }

    /// An attempt as the store keeps it.
    #[derive(Clone, PartialEq, Eq, Hash, Debug)]
    struct Kept {
        state: &'static str,
        leg: Option<&'static str>,
        note: Option<&'static str>,
        rung: u32,
    }

    const STATES: [DialState; 6] = [
        DialState::Ordered,
        DialState::Agent,
        DialState::Customer,
        DialState::Talking,
        DialState::Over,
        DialState::Failed,
    ];

    impl Kept {
        fn facts(&self) -> Facts<'static> {
            let state = STATES.into_iter().find(|state| state.word() == self.state).unwrap();
            Facts { state, leg: self.leg, note: self.note }
        }

        fn after(&self, wanted: Wanted, leg: &'static str) -> Kept {
            let mut next = self.clone();
            let (state, note) = match wanted {
                Wanted::Nothing => return next,
                Wanted::Answered => (DialState::Agent, None),
                Wanted::Ring => (DialState::Customer, None),
                Wanted::Talking => (DialState::Talking, None),
                Wanted::End { state, note, .. } => (state, note),
            };
            if matches!(wanted, Wanted::Answered | Wanted::Ring) {
                next.leg = next.leg.or(Some(leg));
            }
            next.rung += u32::from(wanted == Wanted::Ring);
            (next.state, next.note) = (state.word(), note);
            next
        }
    }

    /// Two legs, every stage, everything that can be said, in every order.
    #[test]
    fn whatever_comes_in_whatever_order_the_customer_is_rung_once_and_by_one_leg() {
        let start = Kept { state: DialState::Ordered.word(), leg: None, note: None, rung: 0 };
        let (mut known, mut open) = (HashSet::from([start.clone()]), vec![start]);
        while let Some(kept) = open.pop() {
            for stage in Stage::ALL {
                for (leg, said) in sayings(stage).into_iter().flat_map(|said| [("A", said_again(&said)), ("B", said)]) {
                    let (wanted, says) = hear(kept.facts(), stage, leg, &said);
                    if says == Says::Calling {
                        let own = kept.after(wanted, leg);
                        assert!(own.leg == Some(leg) && own.rung == 1, "{kept:?} {stage:?}");
                    }
                    let next = kept.after(wanted, leg);
                    assert!(next.rung <= 1, "{kept:?} {stage:?}");
                    assert!(
                        !kept.facts().state.is_over()
                            || matches!(wanted, Wanted::Nothing | Wanted::End { state: DialState::Over, .. })
                    );
                    // The same webhook once more is answered the same, and moves nothing but to the same end.
                    let (again, same) = hear(next.facts(), stage, leg, &said);
                    assert!(matches!(again, Wanted::Nothing) || again == wanted, "{kept:?} {stage:?} {again:?}");
                    if wanted != Wanted::Nothing {
                        assert_eq!(same, says, "{kept:?} {stage:?}");
                    }
                    if known.insert(next.clone()) {
                        open.push(next);
                    }
                }
            }
        }
        let reached: HashSet<&str> = known.iter().map(|kept| kept.state).collect();
        assert_eq!(reached.len(), STATES.len(), "every state is reached: {reached:?}");
    }

    fn said_again(said: &Said) -> Said {
        match said {
            Said::Status(status) => Said::Status(*status),
            Said::Dialled { end, talked } => Said::Dialled { end: *end, talked: *talked },
            Said::Digits(keys) => Said::Digits(keys.clone()),
            _ => Said::Nothing,
        }
    }

    #[test]
    fn only_a_one_rings_the_customer_and_a_mailbox_is_asked_twice() {
        let facts = Facts { state: DialState::Agent, leg: Some("A"), note: None };
        let press = |stage, keys: &str| hear(facts, stage, "A", &Said::Digits(Secret::new(keys)));
        assert_eq!(press(Stage::First, "1"), (Wanted::Ring, Says::Calling));
        assert_eq!(press(Stage::Second, "1"), (Wanted::Ring, Says::Calling));
        assert_eq!(press(Stage::First, "5"), (Wanted::Nothing, Says::AskAgain));
        assert_eq!(hear(facts, Stage::First, "A", &Said::Nothing), (Wanted::Nothing, Says::AskAgain));
        let gone = (failed(note::NOT_REACHED), Says::NothingPressed);
        assert_eq!(hear(facts, Stage::Second, "A", &Said::Nothing), gone);
        assert_eq!(press(Stage::Second, "5"), gone);
        assert_eq!(hear(facts, Stage::First, "B", &Said::Nothing), (Wanted::Nothing, Says::Made), "another leg");
    }

    #[test]
    fn how_each_phone_ended_stands_on_the_attempt() {
        let at = |state| Facts { state, leg: Some("A"), note: None };
        let end = |state, note, talked, hint| Wanted::End { state, note, talked, hint };
        let over = |end, talked| hear(at(DialState::Talking), Stage::Over, "A", &Said::Dialled { end, talked }).0;
        let (is_over, failed) = (DialState::Over, DialState::Failed);
        assert_eq!(over(DialEnd::Answered, 95), end(is_over, None, Some(95), None));
        assert_eq!(over(DialEnd::Busy, 0), end(is_over, None, None, Some("busy")));
        assert_eq!(over(DialEnd::NoAnswer, 0), end(is_over, None, None, Some("no-answer")));
        assert_eq!(over(DialEnd::Failed, 0), end(is_over, Some(note::NOT_CONNECTED), None, None));
        let agent = |state, status| hear(at(state), Stage::Status, "A", &Said::Status(status)).0;
        assert_eq!(agent(DialState::Ordered, CallStatus::Failed), end(failed, Some(note::NOT_REACHED), None, None));
        assert_eq!(agent(DialState::Agent, CallStatus::Completed), end(failed, Some(note::HUNG_UP), None, None));
        assert_eq!(agent(DialState::Talking, CallStatus::Completed), end(is_over, None, None, None));
        assert_eq!(agent(DialState::Agent, CallStatus::Ringing), Wanted::Nothing);
        assert_eq!(agent(DialState::Over, CallStatus::Completed), Wanted::Nothing);
        let told = |status| hear(at(DialState::Customer), Stage::Over, "A", &Said::Status(status));
        assert_eq!(told(CallStatus::Ringing), (Wanted::Nothing, Says::Quiet));
        assert_eq!(
            told(CallStatus::InProgress),
            (Wanted::Talking, Says::Quiet),
            "where the document's own address is told"
        );
    }
}
