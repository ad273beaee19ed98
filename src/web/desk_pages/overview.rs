//! `GET /desk/overview`: what supervisors look at.

use super::failure;
use super::filter::{Asked, Form, Pairs};
use super::frame::{Frame, Here, send};
use super::list::shows_trials;
use super::rows::reference;
use super::times::{Moment, span};
use super::words::{Words, fill, named};
use crate::desk::Overview;
use crate::flow::Flow;
use crate::web::Web;
use crate::web::language::PageLang;
use crate::web::who::Supervisor;
use crate::words::clock;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::tz::TimeZone;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "desk_overview.html", config = "src/web/askama.toml")]
pub(super) struct OverviewPage {
    pub(super) f: Frame,
    pub(super) w: &'static Words,
    pub(super) form: Form,
    pub(super) waiting: u64,
    pub(super) overdue: u64,
    pub(super) later: u64,
    pub(super) oldest: Option<String>,
    pub(super) kept: u64,
    pub(super) missed: u64,
    /// Of a hundred; none: nothing was promised.
    pub(super) share: Option<String>,
    pub(super) share_width: u64,
    pub(super) held: Vec<Work>,
    pub(super) charts: Vec<Chart>,
    pub(super) people: Vec<Bar>,
}

/// Somebody works on something.
pub(super) struct Work {
    pub(super) person: String,
    pub(super) id: String,
    pub(super) reference: String,
    pub(super) topic: String,
    pub(super) since: Moment,
    pub(super) until: Moment,
}

/// Bars of the same thing by name.
pub(super) struct Chart {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) head: &'static str,
    pub(super) bars: Vec<Bar>,
}

/// A bar; widths are of a hundred.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) all: u64,
    pub(super) open: u64,
    pub(super) width: u64,
    pub(super) open_width: u64,
}

/// `GET /desk/overview`
pub(super) async fn page(
    State(web): State<Web>,
    Supervisor(person): Supervisor,
    Query(pairs): Query<Pairs>,
    PageLang(lang): PageLang,
) -> Response {
    let mut asked = Asked::read(&pairs, &person, shows_trials(&web));
    if !asked.chosen {
        // A supervisor looks at everybody's, not at what they would take themselves.
        (asked.filter.langs, asked.filter.skills) = (Vec::new(), Vec::new());
    }
    let query = asked.query();
    let address = if query.is_empty() { "/desk/overview".to_owned() } else { format!("/desk/overview?{query}") };
    let f = Frame::new(&person, lang, clock::now(), Here::Overview, &address);
    let zone = f.clock.zone.clone().unwrap_or_else(TimeZone::system);
    match web.desk.overview(&asked.filter, &zone).await {
        Ok(overview) => send(StatusCode::OK, &OverviewPage::of(f, &overview, &asked, &web.answerer.flows().live())),
        Err(error) => failure::page(f, &error),
    }
}

impl OverviewPage {
    pub(super) fn of(f: Frame, o: &Overview, asked: &Asked, flows: &[Arc<Flow>]) -> OverviewPage {
        let (w, clock) = (f.w, f.clock.clone());
        let topics = o.topics.iter().map(|(topic, all, open)| (named(w.topics, topic), *all, *open));
        let languages =
            o.languages.iter().map(|(lang, all, open)| (w.languages[*lang as usize].to_owned(), *all, *open));
        let people = o.people.iter().map(|(name, done)| (name.clone(), *done, 0));
        let promised = o.kept + o.missed;
        let share = (o.kept * 100).checked_div(promised);
        OverviewPage {
            form: asked.form(w, clock.lang, flows),
            waiting: o.waiting,
            overdue: o.overdue,
            later: o.later,
            oldest: o.oldest.map(|since| span(w, clock.now.duration_since(since).as_secs().max(0))),
            kept: o.kept,
            missed: o.missed,
            share: share.map(|share| fill(w.overview.kept_share, &[("n", &share.to_string())])),
            share_width: share.unwrap_or(0),
            held: o
                .held
                .iter()
                .map(|held| Work {
                    person: held.person.clone(),
                    id: held.id.clone(),
                    reference: reference(&held.reference),
                    topic: named(w.topics, &held.topic),
                    since: clock.ago(held.since),
                    until: clock.lease(held.until, w.time.left),
                })
                .collect(),
            charts: vec![
                Chart { id: "topics", title: w.overview.topics, head: w.overview.topic, bars: bars(topics) },
                Chart {
                    id: "languages",
                    title: w.overview.languages,
                    head: w.overview.language,
                    bars: bars(languages),
                },
            ],
            people: bars(people),
            w,
            f,
        }
    }

    /// The query of an export of the same.
    pub(super) fn export(&self) -> &str {
        if self.form.query.is_empty() { "f=1&trials=1" } else { &self.form.query }
    }
}

/// Bars as wide as they are many, the longest over the whole width.
fn bars(counted: impl Iterator<Item = (String, u64, u64)>) -> Vec<Bar> {
    let counted: Vec<(String, u64, u64)> = counted.collect();
    let most = counted.iter().map(|(_, all, _)| *all).max().unwrap_or(1).max(1);
    let bar = |(name, all, open)| Bar { name, all, open, width: all * 100 / most, open_width: open * 100 / most };
    counted.into_iter().map(bar).collect()
}
