//! Somleng's callbacks, documents and interface.

use crate::support::documents;
use crate::support::hostile::Forms;
use crate::support::interface::{Asked, BASIC, Stage};
use crate::support::platforms::twilio::signature;
use crate::support::platforms::{Then, platform};
use crate::support::recorded::{self, Request, sample};
use hotline::call::Voice;
use hotline::call::event::{CallStatus, DialEnd};
use hotline::call::voice::Next;
use hotline::provider::{Door, Provider, Said};
use hotline::words::{Lang, Phone};
use insta::assert_snapshot;

const SOMLENG: Provider = Provider::Somleng;
const TOKEN: &str = "a-token-of-the-account";
const FORMS: Forms = Forms { provider: SOMLENG, sign: |body| signed(TARGET, body), headers: &["x-twilio-signature"] };
const TARGET: &str = "/voice/somleng?flow=main";

fn signed(target: &str, body: &str) -> Request {
    let sign = |url: &str, form: &_| vec![("x-twilio-signature", signature(TOKEN, url, form))];
    recorded::form(target, body, TOKEN, sign)
}

#[test]
fn every_example_signature_is_judged_as_it_should_be() {
    assert_eq!(recorded::judge(SOMLENG), 3);
}

#[test]
fn what_was_recorded_is_heard() {
    let heard = |name: &str, door| sample(&format!("somleng-{name}")).hear(SOMLENG, door).unwrap();
    let inbound = heard("inbound-call", Door::Inbound);
    assert_eq!(inbound.provider_call, "b6b6b6b6-0000-4000-8000-000000000001");
    let Said::Inbound(began) = inbound.said else { panic!("a call begins") };
    assert_eq!((began.dialled.as_str(), began.from), ("+855715100860", None), "2442 is nobody's number abroad");
    assert!(matches!(heard("gather-digits", Door::Turn).said, Said::Digits(digits) if digits.reveal() == "2"));
    assert!(matches!(heard("gather-timeout", Door::Turn).said, Said::Nothing));
    let desk = heard("dial-no-answer", Door::Turn).said;
    assert!(matches!(desk, Said::Dialled { end: DialEnd::NoAnswer, talked: 0 }));
    let Said::Recorded(recording) = heard("recording-done", Door::Turn).said else { panic!("a message") };
    assert_eq!((recording.id.as_str(), recording.seconds), ("r1", 17));
    assert!(matches!(heard("call-completed", Door::Status).said, Said::Status(CallStatus::Completed)));
}

#[test]
fn numbers_without_a_plus_are_understood_and_a_recording_without_a_name_is_known_by_its_address() {
    let Said::Inbound(began) = FORMS.hear("CallSid=1&From=85261239500&To=1294", Door::Inbound).unwrap().said else {
        panic!("a call begins")
    };
    assert_eq!((began.dialled.as_str(), began.from), ("1294", Phone::parse("+85261239500", None)));
    let url =
        "RecordingUrl=https%3A%2F%2Fapi.somleng.example%2F2010-04-01%2FAccounts%2Fa1%2FCalls%2Fb6%2FRecordings%2Fr1";
    let message = |seconds| FORMS.turn(&format!("{url}&RecordingDuration={seconds}&Digits=%23")).unwrap();
    assert!(matches!(message(3), Said::Recorded(recording) if recording.id == "r1" && recording.seconds == 3));
    assert!(matches!(message(0), Said::Nothing), "nobody spoke, and the key that ended it is no answer");
}

#[test]
fn keys_pressed_while_it_is_quiet_are_no_answer() {
    let (lang, says) = (Lang::EnUs, Vec::new());
    let later = documents::lines(SOMLENG, &Voice { lang, says, slow: false, next: Next::Later(5) });
    let (_, call) = platform(SOMLENG);
    assert!(matches!(call(1, "", 0).carries_out(&later).then, Then::Goes(address) if address == documents::NEXT));
    let wait = later.lines().find(|line| line.starts_with("<Gather")).unwrap();
    let action = wait.split_once("action=\"").unwrap().1.split('"').next().unwrap();
    assert_eq!(action, format!("{}?quiet=1", documents::NEXT));
    let target = action.strip_prefix("https://ivr.example.com").unwrap();
    let pressed = |target: &str| signed(target, "CallSid=1&Digits=2").hear(SOMLENG, Door::Turn).unwrap().said;
    assert!(matches!(pressed(target), Said::Nothing));
    assert!(matches!(pressed(&format!("{target}&again=2")), Said::Nothing));
    assert!(matches!(pressed(target.trim_end_matches("?quiet=1")), Said::Digits(_)));
}

#[test]
fn what_is_bent_or_malformed_is_refused() {
    FORMS.refuse_what_is_bent();
    FORMS.refuse_what_is_malformed();
}

#[test]
fn nothing_unsigned_is_believed_and_nothing_signed_breaks_anything() {
    FORMS.believe_nothing_unsigned();
    FORMS.survive_whatever_is_signed();
}

#[test]
fn documents_of_every_kind_are_these() {
    for (name, text) in documents::of(SOMLENG) {
        assert_snapshot!(name, text);
    }
}

#[tokio::test]
async fn its_interface_is_asked_as_documented() {
    let stage = Stage::start(SOMLENG).await;
    stage.answers(201, serde_json::json!({ "sid": "b6b6", "status": "queued" })).await;
    assert_eq!(stage.text().await.as_deref(), Ok("b6b6"));
    assert_eq!(stage.ring().await.as_deref(), Ok("b6b6"));
    let [text, call] = &stage.asked().await[..] else { panic!("two requests") };
    let basic = Some(BASIC);
    assert_eq!((text.line(), text.auth.as_deref()), ("POST /2010-04-01/Accounts/ACCOUNT/Messages.json", basic));
    assert_eq!(text.body, "To=%2B85261239500&From=%2B85230000001&Body=Hello");
    assert_eq!((call.line(), call.auth.as_deref()), ("POST /2010-04-01/Accounts/ACCOUNT/Calls.json", basic));
    assert_eq!(call.body, Asked::CALL_FORM);
    stage.answers(422, serde_json::json!({ "code": 21211, "message": "no" })).await;
    assert!(stage.ring().await.unwrap_err().to_string().starts_with("agent-number: "));
    assert_eq!(stage.text().await.unwrap_err().to_string(), "the provider answered 422, error 21211");
    assert!(stage.api.fetch_recording("r1").await.is_err(), "how is not known");
}
