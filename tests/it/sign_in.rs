//! Signing in as people and programs do it, against the real server.

mod guards;

use crate::support::people::{PASSWORD, Page, accept, page, prints, sign_in, store};
use crate::support::server::{Home, Server};

/// A server with one agent, mei, who has a password.
async fn with_mei() -> (Home, Server, String) {
    let home = Home::new();
    let server = home.start();
    let link = prints(&home, &["user", "add", "mei", "--role", "agent", "--zone", "Asia/Shanghai"]);
    let session = accept(&server, &link).await;
    (home, server, session)
}

/// A page with a session.
async fn get(server: &Server, path: &str, session: &str) -> Page {
    page(server.request("GET", path).header("cookie", session)).await
}

async fn post(server: &Server, path: &str, session: &str, form: &[(&str, &str)]) -> Page {
    page(server.request("POST", path).header("cookie", session).form(form)).await
}

#[tokio::test]
async fn a_password_opens_what_was_asked_for_and_signing_out_closes_it() {
    let (_home, server, _) = with_mei().await;
    let asked = page(server.request("GET", "/desk/me?tab=1")).await;
    let form = asked.location.unwrap();
    assert_eq!((asked.answer.status, form.as_str()), (303, "/sign-in?next=/desk/me%3Ftab%3D1"));
    let body = page(server.request("GET", &form)).await.answer.body;
    assert!(body.contains(r#"name="next" value="/desk/me?tab=1""#), "{body}");

    let typed = [("name", " Mei "), ("password", PASSWORD), ("next", "/desk/me?tab=1")];
    let entered = page(server.request("POST", "/sign-in").form(&typed)).await;
    assert_eq!((entered.answer.status, entered.location.as_deref()), (303, Some("/desk/me?tab=1")));
    let cookie = entered.cookie.as_deref().unwrap();
    for part in ["__Host-hotline=", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let session = entered.session();
    let me = get(&server, "/desk/me", &session).await.answer;
    assert!(me.status == 200 && me.body.contains("<dd>mei</dd>"), "{me:?}");

    let gone = post(&server, "/sign-out", &session, &[]).await;
    assert!(gone.cookie.unwrap().contains("Max-Age=0"));
    assert_eq!(get(&server, "/desk/me", &session).await.answer.status, 303);
    for next in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let typed = [("name", "mei"), ("password", PASSWORD), ("next", next)];
        let entered = page(server.request("POST", "/sign-in").form(&typed)).await;
        assert_eq!(entered.location.as_deref(), Some("/desk"), "{next}");
    }
}

#[tokio::test]
async fn a_wrong_password_and_a_name_nobody_has_are_told_the_same_until_the_limit() {
    let (home, server, _) = with_mei().await;
    let told = async |name: &str, password: &str| {
        let answer = sign_in(&server, name, password).await.answer;
        (answer.status, answer.body.replace(&format!("value=\"{name}\""), ""))
    };
    let wrong = told("mei", "not her password").await;
    assert!(wrong.0 == 422 && wrong.1.contains("Name or password is not right."), "{wrong:?}");
    assert_eq!(told("nobody", "not her password").await, wrong);
    assert_eq!(told("mei", &"x".repeat(900)).await, wrong);
    for _ in 2..10 {
        assert_eq!(told("mei", "not her password").await, wrong);
    }
    let limited = told("mei", PASSWORD).await;
    assert!(limited.0 == 429 && limited.1.contains("Too many tries."), "the right one comes too late: {limited:?}");
    for n in 1..10 {
        assert_eq!(told("nobody", &format!("guess {n}")).await, wrong);
    }
    assert_eq!(told("nobody", "guess").await, limited, "a name nobody has is limited the same");
    // The log says where from, and neither name nor password.
    assert!(home.log().contains("a sign-in was refused"));
    assert!(!home.log().contains("not her password") && !home.log().contains("nobody"), "{}", home.log());
}

#[tokio::test]
async fn a_link_to_sign_in_works_once_and_only_with_a_password_worth_the_name() {
    let home = Home::new();
    let server = home.start();
    let link = prints(&home, &["user", "add", "mei", "--role", "agent"]);
    let path = link[link.find("/sign-in/once/").unwrap()..].trim();
    assert!(server.get(path).await.body.contains("Welcome, mei."));
    for (password, again, why) in [
        ("short", "short", "Too short"),
        ("Password123", "Password123", "among the first"),
        (PASSWORD, "something else", "not the same"),
    ] {
        let refused = page(server.request("POST", path).form(&[("password", password), ("again", again)])).await;
        assert!(refused.answer.status == 422 && refused.answer.body.contains(why), "{why}: {:?}", refused.answer);
    }
    let session = accept(&server, &link).await;
    assert_eq!(get(&server, "/desk/me", &session).await.answer.status, 200);
    assert_eq!(server.get(path).await.status, 410);
    let again = page(server.request("POST", path).form(&[("password", PASSWORD), ("again", PASSWORD)])).await;
    assert_eq!((again.answer.status, again.cookie), (410, None));
    assert_eq!(server.get("/sign-in/once/nothing").await.status, 410);
    assert!(!home.log().contains(PASSWORD) && !home.log().contains(path), "neither is in the log");
}

#[tokio::test]
async fn people_change_their_details_and_their_password_and_sign_out_everywhere() {
    let (_home, server, session) = with_mei().await;
    let details = [("page_language", "ja-JP"), ("zone", "Asia/Tokyo"), ("phone", "+81 3-1234-5678")];
    assert_eq!(post(&server, "/desk/me", &session, &details).await.location.as_deref(), Some("/desk/me?said=saved"));
    let me = get(&server, "/desk/me", &session).await.answer.body;
    assert!(
        me.contains("<html lang=\"ja-JP\">")
            && me.contains(r#"value="+81312345678""#)
            && me.contains("<time ")
            && !me.contains("data-guessed"),
        "{me}"
    );
    assert!(get(&server, "/desk/me?lang=zh-CN", &session).await.answer.body.contains("我的页面"), "what is asked for");
    let wrong = [("page_language", "en-US"), ("zone", "Asia/Nowhere"), ("phone", "")];
    let refused = post(&server, "/desk/me", &session, &wrong).await.answer;
    assert!(refused.status == 422 && refused.body.contains(r#"value="Asia/Nowhere""#), "what was typed stays");

    let other = sign_in(&server, "mei", PASSWORD).await.session();
    let change = |old, new| [("old", old), ("password", new), ("again", new)];
    let refused = post(&server, "/desk/me/password", &session, &change("wrong", "another piano cloud")).await;
    assert_eq!(refused.answer.status, 422);
    assert_eq!(get(&server, "/desk/me", &other).await.answer.status, 200);
    let changed = post(&server, "/desk/me/password", &session, &change(PASSWORD, "another piano cloud")).await;
    assert_eq!(changed.location.as_deref(), Some("/desk/me?said=password"));
    assert_eq!(get(&server, "/desk/me", &other).await.answer.status, 303, "elsewhere it ended");
    assert_eq!(sign_in(&server, "mei", PASSWORD).await.answer.status, 422);

    let other = sign_in(&server, "mei", "another piano cloud").await.session();
    let gone = post(&server, "/desk/me/sessions/end", &other, &[]).await;
    assert_eq!(gone.location.as_deref(), Some("/sign-in"));
    for ended in [&session, &other] {
        assert_eq!(get(&server, "/desk/me", ended).await.answer.status, 303);
    }
}

#[tokio::test]
async fn a_token_is_shown_once_and_goes_with_its_revoking_and_its_person() {
    let (home, server, session) = with_mei().await;
    let made = post(&server, "/desk/me/tokens", &session, &[("label", "reports <b>")]).await.answer.body;
    let token = made.split("data-testid=\"token\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(token.starts_with("hl_"), "{made}");
    let me = get(&server, "/desk/me", &session).await.answer.body;
    assert!(!me.contains(&token) && me.contains("reports &#60;b&#62;"), "{me}");
    for (lang, words) in
        [("en-US", "stay valid until you revoke them"), ("zh-CN", "撤销前一直有效"), ("ja-JP", "取り消すまで有効")]
    {
        let me = get(&server, &format!("/desk/me?lang={lang}"), &session).await.answer.body;
        assert!(me.contains(words), "signing out everywhere ends no token, and says so: {me}");
    }
    let store = store(&home).await;
    let at = hotline::words::clock::now().as_millisecond();
    assert_eq!(store.token(&token, at).await.unwrap().unwrap().name, "mei");
    let bearer = format!("Bearer {token}");
    let page = page(server.request("GET", "/desk/me").header("authorization", &bearer)).await;
    assert_eq!(page.answer.status, 303, "pages take no tokens");

    let id = store.tokens("mei").await.unwrap().remove(0).id;
    let revoked = post(&server, &format!("/desk/me/tokens/{id}/revoke"), &session, &[]).await;
    assert_eq!(revoked.location.as_deref(), Some("/desk/me?said=revoked"));
    assert!(store.token(&token, at).await.unwrap().is_none());

    prints(&home, &["user", "disable", "mei"]);
    assert_eq!(get(&server, "/desk/me", &session).await.answer.status, 303, "at once");
    assert_eq!(sign_in(&server, "mei", PASSWORD).await.answer.status, 422);
    store.close().await;
}
