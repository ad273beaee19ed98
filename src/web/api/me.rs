//! Whose token it is.

use super::problem::Denied;
use super::words::{LangWord, RoleWord};
use crate::web::who::Agent;
use crate::words::{Lang, Role};
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// A person who signs in.
#[derive(Serialize, ToSchema)]
#[schema(as = Person)]
pub struct Me {
    /// What histories call them.
    name: String,
    /// What they may do.
    #[schema(value_type = RoleWord)]
    role: Role,
    /// Languages they speak with customers; empty: all.
    #[schema(value_type = Vec<LangWord>)]
    langs: Vec<Lang>,
    /// Skills they have; empty: all.
    skills: Vec<String>,
    /// The time zone they work in, by its IANA name.
    zone: Option<String>,
    /// A phone of theirs is known, so that customers can be called by `bridge`.
    phone: bool,
}

/// Whose token this is
#[utoipa::path(get, path = "/me", tag = "You", security(("bearer" = ["agent"])),
    responses((status = 200, description = "You.", body = Me), Denied))]
pub async fn get_me(Agent(person): Agent) -> Json<Me> {
    let person = (*person).clone();
    Json(Me {
        name: person.name,
        role: person.role,
        langs: person.languages,
        skills: person.skills,
        zone: person.zone,
        phone: person.phone.is_some(),
    })
}
