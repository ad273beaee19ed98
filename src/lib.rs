//! Hotline: a call-flow server for payment services. This page is the map.
//!
//! A flow is data, a call is a value, and [`mod@call::step`] is the only place where a call changes: pure,
//! without clock, dice, network or database. Providers translate on both sides of it, the store keeps
//! what it said before the caller hears it, and whatever is outside is an effect whose answer comes
//! back as an event.
//!
//! A room names rooms on floors below it, and those beside it that `tests/it/floors.rs` lists.
//!
//! | floor | room | is | knows nothing of |
//! |---|---|---|---|
//! | 6 | [`cli`] [`config`] [`telemetry`] | commands, settings, logs | how a command does its work |
//! | 5 | [`web`] | addresses: webhooks, phone, sign-in, desk, interface for programs | SQL |
//! | 4 | [`answer`] | the route of one webhook | HTTP |
//! | 4 | [`desk`] | the agents' side of a request: taking, calling, finishing it | HTTP, pages |
//! | 4 | [`worker`] | what is done without anybody calling: outbox, silent calls, aging, tallies | HTTP |
//! | 4 | [`play`] | stories and the explorer: whole calls on `step` alone | HTTP, databases |
//! | 4 | [`studio`] | drafts of flows, publishing them and taking them back | HTTP, pages |
//! | 4 | [`demo`] | fictional customers | calls |
//! | 3 | [`provider`] | one dialect a file: webhook to event, voice to document | stores, flows' insides |
//! | 3 | [`store`] | all SQL, and the objects too large for it | providers, flows' contents |
//! | 3 | [`outside`] | services asked over HTTP | stores, providers |
//! | 2 | [`call`] | state, event, effect, voice, and `step` | everything above, and the world |
//! | 1 | [`flow`] | the language: reading, checking, telling, spelling, hours, drawing, editing, comparing | calls |
//! | 0 | [`words`] | numbers, languages, money, ids, levels, secrets, moments | everything |
//!
//! To follow one webhook: [`web::voice`], [`answer`], [`provider`], [`mod@call::step`], [`store`].

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
pub mod studio;
pub mod telemetry;
pub mod web;
pub mod words;
pub mod worker;
