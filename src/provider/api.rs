//! Providers' own interfaces: sends a message, rings a phone, fetches and deletes a recording. What is
//! asked and how the answer reads is each dialect's; here it goes out. Speaks only with the configured
//! address, never with one that a webhook named. Knows nothing of why.

use super::{Order, OrderError, Provider};
use crate::call::voice::Desk;
use crate::words::{Phone, Secret};
use reqwest::{Client, Response, StatusCode, header, redirect};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

pub(super) use super::ask::{Ask, Asked, Auth, Body, Interface, Message, checked};
pub use reqwest::Method;

/// The longest a message may take until it is taken.
const MESSAGE: Duration = Duration::from_secs(10);
/// The longest an ordered call may take until it is taken.
const CALL: Duration = Duration::from_secs(10);
/// The longest a recording may take until it is here.
const RECORDING: Duration = Duration::from_secs(45);
/// The longest a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// The most that is read of an answer, in bytes.
const ANSWER: usize = 64 * 1024;
/// The most that is read of a recording, in bytes: five minutes are five million.
const SOUND: usize = 20 * 1024 * 1024;

/// Where and as whom one speaks with an interface.
#[derive(Clone)]
pub struct ApiSettings {
    /// Whose interface it is.
    pub provider: Provider,
    /// Scheme and host, no slash at the end.
    pub base: String,
    /// The account's id.
    pub account: String,
    /// The API key's name; the account's where it has none.
    pub user: String,
    /// The API key's secret.
    pub password: Secret,
    /// Who messages are from: a number, a name, or the id of a messaging service; none: nothing is sent.
    pub sender: Option<String>,
    /// The provider's id of the application that calls belong to, where it asks for one.
    pub application: Option<String>,
    /// User and password that the provider's own requests prove themselves by, where it is told with a call.
    pub inbound: Option<Secret>,
    /// The key that requests are signed with, where they are; PEM.
    pub private_key: Option<Secret>,
}

/// The interface of one account. Clones share its connections.
#[derive(Clone)]
pub struct Api {
    http: Client,
    settings: Arc<ApiSettings>,
    usable: Usable,
}

/// What can be asked with the settings there are.
#[derive(Clone, Copy)]
struct Usable {
    messages: bool,
    calls: bool,
}

impl Usable {
    /// Tried with a message and a call that go nowhere.
    fn of(settings: &ApiSettings) -> Usable {
        let Some((interface, to)) = settings.provider.interface().zip(Phone::parse("+85261239500", None)) else {
            return Usable { messages: false, calls: false };
        };
        let (text, from) = (Secret::new("…"), settings.sender.as_deref());
        let message = from.map(|from| Message { to: &to, from, text: &text, token: "" });
        let messages = interface.message.zip(message).is_some_and(|(ask, message)| ask(settings, &message).is_ok());
        let (to, url) = (Desk::Number(to), "https://hotline.invalid");
        let order = Order { to: &to, from: "+85261239501", answer_url: url, status_url: url, ring: 25, token: "" };
        Usable { messages, calls: interface.call.is_some_and(|ask| ask(settings, &order).is_ok()) }
    }
}

/// The interfaces of all providers that are set up, in the order of the providers. Clones share them.
#[derive(Clone, Default)]
pub struct Apis(Arc<[Api]>);

impl Apis {
    /// The interfaces; TLS must have been started before.
    ///
    /// # Errors
    /// No client can be made.
    pub fn new(settings: Vec<ApiSettings>) -> Result<Apis, ApiError> {
        Ok(Apis(settings.into_iter().map(Api::new).collect::<Result<_, _>>()?))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The interface of a provider.
    pub fn of(&self, provider: &str) -> Option<&Api> {
        self.0.iter().find(|api| api.provider().name() == provider)
    }

    /// One to send messages with: that of the provider the caller came by, else any.
    pub fn sending(&self, came_by: Option<&str>) -> Option<&Api> {
        self.best(came_by, Api::sends)
    }

    /// One to ring phones with, in the same order.
    pub fn ringing(&self, came_by: Option<&str>) -> Option<&Api> {
        self.best(came_by, Api::rings)
    }

    fn best(&self, came_by: Option<&str>, can: fn(&Api) -> bool) -> Option<&Api> {
        let own = came_by.and_then(|provider| self.of(provider));
        own.filter(|api| can(api)).or_else(|| self.0.iter().find(|api| can(api)))
    }
}

impl From<Api> for Apis {
    fn from(api: Api) -> Apis {
        Apis([api].into())
    }
}

/// Why something was not done. Never says what was to be sent, or to whom.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ApiError {
    /// It is refused for good: trying again changes nothing.
    #[error("{0}")]
    Refused(String),
    /// It may go later; whether it went this time is not known.
    #[error("{0}")]
    Later(String),
}

impl Api {
    /// The interface; TLS must have been started before.
    ///
    /// # Errors
    /// No client can be made.
    pub fn new(settings: ApiSettings) -> Result<Api, ApiError> {
        let client = Client::builder().connect_timeout(CONNECT).redirect(redirect::Policy::none());
        // Nobody is asked on the way to oneself.
        let client = if settings.base.starts_with("http://") { client.no_proxy() } else { client.https_only(true) };
        let http = client.build().map_err(|e| ApiError::Later(e.to_string()))?;
        Ok(Api { http, usable: Usable::of(&settings), settings: Arc::new(settings) })
    }

    /// Whose interface it is.
    pub fn provider(&self) -> Provider {
        self.settings.provider
    }

    /// Whether messages can be sent: the provider does, and there is somebody they are from.
    pub fn sends(&self) -> bool {
        self.usable.messages
    }

    /// Whether phones can be rung.
    pub fn rings(&self) -> bool {
        self.usable.calls
    }

    /// Whether calls it made can be hung up.
    pub fn hangs_up(&self) -> bool {
        self.interface().is_some_and(|interface| interface.hang_up.is_some())
    }

    /// Sends a message, once for a `token` however often it is tried; gives the provider's id of it.
    ///
    /// # Errors
    /// It was not taken, or nobody knows.
    pub async fn send_message(&self, to: &Phone, text: &Secret, token: &str) -> Result<String, ApiError> {
        let (interface, ask) = self.of(|interface| interface.message)?;
        let Some(from) = &self.settings.sender else {
            return Err(ApiError::Later("there is no sender".to_owned()));
        };
        let ask = ask(&self.settings, &Message { to, from, text, token })?;
        let (status, json) = self.told(ask, MESSAGE).await?;
        if status.is_success() {
            return Ok((interface.id)(&json).unwrap_or_else(|| "taken, without an id".to_owned()));
        }
        Err(refused(status, (interface.fault)(&json).0, &[]))
    }

    /// Rings a phone; gives the provider's id of the call. Asked once: whoever wants another try orders
    /// another call.
    ///
    /// # Errors
    /// It was not taken, or nobody knows.
    pub async fn call(&self, order: &Order<'_>) -> Result<String, OrderError> {
        let refused = |error: ApiError| OrderError::Refused(error.to_string());
        let (interface, ask) = self.of(|interface| interface.call).map_err(refused)?;
        let ask = ask(&self.settings, order).map_err(refused)?;
        // What broke off on the way may have been taken; what never had a connection was not.
        let answer = self.request(ask).timeout(CALL).send().await;
        let answer = answer.map_err(|e| if e.is_connect() { OrderError::Away } else { OrderError::Unknown })?;
        let status = answer.status();
        let json = serde_json::from_slice(&read(answer, ANSWER).await.unwrap_or_default()).unwrap_or_default();
        match (interface.id)(&json).filter(|_| status.is_success()) {
            Some(id) => Ok(id),
            None if status.is_success() => Err(OrderError::Unknown),
            None => Err(not_made(status, (interface.fault)(&json))),
        }
    }

    /// Hangs a call up that we ordered, whether it still rings or was answered; one that is not there is
    /// hung up.
    ///
    /// # Errors
    /// It could not be hung up, or nobody knows.
    pub async fn hang_up(&self, call: &str) -> Result<(), ApiError> {
        let (interface, ask) = self.of(|interface| interface.hang_up)?;
        let Some(legs) = &interface.legs else { return self.gone(ask(&self.settings, call)?).await };
        let (status, json) = self.told((legs.ask)(&self.settings, call)?, MESSAGE).await?;
        match status {
            StatusCode::NOT_FOUND => return Ok(()),
            status if !status.is_success() => return Err(refused(status, None, &[])),
            _ => {}
        }
        for leg in (legs.read)(&json) {
            self.gone(ask(&self.settings, &leg)?).await?;
        }
        Ok(())
    }

    /// Fetches the sound of a recording, as WAV.
    ///
    /// # Errors
    /// It is not there (yet), not sound or too much.
    pub async fn fetch_recording(&self, id: &str) -> Result<Vec<u8>, ApiError> {
        let (_, ask) = self.of(|interface| interface.recording)?;
        let request = self.request(ask(&self.settings, id)?).header(header::ACCEPT, "audio/x-wav, audio/wav");
        let answer = request.timeout(RECORDING).send().await.map_err(unreachable)?;
        if !answer.status().is_success() {
            // It may take a moment until it is there.
            return Err(refused(answer.status(), None, &[StatusCode::NOT_FOUND]));
        }
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_lowercase();
        if !["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"].contains(&kind.as_str()) {
            return Err(ApiError::Refused("what came back is no WAV".to_owned()));
        }
        read(answer, SOUND).await
    }

    /// Deletes a recording at the provider; one that is not there is deleted.
    ///
    /// # Errors
    /// It could not be deleted.
    pub async fn delete_recording(&self, id: &str) -> Result<(), ApiError> {
        let (_, ask) = self.of(|interface| interface.delete_recording)?;
        self.gone(ask(&self.settings, id)?).await
    }

    /// Asks that something be gone; what is not there is.
    async fn gone(&self, ask: Ask) -> Result<(), ApiError> {
        match self.told(ask, MESSAGE).await?.0 {
            status if status.is_success() || status == StatusCode::NOT_FOUND => Ok(()),
            status => Err(refused(status, None, &[])),
        }
    }

    fn interface(&self) -> Option<&'static Interface> {
        self.settings.provider.interface()
    }

    /// The way to ask for one thing.
    fn of<F>(&self, which: fn(&Interface) -> Option<F>) -> Result<(&'static Interface, F), ApiError> {
        let interface = self.interface().and_then(|interface| Some((interface, which(interface)?)));
        interface.ok_or_else(|| ApiError::Refused(format!("{} cannot be asked for that", self.settings.provider)))
    }

    fn request(&self, ask: Ask) -> reqwest::RequestBuilder {
        let request = self.http.request(ask.method, ask.url);
        let request = match ask.auth {
            Auth::Basic => request.basic_auth(&self.settings.user, Some(self.settings.password.reveal())),
            Auth::Bearer(token) => request.bearer_auth(token.reveal()),
        };
        let request = match ask.token {
            Some((header, token)) => request.header(header, token),
            None => request,
        };
        match ask.body {
            Body::Nothing => request,
            Body::Form(fields) => request.form(&fields),
            Body::Json(json) => request.json(&json),
        }
    }

    async fn told(&self, ask: Ask, within: Duration) -> Result<(StatusCode, Value), ApiError> {
        let answer = self.request(ask).timeout(within).send().await.map_err(unreachable)?;
        let status = answer.status();
        let body = read(answer, ANSWER).await.unwrap_or_default();
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }
}

/// A status that is no success. Wrong keys are mended while it waits; a message that is refused for
/// what it is stays refused.
fn refused(status: StatusCode, code: Option<String>, later: &[StatusCode]) -> ApiError {
    const LATER: [StatusCode; 4] =
        [StatusCode::UNAUTHORIZED, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    let told = told(status, code);
    if status.is_client_error() && !LATER.contains(&status) && !later.contains(&status) {
        ApiError::Refused(told)
    } else {
        ApiError::Later(told)
    }
}

/// Why a call was not made, by the provider's own codes where they tell more than the status.
fn not_made(status: StatusCode, fault: (Option<String>, Option<OrderError>)) -> OrderError {
    match (status, fault) {
        (_, (_, Some(why))) => why,
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => OrderError::Keys,
        (StatusCode::TOO_MANY_REQUESTS, _) => OrderError::TooMany,
        (status, (code, None)) if status.is_client_error() => OrderError::Refused(told(status, code)),
        _ => OrderError::Unknown,
    }
}

fn told(status: StatusCode, code: Option<String>) -> String {
    let code = code.map(|code| format!(", error {code}")).unwrap_or_default();
    format!("the provider answered {}{code}", status.as_u16())
}

/// The address is not repeated: it is in the settings.
fn unreachable(error: reqwest::Error) -> ApiError {
    let what = if error.is_timeout() {
        "did not answer in time"
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "broke off"
    };
    ApiError::Later(format!("the provider {what}"))
}

async fn read(mut answer: Response, most: usize) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > most {
            return Err(ApiError::Refused(format!("what came back is more than {most} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
