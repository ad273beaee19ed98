//! Servers of two versions side by side: what one wrote the other reads.

use crate::support::postgres::fresh_database;
use crate::support::server::{Home, Server, eventually};
use crate::support::twilio::Call;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A home on a database of its own, with nobody there yet.
async fn home() -> Home {
    Home::new().set("HOTLINE_DATABASE_URL", &fresh_database().await)
}

async fn execute(home: &Home, statement: &str) {
    let mut connection = PgConnection::connect(&home.database()).await.unwrap();
    sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn servers_that_start_together_bring_the_database_to_their_version_once() {
    let home = home().await;
    let servers: Vec<Server> = std::thread::scope(|scope| {
        let starting: Vec<_> = (0..3).map(|_| scope.spawn(|| home.start())).collect();
        starting.into_iter().map(|server| server.join().unwrap()).collect()
    });
    for server in &servers {
        assert_eq!(server.get("/readyz").await.status, 200);
    }
}

#[tokio::test]
async fn a_server_starts_and_works_on_a_database_a_later_version_has_changed() {
    let home = home().await;
    assert!(home.run(&["migrate"]).status.success());
    execute(&home, "ALTER TABLE calls ADD COLUMN mood TEXT").await;
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'of a later version', true, '\\x00', 1)";
    execute(&home, later).await;
    let server = home.start();
    let mut call = Call::from("+85261230091");
    call.dial(&server).await;
    call.press(&server, "3").await.says("For a failed payment, press one.");
    assert!(home.run(&["migrate"]).status.success());
}

/// Changes the latest state of the only call.
async fn change_state(home: &Home, change: impl Fn(&mut Value)) {
    let mut connection = PgConnection::connect(&home.database()).await.unwrap();
    let latest = "SELECT state FROM turns ORDER BY call_id, version DESC LIMIT 1";
    let state: String = sqlx::query_scalar(latest).fetch_one(&mut connection).await.unwrap();
    let mut state: Value = serde_json::from_str(&state).unwrap();
    change(&mut state);
    let keep = "UPDATE turns SET state = $1 WHERE version = (SELECT max(version) FROM turns)";
    sqlx::query(keep).bind(state.to_string()).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn a_call_goes_on_at_a_server_that_knows_less_of_it_or_more() {
    let home = home().await;
    let (one, two) = (home.start(), home.start());
    let mut call = Call::from("+85261230092");
    call.dial(&one).await;
    call.press_all(&one, &["3", "1", "20260301004715#", "10001001#"]).await.says("phone PIN");
    // A later version notes more, at every level.
    change_state(&home, |state| {
        for place in ["", "/began", "/frames/0", "/phase/waiting"] {
            let place = state.pointer_mut(place).unwrap_or_else(|| panic!("{place}"));
            place["of_a_later_version"] = json!({ "a": [1, null] });
        }
    })
    .await;
    call.press(&two, "270496#").await.says("This payment failed.");
    // An earlier one noted less: what is not there is as it was before it was invented.
    change_state(&home, |state| {
        let state = state.as_object_mut().unwrap();
        for name in ["slow", "number_tried", "wrong_secrets", "faults", "said", "said_at", "resumed", "gone", "effects"]
        {
            state.remove(name);
        }
        state["verified"].as_object_mut().unwrap().remove("by");
    })
    .await;
    call.press(&one, "1").await.says("We can call you back.");
}

#[tokio::test]
async fn servers_with_different_flows_each_begin_calls_with_their_own_and_go_on_with_the_others() {
    let url = fresh_database().await;
    let [old, new] = ["old", "new"].map(|_| Home::new().set("HOTLINE_DATABASE_URL", &url).with_own_flows());
    let flow = std::fs::read_to_string(new.path("flows/digital-wallet.yaml")).unwrap();
    assert!(flow.contains("en-US: a failed payment }"), "the words to change");
    let changed = flow.replace("en-US: a failed payment }", "en-US: a payment that failed }");
    new.write("flows/digital-wallet.yaml", &changed);
    let (older, newer) = (old.start(), new.start());
    // Whichever server is asked: a call stays on the version it began with.
    let (mut first, mut second) = (Call::from("+85261230093"), Call::from("+85261230094"));
    first.dial(&older).await;
    second.dial(&newer).await;
    first.press(&newer, "3").await.says("For a failed payment");
    second.press(&older, "3").await.says("For a payment that failed");
    // The flow is gone from one of them: what it began goes on there, too, and the other still begins calls.
    for line in ["dingpay", "paypay", "upay"] {
        std::fs::remove_file(new.path(&format!("flows/{line}.yaml"))).unwrap();
    }
    eventually("the lines are out of service", async || {
        let mut call = Call::to("upay", "+85261230095");
        call.go(&newer, call.inbound()).await.hangs_up().then_some(())
    })
    .await;
    let mut third = Call::to("upay", "+85261230096");
    assert!(!third.dial(&older).await.hangs_up());
}

#[tokio::test]
async fn the_page_of_one_servers_phone_calls_another() {
    let home = home().await;
    let (one, two) = (home.start(), home.start());
    let token = |page: &str| {
        let (_, after) = page.split_once(r#""token":""#).expect("a token");
        after.split('"').next().unwrap().to_owned()
    };
    let page = one.get("/phone").await.body;
    let call = json!({ "call": "a-call", "dialled": "digital-wallet", "from": "+85261230097", "lang": "en-US" });
    let begin = async |server: &Server, token: &str| {
        let request = server.request("POST", "/voice/phone").bearer_auth(token).json(&call);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(begin(&two, &token(&page)).await, 200);
    assert_eq!(begin(&two, "somebody-elses").await, 403);
    // With another pepper it is another deployment.
    let other = Home::new().set("HOTLINE_PEPPER", "another pepper, long enough to be taken").start();
    assert_eq!(begin(&other, &token(&page)).await, 403);
}
