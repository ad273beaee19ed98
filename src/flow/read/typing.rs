//! What an `ask` lets callers type.

use super::fields::{Fields, Reader, near};
use crate::flow::source::Node;
use crate::flow::value::Typing;
use crate::words::{Currency, Reference};

/// Reads `as:` of an `ask`.
pub fn typing(reader: &mut Reader, node: &Node) -> Option<Typing> {
    if let Some(word) = node.text() {
        let reference = u8::try_from(Reference::DIGITS).ok()?;
        return match word {
            "account" => Some(Typing::Digits { from: 6, to: 20 }),
            "transaction" => Some(Typing::Digits { from: 6, to: 32 }),
            "reference" => Some(Typing::Digits { from: reference, to: reference }),
            "free" => Some(Typing::Digits { from: 1, to: 32 }),
            "date" => Some(Typing::Date),
            "phone" => Some(Typing::Phone),
            _ => {
                let words = ["account", "transaction", "reference", "free", "date", "phone"];
                let hint = near(word, words.into_iter()).unwrap_or_else(|| {
                    format!("there are {}, {{ digits: … }}, {{ number: … }}, {{ amount: CNY }}", words.join(", "))
                });
                reader.problem(node.at, "typing", format!("`{word}` is not something one can type"), hint);
                None
            }
        };
    }
    let mut fields = Fields::of(reader, node, "account, transaction, date, phone, { digits: { from: 8, to: 20 } }, …");
    let (digits, number, amount) = (fields.take("digits"), fields.take("number"), fields.take("amount"));
    fields.done(reader);
    match (digits, number, amount) {
        (Some(node), None, None) => {
            let (from, to) = range(reader, node, 1, 40)?;
            Some(Typing::Digits { from: u8::try_from(from).ok()?, to: u8::try_from(to).ok()? })
        }
        (None, Some(node), None) => range(reader, node, 0, 1_000_000_000).map(|(from, to)| Typing::Number { from, to }),
        (None, None, Some(node)) => {
            let currency = node.text().and_then(Currency::parse);
            if currency.is_none() {
                reader.expected(node, "CNY, HKD, JPY or USD");
            }
            currency.map(Typing::Amount)
        }
        _ => {
            reader.expected(node, "one of { digits: … }, { number: … }, { amount: CNY }");
            None
        }
    }
}

fn range(reader: &mut Reader, node: &Node, least: i64, most: i64) -> Option<(i64, i64)> {
    let mut fields = Fields::of(reader, node, "`{ from: 1, to: 5 }`");
    let from = fields.need(reader, "from", "the least").and_then(|n| reader.number(n, least, most));
    let to = fields.need(reader, "to", "the most").and_then(|n| reader.number(n, least, most));
    fields.done(reader);
    let range = from.zip(to)?;
    if range.0 > range.1 {
        reader.problem(node.at, "shape", "`from` is larger than `to`", "swap the two");
    }
    Some(range)
}
