//! Where people sign in and look after themselves: passwords, sessions, tokens, their own details.
//! Works by plain forms. Knows nothing of requests or calls.

mod browser;
mod me;
pub mod page;
mod sign_in;
mod words;

use super::Doors;
use crate::words::passwords::{Refused, Salt, fits, judge, make};
use crate::words::{Role, Secret};
use axum::http::Method;
use serde::{Deserialize, Deserializer};
use tokio::sync::Semaphore;

/// So many passwords are hashed at once: each takes 19 MiB and tens of milliseconds of a processor.
static HASHING: Semaphore = Semaphore::const_new(2);

/// The addresses.
pub fn doors(doors: Doors) -> Doors {
    let agent = Some(Role::Agent);
    doors
        .everybody(Method::GET, "/sign-in", sign_in::form)
        .everybody(Method::POST, "/sign-in", sign_in::sign_in)
        .everybody(Method::GET, "/sign-in/once/{token}", sign_in::invited)
        .everybody(Method::POST, "/sign-in/once/{token}", sign_in::accept)
        .everybody(Method::POST, "/sign-out", sign_in::sign_out)
        .open(Method::GET, "/desk/me", agent, me::show)
        .open(Method::POST, "/desk/me", agent, me::change)
        .open(Method::POST, "/desk/me/password", agent, me::password)
        .open(Method::POST, "/desk/me/sessions/end", agent, me::end_all)
        .open(Method::POST, "/desk/me/sessions/{id}/end", agent, me::end)
        .open(Method::POST, "/desk/me/tokens", agent, me::make_token)
        .open(Method::POST, "/desk/me/tokens/{id}/revoke", agent, me::revoke_token)
}

/// Why a chosen password was not taken.
enum NotChosen {
    Refused(Refused),
    Differ,
    /// The machine cannot hash or gives no random numbers.
    Fault,
}

/// Judges a password chosen twice, and gives what is kept of it.
async fn choose(name: &str, password: &Secret, again: &Secret) -> Result<Secret, NotChosen> {
    judge(name, password).map_err(NotChosen::Refused)?;
    if !password.same(again.reveal().as_bytes()) {
        return Err(NotChosen::Differ);
    }
    let mut salt = Salt::default();
    getrandom::fill(&mut salt).map_err(|_| NotChosen::Fault)?;
    let password = password.clone();
    slowly(move || make(&password, salt)).await.flatten().ok_or(NotChosen::Fault)
}

/// Whether a typed password is the one kept; as slow where nothing is kept.
async fn is_right(password: Secret, kept: Option<Secret>) -> bool {
    // What is longer than any password may be is not hashed; the length is no secret.
    password.count() <= *crate::words::passwords::LENGTH.end()
        && slowly(move || fits(&password, kept.as_ref())).await.unwrap_or(false)
}

/// Work that takes a processor for long, where it keeps nobody else waiting. None if it failed.
async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _turn = HASHING.acquire().await.ok()?;
    tokio::task::spawn_blocking(work).await.ok()
}

/// A secret in a form.
fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
    String::deserialize(from).map(Secret::new)
}
