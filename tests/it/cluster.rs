//! Several servers on one PostgreSQL while everything under them changes or fails: servers are killed,
//! the primary is lost and its standby takes over, connections go silent, versions roll.

mod balancer;
mod callers;
mod pair;
mod relay;
mod rolling;
mod shared;
mod silence;
mod stage;
mod story;
