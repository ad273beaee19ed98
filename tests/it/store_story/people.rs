//! People, what they prove themselves by, and how often they may be wrong.

use crate::support::rows::START;
use hotline::store::{Kept, Person, PersonChange, Repeat, SignIn, Store};
use hotline::words::{Lang, Role, Secret};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const BROWSER: &str = "Browser/1.0";

pub async fn story(store: &Store) {
    the_first_admin(store).await;
    people(store).await;
    invitations(store).await;
    sessions(store).await;
    passwords(store).await;
    tokens(store).await;
    limits(store).await;
    keys(store).await;
    disabled(store).await;
    last_admin(store).await;
    aging(store).await;
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

/// Gives somebody a password and a session.
async fn sign_in(store: &Store, name: &str, password: &str, at: i64) -> Secret {
    let invitation = store.invite(name, at).await.unwrap().unwrap();
    let accepted = store.accept_invitation(invitation.reveal(), &secret(password), at).await.unwrap();
    assert_eq!(accepted.as_deref(), Some(name));
    store.begin_session(name, &secret(password), BROWSER, at).await.unwrap().unwrap()
}

async fn the_first_admin(store: &Store) {
    let (name, first) = store.first_admin(START).await.unwrap().expect("there is nobody yet");
    assert_eq!(name, "admin");
    assert!(store.first_admin(START + HOUR).await.unwrap().is_none(), "shown once");
    assert!(store.invited(first.reveal(), START + HOUR).await.unwrap().is_some());
    let later = START + 25 * HOUR;
    let (_, second) = store.first_admin(later).await.unwrap().expect("nobody came in time");
    assert!(store.invited(first.reveal(), later).await.unwrap().is_none());
    assert!(store.accept_invitation(second.reveal(), &secret("a"), later).await.unwrap().is_some());
    assert!(store.first_admin(later + 50 * HOUR).await.unwrap().is_none(), "somebody can sign in");
}

async fn people(store: &Store) {
    let mei = Person {
        languages: vec![Lang::ZhCn, Lang::EnUs],
        skills: vec!["payment".into()],
        phone: Some("sip:mei@desk.example".into()),
        zone: Some("Asia/Shanghai".into()),
        page_language: Some(Lang::ZhCn),
        ..Person::new("mei", Role::Agent)
    };
    assert!(store.add_person(&mei, START).await.unwrap());
    assert!(!store.add_person(&Person::new("mei", Role::Admin), START).await.unwrap(), "the name is taken");
    assert_eq!(store.person("mei").await.unwrap(), Some(mei.clone()));
    assert_eq!(store.person("nobody").await.unwrap(), None);

    assert!(store.change_person("mei", &PersonChange::default()).await.unwrap());
    assert_eq!(store.person("mei").await.unwrap(), Some(mei.clone()), "what is not named stays");
    let change = PersonChange {
        role: Some(Role::Supervisor),
        languages: Some(Vec::new()),
        skills: Some(vec!["payment".into(), "security".into()]),
        phone: Some(None),
        zone: Some(Some("Asia/Tokyo".into())),
        page_language: Some(None),
    };
    assert!(store.change_person("mei", &change).await.unwrap());
    let changed = Person {
        role: Role::Supervisor,
        languages: Vec::new(),
        skills: vec!["payment".into(), "security".into()],
        phone: None,
        zone: Some("Asia/Tokyo".into()),
        page_language: None,
        ..mei
    };
    assert_eq!(store.person("mei").await.unwrap(), Some(changed));
    assert!(!store.change_person("nobody", &change).await.unwrap());
    assert!(store.add_person(&Person::new("ken", Role::Agent), START).await.unwrap());
    let names: Vec<String> = store.people().await.unwrap().into_iter().map(|person| person.name).collect();
    assert_eq!(names, ["admin", "ken", "mei"]);
}

async fn invitations(store: &Store) {
    assert!(store.invite("nobody", START).await.unwrap().is_none());
    let first = store.invite("mei", START).await.unwrap().unwrap();
    let second = store.invite("mei", START).await.unwrap().unwrap();
    assert!(store.invited(first.reveal(), START).await.unwrap().is_none(), "the newer one counts");
    let person = store.invited(second.reveal(), START + 24 * HOUR - 1).await.unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.role), ("mei", Role::Supervisor));
    assert!(store.invited(second.reveal(), START + 24 * HOUR).await.unwrap().is_none(), "after a day");
    let late = store.accept_invitation(second.reveal(), &secret("x"), START + 24 * HOUR).await.unwrap();
    assert_eq!(late, None);
    let used = store.accept_invitation(second.reveal(), &secret("mei's"), START).await.unwrap();
    assert_eq!(used.as_deref(), Some("mei"));
    assert_eq!(store.accept_invitation(second.reveal(), &secret("y"), START).await.unwrap(), None, "a second time");
    let kept = store.password_of("mei").await.unwrap();
    assert!(kept.is_some_and(|kept| kept.same(b"mei's")));
}

async fn sessions(store: &Store) {
    let wrong = store.begin_session("mei", &secret("changed meanwhile"), BROWSER, START).await.unwrap();
    assert!(wrong.is_none());
    let session = store.begin_session("mei", &secret("mei's"), BROWSER, START).await.unwrap().unwrap();
    assert!(session.reveal().len() >= 43, "256 bits");
    let (person, id) = store.session(session.reveal(), START + 30_000).await.unwrap().unwrap();
    assert_eq!(person.name, "mei");
    assert_ne!(id, session.reveal(), "what is listed opens nothing");
    assert!(store.session(&id, START).await.unwrap().is_none());
    assert!(store.session("", START).await.unwrap().is_none());
    let seen = async |at| store.sessions("mei", at).await.unwrap()[0].seen_at;
    assert_eq!(seen(START + 30_000).await, START, "within a minute nothing is written");
    assert!(store.session(session.reveal(), START + MINUTE).await.unwrap().is_some());
    assert_eq!(seen(START + MINUTE).await, START + MINUTE);

    // Used every hour it lasts twelve, unused two.
    for hour in 1..12 {
        assert!(store.session(session.reveal(), START + hour * HOUR).await.unwrap().is_some(), "{hour}");
    }
    assert!(store.session(session.reveal(), START + 12 * HOUR).await.unwrap().is_none());
    assert!(store.sessions("mei", START + 12 * HOUR).await.unwrap().is_empty());
    let idle = store.begin_session("mei", &secret("mei's"), &"b\u{7}".repeat(300), START).await.unwrap().unwrap();
    assert!(store.session(idle.reveal(), START + 2 * HOUR).await.unwrap().is_none());

    let listed = store.sessions("mei", START).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().any(|it| it.browser == "b".repeat(200)), "short and plain");
    let other = listed.iter().find(|it| it.id != id).unwrap();
    assert!(!store.end_session("ken", &other.id).await.unwrap(), "it is not his");
    assert!(store.end_session("mei", &other.id).await.unwrap());
    assert!(!store.end_session("mei", &other.id).await.unwrap());
    assert_eq!(store.end_sessions("mei").await.unwrap(), 1);
    assert!(store.session(session.reveal(), START).await.unwrap().is_none());
}

async fn passwords(store: &Store) {
    let here = sign_in(store, "ken", "one", START).await;
    let elsewhere = store.begin_session("ken", &secret("one"), BROWSER, START).await.unwrap().unwrap();
    let (_, id) = store.session(here.reveal(), START).await.unwrap().unwrap();
    assert!(!store.change_password("ken", &secret("another"), &secret("two"), &id).await.unwrap());
    assert!(store.session(elsewhere.reveal(), START).await.unwrap().is_some());
    assert!(store.change_password("ken", &secret("one"), &secret("two"), &id).await.unwrap());
    assert!(store.session(here.reveal(), START).await.unwrap().is_some());
    assert!(store.session(elsewhere.reveal(), START).await.unwrap().is_none(), "everywhere else it ends");

    assert!(store.reset_password("nobody", START).await.unwrap().is_none());
    let (_, token) = store.new_token("ken", "reports", START).await.unwrap().unwrap();
    let link = store.reset_password("ken", START).await.unwrap().unwrap();
    assert!(store.token(token.reveal(), START).await.unwrap().is_none(), "programs are kept out too");
    assert!(store.session(here.reveal(), START).await.unwrap().is_none());
    assert!(store.begin_session("ken", &secret("two"), BROWSER, START).await.unwrap().is_none());
    let kept = store.password_of("ken").await.unwrap();
    assert!(kept.is_none());
    assert!(store.accept_invitation(link.reveal(), &secret("three"), START).await.unwrap().is_some());
}

async fn tokens(store: &Store) {
    let (id, token) = store.new_token("ken", "reports", START).await.unwrap().unwrap();
    let (newer, other) = store.new_token("ken", "exports", START).await.unwrap().unwrap();
    assert!(store.new_token("nobody", "reports", START).await.unwrap().is_none());
    assert!(token.reveal().starts_with("hl_") && token.reveal().len() == 46);
    let listed = store.tokens("ken").await.unwrap();
    assert_eq!(listed.iter().map(|it| it.label.as_str()).collect::<Vec<_>>(), ["exports", "reports"]);
    assert_eq!((listed[1].id.as_str(), listed[1].created_at, listed[1].used_at), (id.as_str(), START, None));
    let all = store.all_tokens().await.unwrap();
    let all: Vec<_> = all.iter().map(|(name, token)| (name.as_str(), token.label.as_str())).collect();
    assert_eq!(all, [("ken", "exports"), ("ken", "reports")]);
    let used = async || store.tokens("ken").await.unwrap()[1].used_at;
    for (at, kept) in [(START, START), (START + MINUTE - 1, START), (START + MINUTE, START + MINUTE)] {
        assert_eq!(store.token(token.reveal(), at).await.unwrap().unwrap().name, "ken");
        assert_eq!(used().await, Some(kept), "written once a minute");
    }
    assert!(store.token(&id, START).await.unwrap().is_none());
    assert!(!store.revoke_token("mei", &id).await.unwrap(), "it is not hers");
    assert!(store.revoke_token("ken", &id).await.unwrap());
    assert!(store.token(token.reveal(), START).await.unwrap().is_none());
    assert!(store.token(other.reveal(), START).await.unwrap().is_some());
    assert!(store.revoke_token("ken", &newer).await.unwrap());
}

async fn limits(store: &Store) {
    let claim = async |name: &str, address: &str, at| store.claim_sign_in(name, address, at).await.unwrap();
    for n in 0..10 {
        assert_eq!(claim("mei", "192.0.2.1", START + n).await, SignIn::Compare);
    }
    let later = START + 14 * MINUTE;
    assert_eq!(claim("mei", "192.0.2.2", later).await, SignIn::Limited, "from wherever");
    assert_eq!(claim("nobody at all", "192.0.2.1", later).await, SignIn::Compare, "another name is free");
    // What was refused is not counted: the wait is over fifteen minutes after the first ones.
    assert_eq!(claim("mei", "192.0.2.2", START + 15 * MINUTE + 10).await, SignIn::Compare);
    store.forgive_sign_in("mei", "192.0.2.2").await.unwrap();

    for n in 0..30 {
        assert_eq!(claim(&format!("guess-{n}"), "192.0.2.9", START).await, SignIn::Compare);
    }
    assert_eq!(claim("ken", "192.0.2.9", START).await, SignIn::Limited);
    for _ in 0..9 {
        assert_eq!(claim("ken", "192.0.2.3", START).await, SignIn::Compare);
    }
    store.forgive_sign_in("ken", "192.0.2.4").await.unwrap();
    assert_eq!(claim("ken", "192.0.2.4", START).await, SignIn::Compare, "the tenth");
    assert_eq!(claim("ken", "192.0.2.4", START).await, SignIn::Limited, "only what came from there is forgiven");
    store.forgive_sign_in("ken", "192.0.2.3").await.unwrap();
    assert_eq!(claim("ken", "192.0.2.4", START).await, SignIn::Compare);
}

async fn keys(store: &Store) {
    let claim = async |request: &str, at| store.claim_key("mei", "k", request, at).await.unwrap();
    assert_eq!(claim("r", START).await, Repeat::New);
    assert_eq!(claim("r", START + MINUTE - 1).await, Repeat::Busy);
    assert_eq!(claim("another", START + MINUTE).await, Repeat::Other);
    assert_eq!(claim("r", START + MINUTE).await, Repeat::New, "whoever had it is gone");
    assert!(store.finish_key("mei", "k", 201, "made").await.unwrap());
    assert!(!store.finish_key("mei", "k", 500, "again").await.unwrap());
    store.give_key_up("mei", "k").await.unwrap();
    assert_eq!(claim("r", START + HOUR).await, Repeat::Same { status: 201, body: "made".into() });
    assert_eq!(claim("another", START + HOUR).await, Repeat::Other);
    assert_eq!(store.claim_key("ken", "k", "r", START).await.unwrap(), Repeat::New, "everybody has their own keys");
    store.give_key_up("ken", "k").await.unwrap();
    assert_eq!(store.claim_key("ken", "k", "another", START).await.unwrap(), Repeat::New);
}

async fn disabled(store: &Store) {
    let session = sign_in(store, "ken", "four", START).await;
    let (_, token) = store.new_token("ken", "reports", START).await.unwrap().unwrap();
    let link = store.invite("ken", START).await.unwrap().unwrap();
    assert!(!store.disable_person("nobody", true).await.unwrap());
    assert!(store.disable_person("ken", true).await.unwrap());
    assert!(store.person("ken").await.unwrap().unwrap().disabled);
    assert!(store.password_of("ken").await.unwrap().is_none());
    assert!(store.begin_session("ken", &secret("four"), BROWSER, START).await.unwrap().is_none());
    assert!(store.invite("ken", START).await.unwrap().is_none());
    assert!(store.reset_password("ken", START).await.unwrap().is_none());
    assert!(store.new_token("ken", "more", START).await.unwrap().is_none());
    assert!(store.disable_person("ken", false).await.unwrap());
    assert!(store.session(session.reveal(), START).await.unwrap().is_none(), "ended for good");
    assert!(store.token(token.reveal(), START).await.unwrap().is_none(), "revoked for good");
    assert!(store.invited(link.reveal(), START).await.unwrap().is_none());
    assert!(store.begin_session("ken", &secret("four"), BROWSER, START).await.unwrap().is_some());
}

async fn last_admin(store: &Store) {
    let lower = PersonChange { role: Some(Role::Agent), ..PersonChange::default() };
    assert_eq!(store.change_person_but_last("admin", &lower, None, START).await.unwrap(), Kept::LastAdmin);
    assert_eq!(store.disable_person_but_last("admin", START).await.unwrap(), Kept::LastAdmin);
    assert_eq!(store.person("admin").await.unwrap().unwrap().role, Role::Admin);
    assert_eq!(store.change_person_but_last("nobody", &lower, None, START).await.unwrap(), Kept::Missing);
    assert_eq!(store.disable_person_but_last("nobody", START).await.unwrap(), Kept::Missing);
    // Who was made an admin and cannot sign in yet does not count.
    assert!(store.add_person(&Person::new("ria", Role::Admin), START).await.unwrap());
    assert_eq!(store.disable_person_but_last("admin", START).await.unwrap(), Kept::LastAdmin);
    let session = sign_in(store, "ria", "five", START).await;
    assert!(store.session(session.reveal(), START).await.unwrap().is_some());
    assert_eq!(store.disable_person_but_last("ria", START).await.unwrap(), Kept::Done);
    assert!(store.session(session.reveal(), START).await.unwrap().is_none());
    assert!(store.disable_person("ria", false).await.unwrap());
    let zone = PersonChange { zone: Some(Some("Asia/Tokyo".into())), ..PersonChange::default() };
    let seen = store.person("ria").await.unwrap().unwrap();
    let other = PersonChange { zone: Some(Some("Asia/Seoul".into())), ..PersonChange::default() };
    assert_eq!(store.change_person_but_last("ria", &zone, Some(&seen), START).await.unwrap(), Kept::Done);
    assert_eq!(store.change_person_but_last("ria", &other, Some(&seen), START).await.unwrap(), Kept::Changed);
    assert_eq!(store.change_person_but_last("nobody", &other, Some(&seen), START).await.unwrap(), Kept::Missing);
    assert_eq!(store.change_person_but_last("ria", &lower, None, START).await.unwrap(), Kept::Done);
    assert_eq!(store.person("ria").await.unwrap().unwrap().zone.as_deref(), Some("Asia/Tokyo"));
}

async fn aging(store: &Store) {
    let later = START + 48 * HOUR;
    let young = store.begin_session("ken", &secret("four"), BROWSER, later).await.unwrap().unwrap();
    assert!(store.age_sign_ins(START, 25).await.unwrap() == 0, "nothing is that old");
    while store.age_sign_ins(later, 25).await.unwrap() > 0 {}
    assert!(store.session(young.reveal(), later).await.unwrap().is_some());
    assert_eq!(store.sessions("ken", START).await.unwrap().len(), 1, "the older ones are gone");
    let key = store.claim_key("mei", "k", "r", later).await.unwrap();
    assert_eq!(key, Repeat::New, "its answer is forgotten");
    for n in 0..10 {
        assert_eq!(store.claim_sign_in("mei", "192.0.2.9", START + n).await.unwrap(), SignIn::Compare);
    }
}
