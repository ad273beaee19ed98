//! `hotline check --providers`: what stands between providers and us, in words.

use crate::support::platforms::PLATFORMS;
use crate::support::server::Home;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::process::Output;
use std::sync::{Arc, Mutex};

/// What a proxy does to a request: to its address and its headers; or its own answer.
type Does = fn(&mut String, &mut HeaderMap) -> Option<Response>;

/// A server behind a proxy that is its public address.
struct Behind {
    home: Home,
    public: String,
    does: Arc<Mutex<Does>>,
    _server: crate::support::server::Server,
}

impl Behind {
    async fn new() -> Behind {
        Behind::with(|home| home).await
    }

    async fn with(with: fn(Home) -> Home) -> Behind {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let public = format!("http://{}", listener.local_addr().unwrap());
        let home = with(Home::new().set("HOTLINE_PUBLIC_URL", &public));
        let server = home.start();
        let does: Arc<Mutex<Does>> = Arc::new(Mutex::new(|_, _| None));
        let (address, acts, http) = (server.address().to_owned(), does.clone(), reqwest::Client::new());
        let proxy = Router::new().fallback(move |request: Request| {
            let (address, acts, http) = (address.clone(), *acts.lock().unwrap(), http.clone());
            async move {
                let (parts, body) = request.into_parts();
                let (mut target, mut headers) = (parts.uri.to_string(), parts.headers);
                if let Some(own) = acts(&mut target, &mut headers) {
                    return own;
                }
                headers.remove(header::HOST);
                headers.remove(header::CONTENT_LENGTH);
                let body: Bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                let sent = http.request(parts.method, format!("{address}{target}")).headers(headers).body(body);
                let answer = sent.send().await.unwrap();
                (answer.status(), answer.bytes().await.unwrap()).into_response()
            }
        });
        tokio::spawn(async move { axum::serve(listener, proxy).await.unwrap() });
        Behind { home, public, does, _server: server }
    }

    async fn check(&self, does: Does) -> (Option<i32>, String) {
        *self.does.lock().unwrap() = does;
        let run = || self.home.run(&["check", "--providers"]);
        let Output { status, stdout, stderr } = tokio::task::block_in_place(run);
        (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_proxy_does_to_webhooks_is_told_with_the_mend() {
    let behind = Behind::new().await;
    let (code, told) = behind.check(|_, _| None).await;
    assert_eq!(code, Some(0), "{told}");
    assert!(told.starts_with("twilio: http://127.0.0.1:") && told.contains("nothing is changed on the way"), "{told}");
    behind.home.logs("the public address leads here").await;
    let cases: [(Does, &str); 7] = [
        (
            |target, _| {
                *target = target.replace("%20", "+");
                None
            },
            "the query arrives changed",
        ),
        (
            |target, _| {
                target.truncate(target.find('?').unwrap());
                None
            },
            "the query does not arrive",
        ),
        (
            |_, headers| {
                headers.remove("x-twilio-signature");
                None
            },
            "the header `x-twilio-signature` does not arrive",
        ),
        (
            |target, _| {
                target.insert_str(0, "/app");
                None
            },
            "something answers 404",
        ),
        (
            |target, _| {
                let slash = target.replace('?', "/?");
                Some((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, slash)]).into_response())
            },
            "have the proxy add no slash",
        ),
        (
            |_, _| {
                let to = [(header::LOCATION, "https://ivr.example/voice/twilio")];
                Some((StatusCode::PERMANENT_REDIRECT, to).into_response())
            },
            "write `public_url` with https",
        ),
        (|_, _| Some(StatusCode::UNAUTHORIZED.into_response()), "something before us asks who one is"),
    ];
    for (does, words) in cases {
        let (code, told) = behind.check(does).await;
        assert!(code == Some(1) && told.contains(words), "{words}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_told() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let home = Home::new().set("HOTLINE_PUBLIC_URL", &format!("http://{free}"));
    let output = tokio::task::block_in_place(|| home.run(&["check", "--providers", "--format", "json"]));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let problem = told["providers"][0]["problems"][0].as_str().unwrap();
    assert!(problem.contains("cannot be reached from here: Connection refused"), "{problem}");
}

/// Every provider is on.
fn all_on(home: Home) -> Home {
    PLATFORMS.iter().fold(home, |home, (provider, secret, _)| {
        let (name, setting) = (provider.name().to_uppercase(), provider.secret().to_uppercase());
        home.set(&format!("HOTLINE_{name}_{setting}"), secret)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_as_each_provider_signs_is_judged_as_its_webhooks_are() {
    let mut behind = Behind::with(all_on).await;
    let (code, told) = behind.check(|_, _| None).await;
    assert_eq!(code, Some(0), "{told}");
    for (provider, ..) in PLATFORMS {
        let line = told.lines().find(|line| line.starts_with(&format!("{provider}: "))).expect("a line for each");
        let ends = match provider.can_be_signed_for() {
            true => format!("; what is proved by the first `{}` is believed", provider.secret()),
            false => "only a call shows whether its `public_key` is the right one".to_owned(),
        };
        assert!(line.contains("nothing is changed on the way") && line.ends_with(&ends), "{line}");
    }
    assert!(!behind.home.log().contains("webhook refused"), "what we ask of ourselves is no attack");

    // The secrets were replaced in the settings, and the server knows nothing of it.
    let another = |home: Home, provider: &str, setting: &str, secret: &str| {
        home.set(&format!("HOTLINE_{}_{}", provider.to_uppercase(), setting.to_uppercase()), secret)
    };
    let able = || PLATFORMS.iter().filter(|(provider, ..)| provider.can_be_signed_for());
    for (provider, ..) in able() {
        behind.home = another(behind.home, provider.name(), provider.secret(), "another:secret");
    }
    let (code, told) = behind.check(|_, _| None).await;
    assert_eq!(code, Some(1), "{told}");
    for (provider, ..) in able() {
        let line = told.lines().find(|line| line.starts_with(&format!("{provider}: "))).expect("a line for each");
        let begins = format!("{provider}: what is proved by the first `{}` for http://", provider.secret());
        assert!(line.starts_with(&begins) && line.contains(" would be refused: "), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_public_address_than_the_servers_shows_and_secrets_go_to_no_stranger() {
    let mut behind = Behind::new().await;
    let public = behind.public.clone();
    for (address, wrong) in [(public.replace("127.0.0.1", "localhost"), true), (public.clone(), false)] {
        behind.home = behind.home.set("HOTLINE_PUBLIC_URL", &address);
        let (code, told) = behind.check(|_, _| None).await;
        assert_eq!((code == Some(1), told.contains("letter by letter")), (wrong, wrong), "{address}: {told}");
    }
    // One that answers as we would, without our pepper.
    behind.home = behind.home.set("HOTLINE_PEPPER", "the pepper of somebody else, long enough");
    let answers: Does = |target, headers| {
        assert!(headers.get("x-twilio-signature").is_none_or(|value| value == "hotline"), "nothing is signed for it");
        let seen = serde_json::json!({
            "target": target,
            "headers": { "content-type": "application/x-www-form-urlencoded", "x-twilio-signature": "hotline" },
            "body": "a=%2B1&b=%e4%b8%ad+c",
            "told_by": "AAAA",
        });
        Some(axum::Json(seen).into_response())
    };
    let (code, told) = behind.check(answers).await;
    assert!(code == Some(1) && told.contains("with another pepper"), "{told}");
}
