//! Marks in texts: callers hear words alone. What looks like a tag or an entity would be read out, or
//! would do something at one provider and nothing at another.

/// Letters of a mark that are shown at most: enough to recognise it.
const SHOWN: usize = 40;

/// The first thing in a text that is no word but a mark, as `<break time="2s"/>` or `&lt;`; cut where it is
/// long. A lone `<` or `&`, as in "less < more" or "Q&A", is none.
pub fn found(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let from = rest.get(at..)?;
        if let Some(mark) = tag(from).or_else(|| entity(from)) {
            return Some(shown(mark));
        }
        rest = rest.get(at + 1..)?;
    }
    None
}

/// A tag at the beginning, to its end or as far as the text goes.
fn tag(from: &str) -> Option<&str> {
    let inside = from.strip_prefix('<')?;
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?');
    inside.starts_with(begins).then(|| from.find('>').and_then(|end| from.get(..=end)).unwrap_or(from))
}

/// An entity at the beginning.
fn entity(from: &str) -> Option<&str> {
    let (name, _) = from.strip_prefix('&')?.split_once(';')?;
    let is_name = match name.strip_prefix('#') {
        Some(number) => number.starts_with(|c: char| c == 'x' || c.is_ascii_digit()) && number.len() <= 8,
        // No entity's name is one letter: "Q&A;" is words.
        None => (2..=10).contains(&name.len()),
    };
    let plain = name.trim_start_matches('#').bytes().all(|b| b.is_ascii_alphanumeric());
    (is_name && plain).then(|| from.get(..name.len() + 2)).flatten()
}

fn shown(mark: &str) -> String {
    match mark.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", mark.get(..end).unwrap_or_default()),
        None => mark.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::found;

    #[test]
    fn tags_and_entities_are_marks_and_signs_between_words_are_none() {
        for (text, mark) in [
            ("Please wait <break time=\"500ms\"/> a moment", "<break time=\"500ms\"/>"),
            ("<speak>Hello</speak>", "<speak>"),
            ("</b>", "</b>"),
            ("a < b <!-- c -->", "<!-- c -->"),
            ("您好<say-as interpret-as=\"digits\">1", "<say-as interpret-as=\"digits\">"),
            ("never ends <prosody", "<prosody"),
            ("Q&A &lt;b", "&lt;"),
            ("it&#39;s", "&#39;"),
            ("<sub alias=\"one two three four five six seven\">", "<sub alias=\"one two three four five six …"),
        ] {
            assert_eq!(found(text).as_deref(), Some(mark), "{text}");
        }
        for text in ["", "1 < 2", "a > b", "Q&A; more", "AT&T", "<3", "{amount|money} & {other}", "&;", "&長い;"] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
