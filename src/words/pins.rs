//! PINs, and birth dates with identity documents: what is kept of one, how a typed one is compared with it, and which are too easily
//! guessed. Knows nothing of customers, attempts or where verifiers are stored.
//!
//! A verifier is a text of one of three forms:
//!
//! - `hmac-sha256:` and 64 hex digits: HMAC-SHA256 of `ACCOUNT:PIN` under the key of the wallet's
//!   own core, or under ours.
//! - `$argon2id$v=19$m=…,t=…,p=…$SALT$HASH`: a PHC string over the plain PIN, as imported.
//! - `hotline$argon2id$…`: ours, the same over the hex digits of HMAC-SHA256 of `ACCOUNT:PIN` under
//!   a key derived from the pepper. Without the pepper, which is not in the database, a stolen
//!   database gives nobody a PIN, short as PINs are.

mod knowledge;
#[cfg(test)]
mod tests;
mod weak;

pub use super::argon::Cost;
pub use knowledge::{KNOWLEDGE, knowledge, knowledge_of};
pub use weak::{is_date, weak};

use super::Secret;
use super::argon::Phc;
use super::mac::keyed;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Fewest and most digits of a PIN.
pub const LENGTH: std::ops::RangeInclusive<usize> = 4..=12;

const KEYED: &str = "hmac-sha256:";
const OWN: &str = "hotline";

/// Which form a verifier has, and so how much work it is to compare with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A keyed HMAC: microseconds.
    Keyed,
    /// Argon2id over the plain PIN, as imported.
    Imported(Cost),
    /// Argon2id over a keyed HMAC: ours.
    Own(Cost),
}

impl Kind {
    /// What [`PinKeys::make`] makes.
    pub const USUAL: Kind = Kind::Own(Cost::USUAL);

    /// The form of a verifier. What has none of the three, or asks for absurd work, is `None`.
    pub fn parse(verifier: &str) -> Option<Kind> {
        Verifier::parse(verifier).map(|v| v.kind())
    }
}

/// The keys verifiers are made and checked under.
#[derive(Clone)]
pub struct PinKeys {
    keyed: Hmac<Sha256>,
    own: Hmac<Sha256>,
    salt: Hmac<Sha256>,
}

impl PinKeys {
    /// Keys of their own for PINs, from the deployment's pepper. `wallet_key` is what the wallet's
    /// core makes its keyed HMACs under, as bytes of this text; without it ours is derived too.
    pub fn new(pepper: &Secret, wallet_key: Option<&Secret>) -> PinKeys {
        let derive = |purpose: &[u8]| {
            let key = keyed::<Sha256>(pepper.reveal().as_bytes()).chain_update(purpose).finalize();
            keyed::<Sha256>(&key.into_bytes())
        };
        let keyed = match wallet_key {
            Some(key) => keyed::<Sha256>(key.reveal().as_bytes()),
            None => derive(b"hotline keyed pins 1"),
        };
        PinKeys { keyed, own: derive(b"hotline pins 1"), salt: derive(b"hotline pin salts 1") }
    }

    /// Our verifier of a PIN. The salt is the account's own, so making it again gives the same text
    /// and whoever imports a customer twice changes nothing. Takes tens of milliseconds.
    pub fn make(&self, account: &str, pin: &Secret) -> String {
        let salt = self.salt.clone().chain_update(account).finalize().into_bytes();
        match Phc::make(Cost::USUAL, self.inner(account, pin).as_bytes(), &salt[..16]) {
            Some(phc) => format!("{OWN}{phc}"),
            // Lengths and cost are constants that are allowed; were they not, this form is sound too.
            None => self.make_keyed(account, pin),
        }
    }

    /// The keyed HMAC of a PIN: what a wallet's core hands out, and quick enough for tests.
    pub fn make_keyed(&self, account: &str, pin: &Secret) -> String {
        format!("{KEYED}{}", hex(digest(&self.keyed, account, pin).as_slice()).as_str())
    }

    /// Whether a PIN is the account's. An account without a verifier takes the work one of the
    /// kind `like` takes, and is refused. Argon2id takes tens of milliseconds and its memory: call
    /// this where blocking is allowed, a few at a time.
    pub fn check(&self, account: &str, pin: &Secret, verifier: Option<&str>, like: Kind) -> bool {
        let verifier = verifier.and_then(Verifier::parse);
        let known = verifier.is_some();
        let fits = match verifier.unwrap_or_else(|| Verifier::dummy(like)) {
            Verifier::Keyed(hash) => digest(&self.keyed, account, pin).as_slice().ct_eq(hash.as_slice()).into(),
            Verifier::Imported(phc) => phc.fits(pin.reveal().as_bytes()),
            Verifier::Own(phc) => phc.fits(self.inner(account, pin).as_bytes()),
        };
        known & fits
    }

    /// What our own form hashes in place of the PIN.
    fn inner(&self, account: &str, pin: &Secret) -> Zeroizing<String> {
        hex(digest(&self.own, account, pin).as_slice())
    }
}

/// A verifier, read.
enum Verifier {
    Keyed([u8; 32]),
    Imported(Phc),
    Own(Phc),
}

impl Verifier {
    fn parse(text: &str) -> Option<Verifier> {
        if let Some(digits) = text.strip_prefix(KEYED) {
            unhex(digits).map(Verifier::Keyed)
        } else if let Some(phc) = text.strip_prefix(OWN) {
            Phc::parse(phc).map(Verifier::Own)
        } else {
            Phc::parse(text).map(Verifier::Imported)
        }
    }

    fn kind(&self) -> Kind {
        match self {
            Verifier::Keyed(_) => Kind::Keyed,
            Verifier::Imported(phc) => Kind::Imported(phc.cost()),
            Verifier::Own(phc) => Kind::Own(phc.cost()),
        }
    }

    /// One that costs the same and belongs to nobody.
    fn dummy(like: Kind) -> Verifier {
        match like {
            Kind::Keyed => Verifier::Keyed([0; 32]),
            Kind::Imported(cost) => Verifier::Imported(Phc::dummy(cost)),
            Kind::Own(cost) => Verifier::Own(Phc::dummy(cost)),
        }
    }
}

fn digest(key: &Hmac<Sha256>, account: &str, pin: &Secret) -> Zeroizing<[u8; 32]> {
    let mac = key.clone().chain_update(account).chain_update(b":").chain_update(pin.reveal());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    // One allocation: a string that grew would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text
}

/// 64 hex digits, upper or lower case.
fn unhex(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if digits.len() != 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
