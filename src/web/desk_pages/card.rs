//! `GET /desk/requests/{id}`: everything one wants to know before calling, and the one thing to do next.

use super::failure::{self, Told};
use super::frame::{Frame, Here, send};
use super::rows::{Mark, Row, ending, mark, number, reference};
use super::times::{Moment, Placed, Stamp, zone};
use super::told::{self, Attempt, Call, Entry, who};
use super::words::{Words, fill, named};
use crate::call::effect::{Priority, RequestState};
use crate::desk::{Card, DeskError, Dial, DialState, Way};
use crate::flow::Flow;
use crate::store::{Person, Request};
use crate::web::Web;
use crate::web::language::PageLang;
use crate::web::titles::title_of;
use crate::web::who::Agent;
use crate::words::{Lang, clock};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::sync::Arc;

/// What the page is made of beside what the desk knows: what was typed and could not be done.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) note: String,
    pub(super) later: String,
    pub(super) why: String,
    pub(super) to: String,
    /// Why it was not done.
    pub(super) told: Option<Told>,
    /// The number, shown this once.
    pub(super) shown: Option<String>,
}

/// What is to be done next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    /// Nobody has it.
    Take,
    /// Somebody else has it.
    Wait,
    /// One has it, and has not called.
    Call,
    /// One's own phone rings, and 1 is to be pressed there.
    Ringing,
    /// Say how an attempt ended.
    Say(u32),
    /// They have talked: say whether it is solved.
    Settle(u32),
    /// It is finished.
    Nothing,
}

#[derive(Template)]
#[template(path = "desk_card.html", config = "src/web/askama.toml")]
pub(super) struct CardPage {
    pub(super) f: Frame,
    pub(super) w: &'static Words,
    pub(super) typed: Typed,
    pub(super) next: Next,
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) title: String,
    pub(super) reference: String,
    pub(super) topic: String,
    pub(super) kind: String,
    pub(super) mark: Mark,
    pub(super) lang: &'static str,
    pub(super) row: Row,
    pub(super) name: Option<String>,
    pub(super) account: Option<String>,
    pub(super) number: String,
    pub(super) line: String,
    pub(super) skill: String,
    pub(super) level_age: Option<String>,
    pub(super) asked: Option<String>,
    pub(super) zone: String,
    pub(super) due_there: Stamp,
    pub(super) due_here: Stamp,
    pub(super) window_there: Option<String>,
    pub(super) window_here: Option<String>,
    pub(super) filed: Stamp,
    /// Not to be rung before, while that is to come.
    pub(super) ready: Option<Placed>,
    pub(super) collected: Vec<(String, String)>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) calls: Vec<Call>,
    pub(super) related: Vec<Row>,
    pub(super) earlier: Vec<Row>,
    pub(super) history: Vec<Entry>,
    pub(super) guesses: Option<String>,
    pub(super) holder: String,
    pub(super) lease: Option<Moment>,
    pub(super) finished: Option<(String, Moment, Stamp)>,
    /// What the next attempt's number is.
    pub(super) nth: u32,
    /// What the provider told of the attempt already, an outcome's word.
    pub(super) hint: String,
    /// The attempt is going on.
    pub(super) running: Option<String>,
    /// Its number, where it can be hung up from here.
    pub(super) hang_up: Option<u32>,
    /// They have talked, and may talk once more before it is settled.
    pub(super) again: bool,
    pub(super) trial: bool,
    pub(super) bridge: bool,
    pub(super) no_phone: bool,
    pub(super) priority: &'static str,
    /// Who may be given it; for those who may give it.
    pub(super) people: Vec<String>,
}

/// `GET /desk/requests/{id}`
pub(super) async fn page(
    State(web): State<Web>,
    Agent(person): Agent,
    Path(id): Path<String>,
    PageLang(lang): PageLang,
) -> Response {
    show(&web, &person, lang, &id, Typed::default(), StatusCode::OK).await
}

/// The card, with what was typed still in it.
pub(super) async fn show(
    web: &Web,
    person: &Person,
    lang: Lang,
    id: &str,
    typed: Typed,
    status: StatusCode,
) -> Response {
    let f = Frame::new(person, lang, clock::now(), Here::Card, &format!("/desk/requests/{id}"));
    match web.desk.card(id, lang).await {
        Ok(card) => {
            let flows = web.answerer.flows().live();
            let people = if f.supervises() { takers(web, &card.request).await } else { Vec::new() };
            let page = CardPage::of(f, person, &card, &flows, typed, web.desk.dials());
            let live = card.dials.last().filter(|dial| dial.way == Way::Bridge && page.running.is_some());
            let hang_up = live.map(|dial| dial.nth).filter(|_| web.desk.hangs_up());
            send(status, &CardPage { people, hang_up, ..page })
        }
        Err(error) => failure::page(f, &error),
    }
}

/// Who speaks the language and has the skill of a request.
async fn takers(web: &Web, request: &Request) -> Vec<String> {
    let people = web.answerer.store().people().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "who may take a request could not be looked up");
        Vec::new()
    });
    let takes = |person: &Person| {
        !person.disabled
            && (person.languages.is_empty() || person.languages.contains(&request.lang))
            && (person.skills.is_empty() || person.skills.contains(&request.skill))
    };
    people.into_iter().filter(takes).map(|person| person.name).collect()
}

/// The card with what the desk refused, and why.
pub(super) async fn refused(
    web: &Web,
    person: &Person,
    lang: Lang,
    id: &str,
    mut typed: Typed,
    error: &DeskError,
) -> Response {
    let f = Frame::new(person, lang, clock::now(), Here::Failure, "/desk");
    let there = match web.desk.card(id, lang).await {
        Ok(card) => zone(&card.zone),
        Err(_) => return failure::page(f, error),
    };
    typed.told = Some(failure::told(f.w, &f.clock, there.as_ref(), error));
    show(web, person, lang, id, typed, failure::status(error)).await
}

impl CardPage {
    pub(super) fn of(
        f: Frame,
        person: &Person,
        card: &Card,
        flows: &[Arc<Flow>],
        typed: Typed,
        dials: bool,
    ) -> CardPage {
        let (request, w, clock) = (&card.request, f.w, f.clock.clone());
        let there = zone(&card.zone).unwrap_or(TimeZone::UTC);
        let span = |from: &Stamp, to: &Stamp| fill(w.card.from_to, &[("from", &from.words), ("to", &to.words)]);
        let last = card.dials.last();
        let next = next(person, request, last);
        let rows = |requests: &[Request]| requests.iter().map(|request| Row::of(request, &clock)).collect();
        let of_attempt = last.filter(|_| matches!(next, Next::Say(_) | Next::Ringing));
        CardPage {
            next,
            id: request.id.clone(),
            version: request.version,
            reference: reference(request.reference.as_str()),
            title: fill(w.card.title, &[("reference", &reference(request.reference.as_str()))]),
            topic: named(w.topics, &request.topic),
            kind: named(w.kinds, &request.kind),
            mark: mark(w, request.priority),
            lang: w.languages[request.lang as usize],
            row: Row::of(request, &clock),
            name: card.name.clone().filter(|name| !name.is_empty()),
            account: request.account.clone(),
            number: card.masked.clone().unwrap_or_else(|| number(w, request)),
            line: title_of(flows, &request.line, clock.lang),
            skill: named(w.topics, &request.skill),
            level_age: request.verified_at.map(|at| fill(w.card.verified, &[("t", &told::ago(w, &clock, at))])),
            asked: (request.asked > 1).then(|| fill(w.card.asked, &[("n", &request.asked.to_string())])),
            due_there: clock.stamp_in(request.due, &there),
            due_here: clock.stamp(request.due),
            window_there: request
                .window
                .map(|window| span(&clock.stamp_in(window.from, &there), &clock.stamp_in(window.to, &there))),
            window_here: request.window.map(|window| span(&clock.stamp(window.from), &clock.stamp(window.to))),
            zone: card.zone.clone(),
            filed: clock.stamp(request.filed_at),
            ready: (next != Next::Nothing).then(|| told::ready(&clock, &there, request.ready_at)).flatten(),
            collected: told::collected(w, &request.collected),
            attempts: told::attempts(&clock, &card.dials),
            calls: told::calls(&clock, flows, &card.calls),
            related: rows(&card.related),
            earlier: rows(&card.earlier),
            history: told::history(&clock, &there, &request.history),
            guesses: (card.guesses > 0).then(|| fill(w.card.guesses, &[("n", &card.guesses.to_string())])),
            holder: holder(w, person, request),
            lease: request.lease_until.map(|until| clock.lease(until, w.time.left)),
            finished: finished(w, request).map(|how| {
                let at = request.ended_at.unwrap_or(request.updated_at);
                (how, clock.ago(at), clock.stamp(at))
            }),
            nth: request.attempts + 1,
            hint: of_attempt.and_then(|dial| dial.outcome.clone()).unwrap_or_default(),
            running: of_attempt.filter(|dial| !dial.state.is_over()).map(|dial| told::state_of(w, dial)),
            hang_up: None,
            again: matches!(next, Next::Settle(_)) && last.is_some_and(|dial| dial.state.is_over()),
            trial: request.test,
            bridge: dials && person.phone.is_some() && !request.test,
            no_phone: dials && person.phone.is_none() && !request.test,
            priority: request.priority.word(),
            people: Vec::new(),
            typed,
            w,
            f,
        }
    }

    pub(super) fn priorities(&self) -> Vec<(&'static str, &'static str, bool)> {
        let all = [Priority::Urgent, Priority::High, Priority::Normal, Priority::Low];
        all.map(|priority| (priority.word(), self.w.priorities[priority as usize], priority.word() == self.priority))
            .to_vec()
    }

    /// The outcomes to choose from, each with its key; marked what the provider told already.
    pub(super) fn outcomes(&self) -> Vec<(u8, &'static str, String, bool)> {
        let all: &[(u8, &'static str)] = match self.next {
            Next::Say(_) => &[
                (1, "reached"),
                (2, "no-answer"),
                (3, "busy"),
                (4, "wrong-number"),
                (5, "later"),
                (6, "solved"),
                (7, "not-solved"),
            ],
            Next::Settle(_) => &[(5, "later"), (6, "solved"), (7, "not-solved")],
            _ => &[],
        };
        all.iter().map(|(key, word)| (*key, *word, named(self.w.outcomes, word), *word == self.hint)).collect()
    }

    /// The attempt whose outcome is to be said.
    pub(super) fn said_of(&self) -> Option<u32> {
        match self.next {
            Next::Say(nth) | Next::Settle(nth) => Some(nth),
            _ => None,
        }
    }

    pub(super) fn how(&self) -> String {
        if matches!(self.next, Next::Settle(_)) {
            return self.w.act.settle.to_owned();
        }
        fill(self.w.act.how, &[("n", &self.said_of().unwrap_or_default().to_string())])
    }

    pub(super) fn later_hint(&self) -> String {
        fill(self.w.act.later_hint, &[("zone", &self.zone)])
    }

    /// The fault of a field, if it has one.
    pub(super) fn fault(&self, field: &str) -> Option<&str> {
        self.typed.told.as_ref().filter(|told| told.field == Some(field)).map(|told| told.words.as_str())
    }

    /// Why it was not done, where no field on the page says so.
    pub(super) fn fault_of_all(&self) -> Option<&str> {
        let told = self.typed.told.as_ref()?;
        let beside = match told.field {
            Some("later") => self.said_of().is_some(),
            Some("to") => self.f.supervises() && self.next != Next::Nothing,
            Some("note") => true,
            _ => false,
        };
        (!beside).then_some(told.words.as_str())
    }

    pub(super) fn is_mine(&self) -> bool {
        matches!(self.next, Next::Call | Next::Ringing | Next::Say(_) | Next::Settle(_))
    }
}

/// What is to be done next by whoever looks at it.
pub(super) fn next(person: &Person, request: &Request, last: Option<&Dial>) -> Next {
    match (request.state, request.holder.as_deref()) {
        (RequestState::Done | RequestState::Closed, _) => Next::Nothing,
        (RequestState::Open, _) => Next::Take,
        (RequestState::Claimed, Some(holder)) if holder != person.name => Next::Wait,
        (RequestState::Claimed, _) => last.map_or(Next::Call, |dial| after(person, request, dial)),
    }
}

/// What is to be done after an attempt by whoever has the request.
fn after(person: &Person, request: &Request, dial: &Dial) -> Next {
    let own = dial.person == person.name;
    match (is_said(request, dial), dial.state) {
        (true, _) if own && dial.outcome.as_deref() == Some("reached") => Next::Settle(dial.nth),
        (false, DialState::Ordered | DialState::Agent) => Next::Ringing,
        (false, DialState::Over) if own => Next::Say(dial.nth),
        (false, state) if !state.is_over() => Next::Say(dial.nth),
        _ => Next::Call,
    }
}

/// Whether somebody has said how an attempt ended: what the provider tells is not said.
fn is_said(request: &Request, dial: &Dial) -> bool {
    let nth = Some(u64::from(dial.nth));
    let of_it = |detail: &Value| detail.get("nth").and_then(Value::as_u64) == nth;
    request.history.iter().any(|event| event.what == "outcome" && of_it(&event.detail))
}

fn holder(w: &Words, person: &Person, request: &Request) -> String {
    match request.holder.as_deref().filter(|_| request.state == RequestState::Claimed) {
        None => w.card.holder_none.to_owned(),
        Some(name) if name == person.name => w.card.holder_you.to_owned(),
        Some(name) => fill(w.card.holder_other, &[("who", name)]),
    }
}

/// How it was finished, and by whom.
fn finished(w: &Words, request: &Request) -> Option<String> {
    let over = matches!(request.state, RequestState::Done | RequestState::Closed);
    let by = request.ended_by.as_deref().map(|by| who(w, by)).unwrap_or_default();
    over.then(|| ending(w, request.state, request.reason.as_deref(), &by))
}
