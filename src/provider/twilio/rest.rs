//! Twilio's REST interface: sends a message, rings a phone, fetches and deletes a recording. Speaks only with the
//! configured address, never with one that a webhook named. Knows nothing of why.

use crate::call::voice::Desk;
use crate::provider::{Order, OrderError, Provider};
use crate::words::{Phone, Secret};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header, redirect};
use std::sync::Arc;
use std::time::Duration;

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

/// Tells a message's tries from other messages, so that it is sent once.
const TOKEN: &str = "I-Twilio-Idempotency-Token";

/// Where and as whom one speaks with the interface.
#[derive(Clone)]
pub struct ApiSettings {
    /// Scheme and host, no slash at the end.
    pub base: String,
    /// The account's SID.
    pub account: String,
    /// The API key's SID; the account's where the password is its auth token.
    pub user: String,
    /// The API key's secret.
    pub password: Secret,
    /// Who messages are from: a number, a name, or the SID of a messaging service; none: nothing is sent.
    pub sender: Option<String>,
}

/// The interface of one account. Clones share its connections.
#[derive(Clone)]
pub struct Api {
    http: Client,
    settings: Arc<ApiSettings>,
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
        Ok(Api { http, settings: Arc::new(settings) })
    }

    /// Whose interface it is.
    pub fn provider(&self) -> Provider {
        Provider::Twilio
    }

    /// Whether messages can be sent: there is somebody they are from.
    pub fn sends(&self) -> bool {
        self.settings.sender.is_some()
    }

    /// Sends a message, once for a `token` however often it is tried; gives the provider's id of it.
    ///
    /// # Errors
    /// It was not taken, or nobody knows.
    pub async fn send_message(&self, to: &Phone, text: &Secret, token: &str) -> Result<String, ApiError> {
        let Some(sender) = &self.settings.sender else {
            return Err(ApiError::Later("there is no sender".to_owned()));
        };
        let is_service = sender.starts_with("MG") && sender.len() > 30;
        let from = if is_service { "MessagingServiceSid" } else { "From" };
        let form = [("To", to.as_str()), (from, sender), ("Body", text.reveal())];
        let request = self.http.post(self.address("Messages.json")).form(&form).header(TOKEN, token);
        let answer = self.ask(request.timeout(MESSAGE)).await?;
        let status = answer.status();
        let body = read(answer, ANSWER).await.unwrap_or_default();
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(json["sid"].as_str().unwrap_or("taken, without an id").to_owned());
        }
        Err(refused(status, json["code"].as_i64(), &[]))
    }

    /// Rings a phone; gives the provider's id of the call. Asked once: whoever wants another try orders
    /// another call.
    ///
    /// # Errors
    /// It was not taken, or nobody knows.
    pub async fn call(&self, order: &Order<'_>) -> Result<String, OrderError> {
        let to = match order.to {
            Desk::Number(phone) => phone.as_str(),
            Desk::Sip(address) => address,
        };
        let ring = order.ring.to_string();
        let form = [
            ("To", to),
            ("From", order.from),
            ("Url", order.answer_url),
            ("Method", "POST"),
            ("StatusCallback", order.status_url),
            ("StatusCallbackMethod", "POST"),
            ("StatusCallbackEvent", "completed"),
            ("Timeout", &ring),
        ];
        let request = self.http.post(self.address("Calls.json")).form(&form).header(TOKEN, order.token).timeout(CALL);
        let request = request.basic_auth(&self.settings.user, Some(self.settings.password.reveal()));
        // What broke off on the way may have been taken; what never had a connection was not.
        let answer = request.send().await;
        let answer = answer.map_err(|e| if e.is_connect() { OrderError::Away } else { OrderError::Unknown })?;
        let status = answer.status();
        let body = read(answer, ANSWER).await.unwrap_or_default();
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        match json["sid"].as_str().filter(|_| status.is_success()) {
            Some(sid) => Ok(sid.to_owned()),
            None if status.is_success() => Err(OrderError::Unknown),
            None => Err(not_made(status, json["code"].as_i64())),
        }
    }

    /// Fetches the sound of a recording, as WAV.
    ///
    /// # Errors
    /// It is not there (yet), not sound or too much.
    pub async fn fetch_recording(&self, id: &str) -> Result<Vec<u8>, ApiError> {
        let request = self.http.get(self.recording(id, "wav")?).header(header::ACCEPT, "audio/x-wav, audio/wav");
        let answer = self.ask(request.timeout(RECORDING)).await?;
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
        let answer = self.ask(self.http.delete(self.recording(id, "json")?).timeout(MESSAGE)).await?;
        match answer.status() {
            status if status.is_success() || status == StatusCode::NOT_FOUND => Ok(()),
            status => Err(refused(status, None, &[])),
        }
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Response, ApiError> {
        let request = request.basic_auth(&self.settings.user, Some(self.settings.password.reveal()));
        request.send().await.map_err(unreachable)
    }

    fn address(&self, what: &str) -> String {
        format!("{}/2010-04-01/Accounts/{}/{what}", self.settings.base, self.settings.account)
    }

    /// The id came with a webhook: nothing in it may lead elsewhere.
    fn recording(&self, id: &str, form: &str) -> Result<String, ApiError> {
        if id.is_empty() || id.len() > 64 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(ApiError::Refused("this is no recording's id".to_owned()));
        }
        Ok(self.address(&format!("Recordings/{id}.{form}")))
    }
}

/// A status that is no success. Wrong keys are mended while it waits; a message that is refused for
/// what it is stays refused.
fn refused(status: StatusCode, code: Option<i64>, later: &[StatusCode]) -> ApiError {
    const LATER: [StatusCode; 4] =
        [StatusCode::UNAUTHORIZED, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    let code = code.map(|code| format!(", error {code}")).unwrap_or_default();
    let told = format!("the provider answered {}{code}", status.as_u16());
    if status.is_client_error() && !LATER.contains(&status) && !later.contains(&status) {
        ApiError::Refused(told)
    } else {
        ApiError::Later(told)
    }
}

/// Why a call was not made, by the provider's own codes where they tell more than the status.
fn not_made(status: StatusCode, code: Option<i64>) -> OrderError {
    match (status, code) {
        (_, Some(21201 | 21211 | 21214 | 21215 | 21216 | 21217 | 21219 | 13224 | 13227)) => OrderError::To,
        (_, Some(21210 | 21212 | 21213)) => OrderError::From,
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => OrderError::Keys,
        (StatusCode::TOO_MANY_REQUESTS, _) => OrderError::TooMany,
        (status, code) if status.is_client_error() => {
            let code = code.map(|code| format!(", error {code}")).unwrap_or_default();
            OrderError::Refused(format!("the provider answered {}{code}", status.as_u16()))
        }
        _ => OrderError::Unknown,
    }
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
