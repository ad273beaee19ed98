//! Hotlines in the admins' studio as their users have them: changed, tried, published and taken back in
//! a browser; and over HTTP what holds for whoever edits at once, for faults and for hostile input.

mod editor;
mod follow;
mod http;
mod versions;

use crate::desk_page::stage::{Desk, Seat};
use crate::support::browser::Screen;
use thirtyfour::prelude::*;

const FLOW: &str = "/admin/flows/digital-wallet";
const OLD: &str = "For suspicious activity, press four.";
const NEW: &str = "For strange activity, press four.";

#[tokio::test]
async fn a_menu_is_changed_mended_tried_published_and_taken_back_while_a_call_goes_on() {
    let desk = Desk::open().await;
    let anna = desk.admin(Screen::Desk).await;
    anna.at("/admin").await;
    anna.css("a[href='/admin/flows/digital-wallet']").await.click().await.unwrap();
    // By keyboard alone: a step of the picture, then its form.
    anna.css("#picture .c-step[data-place='main']").await;
    anna.run("document.querySelector(\"#picture .c-step[data-place='main']\").focus()").await;
    anna.types(Key::Enter).await;
    anna.says("beside", OLD).await;
    anna.click("edit").await;
    anna.says("spoken", OLD).await;
    // An option that leads nowhere is kept, and told beside it.
    anna.chooses("f.menu.0.go", "").await;
    anna.until("return document.querySelector('[data-faults=\"menu.0\"] .blocks') !== null").await;
    anna.says("saved", "Saved").await;
    anna.at(&format!("{FLOW}/review")).await;
    anna.says("blocked", "cannot be published").await;
    assert!(!anna.shown("publish").await.is_enabled().await.unwrap());
    // Mended, and said otherwise.
    anna.at(&format!("{FLOW}/step?file=digital-wallet.yaml&name=main")).await;
    anna.chooses("f.menu.0.go", "payment").await;
    anna.until("return document.querySelector('.fault-line') === null").await;
    anna.fills("f.menu.3.label.en-US", "strange activity").await;
    anna.says("spoken", NEW).await;
    anna.says("saved", "Saved").await;
    anna.tries_the_draft().await;
    // Somebody calls before it is published.
    let early = desk.visitor(Screen::Desk).await;
    early.calls_wallet().await;
    early.hears(OLD).await;
    anna.at(&format!("{FLOW}/review")).await;
    anna.says("changes", "strange activity").await;
    anna.says("difference", "en-US: suspicious activity").await;
    anna.click("replay-do").await;
    anna.shown("replayed").await;
    anna.fills("note", "Callers asked what it means").await;
    anna.click("publish").await;
    anna.says("version-2", "in service").await;
    // Whoever calls now hears it; whoever was calling does not.
    early.click("key-star").await;
    early.hears(OLD).await;
    early.click("hangup").await;
    early.calls_wallet().await;
    early.hears(NEW).await;
    early.click("hangup").await;
    anna.css("[data-testid='version-1'] summary").await.click().await.unwrap();
    anna.click("back-1").await;
    anna.says("version-3", "in service").await;
    early.calls_wallet().await;
    early.hears(OLD).await;
    early.click("hangup").await;
    early.close().await;
    anna.close().await;
}

#[tokio::test]
async fn a_text_is_mended_in_the_editor_and_names_are_offered() {
    let desk = Desk::open().await;
    let anna = desk.admin(Screen::Desk).await;
    anna.at(&format!("{FLOW}/text?file=digital-wallet.yaml&line=21")).await;
    anna.css("#gutter i:nth-child(21)").await;
    // Line 21 is `then: welcome` of the first step.
    anna.run(
        "const it = document.getElementById('text'); const at = it.value.indexOf('then: welcome');
        it.focus(); it.setSelectionRange(at + 6, at + 13); document.execCommand('delete')",
    )
    .await;
    anna.types("welc").await;
    anna.until("return document.querySelector('#gutter .blocks') !== null").await;
    anna.says("faults", "welc").await;
    // Control with space, as the wire has it.
    anna.types("\u{e009} ").await;
    anna.css("#names [role=option][aria-selected=true]").await;
    anna.types(Key::Enter).await;
    anna.until("return document.querySelector('#gutter .blocks') === null").await;
    anna.says("saved", "Saved").await;
    anna.says("draft-state", "no problems").await;
    anna.close().await;
}

impl Seat {
    /// Chooses in a list, as by hand.
    async fn chooses(&self, name: &str, value: &str) {
        self.sets(name, value).await;
    }

    /// Writes into a field, as by hand.
    async fn fills(&self, name: &str, value: &str) {
        self.sets(name, value).await;
    }

    async fn sets(&self, name: &str, value: &str) {
        let [name, value] = [name, value].map(|text| serde_json::to_string(text).unwrap());
        self.until(&format!("return document.getElementsByName({name}).length > 0")).await;
        self.run(&format!(
            "const it = document.getElementsByName({name})[0]; it.focus(); it.value = {value};
            it.dispatchEvent(new Event('input', {{ bubbles: true }}))"
        ))
        .await;
    }

    /// Waits until the phone has said this last.
    async fn hears(&self, words: &str) {
        let words = serde_json::to_string(words).unwrap();
        let last = "document.querySelector('[data-testid=transcript] > .heard:last-of-type')";
        self.until(&format!("return {last}?.innerText.includes({words}) === true")).await;
    }

    /// At the phone: calls the wallet in English, up to its main menu.
    async fn calls_wallet(&self) {
        for name in ["Digital wallet", "Grace Miller"] {
            let option = self.driver.find(By::XPath(format!("//option[contains(., '{name}')]"))).await.unwrap();
            option.click().await.unwrap();
        }
        self.click("call").await;
        // The language is asked for once a number.
        let last = "document.querySelector('[data-testid=transcript] > .heard:last-of-type')?.innerText ?? ''";
        self.until(&format!("return /For English, press three|, press one/.test({last})")).await;
        if self.run(&format!("return ({last}).includes('For English')")).await == true {
            self.click("key-3").await;
        }
    }

    /// Calls the draft from the studio; the picture follows, and the call is kept as a story.
    async fn tries_the_draft(&self) {
        self.at(&format!("{FLOW}/try")).await;
        self.run("for (const it of ['muted', 'unhurried']) localStorage.setItem('phone.' + it, 'yes')").await;
        self.at(&format!("{FLOW}/try")).await;
        self.calls_wallet().await;
        self.hears(NEW).await;
        self.says("path", "main").await;
        self.until("return document.querySelector('#picture .here')?.dataset.place === 'main'").await;
        self.click("hangup").await;
        self.click("keep-story").await;
        let story = self.shown("story").await.value().await.unwrap().unwrap();
        assert!(story.contains("- presses: \"3\"") && story.contains("hears: \"For a failed payment"), "{story}");
        self.click("keep").await;
        self.says("stories", "play as written").await;
    }
}
