//! The tokens (JWT, RFC 7519) that Vonage proves its webhooks with, and those we prove ourselves with.
//! Knows nothing of what a token is sent with.
//!
//! Only the one algorithm each side uses is known: a token that names another is refused before anything
//! else of it is read.

use crate::provider::{Keys, recent};
use crate::words::Secret;
use crate::words::mac::{hex, keyed};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::Mac;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;
/// How long a token of ours counts, in seconds: as long as Vonage lets it.
const COUNTS: i64 = 15 * 60;

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// What must be understood to believe the token; we understand nothing more.
    crit: Option<IgnoredAny>,
}

/// What a token says that is of use.
#[derive(Deserialize)]
pub struct Claims {
    iat: i64,
    exp: Option<i64>,
    nbf: Option<i64>,
    /// The digest of the body it was sent with, as hex.
    pub payload_hash: Option<String>,
}

/// What a token says, if one of the secrets made it (HS256) and this is its time.
pub fn proved(token: &str, keys: &Keys) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.').filter(|_| token.len() <= LONGEST)?;
    let (header, claims) = signed.split_once('.')?;
    let header: Header = read(header)?;
    if header.alg != "HS256" || header.crit.is_some() {
        return None;
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    // An empty secret is a setting gone wrong, and everybody could sign with it.
    let ours = keys.secrets.iter().filter(|secret| !secret.reveal().is_empty()).any(|secret| {
        let mac = keyed::<Sha256>(secret.reveal().as_bytes()).chain_update(signed);
        mac.verify_slice(&signature).is_ok()
    });
    let claims: Claims = read(claims).filter(|_| ours)?;
    let begun = claims.nbf.is_none_or(|nbf| nbf <= keys.now);
    let ended = claims.exp.is_some_and(|exp| exp <= keys.now);
    // What is sent twice within that time is answered twice the same: its address knows its turn.
    (recent::is_recent(claims.iat, keys.now) && begun && !ended).then_some(claims)
}

fn read<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// A token for an application (RS256), made at a moment in seconds; none when the key is no RSA key in PEM.
pub fn of_application(application: &str, key: &Secret, now: i64) -> Option<Secret> {
    let key = rsa(key)?;
    let mut once = [0; 16];
    getrandom::fill(&mut once).ok()?;
    let claims = json!({ "application_id": application, "iat": now, "exp": now + COUNTS, "jti": hex(&once) });
    let write = |part: Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", write(json!({ "alg": "RS256", "typ": "JWT" })), write(claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).ok()?;
    Some(Secret::new(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

/// Whether a text is an RSA key in PEM.
pub fn is_private_key(pem: &Secret) -> bool {
    pem.reveal().contains("-----BEGIN ") && rsa(pem).is_some()
}

/// The key between the lines of a PEM file, of either form that RSA keys come in.
fn rsa(pem: &Secret) -> Option<RsaKeyPair> {
    let lines = pem.reveal().lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    let text: Zeroizing<String> = Zeroizing::new(lines.collect());
    let der = Zeroizing::new(STANDARD.decode(text.as_bytes()).ok()?);
    RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der)).ok()
}
