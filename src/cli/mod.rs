//! temp
pub mod app;
pub mod call;
pub mod folder;
pub mod serve;
