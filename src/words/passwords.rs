//! Passwords of people who sign in: which are refused, what is kept of one, and how a typed one is
//! compared with it. What is kept is an argon2id PHC string. Knows nothing of people, sessions or
//! where it is kept.

use super::Secret;
use super::argon::{Cost, Phc};

/// Fewest and most characters. The most keeps nobody from a long sentence, and anybody from having
/// a megabyte hashed.
pub const LENGTH: std::ops::RangeInclusive<usize> = 10..=128;

/// Random bytes a hash is made with.
pub type Salt = [u8; 16];

/// Why a password may not be chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// Below the least length.
    #[error("it is too short; take 10 characters or more")]
    Short,
    /// Above the greatest length.
    #[error("it is too long; take 128 characters or fewer")]
    Long,
    /// Among the first that anybody tries.
    #[error("it is among the first that anybody would try; take another")]
    Common,
    /// It holds the name they sign in with.
    #[error("it holds the name; take another")]
    Name,
}

/// The first that are tried, of those long enough. Compared without what people put in front of or
/// behind a word to make it count as a password.
const COMMON: [&str; 24] = [
    "password",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "passwordpassword",
    "qwertyuiop",
    "qwertyuiopasdfghjkl",
    "asdfghjkl",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "q1w2e3r4t5",
    "qazwsxedc",
    "iloveyou",
    "letmein",
    "letmeinplease",
    "welcome",
    "welcomehome",
    "changeme",
    "administrator",
    "superman",
    "sunshine",
    "football",
    "hotline",
    "customerservice",
];

/// Whether somebody of this name may choose it.
///
/// # Errors
/// Why not.
pub fn judge(name: &str, password: &Secret) -> Result<(), Refused> {
    let count = password.count();
    if count < *LENGTH.start() {
        return Err(Refused::Short);
    }
    if count > *LENGTH.end() {
        return Err(Refused::Long);
    }
    let lower = Secret::new(password.reveal().to_lowercase());
    // A name of two or three letters is part of many words.
    if name.len() > 3 && lower.reveal().contains(&name.to_lowercase()) {
        return Err(Refused::Name);
    }
    let core = lower.reveal().trim_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    let common = COMMON.iter().any(|word| core == *word || lower.reveal() == *word);
    if common || core.is_empty() && steps(lower.reveal()) || same(lower.reveal()) {
        Err(Refused::Common)
    } else {
        Ok(())
    }
}

/// What is kept of a password. Takes tens of milliseconds and 19 MiB: call this where blocking is
/// allowed, a few at a time. None only if the hash refused its own cost.
pub fn make(password: &Secret, salt: Salt) -> Option<Secret> {
    Phc::make(Cost::USUAL, password.reveal().as_bytes(), &salt).map(|phc| Secret::new(phc.to_string()))
}

/// Whether a typed password is the one kept. Where nothing is kept the work is the same, and the
/// answer no. As slow as [`make`].
pub fn fits(password: &Secret, kept: Option<&Secret>) -> bool {
    let kept = kept.and_then(|kept| Phc::parse(kept.reveal()));
    let known = kept.is_some();
    known & kept.unwrap_or_else(|| Phc::dummy(Cost::USUAL)).fits(password.reveal().as_bytes())
}

/// One character over and over.
fn same(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_none_or(|first| letters.all(|c| c == first))
}

/// Each character one above or one below the one before, as in 1234567890.
fn steps(text: &str) -> bool {
    let step = |by: i16| {
        let pairs = text.as_bytes().windows(2);
        pairs.into_iter().all(|pair| (i16::from(pair[1]) - i16::from(pair[0]) - by) % 10 == 0)
    };
    step(1) || step(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(name: &str, password: &str) -> Result<(), Refused> {
        judge(name, &Secret::new(password))
    }

    #[test]
    fn a_password_is_long_enough_and_nothing_anybody_would_try() {
        for fine in ["correct horse", "我的密码是一句话呀真的", "tractor-Piano7", "aaaaaaaaab", "4815162342"]
        {
            assert_eq!(judged("mei.lin", fine), Ok(()), "{fine}");
        }
        for (password, why) in [
            ("short", Refused::Short),
            ("九个字不够长的呀吧", Refused::Short),
            (&*"long".repeat(33), Refused::Long),
            ("Password123!", Refused::Common),
            ("1234567890", Refused::Common),
            ("9876543210", Refused::Common),
            ("hotline2026", Refused::Common),
            ("zzzzzzzzzzzz", Refused::Common),
            ("1Q2W3E4R5T", Refused::Common),
            ("i am Mei.Lin", Refused::Name),
        ] {
            assert_eq!(judged("mei.lin", password), Err(why), "{password}");
        }
        assert_eq!(judged("al", "balcony-rail"), Ok(()), "a short name is part of many words");
    }

    #[test]
    fn the_right_password_fits_and_no_other() {
        let kept = make(&Secret::new("correct horse"), [7; 16]).unwrap();
        assert!(kept.reveal().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept.reveal());
        assert!(fits(&Secret::new("correct horse"), Some(&kept)));
        assert!(!fits(&Secret::new("correct house"), Some(&kept)));
        assert!(!fits(&Secret::new("correct horse"), None));
        assert!(!fits(&Secret::new(""), Some(&Secret::new(""))), "nothing kept is no password");
    }
}
