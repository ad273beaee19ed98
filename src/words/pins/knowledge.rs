//! What a caller knows of themselves, as it is typed: birth date and identity document in one entry.

use crate::words::Secret;
use jiff::civil::Date;

/// Digits of birth date and identity document, typed as one entry: eight and four.
pub const KNOWLEDGE: usize = 12;
/// Characters of the document's number, counted from its end.
const DOCUMENT: usize = 4;

/// What stands for the account where not its PIN but its knowledge is made or checked: the same digits
/// as PIN and as knowledge have nothing to do with each other. No account is written so.
pub fn knowledge_of(account: &str) -> String {
    format!("knowledge {account}")
}

/// What a customer types: the birth date, written `1990-03-07` or `19900307`, and the last four
/// characters of the identity document's number, 0 for each letter, because a keypad has none. Else
/// why it proves nothing, in words that do not repeat it; `today` no birth date can be after.
pub fn knowledge(birth: &str, document: &str, today: Date) -> Result<Secret, &'static str> {
    let form = ["%Y-%m-%d", "%Y%m%d"].into_iter().find_map(|form| Date::strptime(form, birth).ok());
    let date = form.ok_or("`birth` is no day written as 1990-03-07")?;
    // Dates before that, and the day itself, are what systems write who know of no birth date.
    if date <= Date::constant(1900, 1, 1) || date > today {
        return Err("`birth` is nobody's birth date; leave it empty where it is not known");
    }
    if document.len() != DOCUMENT || !document.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err("`document` is not the last four characters of an identity document's number");
    }
    if document.bytes().all(|b| b == b'0' || b.is_ascii_alphabetic()) {
        return Err("`document` has nothing but zeros and letters, which anybody would type");
    }
    let digits = document.bytes().map(|b| if b.is_ascii_digit() { char::from(b) } else { '0' });
    let mut typed = String::with_capacity(KNOWLEDGE);
    typed.push_str(&date.strftime("%Y%m%d").to_string());
    typed.extend(digits);
    Ok(Secret::new(typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 3, 2);

    #[test]
    fn birth_date_and_document_are_twelve_digits() {
        for (birth, document, typed) in [
            ("1990-03-07", "2418", "199003072418"),
            ("19900307", "002X", "199003070020"),
            ("2026-03-02", "a15b", "202603020150"),
        ] {
            assert!(knowledge(birth, document, TODAY).is_ok_and(|it| it.reveal() == typed), "{birth} {document}");
        }
    }

    #[test]
    fn what_proves_nothing_is_refused() {
        for (birth, document) in [
            ("", "2418"),
            ("1990-02-30", "2418"),
            ("7/3/1990", "2418"),
            ("1900-01-01", "2418"),
            ("2026-03-03", "2418"),
            ("1990-03-07", ""),
            ("1990-03-07", "241"),
            ("1990-03-07", "11010519900307241X"),
            ("1990-03-07", "24 8"),
            ("1990-03-07", "証24"),
            ("1990-03-07", "0000"),
            ("1990-03-07", "000X"),
        ] {
            let why = knowledge(birth, document, TODAY).err();
            assert!(why.is_some_and(|why| !why.contains("2418")), "{birth} {document}");
        }
    }
}
