//! A telephone at some platform: posts what the platform posts over HTTP, and does what the documents
//! say.

pub use super::platforms::PUBLIC;
pub use super::platforms::twilio::TOKEN;
use super::platforms::{Desk, Keys, Message, Platform, Request, Then};
use hotline::play::{Input, Waits};
use hotline::provider::Provider;
use std::net::SocketAddr;

/// More documents in a row than a caller would listen to without being asked anything.
const IN_A_ROW: usize = 20;

/// One call through the router.
pub struct RouterSide {
    http: reqwest::Client,
    server: SocketAddr,
    provider: Provider,
    platform: Box<dyn Platform>,
    /// What the line waits for; none before the call and after it.
    waits: Option<Wait>,
    /// The latest address a document gave out.
    place: String,
    /// The latest request, and what it was answered with.
    last: Option<(Request, String)>,
}

enum Wait {
    Keys(Keys),
    Desk(Desk),
    Message(Message),
}

impl RouterSide {
    /// A telephone that can ring the server.
    pub fn new(server: SocketAddr, provider: Provider, platform: Box<dyn Platform>) -> RouterSide {
        hotline::outside::start_tls();
        let http = reqwest::Client::new();
        RouterSide { http, server, provider, platform, waits: None, place: String::new(), last: None }
    }

    /// Rings the line and gives everything said until it waits.
    pub async fn ring(&mut self, flow: &str) -> String {
        let request = self.platform.rings(&format!("{PUBLIC}/voice/{}?flow={flow}", self.provider));
        self.listen(request).await
    }

    /// What the line waits for.
    pub fn waits(&self) -> Waits {
        match self.waits {
            Some(Wait::Keys(_)) => Waits::Keys,
            Some(Wait::Desk(_)) => Waits::Desk,
            Some(Wait::Message(_)) => Waits::Message,
            None => Waits::Nothing,
        }
    }

    /// Our id of the call, as it stands in the addresses given out.
    pub fn call(&self) -> &str {
        let rest = self.place.split_once("/c/").map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default()
    }

    /// Does what the caller does, and gives everything said until the line waits again.
    pub async fn does(&mut self, input: &Input) -> String {
        let wait = self.waits.take().expect("a caller can only do something while the line is open");
        let request = match (input, wait) {
            (Input::Keys(keys), Wait::Keys(wait)) => {
                let (digits, finished) = wait.takes(keys.reveal());
                self.platform.keys(&wait, &digits, finished)
            }
            (Input::Silence, Wait::Keys(wait)) => self.platform.silence(&wait),
            (Input::Desk(end), Wait::Desk(wait)) => self.platform.desk(&wait, *end),
            (Input::Speech(seconds), Wait::Message(wait)) => {
                let seconds = wait.longest.min(*seconds);
                self.platform.message(&wait, Some(seconds))
            }
            (Input::Silence, Wait::Message(wait)) => self.platform.message(&wait, None),
            (Input::HangUp, _) => {
                let request = self.platform.hangs_up();
                let response = self.send(&request).send().await.unwrap();
                assert!(response.status().is_success(), "a status is taken: {response:?}");
                if self.provider.quiet().is_some() {
                    // To some nothing is an error: only a document will do.
                    let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
                    assert_eq!((response.status().as_u16(), kind.as_deref()), (200, Some(self.platform.takes())));
                }
                return String::new();
            }
            _ => panic!("the caller does what the line does not wait for"),
        };
        self.listen(request).await
    }

    async fn listen(&mut self, mut request: Request) -> String {
        let mut words = String::new();
        for _ in 0..IN_A_ROW {
            let document = read(self.send(&request), self.platform.takes()).await;
            self.last = Some((request, document.clone()));
            let carried = self.platform.carries_out(&document);
            words.push_str(&carried.words);
            words.push(' ');
            let (place, waits) = match carried.then {
                Then::Keys(keys) => (keys.action.clone(), Wait::Keys(keys)),
                Then::Desk(desk) => {
                    assert!(!desk.to.is_empty() && desk.ring >= 5, "somebody is given the time to answer: {desk:?}");
                    (desk.action.clone(), Wait::Desk(desk))
                }
                Then::Message(message) => {
                    assert!(message.beep, "the caller hears when to speak");
                    (message.action.clone(), Wait::Message(message))
                }
                Then::Goes(address) => {
                    request = self.platform.comes_back(&address);
                    self.place = address;
                    continue;
                }
                Then::Ends => return words,
            };
            (self.place, self.waits) = (place, Some(waits));
            return words;
        }
        panic!("nothing but redirects; heard so far: {words}")
    }

    /// Sends the latest request so many times more, all at once; each is answered as it was.
    pub async fn repeats_itself(&self, times: usize) {
        let (request, document) = self.last.as_ref().expect("a request");
        let kind = self.platform.takes();
        let again: Vec<_> = (0..times).map(|_| tokio::spawn(read(self.send(request), kind))).collect();
        for same in again {
            assert_eq!(same.await.unwrap(), *document);
        }
    }

    fn send(&self, request: &Request) -> reqwest::RequestBuilder {
        let Request { method, url, headers, body } = request;
        let path = url.strip_prefix(PUBLIC).unwrap_or_else(|| panic!("{url} is not where we are"));
        let sent = self.http.request(method.parse().unwrap(), format!("http://{}{path}", self.server));
        headers.iter().fold(sent, |sent, (name, value)| sent.header(*name, value)).body(body.clone())
    }
}

async fn read(request: reqwest::RequestBuilder, kind: &'static str) -> String {
    let response = request.send().await.unwrap();
    let (status, address) = (response.status(), response.url().clone());
    let told = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let text = response.text().await.unwrap();
    if status == 204 {
        // Nothing new: whether that may be is the platform's to say.
        return text;
    }
    assert_eq!(status, 200, "from {address}: {text}");
    assert!(told.as_deref().is_some_and(|told| told.starts_with(kind)), "{told:?} is not {kind}, from {address}");
    text
}
