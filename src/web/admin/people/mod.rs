//! `/admin/people`: who may sign in and as what, and their programs' tokens.

mod one;
mod words;

use super::frame::{Frame, Here};
use crate::store::{Person, PersonChange, StoreError, Token};
use crate::web::admin::wanted::Wanted;
use crate::web::desk_pages::frame::send;
use crate::web::desk_pages::times::{Clock, Stamp};
use crate::web::did::{Did, did, told_of};
use crate::web::language::PageLang;
use crate::web::people::page::trouble;
use crate::web::who::Admin;
use crate::web::{Doors, Web};
use crate::words::{Lang, Role, clock, person as forms};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use words::Words;

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    let admin = Some(Role::Admin);
    doors
        .open(Method::GET, "/admin/people", admin, list)
        .open(Method::POST, "/admin/people", admin, add)
        .open(Method::GET, "/admin/people/{name}", admin, one::show)
        .open(Method::POST, "/admin/people/{name}", admin, one::change)
        .open(Method::POST, "/admin/people/{name}/disable", admin, one::disable)
        .open(Method::POST, "/admin/people/{name}/enable", admin, one::enable)
        .open(Method::POST, "/admin/people/{name}/sessions/end", admin, one::end_sessions)
        .open(Method::POST, "/admin/people/{name}/invite", admin, one::invite)
        .open(Method::POST, "/admin/people/{name}/tokens/{id}/revoke", admin, one::revoke)
}

/// What a form sent.
type Pairs = Vec<(String, String)>;

/// What was done before a page is shown again.
#[derive(Deserialize)]
struct Said {
    said: Option<String>,
}

/// A link to sign in with once, for the only time it is shown.
struct Link {
    title: String,
    address: String,
}

/// What stands in the form of somebody new, or changed.
#[derive(Default)]
struct Typed {
    name: String,
    role: Option<Role>,
    languages: Vec<Lang>,
    skills: String,
    phone: String,
    zone: String,
}

#[derive(Template)]
#[template(path = "admin_people.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    w: &'static Words,
    said: Option<&'static str>,
    fault: Option<&'static str>,
    link: Option<Link>,
    people: Vec<Row>,
    tokens: Vec<TokenRow>,
    typed: Typed,
    roles: Vec<(Role, &'static str, &'static str)>,
    tongues: Vec<(Lang, &'static str)>,
}

struct Row {
    name: String,
    role: &'static str,
    languages: String,
    skills: String,
    disabled: bool,
}

struct TokenRow {
    person: String,
    id: String,
    label: String,
    made: Stamp,
    used: Option<Stamp>,
}

impl ListPage {
    fn speaks(&self, lang: &Lang) -> bool {
        self.typed.languages.contains(lang)
    }

    fn is_role(&self, role: &Role) -> bool {
        self.typed.role.as_ref() == Some(role)
    }
}

/// `GET /admin/people`
async fn list(
    Admin(person): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Wanted(Said { said }): Wanted<Said>,
) -> Response {
    let w = words::of(lang);
    let said = said.filter(|said| said == "revoked").map(|_| w.revoked);
    page(&web, &person, lang, Shown { said, ..Shown::default() }).await
}

/// `POST /admin/people`: adds somebody, and shows the link this once.
async fn add(
    Admin(person): Admin,
    State(web): State<Web>,
    PageLang(lang): PageLang,
    Form(pairs): Form<Pairs>,
) -> Response {
    let (w, store, at) = (words::of(lang), web.answerer.store(), clock::now().as_millisecond());
    let typed = typed(&pairs);
    let refused = |typed, fault| Shown { fault: Some(fault), typed, ..Shown::default() };
    let change = match read(w, &typed) {
        Ok(change) => change,
        Err(fault) => return page(&web, &person, lang, refused(typed, fault)).await,
    };
    if !forms::is_name(&typed.name) {
        return page(&web, &person, lang, refused(typed, w.name_bad)).await;
    }
    let Some(role) = typed.role else { return page(&web, &person, lang, refused(typed, w.role_bad)).await };
    let added = Person {
        languages: change.languages.unwrap_or_default(),
        skills: change.skills.unwrap_or_default(),
        ..Person::new(&typed.name, role)
    };
    let done = async {
        let is_new = store.add_person(&added, at).await?;
        let invitation = if is_new { store.invite(&added.name, at).await? } else { None };
        Ok((is_new, invitation))
    };
    match done.await {
        Ok((false, _)) => page(&web, &person, lang, refused(typed, w.name_taken)).await,
        Ok((true, invitation)) => {
            let link = invitation.map(|invitation| link(&web, w, &added.name, invitation.reveal()));
            let after = Some(told_of(&added));
            let response = page(&web, &person, lang, Shown { link, ..Shown::default() }).await;
            did(response, Did { what: "person.add", of: added.name, before: None, after })
        }
        Err(error) => failed(lang, &error),
    }
}

fn link(web: &Web, w: &Words, name: &str, invitation: &str) -> Link {
    let address = format!("{}/sign-in/once/{invitation}", web.public_url);
    Link { title: w.link.replace("{name}", name), address }
}

/// What the list has to say besides what it always shows.
#[derive(Default)]
struct Shown {
    said: Option<&'static str>,
    fault: Option<&'static str>,
    link: Option<Link>,
    typed: Typed,
}

async fn page(web: &Web, person: &Person, lang: Lang, shown: Shown) -> Response {
    let (w, store) = (words::of(lang), web.answerer.store());
    let lists = async { Ok::<_, StoreError>((store.people().await?, store.all_tokens().await?)) };
    let (people, tokens) = match lists.await {
        Ok(lists) => lists,
        Err(error) => return failed(lang, &error),
    };
    let f = Frame::new(person, lang, clock::now(), Here::People, "/admin/people");
    let Shown { said, fault, link, typed } = shown;
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = ListPage {
        people: people.into_iter().map(|it| row(w, it)).collect(),
        tokens: tokens.into_iter().map(|(person, token)| token_row(&f.clock, person, token)).collect(),
        roles: Role::ALL.map(|role| (role, w.roles[role as usize], w.role_hints[role as usize])).to_vec(),
        tongues: Lang::ALL.map(|lang| (lang, w.tongues[lang as usize])).to_vec(),
        f,
        w,
        said,
        fault,
        link,
        typed,
    };
    send(status, &page)
}

fn row(w: &'static Words, person: Person) -> Row {
    let or_all = |list: Vec<&str>| if list.is_empty() { w.all.to_owned() } else { list.join(", ") };
    Row {
        role: w.role_name(&person.role),
        languages: or_all(person.languages.iter().map(|lang| w.tongues[*lang as usize]).collect()),
        skills: or_all(person.skills.iter().map(String::as_str).collect()),
        disabled: person.disabled,
        name: person.name,
    }
}

fn token_row(clock: &Clock, person: String, token: Token) -> TokenRow {
    let stamp = |ms: i64| clock.stamp(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH));
    let (made, used) = (stamp(token.created_at), token.used_at.map(stamp));
    TokenRow { person, id: token.id, label: token.label, made, used }
}

fn typed(pairs: &Pairs) -> Typed {
    let field = |name: &str| {
        let found = pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let chosen = pairs.iter().filter(|(key, _)| key == "languages").filter_map(|(_, tag)| Lang::parse(tag));
    Typed {
        name: field("name").to_lowercase(),
        role: Role::named(&field("role")),
        languages: chosen.collect(),
        skills: field("skills"),
        phone: field("phone"),
        zone: field("zone"),
    }
}

/// What is to change, or what is wrong.
fn read(w: &Words, typed: &Typed) -> Result<PersonChange, &'static str> {
    let skills = typed.skills.split([',', '，', '、', ' ']).filter(|skill| !skill.is_empty());
    let skills: Vec<String> = skills.map(str::to_owned).collect();
    if !skills.iter().all(|skill| forms::is_skill(skill)) {
        return Err(w.skill_bad);
    }
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let phone = match given(&typed.phone) {
        Some(text) => Some(forms::phone(&text).ok_or(w.phone_bad)?),
        None => None,
    };
    let zone = given(&typed.zone);
    if zone.as_ref().is_some_and(|zone| forms::zone(zone).is_none()) {
        return Err(w.zone_bad);
    }
    Ok(PersonChange {
        role: typed.role,
        languages: Some(typed.languages.clone()),
        skills: Some(skills),
        phone: Some(phone),
        zone: Some(zone),
        page_language: None,
    })
}

fn failed(lang: Lang, error: &StoreError) -> Response {
    tracing::error!(%error, "people could not be read or changed");
    trouble(lang)
}
