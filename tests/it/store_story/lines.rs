//! Lines and recordings that admins made.

use crate::support::rows::{START, begin};
use hotline::store::{Committed, DraftRow, LastCall, LineRow, PromptRow, Store};
use hotline::words::CallId;
use std::slice::from_ref;

pub async fn story(store: &Store) {
    lines(store).await;
    last_calls(store).await;
    prompts(store).await;
}

fn line(number: &str) -> LineRow {
    LineRow {
        number: number.to_owned(),
        flow: "wallet".to_owned(),
        provider: None,
        voices: "{}".to_owned(),
        rev: 1,
        who: "anna".to_owned(),
        at: START,
    }
}

async fn lines(store: &Store) {
    assert!(store.lines().await.unwrap().is_empty());
    let (one, two) = (line("+85221230001"), LineRow { provider: Some("telnyx".into()), ..line("+85221230002") });
    assert!(store.add_line(&two).await.unwrap() && store.add_line(&one).await.unwrap());
    let other = LineRow { flow: "other".into(), ..one.clone() };
    assert!(!store.add_line(&other).await.unwrap(), "the number has a line");
    assert_eq!(store.lines().await.unwrap(), [one.clone(), two.clone()], "by number");
    assert!(store.change_line(&LineRow { who: "bert".into(), at: START + 1, ..other.clone() }).await.unwrap());
    assert!(!store.change_line(&other).await.unwrap(), "it is not as it was");
    assert!(!store.remove_line(&one.number, 1).await.unwrap(), "nor is it for whoever takes it away");
    let changed = LineRow { rev: 2, who: "bert".into(), at: START + 1, ..other };
    assert_eq!(store.lines().await.unwrap(), [changed, two]);
    assert!(store.remove_line(&one.number, 2).await.unwrap());
    assert!(!store.remove_line(&one.number, 2).await.unwrap());
    assert!(!store.change_line(&LineRow { rev: 2, ..one }).await.unwrap(), "it is gone");
    assert_eq!(store.lines().await.unwrap().len(), 1);
}

async fn last_calls(store: &Store) {
    let number = "+85221230009";
    assert_eq!(store.last_call(number, "twilio").await.unwrap(), None);
    for (at, dialled) in [(1, "+85221230009"), (3, "85221230009"), (2, "+85221230009")] {
        let mut row = begin(&CallId::fresh(), &format!("CA-line-{at}"), 1);
        row.at = START + at;
        row.begins.as_mut().unwrap().dialled = dialled.to_owned();
        assert_eq!(store.commit(row).await.unwrap(), Committed::Stored);
    }
    let LastCall { at, test, caller, .. } = store.last_call(number, "twilio").await.unwrap().unwrap();
    assert_eq!((at, test, caller.as_deref()), (START + 3, false, Some("+85291234567")), "without its plus");
    assert_eq!(store.last_call("85221230009", "twilio").await.unwrap().unwrap().at, START + 3);
    assert_eq!(store.last_call(number, "plivo").await.unwrap(), None);
}

async fn prompts(store: &Store) {
    assert!(store.prompts().await.unwrap().is_empty());
    let one = PromptRow {
        name: "studio/a1.wav".into(),
        object: "prompt-a1.wav".into(),
        words: "您好".into(),
        language: "zh-CN".into(),
        bytes: 2048,
        millis: 1200,
        who: "anna".into(),
        at: START,
    };
    store.put_prompt(&one).await.unwrap();
    let again = PromptRow { words: "你好".into(), who: "bert".into(), at: START + 1, ..one };
    store.put_prompt(&again).await.unwrap();
    assert_eq!(store.prompt("studio/a1.wav").await.unwrap(), Some(again.clone()));
    assert_eq!(store.prompt("studio/b.wav").await.unwrap(), None);
    assert_eq!(store.prompts().await.unwrap(), from_ref(&again));
    // It is named by nothing; two others are, by a version and by a draft.
    for (name, flow) in [("studio/b2.wav", "of-version"), ("studio/c3.mp3", "of-draft")] {
        let object = name.replace("studio/", "prompt-");
        store.put_prompt(&PromptRow { name: name.into(), object, ..again.clone() }).await.unwrap();
        let files = format!("{{\"a.yaml\":\"audio: {{ en-US: {name} }}\"}}");
        if flow == "of-version" {
            store.keep_flow(flow, "p1", &files, START).await.unwrap();
        } else {
            let draft =
                DraftRow { base: "p1".into(), files, over_stories: "{}".into(), rev: 0, who: "ada".into(), at: START };
            assert!(store.save_draft(flow, &draft, 0).await.unwrap());
        }
    }
    assert!(store.unplayed_prompts(START + 1).await.unwrap().is_empty(), "nothing is that old");
    assert_eq!(store.unplayed_prompts(START + 2).await.unwrap(), [again]);
    for kept in ["studio/b2.wav", "studio/c3.mp3", "studio/d4.wav"] {
        assert!(!store.forget_prompt(kept, START + 2, START).await.unwrap(), "{kept}");
    }
    assert!(!store.forget_prompt("studio/a1.wav", START + 1, START).await.unwrap(), "it was uploaded again");
    assert!(store.forget_prompt("studio/a1.wav", START + 2, START).await.unwrap());
    assert_eq!(store.prompts().await.unwrap().len(), 2);
}
