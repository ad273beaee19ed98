//! `GET /desk`: what waits, what one has, what comes later, what is finished today; and taking the next.

use super::failure;
use super::filter::{Asked, Form, Pairs};
use super::frame::{Frame, Here, send};
use super::rows::Row;
use super::times::Clock;
use super::words::{Words, fill};
use crate::desk::{Desk, DeskError, Filter, Page, Section};
use crate::store::Request;
use crate::web::Web;
use crate::web::language::PageLang;
use crate::web::who::Agent;
use crate::words::clock;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How many waiting ones stand on a page, and how many of the other sections.
const WAITING: u32 = 50;
const OTHERS: u32 = 20;

#[derive(Template)]
#[template(path = "desk_list.html", config = "src/web/askama.toml")]
pub(super) struct ListPage {
    pub(super) f: Frame,
    pub(super) w: &'static Words,
    pub(super) form: Form,
    pub(super) mine: Part,
    pub(super) waiting: Part,
    pub(super) later: Part,
    pub(super) finished: Part,
    /// Overdue among the waiting ones.
    pub(super) overdue: u64,
    pub(super) pages: Pages,
    /// Nothing could be taken.
    pub(super) nothing: bool,
}

/// A section of the list.
#[derive(Default)]
pub(super) struct Part {
    pub(super) rows: Vec<Row>,
    pub(super) count: u64,
}

/// Where one is among the waiting ones.
#[derive(Default)]
pub(super) struct Pages {
    pub(super) words: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// `GET /desk`
pub(super) async fn page(
    State(web): State<Web>,
    Agent(person): Agent,
    Query(pairs): Query<Pairs>,
    PageLang(lang): PageLang,
) -> Response {
    let asked = Asked::read(&pairs, &person, shows_trials(&web));
    let query = asked.query();
    let address = if query.is_empty() { "/desk".to_owned() } else { format!("/desk?{query}") };
    let f = Frame::new(&person, lang, clock::now(), Here::List, &address);
    let nothing = pairs.iter().any(|(name, _)| name == "nothing");
    match gather(&web, &person.name, &asked, midnight(&f.clock)).await {
        Ok(found) => send(StatusCode::OK, &found.page(f, &web, &asked, nothing)),
        Err(error) => failure::page(f, &error),
    }
}

/// `POST /desk/next`: takes the next one and opens it.
pub(super) async fn take_next(
    State(web): State<Web>,
    Agent(person): Agent,
    Query(pairs): Query<Pairs>,
    PageLang(lang): PageLang,
) -> Response {
    let asked = Asked::read(&pairs, &person, shows_trials(&web));
    match web.desk.take_next(&person, &asked.filter).await {
        Ok(Some(request)) => Redirect::to(&format!("/desk/requests/{}", request.id)).into_response(),
        Ok(None) => Redirect::to(&format!("/desk?{}&nothing=1", asked.query()).replace("?&", "?")).into_response(),
        Err(error) => {
            let f = Frame::new(&person, lang, clock::now(), Here::Failure, "/desk");
            failure::page(f, &error)
        }
    }
}

/// In the demo everything is a trial, and shown.
pub(super) fn shows_trials(web: &Web) -> bool {
    web.phone_is_open()
}

struct Found {
    mine: (Vec<Request>, u64),
    waiting: (Vec<Request>, (u64, u64)),
    later: (Vec<Request>, u64),
    finished: (Vec<Request>, u64),
}

async fn gather(web: &Web, me: &str, asked: &Asked, today: Timestamp) -> Result<Found, DeskError> {
    let desk = &web.desk;
    let filter = &asked.filter;
    // What one has is one's own, whatever one looks for.
    let all = Filter { trials: true, ..Filter::default() };
    let mine = Section::Held(Some(me.to_owned()));
    let finished = Section::Finished(today);
    let page = Page { skip: (asked.page - 1) * WAITING, limit: WAITING };
    Ok(Found {
        mine: part(desk, &all, &mine).await?,
        waiting: (desk.list(filter, &Section::Waiting, page).await?, desk.count(filter, &Section::Waiting).await?),
        later: part(desk, filter, &Section::Later).await?,
        finished: part(desk, filter, &finished).await?,
    })
}

async fn part(desk: &Desk, filter: &Filter, section: &Section) -> Result<(Vec<Request>, u64), DeskError> {
    let rows = desk.list(filter, section, Page { skip: 0, limit: OTHERS }).await?;
    Ok((rows, desk.count(filter, section).await?.0))
}

/// When the reader's day began.
pub(super) fn midnight(clock: &Clock) -> Timestamp {
    let there = clock.now.to_zoned(clock.zone.clone().unwrap_or_else(TimeZone::system));
    there.start_of_day().map_or(clock.now, |start| start.timestamp())
}

impl Found {
    fn page(self, f: Frame, web: &Web, asked: &Asked, nothing: bool) -> ListPage {
        let (w, lang) = (f.w, f.clock.lang);
        let (total, overdue) = self.waiting.1;
        let rows = |requests: &[Request], clock: &Clock| requests.iter().map(|r| Row::of(r, clock)).collect::<Vec<_>>();
        let waiting = rows(&self.waiting.0, &f.clock);
        ListPage {
            form: asked.form(w, lang, &web.answerer.flows().live()),
            mine: Part { rows: rows(&self.mine.0, &f.clock), count: self.mine.1 },
            later: Part { rows: rows(&self.later.0, &f.clock), count: self.later.1 },
            finished: Part { rows: rows(&self.finished.0, &f.clock), count: self.finished.1 },
            pages: pages(w, asked, waiting.len(), total),
            waiting: Part { rows: waiting, count: total },
            overdue,
            nothing,
            w,
            f,
        }
    }
}

fn pages(w: &Words, asked: &Asked, shown: usize, all: u64) -> Pages {
    if all <= u64::from(WAITING) && asked.page == 1 {
        return Pages::default();
    }
    let skipped = u64::from((asked.page - 1) * WAITING);
    let last = skipped + shown as u64;
    let link = |page: u32| format!("/desk?{}&page={page}", asked.query()).replace("?&", "?");
    let words = fill(
        w.list.page,
        &[("from", &(skipped + 1).min(last).to_string()), ("to", &last.to_string()), ("all", &all.to_string())],
    );
    Pages {
        words,
        before: (asked.page > 1).then(|| link(asked.page - 1)),
        after: (last < all).then(|| link(asked.page + 1)),
    }
}
