//! A setting as it was given: its value and where that stands.

use super::{ConfigError, Result};
use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Where a setting was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// In the file.
    File {
        /// Its name.
        file: Arc<PathBuf>,
        /// Line, counted from 1.
        line: usize,
        /// Column in characters, counted from 1.
        column: usize,
    },
    /// In an environment variable.
    Env(String),
    /// Nowhere.
    Default,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File { file, line, column } => write!(f, "{}:{line}:{column}", file.display()),
            Place::Env(name) => f.write_str(name),
            Place::Default => f.write_str("settings"),
        }
    }
}

/// A setting's name, as `providers.twilio.auth_token`.
pub(super) type Setting = Cow<'static, str>;

/// What is wrong with a value, as it follows the setting's name, and the mend.
pub(super) type Wrong = (String, String);

/// A value with its setting and place.
#[derive(Clone)]
pub(super) struct Given<T> {
    pub setting: Setting,
    pub value: T,
    pub place: Place,
}

impl<T> Given<T> {
    /// The value turned into what it stands for.
    pub fn read<U>(self, parse: impl FnOnce(T) -> std::result::Result<U, Wrong>) -> Result<Given<U>> {
        let Given { setting, value, place } = self;
        match parse(value) {
            Ok(value) => Ok(Given { setting, value, place }),
            Err((what, mend)) => Err(ConfigError::Setting { place, setting, what, mend }),
        }
    }

    /// Why this value is refused.
    pub fn refuse(&self, what: impl Into<String>, mend: impl Into<String>) -> ConfigError {
        let (place, setting) = (self.place.clone(), self.setting.clone());
        ConfigError::Setting { place, setting, what: what.into(), mend: mend.into() }
    }
}

/// A mistake in a value.
pub(super) fn wrong<T>(what: impl Into<String>, mend: impl Into<String>) -> std::result::Result<T, Wrong> {
    Err((what.into(), mend.into()))
}
