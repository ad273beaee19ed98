//! Providers: what their webhooks are proved with, the risks that are taken in words, and voices.

use super::{mistake, with_file, without_file};
use hotline::provider::{Provider, Risks};
use hotline::words::Lang;

const TWILIO: (&str, &str) = ("HOTLINE_TWILIO_AUTH_TOKEN", "token");
const PLIVO: (&str, &str) = ("HOTLINE_PLIVO_AUTH_TOKEN", "token");

/// A key of an application.
const PEM: &str = include_str!("../../data/vonage-key.pem");
/// 32 bytes, as Telnyx shows them.
const KEY: &str = "6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=";

#[test]
fn a_key_that_is_none_is_told_before_a_call_fails_by_it() {
    let telnyx = |key: &str| without_file(&[("HOTLINE_TELNYX_PUBLIC_KEY", key)]).err();
    assert_eq!((telnyx(KEY), telnyx(&format!("{KEY},{KEY}"))), (None, None));
    for (bad, nth) in
        [("KEY0123456789ABCDEF", "1 of 1"), ("YWJj", "1 of 1"), (&format!("{KEY},{}", &KEY[1..]), "2 of 2")]
    {
        let told = telnyx(bad).unwrap();
        let begins =
            format!("`providers.telnyx.public_key` is no public key, in its value {nth}: 32 bytes in base64; copy");
        assert!(told.contains(&begins) && !told.contains(bad), "{told}");
    }
    let vonage = "[providers.vonage]\naccount = \"a1b2\"\napi_key = \"env:K\"\nprivate_key = \"env:P\"\n";
    let told = |application: &str, pem: &str| {
        with_file(&format!("{vonage}{application}"), &[("K", "secret"), ("P", pem)]).err()
    };
    let application = "application = \"aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab\"";
    assert_eq!(told(application, PEM), None);
    for bad in ["geheim", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "file.pem"] {
        let told = told(application, bad).unwrap();
        assert!(told.starts_with("hotline.toml:4:15: `providers.vonage.private_key` is no RSA key in PEM; "), "{told}");
        assert!(!told.contains("geheim"), "{told}");
    }
    let told = told("", PEM).unwrap();
    assert!(
        told.contains("`providers.vonage.private_key` is set without an `application`; set `providers.vonage.app"),
        "{told}"
    );
}

#[test]
fn every_provider_is_on_with_its_own_secret_and_off_without() {
    assert_eq!(without_file(&[]).unwrap().on(), []);
    for provider in Provider::ALL.iter().filter(|provider| !provider.secret().is_empty()) {
        let name = format!("HOTLINE_{}_{}", provider.name().to_uppercase(), provider.secret().to_uppercase());
        let value = match provider.secret() {
            "credentials" => "user:password",
            "public_key" => KEY,
            _ => "secret",
        };
        let config = without_file(&[(&name, value)]).unwrap();
        assert_eq!(config.on(), [*provider], "{name}");
        assert!(!config.demo, "it is serious");
        let file = format!("[providers.{provider}]\n{} = \"env:A\"", provider.secret());
        assert_eq!(with_file(&file, &[("A", value)]).unwrap().on(), [*provider]);
    }
}

#[test]
fn what_is_no_setting_of_a_provider_is_told_with_the_mend() {
    assert_eq!(
        mistake("[providers.plivo]\npublic_key = \"env:A\""),
        "hotline.toml:2:14: `providers.plivo.public_key` is no setting of it; what plivo's webhooks are proved with is \
         called `auth_token`"
    );
    assert!(mistake("[providers.plivo]\nunsigned_query = true").contains("is no risk there is with plivo"));
    let told = without_file(&[("HOTLINE_BANDWIDTH_CREDENTIALS", "geheim")]).err().unwrap();
    assert!(told.contains("write it as `user:password`") && !told.contains("geheim"), "{told}");
    let told = mistake("[providers.jambonz]\naccount = \"a\"\napi_key = \"env:A\"");
    assert!(told.contains("is in A, which is not set"), "{told}");
}

#[test]
fn risks_are_taken_in_words_and_where_nobody_else_comes() {
    let risks = |file: &str| with_file(file, &[PLIVO]).unwrap().risks(Provider::Plivo);
    assert_eq!(risks(""), Risks::default());
    let v2 = Risks { unsigned_fields: true, ..Risks::default() };
    assert_eq!(risks("[providers.plivo]\nunsigned_fields = true"), v2);
    let open = "[providers.freeswitch]\nanybody_on_this_machine = true";
    let config = with_file(open, &[]).unwrap();
    assert_eq!(config.on(), [Provider::FreeSwitch]);
    for (elsewhere, place) in [
        ("listen = \"0.0.0.0:8080\"", "hotline.toml:1:10: `listen`"),
        ("pepper = \"env:P\"\npublic_url = \"https://ivr.example\"", "hotline.toml:2:14: `public_url`"),
    ] {
        let told = with_file(&format!("{elsewhere}\n{open}"), &[("P", "0123456789abcdef")]).err().unwrap();
        assert!(told.starts_with(place) && told.contains("freeswitch asks nobody for credentials"), "{told}");
    }
    let here = format!("pepper = \"env:P\"\npublic_url = \"http://[::1]:8080\"\n{open}");
    assert!(with_file(&here, &[("P", "0123456789abcdef")]).is_ok());
}

#[test]
fn a_line_has_voices_of_its_own_at_each_provider() {
    let line = "[[lines]]\nnumber = \"+85221234567\"\nflow = \"wallet\"\n";
    let of = format!("{line}[lines.voices.plivo]\nja-JP = \"Polly.Takumi\"");
    let config = with_file(&of, &[TWILIO, PLIVO]).unwrap();
    let voices = &config.lines[0].voices;
    assert_eq!(voices[&Provider::Plivo].0[Lang::JaJp as usize].as_deref(), Some("Polly.Takumi"));
    assert!(!voices.contains_key(&Provider::Twilio));
    let one = format!("{line}voices = {{ ja-JP = \"Polly.Takumi\" }}");
    assert!(with_file(&one, &[TWILIO]).is_ok());
    let told = with_file(&one, &[TWILIO, PLIVO]).err().unwrap();
    assert!(told.contains("calls come by several providers; voices have other names at each"), "{told}");
    let told = with_file(&of.replace("plivo", "plivvo"), &[TWILIO]).err().unwrap();
    assert!(told.contains("is of `plivvo`, which is no provider we speak with"), "{told}");
}
