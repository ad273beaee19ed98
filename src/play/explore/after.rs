//! What is wrong with ways through a call as a whole, once all of its states are known.

use super::acts::Way;
use super::graph::Edge;
use super::judge::Wrong;
use super::walk::Walk;
use std::collections::BTreeSet;

/// Calls that go on while nobody does anything.
pub fn silence(walk: &mut Walk) {
    let patience = walk.bounds.patience;
    let mut longest: Vec<Option<usize>> = vec![None; walk.nodes.len()];
    let mut open = vec![false; walk.nodes.len()];
    let mut wrongs = Vec::new();
    for root in 0..walk.nodes.len() {
        let mut stack = vec![(root, 0, 0)];
        while let Some((node, next, most)) = stack.pop() {
            if next == 0 {
                if longest[node].is_some() {
                    continue;
                }
                open[node] = true;
            }
            let edges = walk.nodes[node].edges.iter().filter(|edge| matches!(edge.way, Way::Silence | Way::World));
            let Some(edge) = edges.clone().nth(next) else {
                open[node] = false;
                longest[node] = Some(most);
                if most > patience {
                    let what = format!("a caller who does nothing hears more than {patience} documents");
                    wrongs.push((node, what));
                    longest[node] = Some(0);
                }
                continue;
            };
            let to = edge.to as usize;
            let own = usize::from(edge.documents);
            match longest[to] {
                Some(further) => stack.push((node, next + 1, most.max(further + own))),
                None if open[to] => {
                    wrongs.push((to, "a caller who does nothing is never let go".into()));
                    stack.push((node, next + 1, most));
                }
                None => stack.extend([(node, next, most), (to, 0, 0)]),
            }
        }
    }
    for (node, what) in wrongs {
        let at = Some(walk.nodes[node].at);
        walk.note(Wrong { code: "endless", at, what }, Some(node as u32), "");
    }
}

/// Waits from which no two keys lead to a person or a callback.
pub fn persons(walk: &mut Walk) {
    let one = |node: u32, person: bool| {
        let node = &walk.nodes[node as usize];
        let pressed = node.edges.iter().filter(|edge| edge.way == Way::Person || !person && edge.way == Way::Key);
        pressed.copied().collect::<Vec<_>>()
    };
    let mut wrongs = Vec::new();
    for node in (0..walk.nodes.len() as u32).filter(|node| walk.nodes[*node as usize].asked) {
        let first = one(node, true);
        if first.is_empty() || walk.nodes[node as usize].callback {
            continue;
        }
        let close = first.iter().all(|edge| {
            let rings = |wait: &Wait| matches!(wait, Wait::Rings);
            let near = |edge: &Edge| edge.rings || waits(walk, edge.to).iter().all(rings);
            let far = |wait: &Wait| match wait {
                Wait::Rings => true,
                Wait::Asks(node) => one(*node, false).iter().any(near),
                Wait::Ends => false,
            };
            edge.rings || waits(walk, edge.to).iter().all(far)
        });
        if !close {
            wrongs.push(node);
        }
    }
    for node in wrongs {
        let at = Some(walk.nodes[node as usize].at);
        let what = "no two keys lead to a person or a callback from here".to_owned();
        walk.note(Wrong { code: "person", at, what }, Some(node), "");
    }
}

/// Where a call waits next.
enum Wait {
    /// A desk rings, or a callback is arranged.
    Rings,
    /// Keys are waited for.
    Asks(u32),
    /// Nowhere.
    Ends,
}

/// Where a call may wait next, whatever the world answers.
fn waits(walk: &Walk, from: u32) -> Vec<Wait> {
    let (mut seen, mut todo, mut waits) = (BTreeSet::new(), vec![from], Vec::new());
    while let Some(node) = todo.pop() {
        if !seen.insert(node) {
            continue;
        }
        let place = &walk.nodes[node as usize];
        let answers = place.edges.iter().filter(|edge| edge.way == Way::World);
        match () {
            () if place.callback => waits.push(Wait::Rings),
            () if place.asked && place.tried => waits.push(Wait::Asks(node)),
            () if place.ended => waits.push(Wait::Ends),
            () => {
                for edge in answers {
                    if edge.rings { waits.push(Wait::Rings) } else { todo.push(edge.to) }
                }
            }
        }
    }
    waits
}

/// Steps no call came to, when every call was tried.
pub fn unvisited(walk: &mut Walk) {
    if !walk.hit.is_empty() {
        return;
    }
    for (b, block) in walk.flow.blocks.iter().enumerate() {
        for (s, step) in block.steps.iter().enumerate() {
            if !walk.visited.contains(&(b, s)) {
                let what = format!("no call ever comes to `{}`", step.name);
                walk.note(Wrong { code: "unvisited", at: Some((b, s)), what }, None, "");
            }
        }
    }
}
