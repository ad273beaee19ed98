//! A call from the terminal: where a desk rings or a message is taken down, words stand for keys.

use crate::support::program::{run, with_flows};

/// Calls the line that is staffed day and night.
fn calls(keys: &str) -> (Option<i32>, String, String) {
    run(with_flows().path(), &["call", "dingpay", "--lang", "en-US", "--from", "+14155550141", "--keys", keys])
}

#[test]
fn a_caller_meets_a_busy_desk_and_leaves_a_comment() {
    let (code, out, err) = calls("0,busy,1,1,2,1,5,1,3,4,1,12,2");
    assert_eq!(code, Some(0), "{err}");
    let said = [
        "I am putting you through to an agent.\n-- sip:service@desk.example rings --\n  > busy\n",
        "nobody can take your call",
        "Your reference is",
        "after the tone, for up to one minute, and press the pound key when you are done.\n  > 12\n",
        "Thank you for your feedback.",
        "-- the line hung up --",
    ];
    let mut rest = out.as_str();
    for words in said {
        rest = rest.split_once(words).unwrap_or_else(|| panic!("`{words}` is not said then:\n{out}")).1;
    }
}

#[test]
fn an_agent_answers_and_no_word_is_no_message() {
    let (code, out, _) = calls("0,answered,1,5,1,3,4,1,,2");
    assert_eq!(code, Some(0));
    let (_, after) = out.split_once("  > answered\n").unwrap();
    assert!(after.starts_with("en-US  Is there anything else?"), "{after}");
    assert!(after.contains("  > (silence)\nen-US  We did not get a recording, but your score is noted."), "{after}");
}

#[test]
fn a_word_that_does_not_fit_says_which_do() {
    let (code, _, err) = calls("0,5");
    assert_eq!(code, Some(2));
    assert!(err.contains("`5` does not fit here; answered, busy, no-answer or failed"), "{err}");
    let (code, _, err) = calls("5,1,3,4,1,loud");
    assert_eq!(code, Some(2));
    assert!(err.contains("`loud` does not fit here; after the tone: seconds spoken, at most 60"), "{err}");
}
