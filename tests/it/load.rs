//! `hotline call FLOW --calls N` through the real program, against a server that runs.

mod peer;

use crate::support::server::{Home, Server};
use crate::support::twilio::PUBLIC;
use serde_json::Value;
use std::process::Output;

/// A charge nobody knows is disputed, by its date and amount, and one is to be called back.
const DISPUTE: &str = "1,2,2,{account}#,{pin}#,20260228#,100#,1,1,2,2";

/// Calls a server from the folder it runs in; gives the exit code, the report and what was said on the
/// side.
fn call(home: &Home, server: &Server, args: &[&str]) -> (Option<i32>, Value, String) {
    let to = ["call", "digital-wallet", "--server", server.address(), "--format", "json"];
    let output = home.run(&[&to, args].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), report, side(&output))
}

fn side(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn count(report: &Value, name: &str) -> u64 {
    report[name].as_u64().unwrap_or_else(|| panic!("no `{name}` in {report}"))
}

#[test]
fn many_calls_by_the_demos_customers_are_answered_as_they_should() {
    let home = Home::new();
    let server = home.start();
    let rates = ["--doubled", "50", "--forged", "25"];
    let (code, report, err) =
        call(&home, &server, &[&["--calls", "9", "--at-once", "3", "--keys", DISPUTE], &rates[..]].concat());
    assert_eq!(code, Some(0), "{report}\n{err}");
    assert_eq!((count(&report, "calls"), count(&report, "errors"), count(&report, "held")), (9, 0, 0), "{report}");
    // One comes in, and one for each group of keys, at least.
    let webhooks = count(&report, "webhooks");
    assert!(webhooks >= 9 * 12, "{report}");
    assert_eq!((count(&report, "doubled"), count(&report, "doubled_differ")), (webhooks / 2, 0), "{report}");
    assert_eq!((count(&report, "forged"), count(&report, "forged_taken")), (webhooks / 4, 0), "{report}");
    let ms = |name: &str| report["ms"][name].as_f64().unwrap();
    assert!(0.0 < ms("p50") && ms("p50") <= ms("p99") && ms("p99") <= ms("max"), "{report}");
    assert!(report["webhooks_per_s"].as_f64().unwrap() > 0.0 && report["client_cpu_s"].is_f64(), "{report}");
    // What was pressed has come about, once a call however often it was told.
    let requests = home.run(&["export", "requests"]);
    let requests: Value = serde_json::from_slice(&requests.stdout).unwrap();
    let charges = requests.as_array().unwrap().iter().filter(|request| request["collected"]["charge_date"].is_string());
    assert_eq!(charges.count(), 9, "{requests}");
}

#[test]
fn customers_of_a_file_call_in_turn_and_nobody_known_from_a_number_of_fiction() {
    let home = Home::new();
    let server = home.start();
    home.write(
        "some.csv",
        "name,pin,account,number\nA,270496,10001001,+861000001001\nB,519284,10001003,+861000001003\n",
    );
    let file = ["--customers", "some.csv", "--calls", "2", "--keys", DISPUTE];
    let (code, report, err) = call(&home, &server, &file);
    assert_eq!((code, count(&report, "calls")), (Some(0), 2), "{report}\n{err}");
    // Where there are no flows there is no demo either. Each call is left open at the first wait.
    let nobody = home.set("HOTLINE_FLOWS", "flows");
    let open = ["--calls", "3", "--keys", "1", "--open", "1", "--pause", "1ms"];
    let (code, report, err) = call(&nobody, &server, &open);
    assert_eq!((code, count(&report, "webhooks"), count(&report, "statuses")), (Some(0), 3, 0), "{report}\n{err}");
    let (code, _, err) = call(&nobody, &server, &["--calls", "1", "--keys", "{pin}#"]);
    let told = "hotline: --keys has {pin}, and nobody is known who calls: name them with --customers FILE\n";
    assert_eq!((code, err.as_str()), (Some(2), told));
}

#[test]
fn a_wrong_token_is_told_and_a_missing_one_with_the_mend() {
    let home = Home::new();
    let server = home.start();
    let home = home.set("HOTLINE_TWILIO_AUTH_TOKEN", "the-token-of-another-account");
    let (code, report, err) = call(&home, &server, &["--calls", "2", "--keys", "1"]);
    assert_eq!((code, count(&report, "errors")), (Some(1), 2), "{report}\n{err}");
    let sample = &report["error_samples"][0];
    assert_eq!((&sample["what"], count(sample, "count")), (&"status".into(), 2), "{report}");
    assert!(sample["sample"].as_str().unwrap().starts_with("403 where 200 is due: "), "{report}");
    let home = home.set("HOTLINE_TWILIO_AUTH_TOKEN", "");
    let (code, _, err) = call(&home, &server, &["--calls", "2", "--keys", "1"]);
    assert_eq!(code, Some(2));
    assert!(
        err.starts_with("hotline: there is no auth token to sign webhooks with: set HOTLINE_TWILIO_AUTH_TOKEN"),
        "{err}"
    );
}

#[test]
fn keys_that_do_not_fit_are_errors_with_a_sample_that_shows_no_pin() {
    let home = Home::new();
    let server = home.start();
    let wrong = [
        ("1,2,2,{account}#,{pin}#", "no-end", "all keys were pressed, and the line waits for more"),
        ("1,2,2,{account}#,{pin}#0", "keys", "group 5 of the keys goes on behind the key that finishes"),
        (&format!("{DISPUTE},1"), "early-end", "the line hung up after 11 of 12 groups of keys"),
    ];
    for (nth, (keys, what, told)) in wrong.into_iter().enumerate() {
        // A line remembers which language somebody chose: each time another customer calls.
        let rows = ["270496,10001001,+861000001001", "519284,10001003,+861000001003", "437618,10001008,+861000001008"];
        home.write("one.csv", &format!("pin,account,number\n{}\n", rows[nth]));
        let args = ["--customers", "one.csv", "--calls", "1", "--keys", keys];
        let (code, report, err) = call(&home, &server, &args);
        assert_eq!((code, count(&report, "errors")), (Some(1), 1), "{keys}: {report}\n{err}");
        let sample = &report["error_samples"][0];
        assert_eq!(sample["what"], what, "{report}");
        assert!(sample["sample"].as_str().unwrap().starts_with(told), "{report}");
        assert!(!report.to_string().contains(&rows[nth][..6]) && !err.contains(&rows[nth][..6]), "{report}\n{err}");
    }
    let (_, report, _) = call(&home, &server, &["--calls", "1", "--keys", "1", "--public-url", &format!("{PUBLIC}/x")]);
    assert_eq!(report["error_samples"][0]["what"], "status", "what is signed for another address is refused: {report}");
}

#[test]
fn a_load_for_people_is_a_small_table_and_nobody_there_is_told() {
    let home = Home::new();
    let server = home.start();
    let address = server.address().to_owned();
    let args = ["call", "digital-wallet", "--calls", "2", "--keys", DISPUTE, "--server", &address];
    let output = home.run(&args);
    let out = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success() && out.starts_with("calls              2 "), "{out}\n{}", side(&output));
    assert!(out.contains("\nwaited    p50 ") && out.contains("\nerrors             0\n"), "{out}");
    server.kill();
    let output = home.run(&args);
    let told = format!("hotline: nobody answers at {address}: start `hotline serve`");
    assert!(output.status.code() == Some(2) && side(&output).starts_with(&told), "{}", side(&output));
}
