//! An admin's requests over HTTP, signed in.

use super::people::{Page, page, session, store};
use super::server::{Home, Server};
use hotline::words::Role;

/// An admin.
pub struct Admin<'a> {
    pub server: &'a Server,
    /// As browsers send it.
    pub session: String,
}

impl<'a> Admin<'a> {
    pub async fn of(home: &Home, server: &'a Server) -> Admin<'a> {
        let store = store(home).await;
        let session = session(&store, Role::Admin).await;
        store.close().await;
        Admin { server, session }
    }

    pub async fn get(&self, path: &str) -> Page {
        page(self.server.request("GET", path).header("cookie", &self.session)).await
    }

    /// A page, as text.
    pub async fn reads(&self, path: &str) -> String {
        self.get(path).await.answer.body
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Page {
        self.send("POST", path, form).await
    }

    pub async fn send(&self, method: &str, path: &str, form: &[(&str, &str)]) -> Page {
        page(self.server.request(method, path).header("cookie", &self.session).form(form)).await
    }
}
