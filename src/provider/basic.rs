//! Who sent it, by user and password (RFC 7617): for providers that sign nothing. What was sent is not
//! covered by it, so that only a connection nobody else can read is safe.

use super::{Keys, Refused, Webhook};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Longest user and password together that are looked at, in bytes.
const LONGEST: usize = 512;

/// Proves a request; each secret is a `user:password`.
pub fn prove(webhook: &Webhook, keys: &Keys) -> Result<(), Refused> {
    if keys.risks.anybody_here {
        // A page in a browser of this machine, or whoever stands behind a proxy on it, is somebody else.
        let elsewhere = ["origin", "sec-fetch-site", "forwarded", "x-forwarded-for"];
        let comes_by = elsewhere.iter().any(|name| (webhook.header)(name).is_some());
        return if comes_by { Err(Refused::Credentials) } else { Ok(()) };
    }
    let header = (webhook.header)("authorization").ok_or(Refused::Credentials)?;
    let (scheme, encoded) = header.split_once(' ').ok_or(Refused::Credentials)?;
    if !scheme.eq_ignore_ascii_case("Basic") || encoded.len() > LONGEST {
        return Err(Refused::Credentials);
    }
    let told = Zeroizing::new(STANDARD.decode(encoded.trim()).map_err(|_| Refused::Credentials)?);
    // One without a colon is a setting gone wrong.
    let ours = keys.secrets.iter().filter(|secret| secret.reveal().contains(':'));
    // All are compared, so that the time tells not even which it was.
    let fits = ours.fold(false, |fits, secret| fits | secret.same(&told));
    if fits { Ok(()) } else { Err(Refused::Credentials) }
}
