//! The bank's customers: fictional, the same in every run, with PINs as a core hands them out that keeps
//! them under a key of its own. That is quick on purpose: what is measured is a webhook and not the
//! hashing of a PIN, which costs every server the same.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt::Write;
use std::path::Path;

/// What servers are given.
pub const IMPORTED: &str = "customers.csv";
/// What callers know.
pub const CALLERS: &str = "callers.csv";
/// The core's key.
pub const PIN_KEY: &str = "the key of the bank's own core";

const CUSTOMERS: u32 = 10_000;

/// Writes both files into a folder.
pub fn write(folder: &Path) -> anyhow::Result<()> {
    let mut imported = String::from("account,name,number,language,pin_hash\n");
    let mut callers = String::from("account,number,pin\n");
    for i in 0..CUSTOMERS {
        // No number of mainland China begins with 0 after its area code: these ring nobody.
        let (account, number) = (20_000_000 + i, format!("+86100000{i:04}"));
        let pin = format!("{:06}", (i * 7919 + 271_828) % 1_000_000);
        let hash = hash(&format!("{account}:{pin}"))?;
        writeln!(imported, "{account},Customer {i},{number},en-US,hmac-sha256:{hash}")?;
        writeln!(callers, "{account},{number},{pin}")?;
    }
    std::fs::write(folder.join(IMPORTED), imported)?;
    std::fs::write(folder.join(CALLERS), callers)?;
    Ok(())
}

fn hash(text: &str) -> anyhow::Result<String> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(PIN_KEY.as_bytes())?.chain_update(text);
    let mut hex = String::with_capacity(64);
    for byte in mac.finalize().into_bytes() {
        write!(hex, "{byte:02x}")?;
    }
    Ok(hex)
}
