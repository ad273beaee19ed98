//! The studio as admins walk through it in a browser: from a change to callers who hear it, in three
//! languages and without a mouse; everything that happens to a version; two who work at once; sheets
//! of words; and what holds of every page there is.

mod hands;
mod journey;
mod pages;
mod releases;
mod sheets;
mod together;
