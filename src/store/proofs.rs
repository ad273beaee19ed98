//! What somebody proves themselves by besides a password: made here, handed out once, and kept only
//! as its SHA-256. What has 256 random bits needs neither salt nor slow hashing.

use super::{Result, StoreError};
use crate::words::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A new one: 43 letters, digits, hyphens and underscores behind `prefix`.
pub(super) fn fresh(prefix: &str) -> Result<Secret> {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|_| StoreError::NoRandomness)?;
    Ok(Secret::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(*bytes))))
}

/// What is kept of one, and what it is found by.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing into memory does not fail.
        write!(hex, "{byte:02x}").ok();
        hex
    })
}
