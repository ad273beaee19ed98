//! Keyed digests (HMAC, RFC 2104). Knows nothing of what is signed.

use hmac::digest::common::Key;
use hmac::digest::{Digest, KeyInit};
use hmac::{EagerHash, Hmac};
use zeroize::Zeroize;

/// An HMAC under a key of any length. The block the standard asks for is made here: a longer key is
/// hashed, a shorter one padded with zeros. So there is no key it could refuse and nothing to unwrap.
pub fn keyed<D: EagerHash + Digest>(key: &[u8]) -> Hmac<D> {
    let mut block = Key::<Hmac<D>>::default();
    if key.len() > block.len() {
        fill(&mut block, &D::digest(key));
    } else {
        fill(&mut block, key);
    }
    let mac = Hmac::<D>::new(&block);
    block.as_mut_slice().zeroize();
    mac
}

/// Bytes as lower-case hex, as digests are written.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fill(block: &mut [u8], from: &[u8]) {
    for (to, byte) in block.iter_mut().zip(from) {
        *to = *byte;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::Mac;
    use sha1::Sha1;
    use sha2::Sha256;

    #[test]
    fn published_examples_hold_for_keys_shorter_and_longer_than_a_block() {
        let sha256 = |key: &[u8], text: &[u8]| hex(&keyed::<Sha256>(key).chain_update(text).finalize().into_bytes());
        let sha1 = |key: &[u8], text: &[u8]| hex(&keyed::<Sha1>(key).chain_update(text).finalize().into_bytes());
        let long = b"Test Using Larger Than Block-Size Key - Hash Key First";
        // RFC 4231, test cases 2 and 6.
        assert_eq!(
            sha256(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(sha256(&[0xaa; 131], long), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
        // RFC 2202, test cases 2 and 6.
        assert_eq!(sha1(b"Jefe", b"what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        assert_eq!(sha1(&[0xaa; 80], long), "aa4ae5e15272d00e95705637ce8a3b55ed402112");
    }

    #[test]
    fn keys_of_every_length_around_a_block_agree_with_the_librarys_own_keying() {
        for length in [0, 1, 63, 64, 65, 200] {
            let key = vec![7; length];
            let own = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).unwrap().chain_update(b"text");
            assert_eq!(keyed::<Sha256>(&key).chain_update(b"text").finalize(), own.finalize(), "{length} bytes");
        }
    }
}
