//! What is told is all that is different: applied to the old it gives the new, whatever was done.

use crate::flow::diff::{Trees, apply, changes, text_diff, told, trees};
use crate::flow::edit::tests::random::{Blow, blows, strike};
use crate::flow::edit::write::{Place, inline};
use crate::words::Lang;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError};
use serde_json::Value;

/// The hotlines that are shipped, which take longer to read.
const HOTLINES: [(&str, &str); 4] = [
    ("digital-wallet.yaml", include_str!("../../../../flows/digital-wallet.yaml")),
    ("dingpay.yaml", include_str!("../../../../flows/dingpay.yaml")),
    ("paypay.yaml", include_str!("../../../../flows/paypay.yaml")),
    ("calendars.yaml", include_str!("../../../../flows/calendars.yaml")),
];

const FILES: [(&str, &str); 5] = [
    ("small.yaml", super::SMALL),
    ("common/call-me-back.yaml", include_str!("../../../../flows/common/call-me-back.yaml")),
    ("common/follow-up.yaml", include_str!("../../../../flows/common/follow-up.yaml")),
    ("sources.yaml", include_str!("../../../../flows/sources.yaml")),
    (
        "tram.stories.yaml",
        "- story: One\n  call: [{ hears: a }, hangs up]\n- story: Two\n  call:\n    - presses: \"1\"\n",
    ),
];

/// Whether two say the same to who loads them: the order of steps counts, and that of values set.
fn equal(a: &Trees, b: &Trees) -> bool {
    let keys =
        |value: Option<&Value>| value.and_then(Value::as_object).map(|map| map.keys().cloned().collect::<Vec<_>>());
    let same = |a: &Value, b: &Value| {
        let (steps, others) = (a.get("steps"), b.get("steps"));
        let sets =
            steps.and_then(Value::as_object).into_iter().flatten().all(|(name, step)| {
                keys(step.get("set")) == keys(others.and_then(|steps| steps.get(name)?.get("set")))
            });
        a == b && keys(steps) == keys(others) && sets
    };
    a.len() == b.len() && a.iter().zip(b).all(|((name, a), (other, b))| name == other && same(a, b))
}

fn file(name: &str, text: String) -> Vec<(String, String)> {
    vec![(name.to_owned(), text)]
}

/// Whether what is told of the file struck so makes the new of the old, and the old of the new.
fn told_whole((name, text): (&str, &str), blows: &[Blow]) -> Result<(), TestCaseError> {
    let old = file(name, text.to_owned());
    let mut tree = trees(&old).unwrap().remove(name).unwrap();
    strike(&mut tree, blows);
    let new = file(name, inline(&tree, Place { inside: false, bare: false }));
    for (from, to) in [(&old, &new), (&new, &old)] {
        let found = changes(from, to).unwrap();
        let (made, wanted) = (apply(from, &found).unwrap(), trees(to).unwrap());
        prop_assert!(equal(&made, &wanted), "{found:#?}\n{made:#?}\n{wanted:#?}");
        prop_assert_eq!(found.is_empty(), equal(&trees(from).unwrap(), &wanted));
        for change in &found {
            for lang in Lang::ALL {
                prop_assert!(told(change, lang).ends_with(['.', '。']));
            }
        }
    }
    prop_assert_eq!(changes(&new, &new).unwrap(), []);
    Ok(())
}

proptest! {
    #![proptest_config(Config { cases: 6, failure_persistence: None, ..Config::default() })]

    #[test]
    fn what_is_told_of_a_shipped_hotline_is_all(at in 0..HOTLINES.len(), blows in blows()) {
        told_whole(HOTLINES[at], &blows)?;
    }
}

proptest! {
    #![proptest_config(Config { cases: 60, failure_persistence: None, ..Config::default() })]

    #[test]
    fn what_is_told_makes_the_new_of_the_old_and_the_old_of_the_new(at in 0..FILES.len(), blows in blows()) {
        told_whole(FILES[at], &blows)?;
    }

    #[test]
    fn lines_kept_and_added_are_the_new_text(old in "([a-c]{0,2}\n){0,12}", new in "([a-c]{0,2}\n){0,12}") {
        use crate::flow::diff::How;
        let hunks = text_diff(&old, &new);
        prop_assert_eq!(hunks.is_empty(), old == new);
        let (was, is): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        for hunk in &hunks {
            let of = |gone: How| hunk.lines.iter().filter(move |line| line.how != gone).map(|line| line.text.as_str());
            prop_assert!(of(How::Added).eq(was[hunk.old - 1..].iter().copied().take(of(How::Added).count())));
            prop_assert!(of(How::Removed).eq(is[hunk.new - 1..].iter().copied().take(of(How::Removed).count())));
        }
    }
}
