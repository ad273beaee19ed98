//! What leads on from a step, for a caller who has proved a level: where to, by how many keys, and
//! which of the step's exits it is.

use super::ways::{LEVELS, Node, Ways, level_of, node, step_of, waits};
use crate::flow::expr::{Expr, Function, Op};
use crate::flow::model::{Identity, Kind, Step};
use crate::flow::value::Value;
use crate::words::Level;

/// A way on from a node.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// Where it leads.
    pub to: Node,
    /// How many times a caller presses, or stays silent.
    pub keys: u32,
    /// What is pressed.
    pub by: By,
    /// Which exit of the step: [`THEN`] sets what the step sets, [`OTHER`] does not; of a `when` the
    /// number of the case.
    pub exit: usize,
}

/// The exit by which a step has given its variable a value.
pub const THEN: usize = 0;
/// Any other exit; of a `when` its `else`.
pub const OTHER: usize = usize::MAX;
/// How often a caller stays silent until a wait gives up.
pub const SILENCES: u32 = 3;

/// What a caller does to go a way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// Nothing.
    On,
    /// An option's key.
    Key(u8),
    /// What an `ask` wants.
    Typed,
    /// A spoken message.
    Speaks,
    /// Nothing, as often as this.
    Silent(u32),
    /// Account and proof, up to this level.
    Proves(Level),
    /// The key for a person, at a wait with this level.
    Person(Level),
    /// The proof that a step needs has run out and is not given again.
    Denied,
    /// A whole sub-flow, which returns with this level.
    Through(Level),
}

/// Everything that leads on from a node of a block.
pub fn edges(ways: &Ways, block: usize, at: Node) -> Vec<Edge> {
    let step = &ways.flow.blocks[block].steps[step_of(at)];
    let level = ways.level(block, at);
    let mut out = Vec::new();
    own(ways, step, level, at, &mut out);
    if block == 0 {
        universal(ways, step, level, at, &mut out);
    }
    out
}

/// What the step itself says.
fn own(ways: &Ways, step: &Step, level: Level, at: Node, out: &mut Vec<Edge>) {
    let mut add = |to: usize, level: Level, keys: u32, by: By, exit: usize| {
        out.push(Edge { to: node(to, level), keys, by, exit });
    };
    match &step.kind {
        Kind::Verify { level: wanted, then, failed } => {
            let before = level_of(at);
            if before >= *wanted {
                return add(*then, before, 0, By::On, THEN);
            }
            // Below level 2 the calling number may be enough; where it is not, the PIN is asked for.
            for proved in [*wanted, Level::L2.max(*wanted)] {
                add(*then, proved, questions(ways.flow.identity, proved), By::Proves(proved), THEN);
            }
            add(*failed, before, SILENCES, By::Silent(SILENCES), OTHER);
        }
        Kind::When { cases, otherwise } => {
            for (i, (condition, go)) in cases.iter().enumerate() {
                match at_level(condition, level) {
                    Some(false) => {}
                    Some(true) => return add(*go, level, 0, By::On, i),
                    None => add(*go, level, 0, By::On, i),
                }
            }
            add(*otherwise, level, 0, By::On, OTHER);
        }
        Kind::Menu { options, otherwise, .. } => {
            options.iter().for_each(|option| add(option.go, level, 1, By::Key(option.key), THEN));
            add(*otherwise, level, SILENCES, By::Silent(SILENCES), OTHER);
        }
        Kind::Score { then, otherwise, .. } => {
            add(*then, level, 1, By::Key(5), THEN);
            add(*otherwise, level, SILENCES, By::Silent(SILENCES), OTHER);
        }
        Kind::Ask { then, otherwise, .. } => {
            add(*then, level, 1, By::Typed, THEN);
            add(*otherwise, level, SILENCES, By::Silent(SILENCES), OTHER);
        }
        Kind::Record { then, empty, .. } => {
            add(*then, level, 1, By::Speaks, THEN);
            add(*empty, level, 1, By::Silent(1), OTHER);
        }
        // A caller whose language nobody knows yet is asked.
        Kind::Language { then, .. } => add(*then, level, 1, By::Key(1), THEN),
        Kind::Call { block: sub, then, .. } => {
            let returns = &ways.summaries[sub * LEVELS + level as usize].returns;
            for (after, found) in [Level::L0, Level::L1, Level::L2, Level::L3].into_iter().zip(returns) {
                found.iter().for_each(|(keys, _)| add(*then, after, *keys, By::Through(after), THEN));
            }
        }
        kind => {
            let exits = super::targets(kind);
            // Whatever becomes of a transfer, the wait was told before.
            let sets_always = matches!(kind, Kind::Transfer(_));
            for (i, go) in exits.into_iter().enumerate() {
                add(go, level, 0, By::On, if i == 0 || sets_always { THEN } else { OTHER });
            }
        }
    }
}

/// Key 0, and where a proof that has run out leads: both leave every sub-flow.
fn universal(ways: &Ways, step: &Step, level: Level, at: Node, out: &mut Vec<Edge>) {
    let (person, denied) = (ways.flow.person, ways.flow.denied);
    let mut add = |to: Node, keys: u32, by: By| out.push(Edge { to, keys, by, exit: OTHER });
    if waits(&step.kind, level) {
        add(node(person, level), 1, By::Person(level));
    }
    if step.needs > Level::L0 {
        add(node(denied, Level::L0), SILENCES, By::Denied);
    }
    if let Some(called) = ways.called(0, at) {
        let inside = &ways.summaries[called];
        for (level, found) in [Level::L0, Level::L1, Level::L2, Level::L3].into_iter().zip(&inside.waits) {
            found.iter().for_each(|(keys, _)| add(node(person, level), keys + 1, By::Person(level)));
        }
        inside.needs.iter().for_each(|(keys, _)| add(node(denied, Level::L0), keys + SILENCES, By::Denied));
    }
}

/// How many questions prove a level.
pub fn questions(identity: Identity, level: Level) -> u32 {
    match (level, identity) {
        (Level::L0, _) => 0,
        (Level::L1, _) => 1,
        // The highest level takes a PIN and a code.
        (Level::L3, _) => 3,
        (_, Identity::Pin | Identity::Code) => 2,
        (_, Identity::Knowledge) => 3,
    }
}

/// Whether a condition holds for every caller of a level, for none, or for some.
pub fn at_level(condition: &Expr, level: Level) -> Option<bool> {
    let named = |expr: &Expr, fields: &[&str]| match expr {
        Expr::Name(path) => path.len() == 2 && path[0] == "caller" && fields.contains(&path[1].as_str()),
        _ => false,
    };
    match condition {
        Expr::Literal(Value::Flag(flag)) => Some(*flag),
        Expr::Not(inner) => at_level(inner, level).map(|holds| !holds),
        Expr::Function(Function::Known, inner) if named(inner, &["account", "name"]) => Some(level > Level::L0),
        Expr::Two(left, Op::And, right) => match (at_level(left, level), at_level(right, level)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Expr::Two(left, Op::Or, right) => match (at_level(left, level), at_level(right, level)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Expr::Two(left, _, right)
            if (named(left, &["level"]) && is_number(right)) || (is_number(left) && named(right, &["level"])) =>
        {
            let value = condition.eval(&|_| Value::Number(u8::from(level).into()), &|_| Value::None);
            Some(value.is_true())
        }
        _ => None,
    }
}

/// Where a `when` can lead at a level.
pub fn possible(cases: &[(Expr, usize)], otherwise: usize, level: Level) -> Vec<usize> {
    let mut ends = Vec::new();
    for (condition, go) in cases {
        match at_level(condition, level) {
            Some(false) => {}
            Some(true) => {
                ends.push(*go);
                return ends;
            }
            None => ends.push(*go),
        }
    }
    ends.push(otherwise);
    ends
}

fn is_number(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(Value::Number(_)))
}
