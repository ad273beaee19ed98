use super::card::{CardPage, Next, Typed, next};
use super::filter::Asked;
use super::frame::{Frame, Here};
use super::overview::OverviewPage;
use super::rows::Row;
use super::*;
use crate::call::effect::{Priority, RequestState};
use crate::desk::{Card, Dial, DialState, Filter, Overview, Way};
use crate::store::{Person, Request, RequestEvent};
use crate::words::{Lang, Level, Reference};
use askama::Template;
use jiff::Timestamp;
use serde_json::json;

fn at(text: &str) -> Timestamp {
    format!("2026-11-22T{text}Z").parse().unwrap()
}

pub(super) fn request() -> Request {
    Request {
        id: "0190".into(),
        reference: Reference::of(3_300_001),
        kind: "callback".into(),
        topic: "payment".into(),
        customer: "a:10001001".into(),
        account: Some("10001001".into()),
        number: Some("+8613800138000".into()),
        caller: None,
        lang: Lang::ZhHk,
        skill: "payment".into(),
        priority: Priority::Urgent,
        level: Level::L2,
        verified_at: Some(at("05:00:00")),
        collected: vec![("payment.merchant".into(), "<b>Shop</b>".into()), ("channel".into(), "bank".into())],
        window: None,
        due: at("05:48:00"),
        state: RequestState::Open,
        asked: 2,
        line: "digital-wallet".into(),
        call: "c".into(),
        test: false,
        filed_at: at("05:00:00"),
        updated_at: at("05:00:00"),
        ready_at: at("05:00:00"),
        attempts: 1,
        misses: 1,
        holder: None,
        lease_until: None,
        version: 1,
        reason: None,
        ended_at: None,
        ended_by: None,
        history: vec![event("filed", json!({})), event("note", json!({ "text": "<script>alert(1)</script>" }))],
    }
}

fn event(what: &str, detail: serde_json::Value) -> RequestEvent {
    RequestEvent { seq: 1, at: at("05:00:00"), who: "caller".into(), what: what.into(), detail }
}

fn person(role: Role) -> Person {
    Person {
        name: "anna".into(),
        role,
        languages: Vec::new(),
        skills: Vec::new(),
        phone: Some("+12025550123".into()),
        zone: Some("Asia/Tokyo".into()),
        page_language: None,
        disabled: false,
    }
}

fn held(mut request: Request, by: &str) -> Request {
    request.state = RequestState::Claimed;
    (request.holder, request.lease_until) = (Some(by.into()), Some(at("06:02:00")));
    request
}

fn dial(state: DialState, outcome: Option<&str>) -> Dial {
    let (outcome, at) = (outcome.map(str::to_owned), at("05:59:00"));
    Dial {
        nth: 2,
        person: "anna".into(),
        way: Way::Bridge,
        state,
        note: None,
        talked: None,
        outcome,
        at,
        ended_at: None,
    }
}

fn frame(lang: Lang, role: Role, here: Here) -> Frame {
    Frame::new(&person(role), lang, at("06:00:00"), here, "/desk")
}

fn card(lang: Lang, role: Role, request: Request, dials: Vec<Dial>, typed: Typed) -> String {
    let masked = Some("+86 *** *** 8000".into());
    let zone = "Asia/Shanghai".into();
    let (calls, related, earlier) = (Vec::new(), Vec::new(), Vec::new());
    let card = Card { request, name: None, masked, zone, dials, calls, related, earlier, guesses: 3 };
    let page = CardPage::of(frame(lang, role, Here::Card), &person(role), &card, &[], typed, true);
    page.render().unwrap()
}

#[test]
fn what_is_to_be_done_follows_from_who_has_it_and_how_the_last_attempt_went() {
    let (anna, open) = (person(Role::Agent), request());
    let mine = held(request(), "anna");
    let mut said = mine.clone();
    said.history.push(event("outcome", json!({ "nth": 2, "outcome": "reached" })));
    let mut done = request();
    done.state = RequestState::Done;
    for (request, last, wanted) in [
        (&open, None, Next::Take),
        (&held(request(), "bert"), None, Next::Wait),
        (&mine, None, Next::Call),
        (&mine, Some(dial(DialState::Agent, None)), Next::Ringing),
        (&mine, Some(dial(DialState::Customer, None)), Next::Say(2)),
        (&mine, Some(dial(DialState::Failed, None)), Next::Call),
        (&mine, Some(dial(DialState::Over, Some("busy"))), Next::Say(2)),
        (&said, Some(dial(DialState::Talking, Some("reached"))), Next::Settle(2)),
        (&said, Some(dial(DialState::Over, Some("no-answer"))), Next::Call),
        (&done, Some(dial(DialState::Over, Some("solved"))), Next::Nothing),
    ] {
        assert_eq!(next(&anna, request, last.as_ref()), wanted, "{last:?}");
    }
}

#[test]
fn a_number_is_masked_until_it_is_shown() {
    for lang in [Lang::ZhCn, Lang::JaJp, Lang::EnUs] {
        let mine = || held(request(), "anna");
        assert!(!card(lang, Role::Admin, mine(), Vec::new(), Typed::default()).contains("13800138000"), "{lang}");
        let shown = Typed { shown: Some("+8613800138000".into()), ..Typed::default() };
        assert!(card(lang, Role::Agent, mine(), Vec::new(), shown).contains("+8613800138000"), "{lang}");
    }
}

#[test]
fn what_customers_and_agents_wrote_cannot_become_markup() {
    let typed = Typed { note: "</textarea><script>".into(), ..Typed::default() };
    let html = card(Lang::EnUs, Role::Agent, request(), Vec::new(), typed);
    assert!(!html.contains("<b>Shop") && html.contains("&#60;b&#62;Shop"));
    assert!(!html.contains("<script>"));
    assert!(html.contains("&#60;/textarea&#62;"));
}

#[test]
fn only_supervisors_see_what_only_they_may_do() {
    let acts = ["/assign", "/raise", "/close", "/unlock"];
    let of = |role| card(Lang::EnUs, role, request(), Vec::new(), Typed::default());
    assert!(acts.iter().all(|act| !of(Role::Agent).contains(act)));
    assert!(acts.iter().all(|act| of(Role::Supervisor).contains(act)));
    assert!(of(Role::Supervisor).contains("/desk/overview") && !of(Role::Agent).contains("/desk/overview"));
}

#[test]
fn times_stand_in_the_customers_and_in_the_agents_zone() {
    let html = card(Lang::EnUs, Role::Agent, request(), Vec::new(), Typed::default());
    assert!(html.contains("Sun, Nov 22, 13:48") && html.contains("Sun, Nov 22, 14:48"));
    assert!(html.contains("12 min overdue"));
}

#[test]
fn what_is_not_to_be_rung_yet_says_so_in_both_zones_and_offers_the_next_one_first() {
    let mut later = request();
    later.ready_at = at("07:00:00");
    later.history.push(event("outcome", json!({ "nth": 1, "outcome": "later", "ready_at": "2026-11-22T07:00:00Z" })));
    later.history.push(event("outcome", json!({ "nth": 1, "outcome": "busy", "ready_at": "2026-11-22T05:15:00Z" })));
    let html = card(Lang::EnUs, Role::Agent, later, Vec::new(), Typed::default());
    let told = "Not before <time datetime=\"2026-11-22T07:00:00Z\">Sun, Nov 22, 15:00</time> / <time";
    assert_eq!(html.matches(told).count(), 3, "in the head, at the promise and in the history: {html}");
    assert!(!html.contains("2026-11-22T05:15:00Z"), "what is past is not told");
    assert!(
        html.contains("<button class=\"main\" data-testid=\"next\"") && html.contains("<button data-testid=\"take\"")
    );
}

#[test]
fn a_fault_is_told_once_and_beside_its_field() {
    let told = Some(failure::Told { words: "Choose a day and a time.".into(), field: Some("later") });
    let dials = || vec![dial(DialState::Over, None)];
    let typed = Typed { told: told.clone(), ..Typed::default() };
    let html = card(Lang::EnUs, Role::Agent, held(request(), "anna"), dials(), typed);
    assert_eq!(html.matches("Choose a day and a time.").count(), 1);
    // The field is not on the page any more.
    let html = card(Lang::EnUs, Role::Agent, request(), dials(), Typed { told, ..Typed::default() });
    assert_eq!(html.matches("Choose a day and a time.").count(), 1);
}

#[test]
fn only_an_account_can_be_unlocked() {
    let mut nameless = request();
    nameless.account = None;
    assert!(!card(Lang::EnUs, Role::Supervisor, nameless, Vec::new(), Typed::default()).contains("/unlock"));
}

#[test]
fn a_row_says_how_urgent_by_word_shape_and_colour() {
    let row = Row::of(&request(), &frame(Lang::EnUs, Role::Agent, Here::List).clock);
    assert_eq!((row.mark.shape, row.mark.words, row.overdue), ("urgent", "Urgent", true));
    assert_eq!(row.mark.render().unwrap().matches("urgent").count(), 2);
    assert_eq!((row.number.as_str(), row.lang), ("+86 *** **** 8000", "Cantonese"));
}

#[test]
fn charts_can_be_read_as_tables() {
    let topics = vec![("payment".to_owned(), 8, 2), ("parking".to_owned(), 4, 4)];
    let overview = Overview { topics, kept: 3, missed: 1, ..Overview::default() };
    let asked = Asked { filter: Filter::default(), chosen: false, page: 1 };
    let html = OverviewPage::of(frame(Lang::EnUs, Role::Supervisor, Here::Overview), &overview, &asked, &[]);
    let html = html.render().unwrap();
    assert!(html.contains("75% in time"));
    assert!(html.contains("<th scope=\"row\">parking</th>") && html.contains("<rect class=\"open\" width=\"25\""));
}

#[test]
fn nothing_on_the_pages_needs_what_the_security_policy_forbids() {
    let html =
        card(Lang::ZhCn, Role::Admin, held(request(), "anna"), vec![dial(DialState::Over, None)], Typed::default());
    for forbidden in [" style=", "<style", " onclick=", "javascript:", "http://", "https://"] {
        let html = html.replace("http://www.w3.org/2000/svg", "");
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn every_file_the_pages_and_scripts_load_is_served() {
    let html = card(Lang::EnUs, Role::Agent, request(), Vec::new(), Typed::default());
    let scripts: String = ASSETS.iter().map(|asset| asset.text).collect();
    let imports = scripts.split("import ").skip(1).filter_map(|rest| rest.split_once("\"./")).map(|(_, rest)| rest);
    let names: Vec<&str> =
        html.split("\"/assets/").skip(1).chain(imports).map(|rest| rest.split_once('"').unwrap().0).collect();
    assert!(names.len() >= 9, "{names:?}");
    let served = |name: &&str| ASSETS.iter().any(|asset| asset.path == format!("/assets/{name}"));
    assert!(names.iter().all(served), "{names:?}");
}
