//! A line is closed and opened again by an admin: a call that comes in meanwhile hears why and is ended,
//! on every server and at once; who is talking already is not touched.

use crate::support::people::{Page, page, session, store};
use crate::support::postgres::fresh_database;
use crate::support::server::{Home, Server};
use crate::support::twilio::Call;
use hotline::words::Role;

const WORDS: [(&str, &str); 4] = [
    ("text-zh-CN", "线路维护中，再见。"),
    ("text-zh-HK", "條線維修緊，拜拜。"),
    ("text-ja-JP", "点検中です。失礼いたします。"),
    ("text-en-US", "We repair the line. Goodbye."),
];

struct Admin {
    session: String,
}

impl Admin {
    async fn of(home: &Home) -> Admin {
        let store = store(home).await;
        let session = session(&store, Role::Admin).await;
        store.close().await;
        Admin { session }
    }

    async fn post(&self, server: &Server, path: &str, form: &[(&str, &str)]) -> Page {
        page(server.request("POST", path).header("cookie", &self.session).form(form)).await
    }

    async fn closes(&self, server: &Server, line: &str) {
        let form: Vec<_> = WORDS.into_iter().chain([("line", line), ("until", "")]).collect();
        let done = self.post(server, "/admin/notices/close", &form).await;
        assert_eq!(done.location.as_deref(), Some("/admin/notices?said=closed"), "{}", done.answer.status);
    }

    async fn opens(&self, server: &Server, line: &str) {
        let done = self.post(server, "/admin/notices/open", &[("line", line)]).await;
        assert_eq!(done.location.as_deref(), Some("/admin/notices?said=opened"), "{}", done.answer.status);
    }
}

#[tokio::test]
async fn a_closed_line_answers_new_calls_with_why_and_ends_them_on_every_server_at_once() {
    let home = Home::new().set("HOTLINE_DATABASE_URL", &fresh_database().await);
    let (here, there) = (home.start(), home.start());
    let admin = Admin::of(&home).await;
    let mut talking = Call::from("+85261230301");
    talking.dial(&there).await;
    assert!(!talking.heard.hangs_up());
    admin.closes(&here, "digital-wallet").await;

    let mut call = Call::from("+85261230302");
    let webhook = call.inbound();
    let answer = there.send(&webhook).await;
    let heard = call.hears(&answer);
    assert!(heard.hangs_up());
    for words in ["线路维护中，再见。", "條線維修緊，拜拜。", "We repair the line. Goodbye."] {
        // Nobody knows this caller's language yet.
        heard.says(words);
    }
    assert_eq!(there.send(&webhook).await, answer, "asked again it is the same call");
    let mut other = Call::to("dingpay", "+85261230302");
    assert!(!other.dial(&there).await.hangs_up(), "the other lines are open");
    // Who was on the line before goes on, on either server.
    assert!(!talking.press(&here, "3").await.hangs_up());
    assert!(!talking.press(&there, "5").await.hangs_up());

    admin.opens(&there, "digital-wallet").await;
    let mut again = Call::from("+85261230302");
    assert!(!again.dial(&here).await.hangs_up());
    assert_eq!(here.send(&webhook).await, answer, "a call that was ended stays so");
    let store = store(&home).await;
    let id = store.find_call("twilio", &call.sid).await.unwrap().unwrap();
    let kept = store.turns(&id).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert!(kept[0].event.starts_with(r#"{"closed":"#), "{}", kept[0].event);
    assert!(store.open_call(&id).await.unwrap().unwrap().ended_at.is_some());
}

#[tokio::test]
async fn a_caller_whose_language_is_remembered_hears_that_one_alone_and_every_line_can_be_closed() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home).await;
    let mut first = Call::from("+85261230303");
    first.dial(&server).await;
    // Cantonese.
    first.press(&server, "2").await;
    admin.closes(&server, "").await;
    let mut call = Call::from("+85261230303");
    let heard = call.dial(&server).await;
    heard.says("條線維修緊，拜拜。");
    assert!(heard.hangs_up() && !format!("{heard:?}").contains("Goodbye"), "{heard:?}");
    for line in ["dingpay", "upay"] {
        assert!(Call::to(line, "+85261230304").dial(&server).await.hangs_up(), "{line}");
    }
    let banner = page(server.request("GET", "/admin/notices/closed?lang=en-US").header("cookie", &admin.session)).await;
    assert_eq!(banner.answer.body, r#"{"words":"Closed now: Every line"}"#);
    // Its own switch is another one.
    let own = admin.post(&server, "/admin/notices/open", &[("line", "dingpay")]).await;
    assert_eq!(own.location.as_deref(), Some("/admin/notices?said=was-open"));
    assert!(Call::to("dingpay", "+85261230304").dial(&server).await.hangs_up());
    admin.opens(&server, "").await;
    assert!(!Call::to("dingpay", "+85261230304").dial(&server).await.hangs_up());
}

#[tokio::test]
async fn a_line_is_not_closed_without_words_for_all_who_call_it() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home).await;
    let form = [("line", "digital-wallet"), ("text-en-US", "Closed. Goodbye."), ("until", "")];
    let refused = admin.post(&server, "/admin/notices/close?lang=en-US", &form).await.answer;
    assert!(refused.status == 422 && refused.body.contains("Mandarin"), "{}", refused.body);
    assert!(refused.body.contains("Closed. Goodbye."), "what was typed is there still");
    let late: Vec<_> = WORDS.into_iter().chain([("line", "digital-wallet"), ("until", "2020-01-01T00:00")]).collect();
    assert_eq!(admin.post(&server, "/admin/notices/close", &late).await.answer.status, 422);
    let nowhere: Vec<_> = WORDS.into_iter().chain([("line", "nowhere"), ("until", "")]).collect();
    assert_eq!(admin.post(&server, "/admin/notices/close", &nowhere).await.answer.status, 422);
    assert!(!Call::from("+85261230305").dial(&server).await.hangs_up());
}

#[tokio::test]
async fn a_notice_is_told_from_when_it_is_switched_on() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home).await;
    let hears = async |server: &Server| {
        let mut call = Call::from("+85261230306");
        // From the second call on the language is remembered, and the notice is said at once.
        let first = format!("{:?}", call.dial(server).await);
        format!("{first}{:?}", call.press(server, "3").await).contains("We repair the line.")
    };
    let form: Vec<_> = WORDS.into_iter().chain([("line", "digital-wallet"), ("from", ""), ("until", "")]).collect();
    let saved = admin.post(&server, "/admin/notices", &form).await;
    assert_eq!(saved.location.as_deref(), Some("/admin/notices?said=saved"));
    assert!(!hears(&server).await, "it is off");
    let store = store(&home).await;
    let notices = store.all_notices().await.unwrap();
    let id = &notices.iter().find(|it| it.by.is_some()).unwrap().put.id;
    admin.post(&server, &format!("/admin/notices/{id}/on"), &[]).await;
    assert!(hears(&server).await);
    admin.post(&server, &format!("/admin/notices/{id}/off"), &[]).await;
    assert!(!hears(&server).await);
    let shown = page(server.request("GET", &format!("/admin/notices/{id}")).header("cookie", &admin.session)).await;
    assert!(shown.answer.body.contains("條線維修緊，拜拜。"));
    let seen = store.notice(id).await.unwrap().unwrap().changed_at.to_string();
    admin.post(&server, &format!("/admin/notices/{id}/delete"), &[("seen", &seen)]).await;
    assert_eq!(store.notice(id).await.unwrap(), None);
}
