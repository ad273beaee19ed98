//! `hotline export flows` through the real program, beside a server that has the database open: what is
//! published is heard, written back, and nothing that somebody changed on disk is lost.

use crate::support::server::{Home, Server, eventually};
use crate::support::twilio::Call;
use hotline::flow::read::{Files, load};
use hotline::store::{NewRelease, Publication, Published, Start, Store};
use std::path::Path;

const OLD: &str = "您好，欢迎致电数字钱包客服。";
const FLOW: &str = "digital-wallet";

/// The texts of a flows folder.
fn read(folder: &Path) -> Files {
    let mut files = Files::new();
    for below in ["", "common/"] {
        for entry in std::fs::read_dir(folder.join(below)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = format!("{below}{}", path.file_name().unwrap().to_string_lossy());
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// Publishes words in place of others as another server's studio would; gives the text of the file.
async fn publish(store: &Store, files: &Files, from: &str, to: &str) -> String {
    let mut files = files.clone();
    let text = files["digital-wallet.yaml"].replace(from, to);
    assert_ne!(text, files["digital-wallet.yaml"]);
    files.insert("digital-wallet.yaml".to_owned(), text.clone());
    let flow = load(&files).flows.into_iter().find(|flow| flow.name == FLOW).unwrap();
    let base = store.live().await.unwrap().into_iter().find(|row| row.name == FLOW).unwrap().digest;
    let release = NewRelease {
        id: format!("to {to}"),
        flow: FLOW.to_owned(),
        digest: flow.digest.to_string(),
        files: serde_json::to_string(&flow.files).unwrap(),
        base,
    };
    let publication = Publication {
        releases: vec![release],
        who: "ada".to_owned(),
        note: String::new(),
        at: hotline::words::clock::now().as_millisecond(),
        start: Start::Now,
        protected: String::new(),
        held: false,
        back: None,
        draft: None,
        stories: Vec::new(),
    };
    assert_eq!(store.publish(&publication).await.unwrap(), Published::Done);
    text
}

async fn hears(server: &Server, words: &str) {
    let mut number = 0;
    let heard = async || {
        number += 1;
        let mut call = Call::from(&format!("+852612{number:05}"));
        call.dial(server).await.words.contains(words).then_some(())
    };
    eventually(&format!("new calls hear `{words}`"), heard).await;
}

fn export(home: &Home, args: &[&str]) -> (Option<i32>, String) {
    let done = home.run(&[&["export", "flows"], args].concat());
    let told = String::from_utf8(done.stdout).unwrap();
    assert!(done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    (done.status.code(), told)
}

#[tokio::test]
async fn what_is_published_elsewhere_is_heard_and_written_back_and_a_file_changed_meanwhile_is_left() {
    let home = Home::new().with_own_flows();
    let server = home.start();
    let store = Store::open(&home.database(), "another server").await.unwrap();
    let files = read(&home.path("flows"));
    hears(&server, OLD).await;
    let published = publish(&store, &files, OLD, "您好，这是发布的。").await;
    hears(&server, "您好，这是发布的。").await;
    let file = home.path("flows/digital-wallet.yaml");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), files["digital-wallet.yaml"], "nobody wrote it back yet");

    let (code, told) = export(&home, &[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("flows/digital-wallet.yaml: written\n"), "{told}");
    assert!(told.contains("1 file written"), "{told}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), published, "comments, order and all");
    home.logs("flow files were read").await;
    let (_, told) = export(&home, &["--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert!(told["files"].as_array().unwrap().iter().all(|file| file["outcome"] == "same"), "{told}");
    assert_eq!(store.releases(FLOW).await.unwrap().len(), 2, "writing it back is no new version");

    // Both change: what is on disk stays there and what was published stays live, until somebody chooses.
    let files = read(&home.path("flows"));
    server.kill();
    let again = publish(&store, &files, "您好，这是发布的。", "您好，又发布了。").await;
    let own = published.replace("您好，这是发布的。", "您好，这是文件里的。");
    std::fs::write(&file, &own).unwrap();
    let (code, told) = export(&home, &[]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("digital-wallet.yaml: not written; it was changed on disk"), "{told}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), own);
    let server = home.start();
    hears(&server, "您好，又发布了。").await;
    assert_eq!(store.releases(FLOW).await.unwrap()[0].state.word(), "beside");
    assert_eq!(export(&home, &[]).0, Some(1), "the server read it, and it waits to be looked at");
    assert_eq!(export(&home, &["--force"]).0, Some(0));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), again);
    // Elsewhere everything is written, and over what was written there before.
    let elsewhere = home.path("elsewhere");
    let folder = elsewhere.display().to_string();
    assert_eq!(export(&home, &[&folder]).0, Some(0));
    assert_eq!(read(&elsewhere)["digital-wallet.yaml"], again);
    let last = publish(&store, &read(&home.path("flows")), "您好，又发布了。", "您好，最后一次。").await;
    assert_eq!(export(&home, &[&folder]).0, Some(0));
    assert_eq!(read(&elsewhere)["digital-wallet.yaml"], last);
    std::fs::write(elsewhere.join("digital-wallet.yaml"), "mine").unwrap();
    assert_eq!(export(&home, &[&folder]).0, Some(1));
}

#[tokio::test]
async fn a_shared_file_with_different_words_is_written_when_somebody_chooses() {
    let home = Home::new().with_own_flows();
    drop(home.start());
    let store = Store::open(&home.database(), "another server").await.unwrap();
    let mut files = read(&home.path("flows"));
    let shared = "common/call-me-back.yaml";
    files.insert(shared.to_owned(), format!("{}# Another end.\n", files[shared]));
    publish(&store, &files, OLD, "您好，这是发布的。").await;
    let (code, told) = export(&home, &[]);
    assert_eq!(code, Some(1));
    assert!(told.contains("call-me-back.yaml: not written; it says something else in digital-wallet and in"), "{told}");
    assert_ne!(read(&home.path("flows"))[shared], files[shared]);
    let (code, told) = export(&home, &["--take", "digital-wallet"]);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(read(&home.path("flows"))[shared], files[shared]);
}
