//! The rules of calling back, at a desk whose clock the test moves.

use crate::support::bank::Bank;
use crate::support::database::Database;
use crate::support::rows::{HOUR, effect, phone, wish};
use hotline::call::effect::{FileAnswer, NewRequest, Priority, RequestState, RingAt};
use hotline::desk::{Desk, DeskError, DialState, Filter, NewCase, Outcome, Page, Section, Way};
use hotline::flow::value::Window;
use hotline::store::{Person, Request, RequestLimits, Sending};
use hotline::words::{Lang, Level, Role};
use jiff::{SignedDuration, Timestamp};

/// A mobile number in Hong Kong.
const NUMBER: &str = "+85261237001";

struct Office {
    bank: Bank,
    desk: Desk,
    ann: Person,
    bob: Person,
}

impl Office {
    /// It is 10:00 on a Monday in Hong Kong.
    async fn open() -> Office {
        let bank = Bank::on(Database::sqlite()).await;
        let desk = Desk::new(bank.answerer.clone(), hotline::provider::Apis::default());
        let (ann, bob) = (Person::new("ann", Role::Agent), Person::new("bob", Role::Supervisor));
        Office { bank, desk, ann, bob }
    }

    fn now(&self) -> Timestamp {
        self.bank.answerer.now()
    }

    fn after(&self, minutes: i64) -> Timestamp {
        self.now() + SignedDuration::from_mins(minutes)
    }

    fn pass(&self, minutes: i64) {
        self.bank.pass(SignedDuration::from_mins(minutes));
    }

    async fn file(&self, new: &NewRequest) -> Request {
        let number = if let RingAt::Number(number) = &new.ring { Some(number.clone()) } else { None };
        let (limits, at) = (RequestLimits::default(), self.now().as_millisecond());
        let filed = self.bank.store().file_request(&effect(3), "pin-line", new, number, &limits, at).await.unwrap();
        let FileAnswer::Filed { reference, .. } = filed else { panic!("{filed:?}") };
        let id = self.bank.store().request_status(&reference).await.unwrap().unwrap().id;
        self.desk.request(&id).await.unwrap()
    }

    /// Filed, taken and dialled by hand; gives its id.
    async fn dialled(&self, new: &NewRequest) -> String {
        let id = self.file(new).await.id;
        self.again(&id, 1).await;
        id
    }

    async fn again(&self, id: &str, nth: u32) {
        self.desk.take(&self.ann, id).await.unwrap();
        self.desk.call(&self.ann, id, nth, Way::Hand).await.unwrap();
    }

    async fn missed(&self, id: &str, nth: u32) -> Request {
        self.desk.outcome(&self.ann, id, nth, Outcome::NoAnswer, "").await.unwrap()
    }
}

fn new(topic: &str) -> NewRequest {
    NewRequest { lang: Lang::ZhHk, ..wish(NUMBER, topic) }
}

#[tokio::test]
async fn who_is_not_reached_is_tried_three_times_then_closed_and_written_to() {
    let office = Office::open().await;
    let id = office.dialled(&new("plan")).await;
    let first = office.missed(&id, 1).await;
    assert_eq!((first.state, first.misses, first.ready_at), (RequestState::Open, 1, office.after(15)));
    assert_eq!(office.desk.take_next(&office.ann, &Filter::default()).await.unwrap(), None, "not before its time");
    let page = Page { skip: 0, limit: 9 };
    assert_eq!(office.desk.list(&Filter::default(), &Section::Later, page).await.unwrap().len(), 1);
    office.pass(15);
    let taken = office.desk.take_next(&office.ann, &Filter::default()).await.unwrap().unwrap();
    assert_eq!(taken.id, id);
    office.again(&id, 2).await;
    assert_eq!(office.missed(&id, 2).await.ready_at, office.after(120));
    office.pass(120);
    office.again(&id, 3).await;
    let last = office.missed(&id, 3).await;
    assert_eq!((last.state, last.reason.as_deref()), (RequestState::Closed, Some("not-reached")));
    assert_eq!((last.holder, last.ended_by.as_deref()), (None, Some("ann")));
    let sent = office.bank.store().outbox(None, 10).await.unwrap();
    assert_eq!((sent.len(), sent[0].number.as_deref(), sent[0].kind.as_str()), (1, Some(NUMBER), "sms"));
    let body =
        &office.bank.store().claim_outbox(Sending::All, office.now().as_millisecond(), 1000, 1).await.unwrap()[0].body;
    assert!(body.contains("個案編號") && body.contains(last.reference.as_str()), "{body}");
    let said = office.desk.outcome(&office.ann, &id, 3, Outcome::Solved, "").await;
    assert!(matches!(said, Err(DeskError::AlreadySaid { nth: 3, outcome }) if outcome == "no-answer"));
}

#[tokio::test]
async fn nobody_is_rung_again_in_the_evening_or_outside_the_window_they_chose() {
    let office = Office::open().await;
    office.pass(9 * 60 + 50);
    let id = office.dialled(&new("evening")).await;
    let morning: Timestamp = "2026-03-03T09:00:00+08:00".parse().unwrap();
    assert_eq!(office.missed(&id, 1).await.ready_at, morning, "a quarter of an hour later is past 20:00");
    office.pass(13 * 60 + 10);
    office.again(&id, 2).await;
    assert_eq!(office.missed(&id, 2).await.ready_at, office.after(120));

    let window = Window { from: office.after(-60), to: office.after(60) };
    let id = office.dialled(&NewRequest { window: Some(window), ..new("window") }).await;
    assert_eq!(office.missed(&id, 1).await.ready_at, office.after(15));
    office.pass(15);
    office.again(&id, 2).await;
    assert_eq!(office.missed(&id, 2).await.ready_at, office.after(35), "two hours later is too late");

    let window = Window { from: office.after(300), to: office.after(360) };
    let id = office.dialled(&NewRequest { window: Some(window), ..new("early") }).await;
    assert_eq!(office.missed(&id, 1).await.ready_at, window.from, "by hand before the window, then inside it");
}

#[tokio::test]
async fn a_time_the_customer_asks_for_is_a_calling_time_or_the_next_one_is_named() {
    let office = Office::open().await;
    let id = office.dialled(&new("later")).await;
    let morning: Timestamp = "2026-03-03T09:00:00+08:00".parse().unwrap();
    for wrong in [office.after(11 * 60), office.after(-5), office.after(60 * 24 * 60)] {
        let said = office.desk.outcome(&office.ann, &id, 1, Outcome::Later(wrong), "").await;
        let named = if wrong > office.now() && wrong < morning { morning } else { office.now() };
        assert!(matches!(said, Err(DeskError::NotNow { next: Some(next) }) if next == named), "{wrong}: {said:?}");
    }
    office.desk.outcome(&office.ann, &id, 1, Outcome::Reached, "").await.unwrap();
    let right = office.after(4 * 60);
    let later = office.desk.outcome(&office.ann, &id, 1, Outcome::Later(right), "at the doctor's").await.unwrap();
    assert_eq!((later.state, later.ready_at, later.misses), (RequestState::Open, right, 0));
    assert_eq!(later.due, right + SignedDuration::from_mins(30));
}

#[tokio::test]
async fn what_is_said_of_an_attempt_decides_what_becomes_of_the_request() {
    let office = Office::open().await;
    let id = office.dialled(&new("one")).await;
    let reached = office.desk.outcome(&office.ann, &id, 1, Outcome::Reached, "").await.unwrap();
    assert_eq!((reached.state, reached.holder.as_deref()), (RequestState::Claimed, Some("ann")));
    let goes_on = office.desk.outcome(&office.ann, &id, 1, Outcome::NotSolved, "").await.unwrap();
    assert_eq!((goes_on.state, goes_on.priority), (RequestState::Open, Priority::High));
    office.again(&id, 2).await;
    let wrong = office.desk.outcome(&office.ann, &id, 2, Outcome::WrongNumber, "").await.unwrap();
    assert_eq!((wrong.state, wrong.reason.as_deref()), (RequestState::Closed, Some("wrong-number")));
    assert!(office.bank.store().outbox(None, 10).await.unwrap().is_empty(), "a wrong number is not written to");
    let over = office.desk.take(&office.bob, &id).await;
    assert!(matches!(over, Err(DeskError::Over { state: RequestState::Closed, by, .. }) if by == "ann"));
}

#[tokio::test]
async fn number_hours_and_kind_of_call_are_checked_at_the_moment_of_dialling() {
    let office = Office::open().await;
    let (desk, ann) = (&office.desk, &office.ann);
    let id = office.file(&new("moment")).await.id;
    assert!(matches!(desk.call(ann, &id, 1, Way::Hand).await, Err(DeskError::NotHeld)));
    desk.take(ann, &id).await.unwrap();
    assert!(matches!(desk.call(ann, &id, 1, Way::Trial).await, Err(DeskError::NoTrial)));
    assert!(matches!(desk.call(ann, &id, 1, Way::Bridge).await, Err(DeskError::Off)));
    assert!(matches!(desk.call(ann, &id, 3, Way::Hand).await, Err(DeskError::NoAttempt { next: 1 })));
    office.pass(11 * 60);
    let night = desk.call(ann, &id, 1, Way::Hand).await;
    let morning: Timestamp = "2026-03-03T09:00:00+08:00".parse().unwrap();
    assert!(matches!(night, Err(DeskError::NotNow { next: Some(next) }) if next == morning), "{night:?}");
    assert_eq!(desk.request(&id).await.unwrap().attempts, 0, "nothing was tried");
    office.pass(13 * 60);
    let made = desk.call(ann, &id, 1, Way::Hand).await.unwrap();
    assert_eq!(desk.call(ann, &id, 1, Way::Hand).await.unwrap(), made, "pressed twice");
    assert!(matches!(desk.call(ann, &id, 2, Way::Hand).await, Err(DeskError::Running { nth: 1 })));
    let card = desk.card(&id, Lang::EnUs).await.unwrap();
    assert_eq!((card.dials.len(), card.dials[0].state, card.zone.as_str()), (1, DialState::Talking, "Asia/Hong_Kong"));
    let shown = card.request.history.iter().filter(|entry| entry.what == "number shown").count();
    assert_eq!(shown, 1);

    // Filed in a demo or before the policy changed: refused now.
    for (number, topic) in [("+819012345678", "abroad"), ("+85290", "odd"), ("+12025550123", "fiction")] {
        let id = office.file(&wish(number, topic)).await.id;
        desk.take(ann, &id).await.unwrap();
        assert!(matches!(desk.call(ann, &id, 1, Way::Hand).await, Err(DeskError::NotCallable(_))), "{number}");
    }
    let id = office.file(&NewRequest { ring: RingAt::Nobody, ..new("nobody") }).await.id;
    desk.take(ann, &id).await.unwrap();
    assert!(matches!(desk.call(ann, &id, 1, Way::Hand).await, Err(DeskError::NoNumber)));
}

#[tokio::test]
async fn requests_of_trial_calls_are_never_dialled_and_seen_by_those_who_ask_for_them() {
    let office = Office::open().await;
    let (desk, ann) = (&office.desk, &office.ann);
    let id = office.file(&NewRequest { test: true, ..new("trial") }).await.id;
    assert_eq!(desk.take_next(ann, &Filter::default()).await.unwrap(), None);
    let trials = Filter { trials: true, ..Filter::default() };
    assert_eq!(desk.take_next(ann, &trials).await.unwrap().unwrap().id, id);
    for way in [Way::Hand, Way::Bridge] {
        assert!(matches!(desk.call(ann, &id, 1, way).await, Err(DeskError::Trial)));
    }
    assert!(matches!(desk.reveal(ann, &id).await, Err(DeskError::Trial)));
    office.pass(12 * 60);
    desk.call(ann, &id, 1, Way::Trial).await.unwrap();
    assert_eq!(desk.outcome(ann, &id, 1, Outcome::Solved, "").await.unwrap().state, RequestState::Done);
}

#[tokio::test]
async fn a_lease_that_nobody_goes_on_with_returns_and_the_agent_is_told_who_has_it() {
    let office = Office::open().await;
    let (desk, ann, bob) = (&office.desk, &office.ann, &office.bob);
    let id = office.file(&new("lease")).await.id;
    desk.take(ann, &id).await.unwrap();
    assert!(matches!(desk.take(bob, &id).await, Err(DeskError::HeldBy { holder, .. }) if holder == "ann"));
    office.pass(1);
    assert_eq!(desk.extend(ann, &id).await.unwrap(), office.after(2));
    office.pass(1);
    assert_eq!(desk.keep().await.unwrap().returned, 0);
    office.pass(1);
    assert_eq!(desk.take(bob, &id).await.unwrap().holder.as_deref(), Some("bob"), "it had ended");
    for told in [desk.release(ann, &id, "").await.err(), desk.extend(ann, &id).await.err()] {
        assert!(matches!(told, Some(DeskError::HeldBy { holder, .. }) if holder == "bob"));
    }
    assert!(desk.note(ann, &id, "  typed meanwhile ").await.is_ok(), "nothing typed is lost");
    office.pass(3);
    assert_eq!(desk.keep().await.unwrap().returned, 1);
    assert!(matches!(desk.reveal(bob, &id).await, Err(DeskError::NotHeld)));
    assert!(matches!(desk.note(ann, &id, " ").await, Err(DeskError::Field { field: "note", .. })));
    assert!(matches!(desk.assign(bob, &id, "nobody").await, Err(DeskError::NoPerson(name)) if name == "nobody"));
    assert!(matches!(desk.take(ann, "none").await, Err(DeskError::Missing)));
}

#[tokio::test]
async fn whoever_dials_by_hand_keeps_the_request_until_they_say_how_it_ended() {
    let office = Office::open().await;
    let (desk, bob) = (&office.desk, &office.bob);
    let id = office.dialled(&new("by hand")).await;
    office.pass(20);
    assert_eq!(desk.keep().await.unwrap().returned, 0, "they talk, in another window");
    assert!(matches!(desk.take(bob, &id).await, Err(DeskError::HeldBy { holder, .. }) if holder == "ann"));
    assert_eq!(office.missed(&id, 1).await.misses, 1);
}

#[tokio::test]
async fn a_number_is_shown_only_while_it_may_be_rung_and_what_needs_no_call_is_done_without() {
    let office = Office::open().await;
    let (desk, ann) = (&office.desk, &office.ann);
    let id = office.file(&new("shown")).await.id;
    desk.take(ann, &id).await.unwrap();
    assert_eq!(desk.reveal(ann, &id).await.unwrap(), phone(NUMBER));
    // Ten in the morning is ten in the evening now.
    office.pass(12 * 60);
    desk.take(ann, &id).await.unwrap();
    assert!(matches!(desk.reveal(ann, &id).await, Err(DeskError::NotNow { next: Some(_) })));
    let done = desk.done(ann, &id, "the refund is out").await.unwrap();
    assert_eq!((done.state, done.reason.as_deref(), done.attempts), (RequestState::Done, Some("solved"), 0));
    assert!(matches!(desk.done(ann, &id, "").await, Err(DeskError::Over { .. })));

    let nobody = office.file(&NewRequest { ring: RingAt::Nobody, from: None, ..new("report") }).await.id;
    desk.take(ann, &nobody).await.unwrap();
    assert!(matches!(desk.call(ann, &nobody, 1, Way::Hand).await, Err(DeskError::NoNumber)));
    assert_eq!(desk.done(ann, &nobody, "").await.unwrap().state, RequestState::Done);
}

#[tokio::test]
async fn a_clock_that_is_ahead_hides_no_change() {
    let office = Office::open().await;
    let mut changes = office.desk.watch();
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(office.desk.clone().run(stopping));
    let first = office.file(&new("first")).await.id;
    assert_eq!(changes.recv().await.unwrap().id, first);
    // Another server's clock is an hour ahead.
    let ahead = office.after(60).as_millisecond();
    office.bank.store().take(&first, "bob", ahead, ahead + 120_000).await.unwrap();
    assert_eq!(changes.recv().await.unwrap().version, 2);
    let second = office.file(&NewRequest { topic: "second".into(), ..new("second") }).await.id;
    assert_eq!(changes.recv().await.unwrap().id, second);
    drop(stop);
    running.await.unwrap();
}

#[tokio::test]
async fn whoever_watches_is_told_once_of_each_change_wherever_it_was_made() {
    let office = Office::open().await;
    let mut changes = office.desk.watch();
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let running = tokio::spawn(office.desk.clone().run(stopping));
    let other_server = Desk::new(office.bank.answerer.clone(), hotline::provider::Apis::default());
    let id = office.file(&new("feed")).await.id;
    let told = changes.recv().await.unwrap();
    assert_eq!((told.id.as_str(), told.version, told.new), (id.as_str(), 1, true));
    other_server.take(&office.bob, &id).await.unwrap();
    let told = changes.recv().await.unwrap();
    assert_eq!((told.version, told.holder.as_deref(), told.new), (2, Some("bob"), false));
    office.desk.note(&office.ann, &id, "hello").await.unwrap();
    assert_eq!(changes.recv().await.unwrap().version, 3);
    drop(stop);
    running.await.unwrap();
    assert!(changes.is_empty(), "nothing is told twice");
    assert_eq!(office.desk.changes_since(office.now().as_millisecond()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_channel_records_requests_by_the_same_limits() {
    let office = Office::open().await;
    let (desk, bob) = (&office.desk, &office.bob);
    let case = NewCase {
        line: "pin-line".into(),
        kind: "callback".into(),
        topic: "mail".into(),
        priority: Priority::High,
        skill: None,
        lang: Lang::EnUs,
        number: Some(phone(NUMBER)),
        account: None,
        level: Level::L0,
        collected: vec![("subject".into(), "lost card".into())],
    };
    let made = desk.create(bob, &case).await.unwrap();
    assert_eq!((made.skill.as_str(), made.history[0].who.as_str(), made.test), ("mail", "bob", false));
    let promise = made.due.as_millisecond() - office.now().as_millisecond();
    assert!(0 < promise && promise <= 24 * HOUR, "{promise}");
    let again = desk.create(bob, &case).await.unwrap();
    assert_eq!((&again.id, again.asked, again.version), (&made.id, 2, 2));
    for topic in ["two", "three"] {
        desk.create(bob, &NewCase { topic: topic.into(), ..case.clone() }).await.unwrap();
    }
    let fourth = desk.create(bob, &NewCase { topic: "four".into(), ..case.clone() }).await;
    assert!(matches!(fourth, Err(DeskError::TooMany)));
    let abroad = NewCase { number: Some(phone("+819012345678")), ..case.clone() };
    assert!(matches!(desk.create(bob, &abroad).await, Err(DeskError::NotCallable(_))));
    for (wrong, named) in [
        (NewCase { line: "none".into(), ..case.clone() }, "line"),
        (NewCase { lang: Lang::JaJp, ..case.clone() }, "lang"),
        (NewCase { account: Some("10001001".into()), ..case.clone() }, "account"),
        (NewCase { number: None, ..case.clone() }, "number"),
        (NewCase { topic: " ".into(), ..case.clone() }, "topic"),
    ] {
        let refused = desk.create(bob, &wrong).await;
        assert!(matches!(refused, Err(DeskError::Field { field, .. }) if field == named), "{named}: {refused:?}");
    }
}

#[tokio::test]
async fn another_channel_rings_the_number_registered_for_a_verified_account_and_only_supervisors_change_it() {
    let office = Office::open().await;
    let (desk, ann, bob) = (&office.desk, &office.ann, &office.bob);
    let (account, registered) = crate::support::bank::ADA;
    let case = NewCase {
        line: "pin-line".into(),
        kind: "callback".into(),
        topic: "app".into(),
        priority: Priority::Urgent,
        skill: None,
        lang: Lang::EnUs,
        number: None,
        account: Some(account.into()),
        level: Level::L2,
        collected: vec![],
    };
    let made = desk.create(ann, &case).await.unwrap();
    assert_eq!((made.number.as_deref(), made.account.as_deref()), (Some(registered), Some(account)));
    assert_eq!(made.priority, Priority::High, "an agent's request is not urgent");
    let as_high = NewCase { topic: "as high".into(), priority: Priority::High, ..case.clone() };
    assert_eq!(made.due, desk.create(ann, &as_high).await.unwrap().due, "nor is its promise");
    let moved = NewCase { number: Some(phone(NUMBER)), ..case.clone() };
    let again = desk.create(ann, &moved).await.unwrap();
    assert_eq!((&again.id, again.asked, again.number.as_deref()), (&made.id, 2, Some(registered)), "it stays");
    assert_eq!(again.priority, Priority::High);
    let again = desk.create(bob, &moved).await.unwrap();
    assert_eq!((again.asked, again.number.as_deref(), again.priority), (3, Some(NUMBER), Priority::Urgent));
    let unknown = NewCase { account: Some("10009999".into()), ..case };
    assert_eq!(desk.create(ann, &unknown).await.unwrap().number, None, "nobody hears whether there is one");
}

#[tokio::test]
async fn the_card_tells_what_the_caller_did_in_the_menus_own_words() {
    use hotline::desk::PathStep;
    let office = Office::open().await;
    let mut caller = office.bank.ring("pin-line").await;
    caller.press_all(&["1", "10001001#", "7392#"]).await;
    let call = caller.side.call().to_owned();
    let found = office.bank.store().find_call("twilio", &call).await.unwrap();
    let call = found.unwrap_or_else(|| hotline::words::CallId::parse(&call).unwrap());
    let key = hotline::store::EffectKey { call, turn: 90, seq: 0 };
    let (wish, at) = (new("card"), office.now().as_millisecond());
    let limits = RequestLimits::default();
    let filed = office.bank.store().file_request(&key, "pin-line", &wish, Some(phone(NUMBER)), &limits, at).await;
    let FileAnswer::Filed { reference, .. } = filed.unwrap() else { panic!("it is filed") };
    let id = office.bank.store().request_status(&reference).await.unwrap().unwrap().id;
    let card = office.desk.card(&id, Lang::ZhHk).await.unwrap();
    assert_eq!(card.calls.len(), 1);
    assert!(card.calls[0].asked);
    assert_eq!(card.calls[0].path[0], PathStep::Chosen("verify".into()), "{:?}", card.calls[0].path);
    assert_eq!(card.masked.as_deref(), Some("+852 **** 7001"));
}
