//! Calls in the admins' studio: found by whatever is known of them, and told turn by turn.

use crate::support::people::{Page, page, session, store};
use crate::support::server::{Home, Server};
use crate::support::twilio::Call;
use hotline::words::Role;

struct Seat<'s> {
    server: &'s Server,
    session: String,
}

impl Seat<'_> {
    async fn get(&self, path: &str) -> Page {
        page(self.server.request("GET", path).header("cookie", &self.session)).await
    }

    async fn reads(&self, path: &str) -> String {
        let page = self.get(path).await;
        assert_eq!(page.answer.status, 200, "{path}: {:?}", page.answer);
        page.answer.body
    }
}

#[tokio::test]
async fn a_call_is_found_by_all_its_names_and_told_turn_by_turn_without_its_secrets() {
    let home = Home::new();
    let server = home.start();
    let mut call = Call::from("+85261230401");
    call.dial(&server).await;
    let keys = ["3", "7", "2", "1", "20260228009901#", "10001001#", "270496#"];
    call.press_all(&server, &keys).await;
    let id = call.id();
    server.send(&call.status("completed")).await;
    let mut other = Call::from("+85261230402");
    other.dial(&server).await;
    other.press_all(&server, &["3", "0", "1", "1"]).await.says("Your reference is");
    server.send(&other.status("completed")).await;
    let store = store(&home).await;
    let anna = Seat { session: session(&store, Role::Admin).await, server: &server };

    let link = format!("/admin/calls/{id}");
    let other_id = store.find_call("twilio", &other.sid).await.unwrap().unwrap();
    let (_, reference) = store.requests_of_call(other_id.as_str()).await.unwrap().remove(0);
    for (asked, found, not) in [
        (format!("q={id}"), &id, &other_id),
        (format!("q={}", call.sid), &id, &other_id),
        ("q=%2B85261230401".to_owned(), &id, &other_id),
        ("q=6123+0401".to_owned(), &id, &other_id),
        (format!("q={}+{}", &reference[..4], &reference[4..]), &other_id, &id),
    ] {
        let page = anna.reads(&format!("/admin/calls?f=1&{asked}")).await;
        assert!(page.contains(found.as_str()) && !page.contains(not.as_str()), "{asked}: {page}");
    }
    let all = anna.reads("/admin/calls?f=1&line=digital-wallet&ending=hung-up").await;
    assert!(all.contains(id.as_str()) && all.contains(other_id.as_str()));
    for nothing in ["ending=fault", "line=upay", "to=2020-01-01", "from=2190-01-01", "q=nobody", "q=%2B85261230999"] {
        let page = anna.reads(&format!("/admin/calls?f=1&{nothing}")).await;
        assert!(page.contains("data-testid=\"none\"") && !page.contains(id.as_str()), "{nothing}: {page}");
    }
    let hostile = anna.reads("/admin/calls?f=1&q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!hostile.contains("<script>alert"), "{hostile}");

    let told = anna.reads(&link).await;
    for words in [
        "+852 **** 0401 called",
        "Pressed 7, which means nothing here",
        "Pressed 2: <span lang=\"en-US\">a charge you do not recognize</span>",
        "For a failed payment, press one.",
        "Typed 20260228009901",
        "Typed •••••• (secret, 6 keys)",
        "Compare the secret for level 2: <b>right</b>",
        "Look up charge",
        "took too long; the caller was asked for patience",
        "Verified to level 2",
        "Hung up",
        "s later",
        "<a href=\"/admin/flows/digital-wallet/versions\" data-testid=\"version\">1</a>",
        "&#60;Response",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let remembered = told.matches("What is remembered of the number").count();
    assert_eq!(remembered, 1, "asked twice in the first turn and told once: {told}");
    for secret in ["270496", "85261230401"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
    let other = anna.reads(&format!("/admin/calls/{other_id}")).await;
    assert!(other.contains("Asked for a person") && other.contains(&reference) && other.contains("/desk/requests/"));
    for missing in ["/admin/calls/nothing", "/admin/calls/00000000000000000000000000000000"] {
        assert_eq!(anna.get(missing).await.answer.status, 404);
    }
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page() {
    use crate::support::rows::{begin, turn};
    use hotline::store::TurnRow;
    use hotline::words::CallId;
    let home = Home::new();
    let server = home.start();
    let store = store(&home).await;
    let mut ids = Vec::new();
    for n in 0..60 {
        let call = CallId::fresh();
        store.commit(begin(&call, &format!("CA{n}"), 1)).await.unwrap();
        store.commit(TurnRow { ends: Some("goodbye".into()), ..turn(&call, 2, 1) }).await.unwrap();
        ids.push(call.as_str().to_owned());
    }
    let anna = Seat { session: session(&store, Role::Admin).await, server: &server };
    let first = anna.reads("/admin/calls?f=1&line=wallet").await;
    let on = |page: &str| ids.iter().filter(|id| page.contains(&format!("/admin/calls/{id}"))).count();
    assert_eq!(on(&first), 50);
    let older = first.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let older = older.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let second = anna.reads(&older).await;
    assert_eq!(on(&second), 10, "{older}");
    assert!(ids.iter().all(|id| first.contains(id.as_str()) || second.contains(id.as_str())));
    assert!(!second.contains("rel=\"next\""));
    // What was kept by a server that wrote otherwise is told as far as it can be.
    assert!(anna.reads(&format!("/admin/calls/{}", ids[0])).await.contains("你好"));
}

#[tokio::test]
async fn an_option_is_told_in_the_language_its_caller_heard_it_in() {
    let home = Home::new();
    let server = home.start();
    let store = store(&home).await;
    let anna = Seat { session: session(&store, Role::Admin).await, server: &server };
    for (flow, number, language, own, option) in [
        ("digital-wallet", "+85261230404", "2", ("zh-HK", "廣東話"), "付款失敗"),
        ("paypay", "+819012345678", "1", ("ja-JP", "日本語"), "不正利用が疑われる場合"),
    ] {
        let mut call = Call::to(flow, number);
        call.dial(&server).await;
        call.press_all(&server, &[language, "1"]).await;
        let told = anna.reads(&format!("/admin/calls/{}?lang=en-US", call.id())).await;
        let (tag, name) = own;
        let chosen = format!("Pressed {language}: <span lang=\"{tag}\">{name}</span>");
        assert!(told.contains(&chosen), "{chosen}: {told}");
        let pressed = format!("Pressed 1: <span lang=\"{tag}\">{option}</span>");
        assert!(told.contains(&pressed), "{pressed}: {told}");
    }
}

#[tokio::test]
async fn calls_say_what_the_hotline_is_called_in_the_readers_language_and_are_looked_for_by_its_name() {
    let home = Home::new();
    let server = home.start();
    let store = store(&home).await;
    let anna = Seat { session: session(&store, Role::Admin).await, server: &server };
    let mut call = Call::from("+85261230405");
    call.dial(&server).await;
    let of = "/admin/calls?f=1&line=digital-wallet";
    for (lang, title) in [("zh-CN", "数字钱包客服热线"), ("en-US", "Digital wallet hotline")] {
        let title = format!("<span lang=\"{lang}\">{title}</span>");
        for page in [of.to_owned(), format!("/admin/calls/{}", call.id())] {
            let shown = anna.reads(&format!("{page}{}lang={lang}", if page == of { '&' } else { '?' })).await;
            assert!(shown.contains(&title), "{page}: {title}: {shown}");
        }
    }
    let shown = anna.reads(of).await;
    assert!(
        shown.contains("<option value=\"digital-wallet\" selected>Digital wallet hotline (digital-wallet)<"),
        "{shown}"
    );
}
