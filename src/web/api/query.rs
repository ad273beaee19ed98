//! Reading addresses: the request in the path, parameters in the query. What is there twice, means
//! nothing or does not fit is named.

use super::problem::Problem;
use super::words::{self, WORD};
use crate::desk::Filter;
use crate::web::Web;
use crate::words::{CallId, Lang};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use utoipa::IntoParams;

/// The request an operation is about.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfRequest {
    /// The request's id.
    #[param(pattern = "^[0-9a-f]{32}$", example = "0197a1b2c3d47e8f90a1b2c3d4e5f607")]
    pub id: String,
}

impl FromRequestParts<Web> for OfRequest {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<OfRequest, Problem> {
        let Ok(Path(holes)) = Path::<BTreeMap<String, String>>::from_request_parts(parts, web).await else {
            return Err(Problem::missing());
        };
        let id = holes.get("id").and_then(|id| CallId::parse(id));
        id.map(|id| OfRequest { id: id.to_string() }).ok_or_else(Problem::missing)
    }
}

/// The attempt an operation is about.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfAttempt {
    /// The request's id.
    #[param(pattern = "^[0-9a-f]{32}$", example = "0197a1b2c3d47e8f90a1b2c3d4e5f607")]
    pub id: String,
    /// Which attempt, counted from 1.
    #[param(minimum = 1, example = 1)]
    pub nth: u32,
}

impl FromRequestParts<Web> for OfAttempt {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<OfAttempt, Problem> {
        let OfRequest { id } = OfRequest::from_request_parts(parts, web).await?;
        let holes = Path::<BTreeMap<String, String>>::from_request_parts(parts, web).await;
        let nth = holes.ok().and_then(|Path(holes)| holes.get("nth")?.parse().ok());
        let nth = nth.filter(|nth| (1..=i32::MAX as u32).contains(nth));
        nth.map(|nth| OfAttempt { id, nth }).ok_or_else(Problem::missing)
    }
}

/// The parameters of a query, each to be taken once.
pub struct Params(BTreeMap<String, String>);

impl FromRequestParts<Web> for Params {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Params, Problem> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, web).await;
        let Query(pairs) = pairs.map_err(|_| Problem::field("query", "cannot be read"))?;
        let mut params = BTreeMap::new();
        for (name, value) in pairs {
            if value.contains('\0') || name.contains('\0') {
                return Err(Problem::field(&name, "must not hold the character U+0000"));
            }
            if params.insert(name.clone(), value).is_some() {
                return Err(Problem::field(&name, "is there twice; part several values with commas"));
            }
        }
        Ok(Params(params))
    }
}

impl Params {
    /// A parameter as it stands there.
    pub fn text(&mut self, name: &str, most: usize) -> Result<Option<String>, Problem> {
        words::maybe_sized(name, self.0.remove(name), 1, most)
    }

    /// A parameter that is `true` or `false`.
    pub fn flag(&mut self, name: &str) -> Result<bool, Problem> {
        match self.0.remove(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::field(name, "must be true or false")),
        }
    }

    /// A whole number within bounds.
    pub fn number(&mut self, name: &str, least: u32, most: u32) -> Result<Option<u32>, Problem> {
        let Some(text) = self.0.remove(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number) && digits(&text));
        let wrong = || Problem::field(name, &format!("must be a whole number from {least} to {most}"));
        number.map(Some).ok_or_else(wrong)
    }

    /// Several values with commas between.
    pub fn list(&mut self, name: &str) -> Result<Vec<String>, Problem> {
        let text = self.0.remove(name).filter(|text| !text.is_empty());
        words::list(name, text.iter().flat_map(|text| text.split(',')).map(str::to_owned))
    }

    /// A language.
    pub fn lang(&mut self, name: &str) -> Result<Option<Lang>, Problem> {
        self.0.remove(name).map(|tag| words::lang(name, &tag)).transpose()
    }

    /// A moment.
    pub fn moment(&mut self, name: &str) -> Result<Option<Timestamp>, Problem> {
        self.0.remove(name).map(|text| moment(name, &text)).transpose()
    }

    /// A time zone, by its IANA name.
    pub fn zone(&mut self, name: &str) -> Result<Option<TimeZone>, Problem> {
        let Some(text) = self.text(name, WORD)? else { return Ok(None) };
        let wrong = |_| Problem::field(name, "is no time zone; write one as Asia/Shanghai");
        TimeZone::get(&text).map(Some).map_err(wrong)
    }

    /// What is asked of requests: `lang`, `skill`, `topic`, `line`, `overdue`, `trials`.
    pub fn filter(&mut self) -> Result<Filter, Problem> {
        let langs = self.list("lang")?.iter().map(|tag| words::lang("lang", tag)).collect::<Result<_, _>>()?;
        Ok(Filter {
            langs,
            skills: self.list("skill")?,
            topic: self.text("topic", WORD)?,
            line: self.text("line", WORD)?,
            overdue: self.flag("overdue")?,
            trials: self.flag("trials")?,
        })
    }

    /// Nothing else may be there.
    pub fn finish(self) -> Result<(), Problem> {
        match self.0.into_keys().next() {
            Some(name) => Err(Problem::field(&name, "means nothing here")),
            None => Ok(()),
        }
    }
}

/// A moment in a field, as RFC 3339 writes it.
pub fn moment(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let wrong = || Problem::field(field, "is no moment; write one as 2026-05-04T09:00:00Z");
    // Rows keep moments in milliseconds, and years beyond these are slips of the pen.
    let years = Timestamp::UNIX_EPOCH.as_second()..=MOST;
    let plain = text.len() <= 40 && !text.contains('[');
    text.parse::<Timestamp>().ok().filter(|at| plain && years.contains(&at.as_second())).ok_or_else(wrong)
}

/// The end of the year 9998, in seconds.
const MOST: i64 = 253_370_764_799;

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
