//! `hotline user`: who may sign in, and as what. May run beside the server.

use super::deeds::record;
use crate::store::{Person, PersonChange, Store};
use crate::words::{Lang, Role, Secret, clock, person};
use anyhow::{Context, bail, ensure};
use clap::{Args, Subcommand, ValueEnum};
use std::io::Write;

/// What is done to whom.
#[derive(Subcommand)]
pub enum User {
    /// Add somebody, and print a link to sign in with once.
    Add {
        /// What they sign in with: 2 to 32 small letters, digits, points and hyphens.
        name: String,
        /// What they may do.
        #[arg(long, value_enum)]
        role: RoleWord,
        /// What is known of them.
        #[command(flatten)]
        details: Details,
    },
    /// Show everybody.
    List {
        /// How it is written.
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Change what is known of somebody; what is not named stays.
    Change {
        /// Whom.
        name: String,
        /// What they may do.
        #[arg(long, value_enum)]
        role: Option<RoleWord>,
        /// What is known of them.
        #[command(flatten)]
        details: Details,
    },
    /// Keep somebody from signing in; sessions, tokens and links of theirs end at once.
    Disable {
        /// Whom.
        name: String,
    },
    /// Let somebody sign in again, with the password they had.
    Enable {
        /// Whom.
        name: String,
    },
    /// Make somebody's password useless, end their sessions and tokens, and print a link to choose another.
    Password {
        /// Whose.
        name: String,
    },
}

/// What is known of somebody. An empty value takes it away.
#[derive(Args)]
pub struct Details {
    /// The languages they speak with customers, as zh-CN,en-US; empty for all.
    #[arg(long, value_name = "LANGUAGES")]
    languages: Option<String>,
    /// The skills they have, as payment,security; empty for all.
    #[arg(long, value_name = "SKILLS")]
    skills: Option<String>,
    /// Where their phone rings: +8613800138000 or sip:name@host.
    #[arg(long, value_name = "PHONE")]
    phone: Option<String>,
    /// The time zone they work in, as Asia/Shanghai.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
}

/// A role, as it is written.
#[derive(Clone, Copy, ValueEnum)]
pub enum RoleWord {
    /// Takes requests and calls customers back.
    Agent,
    /// Also sees who works on what, moves and closes requests.
    Supervisor,
    /// Also edits flows and people.
    Admin,
}

/// How people are listed.
#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    /// One array.
    Json,
    /// A line each.
    Table,
}

/// Where somebody signs in with an invitation.
pub fn invitation_link(public_url: &str, invitation: &Secret) -> String {
    format!("{public_url}/sign-in/once/{}", invitation.reveal())
}

/// Does it, and tells what was done.
///
/// # Errors
/// There is nobody of this name, a detail has no such form, the database fails, or nobody takes what
/// is told.
pub async fn run(store: &Store, user: User, public_url: &str, out: &mut impl Write) -> anyhow::Result<()> {
    let at = clock::now().as_millisecond();
    match user {
        User::Add { name, role, details } => {
            ensure!(
                person::is_name(&name),
                "`{name}` is no name to sign in with: take 2 to 32 small letters, digits, points and hyphens, as mei.lin"
            );
            let change = details.read()?;
            let added = Person {
                languages: change.languages.unwrap_or_default(),
                skills: change.skills.unwrap_or_default(),
                phone: change.phone.flatten(),
                zone: change.zone.flatten(),
                ..Person::new(&name, role.into())
            };
            ensure!(store.add_person(&added, at).await?, "there is somebody called {name}; take another name");
            record(store, "person.add", &name, None, Some(added.role.word())).await?;
            let invitation = store.invite(&name, at).await?;
            writeln!(out, "{name} is {}.", added.role)?;
            link(&name, invitation, public_url, out)?;
        }
        User::List { format } => list(&store.people().await?, format, out)?,
        User::Change { name, role, details } => {
            let change = PersonChange { role: role.map(Role::from), ..details.read()? };
            ensure!(change != PersonChange::default(), "say what is to change, as `--role supervisor`");
            let before = store.person(&name).await?;
            known(store.change_person(&name, &change).await?, store, &name).await?;
            let told = |person: Option<Person>| person.map(|it| serde_json::to_string(&it)).transpose();
            let (before, after) = (told(before)?, told(store.person(&name).await?)?);
            record(store, "person.change", &name, before.as_deref(), after.as_deref()).await?;
            writeln!(out, "{name} is changed.")?;
        }
        User::Disable { name } => {
            known(store.disable_person(&name, true).await?, store, &name).await?;
            record(store, "person.disable", &name, None, None).await?;
            writeln!(out, "{name} may not sign in any more, and is signed out everywhere.")?;
        }
        User::Enable { name } => {
            known(store.disable_person(&name, false).await?, store, &name).await?;
            record(store, "person.enable", &name, None, None).await?;
            writeln!(out, "{name} may sign in. Tokens have to be made again.")?;
        }
        User::Password { name } => {
            let person = store.person(&name).await?;
            known(person.is_some(), store, &name).await?;
            ensure!(!person.is_some_and(|it| it.disabled), "{name} is disabled; `hotline user enable {name}` first");
            let invitation = store.reset_password(&name, at).await?;
            record(store, "person.password", &name, None, None).await?;
            writeln!(out, "{name} is signed out everywhere, and tokens have to be made again.")?;
            link(&name, invitation, public_url, out)?;
        }
    }
    Ok(out.flush()?)
}

fn link(name: &str, invitation: Option<Secret>, public_url: &str, out: &mut impl Write) -> anyhow::Result<()> {
    let invitation = invitation.with_context(|| format!("{name} was disabled at this moment"))?;
    writeln!(out, "To choose a password, once and within 24 hours:\n{}", invitation_link(public_url, &invitation))?;
    Ok(())
}

/// Nobody of a name is told with who there is.
async fn known(known: bool, store: &Store, name: &str) -> anyhow::Result<()> {
    if known {
        return Ok(());
    }
    let names: Vec<String> = store.people().await?.into_iter().map(|person| person.name).collect();
    match crate::flow::read::near(name, names.iter().map(String::as_str)) {
        Some(near) => bail!("there is nobody called {name}; {near}"),
        None => bail!("there is nobody called {name}; `hotline user list` shows everybody"),
    }
}

impl Details {
    fn read(self) -> anyhow::Result<PersonChange> {
        let Details { languages, skills, phone, zone } = self;
        Ok(PersonChange {
            languages: languages.map(|text| parts(&text).map(language).collect()).transpose()?,
            skills: skills.map(|text| parts(&text).map(skill).collect()).transpose()?,
            phone: phone.map(|text| given(&text, rings)).transpose()?,
            zone: zone.map(|text| given(&text, zone_named)).transpose()?,
            ..PersonChange::default()
        })
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn given(text: &str, read: fn(&str) -> anyhow::Result<String>) -> anyhow::Result<Option<String>> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(read).transpose()
}

fn language(tag: &str) -> anyhow::Result<Lang> {
    Lang::parse(tag)
        .with_context(|| format!("`{tag}` is no language here; there are {}", Lang::ALL.map(Lang::tag).join(", ")))
}

fn skill(word: &str) -> anyhow::Result<String> {
    ensure!(person::is_skill(word), "`{word}` is no skill: write small letters, digits and hyphens, as flows do");
    Ok(word.to_owned())
}

fn rings(text: &str) -> anyhow::Result<String> {
    person::phone(text)
        .with_context(|| format!("`{text}` is no phone: write it as +8613800138000, or as sip:name@host"))
}

fn zone_named(name: &str) -> anyhow::Result<String> {
    ensure!(person::zone(name).is_some(), "`{name}` is no time zone: write it as Asia/Shanghai");
    Ok(name.to_owned())
}

fn list(people: &[Person], format: Format, out: &mut impl Write) -> anyhow::Result<()> {
    if let Format::Json = format {
        writeln!(out, "{:#}", serde_json::to_value(people)?)?;
        return Ok(());
    }
    let row = |cells: [&str; 6]| {
        let [name, role, languages, skills, zone, state] = cells;
        format!("{name:<16}  {role:<10}  {languages:<18}  {skills:<20}  {zone:<16}  {state}")
    };
    writeln!(out, "{}", row(["NAME", "ROLE", "LANGUAGES", "SKILLS", "ZONE", ""]).trim_end())?;
    for person in people {
        let or_all = |list: Vec<&str>| if list.is_empty() { "all".to_owned() } else { list.join(",") };
        let languages = or_all(person.languages.iter().map(|lang| lang.tag()).collect());
        let skills = or_all(person.skills.iter().map(String::as_str).collect());
        let zone = person.zone.as_deref().unwrap_or("-");
        let state = if person.disabled { "disabled" } else { "" };
        writeln!(out, "{}", row([&person.name, person.role.word(), &languages, &skills, zone, state]).trim_end())?;
    }
    Ok(())
}

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Role {
        match word {
            RoleWord::Agent => Role::Agent,
            RoleWord::Supervisor => Role::Supervisor,
            RoleWord::Admin => Role::Admin,
        }
    }
}
