//! What must never be seen. Knows nothing of what it is a secret of.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Something that must never be seen: digits a caller typed, a PIN, a provider's key.
///
/// It has no `Display`, `Debug` or `Serialize`, so no log, error, page or row can hold it by
/// accident, and the memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over; the caller's copy should go out of use.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(Zeroizing::new(text.into()))
    }

    /// The text itself. Every use is a place to look at in review.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// How many characters it has: all that may be stored of it.
    pub fn count(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether the bytes are the same, in a time that depends on the length only.
    pub fn same(&self, other: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(other).into()
    }
}
