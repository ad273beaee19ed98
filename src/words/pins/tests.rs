use super::*;

fn keys() -> PinKeys {
    PinKeys::new(&Secret::new("a pepper of the tests"), None)
}

fn pin(digits: &str) -> Secret {
    Secret::new(digits)
}

/// From the reference implementation: `echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1`.
const REFERENCE: &str = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

#[test]
fn each_form_is_known_and_fits_its_own_pin_only() {
    let keys = keys();
    let forms = [keys.make("10001001", &pin("270496")), keys.make_keyed("10001001", &pin("270496"))];
    for verifier in &forms {
        let like = Kind::parse(verifier).unwrap();
        assert!(keys.check("10001001", &pin("270496"), Some(verifier), like), "{like:?}");
        assert!(!keys.check("10001001", &pin("270497"), Some(verifier), like), "{like:?} another PIN");
        assert!(!keys.check("10001002", &pin("270496"), Some(verifier), like), "{like:?} another account");
        assert!(!keys.check("10001001", &pin(""), Some(verifier), like), "{like:?} no PIN");
    }
    assert_eq!(Kind::parse(&forms[0]), Some(Kind::USUAL));
    assert_eq!(Kind::parse(&forms[1]), Some(Kind::Keyed));
}

#[test]
fn a_phc_string_of_the_reference_implementation_fits() {
    let kind = Kind::parse(REFERENCE).unwrap();
    assert!(matches!(kind, Kind::Imported(_)));
    assert!(keys().check("10001001", &pin("password"), Some(REFERENCE), kind));
    assert!(!keys().check("10001001", &pin("passwore"), Some(REFERENCE), kind));
}

#[test]
fn a_wallets_own_keyed_hmac_fits_under_the_wallets_key_only() {
    // printf %s 10001001:270496 | openssl dgst -sha256 -hmac wallet-key
    let theirs = "hmac-sha256:809333cd8dce60cce7a138b9440c5c53a660868ee8ac85736e10d53796471e8c";
    let with = PinKeys::new(&Secret::new("a pepper"), Some(&Secret::new("wallet-key")));
    assert_eq!(with.make_keyed("10001001", &pin("270496")), theirs);
    assert!(with.check("10001001", &pin("270496"), Some(theirs), Kind::Keyed));
    assert!(with.check("10001001", &pin("270496"), Some(&theirs.replace("cce7a138b", "CCE7A138B")), Kind::Keyed));
    assert!(!keys().check("10001001", &pin("270496"), Some(theirs), Kind::Keyed));
}

#[test]
fn an_account_without_a_verifier_is_refused_whatever_is_typed() {
    let cheap = Kind::parse("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5Q").unwrap();
    for like in [Kind::Keyed, Kind::USUAL, cheap] {
        for verifier in [None, Some(""), Some("270496"), Some("hmac-sha256:"), Some("hotline")] {
            assert!(!keys().check("10001001", &pin("270496"), verifier, like), "{verifier:?} like {like:?}");
        }
    }
}

#[test]
fn making_a_verifier_again_gives_the_same_and_none_shows_that_two_accounts_share_a_pin() {
    let keys = keys();
    assert_eq!(keys.make("10001001", &pin("270496")), keys.make("10001001", &pin("270496")));
    let salt = |account| keys.make(account, &pin("270496")).split('$').nth(5).unwrap().to_owned();
    assert_ne!(salt("10001001"), salt("10001002"));
    assert_ne!(keys.make_keyed("10001001", &pin("270496")), keys.make_keyed("10001002", &pin("270496")));
    let other = PinKeys::new(&Secret::new("another pepper"), None);
    assert_ne!(keys.make("10001001", &pin("270496")), other.make("10001001", &pin("270496")));
}

#[test]
fn verifiers_of_other_forms_or_absurd_cost_are_refused() {
    let hash = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let phc = |cost: &str| Kind::parse(&format!("$argon2id$v=19${cost}{hash}"));
    assert!(phc("m=65536,t=4,p=4").is_some());
    assert!(phc("m=262144,t=2,p=1").is_some());
    for cost in [
        "m=262145,t=1,p=1",
        "m=4294967295,t=1,p=1",
        "m=65536,t=9,p=1",
        "m=8,t=4294967295,p=1",
        "m=8,t=65,p=1",
        "m=8,t=0,p=1",
        "m=65536,t=1,p=17",
        "m=65536,t=1,p=0",
        "m=15,t=1,p=2",
        "m=99999999999,t=1,p=1",
        "m=+64,t=1,p=1",
        "t=1,m=64,p=1",
        "m=64,t=1",
        "m=64,t=1,p=1,keyid=aGVsbG8",
    ] {
        assert_eq!(phc(cost), None, "{cost}");
    }
    for text in [
        "",
        "270496",
        "$2b$12$abcdefghijklmnopqrstuv",
        &REFERENCE.replace("argon2id", "argon2i"),
        &REFERENCE.replace("v=19", "v=16"),
        &REFERENCE.replace("$v=19", ""),
        &REFERENCE.replace("c29tZXNhbHQ", "c2Fs"),
        &format!("{REFERENCE}$"),
        &format!("{REFERENCE}="),
        &format!(" {REFERENCE}"),
        "hmac-sha256:0123",
        &format!("hmac-sha256:{}", "g".repeat(64)),
        &format!("hmac-sha256:{}", "0".repeat(65)),
    ] {
        assert_eq!(Kind::parse(text), None, "{text}");
    }
}

#[test]
fn pins_that_are_guessed_first_are_weak() {
    for digits in ["000000", "1111", "121212", "123123", "27042704", "123456", "654321", "567890", "3210", "890123"] {
        assert!(weak(digits, None).is_some(), "{digits}");
    }
    for digits in ["", "123", "7193824605172", "27o496", "２７０４９６", "+27049", "2704 96"] {
        assert!(weak(digits, None).is_some(), "{digits}");
    }
    for digits in ["270496", "830517", "2580", "112233", "123457", "719382460517"] {
        assert_eq!(weak(digits, None), None, "{digits}");
    }
}

#[test]
fn a_birth_date_is_weak_in_every_usual_order() {
    for date in ["1990-03-07", "1990/3/7", "07.03.1990", "3/7/1990", "1990年3月7日", "19900307", "07031990"] {
        assert!(is_date(date), "{date}");
        for digits in [
            "19900307", "900307", "07031990", "070390", "03071990", "030790", "0307", "0703", "1990", "199003",
            "031990", "199037", "9037",
        ] {
            assert_eq!(weak(digits, Some(date)), Some("the PIN is the birth date"), "{digits} of {date}");
        }
        assert_eq!(weak("270496", Some(date)), None);
    }
    for text in ["", "unknown", "1990", "90-03-07", "1990-13-32", "1990-20-20", "1990-00-07", "1789-07-14", "1990-03"] {
        assert!(!is_date(text), "{text}");
    }
}
