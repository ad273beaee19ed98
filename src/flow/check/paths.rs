//! Ways through a flow: every step can be reached, nothing goes round for ever.

use super::{Report, silent_targets, targets};
use crate::flow::expr::{Expr, Op};
use crate::flow::model::{Block, Flow, Kind};
use std::collections::BTreeSet;

/// Whether sub-flows call each other in a circle; noted where the circle closes.
pub fn sub_flow_cycle(flow: &Flow, report: &mut Report) -> bool {
    let calls = |b: usize| -> Vec<(usize, usize)> {
        let steps = flow.blocks[b].steps.iter().enumerate();
        steps
            .filter_map(|(s, step)| if let Kind::Call { block, .. } = step.kind { Some((s, block)) } else { None })
            .collect()
    };
    let mut done = vec![false; flow.blocks.len()];
    for root in 0..flow.blocks.len() {
        // Each frame: block, its calls, how many of them were followed.
        let mut stack = vec![(root, calls(root), 0)];
        while let Some((block, followed, next)) = stack.last_mut() {
            let block = *block;
            let Some(&(step, sub)) = followed.get(*next) else {
                done[block] = true;
                stack.pop();
                continue;
            };
            *next += 1;
            if stack.iter().any(|(b, ..)| *b == sub) {
                let names: Vec<&str> = stack.iter().map(|(b, ..)| flow.blocks[*b].name.as_str()).collect();
                let what =
                    format!("`{}` is called while it is running: {}", flow.blocks[sub].name, names.join(" calls "));
                report.at_step(flow, (block, step), "sub-flow-cycle", "call", what, "let one of them return instead");
                return true;
            }
            if !done[sub] {
                stack.push((sub, calls(sub), 0));
            }
        }
    }
    false
}

/// Notes steps nothing leads to, and loops a silent caller could not leave.
pub fn check(flow: &Flow, report: &mut Report) {
    let returns = silent_returns(flow);
    for (b, block) in flow.blocks.iter().enumerate() {
        let roots = if b == 0 { vec![block.start, flow.person, flow.denied] } else { vec![block.start] };
        let reached = reach(roots, |s| targets(&block.steps[s].kind));
        for (s, step) in block.steps.iter().enumerate().filter(|(s, _)| !reached.contains(s)) {
            let what = format!("no path leads to the step `{}`", step.name);
            report.at_step(flow, (b, s), "unreachable", "", what, "lead an option or a `then:` to it, or delete it");
        }
        let silent = |s: usize| silent_edges(&block.steps[s].kind, &returns);
        for round in loops(block.steps.len(), silent).iter().filter(|round| !counted(block, round)) {
            let names: Vec<&str> = round.iter().map(|m| block.steps[*m].name.as_str()).collect();
            let what = format!("a caller who presses nothing goes round for ever: {}", names.join(" → "));
            let hint = "lead `otherwise:` of one of them to a goodbye, or count with `set:` and leave with `when:`";
            report.at_step(flow, (b, round[0]), "loop", "", what, hint);
        }
    }
}

fn silent_edges(kind: &Kind, returns: &[bool]) -> Vec<usize> {
    match kind {
        Kind::Call { block, .. } if !returns.get(*block).copied().unwrap_or_default() => Vec::new(),
        kind => silent_targets(kind),
    }
}

/// For each block, whether it can come to its `return` without the caller pressing a key.
fn silent_returns(flow: &Flow) -> Vec<bool> {
    let mut returns = vec![false; flow.blocks.len()];
    // Calls do not go in circles, so as many rounds as there are blocks settle it.
    for _ in 0..flow.blocks.len() {
        for (b, block) in flow.blocks.iter().enumerate() {
            let reached = reach(vec![block.start], |s| silent_edges(&block.steps[s].kind, &returns));
            returns[b] = reached.iter().any(|s| matches!(block.steps[*s].kind, Kind::Return { .. }));
        }
    }
    returns
}

fn reach(roots: Vec<usize>, next: impl Fn(usize) -> Vec<usize>) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut todo = roots;
    while let Some(s) = todo.pop() {
        if reached.insert(s) {
            todo.extend(next(s));
        }
    }
    reached
}

/// The groups of steps that lead to each other, by Kosaraju's two passes; single steps only where
/// they lead to themselves. Members are in the order of the file.
fn loops(count: usize, next: impl Fn(usize) -> Vec<usize>) -> Vec<Vec<usize>> {
    let edges: Vec<Vec<usize>> = (0..count).map(next).collect();
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, targets) in edges.iter().enumerate() {
        targets.iter().for_each(|to| back[*to].push(from));
    }
    let mut group = vec![usize::MAX; count];
    for root in finished(&edges).into_iter().rev() {
        let mut todo = vec![root];
        while let Some(s) = todo.pop() {
            if group[s] == usize::MAX {
                group[s] = root;
                todo.extend(&back[s]);
            }
        }
    }
    let members = |root: usize| (0..count).filter(|s| group[*s] == root).collect::<Vec<_>>();
    let roots: BTreeSet<usize> =
        (0..count).filter(|s| edges[*s].iter().any(|t| group[*t] == group[*s])).map(|s| group[s]).collect();
    roots.into_iter().map(members).collect()
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

/// Whether the loop adds to a variable that a `when` in it leaves by.
fn counted(block: &Block, round: &[usize]) -> bool {
    let counters: BTreeSet<&str> = round.iter().filter_map(|m| counter(&block.steps[*m].kind)).collect();
    round.iter().any(|m| match &block.steps[*m].kind {
        Kind::When { cases, .. } => cases.iter().any(|(expr, go)| {
            let mut counts = false;
            expr.each_name(&mut |path| counts |= path.first().is_some_and(|n| counters.contains(n.as_str())));
            counts && !round.contains(go)
        }),
        _ => false,
    })
}

fn counter(kind: &Kind) -> Option<&str> {
    let Kind::Set { values, .. } = kind else { return None };
    values.iter().find_map(|(name, expr)| match expr {
        Expr::Two(left, Op::Plus, _) => {
            matches!(&**left, Expr::Name(path) if path[..] == [name.clone()]).then_some(name.as_str())
        }
        _ => None,
    })
}
