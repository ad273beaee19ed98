//! Hotline: a call-flow server for payment services.

pub mod answer;
pub mod call;
pub mod demo;
pub mod flow;
pub mod provider;
pub mod store;
pub mod web;
pub mod words;
