//! One-time codes: six digits that follow from the id of a challenge and the deployment's pepper, so
//! that a code is kept nowhere and is the same whenever it is sent or checked. Knows nothing of
//! challenges, how long they count, or text messages.

use super::Secret;
use super::mac::keyed;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Digits of a code.
pub const DIGITS: usize = 6;

/// The key codes are made under.
#[derive(Clone)]
pub struct CodeKey(Hmac<Sha256>);

impl CodeKey {
    /// A key of its own for codes, from the deployment's pepper.
    pub fn derive(pepper: &Secret) -> CodeKey {
        let key = keyed::<Sha256>(pepper.reveal().as_bytes()).chain_update(b"hotline codes 1").finalize();
        CodeKey(keyed::<Sha256>(&key.into_bytes()))
    }

    /// The code of a challenge.
    pub fn code(&self, challenge: &str) -> Secret {
        let mac = self.0.clone().chain_update(challenge).finalize().into_bytes();
        // Eight bytes are so many more than a million that each code is as likely as the next.
        let number = mac.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte));
        Secret::new(format!("{:0DIGITS$}", number % 10_u64.pow(DIGITS as u32)))
    }

    /// Whether what was typed is the code of a challenge, in a time that tells nothing.
    pub fn fits(&self, challenge: &str, typed: &Secret) -> bool {
        self.code(challenge).same(typed.reveal().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_code_has_six_digits_and_follows_from_challenge_and_pepper() {
        let key = CodeKey::derive(&Secret::new("the pepper of a test"));
        let codes: BTreeSet<String> = (0..500).map(|n| key.code(&n.to_string()).reveal().to_owned()).collect();
        assert!(codes.iter().all(|code| code.len() == DIGITS && code.bytes().all(|b| b.is_ascii_digit())));
        assert!(codes.len() > 490, "hardly any two are the same: {}", codes.len());
        assert!(codes.iter().any(|code| code.starts_with('0')), "small numbers are filled up");
        assert!(key.fits("7", &key.code("7")));
        assert!(!key.fits("8", &key.code("7")));
        assert!(!CodeKey::derive(&Secret::new("another pepper")).fits("7", &key.code("7")));
    }
}
