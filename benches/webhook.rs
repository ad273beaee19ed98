//! What a provider costs a webhook: reading and proving a callback, and writing a menu.

use criterion::{Criterion, criterion_group, criterion_main};
use hotline::call::Voice;
use hotline::call::voice::{Gather, Next, Pace, Spoken};
use hotline::provider::{Door, Keys, Provider, Rendering, Risks, Voices, Webhook};
use hotline::words::{Lang, Secret};
use std::collections::HashMap;
use std::hint::black_box;

#[derive(serde::Deserialize)]
struct Sample {
    secret: String,
    public_url: String,
    target: String,
    headers: HashMap<String, String>,
    body: String,
}

fn callback(c: &mut Criterion) {
    let sample = include_str!("../tests/data/twilio-inbound-call.json");
    let Ok(sample) = serde_json::from_str::<Sample>(sample) else { panic!("the sample is a callback") };
    let secrets = [Secret::new(sample.secret.as_str())];
    let webhook = Webhook {
        method: "POST",
        public_url: &sample.public_url,
        target: &sample.target,
        header: &|name| sample.headers.get(name).map(String::as_str),
        body: sample.body.as_bytes(),
    };
    let keys = Keys { secrets: &secrets, now: 0, risks: Risks::default() };
    let hear = || {
        let verified = Provider::Twilio.verify(black_box(&webhook), &keys)?;
        Provider::Twilio.parse(verified, Door::Inbound)
    };
    assert!(hear().is_ok(), "a refused callback would be measured as a fast one");
    c.bench_function("twilio/verify and parse 25 fields", |b| b.iter(hear));
}

fn menu(c: &mut Criterion) {
    let spoken = |pace, words: &str| Spoken { lang: Lang::EnUs, pace, words: words.into(), audio: None };
    let mut says = vec![spoken(Pace::Normal, "Welcome. How can we help you today?")];
    for (key, topic) in ["payments", "refunds", "your account", "security", "something else"].iter().enumerate() {
        says.push(spoken(Pace::Option, &format!("For {topic}, press {}.", key + 1)));
    }
    let gather = Gather { most: Some(1), hash_ends: false, first: 7, between: 3, barge_in: true, secret: false };
    let voice = Voice { lang: Lang::EnUs, says, slow: false, next: Next::Gather(gather) };
    let voices = Voices::default();
    let next = "https://ivr.example.com/voice/twilio/c/0197a2b3c4d57e6f8091a2b3c4d5e6f7/3/en-US/AAAAAAAAAAAAAAAAAAAAAA";
    for provider in Provider::ALL {
        let with =
            Rendering { next, voices: &voices, audio: "https://hotline.example/audio", beside: None, told: None };
        c.bench_function(&format!("{provider}/render a menu of 5"), |b| {
            b.iter(|| provider.render(black_box(&voice), &with))
        });
    }
}

criterion_group!(benches, callback, menu);
criterion_main!(benches);
