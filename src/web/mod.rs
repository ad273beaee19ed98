//! Floor 5: what is seen from outside over HTTP. Knows nothing of SQL.

pub mod phone_page;
