//! What tests share.

pub mod database;
pub mod postgres;
pub mod rows;
