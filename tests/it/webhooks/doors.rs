//! Who is let in, and what is turned away.

use crate::support::server::{Answer, Home, Server, read};
use crate::support::twilio::{Call, PUBLIC, TOKEN, Webhook};
use hotline::store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Refused with this status, in words that hold nothing of what was sent.
async fn refused(server: &Server, webhook: &Webhook, status: u16) {
    let answer = server.send(webhook).await;
    assert_eq!(answer.status, status, "{answer:?}");
    for (_, value) in webhook.fields.iter().filter(|(_, value)| value.len() > 3) {
        assert!(!answer.body.contains(value.as_str()), "{answer:?}");
    }
}

#[tokio::test]
async fn a_wrong_or_missing_signature_is_refused_and_nothing_is_stored() {
    let home = Home::new();
    let server = home.start();
    let call = Call::from("+85261230010");
    let inbound = call.inbound();
    refused(&server, &Webhook { signature: None, ..inbound.clone() }, 403).await;
    for signature in ["", "=", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "not base64 at all"] {
        refused(&server, &Webhook { signature: Some(signature.into()), ..inbound.clone() }, 403).await;
    }
    refused(&server, &inbound.clone().signed("another token"), 403).await;
    refused(&server, &inbound.clone().signed(""), 403).await;
    // Signed for another address, or with a field changed afterwards.
    let moved = format!("{}&x=1", inbound.url);
    refused(&server, &Webhook { url: moved, ..inbound.clone() }, 403).await;
    let changed = Webhook { signature: inbound.signature.clone(), ..inbound.clone().with("From", "+85261230099") };
    refused(&server, &changed, 403).await;
    refused(&server, &call.status("completed").signed("another token"), 403).await;

    assert_eq!(server.metric(r#"hotline_refused_total{provider="twilio",reason="signature"}"#).await, Some(10.0));
    let store = Store::open(&home.database(), "test").await.unwrap();
    assert_eq!(store.find_call("twilio", &call.sid).await.unwrap(), None);
    assert_eq!(store.open_calls().await.unwrap(), 0);
}

#[tokio::test]
async fn while_a_token_is_replaced_the_old_and_the_new_one_are_accepted() {
    let home = Home::new().set("HOTLINE_TWILIO_AUTH_TOKEN", &format!("the-new-token, {TOKEN}"));
    let server = home.start();
    let mut call = Call::from("+85261230011");
    let answer = server.send(&call.inbound().signed("the-new-token")).await;
    call.hears(&answer).says("您好");
    call.press(&server, "3").await.says("For a failed payment");
    refused(&server, &call.typed("1").signed(&format!("the-new-token, {TOKEN}")), 403).await;
}

#[tokio::test]
async fn a_provider_without_a_token_is_off() {
    let home = Home::new().set("HOTLINE_TWILIO_AUTH_TOKEN", "");
    let server = home.start();
    refused(&server, &Call::from("+85261230012").inbound(), 403).await;
    refused(&server, &Call::from("+85261230012").inbound().signed(""), 403).await;
    home.logs("no provider is on: set the secret of one").await;
}

#[tokio::test]
async fn a_body_over_64_kib_is_too_large_and_one_of_64_kib_is_not() {
    let server = Home::new().start();
    let call = Call::from("+85261230013");
    let room = 64 * 1024 - call.inbound().with("Padding", "").body().len();
    let full = call.inbound().with("Padding", &"a".repeat(room));
    assert_eq!(full.body().len(), 64 * 1024);
    assert_eq!(server.send(&full).await.status, 200);
    // Refused by its length alone, and where no length is given, by what comes.
    for head in ["Content-Length: 65537\r\n\r\n".to_owned(), format!("Transfer-Encoding: chunked\r\n\r\n{}", chunks())]
    {
        let mut connection = server.connect().await;
        let head = format!("POST /voice/twilio HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: x\r\n{head}");
        connection.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        connection.read_exact(&mut answer).await.unwrap();
        assert_eq!(str::from_utf8(&answer).unwrap(), "HTTP/1.1 413");
    }
    assert_eq!(server.get("/readyz").await.status, 200);
}

/// One byte more than may be.
fn chunks() -> String {
    let kib = format!("400\r\n{}\r\n", "a".repeat(1024));
    format!("{}1\r\na\r\n", kib.repeat(64))
}

#[tokio::test]
async fn a_malformed_form_is_refused_without_an_echo() {
    let server = Home::new().start();
    let call = Call::from("+85261230014");
    let signed = call.inbound().signature.unwrap();
    for body in ["CallSid=%ZZsecret", "CallSid=%ff%fesecret", "CallSid=secret%"] {
        let request = server.request("POST", "/voice/twilio?flow=digital-wallet").body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = request.header("x-twilio-signature", &signed).send().await.unwrap();
        assert_eq!(response.status(), 400, "{body}");
        assert!(!response.text().await.unwrap().contains("secret"), "{body}");
    }
    // Well formed and signed, and yet not what Twilio sends.
    refused(&server, &call.inbound().with("CallSid", ""), 400).await;
    refused(&server, &call.inbound().with("CallSid", "no id <secret>"), 400).await;
    refused(&server, &call.inbound().with("To", ""), 400).await;
    refused(&server, &call.status("exploded"), 400).await;
}

#[tokio::test]
async fn fields_nobody_asks_for_are_passed_over() {
    let server = Home::new().start();
    let mut call = Call::from("+85261230015");
    let odd =
        call.inbound().with("StirVerstat", "TN-Validation-Passed-A").with("Ünïcode ☎", "值 &=+%").with("Empty", "");
    let answer = server.send(&odd).await;
    call.hears(&answer).says("您好");
    let odd = call.typed("3").with("Confidence", "0.9").with("SpeechResult", "refund");
    call.go(&server, odd).await.says("For a failed payment");
}

#[tokio::test]
async fn a_call_may_come_in_by_get_with_everything_in_the_address() {
    let server = Home::new().start();
    let mut call = Call::from("+85261230020");
    let target = format!("/voice/twilio?flow=digital-wallet&{}", call.inbound().body());
    let get = async |signed: &str, method: &str| {
        let signature = Webhook::new(&format!("{PUBLIC}{signed}"), Vec::new()).signature.unwrap();
        let request = server.request(method, &target).header("x-twilio-signature", signature);
        read(request.send().await.unwrap()).await.unwrap()
    };
    call.hears(&get(&target, "GET").await).says("您好");
    assert_eq!(get("/voice/twilio?flow=digital-wallet", "GET").await.status, 403);
    assert_eq!(get(&target, "PUT").await.status, 405);
    call.press(&server, "3").await.says("For a failed payment");
}

#[tokio::test]
async fn there_are_no_other_doors() {
    let server = Home::new().start();
    let call = Call::from("+85261230016");
    let to = |path: &str| call.inbound().to(&format!("{PUBLIC}{path}"));
    refused(&server, &to("/voice/nobody"), 404).await;
    refused(&server, &to("/voice"), 404).await;
    // Our own phones' door wants their token, which no provider has.
    refused(&server, &to("/voice/phone"), 403).await;
    let answer =
        server.request("POST", "/voice/phone").header("authorization", "Bearer ").body("{}").send().await.unwrap();
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn an_address_that_is_not_ours_or_another_calls_is_refused() {
    let home = Home::new();
    let server = home.start();
    let (mut mine, mut theirs) = (Call::from("+85261230017"), Call::from("+85261230018"));
    mine.dial(&server).await;
    theirs.dial(&server).await;
    let action = mine.heard.action().to_owned();
    let (place, mac) = action.rsplit_once('/').unwrap();
    let other_mac = theirs.heard.action().rsplit_once('/').unwrap().1;
    let wrong = [
        format!("{place}/{other_mac}"),
        format!("{place}/AAAAAAAAAAAAAAAAAAAAAA"),
        format!("{place}/{}", &mac[1..]),
        action.replace("/1/zh-CN/", "/2/zh-CN/"),
        action.replace("/1/zh-CN/", "/1/en-US/"),
        action.replace("/1/zh-CN/", "/-1/zh-CN/"),
        action.replace("/1/zh-CN/", "/1/tlh/"),
        action.replace("/c/", "/c/x"),
    ];
    for address in &wrong {
        refused(&server, &mine.typed("3").to(address), 403).await;
    }
    // The other caller's CallSid on this call's address.
    refused(&server, &theirs.typed("3").to(&action), 403).await;
    let store = Store::open(&home.database(), "test").await.unwrap();
    assert_eq!(store.turns(&mine.id()).await.unwrap().len(), 1, "nothing moved");
    mine.press(&server, "3").await.says("For a failed payment");
}

#[tokio::test]
async fn an_address_of_a_call_nobody_knows_leads_to_a_new_start() {
    // Two servers with one pepper but databases of their own: what one gave out the other never heard of.
    let (home, stranger) = (Home::new(), Home::new());
    home.write("hotline.toml", "[[lines]]\nnumber = \"+85230000001\"\nflow = \"digital-wallet\"\n");
    let (server, strange) = (home.start(), stranger.start());
    let mut call = Call::from("+85261230019");
    call.dial(&strange).await;
    call.press(&strange, "3").await;
    let answer: Answer = server.send(&call.typed("1")).await;
    let twiml = call.hears(&answer);
    twiml.says("Sorry, we have to start this call over.");
    assert_eq!(twiml.verbs, ["Say", "Redirect"]);
    assert_eq!(twiml.redirect, Some(format!("{PUBLIC}/voice/twilio")));
    call.go(&server, call.redirected()).await.says("您好");
    call.press(&server, "3").await.says("For a failed payment");
}
