//! Every hostile request that was ever found to matter at a provider's door, by what it is: sent to the running
//! program at every door of every provider. Whatever finds another adds it here.

use crate::support::platforms::{BOUNDARY, PLATFORMS};
use crate::support::server::Home;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
/// What no answer and no log may hold.
const MARK: &str = "hostile4711";

/// What it is, its media type, and its body.
fn corpus() -> Vec<(&'static str, String, Vec<u8>)> {
    let parts = format!("multipart/form-data; boundary={BOUNDARY}");
    let deep = format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000));
    let deep_fields = format!("{}1{}", r#"{"a":"#.repeat(9_000), "}".repeat(9_000));
    let part = |head: &str, body: &str| format!("--{BOUNDARY}\r\nContent-Disposition: {head}\r\n\r\n{body}\r\n");
    let own: Vec<(&str, &str, Vec<u8>)> = vec![
        ("a percent sign at the end", FORM, format!("session_id={MARK}%").into()),
        ("a percent sign before half a number", FORM, format!("session_id={MARK}%4").into()),
        ("bytes that are no UTF-8", FORM, format!("session_id={MARK}%ff%fe").into()),
        ("a character that begins in a name and ends in a value", FORM, format!("{MARK}%e4%b8=%ad").into()),
        ("a character that begins in one field and ends in the next", FORM, format!("a={MARK}%e4%b8&%ad=1").into()),
        ("raw bytes", FORM, (0..=255).cycle().take(4096).collect()),
        (
            "a field twice with different values",
            FORM,
            format!("session_id={MARK}&session_id=b&call={MARK}&call=b").into(),
        ),
        ("more fields than anybody sends", FORM, format!("{MARK}=1&").repeat(3000).into()),
        ("nothing but ampersands", FORM, vec![b'&'; 60_000]),
        ("nothing but equal signs", FORM, vec![b'='; 60_000]),
        ("an id that leads elsewhere", FORM, format!("session_id=../{MARK}&call=../{MARK}&CallSid=../{MARK}").into()),
        ("an id of markup", FORM, format!("session_id=<{MARK}>&call=<{MARK}>&CallSid=<{MARK}>").into()),
        ("an id of many letters", FORM, format!("session_id={0}&call={0}", MARK.repeat(40)).into()),
        ("an id with a line of its own", FORM, format!("session_id={MARK}%0d%0aX: 1&call={MARK}%0d%0aX: 1").into()),
        ("a zero byte", FORM, format!("session_id={MARK}%00&call={MARK}%00").into()),
        ("nothing", FORM, Vec::new()),
        ("lists in lists", JSON, deep.into()),
        ("objects in objects", JSON, deep_fields.into()),
        ("half an object", JSON, format!("{{\"callId\":\"{MARK}").into()),
        ("half a surrogate", JSON, format!("{{\"callId\":\"{MARK}\\ud800\"}}").into()),
        ("a number too large for any", JSON, format!("{{\"callId\":1e999,\"{MARK}\":1}}").into()),
        ("a name twice", JSON, format!("{{\"callId\":\"{MARK}\",\"callId\":\"b\"}}").into()),
        ("two documents", JSON, b"{}{}".to_vec()),
        ("a mark of the order of bytes", JSON, [&[0xef, 0xbb, 0xbf], format!("{{\"{MARK}\":1}}").as_bytes()].concat()),
        ("wide characters", JSON, MARK.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("a form said to be JSON", JSON, format!("session_id={MARK}").into()),
        ("JSON said to be a form", FORM, format!("{{\"callId\":\"{MARK}\"}}").into()),
        ("parts where none belong", &parts, part("form-data; name=\"call\"", MARK).into()),
        ("a part without a name", &parts, part("form-data", MARK).into()),
        ("a part whose head never ends", &parts, format!("--{BOUNDARY}\r\nX: {}", MARK.repeat(3000)).into()),
        ("no boundary", "multipart/form-data", MARK.into()),
        ("an empty boundary", "multipart/form-data; boundary=", MARK.into()),
        ("text", "text/plain", MARK.into()),
        ("no type at all", "", MARK.into()),
    ];
    own.into_iter().map(|(what, kind, body)| (what, kind.to_owned(), body)).collect()
}

#[tokio::test]
async fn whatever_is_hostile_is_refused_at_every_door_and_nothing_of_it_is_told_again() {
    let home = PLATFORMS.iter().fold(Home::new(), |home, (provider, secret, _)| {
        let (name, setting) = (provider.name().to_uppercase(), provider.secret().to_uppercase());
        home.set(&format!("HOTLINE_{name}_{setting}"), secret)
    });
    let server = home.start();
    let call = "0197a2b3c4d57e6f8091a2b3c4d5e6f7";
    let turn = format!("/c/{call}/3/en-US/AAAAAAAAAAAAAAAAAAAAAA");
    let mut asked = 0;
    for (provider, secret, _) in PLATFORMS {
        // Those that sign nothing are proved, so that what is hostile comes as far as it can.
        let basic = provider.proves_by_credentials().then(|| format!("Basic {}", STANDARD.encode(secret)));
        for door in ["", "/status", &turn] {
            for (what, kind, body) in corpus() {
                let request = server.request("POST", &format!("/voice/{provider}{door}")).body(body);
                let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
                let request = basic.iter().fold(request, |request, basic| request.header("authorization", basic));
                let response = request.send().await.unwrap();
                let (status, told) = (response.status().as_u16(), response.text().await.unwrap());
                let place = format!("{what} at {provider}{door}: {status} {told}");
                assert!([400, 403].contains(&status), "{place}");
                assert!(!told.contains(MARK), "{place}");
                asked += 1;
            }
        }
    }
    assert_eq!(asked, PLATFORMS.len() * 3 * corpus().len());
    assert_eq!(server.get("/readyz").await.status, 200);
    let log = home.log();
    assert!(!log.contains("panicked") && !log.contains(MARK), "{log}");
}
