//! The page of the browser phone as its users have it: in a browser, against the real server, on a
//! large and on the smallest screen, by mouse and by keyboard.

mod stage;

use hotline::call::effect::RequestState;
use hotline::store::Request;
use hotline::words::Lang;
use stage::{Screen, Stage};
use thirtyfour::prelude::*;

/// A demo customer who speaks English.
const GRACE: &str = "Grace Miller";
const HER_NUMBER: &str = "+14155550106";
const HER_ACCOUNT: &str = "10001006";
/// Six digits that are nobody's PIN and stand nowhere in the demo.
const WRONG_PIN: &str = "314157";

#[tokio::test]
async fn a_customer_clicks_from_the_greeting_past_a_busy_desk_to_a_callback() {
    let phone = Stage::open(Screen::Desk).await;
    phone.choose("DingPay").await;
    phone.choose(GRACE).await;
    phone.click("call").await;
    phone.hears("For English, press two.").await;
    phone.click("key-2").await;
    phone.hears("For complaints and anything else, press five.").await;
    phone.click("key-0").await;
    phone.is("desk").await;
    assert!(phone.shown("desk").await.text().await.unwrap().contains("service@desk.example rings"));
    phone.click("desk-busy").await;
    phone.hears("To be called as soon as possible, press one.").await;
    assert!(phone.transcript().await.contains("service@desk.example · Is busy"));
    phone.click("key-1").await;
    phone.hears("the number you are calling from, four one five, five five five, zero one zero six").await;
    phone.click("key-1").await;
    let reference = reference_in(&phone.hears("Your reference is").await);
    phone.click("hangup").await;
    phone.is("ended").await;
    assert!(phone.transcript().await.contains("You hung up"));
    is_recorded(&phone.close().await, &reference);
}

#[tokio::test]
async fn on_the_smallest_screen_a_keyboard_alone_gets_a_callback() {
    let phone = Stage::open(Screen::Small).await;
    assert_eq!(phone.run(&in_sight("call")).await, true, "the way to call is in sight without scrolling");
    calls_dingpay_by_keyboard(&phone).await;
    phone.types("0").await;
    phone.is("desk").await;
    for hook in ["desk-failed", "hangup"] {
        assert_eq!(phone.run(&in_sight(hook)).await, true, "{hook} is in sight while a desk rings");
    }
    phone.tabs_to("desk-no-answer").await;
    phone.types(Key::Enter).await;
    for (heard, key) in
        [("To be called as soon as possible, press one.", "1"), ("the number you are calling from", "1")]
    {
        phone.hears(heard).await;
        assert_eq!(phone.run(&in_sight("hangup")).await, true, "the keys are in sight with what is said");
        phone.types(key).await;
    }
    let reference = reference_in(&phone.hears("Your reference is").await);
    phone.types(Key::Escape).await;
    phone.is("ended").await;
    is_recorded(&phone.close().await, &reference);
}

#[tokio::test]
async fn on_the_smallest_screen_a_keyboard_talks_with_the_desk_and_leaves_a_message() {
    let phone = Stage::open(Screen::Small).await;
    calls_dingpay_by_keyboard(&phone).await;
    phone.types("0").await;
    phone.is("desk").await;
    // The first button has the focus: the caller need not look for it.
    phone.types(Key::Enter).await;
    phone.hears("Is there anything else?").await;
    assert!(phone.transcript().await.contains("service@desk.example · Answers"));
    for (heard, key) in [
        ("Is there anything else?", "1"),
        ("For complaints and anything else, press five.", "5"),
        ("For a complaint or a suggestion, press one.", "1"),
        ("To just rate our service, press three.", "3"),
        ("Press one to five, where five is best.", "5"),
        ("To record a comment, press one.", "1"),
    ] {
        phone.hears(heard).await;
        phone.types(key).await;
    }
    phone.is("message").await;
    for hook in ["spoken", "unspoken", "hangup"] {
        assert_eq!(phone.run(&in_sight(hook)).await, true, "{hook} is in sight while a message is spoken");
    }
    phone.types("#").await;
    phone.hears("Is there anything else?").await;
    assert!(phone.transcript().await.contains("You spoke for"));
    phone.types(Key::Escape).await;
    phone.is("ended").await;
    phone.close().await;
}

/// Chooses the line, a caller and the language with nothing but the keyboard.
async fn calls_dingpay_by_keyboard(phone: &Stage) {
    phone.tabs_to("line").await;
    phone.types("Ding").await;
    phone.tabs_to("caller").await;
    phone.types(GRACE).await;
    assert_eq!(phone.shown("caller").await.value().await.unwrap().as_deref(), Some(HER_NUMBER));
    phone.tabs_to("call").await;
    phone.types(Key::Enter).await;
    phone.hears("For English, press two.").await;
    phone.types("2").await;
    phone.hears("For complaints and anything else, press five.").await;
}

/// A script that tells whether the element with a hook is in sight, and nothing wider than the screen.
fn in_sight(hook: &str) -> String {
    format!(
        "const it = document.querySelector('[data-testid={hook}]').getBoundingClientRect();
        return it.height > 0 && it.top >= 0 && it.bottom <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    )
}

#[tokio::test]
async fn a_typed_pin_shows_as_dots_and_is_nowhere_in_the_page() {
    let phone = Stage::open(Screen::Desk).await;
    let choice = format!("//option[contains(., '{GRACE}')]");
    phone.driver.find(By::XPath(&choice)).await.unwrap().click().await.unwrap();
    phone.click("call").await;
    phone.hears("For English, press three.").await;
    phone.types("3").await;
    phone.hears("For a locked or frozen account, press three.").await;
    phone.types("3").await;
    phone.hears("enter your account number").await;
    phone.types(HER_ACCOUNT).await;
    assert_eq!(phone.shown("typed").await.text().await.unwrap(), HER_ACCOUNT);
    phone.types("#").await;
    phone.hears("enter your phone PIN").await;
    phone
        .run(
            "window.lit = 0; const count = (changes) => { lit += changes.filter((it) => it.target.matches('.down')).length };
            new MutationObserver(count).observe(document.getElementById('pad'), { subtree: true, attributeFilter: ['class'] })",
        )
        .await;
    phone.types(WRONG_PIN).await;
    assert_eq!(phone.shown("typed").await.text().await.unwrap(), "••••••");
    assert_eq!(phone.run("return lit").await, 0, "no key of a secret is lit");
    pin_is_nowhere(&phone).await;
    phone.types("#").await;
    phone.hears("enter your account number").await;
    assert!(phone.transcript().await.contains("6 hidden keys"));
    pin_is_nowhere(&phone).await;
    // What the demo shows of her can be pressed instead of typed, and the right PIN lets her in.
    phone.css("[data-testid='account'] [data-show='account']").await.click().await.unwrap();
    phone.hears("enter your phone PIN").await;
    phone.css("[data-testid='account'] [data-show='pin']").await.click().await.unwrap();
    phone.hears("Your account is fine.").await;
    assert_eq!(phone.shown("level").await.text().await.unwrap(), "2");
    phone.close().await;
}

#[tokio::test]
async fn the_page_is_read_in_the_language_chosen() {
    let phone = Stage::open(Screen::Desk).await;
    for (name, tag, title, call, ready, speaking) in [
        ("中文", "zh-CN", "浏览器电话", "拨打", "可以拨打", "正在播报"),
        ("日本語", "ja-JP", "ブラウザー電話", "発信", "発信できます", "ご案内中"),
        ("English", "en-US", "Browser phone", "Call", "Ready", "Speaking"),
    ] {
        phone.driver.find(By::LinkText(name)).await.unwrap().click().await.unwrap();
        phone.css(&format!("html[lang='{tag}'] body")).await;
        assert!(phone.driver.title().await.unwrap().starts_with(title), "{tag}");
        assert_eq!(phone.shown("call").await.text().await.unwrap(), call);
        assert_eq!(phone.shown("state").await.text().await.unwrap(), ready);
        phone.click("call").await;
        phone.is("speaking").await;
        assert_eq!(phone.shown("state").await.text().await.unwrap(), speaking);
        phone.click("hangup").await;
        phone.is("ended").await;
    }
    phone.close().await;
}

#[tokio::test]
async fn the_document_of_every_turn_can_be_read() {
    let phone = Stage::open(Screen::Desk).await;
    phone.click("call").await;
    phone.hears("For English, press three.").await;
    phone.click("key-3").await;
    phone.hears("For anything else, press five.").await;
    phone.css("[data-testid='documents'] summary").await.click().await.unwrap();
    let newest = phone.css("#documents article:first-child code").await.text().await.unwrap();
    assert!(newest.starts_with("<?xml"), "{newest}");
    assert!(newest.contains("\n<Response>\n  <Gather"), "{newest}");
    assert!(newest.contains("For anything else, press five."), "{newest}");
    assert_eq!(phone.run("return document.querySelectorAll('#documents article').length").await, 2);
    phone.close().await;
}

#[tokio::test]
async fn a_script_that_gets_into_the_page_is_not_run() {
    let phone = Stage::open(Screen::Desk).await;
    phone.run("const it = document.createElement('script'); it.textContent = 'window.ran = true'; document.body.append(it)").await;
    assert_eq!(phone.run("return window.ran === undefined").await, true);
    let complaints = phone.complaints().await;
    assert!(complaints.iter().any(|complaint| complaint.contains("Content Security Policy")), "{complaints:?}");
    phone.close().await;
}

/// The reference that was said, in digits.
fn reference_in(heard: &str) -> String {
    const WORDS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let said = heard.split_once("Your reference is ").unwrap().1.split_once('.').unwrap().0;
    let digit =
        |word: &str| WORDS.iter().position(|known| *known == word).unwrap_or_else(|| panic!("{word} in {said:?}"));
    said.split([' ', ',']).filter(|word| !word.is_empty()).map(|word| digit(word).to_string()).collect()
}

fn is_recorded(requests: &[Request], reference: &str) {
    let found = requests.iter().find(|request| request.reference.as_str() == reference);
    let request = found.unwrap_or_else(|| panic!("{reference} is not among {} requests", requests.len()));
    assert_eq!((request.kind.as_str(), request.topic.as_str()), ("callback", "general"));
    assert_eq!((request.number.as_deref(), request.lang), (Some(HER_NUMBER), Lang::EnUs));
    assert_eq!((request.state, request.line.as_str()), (RequestState::Open, "dingpay"));
    assert!(request.test, "a call from the browser is a trial");
}

async fn pin_is_nowhere(phone: &Stage) {
    let source = phone.driver.source().await.unwrap();
    assert!(!source.contains(WRONG_PIN), "the PIN is in the page");
    let kept = "return [...document.querySelectorAll('input, output')].map((it) => it.value).join() + \
        JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + location.href";
    assert!(!phone.run(kept).await.as_str().unwrap().contains(WRONG_PIN), "the PIN is kept by the page");
}
