//! Twilio's webhooks against the running program: signed requests over HTTP, and what is heard,
//! stored and refused.

mod again;
mod doors;
mod drain;
mod life;
mod lines;
mod message;
mod orders;
mod outside;
mod remembered;
mod repeats;
mod servers;
mod slow;
mod story;
mod trials;
