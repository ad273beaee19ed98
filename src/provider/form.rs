//! Fields of a form or a query (`application/x-www-form-urlencoded`), decoded once into one piece of
//! memory that is wiped when dropped. Knows nothing of what the fields mean.

use super::{Refused, Webhook};
use zeroize::{Zeroize, Zeroizing};

/// Decoded fields in the order they came, blank values and repeated names kept: what is signed
/// covers them all. Unprintable, because digits are among them.
pub struct Fields {
    text: Zeroizing<String>,
    spans: Vec<Span>,
}

/// Where one field lies in the text: its name, and its value right after it.
#[derive(Clone, Copy)]
struct Span {
    name: usize,
    value: usize,
    end: usize,
}

/// No provider sends nearly as many; the bound keeps the work of one request small.
pub const MOST_FIELDS: usize = 256;

/// How many values are looked at, those that are no field included.
pub const MOST_LOOKS: usize = 4 * MOST_FIELDS;

impl Fields {
    /// No field at all.
    pub fn none() -> Fields {
        Fields { text: Zeroizing::new(String::new()), spans: Vec::new() }
    }

    /// Decodes a body or a query. What is not percent-encoded UTF-8, or has too many fields, is malformed.
    pub fn decode(raw: &[u8]) -> Result<Fields, Refused> {
        // Decoding never makes text longer, so this memory is never moved and no unwiped copy is left.
        let mut bytes = Zeroizing::new(Vec::with_capacity(raw.len()));
        let mut spans = Vec::with_capacity(32);
        for field in raw.split(|b| *b == b'&').filter(|field| !field.is_empty()) {
            if spans.len() == MOST_FIELDS {
                return Err(Refused::Malformed("too many fields"));
            }
            let (name, value) = match field.iter().position(|b| *b == b'=') {
                Some(at) => (&field[..at], &field[at + 1..]),
                None => (field, &field[field.len()..]),
            };
            let start = bytes.len();
            unescape(name, &mut bytes)?;
            let middle = bytes.len();
            unescape(value, &mut bytes)?;
            spans.push(Span { name: start, value: middle, end: bytes.len() });
        }
        let text = String::from_utf8(std::mem::take(&mut *bytes)).map_err(|error| {
            error.into_bytes().zeroize();
            NOT_UTF8
        })?;
        // The whole may be UTF-8 while a character begins in one field and ends in the next.
        let cut = |span: &Span| !text.is_char_boundary(span.value) || !text.is_char_boundary(span.end);
        if spans.iter().any(cut) {
            return Err(NOT_UTF8);
        }
        Ok(Fields { text: Zeroizing::new(text), spans })
    }

    /// Those of a query, the part of an address behind its question mark.
    pub fn of_query(target: &str) -> Result<Fields, Refused> {
        Fields::decode(target.split_once('?').map_or("", |(_, query)| query).as_bytes())
    }

    /// Those of a request: of the query by GET, else of the body.
    pub fn of_webhook(webhook: &Webhook) -> Result<Fields, Refused> {
        if webhook.method.eq_ignore_ascii_case("GET") {
            return Fields::of_query(webhook.target);
        }
        let kind = (webhook.header)("content-type").unwrap_or_default();
        match kind.get(..FORM.len()).is_some_and(|start| start.eq_ignore_ascii_case(FORM)) {
            true => Fields::decode(webhook.body),
            false => Err(Refused::Malformed("the body is no form")),
        }
    }

    /// These, and others behind them; too many are malformed.
    pub fn and(self, others: Fields) -> Result<Fields, Refused> {
        let mut all = Gathering::new(self.text.len() + others.text.len());
        let fit = self.pairs().chain(others.pairs()).all(|(name, value)| all.add(name, value));
        if fit { Ok(all.fields()) } else { Err(Refused::Malformed("too many fields")) }
    }

    /// The value of a name; different ones are malformed.
    pub fn only(&self, name: &str) -> Result<Option<&str>, Refused> {
        let mut values = self.pairs().filter(|(own, _)| *own == name).map(|(_, value)| value);
        let first = values.next();
        match values.all(|value| Some(value) == first) {
            true => Ok(first),
            false => Err(Refused::Malformed("a field comes twice with different values")),
        }
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.spans.iter().find(|span| self.text[span.name..span.value] == *name).map(|span| self.value(span))
    }

    /// Every different pair, ordered by name and then value, byte by byte: the order in which they
    /// are signed. Name and value are the one text they are when written together.
    pub fn sorted(&self) -> Vec<&str> {
        let pair = |span: &Span| (&self.text[span.name..span.value], self.value(span));
        let mut spans = self.spans.clone();
        spans.sort_unstable_by(|a, b| pair(a).cmp(&pair(b)));
        spans.dedup_by(|a, b| pair(a) == pair(b));
        spans.iter().map(|span| &self.text[span.name..span.end]).collect()
    }

    /// All but those of a name.
    pub fn without(mut self, name: &str) -> Fields {
        let text = &self.text;
        self.spans.retain(|span| text[span.name..span.value] != *name);
        self
    }

    /// Every field in the order they came.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.spans.iter().map(|span| (&self.text[span.name..span.value], self.value(span)))
    }

    fn value(&self, span: &Span) -> &str {
        &self.text[span.value..span.end]
    }
}

/// Fields that come one by one.
pub(super) struct Gathering {
    text: Zeroizing<String>,
    spans: Vec<Span>,
    /// How often somebody may still look for one more.
    looks: usize,
}

impl Gathering {
    /// Room for what a body of so many bytes can hold.
    pub fn new(bytes: usize) -> Gathering {
        Gathering {
            text: Zeroizing::new(String::with_capacity(bytes * 4 + 1024)),
            spans: Vec::with_capacity(32),
            looks: MOST_LOOKS,
        }
    }

    /// Whether it is worth looking for one more, kept or not.
    pub fn look(&mut self) -> bool {
        self.looks = self.looks.saturating_sub(1);
        self.looks > 0
    }

    /// Takes one more; false when there are too many, or they are too long.
    pub fn add(&mut self, name: &str, value: &str) -> bool {
        let (start, end) = (self.text.len(), self.text.len() + name.len() + value.len());
        // Grown it would be moved, and what it leaves behind is not wiped.
        if self.spans.len() == MOST_FIELDS || end > self.text.capacity() {
            return false;
        }
        self.text.push_str(name);
        self.text.push_str(value);
        self.spans.push(Span { name: start, value: start + name.len(), end });
        true
    }

    /// All of them.
    pub fn fields(self) -> Fields {
        Fields { text: self.text, spans: self.spans }
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
const NOT_UTF8: Refused = Refused::Malformed("a field is not UTF-8");

/// Appends the decoded bytes.
fn unescape(raw: &[u8], into: &mut Vec<u8>) -> Result<(), Refused> {
    let mut rest = raw.iter();
    while let Some(byte) = rest.next() {
        into.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(hex);
                let low = rest.next().and_then(hex);
                let (Some(high), Some(low)) = (high, low) else {
                    return Err(Refused::Malformed("a percent sign without two hex digits"));
                };
                high << 4 | low
            }
            byte => *byte,
        });
    }
    Ok(())
}

fn hex(byte: &u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_values_repeated_names_and_names_alone_are_kept() {
        let fields = Fields::decode(b"Digits=&To=%2B852&To=2&&alone&a=b=c").unwrap();
        assert_eq!(fields.get("Digits"), Some(""));
        assert_eq!(fields.get("To"), Some("+852"));
        assert_eq!(fields.get("alone"), Some(""));
        assert_eq!(fields.get("a"), Some("b=c"));
        assert_eq!(fields.get("From"), None);
    }

    #[test]
    fn pairs_are_sorted_by_name_then_value_and_the_same_pair_comes_once() {
        let fields = |raw: &str| Fields::decode(raw.as_bytes()).unwrap();
        assert_eq!(fields("b=2&a=9&B=1&a=1&a=9").sorted(), ["B1", "a1", "a9", "b2"]);
        assert_eq!(fields("ab=c&a=bd").sorted(), ["abd", "abc"]);
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for raw in ["a=%", "a=%4", "a=%4g", "a=%ff", "a=%e4%b8&%ad=1", "%e4%b8=%ad"] {
            assert!(matches!(Fields::decode(raw.as_bytes()), Err(Refused::Malformed(_))), "{raw}");
        }
        let many = |n: usize| vec!["a=1"; n].join("&");
        assert!(Fields::decode(many(MOST_FIELDS).as_bytes()).is_ok());
        assert!(Fields::decode(many(MOST_FIELDS + 1).as_bytes()).is_err());
    }
}
