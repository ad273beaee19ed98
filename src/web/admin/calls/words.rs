//! The words of the calls pages, one struct a language. `{…}` are holes.

mod en;
mod ja;
mod zh;

use crate::web::admin::words::pick;
use crate::words::Lang;

/// Words of one language.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) call: &'static str,
    pub(super) search: &'static str,
    pub(super) search_hint: &'static str,
    pub(super) line: &'static str,
    pub(super) any: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) ending: &'static str,
    pub(super) trials: &'static str,
    pub(super) find: &'static str,
    pub(super) reset: &'static str,
    pub(super) none: &'static str,
    pub(super) older: &'static str,
    pub(super) newest: &'static str,
    pub(super) began: &'static str,
    pub(super) number: &'static str,
    pub(super) withheld: &'static str,
    pub(super) lasted: &'static str,
    pub(super) trial: &'static str,
    pub(super) provider: &'static str,
    pub(super) our_id: &'static str,
    pub(super) version: &'static str,
    pub(super) requests: &'static str,
    pub(super) back: &'static str,
    pub(super) way: &'static str,
    pub(super) gone: &'static str,
    pub(super) no_version: &'static str,
    pub(super) missing: &'static str,
    pub(super) failed: &'static str,
    pub(super) heard: &'static str,
    pub(super) document: &'static str,
    pub(super) steps: &'static str,
    pub(super) world: &'static str,
    /// The time since the turn before: `{t}` seconds.
    pub(super) after: &'static str,
    pub(super) seconds: &'static str,
    /// What the caller did.
    pub(super) called: &'static str,
    pub(super) called_withheld: &'static str,
    pub(super) chose: &'static str,
    pub(super) pressed: &'static str,
    pub(super) wrong: &'static str,
    pub(super) typed: &'static str,
    pub(super) secret: &'static str,
    pub(super) silent: &'static str,
    pub(super) came_back: &'static str,
    pub(super) again: &'static str,
    pub(super) hung_up: &'static str,
    pub(super) broke: &'static str,
    pub(super) moved: &'static str,
    pub(super) message: &'static str,
    /// A transfer: answered after so many seconds of talk, busy, no answer, failed.
    pub(super) dialled: [&'static str; 4],
    /// Person, repeat, back, slower.
    pub(super) universal: [&'static str; 4],
    /// What was noted.
    pub(super) verified: &'static str,
    pub(super) not_verified: &'static str,
    pub(super) filed: &'static str,
    pub(super) added: &'static str,
    pub(super) rings: &'static str,
    pub(super) unset: &'static str,
    pub(super) wordless: &'static str,
    pub(super) fault: &'static str,
    pub(super) ended: &'static str,
    /// By the word of an ending; the last is of calls that go on.
    pub(super) endings: [(&'static str, &'static str); 7],
    pub(super) world_words: WorldWords,
}

/// What was asked of the world, and how it answered.
pub(super) struct WorldWords {
    pub(super) verify: &'static str,
    pub(super) challenge: &'static str,
    pub(super) lookup: &'static str,
    pub(super) act: &'static str,
    pub(super) request: &'static str,
    pub(super) status: &'static str,
    pub(super) change: &'static str,
    pub(super) notices: &'static str,
    pub(super) preference: &'static str,
    pub(super) remember: &'static str,
    pub(super) queue: &'static str,
    pub(super) picked_up: &'static str,
    pub(super) send: &'static str,
    pub(super) recording: &'static str,
    pub(super) score: &'static str,
    /// By the word of an answer.
    pub(super) answers: &'static [(&'static str, &'static str)],
}

/// The words of a language.
pub(super) fn of(lang: Lang) -> &'static Words {
    pick(lang, &en::WORDS, &zh::WORDS, &ja::WORDS)
}

/// How a call ended, in words.
pub(super) fn ending(w: &Words, word: &str) -> String {
    w.endings.iter().find(|(own, _)| *own == word).map_or_else(|| word.to_owned(), |(_, words)| (*words).to_owned())
}

/// A sentence with its holes filled.
pub(super) fn fill(sentence: &str, holes: &[(&str, &str)]) -> String {
    // Each hole once, from what the sentence itself says: what is filled in has no holes.
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, (name, after))) = rest.split_once('{').and_then(|(b, a)| Some((b, a.split_once('}')?))) {
        filled.push_str(before);
        filled.push_str(holes.iter().find(|(hole, _)| *hole == name).map_or("", |(_, value)| value));
        rest = after;
    }
    filled + rest
}
