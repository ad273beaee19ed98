//! Stories after a change of their flow: a key that moved is pressed where it is now, and words of a text that was
//! changed are expected as they are now. Nothing else of a story changes. Where a call ends, what is asked of the
//! world, what is recorded: that it is still so is what stories are for, and where it is not they go on failing.

mod texts;
mod words;

use super::player::Input;
use super::pure::{Scene, follow, play};
use super::replay::Pair;
use super::story::{Does, Story, read};
use crate::flow::Flow;
use crate::flow::edit::set_scalars;
use crate::flow::source::{self, At, Node};
use crate::words::Secret;
use std::collections::BTreeMap;
use std::mem::discriminant;
use std::sync::Arc;

/// Stories that follow a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mended {
    /// The text of their file.
    pub text: String,
    /// How many failed, and play as written now.
    pub whole: usize,
    /// How many are nearer to it, and still fail.
    pub partly: usize,
}

/// What lines of a story say instead, by their place in `call`.
type Instead = BTreeMap<usize, String>;

/// The stories in `text`, which is the draft's file of them, as they are after the change from `old` to `new`.
/// `known` is that file as it is in service: what a story that was changed already meant before. None where nothing
/// of what fails follows from the change.
pub fn mend(old: &Flow, new: &Flow, (file, text): (&str, &str), known: &str) -> Option<Mended> {
    let tree = source::parse(&Arc::from(file), text).ok()?;
    let (stories, _) = read(file, text, new);
    let (before, _) = read(file, known, old);
    let pair = Pair::new(old, new);
    let (mut edits, mut touched) = (Vec::new(), Vec::new());
    for (at, story) in stories.iter().enumerate().filter(|(_, story)| play(new, story).failure.is_some()) {
        let Some(lines) = lines(&tree, story) else { continue };
        let Some(meant) = meant(old, story, &before) else { continue };
        let instead = instead(&pair, meant, story);
        let own = instead.into_iter().filter_map(|(at, words)| Some(((*lines.get(at)?)?, words))).collect::<Vec<_>>();
        if !own.is_empty() {
            touched.push(at);
            edits.extend(own);
        }
    }
    let text = set_scalars(text, &edits).ok().filter(|_| !edits.is_empty())?;
    let (stories, _) = read(file, &text, new);
    let plays = |at: &&usize| stories.get(**at).is_some_and(|story| play(new, story).failure.is_none());
    let whole = touched.iter().filter(plays).count();
    Some(Mended { text, whole, partly: touched.len() - whole })
}

/// Where the words of each line of `call` stand; none of a line that has none or has them in a block.
fn lines(tree: &Node, story: &Story) -> Option<Vec<Option<At>>> {
    let mut own = tree.items().iter().filter(|node| node.at.line == story.line);
    let node = own.next().filter(|_| own.next().is_none())?;
    let call = node.get("call")?.items();
    let words = |node: &Node| match node.pairs() {
        [(key, words)] if key.at.line == words.at.line => Some(words.at),
        _ => None,
    };
    (call.len() == story.call.len()).then(|| call.iter().map(words).collect())
}

/// A story that plays on the old version and says what this one says: itself, else what it was before somebody
/// changed its keys and words.
fn meant<'s>(old: &Flow, story: &'s Story, before: &'s [Story]) -> Option<&'s Story> {
    let plays = |story: &&Story| play(old, story).failure.is_none();
    let alike = |other: &&Story| {
        let lines = || other.call.iter().zip(&story.call);
        let same = lines().all(|(a, b)| discriminant(&a.does) == discriminant(&b.does));
        other.title == story.title && other.call.len() == story.call.len() && same
    };
    Some(story).filter(plays).or_else(|| before.iter().find(alike).filter(plays))
}

/// What of a story is said otherwise when the call that was meant takes the same way on the new version.
fn instead(pair: &Pair<'_>, meant: &Story, story: &Story) -> Instead {
    let mut instead = Instead::new();
    let then = follow(pair.old, meant, |_, _, input| Some(input));
    let mut done = 0;
    let now = follow(pair.new, meant, |line, state, input| {
        done += 1;
        let before = &then.get(done).filter(|scene| scene.line == line)?.before;
        if !pair.waits_alike(before, state) {
            return None;
        }
        let at = line.checked_sub(1)?;
        let (Input::Keys(_), Some(Does::Presses(keys))) = (&input, meant.call.get(at).map(|line| &line.does)) else {
            return Some(input);
        };
        let keys = pair.keys_now(before, keys, state)?;
        if !matches!(story.call.get(at).map(|line| &line.does), Some(Does::Presses(own)) if *own == keys) {
            instead.insert(at, keys.clone());
        }
        Some(Input::Keys(Secret::new(keys)))
    });
    let mut line = 0;
    for (at, (expected, own)) in meant.call.iter().zip(&story.call).enumerate() {
        match (&expected.does, &own.does) {
            (Does::Hears(expected), Does::Hears(own)) => {
                let words = heard_now(pair, expected, own, (last(&then, line), last(&now, line)));
                instead.extend(words.map(|words| (at, words)));
            }
            (does, _) if !does.is_hearing() => line = at + 1,
            _ => {}
        }
    }
    instead
}

/// What was heard behind a line: of several things said while somebody verifies, the last.
fn last(scenes: &[Scene], line: usize) -> Option<&Scene> {
    scenes.iter().rfind(|scene| scene.line == line)
}

/// What is heard now in place of what was; none where it is what the story has, or follows from no text.
fn heard_now(
    pair: &Pair<'_>,
    expected: &str,
    own: &str,
    (then, now): (Option<&Scene>, Option<&Scene>),
) -> Option<String> {
    let (then, now) = (then?, now?);
    if words::is_heard(own, &now.said) {
        return None;
    }
    words::now(expected, &then.said, &now.said, &texts::changed(pair, then, now))
}
