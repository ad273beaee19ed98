//! The addresses our documents give out: `/voice/{provider}/c/{call}/{turn}/{lang}/{mac}`. All is in
//! the path, because some providers lose or do not sign the query.

use super::Provider;
use crate::words::mac::keyed;
use crate::words::{CallId, Lang, Secret};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Which turn of which call an address stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Ours.
    pub call: CallId,
    /// The number of the document this address will be answered with.
    pub turn: u32,
    /// The language to apologise in when nothing else is known.
    pub lang: Lang,
}

/// The key of the addresses' macs. Derived from the pepper, so it survives a restart and is the
/// same on every server.
#[derive(Clone)]
pub struct PlaceKey(Hmac<Sha256>);

/// 128 of the 256 bits: nobody finds one by trying, and the address stays short.
const MAC_BYTES: usize = 16;

impl PlaceKey {
    /// A key of its own for addresses, from the deployment's pepper.
    pub fn derive(pepper: &Secret) -> PlaceKey {
        let mut mac = keyed::<Sha256>(pepper.reveal().as_bytes());
        mac.update(b"hotline addresses 1");
        PlaceKey(keyed(&mac.finalize().into_bytes()))
    }

    /// The path for a place. `provider_call` is covered by the mac, so an address cannot be used
    /// with a callback of another call.
    pub fn path(&self, provider: Provider, provider_call: &str, place: &Place) -> String {
        let mac = self.mac(provider, provider_call, place).finalize().into_bytes();
        let mac = URL_SAFE_NO_PAD.encode(&mac[..MAC_BYTES]);
        let carried = provider.carried(provider_call);
        format!("/voice/{provider}/c/{}/{}/{}/{mac}{carried}", place.call, place.turn, place.lang)
    }

    /// Whether the mac at the end of an address is ours for this place and this provider's call.
    pub fn proves(&self, provider: Provider, provider_call: &str, place: &Place, mac: &str) -> bool {
        let Ok(mac) = URL_SAFE_NO_PAD.decode(mac) else { return false };
        mac.len() == MAC_BYTES && self.mac(provider, provider_call, place).verify_truncated_left(&mac).is_ok()
    }

    fn mac(&self, provider: Provider, provider_call: &str, place: &Place) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in [provider.name(), place.call.as_str(), &place.turn.to_string(), place.lang.tag(), provider_call] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}
