//! What a number's next call begins with: the pace that was asked for, and the place in the menus
//! where a call broke off.

use crate::support::server::{Home, Server};
use crate::support::twilio::Call;

const OFFER: &str = "You called us a few minutes ago.";

/// A call of this number in English that went through these keys and broke off.
async fn broken_off(server: &Server, number: &str, keys: &[&str]) {
    let mut call = Call::from(number);
    call.dial(server).await;
    call.press_all(server, keys).await;
    server.send(&call.status("completed")).await;
}

#[tokio::test]
async fn slower_speech_and_more_time_stay_with_the_number_until_they_are_taken_back() {
    let home = Home::new();
    let server = home.start();
    let mut call = Call::from("+85261230130");
    call.dial(&server).await;
    call.press(&server, "3").await;
    assert_eq!(call.heard.gather.as_ref().unwrap()["timeout"], "5");
    let slower = call.press(&server, "9").await;
    slower.says("we will go slower");
    slower.says("For a failed payment");
    assert_eq!(slower.gather.as_ref().unwrap()["timeout"], "15");

    let mut next = Call::from("+85261230130");
    assert_eq!(next.dial(&server).await.gather.as_ref().unwrap()["timeout"], "15");
    let usual = next.press(&server, "9").await;
    usual.says("back to the normal pace");
    assert_eq!(usual.gather.as_ref().unwrap()["timeout"], "5");
    let mut last = Call::from("+85261230130");
    assert_eq!(last.dial(&server).await.gather.as_ref().unwrap()["timeout"], "5");
    let mut other = Call::from("+85261230131");
    assert_eq!(other.dial(&server).await.gather.as_ref().unwrap()["timeout"], "5");
}

#[tokio::test]
async fn a_caller_who_was_cut_off_in_the_menus_goes_on_there_or_begins_again() {
    let home = Home::new();
    let server = home.start();
    let number = "+85261230132";
    broken_off(&server, number, &["3", "5"]).await;
    let mut call = Call::from(number);
    let there = {
        let mut other = Call::from("+85261230133");
        other.dial(&server).await;
        other.press_all(&server, &["3", "5"]).await.words.clone()
    };
    call.dial(&server).await.says(OFFER);
    assert_eq!(call.press(&server, "1").await.words, there, "the menu in which it broke off");
    call.press(&server, "#").await.says("For a failed payment");
    server.send(&call.status("completed")).await;

    // The place was gone back from, so there is none any more.
    let mut call = Call::from(number);
    assert!(!call.dial(&server).await.words.contains(OFFER), "{}", call.heard.words);
    call.press(&server, "5").await;
    server.send(&call.status("completed")).await;
    let mut call = Call::from(number);
    call.dial(&server).await.says(OFFER);
    call.press(&server, "2").await.says("Hello, this is digital wallet support.");
}

#[tokio::test]
async fn nobody_goes_on_with_what_was_typed_or_proved() {
    let home = Home::new();
    let server = home.start();
    let typed: &[&str] = &["3", "1", "20260301004715#"];
    let verified: &[&str] = &["3", "1", "20260301004715#", "10001001#", "270496#"];
    for (number, keys) in [("+85261230134", typed), ("+85261230135", verified)] {
        broken_off(&server, number, keys).await;
        let mut call = Call::from(number);
        call.dial(&server).await.says("Hello, this is digital wallet support.");
        assert!(!call.heard.words.contains(OFFER), "{}", call.heard.words);
    }
}
