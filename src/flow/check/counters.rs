//! Loops, and the counters that end them: a round is finite when nobody can go round it without
//! both counting up and passing a condition that the count makes true in the end.

use crate::flow::expr::{Expr, Op};
use crate::flow::model::{Block, Kind};
use crate::flow::value::Value;
use std::collections::BTreeSet;

/// Counters inside counters that are followed; deeper ones count as none.
const DEPTH: usize = 3;

/// The rounds among `steps` that no counter ends, each in the order of the file.
pub fn endless(block: &Block, steps: &BTreeSet<usize>, edges: &dyn Fn(usize) -> Vec<usize>) -> Vec<Vec<usize>> {
    endless_at(block, steps, edges, DEPTH).into_iter().map(|round| round.into_iter().collect()).collect()
}

fn endless_at(
    block: &Block,
    steps: &BTreeSet<usize>,
    edges: &dyn Fn(usize) -> Vec<usize>,
    depth: usize,
) -> Vec<BTreeSet<usize>> {
    loops(steps, edges).into_iter().filter(|round| depth == 0 || !counted(block, round, edges, depth - 1)).collect()
}

/// Whether a counter ends every way round: without the steps that count, and without those that
/// look at the count, no endless round is left.
fn counted(block: &Block, round: &BTreeSet<usize>, edges: &dyn Fn(usize) -> Vec<usize>, depth: usize) -> bool {
    let names: BTreeSet<&str> = round.iter().flat_map(|s| counts_up(&block.steps[*s].kind)).collect();
    names.into_iter().any(|name| {
        let counts = |s: usize| counts_up(&block.steps[s].kind).contains(&name);
        let begins = block.takes.iter().any(|(own, _)| own == name)
            || (0..block.steps.len()).any(|s| !round.contains(&s) && sets(&block.steps[s].kind, name) && !counts(s));
        let again = round.iter().any(|s| sets(&block.steps[*s].kind, name) && !counts(*s));
        let leaves = |s: usize| leaves(&block.steps[s].kind, name, round);
        let without = |cut: &dyn Fn(usize) -> bool| round.iter().copied().filter(|s| !cut(*s)).collect();
        begins
            && !again
            && endless_at(block, &without(&counts), edges, depth).is_empty()
            && endless_at(block, &without(&leaves), edges, depth).is_empty()
    })
}

/// The variables a step adds to.
fn counts_up(kind: &Kind) -> Vec<&str> {
    let Kind::Set { values, .. } = kind else { return Vec::new() };
    let adds = |name: &str, expr: &Expr| match expr {
        Expr::Two(left, Op::Plus, right) => is_name(left, name) && matches!(**right, Expr::Literal(Value::Number(1..))),
        _ => false,
    };
    values.iter().filter(|(name, expr)| adds(name, expr)).map(|(name, _)| name.as_str()).collect()
}

/// Whether a step gives a variable a value.
fn sets(kind: &Kind, name: &str) -> bool {
    match kind {
        Kind::Set { values, .. } => values.iter().any(|(own, _)| own == name),
        Kind::Ask { into, .. }
        | Kind::Lookup { into, .. }
        | Kind::Status { into, .. }
        | Kind::Record { into, .. }
        | Kind::Score { into, .. } => into == name,
        Kind::Transfer(transfer) => transfer.into.as_deref() == Some(name),
        Kind::Call { into, .. } => into.as_deref() == Some(name),
        Kind::Request(request) => request.into == name,
        _ => false,
    }
}

/// Whether a `when` leaves the round once the variable is large: the conditions that stay inside
/// become false, and then one that leads outside is true.
fn leaves(kind: &Kind, name: &str, round: &BTreeSet<usize>) -> bool {
    let Kind::When { cases, otherwise } = kind else { return false };
    for (condition, go) in cases {
        match round.contains(go) {
            false if is_true_at_last(condition, name) => return true,
            true if !is_false_at_last(condition, name) => return false,
            _ => {}
        }
    }
    !round.contains(otherwise)
}

fn is_true_at_last(expr: &Expr, name: &str) -> bool {
    match expr {
        Expr::Two(left, Op::Or, right) => is_true_at_last(left, name) || is_true_at_last(right, name),
        Expr::Two(left, Op::And, right) => is_true_at_last(left, name) && is_true_at_last(right, name),
        Expr::Two(left, Op::More | Op::AtLeast | Op::Unequal, right) => is_name(left, name) && is_number(right),
        Expr::Two(left, Op::Less | Op::AtMost, right) => is_number(left) && is_name(right, name),
        Expr::Not(inner) => is_false_at_last(inner, name),
        _ => false,
    }
}

fn is_false_at_last(expr: &Expr, name: &str) -> bool {
    match expr {
        Expr::Two(left, Op::And, right) => is_false_at_last(left, name) || is_false_at_last(right, name),
        Expr::Two(left, Op::Or, right) => is_false_at_last(left, name) && is_false_at_last(right, name),
        Expr::Two(left, Op::Less | Op::AtMost | Op::Equal, right) => is_name(left, name) && is_number(right),
        Expr::Two(left, Op::More | Op::AtLeast, right) => is_number(left) && is_name(right, name),
        Expr::Not(inner) => is_true_at_last(inner, name),
        _ => false,
    }
}

fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(expr, Expr::Name(path) if path[..] == [name.to_owned()])
}

fn is_number(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(Value::Number(_)))
}

/// The groups of steps that lead to each other, by Kosaraju's two passes; single steps only where
/// they lead to themselves.
fn loops(steps: &BTreeSet<usize>, edges: &dyn Fn(usize) -> Vec<usize>) -> Vec<BTreeSet<usize>> {
    let count = steps.last().map_or(0, |last| last + 1);
    let mut onward: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); count];
    for from in steps {
        onward[*from] = edges(*from).into_iter().filter(|to| steps.contains(to)).collect();
        onward[*from].iter().for_each(|to| back[*to].push(*from));
    }
    let mut group = vec![usize::MAX; count];
    for root in finished(&onward).into_iter().rev() {
        let mut todo = vec![root];
        while let Some(s) = todo.pop() {
            if group[s] == usize::MAX {
                group[s] = root;
                todo.extend(&back[s]);
            }
        }
    }
    let goes_round = |s: &usize| onward[*s].iter().any(|to| group[*to] == group[*s]);
    let roots: BTreeSet<usize> = steps.iter().filter(|s| goes_round(s)).map(|s| group[*s]).collect();
    roots.into_iter().map(|root| steps.iter().copied().filter(|s| group[*s] == root).collect()).collect()
}

/// Steps in the order a depth-first walk leaves them.
fn finished(edges: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; edges.len()];
    let mut order = Vec::with_capacity(edges.len());
    for root in 0..edges.len() {
        let mut stack = vec![(root, 0)];
        while let Some((s, next)) = stack.pop() {
            if next == 0 && std::mem::replace(&mut seen[s], true) {
                continue;
            }
            match edges[s].get(next) {
                Some(target) => stack.extend([(s, next + 1), (*target, 0)]),
                None => order.push(s),
            }
        }
    }
    order
}
