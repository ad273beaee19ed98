//! What tests share.

pub mod flows;
pub mod database;
pub mod postgres;
pub mod rows;
