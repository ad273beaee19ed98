//! `hotline import customers` through the real program: what is taken, what is told, and that a
//! second time changes nothing.

use hotline::store::{Customer, Store};
use hotline::words::Secret;
use hotline::words::pins::{Kind, PinKeys};
use std::path::Path;
use std::process::{Command, Output};

const PEPPER: &str = "a pepper of the import's tests";

/// A folder with a database of its own.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Imports a file of this name and content.
    fn import(&self, name: &str, content: impl AsRef<[u8]>) -> Told {
        std::fs::write(self.path().join(name), content).unwrap();
        self.run(&["import", "customers", name])
    }

    fn run(&self, args: &[&str]) -> Told {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hotline"));
        command.args(args).current_dir(self.path()).env_clear().env("HOTLINE_PEPPER", PEPPER);
        Told::of(command.output().unwrap())
    }

    fn customer(&self, account: &str) -> Option<Customer> {
        let url = format!("sqlite:{}", self.path().join(".hotline/hotline.db").display());
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let store = Store::open(&url, "test").await.unwrap();
            let customer = store.customer(account).await.unwrap();
            store.close().await;
            customer
        })
    }

    fn opens(&self, account: &str, pin: &str) -> bool {
        let verifier = self.customer(account).unwrap().pin;
        let verifier = verifier.as_ref().map(Secret::reveal);
        let keys = PinKeys::new(&Secret::new(PEPPER), None);
        keys.check(account, &Secret::new(pin), verifier, Kind::Keyed)
    }
}

struct Told {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Told {
    fn of(output: Output) -> Told {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Told { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

const GOOD: &str = "\
account,name,number,language,pin,state,tier
10001001,李明,+8613800138000,zh-CN,270496,active,gold
10001002,Grace Miller,+12133734253,en-us,830517,frozen,
10001003,\"陳, 嘉欣\",,,,,
";

#[test]
fn a_good_file_is_taken_whole() {
    let place = Place::new();
    let told = place.import("customers.csv", GOOD);
    assert_eq!(
        (told.code, told.out.as_str()),
        (Some(0), "customers.csv: 3 new, 0 changed, 0 unchanged, 0 not taken\n")
    );
    assert_eq!(told.err, "");
    let customer = place.customer("10001001").unwrap();
    assert_eq!((customer.name.as_str(), customer.state.as_str()), ("李明", "active"));
    assert_eq!((customer.number.as_deref(), customer.language.as_deref()), (Some("+8613800138000"), Some("zh-CN")));
    assert_eq!(customer.fields.into_iter().collect::<Vec<_>>(), [("tier".to_owned(), "gold".to_owned())]);
    assert!(place.opens("10001001", "270496") && !place.opens("10001001", "830517"));
    let customer = place.customer("10001002").unwrap();
    assert_eq!((customer.language.as_deref(), customer.state.as_str()), (Some("en-US"), "frozen"));
    let customer = place.customer("10001003").unwrap();
    assert_eq!((customer.name.as_str(), customer.state.as_str()), ("陳, 嘉欣", "active"));
    assert!(customer.pin.is_none() && customer.number.is_none() && customer.fields.is_empty());
}

#[test]
fn the_same_file_again_changes_nothing_and_a_changed_row_changes_its_customer() {
    let place = Place::new();
    place.import("customers.csv", GOOD);
    let before = place.customer("10001001").unwrap().pin.unwrap();
    let told = place.import("customers.csv", GOOD);
    assert_eq!(
        (told.code, told.out.as_str()),
        (Some(0), "customers.csv: 0 new, 0 changed, 3 unchanged, 0 not taken\n")
    );
    assert_eq!(place.customer("10001001").unwrap().pin.unwrap().reveal(), before.reveal());
    let told = place.import("customers.csv", GOOD.replace("270496", "915273"));
    assert_eq!(told.out, "customers.csv: 0 new, 1 changed, 2 unchanged, 0 not taken\n");
    assert!(place.opens("10001001", "915273") && !place.opens("10001001", "270496"));
}

#[test]
fn a_bad_row_is_told_with_its_line_and_the_others_are_in() {
    let place = Place::new();
    let rows = [
        ("10001001,a,,,,", ""),
        ("1000100,b,+8613800138000,zh-CN,270496,active", ""),
        ("10001,c,,,,", "`account` is not of 6 to 20 digits, so no caller could type it"),
        ("1000100x,d,,,,", "`account` is not of 6 to 20 digits, so no caller could type it"),
        (",e,,,,", "`account` is empty"),
        ("10001006,,,,,", "`name` is empty"),
        ("10001007,g,13800138000,,,", "`number` is no telephone number; write it as +8613800138000"),
        ("10001008,h,,zh-TW,,", "`language` is none of zh-CN, zh-HK, ja-JP, en-US"),
        ("10001009,i,,,", "it has 5 values and the first line names 6"),
        ("10001001,j,,,,", "the account is on line 2 already; leave one of the two out"),
        ("10001010,\"k\nk\",,,,", "`name` holds something invisible, as a line break"),
        ("10001011,l,,,,", ""),
    ];
    let mut file = String::from("account,name,number,language,pin,state\n");
    let (mut expected, mut line) = (String::new(), 2);
    for (row, reason) in rows {
        if !reason.is_empty() {
            expected.push_str(&format!("customers.csv:{line}: not taken: {reason}\n"));
        }
        file.push_str(row);
        file.push('\n');
        line += 1 + row.matches('\n').count();
    }
    let told = place.import("customers.csv", file);
    assert_eq!(told.err, expected);
    assert_eq!(
        (told.code, told.out.as_str()),
        (Some(1), "customers.csv: 3 new, 0 changed, 0 unchanged, 9 not taken\n")
    );
    assert_eq!(place.customer("10001001").unwrap().name, "a");
    assert!(place.customer("10001009").is_none() && place.customer("10001011").is_some());
}

#[test]
fn a_weak_pin_is_told_and_never_shown() {
    let place = Place::new();
    let file = "\
account,name,pin,birth_date
10001001,a,987654,
10001002,b,111111,
10001003,c,070390,1990-03-07
10001004,d,070390,unknown
10001005,e,70a390,
10001006,f,703,
10001007,g,070390,1991-04-08
";
    let told = place.import("customers.csv", file);
    let reasons: Vec<&str> = told.err.lines().map(|line| line.split("not taken: ").nth(1).unwrap()).collect();
    assert_eq!(
        reasons,
        [
            "the PIN counts up or down",
            "the PIN repeats the same digits",
            "the PIN is the birth date",
            "`birth_date` is no date as 1990-03-07, so the PIN cannot be compared with it",
            "the PIN holds something that is no digit",
            "the PIN has fewer than 4 or more than 12 digits",
        ]
    );
    for pin in ["987654", "111111", "070390", "70a390", "703"] {
        assert!(!told.err.contains(&format!("{pin} ")) && !told.out.contains(pin) && !told.err.ends_with(pin));
    }
    assert_eq!((told.code, place.opens("10001007", "070390")), (Some(1), true));
    assert!(place.customer("10001001").is_none());
}

#[test]
fn a_json_object_a_line_is_read_too() {
    let place = Place::new();
    let file = concat!(
        r#"{"account":"10001001","name":"李明","number":"+8613800138000","pin":"270496","tier":3,"vip":true,"note":null}"#,
        "\n\n",
        r#"{"account":"10001002","name":"b","pin":270496}"#,
        "\n",
        r#"{"account":"10001003","name":"c","pin":"270496""#,
        "\n",
        r#"["10001004"]"#,
        "\n",
        r#"{"account":"10001005","name":"e","tags":["x"]}"#,
        "\n",
        r#"{"account":"10001006","name":"f","PIN Code":"270496"}"#,
        "\n",
        r#"{"account":"10001007","name":"g"}"#,
    );
    let told = place.import("customers", file);
    assert_eq!((told.code, told.out.as_str()), (Some(1), "customers: 2 new, 0 changed, 0 unchanged, 5 not taken\n"));
    let lines: Vec<&str> = told.err.lines().collect();
    assert_eq!(lines[0], "customers:3: not taken: write `pin` in quotes: as a number it loses what it begins with");
    assert!(lines[1].starts_with("customers:4: not taken: it is not JSON from column "), "{}", lines[1]);
    assert_eq!(lines[2], "customers:5: not taken: it is no JSON object");
    assert_eq!(lines[3], "customers:6: not taken: `tags` is more than one value");
    assert!(lines[4].starts_with("customers:7: not taken: the column `pin code` looks like a secret"), "{}", lines[4]);
    assert!(!told.err.contains("270496"));
    let fields = place.customer("10001001").unwrap().fields;
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, [("tier", "3"), ("vip", "true")]);
    assert!(place.opens("10001001", "270496") && place.customer("10001007").is_some());
}

#[test]
fn hashes_of_pins_are_taken_as_they_are() {
    let place = Place::new();
    let keyed = PinKeys::new(&Secret::new(PEPPER), None).make_keyed("10001001", &Secret::new("270496"));
    let bare = keyed.trim_start_matches("hmac-sha256:").to_uppercase();
    let phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let costly = phc.replace("m=65536", "m=4194304");
    let file = format!(
        "account,name,pin_hash,pin\n10001001,a,{keyed},\n10001002,b,\"{phc}\",\n10001003,c,\"{costly}\",\n\
         10001004,d,{keyed},270496\n10001005,e,5f4dcc3b5aa765d61d8327deb882cf99,\n10001001,f,{bare},\n10001006,g,{bare},\n"
    );
    let told = place.import("customers.csv", file);
    assert_eq!(told.out, "customers.csv: 3 new, 0 changed, 0 unchanged, 4 not taken\n");
    assert!(told.err.contains("customers.csv:4: not taken: `pin_hash` is neither"), "{}", told.err);
    assert!(told.err.contains("customers.csv:5: not taken: it has both `pin` and `pin_hash`"), "{}", told.err);
    assert!(told.err.contains("customers.csv:6: not taken: `pin_hash` is neither"), "{}", told.err);
    assert!(told.err.contains("2 PINs are keyed HMACs; they fit only when `pin_hmac_key` is set"), "{}", told.err);
    assert!(place.opens("10001001", "270496") && place.opens("10001002", "password"));
    assert_eq!(place.customer("10001006").unwrap().pin.unwrap().reveal(), keyed);
}

#[test]
fn a_file_of_several_batches_with_a_byte_order_mark_is_taken_whole() {
    let place = Place::new();
    let mut file = b"\xef\xbb\xbfAccount, Name\r\n".to_vec();
    for account in 0..501 {
        file.extend(format!("{},customer {account}\r\n", 20_000_000 + account).bytes());
    }
    file.extend(b"20009999,\xff\xfe\r\n");
    let told = place.import("customers.csv", file);
    assert_eq!(told.out, "customers.csv: 501 new, 0 changed, 0 unchanged, 1 not taken\n");
    assert_eq!(told.err, "customers.csv:503: not taken: `name` is not UTF-8\n");
    assert_eq!(place.customer("20000500").unwrap().name, "customer 500");
}

#[test]
fn what_stands_in_quotes_is_never_a_row_of_its_own() {
    let place = Place::new();
    let file = "account,name\n10001001,\"a\n10001002,b\nc\"\n\n10001003,\"d, \"\"e\"\"\"\n10001004,5\" f\n10001005,g\n";
    let told = place.import("customers.csv", file);
    let reasons = [
        "customers.csv:2: not taken: `name` holds something invisible, as a line break\n",
        "customers.csv:7: not taken: it opens a quote that is not closed; nothing from there on was read\n",
    ];
    assert_eq!(told.err, reasons.concat());
    assert_eq!(
        (told.code, told.out.as_str()),
        (Some(1), "customers.csv: 1 new, 0 changed, 0 unchanged, 2 not taken\n")
    );
    assert_eq!(place.customer("10001003").unwrap().name, "d, \"e\"");
}

#[test]
fn a_row_too_long_is_told_and_the_next_is_taken() {
    let place = Place::new();
    let long = "x".repeat(70_000);
    let told = place.import("customers.csv", format!("account,name\n10001001,{long}\n10001002,b\n"));
    assert_eq!(told.err, "customers.csv:2: not taken: it is longer than 65536 bytes\n");
    let told = place
        .import("customers.jsonl", format!("{{\"account\":\"{long}\"}}\n{{\"account\":\"10001003\",\"name\":\"c\"}}"));
    assert_eq!(told.err, "customers.jsonl:1: not taken: it is longer than 65536 bytes\n");
    assert!(place.customer("10001002").is_some() && place.customer("10001003").is_some());
}

#[test]
fn a_file_that_is_none_of_customers_is_refused_whole() {
    let place = Place::new();
    for (content, reason) in [
        ("", "it is empty"),
        ("konto;name\n1;a\n", "its first line names no column `account`"),
        ("account,name,name\n", "its first line names `name` twice"),
        ("account,name,PIN-Code\n10001001,a,270496\n", "the column `pin-code` looks like a secret"),
    ] {
        let told = place.import("customers.csv", content);
        assert_eq!((told.code, told.out.as_str()), (Some(2), ""));
        assert!(told.err.starts_with(&format!("hotline: cannot read customers.csv: {reason}")), "{}", told.err);
    }
    let told = place.import("customers.json", "[{\"account\":\"10001001\"}]");
    assert!(told.err.contains("it is one JSON array; write an object a line"), "{}", told.err);
    let told = place.run(&["import", "customers", "nowhere.csv"]);
    assert!(
        told.code == Some(2) && told.err.starts_with("hotline: cannot read nowhere.csv: No such file"),
        "{}",
        told.err
    );
}
