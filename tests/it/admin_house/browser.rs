//! A day of an admin's in a browser: by mouse and keyboard, in three languages, on the smallest screen.

use super::parks;
use crate::support::browser::{Screen, turn};
use crate::support::people::store;
use crate::support::server::Home;
use crate::support::studio::Studio;
use crate::support::twilio::Call;
use thirtyfour::prelude::*;

const PAGES: [&str; 6] =
    ["/admin/notices", "/admin/notices/new", "/admin/people", "/admin/people/a-admin", "/admin/parked", "/admin/log"];

#[tokio::test]
async fn an_admin_keeps_house_in_a_browser() {
    let _turn = turn().await;
    let home = Home::new();
    let server = home.start();
    let store = store(&home).await;
    parks(&store).await;
    let anna = Studio::open(&home, &server, Screen::Desk).await;
    // One click closes a line with the words that are there; every page says so; a call hears it.
    anna.at("/admin/notices").await;
    anna.css("[data-line='digital-wallet'] summary").await.click().await.unwrap();
    anna.click("close-digital-wallet").await;
    anna.says("said", "Closed.").await;
    anna.says("banner", "Closed now: Digital wallet hotline").await;
    anna.at("/admin/people").await;
    anna.says("banner", "Closed now: Digital wallet hotline").await;
    assert!(Call::from("+85261230401").dial(&server).await.hangs_up());
    anna.shoot("people-banner").await;
    anna.at("/admin/notices").await;
    anna.shoot("notices-closed").await;
    anna.click("open-digital-wallet").await;
    anna.says("said", "Open again.").await;
    assert!(!Call::from("+85261230401").dial(&server).await.hangs_up());

    writes_a_notice_by_keyboard(&anna).await;
    adds_somebody(&anna).await;
    anna.at("/admin/parked").await;
    anna.shoot("parked").await;
    anna.click("retry-all").await;
    anna.says("said", "tried again").await;
    reads_the_log(&anna).await;
    anna.close().await;
}

async fn writes_a_notice_by_keyboard(anna: &Studio) {
    // Which languages are needed follows the line.
    anna.css("[data-testid='add']").await.send_keys(Key::Enter).await.unwrap();
    anna.choose("line", "dingpay").await;
    anna.until("return document.getElementById('text-ja-JP').required === false && document.getElementById('text-zh-CN').required === true").await;
    anna.fill("text-zh-CN", "系统维护中。").await;
    anna.fill("text-en-US", "Maintenance tonight.").await;
    anna.shown("listen-en-US").await;
    anna.shoot("notice-form").await;
    anna.css("[data-testid='save']").await.send_keys(Key::Enter).await.unwrap();
    anna.says("said", "Saved.").await;
    anna.until("return document.body.innerText.includes('Maintenance tonight.')").await;
    anna.says("state", "Told now").await;
    let row = "tr:has([lang='en-US'])";
    anna.until(&format!("return document.querySelector(\"{row} [data-testid='off']\") !== null")).await;
    anna.run(&format!("document.querySelector(\"{row} [data-testid='off']\").click()")).await;
    anna.until(&format!("return document.querySelector(\"{row} [data-testid='on']\") !== null")).await;
}

/// Somebody is added, and the link is there once.
async fn adds_somebody(anna: &Studio) {
    anna.at("/admin/people").await;
    anna.fill("name", "mei").await;
    anna.click("role-supervisor").await;
    anna.click("add").await;
    assert!(anna.shown("link").await.text().await.unwrap().contains("/sign-in/once/"));
    anna.shoot("people-link").await;
    anna.click("person-mei").await;
    anna.click("disable").await;
    anna.says("said", "Disabled").await;
}

/// All of it is in the log, side by side, and the log is whole.
async fn reads_the_log(anna: &Studio) {
    anna.at("/admin/log").await;
    anna.says("verdict", "Yes").await;
    for told in ["closed a line", "opened a line again", "wrote a notice", "added a person", "disabled a person"] {
        anna.says("log", told).await;
    }
    anna.run("document.querySelectorAll('.log details').forEach((it) => { it.open = true })").await;
    anna.shoot("log").await;
    anna.choose("what", "notice").await;
    anna.click("show").await;
    anna.says("log", "wrote a notice").await;
    anna.until("return !document.querySelector('[data-testid=log]').innerText.includes('closed a line')").await;
    anna.click("check").await;
    anna.says("verdict", "Yes").await;
}

#[tokio::test]
async fn the_pages_of_the_house_hold_the_rules_in_every_language() {
    let _turn = turn().await;
    let home = Home::new();
    let server = home.start();
    let store = store(&home).await;
    parks(&store).await;
    let admin = super::Admin::of(&home, &server).await;
    let closed = [
        ("line", "upay"),
        ("until", "2030-01-01T00:00"),
        ("text-zh-CN", "线路暂停服务，再见。"),
        ("text-en-US", "We are closed. Goodbye."),
    ];
    admin.post("/admin/notices/close", &closed).await;
    let small = Studio::open(&home, &server, Screen::Small).await;
    for tag in ["zh-CN", "ja-JP", "en-US"] {
        for path in PAGES {
            small.at(&format!("{path}?lang={tag}")).await;
            small.css("[data-testid='banner']:not([hidden])").await;
            small.fits(&format!("{tag} {path}")).await;
            // Tables stand below each other: nothing of a row is out of sight.
            let cut =
                "return Array.from(document.querySelectorAll('.scroll')).some((it) => it.scrollWidth > it.clientWidth)";
            assert_eq!(small.run(cut).await, false, "{tag} {path}");
        }
    }
    small.at("/admin/notices?lang=ja-JP").await;
    small.shoot("small-notices-ja").await;
    small.at("/admin/log?lang=zh-CN").await;
    small.shoot("small-log-zh").await;
    small.close().await;
    let wide = Studio::open(&home, &server, Screen::Desk).await;
    for tag in ["zh-CN", "ja-JP", "en-US"] {
        for path in PAGES {
            wide.at(&format!("{path}?lang={tag}")).await;
            wide.css("[data-testid='banner']:not([hidden])").await;
            wide.is_without_fault(&format!("{tag} {path}")).await;
            let row = "document.querySelector('.top form[action=\"/sign-out\"]').offsetTop";
            wide.until(&format!("return {row} < document.querySelector('.top .brand').offsetTop + 20")).await;
            wide.shoot(&format!("wide{}-{tag}", path.replace('/', "-"))).await;
        }
    }
    wide.close().await;
}
