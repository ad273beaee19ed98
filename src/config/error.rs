//! What can be wrong with the settings. Every message names the place, the setting and the mend,
//! and none repeats a secret.

use super::place::Place;
use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

/// Why the settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file of settings is not there or not readable.
    #[error("{}: the settings cannot be read: {source}; is `--config` right, and may this user read it?", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not TOML, or has a key that is no setting or a value of another type.
    #[error("{place}: {what}; {mend}")]
    File {
        /// Where.
        place: Place,
        /// What is wrong.
        what: String,
        /// How to mend it.
        mend: String,
    },
    /// A setting's value cannot be.
    #[error("{place}: `{setting}` {what}; {mend}")]
    Setting {
        /// Where it was set.
        place: Place,
        /// Which.
        setting: Cow<'static, str>,
        /// What is wrong with it.
        what: String,
        /// How to mend it.
        mend: String,
    },
    /// The data folder or something in it cannot be made or read.
    #[error("{}: {source}; hotline keeps its own data in the folder `data` names and must be able to write there", path.display())]
    Data {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The pepper's file can be read by others.
    #[error("{}: others may read the pepper (mode {mode:o}); run `chmod 600 {}`", path.display(), path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
}
