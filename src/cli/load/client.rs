//! HTTP to one server, over connections that are kept. Knows nothing of what is sent.

use super::form::Message;
use super::tally::{Trouble, What};
use anyhow::Context;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit};

/// When a provider gives an answer up.
const PATIENCE: Duration = Duration::from_secs(15);
/// Most bytes of an answer: what the provider takes of a document.
const LONGEST: usize = 64 * 1024;

/// An answer as it came.
#[derive(PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The media type, empty when none is named.
    pub kind: String,
    /// The body.
    pub body: Vec<u8>,
}

/// The way to a server.
pub struct Client {
    address: SocketAddr,
    /// What the server's paths begin with.
    base: String,
    host: HeaderValue,
    idle: RefCell<Vec<Connection>>,
    room: Semaphore,
}

impl Client {
    /// Finds the server's address and knocks there. `host` is the name it believes to be called by.
    ///
    /// # Errors
    /// The address is none, or nobody listens there.
    pub async fn new(server: &str, host: &str, connections: usize) -> anyhow::Result<Client> {
        let uri: Uri = server.parse().with_context(|| format!("`{server}` is no address of a server"))?;
        if uri.scheme_str() != Some("http") {
            anyhow::bail!("`{server}` is not called: write --server as http://HOST:PORT, without TLS");
        }
        let name = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let found = tokio::net::lookup_host((name, uri.port_u16().unwrap_or(80))).await;
        let found = found.with_context(|| format!("looking up the server {server}"))?.next();
        let address = found.with_context(|| format!("the server {server} has no address"))?;
        let client = Client {
            address,
            base: uri.path().trim_end_matches('/').to_owned(),
            host: HeaderValue::from_str(host).with_context(|| format!("`{host}` is no name of a server"))?,
            idle: RefCell::default(),
            room: Semaphore::new(connections),
        };
        let nobody = || format!("nobody answers at {server}: start `hotline serve`, or name the server with --server");
        let first = Connection::open(address).await.with_context(nobody)?;
        client.idle.borrow_mut().push(first);
        Ok(client)
    }

    /// Sends a message and reads the answer.
    pub async fn send(&self, message: &Message) -> Result<Answer, Trouble> {
        let _room = self.room(1).await?;
        self.exchange(message).await
    }

    /// Sends the same at once over two connections.
    pub async fn send_twice(&self, message: &Message) -> (Result<Answer, Trouble>, Result<Answer, Trouble>) {
        // Both places are taken together: two callers with one place each would wait for ever.
        match self.room(2).await {
            Ok(_room) => tokio::join!(self.exchange(message), self.exchange(message)),
            Err(trouble) => (Err(trouble), Err(Trouble::new(What::Transport, ""))),
        }
    }

    async fn room(&self, places: u32) -> Result<SemaphorePermit<'_>, Trouble> {
        self.room.acquire_many(places).await.map_err(|error| Trouble::new(What::Transport, error.to_string()))
    }

    async fn exchange(&self, message: &Message) -> Result<Answer, Trouble> {
        let exchanging = async {
            let mut connection = self.connection().await?;
            let answer = connection.exchange(self.request(message)?).await?;
            if connection.driver.is_some() {
                self.idle.borrow_mut().push(connection);
            }
            Ok(answer)
        };
        let late = |_| Trouble::new(What::Timeout, format!("no answer in {PATIENCE:?} at {}", message.target));
        tokio::time::timeout(PATIENCE, exchanging).await.map_err(late)?
    }

    /// One that is idle and that the server has not closed, else a new one.
    async fn connection(&self) -> Result<Connection, Trouble> {
        loop {
            let idle = self.idle.borrow_mut().pop();
            let Some(mut connection) = idle else {
                return Connection::open(self.address).await.map_err(|error| transport(&error));
            };
            if connection.ready().await {
                return Ok(connection);
            }
        }
    }

    fn request(&self, message: &Message) -> Result<Request<Full<Bytes>>, Trouble> {
        const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
        const PROXY: HeaderValue = HeaderValue::from_static("TwilioProxy/1.1");
        const TOKEN: HeaderName = HeaderName::from_static("i-twilio-idempotency-token");
        const SIGNATURE: HeaderName = HeaderName::from_static("x-twilio-signature");
        let target = format!("{}{}", self.base, message.target);
        let request = Request::builder()
            .method(Method::POST)
            .uri(target)
            .header(header::HOST, self.host.clone())
            .header(header::USER_AGENT, PROXY)
            .header(header::ACCEPT, HeaderValue::from_static("*/*"))
            .header(header::CONTENT_TYPE, FORM)
            .header(SIGNATURE, message.signature.as_str())
            .header(TOKEN, message.token.as_str())
            .body(Full::new(message.body.clone()));
        request.map_err(|error| Trouble::new(What::Address, format!("{}: {error}", message.target)))
    }
}

fn transport(error: &dyn std::error::Error) -> Trouble {
    let mut told = error.to_string();
    let mut deeper = error.source();
    while let Some(error) = deeper {
        told = format!("{told}: {error}");
        deeper = error.source();
    }
    Trouble::new(What::Transport, told)
}

type Driver = http1::Connection<TokioIo<TcpStream>, Full<Bytes>>;

/// A connection that moves only while somebody waits for it: so there is no task beside the caller's
/// to be woken for each message.
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    /// None when the connection is over.
    driver: Option<Pin<Box<Driver>>>,
}

impl Connection {
    async fn open(address: SocketAddr) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, driver) = http1::handshake(TokioIo::new(stream)).await.map_err(std::io::Error::other)?;
        Ok(Connection { sender, driver: Some(Box::pin(driver)) })
    }

    /// Whether another message can be sent.
    async fn ready(&mut self) -> bool {
        let Connection { sender, driver } = self;
        std::future::poll_fn(|context| {
            if driver.as_mut().is_none_or(|driver| driver.as_mut().poll(context).is_ready()) {
                return Poll::Ready(false);
            }
            sender.poll_ready(context).map(|ready| ready.is_ok())
        })
        .await
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, Trouble> {
        let Connection { sender, driver } = self;
        let mut answering = pin!(async {
            let answer = sender.send_request(request).await.map_err(|error| transport(&error))?;
            let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
            let (status, kind) = (answer.status().as_u16(), kind.unwrap_or_default().to_owned());
            let (mut body, mut bytes) = (answer.into_body(), Vec::new());
            while let Some(frame) = body.frame().await {
                let frame = frame.map_err(|error| transport(&error))?;
                bytes.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
                if bytes.len() > LONGEST {
                    return Err(Trouble::new(What::Document, format!("it has more than {LONGEST} bytes")));
                }
            }
            Ok(Answer { status, kind, body: bytes })
        });
        std::future::poll_fn(|context| {
            if let Poll::Ready(answer) = answering.as_mut().poll(context) {
                return Poll::Ready(answer);
            }
            if driver.as_mut().is_some_and(|driver| driver.as_mut().poll(context).is_ready()) {
                *driver = None;
            }
            // What the connection has read is there for the answer now.
            answering.as_mut().poll(context)
        })
        .await
    }
}
