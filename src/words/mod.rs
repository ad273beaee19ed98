//! Floor 0: the words everything else is said in. Languages, money, phone numbers, ids, levels,
//! secrets, moments. Knows nothing of flows, calls, providers or databases.

mod argon;
pub mod clock;
pub mod codes;
pub mod columns;
mod ids;
mod lang;
mod level;
pub mod mac;
pub mod markup;
mod money;
pub mod passwords;
pub mod person;
pub mod phone;
pub mod pins;
mod role;
mod secret;
pub mod sheet;

pub use ids::{CallId, Reference};
pub use lang::Lang;
pub use level::Level;
pub use money::{Currency, Money};
pub use phone::Phone;
pub use role::Role;
pub use secret::Secret;
