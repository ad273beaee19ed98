//! `GET /admin/calendars/{flow}/{name}`: one year of a calendar, as the draft has it.

use super::FILE;
use super::list::missing;
use super::months::{Day, Is, Weeks, day, hours, months, weekday};
use super::words::{self, Words};
use crate::flow::edit::{CalendarText, calendars};
use crate::flow::hours::Calendar;
use crate::flow::read::read_calendars;
use crate::store::Person;
use crate::studio::{Draft, StudioError};
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::fill;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::words as desk_words;
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::people::page::trouble;
use crate::web::who::Admin;
use crate::words::{Lang, clock};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;

/// The years one can look at.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;

/// What was typed of a day.
#[derive(Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    pub(super) date: String,
    /// `closed`, `open`, or `usual` to take it away.
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) hours: String,
    #[serde(default)]
    pub(super) why: String,
    #[serde(default)]
    pub(super) rev: i64,
}

#[derive(Template)]
#[template(path = "admin_calendar.html", config = "src/web/askama.toml")]
struct YearPage {
    f: Frame,
    w: &'static Words,
    flow: String,
    name: String,
    zone: String,
    source: String,
    through: Option<i16>,
    year: i16,
    rev: i64,
    changed: bool,
    months: Vec<(String, Weeks)>,
    weekdays: [&'static str; 7],
    week: Vec<(&'static str, String)>,
    /// The days that differ, in order.
    listed: Vec<Day>,
    fault: Option<String>,
    /// Nothing is listed for the year that is shown.
    unlisted: Option<String>,
    typed: Typed,
    wrong: Option<(&'static str, String)>,
    said: Option<&'static str>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    year: Option<i16>,
    said: Option<String>,
}

/// A calendar of a draft.
pub(super) struct Of {
    pub(super) draft: Draft,
    pub(super) file: String,
    pub(super) text: CalendarText,
    calendar: Calendar,
}

impl Of {
    /// None: there is no such calendar, or its file cannot be read.
    pub(super) async fn load(web: &Web, flow: &str, name: &str) -> Result<Option<Of>, StudioError> {
        let draft = web.studio.draft(flow).await?;
        let files = web.studio.files(&draft).await?;
        let Some((_, file)) = files.into_iter().find(|(file, _)| file == FILE) else { return Ok(None) };
        let text = calendars(&file).unwrap_or_default().into_iter().find(|own| own.name == name);
        let calendar = read_calendars(&file).remove(name);
        Ok(text.zip(calendar).map(|(text, calendar)| Of { draft, file, text, calendar }))
    }
}

/// `GET /admin/calendars/{flow}/{name}`
pub(super) async fn page(
    State(web): State<Web>,
    Admin(person): Admin,
    Path((flow, name)): Path<(String, String)>,
    Wanted(asked): Wanted<Asked>,
    PageLang(lang): PageLang,
) -> Response {
    let said = asked.said.is_some().then_some(words::of(lang).saved);
    show(&web, &person, lang, (&flow, &name), asked.year, (Typed::default(), None), said).await
}

/// The page; with what was typed and what is wrong with it.
pub(super) async fn show(
    web: &Web,
    person: &Person,
    lang: Lang,
    (flow, name): (&str, &str),
    year: Option<i16>,
    (typed, wrong): (Typed, Option<(&'static str, String)>),
    said: Option<&'static str>,
) -> Response {
    let of = match Of::load(web, flow, name).await {
        Ok(Some(of)) => of,
        Ok(None) | Err(StudioError::UnknownFlow(_)) => return see("/admin/calendars"),
        Err(error) => {
            tracing::error!(%error, "a calendar could not be shown");
            return trouble(lang);
        }
    };
    let (w, now, desk) = (words::of(lang), clock::now(), desk_words::of(lang));
    let Of { draft, text, calendar, .. } = of;
    let typed_year = typed.date.parse::<Date>().ok().map(Date::year);
    let year = year.or(typed_year).filter(|year| YEARS.contains(year));
    let year = year.unwrap_or_else(|| calendar.zone.to_datetime(now).year());
    let address = format!("/admin/calendars/{flow}/{name}?year={year}");
    let own = text.days.keys().filter(|date| date.year() == year);
    let listed: Vec<Day> = own.map(|date| day(&calendar, &text, *date)).collect();
    let holes = [("year", &*year.to_string()), ("through", &*text.through.unwrap_or(0).to_string())];
    let weeks = months(&calendar, &text, year).into_iter().enumerate();
    let page = YearPage {
        months: weeks.map(|(month, weeks)| (desk.months[month].to_owned(), weeks)).collect(),
        weekdays: desk.weekdays,
        week: desk.weekdays.iter().copied().zip(calendar.week.iter().map(|spans| hours(spans))).collect(),
        fault: missing(w, &calendar, now),
        unlisted: text.through.filter(|through| *through < year).map(|_| fill(w.unlisted, &holes)),
        flow: flow.to_owned(),
        name: name.to_owned(),
        zone: text.zone.clone(),
        source: text.source.clone(),
        through: text.through,
        rev: draft.rev,
        changed: !draft.is_empty(),
        f: Frame::new(person, lang, now, Here::Calendars, &address),
        w,
        year,
        listed,
        typed,
        wrong,
        said,
    };
    let refused = page.wrong.is_some();
    send(if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page)
}

impl YearPage {
    /// What a day is, in words.
    fn told(&self, is: &Is) -> &'static str {
        match is {
            Is::Open => self.w.is_open,
            Is::Rest => self.w.is_rest,
            Is::Closed => self.w.is_closed,
            Is::Adjusted => self.w.is_adjusted,
            Is::Other => self.w.is_other,
        }
    }

    fn weekday(&self, date: &Date) -> &'static str {
        self.weekdays[weekday(*date)]
    }

    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|(wrong, _)| *wrong == field).map(|(_, told)| told.as_str())
    }

    /// The marks with what they mean.
    fn legend(&self) -> [Is; 5] {
        [Is::Open, Is::Rest, Is::Closed, Is::Adjusted, Is::Other]
    }
}
