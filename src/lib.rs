//! Hotline: a call-flow server for payment services.

pub mod answer;
pub mod call;
pub mod cli;
pub mod config;
pub mod demo;
pub mod desk;
pub mod flow;
pub mod outside;
pub mod play;
pub mod provider;
pub mod store;
pub mod telemetry;
pub mod web;
pub mod words;
pub mod worker;
