//! What tests share.

pub mod admin;
pub mod bank;
pub mod browser;
pub mod codes;
pub mod database;
pub mod documents;
pub mod flows;
pub mod given;
pub mod hostile;
pub mod interface;
pub mod json_schema;
pub mod large;
pub mod outside;
pub mod people;
pub mod phone;
pub mod platforms;
pub mod postgres;
pub mod program;
pub mod recorded;
pub mod replay;
pub mod rows;
pub mod server;
pub mod studio;
pub mod told;
pub mod turns;
pub mod twilio;
pub mod twiml;
pub mod voices;
pub mod vxml;
pub mod world;
pub mod xml;

/// Messages callers left: none.
pub fn sounds() -> std::sync::Arc<hotline::web::desk_pages::Sounds> {
    let folder = std::env::temp_dir().join("hotline-tests-no-recordings");
    let objects = hotline::store::Objects::open(hotline::store::ObjectsAt::Folder(folder)).expect("a folder");
    std::sync::Arc::new(hotline::web::desk_pages::Sounds::new(objects))
}
