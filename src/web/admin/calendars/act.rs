//! Changes to a calendar: a day closed, open, at other hours, or as its weekday again; and through which
//! year the list goes. They go into the hotline's draft.

use super::FILE;
use super::words;
use super::year::{Of, Typed, show};
use crate::flow::edit::{DayText, are_hours, set_day, set_list};
use crate::studio::StudioError;
use crate::web::Web;
use crate::web::admin::flows::refusal;
use crate::web::desk_pages::fill;
use crate::web::did::{Did, did};
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::people::page::trouble;
use crate::web::who::Admin;
use crate::words::Lang;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::civil::Date;
use serde::Deserialize;

/// The longest reason, in characters.
const WHY: usize = 200;

/// `POST /admin/calendars/{flow}/{name}/day`
pub(super) async fn day(
    State(web): State<Web>,
    Admin(person): Admin,
    Path((flow, name)): Path<(String, String)>,
    PageLang(lang): PageLang,
    Form(typed): Form<Typed>,
) -> Response {
    let of = match Of::load(&web, &flow, &name).await {
        Ok(Some(of)) => of,
        Ok(None) | Err(StudioError::UnknownFlow(_)) => return see("/admin/calendars"),
        Err(error) => return failed(lang, &error),
    };
    let at = (flow.as_str(), name.as_str());
    let (date, day) = match judged(lang, &typed) {
        Ok(judged) => judged,
        Err(wrong) => return show(&web, &person, lang, at, None, (typed, Some(wrong)), None).await,
    };
    let edited = match set_day(&of.file, &name, date, day.as_ref()) {
        Ok(edited) => edited,
        Err(error) => {
            let wrong = ("", error.told(lang));
            return show(&web, &person, lang, at, None, (typed, Some(wrong)), None).await;
        }
    };
    let told = |day: Option<&DayText>| {
        day.map(|day| format!("{date}: {} {}", day.hours.as_deref().unwrap_or("closed"), day.why))
    };
    match web.studio.save(&flow, FILE, &edited, typed.rev, &person.name).await {
        Ok(_) => {
            let to = format!("/admin/calendars/{flow}/{name}?year={}&said=saved", date.year());
            let (before, after) = (told(of.text.days.get(&date)), told(day.as_ref()));
            did(see(&to), Did { what: "calendar.day", of: format!("{flow}/{name}"), before, after })
        }
        Err(error) => match changed(lang, &error) {
            Some(told) => show(&web, &person, lang, at, None, (typed, Some(("", told))), None).await,
            None => failed(lang, &error),
        },
    }
}

/// The day and what it is to be; or the field that is wrong and why.
fn judged(lang: Lang, typed: &Typed) -> Result<(Date, Option<DayText>), (&'static str, String)> {
    let w = words::of(lang);
    let date = typed.date.trim().parse::<Date>().ok().filter(|date| (2000..=2199).contains(&date.year()));
    let date = date.ok_or_else(|| ("date", w.wrong_date.to_owned()))?;
    let why: String = typed.why.trim().chars().filter(|c| !c.is_control()).take(WHY).collect();
    match typed.kind.as_str() {
        "usual" => Ok((date, None)),
        "closed" if why.is_empty() => Err(("why", w.wrong_why.to_owned())),
        "closed" => Ok((date, Some(DayText { hours: None, why }))),
        "open" => {
            let hours = typed.hours.replace(['–', '〜', '～', '—'], "-").replace(['，', '、'], ",").replace('：', ":");
            let hours = hours.trim().to_owned();
            match are_hours(&hours) {
                true => Ok((date, Some(DayText { hours: Some(hours), why }))),
                false => Err(("hours", w.wrong_hours.to_owned())),
            }
        }
        _ => Err(("kind", w.wrong_kind.to_owned())),
    }
}

/// What was typed of the list.
#[derive(Deserialize)]
pub(super) struct Listed {
    through: String,
    #[serde(default)]
    source: String,
    rev: i64,
}

/// `POST /admin/calendars/{flow}/{name}/list`
pub(super) async fn list(
    State(web): State<Web>,
    Admin(person): Admin,
    Path((flow, name)): Path<(String, String)>,
    PageLang(lang): PageLang,
    Form(Listed { through, source, rev }): Form<Listed>,
) -> Response {
    let of = match Of::load(&web, &flow, &name).await {
        Ok(Some(of)) => of,
        Ok(None) | Err(StudioError::UnknownFlow(_)) => return see("/admin/calendars"),
        Err(error) => return failed(lang, &error),
    };
    let (at, w) = ((flow.as_str(), name.as_str()), words::of(lang));
    let refuse = async |wrong: (&'static str, String)| {
        show(&web, &person, lang, at, None, (Typed::default(), Some(wrong)), None).await
    };
    let Some(through) = through.trim().parse::<i16>().ok().filter(|year| (2000..=2199).contains(year)) else {
        return refuse(("through", w.wrong_year.to_owned())).await;
    };
    let source: String = source.chars().filter(|c| !c.is_control()).take(2 * WHY).collect();
    let edited = match set_list(&of.file, &name, through, &source) {
        Ok(edited) => edited,
        Err(error) => return refuse(("", error.told(lang))).await,
    };
    match web.studio.save(&flow, FILE, &edited, rev, &person.name).await {
        Ok(_) => {
            let to = format!("/admin/calendars/{flow}/{name}?year={through}&said=saved");
            let before = Some(format!("{:?} {}", of.text.through, of.text.source));
            let after = Some(format!("{through} {source}"));
            did(see(&to), Did { what: "calendar.list", of: format!("{flow}/{name}"), before, after })
        }
        Err(error) => match changed(lang, &error) {
            Some(told) => refuse(("", told)).await,
            None => failed(lang, &error),
        },
    }
}

/// What is said when somebody else was first.
fn changed(lang: Lang, error: &StudioError) -> Option<String> {
    match error {
        StudioError::Changed { by, .. } => {
            Some(fill(words::of(lang).changed, &[("who", by.as_deref().unwrap_or("?"))]))
        }
        StudioError::Store(_) => None,
        other => Some(refusal(lang, other)),
    }
}

fn failed(lang: Lang, error: &StudioError) -> Response {
    tracing::error!(%error, "a calendar could not be changed");
    trouble(lang)
}
