//! A call from the greeting to the reference number, and the keys that work everywhere.

use crate::support::server::Home;
use crate::support::twilio::{Call, PUBLIC, Twiml};
use serde_json::json;
use std::collections::BTreeMap;

/// What each wait must say of itself; everything that has a default is written out.
fn wait(twiml: &Twiml, timeout: &str, finish: &str, most: Option<&str>) {
    assert_eq!(twiml.verbs, ["Gather", "Redirect"]);
    let mut gather = twiml.gather.clone().unwrap();
    let action = gather.remove("action").unwrap();
    assert!(action.starts_with(&format!("{PUBLIC}/voice/twilio/c/")), "{action}");
    assert_eq!(twiml.redirect.as_deref(), Some(action.as_str()), "where no input calls nobody the redirect does");
    let usual = [("actionOnEmptyResult", "true"), ("bargeIn", "true"), ("input", "dtmf"), ("method", "POST")];
    let own = [("finishOnKey", finish), ("timeout", timeout)];
    let mut expected: BTreeMap<&str, &str> = usual.into_iter().chain(own).collect();
    expected.extend(most.map(|most| ("numDigits", most)));
    let found: BTreeMap<&str, &str> = gather.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(found, expected);
}

fn menu(twiml: &Twiml) {
    wait(twiml, "5", "", Some("1"));
}

fn typing(twiml: &Twiml) {
    wait(twiml, "10", "#", None);
}

/// Digits as they are spelled in Mandarin after these words.
fn spelled_after(words: &str, start: &str) -> String {
    let (_, rest) = words.split_once(start).expect(start);
    let digits =
        rest.chars().take_while(|c| *c != '。').filter_map(|c| "零幺二三四五六七八九".chars().position(|d| d == c));
    digits.map(|digit| digit.to_string()).collect()
}

#[tokio::test]
async fn a_caller_goes_from_the_greeting_to_a_reference_number_and_the_request_is_on_record() {
    let home = Home::new();
    let server = home.start();
    let mut call = Call::from("+85261230001");
    let first = call.dial(&server).await;
    menu(first);
    assert_eq!(first.languages, ["cmn-CN", "yue-HK", "en-US"], "each language is offered in itself");
    first.says("您好，欢迎致电数字钱包客服。");
    assert!(first.action().contains("/1/zh-CN/"), "the next document is number 1: {}", first.action());

    menu(call.press(&server, "1").await);
    call.heard.says("付款失败，请按一。");
    assert!(call.heard.action().contains("/2/zh-CN/"), "{}", call.heard.action());
    typing(call.press(&server, "1").await);
    call.heard.says("请输入付款的交易号");
    typing(call.press(&server, "20260301004715#").await);
    call.heard.says("为了保护您的账户");
    typing(call.press(&server, "10001001#").await);
    call.heard.says("电话服务密码");
    menu(call.press(&server, "270496#").await);
    call.heard.says("这笔付款没有成功。");
    menu(call.press(&server, "1").await);
    call.heard.says("尽快接到回电，请按一。");
    menu(call.press(&server, "1").await);
    call.heard.says("让我们拨打您的来电号码");
    menu(call.press(&server, "1").await);
    let reference = spelled_after(&call.heard.words, "编号是");
    assert_eq!(reference.len(), 8, "{}", call.heard.words);
    let once = call.heard.words.clone();
    let again = call.press(&server, "1").await;
    assert_eq!(spelled_after(&again.words, "编号是"), reference, "it can be heard again");
    assert_eq!(again.words, once);
    menu(call.press(&server, "2").await);
    let last = call.press(&server, "2").await;
    assert_eq!(
        (last.verbs.as_slice(), last.words.as_str()),
        (&["Say".into(), "Hangup".into()][..], "感谢您的来电，再见。")
    );

    let export = home.run(&["export", "requests", "--format", "json"]);
    assert!(export.status.success(), "{export:?}");
    let requests: Vec<serde_json::Value> = serde_json::from_slice(&export.stdout).unwrap();
    let mut found = requests.into_iter().filter(|request| request["reference"] == reference);
    let mut request = found.next().expect("the request that was promised");
    assert!(found.next().is_none());
    let moments = ["id", "call", "verified_at", "due", "filed_at", "updated_at", "ready_at", "history"];
    let [.., history] = moments.map(|name| request.as_object_mut().unwrap().remove(name).unwrap());
    let told: Vec<_> = history.as_array().unwrap().iter().map(|e| (e["who"].clone(), e["what"].clone())).collect();
    assert_eq!(told, [(json!("caller"), json!("filed"))]);
    let expected = json!({
        "reference": reference, "kind": "callback", "topic": "payment", "customer": "a:10001001",
        "account": "10001001", "number": "+85261230001", "caller": "+85261230001", "lang": "zh-CN",
        "skill": "payment", "priority": "high", "level": 2, "window": null, "state": "open", "asked": 1,
        "line": "digital-wallet", "test": false, "collected": request["collected"],
        "attempts": 0, "misses": 0, "holder": null, "lease_until": null, "version": 1, "reason": null,
        "ended_at": null, "ended_by": null,
    });
    assert_eq!(request, expected);
    assert_eq!(request["collected"]["payment_number"], "20260301004715");
    assert!(!request.to_string().contains("270496"), "the PIN is nowhere");
}

#[tokio::test]
async fn nought_leads_to_a_person_star_repeats_hash_goes_back_and_nine_gives_more_time() {
    let server = Home::new().start();
    let mut call = Call::from("+85261230002");
    call.dial(&server).await;
    let main = call.press(&server, "3").await.clone();
    main.says("For a failed payment, press one.");

    let repeated = call.press(&server, "*").await;
    assert_eq!(repeated.words, main.words);
    call.press(&server, "5").await.says("For a forgotten password, press one.");
    call.press(&server, "#").await.says("For a failed payment, press one.");
    let slower = call.press(&server, "9").await;
    slower.says("you have more time");
    wait(slower, "15", "", Some("1"));
    call.press(&server, "1").await.says("transaction number");
    wait(&call.heard, "15", "#", None);
    // While typing, `#` with nothing before it goes back.
    call.press(&server, "#").await.says("For a failed payment, press one.");
    call.press(&server, "0").await.says("be called as soon as possible");
    call.heard.says("one moment");
}

#[tokio::test]
async fn silence_and_wrong_keys_are_told_apart_and_the_question_is_asked_again() {
    let server = Home::new().start();
    let mut call = Call::from("+85261230003");
    call.dial(&server).await;
    call.press(&server, "3").await;
    call.press(&server, "8").await.says("That is not one of the choices.");
    call.go(&server, call.silent()).await.says("I did not get any keys.");
    call.go(&server, call.redirected()).await.says("still did not get any keys");
    call.heard.says("For more time, press nine");
    // Three together are enough: on to the callback question, never a dead end.
    call.go(&server, call.silent()).await.says("be called as soon as possible");
    // Who stays silent there too is let go with a goodbye.
    for _ in 0..3 {
        call.go(&server, call.silent()).await;
    }
    call.heard.says("Goodbye.");
    assert!(call.heard.hangs_up());
}

#[tokio::test]
async fn a_caller_who_withholds_the_number_is_asked_the_language_and_rung_at_the_registered_number() {
    let home = Home::new();
    let server = home.start();
    let ways = [("anonymous", "10001006"), ("+266696687", "10001007"), ("", "10001008"), ("client:alice", "10001009")];
    for (caller, account) in ways {
        let mut call = Call::from(caller);
        call.dial(&server).await.says("For English, press three.");
        call.press_all(&server, &["3", "0", "1"]).await.says("Your number is withheld");
        call.press(&server, &format!("{account}#")).await.says("That is recorded.");
        let (before, rest) = call.heard.words.split_once("Your reference is").unwrap();
        let (_, after) = rest.split_once('.').unwrap();
        assert!(
            !format!("{before}{after}").contains("zero"),
            "the registered number is never spoken: {:?}",
            call.heard
        );
    }
    // An account that is not there: the same words.
    let mut call = Call::withheld();
    call.dial(&server).await;
    call.press_all(&server, &["3", "0", "1", "99999999#"]).await.says("That is recorded.");
}
