//! Trial calls from the page's phone: whoever holds it can claim any number.

use crate::support::admin::Admin;
use crate::support::people::store;
use crate::support::server::{Home, Server};
use crate::support::twilio::Call;
use hotline::store::Span;
use hotline::words::clock;
use hotline::worker::tally;
use serde_json::{Value, json};

/// The phone of the page, at a server.
struct Trial<'s> {
    server: &'s Server,
    token: String,
    call: String,
    /// What was answered last.
    heard: Value,
}

impl Trial<'_> {
    async fn dial<'s>(server: &'s Server, from: &str) -> Trial<'s> {
        Trial::to(server, "digital-wallet", from).await
    }

    async fn to<'s>(server: &'s Server, line: &str, from: &str) -> Trial<'s> {
        let page = server.get("/phone").await.body;
        let (_, after) = page.split_once(r#""token":""#).expect("a token");
        let token = after.split('"').next().unwrap().to_owned();
        let call = hotline::words::CallId::fresh().as_str().to_owned();
        let mut trial = Trial { server, token, call, heard: Value::Null };
        trial.heard = trial.post("/voice/phone", json!({ "call": trial.call, "dialled": line, "from": from })).await;
        trial
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.server.request("POST", path).bearer_auth(&self.token).json(&body);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null)
    }

    /// Presses keys, one document each.
    async fn press(&mut self, keys: &[&str]) {
        for keys in keys {
            let action = self.heard["next"]["gather"]["action"].as_str().unwrap_or_else(|| panic!("{}", self.heard));
            let (_, path) = action.split_once("/voice/").unwrap();
            let body = json!({ "call": self.call, "digits": keys });
            self.heard = self.post(&format!("/voice/{path}"), body).await;
        }
    }

    async fn hangs_up(self) {
        self.post("/voice/phone/status", json!({ "call": self.call, "status": "completed" })).await;
    }

    /// Where it is told in the studio.
    fn trail(&self) -> String {
        format!("/admin/calls/{}", self.heard["call"].as_str().expect("our id of the call"))
    }

    /// In which language everything was said; none: in several.
    fn lang(&self) -> Option<&str> {
        let mut langs = self.heard["says"].as_array().unwrap().iter().map(|said| said["lang"].as_str().unwrap());
        let first = langs.next()?;
        langs.all(|lang| lang == first).then_some(first)
    }
}

#[tokio::test]
async fn a_trial_changes_nothing_of_what_the_real_caller_of_its_number_hears() {
    let home = Home::new();
    let server = home.start();
    // In English, slowly, and broken off in a menu: each of the three is remembered of a real call.
    let number = "+85261230140";
    let mut trial = Trial::dial(&server, number).await;
    trial.press(&["3", "9", "5"]).await;
    assert_eq!((trial.lang(), &trial.heard["slow"]), (Some("en-US"), &json!(true)), "{}", trial.heard);
    let admin = Admin::of(&home, &server).await;
    let told = admin.reads(&trial.trail()).await;
    assert!(told.contains("Remember a choice: <b>not kept</b>"), "{told}");
    trial.hangs_up().await;
    let mut real = Call::from(number);
    let first = real.dial(&server).await;
    assert_eq!(first.languages, ["cmn-CN", "yue-HK", "en-US"], "each language is offered in itself: {}", first.words);
    let menu = real.press(&server, "3").await;
    assert_eq!(menu.gather.as_ref().unwrap()["timeout"], "5");
    server.send(&real.status("completed")).await;
    // A trial hears what is remembered, and takes nothing of it away.
    let mut trial = Trial::dial(&server, number).await;
    assert_eq!(trial.lang(), Some("en-US"), "{}", trial.heard);
    trial.press(&["9"]).await;
    trial.hangs_up().await;
    let mut real = Call::from(number);
    let again = real.dial(&server).await;
    assert_eq!(
        (again.languages.as_slice(), &*again.gather.as_ref().unwrap()["timeout"]),
        (&["en-US".to_owned()][..], "5")
    );
    // Numbers of fiction are nobody's: the demo shows with them what is remembered.
    let fictional = "+861000001009";
    let mut trial = Trial::dial(&server, fictional).await;
    trial.press(&["3"]).await;
    assert!(admin.reads(&trial.trail()).await.contains("Remember a choice: <b>done</b>"));
    trial.hangs_up().await;
    assert_eq!(Trial::dial(&server, fictional).await.lang(), Some("en-US"));
}

#[tokio::test]
async fn a_trial_and_its_score_are_in_no_figure() {
    // The language, then: other matters, an opinion, of our service, five of five, no message.
    const SCORED: [&str; 6] = ["1", "5", "1", "3", "5", "2"];
    let home = Home::new();
    let server = home.start();
    let mut trial = Trial::to(&server, "dingpay", "+85261230141").await;
    trial.press(&SCORED).await;
    trial.hangs_up().await;
    let mut real = Call::to("dingpay", "+85261230142");
    real.dial(&server).await;
    real.press_all(&server, &SCORED).await;
    server.send(&real.status("completed")).await;
    let store = store(&home).await;
    let (scores, _) = store.scores(None, 10).await.unwrap();
    let mut told: Vec<_> = scores.iter().map(|score| (score.score, score.test)).collect();
    told.sort_unstable();
    assert_eq!(told, [(5, false), (5, true)], "both are on record, the trial as one");
    // The server's own worker may have taken some of them in already.
    tally(&store, clock::now().as_millisecond()).await.unwrap();
    let span = Span { line: "dingpay".into(), from: 0, to: i64::MAX / 2, ..Span::default() };
    let figures = store.tallied(&span).await.unwrap();
    let of = |what: &str| figures.iter().filter(|figure| figure.what == what).map(|figure| figure.n).sum::<i64>();
    assert_eq!((of("calls"), of("score"), of("ended")), (1, 1, 1), "{figures:?}");
}
