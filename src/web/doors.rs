//! The list of addresses, written as they are opened, so that a test can hold each against each role.

use super::{MAX_BODY, Web};
use crate::words::Role;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};
use std::borrow::Cow;
use tower_http::limit::RequestBodyLimitLayer;

/// An address and who may use it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    /// `GET` or what else.
    pub method: Method,
    /// With its holes, as `/desk/requests/{id}`.
    pub path: Cow<'static, str>,
    /// The least role; none: everybody.
    pub needs: Option<Role>,
}

/// Addresses being opened.
#[derive(Default)]
pub struct Doors {
    router: Router<Web>,
    /// Those that come with a description, and say for themselves what is too large.
    described: Router<Web>,
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
            self.opened.push(Opened { method, path: path.into(), needs });
        }
        self
    }

    /// The same for an address that takes more than most: at most so many bytes.
    pub fn large<H, T>(
        mut self,
        method: Method,
        path: &'static str,
        needs: Option<Role>,
        most: usize,
        handler: H,
    ) -> Doors
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        if let Ok(filter) = MethodFilter::try_from(method.clone()) {
            let limits = (DefaultBodyLimit::max(most), RequestBodyLimitLayer::new(most));
            let large = Router::new().route(path, on(filter, handler)).layer(limits);
            self.described = self.described.merge(large);
            self.opened.push(Opened { method, path: path.into(), needs });
        }
        self
    }

    /// For everybody.
    pub fn everybody<H: Handler<T, Web>, T: 'static>(self, method: Method, path: &'static str, handler: H) -> Doors {
        self.open(method, path, None, handler)
    }

    /// Opens addresses that were described elsewhere.
    pub fn described(mut self, router: Router<Web>, opened: Vec<Opened>) -> Doors {
        self.described = self.described.merge(router);
        self.opened.extend(opened);
        self
    }

    /// The router, and what it lists.
    pub fn into_parts(self) -> (Router<Web>, Vec<Opened>) {
        (self.router.layer(RequestBodyLimitLayer::new(MAX_BODY)).merge(self.described), self.opened)
    }
}
