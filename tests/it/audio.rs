//! Recordings in place of spoken words: named in flows, heard in documents, fetched in pieces.

use crate::support::server::Home;
use crate::support::twilio::{Call, PUBLIC};
use hotline::cli::folder;
use reqwest::header;

const FLOW: &str = r#"flow: digital-wallet
title: { en-US: Radio, ja-JP: ラジオ }
languages: [en-US, ja-JP]
hours: always
countries: [HK]
uses: [call-me-back]
start: hello
person: agent
denied: hello
steps:
  hello:
    say: { en-US: Welcome to the radio., ja-JP: ラジオへようこそ。 }
    audio: { en-US: en/hello.mp3 }
    then: choose
  choose:
    menu:
      - { key: 1, go: choose, for: { en-US: news, ja-JP: ニュース } }
    audio: { en-US: menu.wav }
    otherwise: bye
  agent:
    call: call-me-back
    with: { kind: callback, topic: radio, priority: normal }
    then: bye
  bye:
    hangup: { en-US: Goodbye., ja-JP: 失礼いたします。 }
"#;

fn home() -> Home {
    let home = Home::new().with_own_flows();
    for gone in ["paypay", "upay", "dingpay"] {
        std::fs::remove_file(home.path(&format!("flows/{gone}.yaml"))).unwrap();
    }
    home.write("flows/digital-wallet.yaml", FLOW);
    std::fs::create_dir_all(home.path("flows/audio/en")).unwrap();
    home.write("flows/audio/en/hello.mp3", "0123456789");
    home.write("flows/audio/menu.wav", "menu");
    home
}

#[tokio::test]
async fn a_recording_is_played_in_its_language_and_the_words_are_spoken_in_the_others() {
    let server = home().start();
    let mut call = Call::from("+85261230140");
    call.dial(&server).await;
    assert!(!call.heard.plays.is_empty(), "{:?}", call.heard);
    assert_eq!(call.heard.plays, [format!("{PUBLIC}/audio/en/hello.mp3"), format!("{PUBLIC}/audio/menu.wav")]);
    assert_eq!(call.heard.words, "");
}

#[tokio::test]
async fn players_may_fetch_a_part_and_keep_what_they_have() {
    let server = home().start();
    let whole = server.request("GET", "/audio/en/hello.mp3").send().await.unwrap();
    assert_eq!(whole.status(), 200);
    assert_eq!(whole.headers()[header::CONTENT_TYPE], "audio/mpeg");
    assert_eq!(whole.headers()[header::CACHE_CONTROL], "public, max-age=3600");
    assert_eq!(whole.headers()[header::ACCEPT_RANGES], "bytes");
    let changed = whole.headers()[header::LAST_MODIFIED].clone();
    assert_eq!(whole.text().await.unwrap(), "0123456789");

    let part = server.request("GET", "/audio/en/hello.mp3").header(header::RANGE, "bytes=2-4").send().await.unwrap();
    assert_eq!(
        (part.status().as_u16(), part.headers()[header::CONTENT_RANGE].to_str().unwrap()),
        (206, "bytes 2-4/10")
    );
    assert_eq!(part.text().await.unwrap(), "234");

    let same = server.request("GET", "/audio/en/hello.mp3").header(header::IF_MODIFIED_SINCE, changed).send().await;
    assert_eq!(same.unwrap().status(), 304);
    for elsewhere in
        ["/audio/nothing.mp3", "/audio/../digital-wallet.yaml", "/audio/%2e%2e/digital-wallet.yaml", "/audio/"]
    {
        let answer = server.get(elsewhere).await;
        assert_eq!((answer.status, answer.body.contains("flow:")), (404, false), "{elsewhere}");
    }
}

#[test]
fn a_recording_that_is_not_there_keeps_the_flow_out_of_service() {
    let home = home();
    std::fs::remove_file(home.path("flows/audio/menu.wav")).unwrap();
    let loaded = folder::read(&home.path("flows")).unwrap().load();
    assert_eq!(loaded.refused, ["digital-wallet"]);
    let [problem] = &loaded.problems[..] else { panic!("{:?}", loaded.problems) };
    assert_eq!(problem.what, "the step `choose` plays menu.wav, and there is no such file");
    assert!(problem.hint.ends_with("flows/audio/menu.wav"), "{}", problem.hint);
    assert_eq!((&*problem.file, problem.line), ("digital-wallet.yaml", 15));
}
