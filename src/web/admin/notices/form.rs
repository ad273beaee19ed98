//! One notice, as it is written.

use super::theirs::Theirs;
use super::words::{self, Words};
use super::{failed, spoken, told};
use crate::flow::Flow;
use crate::store::{NewNotice, Notice, Person, StoreError};
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::admin::wall::{shown_moment, typed_moment, zone_name};
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::Clock;
use crate::web::desk_pages::words::fill;
use crate::web::did::{Did, did};
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::titles::title;
use crate::web::who::Admin;
use crate::words::{Lang, clock, markup};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Letters of one text at most.
const LETTERS: usize = 600;

/// What a form sent.
pub(super) type Pairs = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "admin_notice.html", config = "src/web/askama.toml")]
struct FormPage {
    f: Frame,
    w: &'static Words,
    id: String,
    /// When what is changed was changed last, as it was seen; 0: nothing is there to be changed.
    seen: i64,
    /// Name, title, chosen, the tags of its languages.
    lines: Vec<(String, String, bool, String)>,
    every: bool,
    all_tags: String,
    texts: Vec<Field>,
    from: String,
    until: String,
    on: bool,
    zone: String,
    fault: Option<String>,
    theirs: Option<Theirs>,
    /// What was changed is gone; it can be saved as a new one.
    again: bool,
}

/// One text.
pub(super) struct Field {
    pub(super) tag: &'static str,
    pub(super) name: &'static str,
    pub(super) text: String,
    pub(super) needed: bool,
}

/// What stands in the form.
#[derive(Default)]
struct Typed {
    id: String,
    seen: i64,
    line: Option<String>,
    texts: BTreeMap<Lang, String>,
    from: String,
    until: String,
    on: bool,
}

/// Why a form is shown again.
#[derive(Default)]
struct Shown {
    fault: Option<String>,
    theirs: Option<Theirs>,
    again: bool,
}

impl Shown {
    fn fault(fault: impl Into<String>) -> Shown {
        Shown { fault: Some(fault.into()), ..Shown::default() }
    }
}

/// What became of a notice that was to be saved.
enum Saved {
    /// It is, in place of this one.
    Done(Option<Notice>),
    /// Somebody has changed it, so it is not.
    Changed(Box<Notice>),
    /// Somebody has deleted it, so it is not.
    Gone,
}

/// What the page's script is told.
pub(super) fn script(w: &Words) -> Value {
    json!({ "listen": w.listen, "stop": w.stop, "voiceless": w.voiceless })
}

/// `GET /admin/notices/new`
pub(super) async fn empty(Admin(person): Admin, State(web): State<Web>, PageLang(lang): PageLang) -> Response {
    page(&web, &person, lang, Typed { on: true, ..Typed::default() }, Shown::default())
}

/// `GET /admin/notices/{id}`
pub(super) async fn edit(
    Admin(person): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Path(id): Path<String>,
) -> Response {
    let notice = match web.answerer.store().notice(&id).await {
        Ok(Some(notice)) if !notice.put.closes => notice,
        Ok(_) => return page(&web, &person, lang, Typed::default(), Shown::fault(words::of(lang).gone)),
        Err(error) => return failed(lang, &error),
    };
    let f = frame(&person, lang);
    let (seen, NewNotice { id, line, texts, from, until, on, .. }) = (notice.changed_at, notice.put);
    let until = until.map_or_else(String::new, |until| shown_moment(&f.clock, until));
    let typed = Typed { id, seen, line, texts, from: shown_moment(&f.clock, from), until, on };
    page(&web, &person, lang, typed, Shown::default())
}

/// `POST /admin/notices`
pub(super) async fn save(
    Admin(person): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Form(pairs): Form<Pairs>,
) -> Response {
    let mut typed = Typed {
        id: field(&pairs, "id"),
        seen: seen(&pairs),
        line: Some(field(&pairs, "line")).filter(|line| !line.is_empty()),
        texts: texts(&pairs),
        from: field(&pairs, "from"),
        until: field(&pairs, "until"),
        on: !field(&pairs, "on").is_empty(),
    };
    let (clock, w, live) = (frame(&person, lang).clock, words::of(lang), web.answerer.flows().live());
    let notice = match read(&live, w, &clock, &typed) {
        Ok(notice) => notice,
        Err(fault) => return page(&web, &person, lang, typed, Shown::fault(fault)),
    };
    match put(&web, &notice, &person.name, clock.now.as_millisecond(), &typed).await {
        Ok(Saved::Done(before)) => {
            let (before, after) = (before.map(|notice| told(&notice.put)), Some(told(&notice)));
            did(see("/admin/notices?said=saved"), Did { what: "notice.put", of: notice.id, before, after })
        }
        Ok(Saved::Changed(theirs)) => {
            typed.seen = theirs.changed_at;
            let theirs = Some(Theirs::of(&clock, &live, w.changed, &theirs, &notice));
            page(&web, &person, lang, typed, Shown { theirs, ..Shown::default() })
        }
        Ok(Saved::Gone) => {
            (typed.id, typed.seen) = (String::new(), 0);
            page(&web, &person, lang, typed, Shown { again: true, ..Shown::fault(w.gone_meanwhile) })
        }
        Err(error) => failed(lang, &error),
    }
}

async fn put(web: &Web, notice: &NewNotice, who: &str, at: i64, typed: &Typed) -> Result<Saved, StoreError> {
    let store = web.answerer.store();
    if typed.id.is_empty() {
        store.add_notice(notice, Some(who), at).await?;
        return Ok(Saved::Done(None));
    }
    let before = store.notice(&notice.id).await?;
    if store.change_notice(notice, who, at, typed.seen).await? {
        return Ok(Saved::Done(before));
    }
    let theirs = store.notice(&notice.id).await?.filter(|notice| !notice.put.closes);
    Ok(theirs.map_or(Saved::Gone, |theirs| Saved::Changed(Box::new(theirs))))
}

fn read(flows: &[Arc<Flow>], w: &Words, clock: &Clock, typed: &Typed) -> Result<NewNotice, String> {
    let wrong = |text: &str| Err(text.to_owned());
    if typed.line.as_ref().is_some_and(|line| !flows.iter().any(|flow| flow.name == *line)) {
        return wrong(w.no_line);
    }
    all_said(flows, w, typed.line.as_deref(), &typed.texts)?;
    let (Ok(from), Ok(until)) = (typed_moment(clock, &typed.from), typed_moment(clock, &typed.until)) else {
        return wrong(w.bad_time);
    };
    let from = from.unwrap_or(clock.now.as_millisecond());
    if until.is_some_and(|until| until <= from) {
        return wrong(w.turned);
    }
    let id = match typed.id.as_str() {
        "" => format!("n-{}", uuid::Uuid::now_v7().simple()),
        id => id.to_owned(),
    };
    let (line, texts) = (typed.line.clone(), typed.texts.clone());
    Ok(NewNotice { id, line, texts, from, until, closes: false, on: typed.on })
}

/// Every language of the lines has words, words alone, and none too many.
pub(super) fn all_said(
    flows: &[Arc<Flow>],
    w: &Words,
    line: Option<&str>,
    texts: &BTreeMap<Lang, String>,
) -> Result<(), String> {
    let missing: Vec<&str> = spoken(flows, line)
        .into_iter()
        .filter(|lang| !texts.contains_key(lang))
        .map(|lang| w.languages[lang as usize])
        .collect();
    if !missing.is_empty() {
        return Err(w.missing.replace("{languages}", &missing.join(" · ")));
    }
    for (lang, text) in texts {
        if let Some(mark) = markup::found(text) {
            let holes = [("text", mark.as_str()), ("language", w.languages[*lang as usize])];
            return Err(fill(w.markup, &holes));
        }
    }
    match texts.values().any(|text| text.chars().count() > LETTERS) {
        true => Err(w.long.to_owned()),
        false => Ok(()),
    }
}

/// The texts of a form, without those that are empty. What nobody can say is a space.
pub(super) fn texts(pairs: &Pairs) -> BTreeMap<Lang, String> {
    let said = |lang: Lang| {
        let text = field(pairs, &format!("text-{}", lang.tag()));
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Some((lang, text.trim().to_owned())).filter(|(_, text)| !text.is_empty())
    };
    Lang::ALL.into_iter().filter_map(said).collect()
}

pub(super) fn field(pairs: &Pairs, name: &str) -> String {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

/// When what a form changes was changed last, as it was seen.
pub(super) fn seen(pairs: &Pairs) -> i64 {
    field(pairs, "seen").parse().unwrap_or(0)
}

/// The fields of texts, those that are needed marked.
pub(super) fn fields(w: &Words, needed: &[Lang], text: impl Fn(Lang) -> String) -> Vec<Field> {
    let field = |lang: Lang| Field {
        tag: lang.tag(),
        name: w.languages[lang as usize],
        text: text(lang),
        needed: needed.contains(&lang),
    };
    Lang::ALL.into_iter().map(field).collect()
}

fn frame(person: &Person, lang: Lang) -> Frame {
    Frame::new(person, lang, clock::now(), Here::Notices, "/admin/notices")
        .with_script("/assets/admin-notices.js", &script(words::of(lang)))
}

fn page(web: &Web, person: &Person, lang: Lang, typed: Typed, shown: Shown) -> Response {
    let Shown { fault, theirs, again } = shown;
    let (f, w, flows) = (frame(person, lang), words::of(lang), web.answerer.flows().live());
    let status = match (&fault, theirs.is_some() || again) {
        (_, true) => StatusCode::CONFLICT,
        (Some(_), false) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, false) => StatusCode::OK,
    };
    let tags = |langs: Vec<Lang>| langs.iter().map(|lang| lang.tag()).collect::<Vec<_>>().join(" ");
    let line = |flow: &Arc<Flow>| {
        let chosen = typed.line.as_ref() == Some(&flow.name);
        (flow.name.clone(), title(flow, lang), chosen, tags(spoken(&flows, Some(&flow.name))))
    };
    let needed = spoken(&flows, typed.line.as_deref());
    let page = FormPage {
        lines: flows.iter().map(line).collect(),
        every: typed.line.is_none(),
        all_tags: tags(spoken(&flows, None)),
        texts: fields(w, &needed, |lang| typed.texts.get(&lang).cloned().unwrap_or_default()),
        zone: w.zone.replace("{zone}", &zone_name(&f.clock)),
        id: typed.id,
        seen: typed.seen,
        from: typed.from,
        until: typed.until,
        on: typed.on,
        fault,
        theirs,
        again,
        w,
        f,
    };
    send(status, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_holds_no_marks_that_nobody_can_say() {
        let pairs =
            vec![("text-en-US".to_owned(), " One\r\ntwo\u{0}. ".to_owned()), ("text-ja-JP".to_owned(), " ".to_owned())];
        assert_eq!(texts(&pairs), BTreeMap::from([(Lang::EnUs, "One  two .".to_owned())]));
    }
}
