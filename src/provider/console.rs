//! What one enters in a provider's console so that its calls come here, in the console's own words. The
//! guide beside this file says the same in sentences, and a test holds the one against the other.

use super::Provider;

/// What one enters in a provider's console.
#[derive(Debug)]
pub struct Console {
    /// The provider.
    pub provider: Provider,
    /// Its name, as it writes it.
    pub title: &'static str,
    /// Where in the console one begins.
    pub place: &'static str,
    /// The field that takes the address of calls.
    pub calls: &'static str,
    /// The field that takes the address their end is told to; none: it is told by itself.
    pub end: Option<&'static str>,
    /// What the console calls the secret; none: user and password are chosen here and entered there.
    pub secret: Option<&'static str>,
    /// Lines of a file that takes both, where there is no console.
    pub lines: Option<&'static str>,
}

/// The steps of a dialplan and the profile that lead calls here.
const FREESWITCH: &str = "<action application=\"answer\"/>
<action application=\"httapi\" data=\"{httapi_profile=hotline}\"/>";

/// Every provider but our own phones, in the order of the guide.
pub static CONSOLES: [Console; 10] = [
    Console {
        provider: Provider::Twilio,
        title: "Twilio",
        place: "Phone Numbers",
        calls: "A call comes in",
        end: Some("Call status changes"),
        secret: Some("auth token"),
        lines: None,
    },
    Console {
        provider: Provider::Somleng,
        title: "Somleng",
        place: "phone number",
        calls: "Voice URL",
        end: Some("Status Callback URL"),
        secret: Some("auth token"),
        lines: None,
    },
    Console {
        provider: Provider::SignalWire,
        title: "SignalWire",
        place: "LaML Webhooks",
        calls: "When a call comes in",
        end: Some("Status change webhook"),
        secret: Some("signing key"),
        lines: None,
    },
    Console {
        provider: Provider::Telnyx,
        title: "Telnyx",
        place: "TeXML application",
        calls: "Voice URL",
        end: Some("Status callback"),
        secret: Some("Public Key"),
        lines: None,
    },
    Console {
        provider: Provider::Plivo,
        title: "Plivo",
        place: "XML application",
        calls: "Answer URL",
        end: Some("Hangup URL"),
        secret: Some("auth token"),
        lines: None,
    },
    Console {
        provider: Provider::Bandwidth,
        title: "Bandwidth",
        place: "voice application",
        calls: "Call initiated callback URL",
        end: Some("Call status callback URL"),
        secret: None,
        lines: None,
    },
    Console {
        provider: Provider::FreeSwitch,
        title: "FreeSWITCH",
        place: "httapi.conf.xml",
        calls: "gateway-url",
        end: None,
        secret: None,
        lines: Some(FREESWITCH),
    },
    Console {
        provider: Provider::VoiceXml,
        title: "VoiceXML",
        place: "VoiceXML 2.1",
        calls: "start address",
        end: None,
        secret: None,
        lines: None,
    },
    Console {
        provider: Provider::Vonage,
        title: "Vonage",
        place: "application with Voice",
        calls: "Answer URL",
        end: Some("Event URL"),
        secret: Some("signature secret"),
        lines: None,
    },
    Console {
        provider: Provider::Jambonz,
        title: "jambonz",
        place: "application",
        calls: "Calling webhook",
        end: Some("Call status webhook"),
        secret: Some("webhook secret"),
        lines: None,
    },
];

impl Console {
    /// Of a provider; none of our own phones.
    pub fn of(provider: Provider) -> Option<&'static Console> {
        CONSOLES.iter().find(|console| console.provider == provider)
    }

    /// The address calls come to, below the public one.
    pub fn calls_at(&self, public_url: &str) -> String {
        format!("{public_url}/voice/{}", self.provider)
    }

    /// The address their end is told to, where it has to be entered.
    pub fn end_at(&self, public_url: &str) -> Option<String> {
        self.end.map(|_| format!("{public_url}/voice/{}/status", self.provider))
    }

    /// The setting its secret goes into, as `providers.twilio.auth_token`.
    pub fn setting(&self) -> String {
        format!("providers.{}.{}", self.provider, self.provider.secret())
    }

    /// The same in the environment.
    pub fn variable(&self) -> String {
        format!("HOTLINE_{}_{}", self.provider.name().to_uppercase(), self.provider.secret().to_uppercase())
    }
}
