//! One story that goes through every function of the store, told the same on both engines.

mod codes;
mod desk;
mod earlier;
mod forgetting;
mod guesses;
mod ledger;
mod legs;
mod lines;
mod log;
mod notices;
mod people;
mod posting;
mod studio;
mod tallies;

use crate::support::database::Database;
use crate::support::rows::{DAY, START, begin, customer, effect, fields, turn};
use hotline::call::bookmark::Bookmark;
use hotline::call::effect::{Choice, Preference};
use hotline::store::*;
use hotline::words::{CallId, Lang, Phone};
use std::collections::BTreeMap;
use std::slice::from_ref;

#[tokio::test]
async fn the_store_story_on_sqlite() {
    story(Database::sqlite()).await;
}

#[tokio::test]
async fn the_store_story_on_postgresql() {
    story(Database::postgres().await).await;
}

async fn story(database: Database) {
    let store = database.open("boot-1").await;
    store.migrate().await.expect("migrating again does nothing");
    store.ready(START).await.expect("it can write");
    assert!(!store.is_done("demo").await.unwrap());
    assert!(store.once("demo", START).await.unwrap());
    assert!(store.is_done("demo").await.unwrap());
    assert!(!store.once("demo", START + 1).await.unwrap());
    flows(&store).await;
    studio::story(&store).await;
    calls(&store).await;
    slow_answers(&store).await;
    customers(&store).await;
    tables(&store).await;
    protective_acts(&store).await;
    acts_stand_against_imports(&store).await;
    guesses::story(&store, &database).await;
    codes::story(&store).await;
    people::story(&store).await;
    ledger::story(&store).await;
    earlier::story(&store).await;
    posting::story(&store, &database).await;
    legs::story(&store).await;
    lines::story(&store).await;
    log::story(&database).await;
    told_and_remembered(&store).await;
    notices::story(&store).await;
    forgetting::story(&store, database.is_shared()).await;
    desk::story(&store).await;
    tallies::story(&store).await;
    store.close().await;
    assert!(matches!(store.ready(START).await, Err(StoreError::Closed)));
    assert!(store.commit(turn(&CallId::fresh(), 1, 1)).await.is_err());
}

async fn flows(store: &Store) {
    store.keep_flow("wallet", "d1", r#"{"wallet.yaml":"a"}"#, START).await.unwrap();
    store.keep_flow("wallet", "d1", "something else", START).await.unwrap();
    store.keep_flow("wallet", "d2", "b", START).await.unwrap();
    assert_eq!(store.flow("d1").await.unwrap().as_deref(), Some(r#"{"wallet.yaml":"a"}"#));
    assert_eq!(store.flow("d9").await.unwrap(), None);
    assert_eq!(store.take_from_disk("wallet", "d1", "a", START).await.unwrap(), FromDisk::Live);
    assert_eq!(store.take_from_disk("wallet", "d1", "a", START).await.unwrap(), FromDisk::Known);
    assert_eq!(store.take_from_disk("wallet", "d2", "b", START + 1).await.unwrap(), FromDisk::Live);
    store.retire("wallet", "d1").await.unwrap();
    let live = store.live().await.unwrap();
    assert_eq!((live[0].name.as_str(), live[0].digest.as_str()), ("wallet", "d2"), "d1 is not in service");
    assert_eq!(store.on_disk().await.unwrap(), [("wallet".to_owned(), "d2".to_owned())]);
    store.retire("wallet", "d2").await.unwrap();
    assert!(store.live().await.unwrap().is_empty());
    assert!(store.flow("d2").await.unwrap().is_some(), "calls may still be on it");
    store.keep_flow("wallet", "d3", "tried", START).await.unwrap();
    store.keep_flow("wallet", "d4", "tried", START).await.unwrap();
    store.keep_flow("wallet", "d4", "tried", START + 2).await.unwrap();
    assert_eq!(store.age_versions(START + 2, 25).await.unwrap(), 1, "nobody took up d3");
    assert_eq!(store.flow("d3").await.unwrap(), None);
    for kept in ["d1", "d2", "d4"] {
        assert!(store.flow(kept).await.unwrap().is_some(), "{kept}");
    }
}

async fn calls(store: &Store) {
    let call = CallId::fresh();
    assert_eq!(store.open_call(&call).await.unwrap(), None);
    assert_eq!(store.name_call("twilio", "CA1", &call).await.unwrap(), call);
    assert_eq!(store.name_call("twilio", "CA1", &CallId::fresh()).await.unwrap(), call, "CA1 is a call already");
    assert_eq!(store.commit(begin(&call, "CA1", 1)).await.unwrap(), Committed::Stored);
    assert_eq!(store.commit(begin(&call, "CA1", 2)).await.unwrap(), Committed::Stale, "it has begun");
    assert_eq!(store.find_call("twilio", "CA1").await.unwrap(), Some(call.clone()));
    assert_eq!(store.find_call("plivo", "CA1").await.unwrap(), None);
    assert_eq!(store.commit(turn(&call, 2, 3)).await.unwrap(), Committed::Stored);
    assert_eq!(store.commit(turn(&call, 2, 4)).await.unwrap(), Committed::Stale, "version 2 is another's");
    assert_eq!(store.commit(turn(&call, 2, 3)).await.unwrap(), Committed::Stored, "handed in again, it is still ours");
    let status = TurnRow { turn: None, document: None, ..turn(&call, 3, 5) };
    assert_eq!(store.commit(status).await.unwrap(), Committed::Stored);

    let open = store.open_call(&call).await.unwrap().expect("it began");
    assert_eq!((open.provider.as_str(), open.provider_call.as_str()), ("twilio", "CA1"));
    assert_eq!((open.line.as_str(), open.digest.as_str(), open.test), ("wallet", "d2", false));
    assert_eq!((open.version, open.turn, open.state.as_str()), (3, 2, "state 3"));
    assert_eq!((open.began_at, open.heard_at, open.ended_at), (START + 1, START + 3, None));
    assert_eq!(open.caller.as_deref(), Some("+85291234567"));
    assert_eq!(store.document(&call, 1).await.unwrap().as_deref(), Some("<Say>1 – 你好</Say>"));
    assert_eq!(store.document(&call, 2).await.unwrap().as_deref(), Some("<Say>2 – 你好</Say>"));
    assert_eq!(store.document(&call, 3).await.unwrap(), None);
    let history = store.turns(&call).await.unwrap();
    assert_eq!(
        history.iter().map(|t| (t.version, t.turn, t.entry)).collect::<Vec<_>>(),
        [(1, Some(1), 1), (2, Some(2), 3), (3, None, 5)]
    );

    let silent = CallId::fresh();
    assert_eq!(store.commit(begin(&silent, "CA2", 6)).await.unwrap(), Committed::Stored);
    assert_eq!(store.open_calls().await.unwrap(), 2);
    assert_eq!(store.silent_calls(START + 2, 10).await.unwrap(), from_ref(&silent));
    assert_eq!(store.silent_calls(START + 9, 1).await.unwrap(), from_ref(&call), "no more than asked for, the oldest");
    let last = TurnRow { ends: Some("hung up".into()), ..turn(&call, 4, 7) };
    assert_eq!(store.commit(last).await.unwrap(), Committed::Stored);
    assert_eq!(store.open_call(&call).await.unwrap().unwrap().ended_at, Some(START + 4));
    assert_eq!(store.silent_calls(START + 9, 10).await.unwrap(), [silent]);
    assert_eq!(store.open_calls().await.unwrap(), 1);
}

async fn slow_answers(store: &Store) {
    let key = effect(1);
    assert_eq!(store.answer(&key).await.unwrap(), None);
    assert_eq!(store.keep_answer(&key, "first", START).await.unwrap(), "first");
    assert_eq!(store.keep_answer(&key, "second", START).await.unwrap(), "first");
    assert_eq!(store.answer(&key).await.unwrap().as_deref(), Some("first"));
}

async fn customers(store: &Store) {
    assert!(store.any_pin().await.unwrap().is_none());
    let mut both = [customer("1001", Some("verifier")), customer("1002", None)];
    let counts = |new, changed, same| Imported { new, changed, same };
    assert_eq!(store.import_customers(&both, START).await.unwrap(), counts(2, 0, 0));
    assert_eq!(store.import_customers(&both, START).await.unwrap(), counts(0, 0, 2));
    both[1].number = None;
    assert_eq!(store.import_customers(&both, START).await.unwrap(), counts(0, 1, 1));
    let found = store.customer("1001").await.unwrap().expect("just imported");
    assert_eq!((found.account.as_str(), found.name.as_str(), found.state.as_str()), ("1001", "陳大文", "active"));
    assert_eq!((found.number.as_deref(), found.language.as_deref()), (Some("+85291234567"), Some("zh-HK")));
    assert!(found.pin.is_some_and(|pin| pin.same(b"verifier")));
    assert_eq!(found.fields, fields(&[("tier", "gold")]));
    assert!(store.customer("1002").await.unwrap().unwrap().number.is_none());
    assert!(store.customer("9999").await.unwrap().is_none());
    assert!(store.any_pin().await.unwrap().is_some_and(|pin| pin.same(b"verifier")));
    let shown = store.record("customers", "1001").await.unwrap().unwrap();
    assert_eq!((shown["state"].as_str(), shown["tier"].as_str(), shown.get("pin")), ("active", "gold", None));

    for (account, pin, dearest) in [
        ("1000", "hmac-sha256:quick", "verifier"),
        ("1003", "$argon2id$slow", "$argon2id$slow"),
        ("1004", "hmac-sha256:quick", "$argon2id$slow"),
    ] {
        if dearest != "verifier" {
            store.import_customers(&[customer("1001", Some("hmac-sha256:quick"))], START).await.unwrap();
        }
        store.import_customers(&[customer(account, Some(pin))], START).await.unwrap();
        assert!(store.any_pin().await.unwrap().is_some_and(|pin| pin.same(dearest.as_bytes())));
    }

    // Demo customers take no real one's place; a real one takes theirs.
    let demo = |account: &str| Customer { demo: true, name: "Demo".into(), ..customer(account, None) };
    assert_eq!(store.import_customers(&[demo("1002"), demo("1005")], START).await.unwrap(), counts(1, 0, 1));
    assert!(!store.customer("1002").await.unwrap().unwrap().demo);
    assert!(store.customer("1005").await.unwrap().unwrap().demo);
    assert_eq!(store.import_customers(&[customer("1005", None)], START).await.unwrap(), counts(0, 1, 0));
    assert!(!store.customer("1005").await.unwrap().unwrap().demo);
}

async fn tables(store: &Store) {
    let row =
        |key: &str, state: &str| Record { key: key.into(), fields: fields(&[("state", state), ("fee", "1 HKD")]) };
    store.put_records("refunds", &[row("1001/7", "sent"), row("1001/8", "sent")]).await.unwrap();
    store.put_records("refunds", &[row("1001/8", "waiting")]).await.unwrap();
    assert_eq!(store.record("refunds", "1001/8").await.unwrap(), Some(row("", "waiting").fields));
    assert_eq!(store.record("refunds", "1001/9").await.unwrap(), None);
    let act = |turn, key: &str| TableAct {
        key: effect(turn),
        table: "refunds".into(),
        record: key.into(),
        sets: fields(&[("state", "stopped")]),
        protective: None,
        at: START,
    };
    let stop = act(1, "1001/7");
    assert_eq!(store.act_on_table(&stop).await.unwrap(), ActOutcome::Done);
    assert_eq!(store.record("refunds", "1001/7").await.unwrap(), Some(row("", "stopped").fields));
    store.put_records("refunds", &[row("1001/7", "sent")]).await.unwrap();
    assert_eq!(store.act_on_table(&stop).await.unwrap(), ActOutcome::Done, "the same effect");
    assert_eq!(store.record("refunds", "1001/7").await.unwrap(), Some(row("", "sent").fields), "was not done again");
    let missing = act(2, "1001/9");
    assert_eq!(store.act_on_table(&missing).await.unwrap(), ActOutcome::Missing);
    store.put_records("refunds", &[row("*", "any")]).await.unwrap();
    assert_eq!(store.record("refunds", "1001/9").await.unwrap(), Some(row("", "any").fields));
    assert_eq!(store.record("refunds", "1001/8").await.unwrap(), Some(row("", "waiting").fields));
    assert_eq!(store.act_on_table(&missing).await.unwrap(), ActOutcome::Missing, "a repeat hears what the first heard");
    assert_eq!(store.act_on_table(&act(3, "1001/9")).await.unwrap(), ActOutcome::Done);
}

async fn protective_acts(store: &Store) {
    let more: Vec<Customer> = (1..=5).map(|n| customer(&format!("200{n}"), None)).collect();
    store.import_customers(&more, START).await.unwrap();
    let set = |turn, account: &str, state: &str, at| TableAct {
        key: effect(turn),
        table: "customers".into(),
        record: account.into(),
        sets: fields(&[("state", state), ("by", "phone")]),
        protective: Some(Protective {
            account: account.into(),
            caller: Some("+85290000001".into()),
            per_account_day: 1,
            per_caller_day: 3,
        }),
        at,
    };
    assert_eq!(store.act_on_table(&set(1, "2001", "frozen", START)).await.unwrap(), ActOutcome::Done);
    let frozen = store.customer("2001").await.unwrap().unwrap();
    assert_eq!((frozen.state.as_str(), &frozen.fields), ("frozen", &fields(&[("by", "phone"), ("tier", "gold")])));
    assert_eq!(store.act_on_table(&set(2, "2001", "frozen", START)).await.unwrap(), ActOutcome::Done, "it is so");
    assert_eq!(store.act_on_table(&set(3, "2001", "active", START)).await.unwrap(), ActOutcome::Limited);
    assert_eq!(store.customer("2001").await.unwrap().unwrap().state, "frozen");
    assert_eq!(store.act_on_table(&set(4, "2002", "frozen", START)).await.unwrap(), ActOutcome::Done);
    assert_eq!(store.act_on_table(&set(5, "2003", "frozen", START)).await.unwrap(), ActOutcome::Done);
    assert_eq!(store.act_on_table(&set(6, "2004", "frozen", START)).await.unwrap(), ActOutcome::Limited, "4th today");
    assert_eq!(store.act_on_table(&set(7, "2004", "frozen", START + DAY)).await.unwrap(), ActOutcome::Done);
    assert_eq!(store.act_on_table(&set(8, "9999", "frozen", START)).await.unwrap(), ActOutcome::Missing);
    // What a service outside does counts towards the same limits.
    let guard = |account: &str, caller: &str| Protective {
        account: account.into(),
        caller: Some(caller.into()),
        per_account_day: 1,
        per_caller_day: 3,
    };
    let claim = async |key: &EffectKey, account: &str, caller: &str| {
        store.claim_act(key, "freeze", &guard(account, caller), START).await.unwrap()
    };
    let (first, refused) = (effect(9), effect(10));
    assert!(!claim(&effect(11), "2005", "+85290000001").await, "4th today");
    assert!(!claim(&effect(12), "2001", "+85290000002").await, "frozen in the table already");
    assert!(claim(&first, "2005", "+85290000002").await);
    assert!(claim(&first, "2005", "+85290000002").await, "the same effect");
    assert!(!claim(&refused, "2005", "+85290000002").await);
    store.give_act_back(&first).await.unwrap();
    assert!(!claim(&refused, "2005", "+85290000002").await, "a repeat hears what the first heard");
    assert!(claim(&effect(13), "2005", "+85290000002").await);
}

async fn acts_stand_against_imports(store: &Store) {
    let of = |state: &str, reason: &str| Customer {
        state: state.into(),
        fields: fields(&[("reason", reason), ("tier", "gold")]),
        ..customer("3001", None)
    };
    let import = async |customer: Customer| {
        let done = store.import_customers(&[customer], START).await.unwrap();
        let now = store.customer("3001").await.unwrap().unwrap();
        (done.changed, now.state, now.fields["reason"].clone())
    };
    let freeze = async |caller: &str| {
        let (key, account) = (effect(1), "3001".to_owned());
        let protective =
            Protective { account: account.clone(), caller: Some(caller.into()), per_account_day: 1, per_caller_day: 2 };
        let sets = fields(&[("state", "frozen"), ("reason", "customer")]);
        let protective = Some(protective);
        let act = TableAct { key, table: "customers".into(), record: account, sets, protective, at: START };
        store.act_on_table(&act).await.unwrap()
    };
    let is = |changed, state: &str, reason: &str| (changed, state.to_owned(), reason.to_owned());
    store.import_customers(&[of("active", "none")], START).await.unwrap();
    assert_eq!(freeze("+1").await, ActOutcome::Done);
    assert_eq!(import(of("active", "none")).await, is(0, "frozen", "customer"), "the file knows nothing of it yet");
    let tier = Customer { name: "陳小文".into(), ..of("active", "none") };
    assert_eq!(import(tier).await, is(1, "frozen", "customer"), "everything else is news");
    assert_eq!(import(of("frozen", "risk")).await, is(1, "frozen", "risk"), "a new state wins");
    assert_eq!(freeze("+1").await, ActOutcome::Done, "it is so");
    assert_eq!(import(of("frozen", "risk")).await, is(0, "frozen", "risk"), "and why it is stays");
    assert_eq!(import(of("active", "none")).await, is(1, "active", "none"));
    assert_eq!(freeze("+1").await, ActOutcome::Done, "what was undone counts for the account no longer");
    assert_eq!(import(of("locked", "password")).await, is(1, "locked", "password"));
    assert_eq!(import(of("active", "none")).await, is(1, "active", "none"));
    assert_eq!(freeze("+1").await, ActOutcome::Limited, "the caller did it twice all the same");
    assert_eq!(freeze("+2").await, ActOutcome::Done);
}

async fn told_and_remembered(store: &Store) {
    let number = Phone::parse("+85291234567", None).unwrap();
    assert_eq!(store.preference(&number, START).await.unwrap(), Preference::default());
    for choice in [Choice::Lang(Lang::JaJp), Choice::Slow(true), Choice::Lang(Lang::ZhHk)] {
        store.remember(&number, choice, START).await.unwrap();
    }
    let kept = Preference { lang: Some(Lang::ZhHk), slow: true, bookmark: None };
    assert_eq!(store.preference(&number, START).await.unwrap(), kept);
    let bookmark = Bookmark {
        digest: "1".into(),
        menu: "money".into(),
        back: vec!["main".into()],
        lang: Lang::JaJp,
        vars: BTreeMap::new(),
    };
    store.bookmark(&number, Some(&bookmark), START).await.unwrap();
    let marked = Preference { bookmark: Some(bookmark), ..kept.clone() };
    assert_eq!(store.preference(&number, START + 10 * 60_000 - 1).await.unwrap(), marked);
    assert_eq!(store.preference(&number, START + 10 * 60_000).await.unwrap(), kept, "ten minutes are over");
    store.bookmark(&number, None, START).await.unwrap();
    assert_eq!(store.preference(&number, START).await.unwrap(), kept);
}

/// No statement is checked by the compiler, so each must be run by this story.
#[test]
fn the_store_story_calls_every_function_of_the_store() {
    let read = |folder: &str| -> String {
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap()).collect()
    };
    let story = read("tests/it/store_story") + std::fs::read_to_string("tests/it/store_story.rs").unwrap().as_str();
    let story = story + std::fs::read_to_string("tests/it/support/database.rs").unwrap().as_str();
    let mut functions = 0;
    let folders = ["src/store", "src/store/callbacks"].map(|folder| std::fs::read_dir(folder).unwrap());
    let files = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    for file in files.filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(&file).unwrap();
        let store = text.split("impl Store {").nth(1).unwrap_or_default();
        let store = store.split("\n}\n").next().unwrap_or_default();
        for name in store.split("pub async fn ").skip(1).filter_map(|rest| rest.split('(').next()) {
            functions += 1;
            let called = story.contains(&format!(".{name}(")) || story.contains(&format!("::{name}("));
            assert!(called, "{name} of {} is not in the story", file.display());
        }
    }
    assert!(functions > 30, "found only {functions} functions");
}
