//! Callers behind the balancer, with a provider that does what Twilio does: it waits 15 s, and sends a
//! webhook that got no answer once more. They write down every document they were told.

use crate::support::server::{Answer, eventually, read};
use crate::support::twilio::{Call, PUBLIC, Webhook};
use std::time::Duration;
use tokio::sync::mpsc;

/// What is pressed where this is heard; the first that fits.
const KEYS: [(&str, &str); 13] = [
    ("For English, press three.", "3"),
    ("For a failed payment, press one.", "1"),
    ("the payment's transaction number", "20260301004715#"),
    ("enter your account number", "10001001#"),
    ("enter your phone PIN", "270496#"),
    ("To be called back about it, press one.", "1"),
    ("To be called as soon as possible, press one.", "1"),
    ("To hear it again, press one.", "2"),
    ("To end the call, press two.", "2"),
    ("To go back to the main menu, press one.", "2"),
    // Whatever else is offered, because something could not be had at that moment.
    ("press zero", "0"),
    ("To try again", "1"),
    ("press one", "1"),
];

/// Keys, silences and ways on of a call at most: who needs more goes round in circles.
const LONGEST: usize = 60;

/// The public side of the balancer.
#[derive(Clone)]
pub struct Front {
    http: reqwest::Client,
    address: String,
}

/// A document that was told for a turn.
pub struct Told {
    pub turn: u32,
    pub webhook: Webhook,
    pub body: String,
}

/// A call that is over.
pub struct Over {
    pub call: Call,
    pub told: Vec<Told>,
    /// The reference of the request, if one was told.
    pub reference: Option<String>,
    /// Apologies that were heard.
    pub apologies: u32,
    /// Webhooks that had to be sent once more.
    pub retries: u32,
    /// Why the line was cut, if it was.
    pub cut: Option<String>,
}

impl Front {
    pub fn new(address: &str) -> Front {
        hotline::outside::start_tls();
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(Duration::from_secs(15));
        Front { http: http.build().expect("a client"), address: format!("http://{address}") }
    }

    /// A request to a path.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method.parse().expect("a method"), format!("{}{path}", self.address))
    }

    /// The status of a page; none when nobody answers.
    pub async fn status(&self, path: &str) -> Option<u16> {
        Some(self.request("GET", path).send().await.ok()?.status().as_u16())
    }

    /// Waits until `/readyz` is green, or red.
    pub async fn is_ready(&self, ready: bool) {
        let what = if ready { "somebody is ready" } else { "nobody is ready" };
        eventually(what, async || ((self.status("/readyz").await == Some(200)) == ready).then_some(())).await;
    }

    /// Waits until `/readyz` is green, as a caller who listens to an apology does.
    async fn comes_back(&self) {
        let mut listening = tokio::time::interval(Duration::from_secs(1));
        // The first tick comes at once.
        listening.tick().await;
        loop {
            listening.tick().await;
            if self.status("/readyz").await == Some(200) {
                return;
            }
        }
    }

    /// Sends a webhook, once; what is no answer to Twilio is an error.
    pub async fn send(&self, webhook: &Webhook) -> Result<Answer, String> {
        let target = webhook.url.strip_prefix(PUBLIC).expect("an address on the public address");
        let request = self.request("POST", target).body(webhook.body());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("x-twilio-signature", webhook.signature.as_deref().expect("a signature"));
        let answer = read(request.send().await.map_err(|e| e.to_string())?).await.map_err(|e| e.to_string())?;
        if answer.status < 500 { Ok(answer) } else { Err(format!("{answer:?}")) }
    }
}

impl Over {
    /// One call, from the first webhook to the last; tells `turned` of each turn.
    pub async fn of(front: Front, call: Call, turned: mpsc::UnboundedSender<()>) -> Over {
        let webhook = call.inbound();
        let mut over = Over { call, told: Vec::new(), reference: None, apologies: 0, retries: 0, cut: None };
        if let Err(why) = over.run(&front, webhook, &turned).await {
            over.cut = Some(why);
        }
        over
    }

    async fn run(
        &mut self,
        front: &Front,
        mut webhook: Webhook,
        turned: &mpsc::UnboundedSender<()>,
    ) -> Result<(), String> {
        for _ in 0..LONGEST {
            let answer = match front.send(&webhook).await {
                Ok(answer) => answer,
                Err(_) => {
                    self.retries += 1;
                    front.send(&webhook).await?
                }
            };
            let (words, body) = (self.call.hears(&answer).words.clone(), answer.body.clone());
            if body.contains("again=") {
                self.apologies += 1;
                // What is said takes a while: long enough, after the first time, for the line to be back.
                if !body.contains("again=1") {
                    front.comes_back().await;
                }
            } else {
                self.told.push(Told { turn: turn_of(&webhook.url), webhook, body });
                // The stage may have seen enough.
                turned.send(()).ok();
            }
            if self.call.heard.hangs_up() {
                let goodbye = words.contains("Thank you for calling. Goodbye.");
                return if goodbye { Ok(()) } else { Err(format!("the line hung up: {words}")) };
            }
            self.reference = reference(&words).or(self.reference.take());
            webhook = match &self.call.heard.gather {
                Some(_) => self.call.typed(keys(&words).ok_or_else(|| format!("what to press at: {words}"))?),
                None => self.call.redirected(),
            };
        }
        Err("the call goes round in circles".to_owned())
    }
}

fn keys(words: &str) -> Option<&'static str> {
    KEYS.iter().find(|(heard, _)| words.contains(heard)).map(|(_, keys)| *keys)
}

/// Which turn an address is answered with.
fn turn_of(url: &str) -> u32 {
    let path = url.strip_prefix(PUBLIC).and_then(|path| path.strip_prefix("/voice/twilio/c/"));
    path.map_or(0, |path| path.split('/').nth(1).expect("a turn").parse().expect("a number"))
}

/// The eight digits that are spelled after "Your reference is".
fn reference(words: &str) -> Option<String> {
    const DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let (_, spelled) = words.split_once("Your reference is")?;
    let names = spelled.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let digits: String =
        names.map_while(|word| DIGITS.iter().position(|d| *d == word)).take(8).map(|d| d.to_string()).collect();
    (digits.len() == 8).then_some(digits)
}
