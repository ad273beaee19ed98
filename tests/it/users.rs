//! `hotline user`, and how the first admin comes in.

use crate::support::people::{PASSWORD, accept, page, prints, sign_in};
use crate::support::server::Home;
use serde_json::{Value, json};

#[tokio::test]
async fn the_first_start_prints_where_the_first_admin_signs_in_once() {
    let home = Home::new().set("HOTLINE_DEMO", "false");
    let server = home.start();
    home.logs("/sign-in/once/").await;
    let told = home.log();
    let link = told.lines().find(|line| line.contains("/sign-in/once/")).unwrap().to_owned();
    assert!(link.starts_with("  sign in as `admin`, once and within 24 hours: "), "{link}");
    server.kill();
    let server = home.start();
    assert_eq!(home.log().matches("/sign-in/once/").count(), 1, "a second start does not repeat it");
    let session = accept(&server, &link).await;
    let me = page(server.request("GET", "/desk/me").header("cookie", &session)).await.answer.body;
    assert!(me.contains("<dd>admin</dd>"), "{me}");
    assert_eq!(sign_in(&server, "admin", PASSWORD).await.answer.status, 303);
    assert_eq!(sign_in(&server, "admin", "admin").await.answer.status, 422, "there is no password but the chosen one");
}

#[test]
fn people_are_added_changed_listed_and_let_go() {
    let home = Home::new();
    let add = ["user", "add", "mei.lin", "--role", "agent", "--languages", "zh-CN, en-US", "--skills", "payment"];
    let told = prints(&home, &[&add[..], &["--phone", "+86 138 0013 8000", "--zone", "Asia/Shanghai"]].concat());
    assert!(told.starts_with("mei.lin is agent.\n") && told.contains("/sign-in/once/"), "{told}");
    let listed = || -> Value { serde_json::from_str(&prints(&home, &["user", "list", "--format", "json"])).unwrap() };
    let mei = json!({ "name": "mei.lin", "role": "agent", "languages": ["zh-CN", "en-US"], "skills": ["payment"],
        "phone": "+8613800138000", "zone": "Asia/Shanghai", "page_language": null, "disabled": false });
    assert_eq!(listed(), json!([mei]));
    let table = prints(&home, &["user", "list"]);
    assert!(table.starts_with("NAME") && table.contains("mei.lin           agent       zh-CN,en-US"), "{table}");

    prints(&home, &["user", "change", "mei.lin", "--role", "supervisor", "--languages", "", "--phone", ""]);
    prints(&home, &["user", "disable", "mei.lin"]);
    let mei = &listed()[0];
    assert_eq!((&mei["role"], &mei["phone"], &mei["languages"]), (&json!("supervisor"), &json!(null), &json!([])));
    assert_eq!((&mei["skills"], &mei["disabled"]), (&json!(["payment"]), &json!(true)), "what is not named stays");
    assert!(prints(&home, &["user", "list"]).contains("disabled"));
    prints(&home, &["user", "enable", "mei.lin"]);
    let told = prints(&home, &["user", "password", "mei.lin"]);
    assert!(told.starts_with("mei.lin is signed out everywhere, and tokens have to be made again.\n"), "{told}");
    assert!(told.contains("/sign-in/once/"), "{told}");
}

#[test]
fn what_cannot_be_is_told_with_the_mend() {
    let home = Home::new();
    prints(&home, &["user", "add", "mei", "--role", "agent"]);
    prints(&home, &["user", "add", "ken", "--role", "agent"]);
    prints(&home, &["user", "disable", "ken"]);
    let add = |more: &[&str]| [&["user", "add", "ada", "--role", "agent"], more].concat().join(" ");
    for (args, told) in [
        ("user add Mei --role agent".to_owned(), "`Mei` is no name to sign in with: take 2 to 32 small letters"),
        ("user add mei --role admin".to_owned(), "there is somebody called mei; take another name"),
        (add(&["--languages", "zh-TW"]), "`zh-TW` is no language here; there are zh-CN, zh-HK, ja-JP, en-US"),
        (add(&["--skills", "payment,Lost-Card"]), "`Lost-Card` is no skill: write small letters"),
        (add(&["--phone", "13800138000"]), "`13800138000` is no phone: write it as +8613800138000"),
        (add(&["--zone", "Shanghai"]), "`Shanghai` is no time zone: write it as Asia/Shanghai"),
        ("user change mei".to_owned(), "say what is to change, as `--role supervisor`"),
        ("user disable meii".to_owned(), "there is nobody called meii; did you mean `mei`?"),
        ("user enable somebody-else".to_owned(), "there is nobody called somebody-else; `hotline user list`"),
        ("user password ken".to_owned(), "ken is disabled; `hotline user enable ken` first"),
    ] {
        let output = home.run(&args.split(' ').collect::<Vec<_>>());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args}: {said}");
        assert!(said.contains(told), "{args}: {said}");
    }
    assert_eq!(home.run(&["user", "add", "ada", "--role", "boss"]).status.code(), Some(2));
    assert!(!prints(&home, &["user", "list"]).contains("ada"), "nobody was added by halves");
}
