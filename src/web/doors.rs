//! The list of addresses, written as they are opened, so that a test can hold each against each role.

use super::Web;
use crate::words::Role;
use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};

/// An address and who may use it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    /// `GET` or what else.
    pub method: Method,
    /// With its holes, as `/desk/requests/{id}`.
    pub path: &'static str,
    /// The least role; none: everybody.
    pub needs: Option<Role>,
}

/// Addresses being opened.
#[derive(Default)]
pub struct Doors {
    router: Router<Web>,
    opened: Vec<Opened>,
}

impl Doors {
    /// Opens an address to whoever has at least this role: the type its handler takes says the same.
    pub fn open<H, T>(mut self, method: Method, path: &'static str, needs: Option<Role>, handler: H) -> Doors
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        if let Ok(filter) = MethodFilter::try_from(method.clone()) {
            self.router = self.router.route(path, on(filter, handler));
            self.opened.push(Opened { method, path, needs });
        }
        self
    }

    /// For everybody.
    pub fn everybody<H: Handler<T, Web>, T: 'static>(self, method: Method, path: &'static str, handler: H) -> Doors {
        self.open(method, path, None, handler)
    }

    /// The router, and what it lists.
    pub fn into_parts(self) -> (Router<Web>, Vec<Opened>) {
        (self.router, self.opened)
    }
}
