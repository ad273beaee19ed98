//! Argon2id (RFC 9106) in the PHC form `$argon2id$v=19$m=…,t=…,p=…$SALT$HASH`, within bounds.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use std::fmt;
use subtle::ConstantTimeEq;

/// How much work a verifier asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    /// Memory in KiB.
    memory: u32,
    /// Passes over the memory.
    passes: u32,
    /// Lanes.
    lanes: u32,
}

impl Cost {
    /// What OWASP asks for at least: 19 MiB, two passes, one lane.
    pub const USUAL: Cost = Cost { memory: 19_456, passes: 2, lanes: 1 };

    /// Most memory, 256 MiB: a file of customers must not be able to take the machine's.
    const MEMORY: u32 = 256 * 1024;
    /// Most KiB times passes: a caller waits for it, about half a second.
    const WORK: u32 = 512 * 1024;

    fn allowed(self) -> bool {
        let Cost { memory, passes, lanes } = self;
        (1..=16).contains(&lanes)
            && (8 * lanes..=Self::MEMORY).contains(&memory)
            && (1..=64).contains(&passes)
            && memory * passes <= Self::WORK
    }
}

/// A PHC string, read.
pub(super) struct Phc {
    cost: Cost,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Phc {
    /// Reads a string; another algorithm or version, and anything out of bounds, is `None`.
    pub fn parse(text: &str) -> Option<Phc> {
        let mut parts = text.split('$');
        let head = [parts.next()?, parts.next()?, parts.next()?];
        let (cost, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
        if head != ["", "argon2id", "v=19"] || parts.next().is_some() {
            return None;
        }
        let mut numbers = cost.split(',');
        let mut number = |name: &str| -> Option<u32> {
            let digits = numbers.next()?.strip_prefix(name)?.strip_prefix('=')?;
            digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let cost = Cost { memory: number("m")?, passes: number("t")?, lanes: number("p")? };
        let (salt, hash) = (BASE64.decode(salt).ok()?, BASE64.decode(hash).ok()?);
        let fits = cost.allowed() && (8..=64).contains(&salt.len()) && (16..=64).contains(&hash.len());
        (fits && numbers.next().is_none()).then_some(Phc { cost, salt, hash })
    }

    /// Hashes a password.
    pub fn make(cost: Cost, password: &[u8], salt: &[u8]) -> Option<Phc> {
        let hash = hash(cost, password, salt, 32)?;
        Some(Phc { cost, salt: salt.to_vec(), hash })
    }

    /// One of this cost that no password is known for.
    pub fn dummy(cost: Cost) -> Phc {
        Phc { cost, salt: vec![0; 16], hash: vec![0; 32] }
    }

    pub fn cost(&self) -> Cost {
        self.cost
    }

    /// Whether this is the hash of a password.
    pub fn fits(&self, password: &[u8]) -> bool {
        hash(self.cost, password, &self.salt, self.hash.len()).is_some_and(|h| h.as_slice().ct_eq(&self.hash).into())
    }
}

impl fmt::Display for Phc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cost { memory, passes, lanes } = self.cost;
        let (salt, hash) = (BASE64.encode(&self.salt), BASE64.encode(&self.hash));
        write!(f, "$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${hash}")
    }
}

fn hash(cost: Cost, password: &[u8], salt: &[u8], length: usize) -> Option<Vec<u8>> {
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(length)).ok()?;
    let mut out = vec![0; length];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(password, salt, &mut out).ok()?;
    Some(out)
}
