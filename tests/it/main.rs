//! Tests of the whole through its outer doors, in one binary so that it is linked once.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod api;
mod attempts;
mod audio;
mod checks;
mod codes;
mod command_test;
mod commands;
mod config;
mod config_hosts;
mod demo;
mod erase;
mod explored;
mod faults;
mod floors;
mod graph;
mod import;
mod injected;
mod kill;
mod knowledge;
mod live;
mod loading;
mod outbox;
mod outside;
mod phone_page;
mod properties;
mod provider_phone;
mod provider_place;
mod provider_twilio;
mod readme;
mod reference;
mod roles;
mod schema;
mod secrets;
mod sign_in;
mod store_outages;
mod store_races;
mod store_story;
mod stories;
mod support;
mod telemetry;
mod terminal;
mod users;
mod webhooks;
