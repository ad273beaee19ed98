//! Who sent it: the token, and what it covers.

use super::{AT, CALL, VONAGE, request, signed};
use crate::support::platforms::vonage::{SECRET, claims, token};
use crate::support::recorded::{Request, vectors};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use hotline::provider::{Door, Keys, Refused, Risks, Verified, Webhook};
use hotline::words::Secret;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const BORNE: Risks = Risks { anybody_here: false, unsigned_query: true, unsigned_fields: false };

fn is_believed(request: &Request, secrets: &[&str], risks: Risks) -> bool {
    let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
    request.verify(VONAGE, &secrets, risks).is_ok()
}

fn body() -> String {
    json!({ "conversation_uuid": CALL }).to_string()
}

/// A request whose token says this beside what it must.
fn claiming(more: Value) -> Request {
    let mut claims = claims(AT, &body());
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    request(&body(), &token(&claims))
}

/// When the token of a vector without a moment was made, and a little later.
fn made(request: &Request) -> Option<i64> {
    let claims = request.headers["authorization"].split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["iat"].as_i64().map(|iat| iat + 5)
}

#[test]
fn every_example_token_is_judged_as_it_should_be() {
    let vectors = vectors(VONAGE);
    assert_eq!(vectors.len(), 14);
    for vector in vectors.iter().filter(|vector| !vector.either_ok) {
        let now = vector.request.now.or_else(|| made(&vector.request));
        let request = Request { now, ..vector.request.clone() };
        let accepted = |risks| request.verify(VONAGE, &vector.secrets, risks).is_ok();
        assert_eq!(accepted(BORNE), vector.valid, "{}: {}", vector.name, vector.why);
        let by_query = vector.name == "answer-get";
        assert_eq!(accepted(Risks::default()), vector.valid && !by_query, "{}: {}", vector.name, vector.why);
    }
}

#[test]
fn only_one_of_our_secrets_makes_a_token_that_counts() {
    let good = signed(&body());
    let believed = |secrets: &[&str]| is_believed(&good, secrets, Risks::default());
    assert!(believed(&[SECRET]) && believed(&["old", SECRET]));
    assert!(!believed(&[]) && !believed(&["", "old"]));
    let lower = good.headers["authorization"].replacen("Bearer", "bearer", 1);
    let with = |header: String| {
        let mut request = good.clone();
        request.headers.insert("authorization".into(), header);
        is_believed(&request, &[SECRET, ""], Risks::default())
    };
    assert!(with(lower.clone()));
    let token = &lower["bearer ".len()..];
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let empty = <Hmac<Sha256> as KeyInit>::new_from_slice(b"").unwrap().chain_update(signed).finalize();
    let empty = URL_SAFE_NO_PAD.encode(empty.into_bytes());
    for wrong in [
        token.to_owned(),
        format!("Basic {token}"),
        "Bearer ".to_owned(),
        "Bearer ..".to_owned(),
        format!("Bearer {signed}."),
        format!("Bearer {signed}.{}", &signature[..20]),
        format!("Bearer {token}="),
        format!("Bearer {token}.{signature}"),
        format!("Bearer {signed}.{empty}"),
        format!("Bearer {}", "a.".repeat(6000)),
    ] {
        assert!(!with(wrong.clone()), "{wrong}");
    }
}

#[test]
fn a_token_with_another_algorithm_or_more_than_we_understand_is_refused() {
    let claims = URL_SAFE_NO_PAD.encode(claims(AT, &body()).to_string());
    let with = |header: &str| {
        let signed = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header));
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(SECRET.as_bytes()).unwrap().chain_update(&signed);
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        is_believed(&request(&body(), &format!("{signed}.{signature}")), &[SECRET], Risks::default())
    };
    assert!(with(r#"{"alg":"HS256"}"#));
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":"HS384"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":"HS256","alg":"none"}"#,
        r#"{"alg":"HS256","crit":["exp"]}"#,
        r#"{"typ":"JWT"}"#,
        "[]",
        "",
    ] {
        assert!(!with(header), "{header}");
    }
}

#[test]
fn a_token_counts_in_its_time_alone() {
    let at = |age: i64| Request { now: Some(AT + age), ..signed(&body()) };
    let believed = [-61, -60, 0, 300, 301].map(|age| is_believed(&at(age), &[SECRET], Risks::default()));
    assert_eq!(believed, [false, true, true, true, false]);
    let good = [json!({ "exp": AT + 1 }), json!({ "nbf": AT })];
    let wrong = [
        json!({ "exp": AT }),
        json!({ "nbf": AT + 1 }),
        json!({ "iat": null }),
        json!({ "iat": "1763769600" }),
        json!({ "iat": i64::MIN }),
        json!({ "exp": "never" }),
        // However long it says it counts.
        json!({ "iat": AT - 1000, "exp": AT + 1000 }),
    ];
    good.into_iter()
        .for_each(|more| assert!(is_believed(&claiming(more.clone()), &[SECRET], Risks::default()), "{more}"));
    wrong
        .into_iter()
        .for_each(|more| assert!(!is_believed(&claiming(more.clone()), &[SECRET], Risks::default()), "{more}"));
}

#[test]
fn a_body_is_believed_only_where_the_token_covers_it() {
    let good = signed(&body());
    let cut = Request { body: body()[1..].to_owned(), ..good.clone() };
    let doubled = Request { body: body().repeat(2), ..good.clone() };
    let empty = Request { body: String::new(), ..good.clone() };
    let none = claiming(json!({ "payload_hash": null }));
    let upper = claiming(json!({ "payload_hash": "A".repeat(64) }));
    for request in [cut, doubled, empty, none, upper] {
        assert!(!is_believed(&request, &[SECRET], BORNE));
    }
}

#[test]
fn a_query_is_believed_where_the_token_covers_it_and_else_only_knowingly() {
    let query = format!("conversation_uuid={CALL}&to=85230000001&from=85291234567");
    let get = |claims: &Value| Request {
        method: "GET".to_owned(),
        target: format!("/voice/vonage?{query}"),
        body: String::new(),
        ..request("", &token(claims))
    };
    let bare = json!({ "iat": AT });
    let (of_nothing, of_query, of_else) = (claims(AT, ""), claims(AT, &query), claims(AT, "else"));
    let believed = |claims, risks| is_believed(&get(claims), &[SECRET], risks);
    let none = Risks::default();
    assert_eq!([&bare, &of_nothing, &of_query, &of_else].map(|c| believed(c, none)), [false, false, true, false]);
    assert_eq!([&bare, &of_nothing, &of_query, &of_else].map(|c| believed(c, BORNE)), [true, true, true, false]);
    assert!(!is_believed(&get(&json!({ "iat": AT - 301 })), &[SECRET], BORNE), "the token is still proved");
    let heard = get(&of_query).hear(VONAGE, Door::Inbound).unwrap();
    assert_eq!(heard.provider_call, CALL);
}

fn verify(method: &str, target: &str, body: &[u8], header: Option<&str>) -> Result<Verified, Refused> {
    let header = |name: &str| header.filter(|_| name == "authorization");
    let webhook = Webhook { method, public_url: "https://ivr.example.com", target, header: &header, body };
    let secrets = [Secret::new(SECRET)];
    VONAGE.verify(&webhook, &Keys { secrets: &secrets, now: AT, risks: BORNE })
}

#[test]
fn text_that_is_not_utf_8_is_malformed() {
    // "退款" as GBK, signed as it stands.
    let body = [b"{\"conversation_uuid\":\"".as_slice(), b"\xcd\xcb\xbf\xee\"}"].concat();
    let hash: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    let header = format!("Bearer {}", token(&json!({ "iat": AT, "payload_hash": hash })));
    assert!(matches!(verify("POST", "/", &body, Some(&header)), Err(Refused::Malformed(_))));
    let query = "/?conversation_uuid=%CD%CB%BF%EE";
    let header = format!("Bearer {}", token(&json!({ "iat": AT })));
    assert!(matches!(verify("GET", query, b"", Some(&header)), Err(Refused::Malformed(_))));
}

proptest! {
    #[test]
    fn a_body_changed_anywhere_is_refused(digits in "\\PC{1,40}", at in any::<prop::sample::Index>()) {
        let body = json!({ "conversation_uuid": CALL, "dtmf": { "digits": digits } }).to_string();
        let good = signed(&body);
        let mut bytes = body.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1;
        let header = good.headers.get("authorization").map(String::as_str);
        prop_assert_eq!(verify("POST", "/", &bytes, header).err(), Some(Refused::Signature));
    }

    #[test]
    fn nothing_unsigned_is_accepted_and_nothing_panics(
        body in prop::collection::vec(any::<u8>(), 0..300),
        get in any::<bool>(),
        query in "\\PC{0,60}",
        header in prop::option::of("\\PC{0,80}|Bearer [A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{43}|Bearer eyJhbGciOiJub25lIn0\\.eyJpYXQiOjE3NjM3Njk2MDB9\\.[A-Za-z0-9]{0,43}"),
    ) {
        let target = format!("/voice/vonage?{query}");
        let method = if get { "GET" } else { "POST" };
        prop_assert!(verify(method, &target, &body, header.as_deref()).is_err());
    }
}
