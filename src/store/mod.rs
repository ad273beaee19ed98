//! Floor 3: all SQL.
