//! `/admin/calls`: calls that are looked for, and one call in words, turn by turn.

mod told;
mod words;

use super::frame::{Frame, Here, told as sorry};
use crate::call::event::Now;
use crate::flow::Flow;
use crate::store::{CallFilter, FoundCall, Store, StoreError, TurnRow};
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::{Clock, Stamp};
use crate::web::language::PageLang;
use crate::web::page::in_query;
use crate::web::titles::{title, titled};
use crate::web::who::Admin;
use crate::web::{Doors, Web};
use crate::words::{CallId, Phone, Role, clock};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::sync::Arc;
use told::{Told, told};
use words::Words;

/// How many calls stand on a page.
const PAGE: u32 = 50;

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    let admin = Some(Role::Admin);
    doors.open(Method::GET, "/admin/calls", admin, list).open(Method::GET, "/admin/calls/{id}", admin, call)
}

type Pairs = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "admin_calls.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    w: &'static Words,
    asked: Asked,
    /// Name and title of each hotline in service.
    lines: Vec<(String, String)>,
    rows: Vec<Row>,
    /// Where older ones are; none: these are the oldest.
    older: Option<String>,
    newest: Option<String>,
    failed: bool,
}

/// A call at a glance.
struct Row {
    id: String,
    began: Stamp,
    line: String,
    /// What the hotline is called, and the tag of the language that is in.
    title: (String, &'static str),
    number: String,
    lasted: Option<String>,
    ending: String,
    trial: bool,
}

#[derive(Template)]
#[template(path = "admin_call.html", config = "src/web/askama.toml")]
struct CallPage {
    f: Frame,
    w: &'static Words,
    row: Row,
    provider: String,
    provider_call: String,
    /// The numbers it had, where it was published.
    version: Vec<i64>,
    /// The first twelve digits.
    digest: String,
    /// Id and reference.
    requests: Vec<(String, String)>,
    known: bool,
    turns: Vec<Told>,
}

/// What is looked for, as it was typed.
#[derive(Default)]
struct Asked {
    name: String,
    line: String,
    from: String,
    to: String,
    ending: String,
    trials: bool,
    before: Option<String>,
}

impl Asked {
    fn read(pairs: &Pairs, trials: bool) -> Asked {
        let one = |name: &str| pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.trim().to_owned());
        let text = |name: &str| one(name).unwrap_or_default();
        Asked {
            name: text("q"),
            line: text("line"),
            from: text("from"),
            to: text("to"),
            ending: text("ending"),
            trials: one("trials").is_some() || trials && one("f").is_none(),
            before: one("before").filter(|before| CallId::parse(before).is_some()),
        }
    }

    /// The query that asks for the same, without the page.
    fn query(&self) -> String {
        let named = [("q", &self.name), ("line", &self.line), ("from", &self.from), ("to", &self.to)];
        let named = named.into_iter().chain([("ending", &self.ending)]).filter(|(_, value)| !value.is_empty());
        let mut query: Vec<String> = vec!["f=1".to_owned()];
        query.extend(named.map(|(name, value)| format!("{name}={}", in_query(value))));
        query.extend(self.trials.then(|| "trials=1".to_owned()));
        query.join("&")
    }

    /// What is looked for beside a name.
    fn filter(&self, clock: &Clock) -> CallFilter {
        let zone = clock.zone.clone().unwrap_or(TimeZone::UTC);
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        CallFilter {
            number: None,
            line: some(&self.line),
            from: day(&self.from, &zone, 0),
            to: day(&self.to, &zone, 1),
            ending: some(&self.ending),
            trials: self.trials,
        }
    }
}

/// When a day begins in a zone, in ms; so many days later.
fn day(text: &str, zone: &TimeZone, later: i32) -> Option<i64> {
    let date: Date = text.parse().ok()?;
    let date = date.checked_add(later.days()).ok()?;
    date.to_zoned(zone.clone()).ok().map(|day| day.timestamp().as_millisecond())
}

/// `GET /admin/calls`
async fn list(
    State(web): State<Web>,
    Admin(person): Admin,
    Query(pairs): Query<Pairs>,
    PageLang(lang): PageLang,
) -> Response {
    let asked = Asked::read(&pairs, web.answerer.takes_fiction());
    let query = asked.query();
    let f = Frame::new(&person, lang, clock::now(), Here::Calls, &format!("/admin/calls?{query}"));
    let found = find(&web, &asked, &f.clock).await;
    if let Err(error) = &found {
        tracing::error!(%error, "calls could not be looked for");
    }
    let failed = found.is_err();
    let (calls, more) = found.unwrap_or_default();
    let older = calls.last().filter(|_| more).map(|last| format!("/admin/calls?{query}&before={}", last.id));
    let newest = asked.before.as_ref().map(|_| format!("/admin/calls?{query}"));
    let w = words::of(lang);
    let live = web.answerer.flows().live();
    let rows = calls.iter().map(|call| row(w, &f.clock, &live, call)).collect();
    let lines = live.iter().map(|flow| (flow.name.clone(), title(flow, lang))).collect();
    let status = if failed { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    send(status, &ListPage { f, w, asked, lines, rows, older, newest, failed })
}

/// The calls that are looked for, and whether there are more. A name finds a call wherever it stands; a
/// number and whatever is not known finds what the other fields ask for, too.
async fn find(web: &Web, asked: &Asked, clock: &Clock) -> Result<(Vec<FoundCall>, bool), StoreError> {
    let store = web.answerer.store();
    let mut filter = asked.filter(clock);
    if !asked.name.is_empty() {
        // References are read out in two groups.
        let name: String = asked.name.split_whitespace().collect();
        let known = store.calls_known_as(&name).await?;
        if !known.is_empty() {
            return Ok((known, false));
        }
        // At home in several countries it may be as many numbers.
        for number in numbers(&web.answerer.flows().live(), &asked.name) {
            filter.number = Some(number);
            let found = page(store, &filter, asked).await?;
            if !found.0.is_empty() {
                return Ok(found);
            }
        }
        return Ok((Vec::new(), false));
    }
    page(store, &filter, asked).await
}

async fn page(store: &Store, filter: &CallFilter, asked: &Asked) -> Result<(Vec<FoundCall>, bool), StoreError> {
    let mut calls = store.find_calls(filter, asked.before.as_deref(), PAGE + 1).await?;
    let more = calls.len() > PAGE as usize;
    calls.truncate(PAGE as usize);
    Ok((calls, more))
}

/// The numbers somebody may mean: as it is written, and at home in each country the lines serve.
fn numbers(flows: &[Arc<Flow>], typed: &str) -> Vec<String> {
    let countries = flows.iter().flat_map(|flow| &flow.countries).map(|country| Some(*country));
    let read = [None].into_iter().chain(countries).filter_map(|country| Phone::parse(typed, country));
    let mut numbers: Vec<String> = Vec::new();
    for number in read.map(|phone| phone.as_str().to_owned()) {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

fn row(w: &'static Words, clock: &Clock, live: &[Arc<Flow>], call: &FoundCall) -> Row {
    let flow = live.iter().find(|flow| flow.name == call.line);
    let began = Timestamp::from_millisecond(call.began_at).unwrap_or(Now::UNIX_EPOCH);
    let number = call.caller.as_deref().and_then(|number| Phone::parse(number, None)).map(|phone| phone.masked());
    let lasted = call.ended_at.map(|ended| {
        let seconds = (ended - call.began_at).max(0) / 1000;
        format!("{}:{:02}", seconds / 60, seconds % 60)
    });
    Row {
        id: call.id.clone(),
        began: clock.stamp(began),
        title: titled(flow.map(|flow| &**flow), &call.line, clock.lang),
        line: call.line.clone(),
        number: number.unwrap_or_else(|| w.withheld.to_owned()),
        lasted,
        ending: words::ending(w, call.ending.as_deref().unwrap_or("open")),
        trial: call.test,
    }
}

/// `GET /admin/calls/{id}`
async fn call(
    State(web): State<Web>,
    Admin(person): Admin,
    Path(id): Path<String>,
    PageLang(lang): PageLang,
) -> Response {
    let w = words::of(lang);
    let f = Frame::new(&person, lang, clock::now(), Here::Calls, &format!("/admin/calls/{}", in_query(&id)));
    let sorry = |f: Frame, status, words| sorry(f, status, (w.call, words), ("/admin/calls", w.back));
    let Some(known) = CallId::parse(&id) else { return sorry(f, StatusCode::NOT_FOUND, w.missing) };
    match whole(&web, &known).await {
        Ok(Some((found, requests, flow, turns, version))) => {
            let page = CallPage {
                w,
                row: row(w, &f.clock, &web.answerer.flows().live(), &found),
                provider: found.provider,
                provider_call: found.provider_call,
                version,
                digest: found.digest.chars().take(12).collect(),
                requests,
                known: flow.is_some(),
                turns: told(w, &f.clock, flow.as_deref(), &turns),
                f,
            };
            send(StatusCode::OK, &page)
        }
        Ok(None) => sorry(f, StatusCode::NOT_FOUND, w.missing),
        Err(error) => {
            tracing::error!(%error, "a call could not be read");
            sorry(f, StatusCode::SERVICE_UNAVAILABLE, w.failed)
        }
    }
}

/// A call, the requests asked for in it, its version where it is known, everything that happened, and the
/// numbers of its version.
type Whole = (FoundCall, Vec<(String, String)>, Option<Arc<Flow>>, Vec<TurnRow>, Vec<i64>);

async fn whole(web: &Web, id: &CallId) -> Result<Option<Whole>, StoreError> {
    let store = web.answerer.store();
    let Some(found) = store.found_call(id.as_str()).await? else { return Ok(None) };
    let requests = store.requests_of_call(id.as_str()).await?;
    let flow = web.answerer.flows().version(&found.digest, store).await?;
    let turns = store.turns(id).await?;
    let version = super::statistics::numbers(store, &found.line).await?.remove(&found.digest).unwrap_or_default();
    Ok(Some((found, requests, flow, turns, version)))
}
