//! Whether what is signed with its time came lately. Knows nothing of signatures.

/// How long it is believed, in seconds, and how far a clock may be ahead of ours.
const OLDEST: i64 = 300;
const AHEAD: i64 = 60;

/// Whether what was signed at a moment is believed now; both in seconds since 1970.
pub fn is_recent(signed: i64, now: i64) -> bool {
    now.checked_sub(signed).is_some_and(|age| (-AHEAD..=OLDEST).contains(&age))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_believed_for_five_minutes_and_clocks_may_differ_by_one() {
        for (age, believed) in [(0, true), (300, true), (301, false), (-60, true), (-61, false)] {
            assert_eq!(is_recent(1_700_000_000, 1_700_000_000 + age), believed, "{age}");
        }
        assert!(!is_recent(i64::MIN, 1) && !is_recent(i64::MAX, -2));
    }
}
