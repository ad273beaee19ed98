//! Numbers in what people write: found by their `+`, and masked.

use super::{Phone, is_separator};

/// Digits a number in the middle of a text has at least: `+5` and `+100` are no numbers.
const LEAST: usize = 8;

/// A text with the telephone numbers in it masked, as lists and programs show it: one that is the whole
/// text, and every `+` with 8 to 15 digits behind it, with the separators people use. Without a `+`
/// nobody can tell a number from an order or a transaction, which agents must read.
pub fn masked_in(text: &str) -> String {
    if let Some(number) = whole(text) {
        return number.masked();
    }
    let (mut masked, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, from)) = rest.find('+').map(|plus| rest.split_at(plus)) {
        masked.push_str(before);
        let length = length(from).unwrap_or(1);
        let (found, behind) = from.split_at(length);
        match Phone::parse(found, None) {
            Some(number) => masked.push_str(&number.masked()),
            None => masked.push_str(found),
        }
        rest = behind;
    }
    masked + rest
}

fn whole(text: &str) -> Option<Phone> {
    text.trim_start().starts_with('+').then(|| Phone::parse(text, None)).flatten()
}

/// How long the number is that a text begins with, in bytes, its `+` with it. Groups of digits belong to
/// it as long as they fit: what follows a number may have digits too.
fn length(text: &str) -> Option<usize> {
    let (mut digits, mut length, mut group) = (0, 1, 0);
    for (at, c) in text.char_indices().skip(1).chain([(text.len(), '\n')]) {
        if c.is_ascii_digit() {
            group += 1;
            continue;
        }
        if digits + group > Phone::DIGITS {
            break;
        }
        if group > 0 {
            (digits, length, group) = (digits + group, at, 0);
        }
        if !is_separator(c) {
            break;
        }
    }
    (digits >= LEAST).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::masked_in;

    #[test]
    fn numbers_are_masked_wherever_they_stand_in_a_text() {
        for (text, masked) in [
            ("+85261230001", "+852 **** 0001"),
            (" +852 6123-0001 ", "+852 **** 0001"),
            ("call +85261230001.", "call +852 **** 0001."),
            (
                "please ring +852 6123 0001, not +86-138-0013-8000!",
                "please ring +852 **** 0001, not +86 *** **** 8000!",
            ),
            ("打+85261230001找我", "打+852 **** 0001找我"),
            ("+85261230001/+85261230002", "+852 **** 0001/+852 **** 0002"),
            ("at home: +44 (0)20 7946 0018 (work)", "at home: +44 *** *** 0018 (work)"),
            ("+852 6123 0001 40231875", "+852 **** 0001 40231875"),
            ("a\n+85261230001\n2", "a\n+852 **** 0001\n2"),
            ("++85261230001", "++852 **** 0001"),
        ] {
            assert_eq!(masked_in(text), masked, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_stays_as_it_is() {
        for text in [
            "",
            "+",
            "order 20260301123456",
            "transaction 4023-1875-0001",
            "HKD +5 and +100",
            "2+2",
            "+1234567890123456",
            "+0085261230001",
            "a +1234567 b",
            "tel +",
        ] {
            assert_eq!(masked_in(text), text);
        }
    }
}
