//! What tests share.

pub mod database;
pub mod flows;
pub mod given;
pub mod json_schema;
pub mod outside;
pub mod phone;
pub mod postgres;
pub mod program;
pub mod replay;
pub mod rows;
pub mod server;
pub mod twilio;
pub mod twiml;
