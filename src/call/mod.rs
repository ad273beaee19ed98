//! Floor 2, pure: what a call is and how it moves. Knows nothing of databases, HTTP, providers,
//! tokio or clocks.

pub mod bookmark;
pub mod effect;
pub mod event;
mod proof;
pub mod state;
pub mod step;
pub mod voice;

pub use effect::{Answer, Effect};
pub use event::{Event, Now};
pub use proof::{Challenge, Proof};
pub use state::State;
pub use step::{Outcome, Turn, step};
pub use voice::Voice;
