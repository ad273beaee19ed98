//! The values of statements' placeholders, of the three types both engines have.

/// A value for a placeholder, of the three types both engines have.
pub(super) enum Arg {
    Text(Option<String>),
    Int(Option<i64>),
    Bool(bool),
}

/// The values of a statement's placeholders in their order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::args::Arg::from($value)),*] };
}
pub(super) use args;

impl From<String> for Arg {
    fn from(text: String) -> Arg {
        Arg::Text(Some(text))
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Arg {
        Arg::Text(Some(text.clone()))
    }
}

impl From<Option<&String>> for Arg {
    fn from(text: Option<&String>) -> Arg {
        Arg::Text(text.cloned())
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Arg {
        Arg::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Arg {
    fn from(text: Option<&str>) -> Arg {
        Arg::Text(text.map(str::to_owned))
    }
}

impl From<&Option<String>> for Arg {
    fn from(text: &Option<String>) -> Arg {
        Arg::Text(text.clone())
    }
}

impl From<Option<String>> for Arg {
    fn from(text: Option<String>) -> Arg {
        Arg::Text(text)
    }
}

impl From<i64> for Arg {
    fn from(int: i64) -> Arg {
        Arg::Int(Some(int))
    }
}

impl From<u32> for Arg {
    fn from(int: u32) -> Arg {
        Arg::Int(Some(int.into()))
    }
}

impl From<u8> for Arg {
    fn from(int: u8) -> Arg {
        Arg::Int(Some(int.into()))
    }
}

impl From<Option<i64>> for Arg {
    fn from(int: Option<i64>) -> Arg {
        Arg::Int(int)
    }
}

impl From<bool> for Arg {
    fn from(yes: bool) -> Arg {
        Arg::Bool(yes)
    }
}
