//! Digits typed as a secret are nowhere: not in the database's files, not in the log at its most
//! talkative, not in the metrics.

use crate::support::bank::lines;
use crate::support::database::embedded;
use crate::support::server::{Home, PEPPER, Server};
use crate::support::twilio::Call;
use hotline::call::State;
use hotline::call::state::{Phase, Stage, Wait};
use hotline::words::Secret;
use hotline::words::codes::CodeKey;
use std::path::Path;

/// The customer's own, and what is typed in its place.
const RIGHT: &str = "739184620537";
const WRONG: [&str; 3] = ["640281957316", "28573946", "917364820551"];
/// Longer than any PIN: no match, and yet typed as one.
const TOO_LONG: &str = "5830174629385017";
/// Something that is kept, so that not finding means something.
const ACCOUNT: &str = "77203915";

#[tokio::test]
async fn a_pin_that_was_typed_is_in_no_file_no_log_and_no_metric() {
    let home = Home::new().set("HOTLINE_LOG", "trace");
    home.write(
        "customers.csv",
        &format!("account,name,number,language,pin,state\n{ACCOUNT},Ada,+85261230200,en-US,{RIGHT},active\n"),
    );
    let imported = home.run(&["import", "customers", "customers.csv"]);
    assert!(imported.status.success(), "{imported:?}");
    let server = home.start();
    dial_with_secrets(&home, &server).await;
    // In the terminal, whose transcript stays in somebody's scrollback.
    let keys = format!("3,3,{ACCOUNT}#,{RIGHT}#");
    let transcript = home.run(&["call", "digital-wallet", "--from", "+85261230204", "--keys", &keys]);
    let transcript = [transcript.stdout, transcript.stderr].concat();
    assert!(contains(&transcript, "•") && contains(&transcript, "Your account is fine."), "the call went that far");

    let metrics = server.get("/metrics").await.body;
    assert!(metrics.contains(r#"hotline_verifications_total{outcome="wrong"} 1"#), "{metrics}");
    // Killed, so that the database's journal lies there as it was written.
    server.kill();
    let mut places = vec![("the metrics".to_owned(), metrics.into_bytes()), ("the transcript".to_owned(), transcript)];
    let folder = home.path(".hotline");
    places.extend(files_in(&folder));
    places.push(("the log".to_owned(), home.log().into_bytes()));

    let found = |what: &str| -> Vec<&str> {
        places.iter().filter(|(_, bytes)| contains(bytes, what)).map(|(name, _)| name.as_str()).collect()
    };
    assert!(found(ACCOUNT).iter().any(|place| place.contains("hotline.db")), "what may be kept is found");
    assert!(home.log().contains("DEBUG") && places.iter().any(|(name, _)| name.ends_with("-wal")));
    for secret in WRONG.iter().chain([&RIGHT, &TOO_LONG]) {
        assert_eq!(found(secret), Vec::<&str>::new(), "{secret}");
        // Nor the better part of it.
        assert_eq!(found(&secret[..secret.len().min(9)]), Vec::<&str>::new(), "{secret}");
    }
}

/// Types them at every place where they are asked for, and at some where they are not.
async fn dial_with_secrets(home: &Home, server: &Server) {
    let account = format!("{ACCOUNT}#");
    // Wrong, too long, repeated, then right, and on to a lookup that takes long.
    let mut call = Call::from("+85261230201");
    call.dial(server).await;
    call.press_all(server, &["3", "2", "1", "20260228009901#", &account]).await;
    call.press(server, &format!("{TOO_LONG}#")).await.says("That does not look right");
    let wrong = call.typed(&format!("{}#", WRONG[0]));
    server.send(&wrong).await;
    call.go(server, wrong).await.says("is not right");
    call.press(server, &account).await;
    call.press(server, RIGHT).await.says("could not find that charge");

    // While nothing can be stored.
    let mut call = Call::from("+85261230202");
    call.dial(server).await;
    call.press_all(server, &["3", "3", &account]).await.says("phone PIN");
    let lock = embedded(&home.database());
    lock.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let answer = server.send(&call.typed(&format!("{}#", WRONG[1]))).await;
    call.hears(&answer).says("the system is busy");
    lock.close().unwrap();
    call.go(server, call.redirected()).await;

    // In a webhook that is refused, and in one that cannot be read.
    let mut call = Call::from("+85261230203");
    call.dial(server).await;
    call.press_all(server, &["3", "3", &account]).await.says("phone PIN");
    let stray = call.typed(&format!("{}#", WRONG[2]));
    assert_eq!(server.send(&stray.clone().signed("another token")).await.status, 403);
    let other = Call::from("+85261230205");
    let strange = other.webhook(&stray.url, &[("Digits", WRONG[2])]);
    assert_eq!(server.send(&strange).await.status, 403);
    let request = server.request("POST", "/voice/twilio/status").header("x-twilio-signature", "x");
    let answer = request.body(format!("Digits={}&x=%", WRONG[2])).send().await.unwrap();
    assert_eq!(answer.status(), 400);
}

fn files_in(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let (folders, files): (Vec<_>, Vec<_>) =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).partition(|path| path.is_dir());
    let here = files.into_iter().map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()));
    here.chain(folders.iter().flat_map(|folder| files_in(folder))).collect()
}

fn contains(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|window| window == what.as_bytes())
}

/// Birth date and document of a customer, and of somebody else.
const KNOWN: [&str; 2] = ["197112098370", "196408213915"];

#[tokio::test]
async fn a_code_and_what_somebody_knows_are_in_no_file_no_log_and_no_metric() {
    let home = Home::new().set("HOTLINE_LOG", "trace").with_own_flows();
    lines().for_each(|(name, text)| home.write(&format!("flows/{name}"), &text));
    home.write(
        "customers.csv",
        &format!("account,name,number,language,birth,document\n{ACCOUNT},Ada,+85261230200,en-US,1971-12-09,837X\n"),
    );
    let imported = home.run(&["import", "customers", "customers.csv"]);
    assert!(imported.status.success(), "{imported:?}");
    let server = home.start();
    let account = format!("{ACCOUNT}#");

    let mut call = Call::to("knowledge-line", "+85261230211");
    call.dial(&server).await;
    call.press_all(&server, &["1", &account, &format!("{}#", KNOWN[1])]).await.says("are not right");
    call.press_all(&server, &[&account, &format!("{}#", KNOWN[0])]).await.says("You are known, Ada.");

    let mut call = Call::to("code-line", "+85261230212");
    call.dial(&server).await;
    call.press_all(&server, &["1", &account]).await.says("six digits");
    let code = code_of(&home, &call).await;
    call.press(&server, "503817#").await.says("That code is not right");
    call.press(&server, &format!("{code}#")).await.says("You are known, Ada.");
    // A demo customer's is shown to whoever tries the line, and only there.
    let transcript = home.run(&["call", "code-line", "--from", "+85261230213", "--keys", "1,10001006#,*1"]);
    let transcript = String::from_utf8([transcript.stdout, transcript.stderr].concat()).unwrap();
    let shown = transcript.split("-- text message to +14155550106: Test Bank: your code is ").nth(1);
    let shown = shown.unwrap_or_else(|| panic!("{transcript}"))[..6].to_owned();

    let metrics = server.get("/metrics").await.body;
    server.kill();
    let mut places =
        vec![("the metrics".to_owned(), metrics.into_bytes()), ("the log".into(), home.log().into_bytes())];
    places.extend(files_in(&home.path(".hotline")));
    for secret in [code.as_str(), &shown, "503817", KNOWN[0], KNOWN[1], "1971-12-09", "837X"] {
        let found: Vec<&str> =
            places.iter().filter(|(_, it)| stands_in(it, secret)).map(|(at, _)| at.as_str()).collect();
        assert_eq!(found, Vec::<&str>::new(), "{secret}");
    }
    assert!(places.iter().any(|(_, it)| stands_in(it, ACCOUNT)), "what may be kept is found");
}

/// The code a call waits for, made as the server makes it.
async fn code_of(home: &Home, call: &Call) -> String {
    let sql = "SELECT state FROM turns WHERE call_id = $1 ORDER BY version DESC LIMIT 1";
    let state: String = embedded(&home.database()).query_row(sql, [call.id().as_str()], |row| row.get(0)).unwrap();
    let state: State = serde_json::from_str(&state).unwrap();
    let Phase::Waiting(Wait { stage: Stage::Code { challenge, .. }, .. }) = state.phase else { panic!("no code") };
    CodeKey::derive(&Secret::new(PEPPER)).code(&challenge).reveal().to_owned()
}

/// Whether it is there by itself: six digits are part of many longer numbers.
fn stands_in(bytes: &[u8], what: &str) -> bool {
    let part = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let mut places = bytes.windows(what.len()).enumerate().filter(|(_, window)| *window == what.as_bytes());
    places.any(|(at, _)| !part(at.checked_sub(1)) && !part(Some(at + what.len())))
}
