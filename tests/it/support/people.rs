//! People who sign in to a server, as browsers and programs have them.

use super::server::{Answer, Home, Server, read};
use hotline::store::{Person, Store};
use hotline::words::{Role, Secret, clock};

/// A password that may be chosen.
pub const PASSWORD: &str = "tractor piano cloud";

/// What is kept of a password nobody knows: enough for sessions that begin in the database.
const KEPT: &str = "nobody's";

/// What came back, with what matters of its head.
pub struct Page {
    pub answer: Answer,
    /// Where to go on.
    pub location: Option<String>,
    /// The whole line that sets a cookie.
    pub cookie: Option<String>,
}

/// A page as it came, without going on to where it leads.
pub async fn page(request: reqwest::RequestBuilder) -> Page {
    let response = request.send().await.expect("an answer");
    let head = |name: &str| response.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
    let (location, cookie) = (head("location"), head("set-cookie"));
    Page { location, cookie, answer: read(response).await.expect("a whole answer") }
}

impl Page {
    /// The session a browser keeps, as it sends it.
    pub fn session(&self) -> String {
        let cookie = self.cookie.as_deref().unwrap_or_else(|| panic!("no cookie: {:?}", self.answer));
        cookie.split(';').next().expect("a cookie").to_owned()
    }
}

/// Opens the database of a server as another server would.
pub async fn store(home: &Home) -> Store {
    Store::open(&home.database(), "test").await.expect("the database opens")
}

/// A session of somebody with this role, made if need be; as a browser sends it.
pub async fn session(store: &Store, role: Role) -> String {
    session_of(store, &format!("a-{role}"), role).await
}

/// A session of the person with this name, made with this role if need be.
pub async fn session_of(store: &Store, name: &str, role: Role) -> String {
    let at = clock::now().as_millisecond();
    if store.add_person(&Person::new(name, role), at).await.expect("a person") {
        let invitation = store.invite(name, at).await.expect("an invitation").expect("the person");
        store.accept_invitation(invitation.reveal(), &Secret::new(KEPT), at).await.expect("a password");
    }
    let session = store.begin_session(name, &Secret::new(KEPT), "a test", at).await.expect("a session");
    format!("__Host-hotline={}", session.expect("the person").reveal())
}

/// Signs in by the form.
pub async fn sign_in(server: &Server, name: &str, password: &str) -> Page {
    let form = [("name", name), ("password", password), ("next", "")];
    page(server.request("POST", "/sign-in").form(&form)).await
}

/// Follows a link to sign in with once, choosing [`PASSWORD`]; gives the session.
pub async fn accept(server: &Server, link: &str) -> String {
    let path = &link[link.find("/sign-in/once/").expect("a link")..];
    let chosen = page(server.request("POST", path.trim()).form(&[("password", PASSWORD), ("again", PASSWORD)])).await;
    assert_eq!((chosen.answer.status, chosen.location.as_deref()), (303, Some("/desk")), "{:?}", chosen.answer);
    chosen.session()
}

/// What a command prints, which must go well.
pub fn prints(home: &Home, args: &[&str]) -> String {
    let output = home.run(args);
    let told = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{args:?}: {told}{}", String::from_utf8_lossy(&output.stderr));
    told
}
