//! Several admins at the same thing: nobody's words are written over unseen, and what was not done is not
//! logged as done.

use crate::support::admin::Admin;
use crate::support::people::store;
use crate::support::server::Home;
use hotline::store::*;
use hotline::words::{Role, clock};

/// Words for every language of the line.
const WORDS: [(&str, &str); 5] = [
    ("line", "dingpay"),
    ("text-zh-CN", "今晚维护。"),
    ("text-en-US", "Maintenance tonight."),
    ("from", ""),
    ("until", ""),
];

/// What a page's form would send back in a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let (_, after) =
        page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}: {page}"));
    after[..after.find('"').unwrap()].replace("&#34;", "\"").replace("&quot;", "\"")
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let stays = |(name, _): &(&str, &str)| !more.iter().any(|(own, _)| own == name);
    WORDS.into_iter().filter(stays).chain(more.iter().copied()).collect()
}

async fn logged(store: &Store, what: &str) -> usize {
    let filter = LogFilter { what: Some(what.to_owned()), ..LogFilter::default() };
    store.log(&filter, None, 100).await.unwrap().len()
}

/// Puts a notice; gives its id.
async fn written(admin: &Admin<'_>, store: &Store) -> String {
    admin.done("/admin/notices", &with(&[("id", ""), ("seen", "0"), ("on", "on")])).await;
    let all = store.all_notices().await.unwrap();
    all.into_iter().find(|notice| notice.by.is_some()).unwrap().put.id
}

#[tokio::test]
async fn a_notice_somebody_changed_meanwhile_is_shown_beside_mine_and_neither_is_lost() {
    let home = Home::new();
    let server = home.start();
    let (admin, store) = (Admin::of(&home, &server).await, store(&home).await);
    let id = written(&admin, &store).await;
    let at = format!("/admin/notices/{id}");
    let seen = hidden(&admin.get(&at).await.answer.body, "seen");
    // Somebody switches it off and writes other words while the form is open here.
    assert!(store.switch_notice(&id, false, "bert", clock::now().as_millisecond()).await.unwrap());
    let theirs = store.notice(&id).await.unwrap().unwrap();
    let mut put = theirs.put.clone();
    put.texts.insert(hotline::words::Lang::EnUs, "Theirs instead.".to_owned());
    assert!(store.change_notice(&put, "bert", theirs.changed_at + 1, theirs.changed_at).await.unwrap());
    let mine = [("id", id.as_str()), ("seen", seen.as_str()), ("on", "on"), ("text-en-US", "Mine is this.")];
    let told = admin.post("/admin/notices?lang=en-US", &with(&mine)).await.answer;
    assert_eq!(told.status, 409);
    for both in ["bert changed this notice", "Theirs instead.", "Mine is this.", "Off", "not as yours"] {
        assert!(told.body.contains(both), "{both}: {}", told.body);
    }
    let kept = store.notice(&id).await.unwrap().unwrap();
    assert_eq!((&kept.put, kept.by.as_deref()), (&put, Some("bert")), "nothing was saved");
    assert_eq!(logged(&store, "notice.put").await, 1, "and nothing is logged");
    // Having seen it, one may put one's own in its place.
    let seen = hidden(&told.body, "seen");
    let mine = [("id", id.as_str()), ("seen", seen.as_str()), ("on", "on"), ("text-en-US", "Mine is this.")];
    assert_eq!(admin.done("/admin/notices", &with(&mine)).await, "/admin/notices?said=saved");
    let kept = store.notice(&id).await.unwrap().unwrap();
    assert!(kept.put.on && kept.put.texts.values().any(|text| text == "Mine is this."));
    assert_eq!(admin.post("/admin/notices", &with(&mine)).await.answer.status, 409, "the same form once more");
}

#[tokio::test]
async fn a_notice_somebody_deleted_meanwhile_stays_deleted_until_it_is_saved_as_a_new_one() {
    let home = Home::new();
    let server = home.start();
    let (admin, store) = (Admin::of(&home, &server).await, store(&home).await);
    let id = written(&admin, &store).await;
    let seen = hidden(&admin.get(&format!("/admin/notices/{id}")).await.answer.body, "seen");
    admin.done(&format!("/admin/notices/{id}/delete"), &[("seen", &seen)]).await;
    let mine = [("id", id.as_str()), ("seen", seen.as_str()), ("text-en-US", "Mine is this.")];
    let told = admin.post("/admin/notices?lang=en-US", &with(&mine)).await.answer;
    assert!(told.status == 409 && told.body.contains("Somebody deleted this notice"), "{}", told.body);
    assert!(told.body.contains("Mine is this.") && told.body.contains("Save as a new notice"));
    assert_eq!(store.notice(&id).await.unwrap(), None, "it does not come back");
    let (id_now, seen_now) = (hidden(&told.body, "id"), hidden(&told.body, "seen"));
    assert_eq!(id_now, "");
    admin.done("/admin/notices", &with(&[("id", ""), ("seen", &seen_now), ("text-en-US", "Mine is this.")])).await;
    let all = store.all_notices().await.unwrap();
    assert!(all.iter().any(|it| it.by.is_some() && it.put.id != id), "a new one");
    // Deleting it again, or switching it, does nothing and says so.
    let gone = admin.done(&format!("/admin/notices/{id}/delete"), &[("seen", &seen)]).await;
    assert_eq!(gone, "/admin/notices?said=gone");
    assert_eq!(admin.done(&format!("/admin/notices/{id}/on"), &[]).await, "/admin/notices?said=gone");
    assert_eq!((logged(&store, "notice.delete").await, logged(&store, "notice.on").await), (1, 0));
}

#[tokio::test]
async fn a_notice_is_deleted_and_switched_as_it_was_seen_and_what_closes_a_line_is_none() {
    let home = Home::new();
    let server = home.start();
    let (admin, store) = (Admin::of(&home, &server).await, store(&home).await);
    let id = written(&admin, &store).await;
    let seen = hidden(&admin.get(&format!("/admin/notices/{id}")).await.answer.body, "seen");
    assert_eq!(admin.done(&format!("/admin/notices/{id}/on"), &[]).await, "/admin/notices?said=same");
    admin.done(&format!("/admin/notices/{id}/off"), &[]).await;
    let kept = admin.done(&format!("/admin/notices/{id}/delete"), &[("seen", &seen)]).await;
    assert_eq!(kept, "/admin/notices?said=kept");
    let shown = admin.get("/admin/notices?said=kept&lang=en-US").await.answer.body;
    assert!(shown.contains("it was not deleted") && shown.contains("Maintenance tonight."));
    assert_eq!((logged(&store, "notice.on").await, logged(&store, "notice.off").await), (0, 1));
    let seen = store.notice(&id).await.unwrap().unwrap().changed_at.to_string();
    assert_eq!(
        admin.done(&format!("/admin/notices/{id}/delete"), &[("seen", &seen)]).await,
        "/admin/notices?said=deleted"
    );
    // The switch of a line is not reached by the addresses of notices.
    admin.done("/admin/notices/close", &WORDS).await;
    let shut = store.notice("closed:dingpay").await.unwrap().unwrap();
    for what in ["off", "delete"] {
        let form = [("seen", shut.changed_at.to_string())];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        admin.done(&format!("/admin/notices/closed:dingpay/{what}"), &form).await;
    }
    let seen = shut.changed_at.to_string();
    let over = [("id", "closed:dingpay"), ("seen", seen.as_str()), ("text-en-US", "Nothing to see.")];
    admin.post("/admin/notices", &with(&over)).await;
    assert_eq!(store.notice("closed:dingpay").await.unwrap(), Some(shut));
}

#[tokio::test]
async fn a_line_that_is_open_is_not_opened_and_one_closed_by_another_keeps_their_words() {
    let home = Home::new();
    let server = home.start();
    let (admin, store) = (Admin::of(&home, &server).await, store(&home).await);
    let line = [("line", "dingpay")];
    assert_eq!(admin.done("/admin/notices/open", &line).await, "/admin/notices?said=was-open");
    assert_eq!(logged(&store, "line").await, 0, "nothing was opened");
    assert!(admin.get("/admin/notices?said=was-open&lang=en-US").await.answer.body.contains("It was open already"));
    assert_eq!(admin.done("/admin/notices/close", &WORDS).await, "/admin/notices?said=closed");
    assert_eq!(admin.done("/admin/notices/close", &WORDS).await, "/admin/notices?said=was-closed");
    assert_eq!(logged(&store, "line.close").await, 1);
    let other = with(&[("text-en-US", "Closed for good.")]);
    let told = admin.post("/admin/notices/close?lang=en-US", &other).await.answer;
    assert_eq!(told.status, 409);
    for both in ["a-admin has closed this line already", "Maintenance tonight.", "Closed for good."] {
        assert!(told.body.contains(both), "{both}: {}", told.body);
    }
    assert!(
        store
            .closed("dingpay", clock::now().as_millisecond())
            .await
            .unwrap()
            .unwrap()
            .values()
            .any(|it| it == "Maintenance tonight.")
    );
    let seen = hidden(&told.body, "seen");
    let again = with(&[("text-en-US", "Closed for good."), ("seen", &seen)]);
    assert_eq!(admin.done("/admin/notices/close", &again).await, "/admin/notices?said=closed");
    assert_eq!(admin.done("/admin/notices/open", &line).await, "/admin/notices?said=opened");
    assert_eq!(admin.done("/admin/notices/open", &line).await, "/admin/notices?said=was-open");
    assert_eq!((logged(&store, "line.close").await, logged(&store, "line.open").await), (2, 1));
}

#[tokio::test]
async fn what_looks_like_markup_is_refused_where_notices_and_closing_words_come_in() {
    let home = Home::new();
    let server = home.start();
    let (admin, store) = (Admin::of(&home, &server).await, store(&home).await);
    let before = store.all_notices().await.unwrap();
    for path in ["/admin/notices", "/admin/notices/close"] {
        let text = "Please wait <break time=\"500ms\"/> a moment.";
        let told = admin.post(&format!("{path}?lang=en-US"), &with(&[("text-en-US", text)])).await.answer;
        assert_eq!(told.status, 422, "{path}");
        assert!(told.body.contains("“&#60;break time=&#34;500ms&#34;/&#62;” (English) is markup"), "{}", told.body);
        assert!(told.body.contains("a moment."), "what was typed is there still");
    }
    assert_eq!(store.all_notices().await.unwrap(), before);
}

#[tokio::test]
async fn details_of_a_person_changed_meanwhile_are_shown_beside_mine() {
    let home = Home::new();
    let server = home.start();
    let (admin, store) = (Admin::of(&home, &server).await, store(&home).await);
    let at = clock::now().as_millisecond();
    assert!(store.add_person(&Person::new("mei", Role::Agent), at).await.unwrap());
    let page = admin.get("/admin/people/mei").await.answer.body;
    let seen = hidden(&page, "seen");
    let phone = PersonChange { phone: Some(Some("sip:mei@desk.example".into())), ..PersonChange::default() };
    assert!(store.change_person("mei", &phone).await.unwrap());
    let mine = [("role", "agent"), ("skills", "payment"), ("phone", ""), ("zone", ""), ("seen", seen.as_str())];
    let told = admin.post("/admin/people/mei?lang=en-US", &mine).await.answer;
    assert_eq!(told.status, 409);
    assert!(told.body.contains("sip:mei@desk.example") && told.body.contains("value=\"payment\""), "{}", told.body);
    let kept = store.person("mei").await.unwrap().unwrap();
    assert!(kept.phone.is_some() && kept.skills.is_empty(), "nothing was saved");
    assert_eq!(logged(&store, "person.change").await, 0);
    let seen = hidden(&told.body, "seen");
    let mine = [("role", "agent"), ("skills", "payment"), ("phone", ""), ("zone", ""), ("seen", seen.as_str())];
    assert_eq!(admin.done("/admin/people/mei", &mine).await, "/admin/people/mei?said=saved");
    assert_eq!(store.person("mei").await.unwrap().unwrap().skills, ["payment"]);
}
