//! Everything that is tested through the public interface, as one binary so that it links once.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test they are called in")]

mod commands;
mod config;
mod import;
mod provider_phone;
mod provider_place;
mod provider_twilio;
mod readme;
mod telemetry;
