//! Floor 1, pure: what a flow is. Reads YAML into a model, proves it right, spells values into
//! words. Knows nothing of calls in progress, databases, HTTP, providers or clocks.

pub mod chart;
pub mod check;
pub mod diff;
pub mod edit;
pub mod expr;
pub mod hours;
pub mod http;
pub mod model;
pub mod read;
pub mod schema;
pub mod source;
pub mod speller;
pub mod text;
pub mod told;
pub mod value;

pub use model::{Block, Flow, Kind, Step};
pub use text::{Say, Text, Texts};
pub use value::{Type, Value};
