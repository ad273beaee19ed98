//! Birth date and identity document as proof, through signed webhooks and the command that imports
//! them.

use crate::support::bank::{ADA, Bank, NOBODY};
use crate::support::codes;
use crate::support::database::Database;
use crate::support::server::Home;
use hotline::play::{KNOWLEDGE, PIN, WRONG_KNOWLEDGE, WRONG_PIN};

const ASKS: &str = "date of birth as eight digits";
const IS_WRONG: &str = "The account number or those details are not right.";
const KNOWN: &str = "You are known, Ada.";
const LIMITED: &str = "we cannot check again now";

#[tokio::test]
async fn birth_date_and_document_together_verify() {
    let bank = Bank::on(Database::sqlite()).await;
    let mut caller = bank.ring("knowledge-line").await;
    let (account, wrong) = (format!("{}#", ADA.0), format!("{WRONG_KNOWLEDGE}#"));
    caller.press_all(&["1", &account]).await;
    caller.hears(ASKS);
    caller.press(&wrong).await;
    caller.hears(IS_WRONG);
    // Half of it is nothing that could be compared.
    caller.press_all(&[&account, "19900101#"]).await;
    caller.hears("That does not look right");
    caller.press(&format!("{KNOWLEDGE}#")).await;
    caller.hears(KNOWN);
    let mut nobody = bank.ring("knowledge-line").await;
    nobody.press_all(&["1", &format!("{NOBODY}#"), &format!("{KNOWLEDGE}#")]).await;
    nobody.hears(IS_WRONG);
    // What is right for one kind is nothing for another.
    let mut other = bank.ring("pin-line").await;
    other.press_all(&["1", &account, &format!("{KNOWLEDGE}#")]).await;
    other.hears("The account number or PIN is not right.");
}

#[tokio::test]
async fn knowledge_never_counts_towards_level_three() {
    let bank = Bank::on(Database::sqlite()).await;
    let mut caller = bank.ring("knowledge-line").await;
    caller.press_all(&["1", &format!("{}#", ADA.0), &format!("{KNOWLEDGE}#")]).await;
    caller.hears(KNOWN);
    caller.press("2").await;
    caller.hears("enter your phone PIN");
    caller.press(&format!("{PIN}#")).await;
    caller.hears("enter the six digits");
    let code = caller.code().await;
    caller.press(&code).await;
    caller.hears("The money of Ada moves.");
}

#[tokio::test]
async fn limits_hold_over_all_kinds_together() {
    let bank = Bank::on(Database::sqlite()).await;
    let account = format!("{}#", ADA.0);
    for (line, wrong) in [
        ("pin-line", WRONG_PIN),
        ("code-line", "000000"),
        ("knowledge-line", WRONG_KNOWLEDGE),
        ("pin-line", WRONG_PIN),
        ("code-line", "000000"),
    ] {
        let mut caller = bank.ring(line).await;
        caller.press_all(&["1", &account, &format!("{wrong}#")]).await;
        caller.hears("not right");
    }
    for (line, right) in [("pin-line", PIN), ("knowledge-line", KNOWLEDGE)] {
        let mut caller = bank.ring(line).await;
        caller.press_all(&["1", &account, &format!("{right}#")]).await;
        caller.hears(LIMITED);
    }
    let mut caller = bank.ring("code-line").await;
    caller.press_all(&["1", &account]).await;
    let challenge = caller.challenge().await;
    let text = codes::text(&bank.answerer, &challenge).await;
    caller.press(&format!("{}#", text.map_or_else(|| "000000".into(), |text| codes::code_in(&text)))).await;
    caller.hears(LIMITED);
}

#[test]
fn imported_knowledge_is_kept_as_a_verifier_and_never_in_the_clear() {
    let home = Home::new();
    let rows = "\
account,name,birth,document
77203915,Ada,1971-12-09,837X
77203916,Ben,1971-12-09,
77203917,Cam,7/3/1990,8371
77203918,Dee,1971-12-09,0000
77203919,Eve,1971-12-09,11010519711209837X
";
    home.write("customers.csv", rows);
    let imported = home.run(&["import", "customers", "customers.csv"]);
    let said = String::from_utf8([imported.stdout, imported.stderr].concat()).unwrap();
    assert!(!imported.status.success());
    assert!(said.contains("1 new, 0 changed, 0 unchanged, 4 not taken"), "{said}");
    for reason in [
        ":3: not taken: `birth` and `document` prove a caller only together; give both or neither",
        ":4: not taken: `birth` is no day written as 1990-03-07",
        ":5: not taken: `document` has nothing but zeros and letters, which anybody would type",
        ":6: not taken: `document` is not the last four characters of an identity document's number",
    ] {
        assert!(said.contains(reason), "{reason}: {said}");
    }
    let file = std::fs::read(home.path(".hotline/hotline.db")).unwrap();
    let has = |what: &str| file.windows(what.len()).any(|window| window == what.as_bytes());
    assert!(has("77203915") && has("hotline$argon2id$"));
    for secret in ["1971-12-09", "19711209", "837X", "8370"] {
        assert!(!has(secret) && !said.contains(secret), "{secret}");
    }
}
