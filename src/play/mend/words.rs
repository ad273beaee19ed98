//! Words that were heard, and what is heard in their place now. Knows texts and words alone.

use super::texts::{Changed, HOLE};
use crate::flow::diff::{Apart, apart};
use crate::play::player::heard_as;
use std::ops::Range;

/// Marks between parts of a sentence.
const MARKS: [char; 14] = ['。', '，', '、', '！', '？', '；', '：', '.', ',', '!', '?', ';', ':', '\n'];

/// Whether these words are heard.
pub fn is_heard(words: &str, said: &[String]) -> bool {
    heard_as(&said.concat()).contains(&heard_as(words))
}

/// What is heard now where `expected` was heard then; none where it was not, where it was not in one of the texts that
/// changed, or where nothing of it is left.
pub fn now(expected: &str, then: &[String], now: &[String], texts: &[Changed]) -> Option<String> {
    let (expected, then, now) = (heard_as(expected), Heard::of(then), Heard::of(now));
    texts.iter().find_map(|(was, is)| {
        let ((old, filled), (new, fills)) = (then.span(was)?, now.span(is)?);
        let from = old.start + then.ear.get(old.clone())?.find(&expected)?;
        let heard = from..from + expected.len();
        let (first, own) = (then.words(&old), then.words(&heard));
        let (first, own) = (first.start, own.start - first.start..own.end - first.start);
        let [before, after] = [then.each(first..then.words(&old).end), now.each(now.words(&new))];
        let (apart, at, letters) = (apart(&before, &after), now.words(&new).start, expected.chars().count());
        let there = |edges| {
            let there = moved(&apart, &own, edges);
            at + there.start..at + there.end
        };
        // As much as it was is heard in its place: what comes in beside it is of it only where it became less.
        let own = there(false);
        let less = !own.is_empty() && now.letters(&own) < letters;
        let own = if less { there(true) } else { own };
        // What fills a hole is no word of the text: where another value is heard, the story is to go on failing.
        let values = then.within(&filled, &heard);
        let mut fills = now.within(&fills, &now.ear_of(&own)?).into_iter();
        let kept = values.iter().all(|value| fills.any(|fill| value.is_heard_in(&fill)));
        now.told(own, letters).filter(|_| kept)
    })
}

/// What was said in one go, as an ear takes it and word by word. In scripts without spaces each letter is a word.
struct Heard {
    raw: String,
    /// Letters and digits alone.
    ear: String,
    /// Each word: where it stands in the raw text, and where in the ear.
    words: Vec<(Range<usize>, Range<usize>)>,
    /// Where pieces begin and end in the ear.
    borders: Vec<usize>,
}

impl Heard {
    fn of(said: &[String]) -> Heard {
        let mut heard = Heard { raw: said.concat(), ear: String::new(), words: Vec::new(), borders: vec![0] };
        let mut ends = said.iter().scan(0, |at, piece| {
            *at += piece.len();
            Some(*at)
        });
        let (mut end, mut within) = (ends.next(), false);
        for (at, c) in heard.raw.char_indices() {
            while end.is_some_and(|end| end <= at) {
                heard.borders.push(heard.ear.len());
                (end, within) = (ends.next(), false);
            }
            if !c.is_alphanumeric() {
                within = false;
                continue;
            }
            let (own, in_ear) = (at..at + c.len_utf8(), heard.ear.len()..heard.ear.len() + c.len_utf8());
            let alone = c >= '\u{2E80}';
            match heard.words.last_mut().filter(|_| within && !alone) {
                Some(last) => (last.0.end, last.1.end) = (own.end, in_ear.end),
                None => heard.words.push((own, in_ear)),
            }
            within = !alone;
            heard.ear.push(c);
        }
        heard.borders.push(heard.ear.len());
        heard
    }

    /// Where in the ear a text is heard, whatever its holes were filled with, and where that is.
    fn span(&self, text: &str) -> Option<(Range<usize>, Vec<Range<usize>>)> {
        let parts: Vec<String> = text.split(HOLE).map(heard_as).collect();
        let first = parts.iter().position(|part| !part.is_empty())?;
        let last = parts.iter().rposition(|part| !part.is_empty())?;
        let (mut from, mut to, mut filled) = (None, 0, Vec::new());
        for part in parts.iter().filter(|part| !part.is_empty()) {
            let at = to + self.ear.get(to..)?.find(part.as_str())?;
            if from.is_some() {
                filled.push(to..at);
            }
            from = from.or(Some(at));
            to = at + part.len();
        }
        let mut from = from?;
        // What fills a hole at an end reaches to where something else is said.
        if first > 0 {
            let start = self.borders.iter().rfind(|border| **border < from).copied().unwrap_or(from);
            filled.insert(0, start..from);
            from = start;
        }
        if last + 1 < parts.len() {
            let end = self.borders.iter().find(|border| **border > to).copied().unwrap_or(to);
            filled.push(to..end);
            to = end;
        }
        Some((from..to, filled))
    }

    /// What is heard of some parts of the ear within another one.
    fn within(&self, parts: &[Range<usize>], other: &Range<usize>) -> Vec<Cut<'_>> {
        let both = parts.iter().map(|part| (part, part.start.max(other.start)..part.end.min(other.end)));
        both.filter(|(_, both)| !both.is_empty())
            .filter_map(|(part, both)| {
                let (begins, ends) = (both.start == part.start, both.end == part.end);
                Some(Cut { heard: self.ear.get(both)?, begins, ends })
            })
            .collect()
    }

    /// The words that a part of the ear touches.
    fn words(&self, ear: &Range<usize>) -> Range<usize> {
        let first = self.words.partition_point(|(_, own)| own.end <= ear.start);
        first..self.words.partition_point(|(_, own)| own.start < ear.end).max(first)
    }

    /// The part of the ear that words are.
    fn ear_of(&self, words: &Range<usize>) -> Option<Range<usize>> {
        let own = self.words.get(words.clone())?;
        Some(own.first()?.1.start..own.last()?.1.end)
    }

    fn each(&self, words: Range<usize>) -> Vec<&str> {
        self.words[words].iter().map(|(own, _)| &self.raw[own.clone()]).collect()
    }

    /// How many letters words have.
    fn letters(&self, words: &Range<usize>) -> usize {
        self.each(words.clone()).into_iter().map(|word| word.chars().count()).sum()
    }

    /// Words as they are said; with the rest of their part of the sentence where they alone would say much less than
    /// so many letters.
    fn told(&self, words: Range<usize>, letters: usize) -> Option<String> {
        let own = self.words.get(words.clone())?;
        let (mut from, mut to) = (own.first()?.0.start, own.last()?.0.end);
        if self.letters(&words) * 2 < letters {
            from = self.raw[..from]
                .rfind(MARKS)
                .map_or(0, |at| at + self.raw[at..].chars().next().map_or(0, char::len_utf8));
            to += self.raw[to..].find(MARKS).unwrap_or(self.raw.len() - to);
        }
        Some(self.raw[from..to].trim().to_owned())
    }
}

/// What is heard of a value, and whether it begins and ends with it: a number is a part of many others.
struct Cut<'h> {
    heard: &'h str,
    begins: bool,
    ends: bool,
}

impl Cut<'_> {
    fn is_heard_in(&self, now: &Cut<'_>) -> bool {
        let reaches = (now.begins || !self.begins) && (now.ends || !self.ends);
        reaches
            && match (self.begins, self.ends) {
                (true, true) => now.heard == self.heard,
                (true, false) => now.heard.starts_with(self.heard),
                (false, true) => now.heard.ends_with(self.heard),
                (false, false) => now.heard.contains(self.heard),
            }
    }
}

/// Which of the new words stand where these of the old ones stood; with what comes in at their edges or without it.
fn moved(apart: &[Apart], own: &Range<usize>, edges: bool) -> Range<usize> {
    let shifted = |at: usize, passed: Option<&Apart>| passed.map_or(at, |last| last.new.end + at - last.old.end);
    let inside = |at: usize| apart.iter().find(|one| one.old.start < at && at < one.old.end);
    let comes_in = |one: &Apart, at: usize| one.old.is_empty() && one.old.start == at;
    let before = |one: &&Apart| one.old.end <= own.start && !(edges && comes_in(one, own.start));
    let within = |one: &&Apart| one.old.end <= own.end && (edges || !comes_in(one, own.end));
    let start = match inside(own.start) {
        Some(one) => one.new.start,
        None => shifted(own.start, apart.iter().rfind(before)),
    };
    let end = match inside(own.end) {
        Some(one) => one.new.end,
        None => shifted(own.end, apart.iter().rfind(within)),
    };
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now_for(expected: &str, then: &str, now_said: &str) -> Option<String> {
        let [then, said] =
            [then, now_said].map(|text| vec!["您好。 ".to_owned(), format!("{text} "), "再见 ".to_owned()]);
        let text = |said: &[String]| said[1].replace("128.5元", &HOLE.to_string());
        now(expected, &then, &said, &[(text(&then), text(&said))])
    }

    #[test]
    fn what_stood_in_a_text_is_what_stands_there_now() {
        let then = "您的128.5元付款，因为余额不足没有成功。";
        assert_eq!(now_for("余额不足", then, "您的128.5元付款，因为余额不够没有成功。").unwrap(), "余额不够");
        assert_eq!(now_for("您的一", then, "您的128.5元付款，因为余额不够没有成功。"), None, "it was not heard");
        assert_eq!(now_for("您好", then, "您的128.5元付款不行。"), None, "it is in another text");
        assert_eq!(now_for("付款", then, "您的128.5元支付，因为余额不足没有成功。").unwrap(), "支付");
        let then = "For suspicious activity, press four.";
        let said = |expected| now_for(expected, then, "For anything strange, press three.").unwrap();
        assert_eq!(said("suspicious activity"), "anything strange");
        assert_eq!(said("activity, press four"), "anything strange, press three");
        assert_eq!(said("press four"), "press three");
    }

    #[test]
    fn a_value_is_no_word_of_a_text() {
        let (was, is) = ("您在\0的一笔\0付款，没有扣。", "您在\0的一笔\0付款，没被扣。");
        let said = |text: &str, fills: [&str; 2]| {
            vec![fills.iter().fold(text.to_owned(), |text, fill| text.replacen('\0', fill, 1))]
        };
        let then = said(was, ["昨天", "一百元"]);
        let told = |expected, fills| now(expected, &then, &said(is, fills), &[(was.to_owned(), is.to_owned())]);
        for expected in ["一百元", "百元", "一百元付款", "昨天的一笔一百元", "一百元付款，没有扣"]
        {
            assert_eq!(told(expected, ["昨天", "昨天"]), None, "{expected}");
        }
        for expected in ["一百元付款", "昨天的一笔一百元"] {
            assert_eq!(told(expected, ["一百元", "昨天"]), None, "each in the other's place");
            assert_eq!(told(expected, ["昨天", "二千一百元"]), None, "a part of another one");
        }
        assert_eq!(told("一笔一百元付款，没有扣。", ["昨天", "一百元"]).unwrap(), "一笔一百元付款，没被扣");
        assert_eq!(told("没有扣。", ["昨天", "昨天"]).unwrap(), "没被扣");
    }

    #[test]
    fn where_nothing_is_left_nothing_is_expected() {
        assert_eq!(now_for("没有扣", "没有成功，没有扣。", "没有成功。"), None);
    }

    #[test]
    fn a_word_that_says_little_brings_its_part_of_the_sentence() {
        let told = now_for("please take the ferry at noon", "Then please take the ferry at noon.", "Then, go, bye.");
        assert_eq!(told.unwrap(), "go, bye");
    }
}
