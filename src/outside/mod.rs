//! Floor 3: services outside, asked over HTTP. A host is named by flows and stands in the settings;
//! nothing that a caller types chooses whom we speak with. What comes back is believed only as far as
//! its types are declared. Knows nothing of who asks, of telephony or of what is stored.

mod breaker;
mod door;
mod hooks;
mod network;
pub mod probe;
mod reading;
mod request;

pub use door::{Base, Host, OutsideError};
pub use hooks::{Hook, HookAddress, HookKey, Hooks, Told};
pub use network::{is_public, start_tls};

use crate::call::effect::{ActAnswer, LookupAnswer};
use crate::flow::http::Http;
use crate::flow::model::Source;
use crate::flow::value::Value;
use crate::words::clock::tick;
use door::Door;
use reqwest::StatusCode;
use std::collections::BTreeMap;
use std::time::Duration;
use tracing::warn;

/// How long one waits before one asks a service once more that broke down: long enough for a balancer
/// to notice, short enough for a caller.
const BREATH: Duration = Duration::from_millis(100);

/// The services outside that the settings name.
#[derive(Default)]
pub struct Outside {
    doors: BTreeMap<String, Door>,
}

/// An answer, and how it came about.
#[derive(Clone, PartialEq, Debug)]
pub struct Asked<T> {
    /// What the call hears of.
    pub answer: T,
    /// What is counted.
    pub went: Went,
}

/// How asking went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Went {
    /// A record came back.
    Found,
    /// There is no such thing.
    Missing,
    /// Done.
    Done,
    /// Accepted, will be done.
    Pending,
    /// The service said no.
    Refused,
    /// What came back is no answer: no JSON, too much of it, a field that is missing or of another type.
    Unreadable,
    /// The service said that it is broken.
    Broken,
    /// No connection, or it broke.
    Unreachable,
    /// Not in time.
    Late,
    /// Not asked: the host failed too often and is left alone for a while.
    Resting,
    /// Not asked: too many ask the host already and wait.
    Full,
    /// Not asked: an argument cannot be part of an address.
    Unaskable,
    /// Not asked: the settings name no such host.
    Unknown,
    /// Not asked: it was done too often for this account or by this caller.
    Limited,
}

impl Went {
    /// The word metrics and logs write.
    pub fn word(self) -> &'static str {
        match self {
            Went::Found => "found",
            Went::Missing => "missing",
            Went::Done => "done",
            Went::Pending => "pending",
            Went::Refused => "refused",
            Went::Unreadable => "unreadable",
            Went::Broken => "broken",
            Went::Unreachable => "unreachable",
            Went::Late => "late",
            Went::Resting => "resting",
            Went::Full => "full",
            Went::Unaskable => "unaskable",
            Went::Unknown => "unknown",
            Went::Limited => "limited",
        }
    }

    /// The service has decided: asking once more could only hear the same, or do a thing twice.
    pub fn is_definite(self) -> bool {
        matches!(self, Went::Found | Went::Missing | Went::Done | Went::Pending | Went::Refused)
    }

    /// The service is in trouble, not the question.
    fn is_trouble(self) -> bool {
        matches!(self, Went::Broken | Went::Unreachable | Went::Late)
    }
}

/// Why there is no answer: how it went, and more for the log, never a value.
struct Fault {
    went: Went,
    why: String,
}

impl Fault {
    fn new(went: Went, why: impl Into<String>) -> Fault {
        Fault { went, why: why.into() }
    }
}

impl Outside {
    /// The services, each with its connections. Nobody is asked yet.
    ///
    /// # Errors
    /// A host's settings cannot be used.
    pub fn new(hosts: Vec<Host>) -> Result<Outside, OutsideError> {
        start_tls();
        let doors = hosts.into_iter().map(|host| Ok((host.name.clone(), Door::new(host)?)));
        Ok(Outside { doors: doors.collect::<Result<_, OutsideError>>()? })
    }

    /// The names of the hosts.
    pub fn hosts(&self) -> Vec<String> {
        self.doors.keys().cloned().collect()
    }

    /// Whether a host failed so often that it is left alone.
    pub fn is_resting(&self, host: &str) -> bool {
        self.doors.get(host).is_some_and(|door| door.breaker.is_open())
    }

    /// Reads a record. Takes as long as the service does: who asks bounds it, and may drop it then.
    pub async fn look_up(&self, source: &Source, http: &Http, with: &[(String, Value)]) -> Asked<LookupAnswer> {
        match self.ask(source, http, with, None).await {
            Ok(Heard::Record(record)) => Asked { answer: LookupAnswer::Found(record), went: Went::Found },
            Ok(Heard::Missing) => Asked { answer: LookupAnswer::Missing, went: Went::Missing },
            // What cannot be part of an address is nowhere.
            Err(went @ Went::Unaskable) => Asked { answer: LookupAnswer::Missing, went },
            Ok(Heard::Done | Heard::Pending) => Asked { answer: LookupAnswer::Failed, went: Went::Unreadable },
            Err(went) => Asked { answer: LookupAnswer::Failed, went },
        }
    }

    /// Has something done, under a key by which the service knows a repeated order again. As for
    /// [`Outside::look_up`], who asks bounds the time.
    pub async fn act(&self, source: &Source, http: &Http, with: &[(String, Value)], key: &str) -> Asked<ActAnswer> {
        match self.ask(source, http, with, Some(key)).await {
            Ok(Heard::Done) => Asked { answer: ActAnswer::Done, went: Went::Done },
            Ok(Heard::Pending) => Asked { answer: ActAnswer::Pending, went: Went::Pending },
            Ok(Heard::Missing | Heard::Record(_)) => Asked { answer: ActAnswer::Failed, went: Went::Refused },
            Err(went) => Asked { answer: ActAnswer::Failed, went },
        }
    }

    /// Asks, once more if it may, and tells the log what went wrong.
    async fn ask(
        &self,
        source: &Source,
        http: &Http,
        with: &[(String, Value)],
        key: Option<&str>,
    ) -> Result<Heard, Went> {
        self.try_to_ask(source, http, with, key).await.map_err(|Fault { went, why }| {
            let (host, path) = (&http.host, http.shape());
            warn!(source = %source.name, %host, %path, went = went.word(), %why, "no answer from outside");
            went
        })
    }

    async fn try_to_ask(
        &self,
        source: &Source,
        http: &Http,
        with: &[(String, Value)],
        key: Option<&str>,
    ) -> Result<Heard, Fault> {
        let door = self.doors.get(&http.host);
        let door = door.ok_or_else(|| Fault::new(Went::Unknown, "the settings name no such host"))?;
        let request = request::build(door, http, with, key)?;
        // Held until there is an answer or nobody waits for one any more.
        let Ok(_place) = door.asking.try_acquire() else {
            return Err(Fault::new(Went::Full, "too many questions to the host wait for an answer"));
        };
        let Some(permit) = door.breaker.ask(tick()) else {
            return Err(Fault::new(Went::Resting, "the host failed too often and is left alone"));
        };
        let in_trouble = |heard: &Result<Heard, Fault>| heard.as_ref().is_err_and(|fault| fault.went.is_trouble());
        let mut heard = once(door, &request, source).await;
        if http.retry && in_trouble(&heard) {
            tokio::time::sleep(BREATH).await;
            heard = once(door, &request, source).await;
        }
        permit.settle(!in_trouble(&heard), tick());
        heard
    }
}

/// What a service said.
enum Heard {
    Record(Value),
    Missing,
    Done,
    Pending,
}

/// One request and its answer. Redirects are answers: nobody but the settings says where we go.
async fn once(door: &Door, request: &request::Request, source: &Source) -> Result<Heard, Fault> {
    let response = door.send(request).await?;
    let status = response.status();
    match (source.acts(), status) {
        (_, StatusCode::NOT_FOUND) => Ok(Heard::Missing),
        (true, StatusCode::OK | StatusCode::CREATED | StatusCode::NO_CONTENT) => Ok(Heard::Done),
        (true, StatusCode::ACCEPTED) => Ok(Heard::Pending),
        (false, status) if status.is_success() => {
            reading::record(&reading::json(response).await?, &source.gives).map(Heard::Record)
        }
        _ => {
            let went = if status.is_server_error() { Went::Broken } else { Went::Refused };
            Err(Fault::new(went, format!("status {}", status.as_u16())))
        }
    }
}
