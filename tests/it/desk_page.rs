//! The agents' desk as its users have it: in browsers, against the real server, by mouse and by
//! keyboard, on a large and on the smallest screen, in light and dark, in every language.

pub mod rules;
pub mod stage;

use crate::support::browser::Screen;
use stage::{Desk, PASSWORD, Seat};
use thirtyfour::prelude::*;

#[tokio::test]
async fn a_call_from_the_phone_appears_on_the_desk_and_is_taken_called_and_solved() {
    let desk = Desk::open().await;
    let anna = desk.admin(Screen::Desk).await;
    let bert = desk.person("bert", "agent", Screen::Desk).await;
    anna.is_live().await;
    bert.is_live().await;
    let before = anna.run("return Array.from(document.querySelectorAll('#waiting .one'), (it) => it.dataset.id)").await;
    let phone = desk.visitor(Screen::Desk).await;
    let number = phone.calls_for_a_callback().await;
    phone.close().await;
    // Neither of them has touched anything.
    let new = format!(
        "const known = {before}; window.new = Array.from(document.querySelectorAll('#waiting .one')).find((it) => !known.includes(it.dataset.id));
        return window.new?.innerText.includes('{number}') === true"
    );
    anna.until(&new).await;
    bert.until(&new).await;
    let id = anna.run("return window.new.dataset.id").await.as_str().unwrap().to_owned();
    anna.says_told("new request").await;
    anna.run("window.new.querySelector('.what a').focus()").await;
    anna.types("t").await;
    anna.shown("call-trial").await;
    assert_eq!(anna.request().await, id);
    bert.until(&format!("return document.querySelector('#waiting [data-id=\"{id}\"]') === null")).await;
    anna.types("c").await;
    anna.shown("outcome-reached").await;
    anna.types("1").await;
    anna.shown("outcome-solved").await;
    anna.run("document.getElementById('outcome-note').value = 'Money is back.'").await;
    anna.run("document.activeElement.blur()").await;
    anna.types("6").await;
    anna.says("holder", "Solved").await;
    let history = anna.text("history").await;
    for told in ["Asked for", "Taken", "Called", "Reached", "Solved", "Money is back.", "admin"] {
        assert!(history.contains(told), "{told}: {history}");
    }
    bert.until(&format!("return document.querySelector('#finished [data-id=\"{id}\"]') !== null")).await;
    anna.close().await;
    bert.close().await;
}

#[tokio::test]
async fn a_keyboard_alone_works_through_the_list() {
    let desk = Desk::open().await;
    let anna = desk.admin(Screen::Desk).await;
    anna.is_live().await;
    anna.types("?").await;
    anna.css("dialog[open]").await;
    anna.types(Key::Escape).await;
    anna.until("return document.querySelector('dialog[open]') === null").await;
    anna.types("/").await;
    anna.until("return document.activeElement.name === 'spoken'").await;
    anna.types(Key::Escape).await;
    anna.types("j").await;
    anna.types("j").await;
    anna.types("k").await;
    anna.until("return document.activeElement === document.querySelector('.what a')").await;
    let first = anna.run("return document.activeElement.closest('.one').dataset.id").await;
    anna.types(Key::Enter).await;
    anna.shown("card").await;
    assert_eq!(anna.request().await, first.as_str().unwrap());
    anna.types("t").await;
    anna.shown("call-trial").await;
    anna.types("m").await;
    anna.until("return document.activeElement.id === 'note'").await;
    anna.types("n1c? is text in a field").await;
    assert_eq!(anna.run("return document.getElementById('note').value").await, "n1c? is text in a field");
    anna.types(Key::Escape).await;
    anna.types(Key::Escape).await;
    anna.shown("count-waiting").await;
    // Switched off, keys do nothing, and stay off.
    anna.types("?").await;
    anna.click("keys-on").await;
    anna.types(Key::Escape).await;
    anna.at("/desk").await;
    anna.is_live().await;
    anna.types("n").await;
    anna.types("/").await;
    assert_eq!(anna.run("return location.pathname + document.activeElement.tagName").await, "/deskBODY");
    anna.close().await;
}

#[tokio::test]
async fn who_is_too_late_is_told_and_loses_nothing_that_was_typed() {
    let desk = Desk::open().await;
    let anna = desk.admin(Screen::Desk).await;
    let bert = desk.person("bert", "supervisor", Screen::Desk).await;
    anna.types("n").await;
    anna.shown("call-trial").await;
    let id = anna.request().await;
    anna.types("c").await;
    anna.shown("outcome-reached").await;
    // What a colleague adds while she calls is in sight, and no alarm.
    bert.at(&format!("/desk/requests/{id}")).await;
    bert.run("document.getElementById('note').value = 'Seen it.'").await;
    bert.click("note-save").await;
    anna.until("return document.getElementById('history').textContent.includes('Seen it.')").await;
    assert_eq!(anna.run("return String(document.getElementById('changed').hidden)").await, "true");
    // Somebody gives it to Bert while Anna writes.
    anna.run("document.getElementById('outcome-note').focus()").await;
    anna.types("Wants a letter.").await;
    bert.at(&format!("/desk/requests/{id}")).await;
    bert.click("boss").await;
    bert.run("document.getElementById('to').value = 'bert'").await;
    bert.click("assign").await;
    anna.is_changed().await;
    // Her page has heard of it, and what she typed is there still; what she sends all the same is told.
    anna.until("return document.getElementById('note').value === 'Wants a letter.'").await;
    let late = "const form = document.createElement('form');
        form.method = 'post';
        form.action = location.pathname + '/outcome';
        form.innerHTML = '<input name=nth value=1><input name=outcome value=reached><input name=note value=Late>';
        document.body.append(form);
        form.submit()";
    anna.run(late).await;
    anna.says("fault", "bert has this request").await;
    anna.until("return document.getElementById('note').value === 'Late'").await;
    // A conflict is an answer that browsers write down.
    anna.complaints().await;
    anna.close().await;
    bert.close().await;
}

#[tokio::test]
async fn an_open_page_comes_back_by_itself_when_the_server_does() {
    let mut desk = Desk::open().await;
    let anna = desk.admin(Screen::Desk).await;
    anna.is_live().await;
    anna.run("window.same = true").await;
    desk.restart();
    anna.is_live().await;
    let bert = desk.person("bert", "agent", Screen::Desk).await;
    bert.types("n").await;
    bert.shown("call-trial").await;
    let id = bert.request().await;
    anna.until(&format!("return document.querySelector('#waiting [data-id=\"{id}\"]') === null")).await;
    assert_eq!(anna.run("return window.same").await, true, "without being loaded again");
    anna.complaints().await;
    anna.close().await;
    bert.close().await;
}

#[tokio::test]
async fn what_is_typed_stays_while_the_page_moves_on() {
    let desk = Desk::open().await;
    let anna = desk.admin(Screen::Desk).await;
    let bert = desk.person("bert", "agent", Screen::Desk).await;
    anna.types("n").await;
    anna.shown("call-trial").await;
    anna.is_live().await;
    let id = anna.request().await;
    anna.shown("note-save").await;
    anna.types("m").await;
    anna.types("Half a sen").await;
    bert.at(&format!("/desk/requests/{id}")).await;
    bert.types("m").await;
    bert.types("Bert was here").await;
    bert.click("note-save").await;
    anna.says("history", "Bert was here").await;
    anna.types("tence").await;
    assert_eq!(anna.run("return document.getElementById('note').value").await, "Half a sentence");
    anna.at(&format!("/desk/requests/{id}")).await;
    anna.until("return document.getElementById('note').value === 'Half a sentence'").await;
    anna.click("note-save").await;
    anna.says("history", "Half a sentence").await;
    anna.until("return document.getElementById('note').value === ''").await;
    anna.close().await;
    bert.close().await;
}

#[tokio::test]
async fn who_is_signed_out_while_writing_finds_the_draft_on_the_card_again() {
    let desk = Desk::open().await;
    let anna = desk.admin(Screen::Desk).await;
    anna.types("n").await;
    anna.shown("call-trial").await;
    anna.is_live().await;
    let id = anna.request().await;
    anna.types("m").await;
    anna.types("Wants a letter.").await;
    // As in another tab.
    anna.run("fetch('/sign-out', { method: 'POST' }).then(() => { window.out = true })").await;
    anna.until("return window.out === true").await;
    anna.click("note-save").await;
    anna.css("a[href^='/sign-in?next=']").await.click().await.unwrap();
    anna.shown("name").await.send_keys("admin").await.unwrap();
    anna.shown("password").await.send_keys(PASSWORD).await.unwrap();
    anna.click("sign-in").await;
    assert_eq!(anna.request().await, id);
    anna.until("return document.getElementById('note').value === 'Wants a letter.'").await;
    anna.click("note-save").await;
    anna.says("history", "Wants a letter.").await;
    anna.until("return document.getElementById('note').value === ''").await;
    anna.at("/desk/me").await;
    anna.shown("save").await;
    anna.at("/desk/nowhere").await;
    anna.says("failure", "There is no such page.").await;
    // What was refused, and what is not there, are answers that browsers write down.
    anna.complaints().await;
    anna.close().await;
}

impl Seat {
    /// Waits until somebody who listens to the page is told this.
    async fn says_told(&self, words: &str) {
        self.until(&format!("return document.getElementById('told').textContent.includes('{words}')")).await;
    }

    /// Waits until the card says that somebody else has the request.
    async fn is_changed(&self) {
        self.says("holder", "bert has it").await;
    }
}
