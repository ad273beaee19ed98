//! One person, and what an admin does about them.

use super::words::{self, Words};
use super::{Link, Pairs, Said, TokenRow, Typed, failed, link, read, token_row, typed};
use crate::store::{Kept, LogFilter, Person, StoreError};
use crate::web::Web;
use crate::web::admin::frame::{Frame, Here};
use crate::web::admin::wall::moment;
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::{Clock, Stamp};
use crate::web::desk_pages::words::fill;
use crate::web::did::{Did, did, told_of};
use crate::web::language::PageLang;
use crate::web::page::see;
use crate::web::who::Admin;
use crate::words::{Lang, Role, clock};
use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

#[derive(Template)]
#[template(path = "admin_person.html", config = "src/web/askama.toml")]
struct PersonPage {
    f: Frame,
    w: &'static Words,
    person: Person,
    typed: Typed,
    roles: Vec<(Role, &'static str, &'static str)>,
    tongues: Vec<(Lang, &'static str)>,
    sessions: String,
    tokens: Vec<TokenRow>,
    said: Option<&'static str>,
    fault: Option<&'static str>,
    link: Option<Link>,
    /// The details as they are, for the form to send back.
    seen: String,
    theirs: Option<Theirs>,
}

/// What somebody else has changed meanwhile, beside what is in the form.
struct Theirs {
    told: String,
    at: Option<Stamp>,
    /// What it is called, how it is, and whether that is not what is in the form.
    rows: Vec<(&'static str, String, bool)>,
}

impl PersonPage {
    fn speaks(&self, lang: &Lang) -> bool {
        self.typed.languages.contains(lang)
    }

    fn is_role(&self, role: &Role) -> bool {
        self.typed.role.as_ref() == Some(role)
    }
}

/// What the page has to say besides what it always shows.
#[derive(Default)]
struct Shown {
    said: Option<&'static str>,
    fault: Option<&'static str>,
    link: Option<Link>,
    /// As typed, where it was refused.
    typed: Option<Typed>,
    /// Somebody else was first.
    changed: bool,
}

/// Who asks, about whom.
struct Act<'a> {
    web: &'a Web,
    admin: &'a Person,
    lang: Lang,
    name: &'a str,
}

/// `GET /admin/people/{name}`
pub(super) async fn show(
    Admin(admin): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Path(name): Path<String>,
    Wanted(Said { said }): Wanted<Said>,
) -> Response {
    let w = words::of(lang);
    let said = match said.as_deref() {
        Some("saved") => Some(w.saved),
        Some("disabled") => Some(w.was_disabled),
        Some("enabled") => Some(w.was_enabled),
        Some("ended") => Some(w.ended),
        _ => None,
    };
    Act { web: &web, admin: &admin, lang, name: &name }.page(Shown { said, ..Shown::default() }).await
}

/// `POST /admin/people/{name}`
pub(super) async fn change(
    Admin(admin): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Path(name): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Response {
    let (act, w, store) = (Act { web: &web, admin: &admin, lang, name: &name }, words::of(lang), web.answerer.store());
    let typed = typed(&pairs);
    let change = match read(w, &typed) {
        Ok(change) => change,
        Err(fault) => return act.page(Shown { fault: Some(fault), typed: Some(typed), ..Shown::default() }).await,
    };
    let shown = pairs.iter().find(|(key, _)| key == "seen").map_or("", |(_, seen)| seen.as_str());
    let done = async {
        let Some(before) = store.person(&name).await? else { return Ok((Kept::Missing, None, None)) };
        if seen(&before) != shown {
            return Ok((Kept::Changed, None, None));
        }
        let at = clock::now().as_millisecond();
        let kept = store.change_person_but_last(&name, &change, Some(&before), at).await?;
        Ok::<_, StoreError>((kept, Some(before), store.person(&name).await?))
    };
    match done.await {
        Ok((Kept::Done, before, after)) => {
            let (before, after) = (before.as_ref().map(told_of), after.as_ref().map(told_of));
            act.go("saved", Did { what: "person.change", of: name.clone(), before, after })
        }
        Ok((Kept::LastAdmin, ..)) => act.refuse(w.last_admin).await,
        Ok((Kept::Changed, ..)) => act.page(Shown { changed: true, typed: Some(typed), ..Shown::default() }).await,
        Ok((Kept::Missing, ..)) => act.page(Shown::default()).await,
        Err(error) => failed(lang, &error),
    }
}

/// `POST /admin/people/{name}/disable`
pub(super) async fn disable(
    Admin(admin): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Path(name): Path<String>,
) -> Response {
    let act = Act { web: &web, admin: &admin, lang, name: &name };
    match web.answerer.store().disable_person_but_last(&name, clock::now().as_millisecond()).await {
        Ok(Kept::Done) => act.go("disabled", act.plain("person.disable")),
        Ok(Kept::LastAdmin) => act.refuse(words::of(lang).last_admin).await,
        Ok(Kept::Missing | Kept::Changed) => act.page(Shown::default()).await,
        Err(error) => failed(lang, &error),
    }
}

/// `POST /admin/people/{name}/enable`
pub(super) async fn enable(
    Admin(admin): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Path(name): Path<String>,
) -> Response {
    let act = Act { web: &web, admin: &admin, lang, name: &name };
    match web.answerer.store().disable_person(&name, false).await {
        Ok(true) => act.go("enabled", act.plain("person.enable")),
        Ok(false) => act.page(Shown::default()).await,
        Err(error) => failed(lang, &error),
    }
}

/// `POST /admin/people/{name}/sessions/end`
pub(super) async fn end_sessions(
    Admin(admin): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Path(name): Path<String>,
) -> Response {
    let act = Act { web: &web, admin: &admin, lang, name: &name };
    match web.answerer.store().end_sessions(&name).await {
        Ok(_) => act.go("ended", act.plain("sessions.end")),
        Err(error) => failed(lang, &error),
    }
}

/// `POST /admin/people/{name}/invite`: whoever cannot get in chooses another password. The link is
/// shown this once.
pub(super) async fn invite(
    Admin(admin): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Path(name): Path<String>,
) -> Response {
    let (act, w) = (Act { web: &web, admin: &admin, lang, name: &name }, words::of(lang));
    match web.answerer.store().reset_password(&name, clock::now().as_millisecond()).await {
        Ok(Some(invitation)) => {
            let link = Some(link(&web, w, &name, invitation.reveal()));
            did(act.page(Shown { link, ..Shown::default() }).await, act.plain("person.password"))
        }
        Ok(None) => act.refuse(w.is_disabled).await,
        Err(error) => failed(lang, &error),
    }
}

/// `POST /admin/people/{name}/tokens/{id}/revoke`
pub(super) async fn revoke(
    Admin(_): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Path((name, id)): Path<(String, String)>,
) -> Response {
    match web.answerer.store().revoke_token(&name, &id).await {
        Ok(_) => {
            let before = Some(format!("of {name}"));
            did(see("/admin/people?said=revoked"), Did { what: "token.revoke", of: id, before, after: None })
        }
        Err(error) => failed(lang, &error),
    }
}

impl Act<'_> {
    fn plain(&self, what: &'static str) -> Did {
        Did { what, of: self.name.to_owned(), before: None, after: None }
    }

    fn go(&self, said: &str, it: Did) -> Response {
        did(see(&format!("/admin/people/{}?said={said}", self.name)), it)
    }

    async fn refuse(&self, fault: &'static str) -> Response {
        self.page(Shown { fault: Some(fault), ..Shown::default() }).await
    }

    async fn page(&self, shown: Shown) -> Response {
        let (w, store, now) = (words::of(self.lang), self.web.answerer.store(), clock::now());
        let found = async {
            let Some(person) = store.person(self.name).await? else { return Ok(None) };
            let sessions = store.sessions(self.name, now.as_millisecond()).await?.len();
            let of_them = |what: &str| LogFilter {
                what: Some(what.to_owned()),
                of: Some(self.name.to_owned()),
                ..LogFilter::default()
            };
            let last = match shown.changed {
                true => store.log(&of_them("person.change"), None, 8).await?,
                false => Vec::new(),
            };
            let last = last.into_iter().find(|row| row.of == self.name).map(|row| (row.who, row.at));
            Ok::<_, StoreError>(Some((person, sessions, store.tokens(self.name).await?, last)))
        };
        let (person, sessions, tokens, last) = match found.await {
            Ok(Some(found)) => found,
            Ok(None) => {
                let nobody = super::Shown { fault: Some(w.gone), ..super::Shown::default() };
                return super::page(self.web, self.admin, self.lang, nobody).await;
            }
            Err(error) => return failed(self.lang, &error),
        };
        let f = Frame::new(self.admin, self.lang, now, Here::People, &format!("/admin/people/{}", self.name));
        let Shown { said, fault, link, typed, changed } = shown;
        let status = match (changed, &fault) {
            (true, _) => StatusCode::CONFLICT,
            (false, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            (false, None) => StatusCode::OK,
        };
        let typed = typed.unwrap_or_else(|| as_typed(&person));
        let page = PersonPage {
            seen: seen(&person),
            theirs: changed.then(|| theirs(w, &f.clock, &person, &typed, last)),
            typed,
            roles: Role::ALL.map(|role| (role, w.roles[role as usize], w.role_hints[role as usize])).to_vec(),
            tongues: Lang::ALL.map(|lang| (lang, w.tongues[lang as usize])).to_vec(),
            sessions: w.sessions_now.replace("{n}", &sessions.to_string()),
            tokens: tokens.into_iter().map(|token| token_row(&f.clock, person.name.clone(), token)).collect(),
            f,
            w,
            person,
            said,
            fault,
            link,
        };
        send(status, &page)
    }
}

/// The details that the form changes, as they are.
fn seen(person: &Person) -> String {
    let Person { role, languages, skills, phone, zone, .. } = person;
    let languages: Vec<&str> = languages.iter().map(|lang| lang.tag()).collect();
    json!([role.word(), languages, skills, phone, zone]).to_string()
}

fn theirs(w: &'static Words, clock: &Clock, person: &Person, typed: &Typed, last: Option<(String, i64)>) -> Theirs {
    let is = as_typed(person);
    let role = |it: &Typed| it.role.map_or(String::new(), |role| w.role_name(&role).to_owned());
    let tongues = |it: &Typed| match it.languages.is_empty() {
        true => w.all.to_owned(),
        false => it.languages.iter().map(|lang| w.tongues[*lang as usize]).collect::<Vec<_>>().join(", "),
    };
    let mut rows = Vec::new();
    let mut row = |name, is: String, mine: String| {
        let other = is != mine;
        rows.push((name, if is.is_empty() { "–".to_owned() } else { is }, other));
    };
    row(w.role, role(&is), role(typed));
    row(w.languages, tongues(&is), tongues(typed));
    row(w.skills, is.skills, typed.skills.clone());
    row(w.phone, is.phone, typed.phone.clone());
    row(w.zone, is.zone, typed.zone.clone());
    let who = last.as_ref().map_or(w.somebody, |(who, _)| who.as_str());
    Theirs { told: fill(w.changed, &[("who", who)]), at: last.map(|(_, at)| clock.stamp(moment(at))), rows }
}

fn as_typed(person: &Person) -> Typed {
    Typed {
        name: person.name.clone(),
        role: Some(person.role),
        languages: person.languages.clone(),
        skills: person.skills.join(", "),
        phone: person.phone.clone().unwrap_or_default(),
        zone: person.zone.clone().unwrap_or_default(),
    }
}
