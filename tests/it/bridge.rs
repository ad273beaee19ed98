//! An agent calls a customer: the provider is asked to ring the agent, and its webhooks, signed and
//! over HTTP, lead to the customer's phone, once.

mod faults;
mod hang_up;
mod lost;
mod program;
mod stage;

use crate::support::database::Database;
use crate::support::phone::{PUBLIC, TOKEN};
use crate::support::server::Answer;
use crate::support::twiml::Verb;
use hotline::desk::{Desk, Way};
use hotline::store::{DialState, Person};
use hotline::words::{Lang, Role};
use jiff::SignedDuration;
use stage::{AGENT, CUSTOMER, LINE, Leg, Stage, rung, words};
pub use stage::{agent, filed};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;

#[tokio::test]
async fn an_order_names_the_agent_the_line_and_our_addresses() {
    let stage = Stage::new().await;
    let leg = stage.rings().await;
    let mut order = leg.order.clone();
    let base = format!("{PUBLIC}/voice/twilio/d/{}/1", leg.request);
    for (field, stage) in [("Url", "answered"), ("StatusCallback", "status")] {
        let address = order.remove(field).unwrap();
        assert!(address.starts_with(&format!("{base}/{stage}/en-US/")), "{address}");
    }
    let expected = [
        ("To", AGENT),
        ("From", LINE),
        ("Method", "POST"),
        ("StatusCallbackMethod", "POST"),
        ("StatusCallbackEvent", "completed"),
        ("Timeout", "25"),
    ];
    assert_eq!(order, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    let asked = stage.provider.received_requests().await.unwrap();
    let token = asked[0].headers["i-twilio-idempotency-token"].to_str().unwrap();
    assert_eq!((asked.len(), token), (1, format!("{}-1", leg.request).as_str()));
    assert_eq!(stage.dial(&leg.request).await.provider_call.as_deref(), Some("CA1"));

    let again = stage.call(&agent(Lang::EnUs), &leg.request, 1).await.unwrap();
    assert_eq!((again.nth, stage.orders().await.len()), (1, 1), "pressed twice, ordered once");
}

#[tokio::test]
async fn an_agent_presses_one_and_talks_with_the_customer() {
    let stage = Stage::new().await;
    let mut leg = stage.rings().await;
    let heard = stage.hears(&leg.answered(), &mut leg).await;
    assert!(words(&heard).starts_with("Callback "), "{heard:?}");
    assert!(words(&heard).contains("To call the customer, press one."), "{heard:?}");
    let [Verb::Gather(gather), Verb::Redirect(silent)] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((gather.timeout, gather.num_digits, &gather.action), (10, Some(1), silent));

    let answer = stage.send(&leg.presses("1")).await;
    let heard = leg.hears(&answer);
    assert_eq!((words(&heard).as_str(), rung(&heard)), ("Calling the customer.", Some(CUSTOMER)));
    assert!(answer.body.contains(&format!(r#"timeout="25" answerOnBridge="false" callerId="{LINE}""#)), "{answer:?}");
    assert_eq!(stage.is(&leg.request).await, (DialState::Customer, None));

    let told = answer.body.split("statusCallback=\"").nth(1).unwrap().split('"').next().unwrap();
    let customer = leg.other("CA-of-the-customer");
    let ringing = stage.send(&customer.webhook(told, &[("CallStatus", "ringing")])).await;
    assert_eq!((ringing.status, stage.is(&leg.request).await.0), (204, DialState::Customer));
    let answered =
        stage.send(&customer.webhook(told, &[("CallStatus", "in-progress"), ("ParentCallSid", "CA1")])).await;
    assert_eq!((answered.status, stage.is(&leg.request).await.0), (204, DialState::Talking));

    // Whoever talks keeps the request.
    stage.bank.pass(SignedDuration::from_mins(25));
    let at = stage.bank.answerer.now().as_millisecond();
    assert_eq!(stage.bank.store().return_leases(None, at, 100).await.unwrap(), 0);

    let heard = stage.hears(&leg.dial_over("completed", "95"), &mut leg).await;
    assert!(words(&heard).contains("The customer has hung up. Please enter the outcome at your desk."), "{heard:?}");
    assert_eq!(heard.last(), Some(&Verb::Hangup));
    assert_eq!(stage.send(&leg.status("completed")).await.status, 204);
    let dial = stage.dial(&leg.request).await.dial;
    assert_eq!((dial.state, dial.talked, dial.outcome, dial.note), (DialState::Over, Some(95), None, None));
    let request = stage.bank.store().request(&leg.request).await.unwrap().unwrap();
    assert_eq!(request.holder.as_deref(), Some("mei"));
    assert_eq!(request.lease_until.unwrap().as_millisecond(), at + 120_000, "two minutes to say how it went");
}

#[tokio::test]
async fn how_the_customers_phone_ended_is_told_to_the_agent_and_kept() {
    let cases = [
        ("no-answer", "The customer did not answer.", Some("no-answer"), None),
        ("canceled", "The customer did not answer.", Some("no-answer"), None),
        ("busy", "The customer&apos;s line is busy.", Some("busy"), None),
        ("failed", "The customer&apos;s phone could not be reached.", None, Some("not-connected")),
    ];
    for (end, told, outcome, note) in cases {
        let stage = Stage::new().await;
        let mut leg = stage.rings().await;
        stage.hears(&leg.answered(), &mut leg).await;
        stage.hears(&leg.presses("1"), &mut leg).await;
        let over = leg.dial_over(end, "0");
        let answers = [stage.send(&over).await, stage.send(&over).await];
        assert!(answers[0] == answers[1] && answers[0].body.contains(told), "{answers:?}");
        let dial = stage.dial(&leg.request).await.dial;
        assert_eq!((dial.state, dial.outcome.as_deref(), dial.note.as_deref()), (DialState::Over, outcome, note));
    }
}

#[tokio::test]
async fn a_mailbox_that_presses_nothing_is_asked_twice_and_the_customer_is_never_rung() {
    let stage = Stage::new().await;
    let mut leg = stage.rings().await;
    let first = stage.hears(&leg.answered(), &mut leg).await;
    let press = leg.presses("1");
    let again = stage.hears(&leg.presses(""), &mut leg).await;
    assert_eq!(words(&first), words(&again));
    let silent = leg.presses("7");
    let answers = [stage.send(&silent).await, stage.send(&silent).await];
    assert!(answers[0] == answers[1] && answers[0].body.contains("Nothing was pressed"), "{answers:?}");
    let failed = (DialState::Failed, Some("agent-not-reached".to_owned()));
    assert_eq!(stage.is(&leg.request).await, failed);
    for late in [press, leg.presses("1"), leg.answered()] {
        let heard = stage.hears(&late, &mut leg).await;
        assert!(rung(&heard).is_none() && words(&heard).contains("This attempt is over."), "{heard:?}");
    }
    assert_eq!(stage.is(&leg.request).await, failed);
}

#[tokio::test]
async fn an_agent_who_does_not_answer_or_hangs_up_ends_the_attempt() {
    for (status, answered, note) in [
        ("no-answer", false, "agent-not-reached"),
        ("busy", false, "agent-not-reached"),
        ("failed", false, "agent-not-reached"),
        ("completed", true, "agent-hung-up"),
    ] {
        let stage = Stage::new().await;
        let mut leg = stage.rings().await;
        if answered {
            stage.hears(&leg.answered(), &mut leg).await;
        }
        assert_eq!(stage.send(&leg.status("ringing")).await.status, 204);
        assert_eq!(stage.is(&leg.request).await, (DialState::Agent, None));
        for _ in 0..2 {
            assert_eq!(stage.send(&leg.status(status)).await.status, 204);
        }
        assert_eq!(stage.is(&leg.request).await, (DialState::Failed, Some(note.to_owned())));
        // The next press is the next attempt.
        assert_eq!(stage.call(&agent(Lang::EnUs), &leg.request, 2).await.unwrap().state, DialState::Agent);
        assert_eq!(stage.orders().await.len(), 2);
    }
}

#[tokio::test]
async fn a_talk_whose_end_is_told_in_the_other_order_is_kept_as_it_was() {
    let stage = Stage::new().await;
    let mut leg = stage.rings().await;
    stage.hears(&leg.answered(), &mut leg).await;
    stage.hears(&leg.presses("1"), &mut leg).await;
    let over = leg.dial_over("completed", "31").with("CallStatus", "completed").signed(TOKEN);
    assert_eq!(stage.send(&leg.status("completed")).await.status, 204);
    assert_eq!(stage.is(&leg.request).await, (DialState::Over, None));
    for _ in 0..2 {
        assert_eq!(stage.send(&over).await.status, 200);
    }
    assert_eq!(stage.dial(&leg.request).await.dial.talked, Some(31));
}

#[tokio::test]
async fn twenty_webhooks_at_once_of_two_legs_ring_the_customer_once_on_sqlite() {
    rings_once(Database::sqlite()).await;
}

#[tokio::test]
async fn twenty_webhooks_at_once_of_two_legs_ring_the_customer_once_on_postgresql() {
    rings_once(Database::postgres().await).await;
}

async fn rings_once(database: Database) {
    let stage = Arc::new(Stage::on(database).await);
    let mut leg = stage.rings().await;
    let mut other = leg.other("CA2");
    let all = async |webhooks: Vec<crate::support::twilio::Webhook>| {
        let mut sent = JoinSet::new();
        for webhook in webhooks {
            let stage = stage.clone();
            sent.spawn(async move { stage.send(&webhook).await });
        }
        let answers: Vec<Answer> = sent.join_all().await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        answers.into_iter().map(|answer| answer.body).collect::<BTreeSet<_>>()
    };
    // Both are answered at once; one is the attempt's.
    let answered = all([vec![leg.answered(); 20], vec![other.answered(); 20]].concat()).await;
    assert_eq!(answered.len(), 2, "{answered:?}");
    let asked = stage.send(&leg.answered()).await;
    leg.hears(&asked);
    // The other one's keys, as if it had been asked: the address is of another leg.
    other.action.clone_from(&leg.action);
    assert_eq!(stage.send(&other.presses("1")).await.status, 403);
    let pressed = all(vec![leg.presses("1"); 20]).await;
    assert_eq!(pressed.len(), 1, "the same document: {pressed:?}");
    assert!(pressed.first().unwrap().contains(CUSTOMER));
    let made = stage.send(&other.answered()).await;
    assert!(made.body.contains("This call has been made already."), "{made:?}");
    let over = all(vec![leg.dial_over("completed", "0"); 1]).await;
    assert!(!over.first().unwrap().contains(CUSTOMER), "{over:?}");
    let request = stage.bank.store().request(&leg.request).await.unwrap().unwrap();
    let called: Vec<_> = request.history.iter().filter(|entry| entry.what == "called").collect();
    assert_eq!((called.len(), request.attempts), (1, 1));
}

#[tokio::test]
async fn the_agent_hears_the_language_of_their_pages() {
    let cases = [
        (agent(Lang::EnUs), "en-US", "To call the customer, press one."),
        (agent(Lang::ZhCn), "cmn-CN", "要接通客户，请按一。"),
        (agent(Lang::JaJp), "ja-JP", "一を押してください。"),
        (Person { languages: vec![Lang::ZhHk], ..agent(Lang::ZhCn) }, "yue-HK", "要打畀客人，請撳一。"),
    ];
    for (person, language, told) in cases {
        let stage = Stage::new().await;
        let leg = stage.rings_for(&person).await;
        let answer = stage.send(&leg.answered()).await;
        assert!(answer.body.contains(&format!(r#"language="{language}""#)) && answer.body.contains(told), "{answer:?}");
    }
}

#[tokio::test]
async fn a_phone_by_sip_is_rung_and_the_line_in_the_settings_is_shown_where_none_was_dialled() {
    let stage = Stage::new().await;
    let person =
        Person { phone: Some("sip:mei@agents.example.com".to_owned()), role: Role::Supervisor, ..agent(Lang::EnUs) };
    let leg: Leg = stage.rings_for(&person).await;
    assert_eq!(leg.order["To"], "sip:mei@agents.example.com");
    let desk: &Desk = stage.desk();
    let hand = desk.call(&person, &leg.request, 2, Way::Hand).await;
    assert!(hand.is_err(), "one attempt goes on: {hand:?}");
}
