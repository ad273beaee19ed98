//! Hotline: a call-flow server for payment services.

pub mod call;
pub mod cli;
pub mod config;
pub mod flow;
pub mod provider;
pub mod store;
pub mod telemetry;
pub mod words;
