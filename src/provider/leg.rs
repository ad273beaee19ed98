//! The addresses of the leg to an agent's phone: `/voice/{provider}/d/{request}/{nth}/{stage}/{lang}/{mac}`.
//! As with those of callers all is in the path.

use super::Provider;
use crate::words::mac::keyed;
use crate::words::{Lang, Secret};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Which moment of which attempt an address stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LegPlace {
    /// Our id of the request.
    pub request: String,
    /// The attempt's number.
    pub nth: u32,
    /// Where the leg is.
    pub stage: Stage,
    /// The language the agent hears.
    pub lang: Lang,
}

/// Where the leg to an agent's phone is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// The agent has answered.
    Answered,
    /// A key was asked for.
    First,
    /// A key was asked for once more.
    Second,
    /// The customer's phone was rung, and that is over.
    Over,
    /// The customer's phone moved on.
    Customer,
    /// The agent's phone moved on.
    Status,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Stage; 6] =
        [Stage::Answered, Stage::First, Stage::Second, Stage::Over, Stage::Customer, Stage::Status];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Stage::Answered => "answered",
            Stage::First => "first",
            Stage::Second => "second",
            Stage::Over => "over",
            Stage::Customer => "customer",
            Stage::Status => "status",
        }
    }

    /// Whether the address was given out in a document of the leg, so that the provider's id of the
    /// leg was known and is bound. It was not before the leg was ordered, and events of the customer's
    /// phone come under another id.
    fn binds_the_leg(self) -> bool {
        matches!(self, Stage::First | Stage::Second | Stage::Over)
    }
}

impl LegPlace {
    /// Reads the parts of an address; what we cannot have given out is none.
    pub fn parse(request: &str, nth: &str, stage: &str, lang: &str) -> Option<LegPlace> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let (stage, lang) = (Stage::ALL.into_iter().find(|own| own.word() == stage)?, Lang::parse(lang)?);
        let is_id = request.len() == 32 && request.bytes().all(hex);
        is_id.then_some(LegPlace { request: request.to_owned(), nth: nth.parse().ok()?, stage, lang })
    }

    /// The same attempt at another stage.
    pub fn at(&self, stage: Stage) -> LegPlace {
        LegPlace { stage, ..self.clone() }
    }
}

/// The key of these addresses' macs; another one than that of callers' addresses.
#[derive(Clone)]
pub struct LegKey(Hmac<Sha256>);

/// 128 of the 256 bits: nobody finds one by trying, and the address stays short.
const MAC_BYTES: usize = 16;

impl LegKey {
    /// A key of its own for these addresses, from the deployment's pepper.
    pub fn derive(pepper: &Secret) -> LegKey {
        let mac = keyed::<Sha256>(pepper.reveal().as_bytes()).chain_update(b"hotline agents' legs 1");
        LegKey(keyed(&mac.finalize().into_bytes()))
    }

    /// The path for a place. `leg` is the provider's id of the leg, where the stage knows it.
    pub fn path(&self, provider: Provider, leg: &str, place: &LegPlace) -> String {
        let mac = self.mac(provider, leg, place).finalize().into_bytes();
        let mac = URL_SAFE_NO_PAD.encode(&mac[..MAC_BYTES]);
        let LegPlace { request, nth, stage, lang } = place;
        format!("/voice/{provider}/d/{request}/{nth}/{}/{lang}/{mac}", stage.word())
    }

    /// Whether the mac at the end of an address is ours for this place and this provider's call.
    pub fn proves(&self, provider: Provider, leg: &str, place: &LegPlace, mac: &str) -> bool {
        let Ok(mac) = URL_SAFE_NO_PAD.decode(mac) else { return false };
        mac.len() == MAC_BYTES && self.mac(provider, leg, place).verify_truncated_left(&mac).is_ok()
    }

    fn mac(&self, provider: Provider, leg: &str, place: &LegPlace) -> Hmac<Sha256> {
        let LegPlace { request, nth, stage, lang } = place;
        let leg = if stage.binds_the_leg() { leg } else { "" };
        let mut mac = self.0.clone();
        for part in [provider.name(), request, &nth.to_string(), stage.word(), lang.tag(), leg] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_for_its_attempt_stage_language_and_leg_alone() {
        let key = LegKey::derive(&Secret::new("the pepper of a test"));
        let (request, stage, lang) = ("0123456789abcdef0123456789abcdef".to_owned(), Stage::First, Lang::JaJp);
        let place = LegPlace { request, nth: 3, stage, lang };
        let path = key.path(Provider::Twilio, "CA1", &place);
        let parts: Vec<&str> = path.split('/').collect();
        let ["", "voice", "twilio", "d", request, nth, stage, lang, mac] = parts[..] else { panic!("{path}") };
        assert_eq!(LegPlace::parse(request, nth, stage, lang), Some(place.clone()));
        assert!(key.proves(Provider::Twilio, "CA1", &place, mac));
        assert!(!key.proves(Provider::Twilio, "CA2", &place, mac), "another leg");
        assert!(!key.proves(Provider::Phone, "CA1", &place, mac), "another provider");
        assert!(!LegKey::derive(&Secret::new("another pepper")).proves(Provider::Twilio, "CA1", &place, mac));
        let others = [
            place.at(Stage::Second),
            LegPlace { nth: 4, ..place.clone() },
            LegPlace { lang: Lang::EnUs, ..place.clone() },
            LegPlace { request: "f123456789abcdef0123456789abcdef".to_owned(), ..place.clone() },
        ];
        for other in others {
            assert!(!key.proves(Provider::Twilio, "CA1", &other, mac), "{other:?}");
        }
        let status = place.at(Stage::Status);
        let path = key.path(Provider::Twilio, "", &status);
        let mac = path.rsplit('/').next().unwrap();
        assert!(key.proves(Provider::Twilio, "CA9", &status, mac), "given out before the leg had an id");
    }

    #[test]
    fn what_we_cannot_have_given_out_is_no_place() {
        let id = "0123456789abcdef0123456789abcdef";
        for (request, nth, stage, lang) in [
            ("0123", "1", "first", "en-US"),
            ("0123456789ABCDEF0123456789ABCDEF", "1", "first", "en-US"),
            (id, "-1", "first", "en-US"),
            (id, "1", "third", "en-US"),
            (id, "1", "first", "fr-FR"),
        ] {
            assert_eq!(LegPlace::parse(request, nth, stage, lang), None, "{request} {nth} {stage} {lang}");
        }
    }
}
