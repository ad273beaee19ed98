//! The demo data: what is written in the files is found by whoever calls.

use crate::support::database::Database;
use crate::support::flows::shipped;
use hotline::demo::Demo;
use hotline::flow::Flow;
use hotline::flow::model::Origin;
use hotline::flow::value::Type;
use hotline::words::pins::{PinKeys, weak};
use hotline::words::{Secret, clock};
use serde_json::{Map, Value};

#[tokio::test]
async fn rows_are_found_by_the_arguments_of_their_source_and_fit_what_it_gives() {
    let (files, flows) = shipped();
    let database = Database::sqlite();
    let store = database.open("demo").await;
    let pins = PinKeys::new(&Secret::new("the pepper of a test, long enough"), None);
    let loaded = Demo::read(&files).unwrap().load(&store, &pins, &flows, clock::now()).await;
    assert!(loaded.unwrap());
    let paypay = flows.iter().find(|flow| flow.name == "paypay").unwrap();
    for (source, key) in [
        ("payment", "10001001/20260301004711"),
        ("payment", "20001001/20260301005101"),
        ("recent", "20001001/6"),
        ("transaction", "20001001/20260301006103"),
        ("limit", "20001009"),
        ("refund", "20001001/20260301007103"),
        ("resend-code", "+81300001021"),
        ("debit", "30001001/20260302023003"),
        ("top-up", "30001001/shop"),
        ("maintenance", "shop"),
        ("recent", "30001001/5"),
        ("limit", "30001005"),
        ("transaction", "40001001/20260303034003"),
        ("resend-code", "+861000004006"),
    ] {
        let (table, gives) = table(paypay, source);
        let fields = store.record(&table, key).await.unwrap().unwrap_or_else(|| panic!("{table} has no row {key}"));
        let json: Map<String, Value> = fields.into_iter().map(|(name, text)| (name, text.into())).collect();
        assert!(gives.read(&Value::Object(json)).is_some(), "{table} {key} does not fit");
    }
}

fn table(flow: &Flow, source: &str) -> (String, Type) {
    let source = &flow.sources[source];
    let Origin::Table { table, .. } = &source.from else { panic!("the demo asks nobody outside") };
    (table.clone(), Type::Record(source.gives.clone()))
}

#[test]
fn nobody_has_a_pin_that_is_guessed_first_and_no_account_stands_twice() {
    let callers = Demo::read(&shipped().0).unwrap().callers();
    let mut accounts: Vec<&str> = callers.iter().map(|caller| caller.account.as_str()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    assert_eq!(accounts.len(), callers.len());
    for caller in &callers {
        assert_eq!(weak(&caller.pin, None), None, "the PIN of {}", caller.account);
    }
}
