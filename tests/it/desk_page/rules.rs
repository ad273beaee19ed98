//! What holds on every page of the desk: nothing wider than the smallest screen, words in the language
//! chosen, and no fault that axe-core finds, in light and in dark.

use super::stage::{Desk, Seat};
use crate::support::browser::Screen;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The version of axe-core the pages are judged by, from npm.
const AXE: &str = "4.10.3";

#[tokio::test]
async fn axe_finds_no_fault_on_any_page_in_any_language_light_or_dark() {
    let axe = std::fs::read_to_string(axe()).unwrap();
    let desk = Desk::open().await;
    let anna = desk.admin(Screen::Desk).await;
    let (taken, finished) = some_cards(&anna).await;
    let pages = [
        "/desk".to_owned(),
        "/desk?f=1&spoken=en-US&overdue=1&trials=1".to_owned(),
        "/desk/overview".to_owned(),
        format!("/desk/requests/{taken}"),
        format!("/desk/requests/{finished}"),
        "/desk/requests/none".to_owned(),
        "/desk/me".to_owned(),
    ];
    let mut found = Vec::new();
    for tag in ["zh-CN", "ja-JP", "en-US"] {
        anna.speak(tag).await;
        for page in &pages {
            anna.at(page).await;
            for scheme in ["light", "dark"] {
                anna.scheme(scheme).await;
                let open = "document.querySelectorAll('details').forEach((it) => { it.open = true })";
                anna.run(open).await;
                found
                    .extend(anna.faults(&axe).await.into_iter().map(|fault| format!("{tag} {page} {scheme}: {fault}")));
            }
        }
        anna.at("/desk").await;
        anna.click("keys-open").await;
        found.extend(anna.faults(&axe).await.into_iter().map(|fault| format!("{tag} keys: {fault}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The missing request is an answer that browsers write down.
    anna.complaints().await;
    anna.close().await;
}

#[tokio::test]
async fn nothing_is_wider_than_the_smallest_screen() {
    let desk = Desk::open().await;
    let anna = desk.admin(Screen::Small).await;
    let (taken, finished) = some_cards(&anna).await;
    for tag in ["zh-CN", "ja-JP", "en-US"] {
        anna.speak(tag).await;
        for page in [
            "/desk",
            "/desk/overview",
            "/desk/me",
            &format!("/desk/requests/{taken}"),
            &format!("/desk/requests/{finished}"),
        ] {
            anna.at(page).await;
            anna.run("document.querySelectorAll('details').forEach((it) => { it.open = true })").await;
            let wide = "return Array.from(document.querySelectorAll('body *')).filter((it) => !it.closest('.scroll, .unseen, .shapes, .skip')
                && it.getBoundingClientRect().right > innerWidth + 1).map((it) => it.outerHTML.slice(0, 120)).slice(0, 3).join(' ')";
            assert_eq!(anna.run(wide).await, "", "{tag} {page}");
            assert_eq!(
                anna.run("return document.documentElement.scrollWidth <= innerWidth").await,
                true,
                "{tag} {page}"
            );
            let small = "return Array.from(document.querySelectorAll('button, summary, select, input:not([type=hidden], [type=checkbox]), label'))
                .filter((it) => it.getClientRects().length && Math.min(it.offsetWidth, it.offsetHeight) < 24 && it.tagName !== 'LABEL')
                .map((it) => it.outerHTML.slice(0, 120)).join(' ')";
            assert_eq!(anna.run(small).await, "", "{tag} {page}: things to press are large enough");
        }
    }
    anna.close().await;
}

#[tokio::test]
async fn the_pages_speak_the_language_chosen() {
    let desk = Desk::open().await;
    let anna = desk.admin(Screen::Desk).await;
    for (tag, title, next, none) in [
        ("zh-CN", "回呼列表", "领取下一个", "等待中"),
        ("ja-JP", "折り返し一覧", "次を取る", "待ち"),
        ("en-US", "Callbacks", "Take next", "Waiting"),
    ] {
        anna.speak(tag).await;
        assert!(anna.driver.title().await.unwrap().starts_with(title), "{tag}");
        assert!(anna.text("next").await.contains(next), "{tag}");
        assert!(anna.css("#waiting-title").await.text().await.unwrap().starts_with(none), "{tag}");
    }
    anna.close().await;
}

/// A request that is taken and being called, and one that is finished.
async fn some_cards(anna: &Seat) -> (String, String) {
    let mut ids = Vec::new();
    for last in ["outcome-busy", "outcome-solved"] {
        anna.at("/desk").await;
        anna.click("next").await;
        anna.click("call-trial").await;
        if last == "outcome-solved" {
            anna.click("outcome-reached").await;
            anna.gone("outcome-busy").await;
            anna.click(last).await;
            anna.gone(last).await;
        } else {
            anna.shown(last).await;
        }
        ids.push(anna.request().await);
    }
    (ids.remove(0), ids.remove(0))
}

impl Seat {
    /// Chooses the language of the pages, at the list.
    pub async fn speak(&self, tag: &str) {
        self.at("/desk").await;
        self.css(&format!(".languages button[value='{tag}']")).await.click().await.unwrap();
        self.css(&format!("html[lang='{tag}'] h1")).await;
    }

    /// What axe-core finds wrong with the page as it is.
    pub async fn faults(&self, axe: &str) -> Vec<String> {
        self.driver.execute(axe, Vec::new()).await.unwrap();
        let run = "const done = arguments[arguments.length - 1];
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
            axe.run(document, { runOnly: { type: 'tag', values: tags } }).then(
                (told) => done(told.violations.map((it) => it.id + ': ' + it.nodes.slice(0, 3).map((node) => node.html + ' ' + node.failureSummary).join(' | '))),
                (error) => done(['axe did not run: ' + error]))";
        let told = self.driver.execute_async(run, Vec::new()).await.unwrap();
        serde_json::from_value(told.json().clone()).unwrap()
    }
}

/// axe-core's script, fetched once by npm.
pub fn axe() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe-core").join(AXE);
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if !script.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        let install = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"];
        let done = Command::new("npm").args(install).arg(&folder).arg(format!("axe-core@{AXE}")).output();
        let done = done.expect("npm is missing; `./tests/run` installs it, or on Debian: apt-get install npm");
        assert!(done.status.success(), "npm: {}", String::from_utf8_lossy(&done.stderr));
    }
    script
}
