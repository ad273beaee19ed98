//! What goes out: whom one texts with, and where recordings lie.

use super::{mistake, with_file, without_file};
use hotline::config::RecordingsAt;
use std::path::Path;

const KEY: (&str, &str) = ("HOTLINE_TWILIO_API_KEY", "SK1:key");
const ACCOUNT: (&str, &str) = ("HOTLINE_TWILIO_ACCOUNT", "AC1");

#[test]
fn with_nothing_set_nothing_goes_out_and_recordings_lie_in_the_data_folder() {
    let outbound = without_file(&[]).unwrap().outbound;
    assert!(outbound.apis.is_empty() && !outbound.delete_at_provider);
    assert_eq!(outbound.per_line_day, 500);
    let at = with_file("data = \"here\"", &[]).unwrap().outbound.recordings;
    assert!(matches!(at, RecordingsAt::Folder(folder) if folder == Path::new("here/recordings")));
}

#[test]
fn an_api_key_is_its_sid_and_secret_and_an_auth_token_stands_alone() {
    let api = without_file(&[ACCOUNT, KEY]).unwrap().outbound.apis.remove(0);
    assert_eq!((api.user.as_str(), api.password.reveal(), api.sender), ("SK1", "key", None));
    let token = without_file(&[ACCOUNT, ("HOTLINE_TWILIO_API_KEY", "token")]).unwrap().outbound.apis.remove(0);
    assert_eq!((token.account.as_str(), token.user.as_str(), token.password.reveal()), ("AC1", "AC1", "token"));
    assert!(!without_file(&[ACCOUNT, KEY]).unwrap().demo, "it is serious where something is sent");
    for (given, sender) in [("+1 (202) 555-0123", "+12025550123"), ("MG0123", "MG0123"), ("MyWallet", "MyWallet")] {
        let api = without_file(&[ACCOUNT, KEY, ("HOTLINE_TWILIO_SENDER", given)]).unwrap().outbound.apis.remove(0);
        assert_eq!(api.sender.as_deref(), Some(sender));
    }
}

#[test]
fn what_cannot_work_is_told_with_the_mend() {
    let both = "set `providers.twilio.account` and `providers.twilio.api_key`, both, or leave both out";
    let twilio = |line: &str| mistake(&format!("[providers.twilio]\n{line}"));
    assert_eq!(
        twilio("account = \"AC1\""),
        format!("hotline.toml:2:11: `providers.twilio.account` is set without an `api_key`; {both}")
    );
    assert!(twilio("sender = \"+12025550123\"").contains("is set without an `account` and an `api_key`"));
    assert!(twilio("sender = \"A much too long name\"").contains("from which nothing can be sent"));
    assert!(twilio("account = \"AC1/../AC2\"").contains("which is no id"));
    assert!(twilio("api_base = \"http://api.twilio.com\"").contains("keys and texts would go in the open"));
    assert!(twilio("api_base = \"http://127.0.0.1.example\"").contains("keys and texts would go in the open"));
    assert!(twilio("api_key = \"SK1:key\"").contains("is written out where everybody"));
    assert!(mistake("[sms]\nper_line_day = 0").contains("`sms.per_line_day` is 0; write 1 or more"));
    assert!(mistake("[recordings]\nurl = \"gs://bucket\"").contains("write a folder or `s3://BUCKET/PREFIX`"));
    assert!(mistake("[recordings]\nurl = \"s3://bucket\"").contains("is a bucket, and `access_key` is not set"));
    assert!(mistake("[recordings]\nurl = \"s3:///prefix\"").contains("names no bucket"));
}

#[test]
fn a_bucket_has_a_prefix_and_its_keys() {
    let keys = [("HOTLINE_RECORDINGS_ACCESS_KEY", "name"), ("HOTLINE_RECORDINGS_SECRET_KEY", "key")];
    let file = "[recordings]\nurl = \"s3://bucket/calls/\"\nendpoint = \"https://s3.example.com\"";
    match with_file(file, &keys).unwrap().outbound.recordings {
        RecordingsAt::Bucket { name, prefix, endpoint, region, access_key, secret_key } => {
            assert_eq!((name.as_str(), prefix.as_str(), region.as_str()), ("bucket", "calls", "us-east-1"));
            assert_eq!(endpoint.as_deref(), Some("https://s3.example.com"));
            assert_eq!((access_key.reveal(), secret_key.reveal()), ("name", "key"));
        }
        RecordingsAt::Folder(folder) => panic!("{folder:?}"),
    }
}
