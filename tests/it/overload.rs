//! More comes than the machine holds, or something it needs is slow: what callers hear then, what is
//! kept from others, and that it passes.

mod clients;
mod drain;
mod guesses;
mod hosts;
mod shed;
mod stage;
