//! Floor 4: what admins do before callers hear it. Knows nothing of HTTP.

pub mod replay;
