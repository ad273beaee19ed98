//! Who asks: a role is a type in the handlers, so that none can forget to ask for it. A handler
//! without one of these is open to everybody, and that shows in its signature.

use super::Web;
use crate::store::Person;
use crate::words::Role;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Somebody who is signed in and is an agent at least.
pub struct Agent(pub Arc<Person>);

/// Somebody who is signed in and is a supervisor at least.
pub struct Supervisor(pub Arc<Person>);

/// Somebody who is signed in and is an admin.
pub struct Admin(pub Arc<Person>);

macro_rules! role {
    ($who:ident, $role:expr) => {
        impl FromRequestParts<Web> for $who {
            type Rejection = Response;
            async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<$who, Response> {
                signed_in(parts, web, $role).await.map($who)
            }
        }
    };
}
role!(Agent, Role::Agent);
role!(Supervisor, Role::Supervisor);
role!(Admin, Role::Admin);

async fn signed_in(_parts: &mut Parts, _web: &Web, _least: Role) -> Result<Arc<Person>, Response> {
    Err(StatusCode::UNAUTHORIZED.into_response())
}
