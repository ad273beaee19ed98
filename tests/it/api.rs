//! The programs' interface over HTTP, with tokens of people of each role.

mod document;
mod fuzz;
mod life;
mod pages;
mod problems;
mod readme;
mod repeats;
mod stage;
