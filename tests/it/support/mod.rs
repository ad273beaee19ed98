//! What tests share.

pub mod bank;
pub mod codes;
pub mod database;
pub mod flows;
pub mod given;
pub mod json_schema;
pub mod large;
pub mod outside;
pub mod people;
pub mod phone;
pub mod postgres;
pub mod program;
pub mod replay;
pub mod rows;
pub mod server;
pub mod twilio;
pub mod twiml;
