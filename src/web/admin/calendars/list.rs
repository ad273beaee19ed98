//! `GET /admin/calendars`: the calendars of every hotline, and which of them end soon.

use super::words::{self, Words};
use crate::flow::Flow;
use crate::flow::hours::Calendar;
use crate::flow::model::Kind;
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::desk_pages::fill;
use crate::web::desk_pages::frame::send;
use crate::web::language::PageLang;
use crate::web::titles::title;
use crate::web::who::Admin;
use crate::words::clock;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "admin_calendars.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    w: &'static Words,
    hotlines: Vec<Hotline>,
}

/// A hotline and its calendars, those it uses first.
struct Hotline {
    name: String,
    title: String,
    calendars: Vec<Row>,
}

struct Row {
    name: String,
    /// What it is used for.
    used: &'static str,
    zone: String,
    through: String,
    /// What is missing of it.
    fault: Option<String>,
}

/// `GET /admin/calendars`
pub(super) async fn page(State(web): State<Web>, Admin(person): Admin, PageLang(lang): PageLang) -> Response {
    let f = Frame::new(&person, lang, clock::now(), Here::Calendars, "/admin/calendars");
    let w = words::of(lang);
    let live = web.answerer.flows().live();
    let hotlines = live.iter().map(|flow| Hotline {
        name: flow.name.clone(),
        title: title(flow, lang),
        calendars: rows(w, flow, f.clock.now),
    });
    let hotlines = hotlines.collect();
    send(StatusCode::OK, &ListPage { f, w, hotlines })
}

fn rows(w: &'static Words, flow: &Flow, now: Timestamp) -> Vec<Row> {
    let steps = flow.blocks.iter().flat_map(|block| &block.steps);
    let asked: BTreeSet<&str> = steps
        .filter_map(|step| match &step.kind {
            Kind::Hours { calendar, .. } => Some(calendar.as_str()),
            _ => None,
        })
        .collect();
    let row = |calendar: &Calendar| {
        let (of_agents, of_steps) = (calendar.name == flow.hours, asked.contains(calendar.name.as_str()));
        Row {
            name: calendar.name.clone(),
            used: match (of_agents, of_steps) {
                (true, _) => w.for_agents,
                (_, true) => w.for_steps,
                _ => w.unused,
            },
            zone: calendar.zone.iana_name().unwrap_or("UTC").to_owned(),
            through: calendar.through.map_or_else(|| "—".to_owned(), |year| year.to_string()),
            fault: missing(w, calendar, now).filter(|_| of_agents || of_steps),
        }
    };
    let mut rows: Vec<Row> = flow.calendars.values().map(row).collect();
    rows.sort_by_key(|row| (row.used == w.unused, row.used != w.for_agents));
    rows
}

/// What is missing of a calendar: days off of this year, or in December of the next.
pub(super) fn missing(w: &'static Words, calendar: &Calendar, now: Timestamp) -> Option<String> {
    let through = calendar.through.filter(|_| !calendar.covers(now))?;
    let year = calendar.zone.to_datetime(now).year();
    let sentence = if year > through { w.ended } else { w.no_next };
    Some(fill(sentence, &[("through", &through.to_string()), ("next", &through.saturating_add(1).to_string())]))
}
