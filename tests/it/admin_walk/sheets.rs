//! Words that go out to translators and come back, by the files a browser saves and sends; and what
//! callers hear then.

use crate::support::browser::{Browser, Screen, turn};
use crate::support::server::{Home, eventually};
use crate::support::studio::Studio;
use crate::support::twilio::Call;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Has the browser save what is downloaded into a folder.
async fn saves_into(browser: &Browser, folder: &Path) {
    let params = json!({ "behavior": "allow", "downloadPath": folder.display().to_string() });
    browser.devtools("Browser.setDownloadBehavior", params).await;
}

/// The file with this ending that was saved there, once it is whole; it is taken away.
async fn saved(folder: &Path, ending: &str) -> String {
    let find = async || {
        let files: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        let under_way = files.iter().any(|file| file.extension().is_some_and(|own| own == "crdownload"));
        files.into_iter().find(|file| !under_way && file.extension().is_some_and(|own| own == ending))
    };
    let file = eventually(&format!("a .{ending} is saved"), find).await;
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(file).unwrap();
    text
}

#[tokio::test]
async fn translations_leave_as_files_come_back_as_files_and_are_heard_once_published() {
    let _turn = turn().await;
    let home = Home::new().with_desks();
    let server = home.start();
    let folder = home.path("saved");
    std::fs::create_dir(&folder).unwrap();
    let anna = Studio::open(&home, &server, Screen::Desk).await;
    saves_into(&anna, &folder).await;
    anna.at("/admin/prompts?lang=en-US").await;
    anna.presses("DingPay hotline").await;
    for (button, ending, from, to) in [
        (
            "XLIFF English",
            "xlf",
            "Press zero at any time for a person.",
            "Press zero at any time, and a person answers.",
        ),
        ("CSV", "csv", "Press zero at any time, and a person answers.", "Press zero at any time to reach a person."),
    ] {
        anna.presses(button).await;
        let text = saved(&folder, ending).await;
        let at = text.rfind(from).unwrap_or_else(|| panic!("`{from}` is in it: {text}"));
        let translated = format!("{}{to}{}", &text[..at], &text[at + from.len()..]);
        let back = home.path(&format!("translated.{ending}"));
        std::fs::write(&back, translated).unwrap();
        let file = anna.named("File", "Texts in again").await;
        file.send_keys(back.display().to_string()).await.unwrap();
        anna.presses("See what it changes").await;
        anna.reads_all(&["This would change", to]).await;
        anna.shoot(&format!("walk-would-{ending}")).await;
        anna.presses("Take into the draft").await;
        anna.reads_all(&["The texts are in the draft.", to]).await;
    }
    let mut early = Call::to("dingpay", "+85261230501");
    early.dial(&server).await;
    early.press(&server, "2").await.says("Press zero at any time for a person.");
    anna.presses("Look at them and publish").await;
    anna.reads("Press zero at any time to reach a person.").await;
    anna.writes("Why (others will read it)", "From the translators").await;
    anna.presses("Publish").await;
    anna.reads_all(&["in service", "From the translators"]).await;
    let mut late = Call::to("dingpay", "+85261230502");
    late.dial(&server).await;
    late.press(&server, "2").await.says("Press zero at any time to reach a person.");
    early.press(&server, "*").await.says("Press zero at any time for a person.");
    anna.close().await;
}
