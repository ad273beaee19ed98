//! The forms of what is written down of people who sign in: their name, skills, time zone, and where
//! their phone rings. Knows nothing of who they are or what they may do.

use super::Phone;
use jiff::tz::TimeZone;

/// What histories write where no person did it.
pub const NOBODY: [&str; 4] = ["caller", "hotline", "demo", "erase"];

/// Whether people may have this name: 2 to 32 small letters, digits, points and hyphens, the first a
/// letter or digit. Histories and addresses hold it as it is, so it is none of [`NOBODY`].
pub fn is_name(name: &str) -> bool {
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    (2..=32).contains(&name.len()) && name.bytes().all(fine) && !name.starts_with(['.', '-']) && !NOBODY.contains(&name)
}

/// Whether it can be a skill, as flows name them: 1 to 40 small letters, digits, hyphens, underscores.
pub fn is_skill(skill: &str) -> bool {
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (1..=40).contains(&skill.len()) && skill.bytes().all(fine)
}

/// The time zone by its name of IANA's, as `Asia/Shanghai`; none when there is no such.
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name.trim()).ok()
}

/// Where a phone rings as it is kept: a number with its country (`+8613800138000`), or `sip:` with
/// user and host; none when it is neither.
pub fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let Some(address) = text.strip_prefix("sip:") else {
        return Phone::parse(text, None).map(|phone| phone.as_str().to_owned());
    };
    let (user, host) = address.split_once('@')?;
    let fine = |part: &str, more: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    (text.len() <= 200 && fine(user, "-_.+") && fine(host, "-.:")).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_skills_zones_and_phones_have_a_form() {
        for name in ["mei", "j.tanaka-2", "42"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["m", "", "Mei", "-mei", "mei lin", "美", "a/b", &"a".repeat(33)] {
            assert!(!is_name(name), "{name}");
        }
        assert!(is_skill("lost-card") && is_skill("payment_2"));
        assert!(!is_skill("") && !is_skill("Payment") && !is_skill("a,b"));
        assert!(zone("Asia/Tokyo").is_some() && zone("Asia/Nowhere").is_none());
        assert_eq!(phone(" +86 138 0013 8000 ").as_deref(), Some("+8613800138000"));
        assert_eq!(phone("sip:mei@desk.example:5060").as_deref(), Some("sip:mei@desk.example:5060"));
        for wrong in ["13800138000", "sip:mei", "sip:@desk", "sip:me\"i@desk", "tel:+861"] {
            assert_eq!(phone(wrong), None, "{wrong}");
        }
    }
}
