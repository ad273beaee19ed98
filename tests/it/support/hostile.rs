//! What reaches a door that nobody means well with: unproved, bent and overlong requests. The same for
//! every provider that sends forms.

use super::recorded::Request;
use hotline::provider::{Door, Heard, Keys, Provider, Refused, Risks, Said, Webhook};
use hotline::words::Secret;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// A provider that sends forms, and how it signs one: a whole request for a body.
#[derive(Clone, Copy)]
pub struct Forms {
    pub provider: Provider,
    pub sign: fn(&str) -> Request,
    /// The headers it is proved by.
    pub headers: &'static [&'static str],
}

const CALL: &str = "CallSid=b6b6b6b6-0000-4000-8000-000000000001&To=%2B85230000001";

impl Forms {
    /// What a form tells at a door.
    pub fn hear(&self, body: &str, door: Door) -> Result<Heard, Refused> {
        (self.sign)(body).hear(self.provider, door)
    }

    /// The same, of a turn of a call.
    pub fn turn(&self, fields: &str) -> Result<Said, Refused> {
        self.hear(&format!("{CALL}&{fields}"), Door::Turn).map(|heard| heard.said)
    }

    /// All that is refused whoever it is.
    pub fn refuse_what_is_bent(&self) {
        let good = format!("{CALL}&From=%2B14155550123&Digits=12");
        let (request, digits) = ((self.sign)(&good), self.hear(&good, Door::Turn).unwrap().said);
        assert!(matches!(digits, Said::Digits(digits) if digits.reveal() == "12"));
        let bodies = [&good[..good.len() - 1], &format!("{good}&{good}"), &format!("{good}&Digits=1"), ""];
        for body in bodies {
            let bent = Request { body: body.to_owned(), ..request.clone() };
            assert!(bent.hear(self.provider, Door::Turn).is_err(), "{body}");
        }
        for header in self.headers {
            let mut bent = request.clone();
            bent.headers.remove(*header);
            assert_eq!(bent.hear(self.provider, Door::Turn).err(), Some(Refused::Signature), "without {header}");
        }
        for kind in ["text/plain", "multipart/form-data; boundary=a", "application/xml", ""] {
            let mut bent = request.clone();
            bent.headers.insert("content-type".to_owned(), kind.to_owned());
            assert!(malformed(bent.hear(self.provider, Door::Turn)), "{kind}");
        }
        for secrets in [&[][..], &[String::new()], &["another".to_owned()]] {
            assert_eq!(request.verify(self.provider, secrets, Risks::default()).err(), Some(Refused::Signature));
        }
        let both = [String::new(), "another".to_owned(), request.secret.clone()];
        assert!(request.verify(self.provider, &both, Risks::default()).is_ok(), "while one is being replaced");
    }

    /// All that is signed and yet not of the provider's form.
    pub fn refuse_what_is_malformed(&self) {
        let many = |n: usize| (0..n).map(|n| format!("&X{n}=1")).collect::<String>();
        assert!(matches!(self.turn(&format!("Digits=1{}", many(200))), Ok(Said::Digits(_))));
        let long = "1".repeat(300);
        for fields in [
            "Digits=1&Digits=2".to_owned(),
            "Digits=1&Digits=1&CallSid=another".to_owned(),
            "Digits=1+2".to_owned(),
            "Digits=%E4%B8%80".to_owned(),
            format!("Digits={long}"),
            format!("Digits=1{}", many(300)),
            "SpeechResult=%C4%E3%BA%C3".to_owned(),
            "Digits=1%".to_owned(),
        ] {
            assert!(malformed(self.turn(&fields)), "{fields}");
        }
        for body in ["", "To=1", "CallSid=&To=1", "CallSid=a+b&To=1", "CallSid=1", "CallSid=1&To=", "CallSid=1&To=%00"]
        {
            assert!(malformed(self.hear(body, Door::Inbound)), "{body}");
        }
        assert!(malformed(self.hear(&format!("{CALL}&CallStatus=on-holiday"), Door::Status)));
        assert!(malformed(self.hear(CALL, Door::Status)));
    }

    /// Whatever comes without a signature, nothing of it is believed and nothing breaks.
    pub fn believe_nothing_unsigned(&self) {
        let claimed = "\\PC{0,50}|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{86}==|[0-9a-f]{40}|17[0-9]{8}";
        let kinds = prop::option::of("application/json|application/x-www-form-urlencoded|\\PC{0,20}");
        let bytes = prop::collection::vec(any::<u8>(), 0..300);
        let form = "(CallSid|Digits|To)=[0-9%+&=a]{0,40}".prop_map(String::into_bytes);
        let headers = prop::collection::vec(prop::option::of(claimed), self.headers.len());
        let all = (prop_oneof![bytes, form], any::<bool>(), "\\PC{0,60}", "\\PC{0,30}", headers, kinds);
        let secret = Secret::new((self.sign)(CALL).secret);
        let judged = TestRunner::default().run(&all, |(body, get, query, url, claimed, kind)| {
            let target = format!("/voice/{}?{query}", self.provider);
            let header = |name: &str| match self.headers.iter().position(|own| *own == name) {
                Some(at) => claimed[at].as_deref(),
                None => kind.as_deref().filter(|_| name == "content-type"),
            };
            let method = if get { "GET" } else { "POST" };
            let webhook = Webhook { method, public_url: &url, target: &target, header: &header, body: &body };
            let keys = Keys { secrets: std::slice::from_ref(&secret), now: 1_763_769_600, risks: Risks::default() };
            prop_assert!(self.provider.verify(&webhook, &keys).is_err());
            Ok(())
        });
        judged.unwrap();
    }

    /// Whatever is signed is read or refused, and nothing breaks.
    pub fn survive_whatever_is_signed(&self) {
        let form = "((CallSid|Digits|To|From|CallStatus|RecordingUrl|DialCallStatus)=[ -~]{0,30}&){0,9}";
        let doors = prop::sample::select(vec![Door::Inbound, Door::Turn, Door::Leg, Door::Status]);
        let judged = TestRunner::default().run(&(form, doors), |(body, door)| {
            if let Err(why) = self.hear(&body, door) {
                prop_assert!(matches!(why, Refused::Malformed(_)), "{:?}", why);
            }
            Ok(())
        });
        judged.unwrap();
    }
}

fn malformed<T>(heard: Result<T, Refused>) -> bool {
    matches!(heard, Err(Refused::Malformed(_)))
}
