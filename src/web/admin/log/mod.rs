//! `/admin/log`: everything anybody did, and whether that is what was written down.

mod sheet;
mod words;

use super::frame::{Frame, Here};
use super::wall::{moment, typed_moment, zone_name};
use crate::store::{LogFilter, LogRow, Person, StoreError, Verdict};
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::{Clock, Stamp};
use crate::web::did::did_nothing;
use crate::web::language::PageLang;
use crate::web::page::in_query;
use crate::web::people::page::trouble;
use crate::web::who::Admin;
use crate::web::{Doors, Web};
use crate::words::{Lang, Role, clock};
use askama::Template;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use words::Words;

/// Rows on a page, and rows that are looked at before a page is shown.
const PAGE: u32 = 50;
const CHECKED: i64 = 5000;

/// Who else does things: commands, and whoever is not let in.
const NO_PERSON: [&str; 2] = ["command line", "?"];

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    let admin = Some(Role::Admin);
    doors.open(Method::GET, "/admin/log", admin, list).open(Method::POST, "/admin/log/check", admin, check).open(
        Method::GET,
        "/admin/log.csv",
        admin,
        sheet::sheet,
    )
}

/// What is asked for, as it was typed.
#[derive(Clone, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    who: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    of: String,
    #[serde(default)]
    since: String,
    #[serde(default)]
    until: String,
    behind: Option<i64>,
}

#[derive(Template)]
#[template(path = "admin_log.html", config = "src/web/askama.toml")]
struct LogPage {
    f: Frame,
    w: &'static Words,
    asked: Asked,
    fault: Option<&'static str>,
    /// Name, and what it is called.
    names: Vec<(String, String)>,
    verdict: String,
    is_whole: bool,
    rows: Vec<Row>,
    older: Option<String>,
    csv: String,
    zone: String,
}

struct Row {
    seq: i64,
    at: Stamp,
    who: String,
    place: String,
    what: String,
    /// The word that rows hold, where there are others for people.
    word: Option<String>,
    of: String,
    before: Option<String>,
    after: Option<String>,
    erased: bool,
    broken: bool,
}

impl Row {
    fn has_texts(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }
}

/// `GET /admin/log`
async fn list(
    Admin(person): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Wanted(asked): Wanted<Asked>,
) -> Response {
    page(&web, &person, lang, asked, false).await
}

/// `POST /admin/log/check`: all of it, from the first entry. Nothing is changed by looking.
async fn check(Admin(person): Admin, State(web): State<Web>, PageLang(lang): PageLang) -> Response {
    did_nothing(page(&web, &person, lang, Asked::default(), true).await)
}

async fn page(web: &Web, person: &Person, lang: Lang, asked: Asked, whole: bool) -> Response {
    let (w, store) = (words::of(lang), web.answerer.store());
    let f = Frame::new(person, lang, clock::now(), Here::Log, "/admin/log");
    let (filter, fault) = match asked.filter(&f.clock) {
        Ok(filter) => (filter, None),
        Err(()) => (LogFilter::default(), Some(w.bad_time)),
    };
    let found = async {
        let verdict = store.check_log(whole, if whole { i64::MAX } else { CHECKED }).await?;
        let rows = store.log(&filter, asked.behind, PAGE).await?;
        Ok((verdict, rows, store.people().await?))
    };
    let (verdict, rows, people) = match found.await {
        Ok(found) => found,
        Err(error) => return failed(lang, &error),
    };
    if let Some(broken) = verdict.broken {
        tracing::error!(seq = broken.seq, why = broken.why.word(), "the log of everything is not as it was written");
    }
    let full = rows.len() == PAGE as usize;
    let query = asked.query();
    let older = rows.last().filter(|_| full).map(|last| format!("/admin/log?{query}&behind={}", last.seq));
    let broken = verdict.broken.map(|broken| broken.seq);
    // Nobody who was ever somebody is taken away.
    let mut names: Vec<_> = people.into_iter().map(|person| (person.name.clone(), person.name)).collect();
    names
        .extend([(NO_PERSON[0].to_owned(), w.command_line.to_owned()), (NO_PERSON[1].to_owned(), w.nobody.to_owned())]);
    let page = LogPage {
        verdict: told(w, &verdict),
        is_whole: verdict.broken.is_none(),
        rows: rows.into_iter().map(|it| row(&f.clock, w, it, broken)).collect(),
        csv: format!("/admin/log.csv?{query}"),
        zone: w.zone.replace("{zone}", &zone_name(&f.clock)),
        f,
        w,
        asked,
        fault,
        names,
        older,
    };
    send(if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

impl Asked {
    fn filter(&self, clock: &Clock) -> Result<LogFilter, ()> {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(LogFilter {
            who: some(&self.who),
            what: some(&self.what),
            of: some(&self.of),
            since: typed_moment(clock, &self.since)?,
            until: typed_moment(clock, &self.until)?,
        })
    }

    /// The query that asks for the same, without the place.
    fn query(&self) -> String {
        let Asked { who, what, of, since, until, .. } = self;
        let pairs = [("who", who), ("what", what), ("of", of), ("since", since), ("until", until)];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        pairs.map(|(name, value)| format!("{name}={}", in_query(value))).collect::<Vec<_>>().join("&")
    }
}

fn told(w: &Words, verdict: &Verdict) -> String {
    let number = |n: i64| n.to_string();
    match verdict.broken {
        Some(broken) => w.broken.replace("{n}", &number(broken.seq)).replace("{why}", w.fault(broken.why)),
        None if verdict.checked < verdict.last => {
            w.partly.replace("{n}", &number(verdict.checked)).replace("{all}", &number(verdict.last))
        }
        None => w.whole.replace("{n}", &number(verdict.checked)).replace("{end}", &verdict.end),
    }
}

fn row(clock: &Clock, w: &'static Words, row: LogRow, broken: Option<i64>) -> Row {
    let LogRow { seq, at, who, place, what, of, before, after, erased } = row;
    let words = w.deed(&what);
    Row {
        seq,
        at: clock.stamp(moment(at)),
        who: match who.as_str() {
            it if it == NO_PERSON[0] => w.command_line.to_owned(),
            it if it == NO_PERSON[1] => w.nobody.to_owned(),
            _ => who,
        },
        place,
        word: words.map(|_| what.clone()),
        what: words.map_or(what, str::to_owned),
        of,
        before,
        after,
        erased,
        broken: broken == Some(seq),
    }
}

fn failed(lang: Lang, error: &StoreError) -> Response {
    tracing::error!(%error, "the log of everything could not be read");
    trouble(lang)
}
