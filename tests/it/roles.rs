//! Every address against every role, over HTTP: the list of addresses says who may, and what the
//! server answers must be just that. A handler that forgets to ask for a role is found here.

use crate::support::people::{Page, page, session, store};
use crate::support::server::{Home, Server};
use axum::http::Method;
use hotline::store::Store;
use hotline::web::{Opened, doors};
use hotline::words::Role;

/// How an address answers whoever asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Says {
    /// Whatever it says, it says to them.
    Something,
    /// 303 to the form to sign in.
    SignIn,
    /// 401.
    Unknown,
    /// 403.
    Forbidden,
}

impl Says {
    fn of(page: &Page) -> Says {
        let to_sign_in = page.location.as_deref().is_some_and(|to| to.starts_with("/sign-in?next="));
        match page.answer.status {
            303 if to_sign_in => Says::SignIn,
            401 => Says::Unknown,
            403 => Says::Forbidden,
            status => {
                assert!(status < 500, "{:?}", page.answer);
                Says::Something
            }
        }
    }

    /// What the list promises.
    fn promised(door: &Opened, who: Option<Role>) -> Says {
        match (door.needs, who) {
            (None, _) => Says::Something,
            (Some(needs), Some(role)) if role >= needs => Says::Something,
            (Some(_), Some(_)) => Says::Forbidden,
            (Some(_), None) if door.method == Method::GET && !door.path.starts_with("/api/") => Says::SignIn,
            (Some(_), None) => Says::Unknown,
        }
    }
}

#[tokio::test]
async fn every_address_answers_each_role_as_the_list_says() {
    let home = Home::new().set("HOTLINE_DEMO", "false");
    let server = home.start();
    let store = store(&home).await;
    let (_, doors) = doors().into_parts();
    assert!(doors.iter().any(|door| door.needs == Some(Role::Admin)) && doors.iter().any(|door| door.needs.is_none()));
    let mut wrong = Vec::new();
    for door in &doors {
        for who in [None, Some(Role::Agent), Some(Role::Supervisor), Some(Role::Admin)] {
            let (said, promised) = (ask(&server, &store, door, who).await, Says::promised(door, who));
            if said != promised {
                wrong.push(format!("{} {} to {who:?}: {said:?}, and {promised:?} is promised", door.method, door.path));
            }
        }
    }
    store.close().await;
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The measure itself: an address that answers everybody, and one that asks for more than is said, are
/// told apart from what the list says.
#[tokio::test]
async fn an_address_that_forgets_to_ask_for_a_role_is_found() {
    let home = Home::new().set("HOTLINE_DEMO", "false");
    let (server, door) = (home.start(), |path, needs| Opened { method: Method::GET, path, needs });
    let store = store(&home).await;
    for who in [None, Some(Role::Agent)] {
        let forgetful = door("/healthz".into(), Some(Role::Supervisor));
        assert_ne!(ask(&server, &store, &forgetful, who).await, Says::promised(&forgetful, who), "{who:?}");
        let strict = door("/phone".into(), None);
        assert_ne!(ask(&server, &store, &strict, who).await, Says::promised(&strict, who), "{who:?}");
    }
    let low = door("/desk/me".into(), Some(Role::Supervisor));
    assert_ne!(ask(&server, &store, &low, Some(Role::Agent)).await, Says::promised(&low, Some(Role::Agent)));
    store.close().await;
}

async fn ask(server: &Server, store: &Store, door: &Opened, who: Option<Role>) -> Says {
    let mut request = server.request(door.method.as_str(), &filled(&door.path));
    if let Some(role) = who {
        // A session for each: some addresses end it.
        request = request.header("cookie", session(store, role).await);
    }
    let response = request.send().await.unwrap();
    let location = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    let kind = response.headers().get("content-type").is_some_and(|kind| kind == "application/problem+json");
    let status = response.status().as_u16();
    // The body is left: some never end.
    let answer = crate::support::server::Answer { status, kind: String::new(), body: String::new() };
    let said = Says::of(&Page { answer, location, cookie: None });
    let refused = matches!(said, Says::Unknown | Says::Forbidden);
    assert_eq!(kind && refused, refused && door.path.starts_with("/api/"), "{} {}", door.method, door.path);
    said
}

/// A path with something in its holes.
fn filled(path: &str) -> String {
    let mut filled = String::new();
    for (i, part) in path.split(['{', '}']).enumerate() {
        filled += if i % 2 == 0 { part } else { "1" };
    }
    filled
}

#[tokio::test]
async fn in_the_demo_the_phone_is_open_and_the_desk_is_not() {
    let home = Home::new();
    let server = home.start();
    assert_eq!(server.get("/phone").await.status, 200);
    let front = page(server.request("GET", "/")).await;
    assert_eq!(front.location.as_deref(), Some("/phone"));
    let desk = page(server.request("GET", "/desk/me")).await;
    assert_eq!(desk.location.as_deref(), Some("/sign-in?next=/desk/me"));
}
