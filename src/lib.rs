//! Hotline: a call-flow server for payment services.

pub mod call;
pub mod config;
pub mod flow;
pub mod provider;
pub mod store;
pub mod words;
