//! What stands before every page: other sites, frames, roles told in words, addresses behind proxies.

use super::{get, post, with_mei};
use crate::support::people::{PASSWORD, page, session, sign_in, store};
use crate::support::server::Home;
use crate::support::twilio::PUBLIC;
use hotline::words::Role;

#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    let (_home, server, session) = with_mei().await;
    let ask = async |headers: &[(&str, &str)]| {
        let mut request = server.request("POST", "/desk/me/tokens").header("cookie", &session);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        page(request.form(&[("label", "stolen")])).await.answer
    };
    for foreign in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
        &[("origin", "https://sub.evil.example"), ("sec-fetch-site", "same-site")],
    ] {
        let refused = ask(foreign).await;
        assert_eq!(refused.status, 403, "{foreign:?}");
        assert!(refused.body.contains("This came from another site"), "{}", refused.body);
    }
    assert!(!get(&server, "/desk/me", &session).await.answer.body.contains("stolen"));
    for own in [&[("origin", PUBLIC)][..], &[("sec-fetch-site", "same-origin")], &[("sec-fetch-site", "none")]] {
        assert_eq!(ask(own).await.status, 200, "{own:?}");
    }
    let request = server.request("POST", "/sign-in").header("origin", "https://evil.example");
    let typed = [("name", "mei"), ("password", PASSWORD)];
    assert_eq!(page(request.form(&typed)).await.answer.status, 403, "nor signs anybody in");
    let webhook = server.request("POST", "/voice/twilio").header("origin", "https://evil.example").body("x=1");
    let refused = page(webhook).await.answer;
    assert!(refused.status == 403 && refused.body.contains("signature"), "webhooks prove themselves: {refused:?}");
}

#[tokio::test]
async fn no_page_is_framed_or_runs_what_is_not_ours() {
    let (_home, server, session) = with_mei().await;
    for path in ["/sign-in", "/desk/me", "/phone", "/healthz", "/sign-in/once/nothing", "/nowhere"] {
        let response = server.request("GET", path).header("cookie", &session).send().await.unwrap();
        let head = |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap()).unwrap_or_default();
        assert!(head("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(head("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert_eq!(head("x-frame-options"), "DENY", "{path}");
        assert_eq!(head("x-content-type-options"), "nosniff", "{path}");
        assert_eq!((head("cache-control"), head("referrer-policy")), ("no-store", "no-referrer"), "{path}");
    }
}

#[tokio::test]
async fn whoever_has_another_role_is_told_which_one_is_needed_in_their_language() {
    let home = Home::new().set("HOTLINE_DEMO", "false");
    let server = home.start();
    let store = store(&home).await;
    let agent = session(&store, Role::Agent).await;
    for (lang, words) in [
        ("en-US", "It needs the role admin. You are a-agent, and your role is agent."),
        ("zh-CN", "此页面需要“管理员”角色。你是 a-agent，角色为“坐席”。"),
        ("ja-JP", "「管理者」の役割が必要です。あなたは a-agent さん（オペレーター）です。"),
    ] {
        let request = server.request("GET", "/phone").header("cookie", &agent).header("accept-language", lang);
        let refused = page(request).await.answer;
        assert!(refused.status == 403 && refused.body.contains(words), "{lang}: {refused:?}");
    }
    let admin = session(&store, Role::Admin).await;
    let phone = get(&server, "/phone", &admin).await.answer;
    assert!(phone.status == 200 && phone.body.contains("data-testid=\"call\""), "{phone:?}");
    assert!(!phone.body.contains("PIN 2"), "no demo callers");
    let unknown = post(&server, "/desk/me", "__Host-hotline=x", &[]).await.answer;
    assert!(unknown.status == 401 && unknown.body.contains("You are not signed in any more"), "{unknown:?}");
    store.close().await;
}

#[tokio::test]
async fn behind_a_proxy_of_ours_everybody_has_their_own_tries() {
    for (proxies, limited) in [("127.0.0.1", 422), ("192.0.2.1", 429)] {
        let home = Home::new().set("HOTLINE_PROXIES", proxies);
        let server = home.start();
        let try_from = async |address: &str, name: &str| {
            let request = server.request("POST", "/sign-in").header("x-forwarded-for", address);
            page(request.form(&[("name", name), ("password", "wrong wrong")])).await.answer.status
        };
        for n in 0..30 {
            assert_eq!(try_from("203.0.113.1", &format!("name{n}")).await, 422);
        }
        assert_eq!(try_from("6.6.6.6, 203.0.113.1", "another").await, 429, "what a client writes itself is nothing");
        assert_eq!(try_from("203.0.113.2", "another").await, limited, "proxies are {proxies}");
        assert_eq!(sign_in(&server, "one-more", "wrong wrong").await.answer.status, limited);
    }
}
