//! The addresses our documents give out, and that nobody can make or bend one.

use hotline::provider::{Place, PlaceKey, Provider};
use hotline::words::{CallId, Lang, Secret};

const THEIRS: &str = "CA00000000000000000000000000000001";

fn place() -> Place {
    let call = CallId::parse("0197a2b3c4d57e6f8091a2b3c4d5e6f7").unwrap();
    Place { call, turn: 3, lang: Lang::ZhHk }
}

fn key() -> PlaceKey {
    PlaceKey::derive(&Secret::new("a pepper"))
}

/// The mac at the end of a place's address.
fn mac(place: &Place) -> String {
    key().path(Provider::Twilio, THEIRS, place).rsplit_once('/').unwrap().1.to_owned()
}

#[test]
fn an_address_says_its_place_and_is_known_again() {
    let path = key().path(Provider::Twilio, THEIRS, &place());
    let (address, mac) = path.rsplit_once('/').unwrap();
    assert_eq!(address, "/voice/twilio/c/0197a2b3c4d57e6f8091a2b3c4d5e6f7/3/zh-HK");
    assert!(mac.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{mac}");
    assert!(key().proves(Provider::Twilio, THEIRS, &place(), mac));
}

#[test]
fn an_address_is_the_same_on_every_server_with_the_pepper_and_no_other() {
    let path = |pepper: &str| PlaceKey::derive(&Secret::new(pepper)).path(Provider::Twilio, THEIRS, &place());
    assert_eq!(path("a pepper"), path("a pepper"));
    assert_ne!(path("a pepper"), path("another pepper"));
    let long = "p".repeat(100);
    assert_ne!(path(&long), path(&long[1..]));
}

#[test]
fn a_mac_proves_its_own_place_only() {
    let mac = mac(&place());
    let proves = |provider, theirs: &str, place: &Place| key().proves(provider, theirs, place, &mac);
    assert!(proves(Provider::Twilio, THEIRS, &place()));
    assert!(!proves(Provider::Phone, THEIRS, &place()), "another provider");
    assert!(!proves(Provider::Twilio, "CA00000000000000000000000000000002", &place()), "another call of the provider");
    assert!(!proves(Provider::Twilio, "", &place()), "no call of the provider");
    assert!(!proves(Provider::Twilio, THEIRS, &Place { call: CallId::fresh(), ..place() }), "another call");
    assert!(!proves(Provider::Twilio, THEIRS, &Place { turn: 4, ..place() }), "another turn");
    assert!(!proves(Provider::Twilio, THEIRS, &Place { lang: Lang::ZhCn, ..place() }), "another language");
}

#[test]
fn a_mac_that_was_cut_lengthened_or_changed_anywhere_proves_nothing() {
    let mac = mac(&place());
    let proves = |mac: &str| key().proves(Provider::Twilio, THEIRS, &place(), mac);
    assert!(proves(&mac));
    for end in 0..mac.len() {
        assert!(!proves(&mac[..end]), "cut to {end}");
    }
    for (at, own) in mac.char_indices() {
        for other in ['A', 'B', '9', '-', '_', '/', '=', ' '].into_iter().filter(|other| *other != own) {
            let mut changed = mac.clone();
            changed.replace_range(at..=at, &other.to_string());
            assert!(!proves(&changed), "{changed}");
        }
    }
    for bad in [format!("{mac}A"), format!("{mac}=="), format!("{mac}{mac}"), "没有".into()] {
        assert!(!proves(&bad), "{bad}");
    }
}
