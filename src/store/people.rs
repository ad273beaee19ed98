//! People who sign in: who they are and what they may do. What they prove themselves by is one room
//! further, in `sessions`, `tokens` and `sign_ins`.

use super::engine::{Arg, Tx, args};
use super::proofs::{digest, fresh};
use super::{Result, Store, StoreError};
use crate::words::{Lang, Role, Secret};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How long a link to sign in once is valid, in ms.
const INVITED: i64 = 24 * 3_600_000;
/// The name of the first who signs in.
const FIRST: &str = "admin";

/// Somebody who signs in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Person {
    /// What they sign in with, and what histories call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Languages they speak with customers; empty: all.
    pub languages: Vec<Lang>,
    /// Skills they have; empty: all.
    pub skills: Vec<String>,
    /// Where their phone rings: E.164 or `sip:`.
    pub phone: Option<String>,
    /// The time zone they work in, by its IANA name.
    pub zone: Option<String>,
    /// The language of the pages; none: the browser's.
    pub page_language: Option<Lang>,
    /// May not sign in any more.
    pub disabled: bool,
}

impl Person {
    /// Somebody of whom nothing but name and role is known.
    pub fn new(name: impl Into<String>, role: Role) -> Person {
        let (languages, skills) = (Vec::new(), Vec::new());
        let name = name.into();
        Person { name, role, languages, skills, phone: None, zone: None, page_language: None, disabled: false }
    }
}

/// What is to change of a person; none: stays as it is. `Some(None)` takes a detail away.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct PersonChange {
    /// What they may do.
    pub role: Option<Role>,
    /// Languages they speak with customers; empty: all.
    pub languages: Option<Vec<Lang>>,
    /// Skills they have; empty: all.
    pub skills: Option<Vec<String>>,
    /// Where their phone rings.
    pub phone: Option<Option<String>>,
    /// The time zone they work in.
    pub zone: Option<Option<String>>,
    /// The language of the pages.
    pub page_language: Option<Option<Lang>>,
}

/// What became of a change that must leave an admin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// It is so now.
    Done,
    /// There is nobody of this name.
    Missing,
    /// It is the last admin who can sign in, and nothing was changed.
    LastAdmin,
    /// Somebody has changed it since it was seen, and nothing was changed.
    Changed,
}

/// Its values are [`changed`].
const CHANGE: &str = "UPDATE people SET role = COALESCE($2, role), languages = COALESCE($3, languages),
        skills = COALESCE($4, skills), phone = CASE WHEN $5 THEN $6 ELSE phone END,
        zone = CASE WHEN $7 THEN $8 ELSE zone END,
        page_language = CASE WHEN $9 THEN $10 ELSE page_language END
    WHERE name = $1";

/// The same, of somebody who still is as they were seen, but for what only they choose.
const CHANGE_SEEN: &str = "UPDATE people SET role = COALESCE($2, role), languages = COALESCE($3, languages),
        skills = COALESCE($4, skills), phone = CASE WHEN $5 THEN $6 ELSE phone END,
        zone = CASE WHEN $7 THEN $8 ELSE zone END,
        page_language = CASE WHEN $9 THEN $10 ELSE page_language END
    WHERE name = $1 AND role = $11 AND languages = $12 AND skills = $13 AND COALESCE(phone, '') = $14
        AND COALESCE(zone, '') = $15";

/// The columns of a person, in the order of [`PersonRow`].
pub(super) type PersonRow = (String, String, String, String, Option<String>, Option<String>, Option<String>, bool);

impl Store {
    /// Adds somebody who has no password yet; false when the name is taken.
    pub async fn add_person(&self, person: &Person, at: i64) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        let added = insert(&mut tx, person, at).await?;
        tx.commit().await?;
        Ok(added)
    }

    /// Everybody, by name.
    pub async fn people(&self) -> Result<Vec<Person>> {
        let sql =
            "SELECT name, role, languages, skills, phone, zone, page_language, disabled FROM people ORDER BY name";
        self.engine.rows::<PersonRow>(sql, args![]).await?.into_iter().map(read).collect()
    }

    /// Somebody by name, disabled or not.
    pub async fn person(&self, name: &str) -> Result<Option<Person>> {
        let sql = "SELECT name, role, languages, skills, phone, zone, page_language, disabled FROM people
            WHERE name = $1";
        self.engine.first::<PersonRow>(sql, args![name]).await?.map(read).transpose()
    }

    /// Changes what is known of somebody; false when there is nobody of this name.
    pub async fn change_person(&self, name: &str, change: &PersonChange) -> Result<bool> {
        Ok(self.engine.run(CHANGE, changed(name, change)?).await? == 1)
    }

    /// As [`Store::change_person`], but the last admin who can sign in stays one, and nobody is changed who
    /// is not any more as they were `seen`; none: however they are.
    pub async fn change_person_but_last(
        &self,
        name: &str,
        change: &PersonChange,
        seen: Option<&Person>,
        at: i64,
    ) -> Result<Kept> {
        let mut tx = self.engine.begin().await?;
        if change.role.is_some_and(|role| role < Role::Admin) && is_last_admin(&mut tx, name, at).await? {
            tx.undo().await?;
            return Ok(Kept::LastAdmin);
        }
        let mut values = changed(name, change)?;
        let sql = match seen {
            None => CHANGE,
            Some(seen) => {
                let (phone, zone) = (seen.phone.clone().unwrap_or_default(), seen.zone.clone().unwrap_or_default());
                values.extend(args![seen.role.word(), json(&seen.languages)?, json(&seen.skills)?, phone, zone]);
                CHANGE_SEEN
            }
        };
        let done = tx.run(sql, values).await? == 1;
        let known = done || tx.count("SELECT count(*) FROM people WHERE name = $1", args![name]).await? == 1;
        tx.commit().await?;
        Ok(match (done, known) {
            (true, _) => Kept::Done,
            (false, true) => Kept::Changed,
            (false, false) => Kept::Missing,
        })
    }

    /// As [`Store::disable_person`], but the last admin who can sign in stays.
    pub async fn disable_person_but_last(&self, name: &str, at: i64) -> Result<Kept> {
        let mut tx = self.engine.begin().await?;
        if is_last_admin(&mut tx, name, at).await? {
            tx.undo().await?;
            return Ok(Kept::LastAdmin);
        }
        let known = disable(&mut tx, name, true).await?;
        tx.commit().await?;
        Ok(if known { Kept::Done } else { Kept::Missing })
    }

    /// Keeps somebody from signing in, or lets them again. Whoever is kept from it loses sessions,
    /// tokens and invitations at once and for good. False when there is nobody of this name.
    pub async fn disable_person(&self, name: &str, disabled: bool) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        let known = disable(&mut tx, name, disabled).await?;
        tx.commit().await?;
        Ok(known)
    }

    /// What is kept of somebody's password; none: nobody of this name may sign in, or none was chosen
    /// yet. One statement, whoever is asked for: time tells nothing of who there is.
    pub async fn password_of(&self, name: &str) -> Result<Option<Secret>> {
        let sql = "SELECT password FROM people WHERE name = $1 AND NOT disabled";
        let row = self.engine.first::<(Option<String>,)>(sql, args![name]).await?;
        Ok(row.and_then(|(password,)| password).map(Secret::new))
    }

    /// Keeps another password in place of `old` and ends every session but `keep`; false when
    /// somebody else changed it meanwhile.
    pub async fn change_password(&self, name: &str, old: &Secret, new: &Secret, keep: &str) -> Result<bool> {
        let mut tx = self.engine.begin().await?;
        let sql = "UPDATE people SET password = $3 WHERE name = $1 AND password = $2 AND NOT disabled";
        let changed = tx.run(sql, args![name, old.reveal(), new.reveal()]).await? == 1;
        if changed {
            tx.run("DELETE FROM sessions WHERE person = $1 AND hash <> $2", args![name, keep]).await?;
            tx.run("DELETE FROM invitations WHERE person = $1", args![name]).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Makes what somebody can sign in with once, within a day, to choose a password; an earlier one
    /// does not count any more. None: there is nobody of this name who may.
    pub async fn invite(&self, name: &str, at: i64) -> Result<Option<Secret>> {
        let mut tx = self.engine.begin().await?;
        let invitation = invite(&mut tx, name, at).await?;
        tx.commit().await?;
        Ok(invitation)
    }

    /// As [`Store::invite`] for somebody who cannot get in any more: their password does not count
    /// from now on, their sessions end, and so do their tokens.
    pub async fn reset_password(&self, name: &str, at: i64) -> Result<Option<Secret>> {
        let mut tx = self.engine.begin().await?;
        tx.run("UPDATE people SET password = NULL WHERE name = $1 AND NOT disabled", args![name]).await?;
        let invitation = invite(&mut tx, name, at).await?;
        if invitation.is_some() {
            tx.run("DELETE FROM sessions WHERE person = $1", args![name]).await?;
            tx.run("DELETE FROM tokens WHERE person = $1", args![name]).await?;
        }
        tx.commit().await?;
        Ok(invitation)
    }

    /// Who an invitation is for; none: it was used, or is too old.
    pub async fn invited(&self, invitation: &str, at: i64) -> Result<Option<Person>> {
        let sql = "SELECT p.name, p.role, p.languages, p.skills, p.phone, p.zone, p.page_language, p.disabled
            FROM invitations i JOIN people p ON p.name = i.person
            WHERE i.hash = $1 AND i.expires_at > $2 AND NOT p.disabled";
        self.engine.first::<PersonRow>(sql, args![digest(invitation), at]).await?.map(read).transpose()
    }

    /// Uses an invitation up and keeps the password chosen with it; sessions from before end. Gives
    /// the name. None: somebody used it before, or it is too old.
    pub async fn accept_invitation(&self, invitation: &str, password: &Secret, at: i64) -> Result<Option<String>> {
        let mut tx = self.engine.begin().await?;
        let sql = "DELETE FROM invitations WHERE hash = $1 AND expires_at > $2 RETURNING person";
        let Some((name,)) = tx.first::<(String,)>(sql, args![digest(invitation), at]).await? else {
            tx.undo().await?;
            return Ok(None);
        };
        let sql = "UPDATE people SET password = $2 WHERE name = $1 AND NOT disabled";
        let taken = tx.run(sql, args![&name, password.reveal()]).await? == 1;
        forget_proofs(&mut tx, &name).await?;
        tx.commit().await?;
        Ok(taken.then_some(name))
    }

    /// The invitation of the first admin, who is made when there is nobody yet. None: somebody can
    /// sign in, or has been invited.
    pub async fn first_admin(&self, at: i64) -> Result<Option<(String, Secret)>> {
        let mut tx = self.engine.begin().await?;
        tx.lock_subjects(vec!["first admin".to_owned()], at).await?;
        if tx.count("SELECT count(*) FROM people", args![]).await? == 0 {
            insert(&mut tx, &Person::new(FIRST, Role::Admin), at).await?;
        }
        let open = "SELECT count(*) FROM people WHERE password IS NOT NULL";
        let invited = "SELECT count(*) FROM invitations WHERE expires_at > $1";
        let ours = "SELECT count(*) FROM people WHERE name = $1 AND role = 'admin'";
        let waits = tx.count(open, args![]).await? == 0
            && tx.count(invited, args![at]).await? == 0
            && tx.count(ours, args![FIRST]).await? == 1;
        let invitation = if waits { invite(&mut tx, FIRST, at).await? } else { None };
        tx.commit().await?;
        Ok(invitation.map(|invitation| (FIRST.to_owned(), invitation)))
    }
}

fn changed(name: &str, change: &PersonChange) -> Result<Vec<Arg>> {
    let PersonChange { role, languages, skills, phone, zone, page_language } = change;
    Ok(args![
        name,
        role.map(Role::word),
        languages.as_ref().map(json).transpose()?,
        skills.as_ref().map(json).transpose()?,
        phone.is_some(),
        phone.clone().flatten(),
        zone.is_some(),
        zone.clone().flatten(),
        page_language.is_some(),
        page_language.flatten().map(Lang::tag),
    ])
}

/// Whether nobody but them could sign in as an admin. Asked by one at a time.
async fn is_last_admin(tx: &mut Tx, name: &str, at: i64) -> Result<bool> {
    tx.lock_subjects(vec!["last admin".to_owned()], at).await?;
    let this = "SELECT count(*) FROM people WHERE name = $1 AND role = 'admin' AND NOT disabled";
    let others = "SELECT count(*) FROM people WHERE name <> $1 AND role = 'admin' AND NOT disabled
        AND password IS NOT NULL";
    Ok(tx.count(this, args![name]).await? == 1 && tx.count(others, args![name]).await? == 0)
}

async fn disable(tx: &mut Tx, name: &str, disabled: bool) -> Result<bool> {
    let sql = "UPDATE people SET disabled = $2 WHERE name = $1";
    let known = tx.run(sql, args![name, disabled]).await? == 1;
    if disabled {
        forget_proofs(tx, name).await?;
        tx.run("DELETE FROM tokens WHERE person = $1", args![name]).await?;
    }
    Ok(known)
}

async fn insert(tx: &mut Tx, person: &Person, at: i64) -> Result<bool> {
    let sql = "INSERT INTO people (name, role, languages, skills, phone, zone, page_language, disabled, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name) DO NOTHING";
    let Person { name, role, languages, skills, phone, zone, page_language, disabled } = person;
    let (languages, skills, tag) = (json(languages)?, json(skills)?, page_language.map(Lang::tag));
    let values = args![name, role.word(), languages, skills, phone, zone, tag, *disabled, at];
    Ok(tx.run(sql, values).await? == 1)
}

async fn invite(tx: &mut Tx, name: &str, at: i64) -> Result<Option<Secret>> {
    // The write that everything else about this person waits for.
    let sql = "UPDATE people SET disabled = disabled WHERE name = $1 AND NOT disabled";
    if tx.run(sql, args![name]).await? == 0 {
        return Ok(None);
    }
    tx.run("DELETE FROM invitations WHERE person = $1", args![name]).await?;
    let invitation = fresh("")?;
    let sql = "INSERT INTO invitations (hash, person, expires_at) VALUES ($1, $2, $3)";
    tx.run(sql, args![digest(invitation.reveal()), name, at + INVITED]).await?;
    Ok(Some(invitation))
}

/// Ends sessions and invitations.
async fn forget_proofs(tx: &mut Tx, name: &str) -> Result<()> {
    tx.run("DELETE FROM sessions WHERE person = $1", args![name]).await?;
    tx.run("DELETE FROM invitations WHERE person = $1", args![name]).await?;
    Ok(())
}

/// A row read.
pub(super) fn read(row: PersonRow) -> Result<Person> {
    let (name, role, languages, skills, phone, zone, page_language, disabled) = row;
    let damaged = |what: &str| StoreError::Damaged(format!("the {what} of the person {name}"));
    Ok(Person {
        role: Role::named(&role).ok_or_else(|| damaged("role"))?,
        languages: list(&languages).ok_or_else(|| damaged("languages"))?,
        skills: list(&skills).ok_or_else(|| damaged("skills"))?,
        page_language: page_language.as_deref().and_then(Lang::parse),
        phone,
        zone,
        disabled,
        name,
    })
}

fn list<T: DeserializeOwned>(text: &str) -> Option<Vec<T>> {
    serde_json::from_str(text).ok()
}

fn json<T: Serialize>(list: &Vec<T>) -> Result<String> {
    serde_json::to_string(list).map_err(|error| StoreError::Damaged(format!("a list about to be kept: {error}")))
}
