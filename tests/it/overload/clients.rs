//! Clients that are slow, say nothing, or are too many: each loses its own connection and nobody else's.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use futures_util::stream::unfold;
use hotline::web::listen::{Clients, serve};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

const SHORT: Duration = Duration::from_millis(60);
/// Longer than a test may take.
const LONG: Duration = Duration::from_secs(600);
const HELLO: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

/// Nobody is hurried, and there is room.
fn patient() -> Clients {
    Clients { idle: LONG, head: LONG, body: LONG, stalled: LONG, most: 100 }
}

/// A server of a few small pages.
struct Pages {
    address: SocketAddr,
    /// What is sent on `/stream`, to the first that asks.
    stream: mpsc::Sender<Bytes>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Pages {
    async fn with(clients: Clients) -> Pages {
        let (stream, pieces) = mpsc::channel::<Bytes>(1);
        let pieces = Arc::new(Mutex::new(Some(pieces)));
        let streaming = async move || {
            let pieces = pieces.lock().unwrap().take().expect("one asks for it");
            Body::from_stream(unfold(pieces, async |mut pieces| {
                let piece = pieces.recv().await?;
                Some((Ok::<_, Infallible>(piece), pieces))
            }))
        };
        let router = Router::new()
            .route("/", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()))
            .route("/post", post(async |body: Bytes| body))
            .route("/stream", get(streaming));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped = async { stopped.await.expect("the test stops it") };
        Pages { address, stream, stop, serving: tokio::spawn(serve(listener, router, clients, stopped)) }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection to which this was sent.
    async fn sent(&self, bytes: &[u8]) -> TcpStream {
        let mut connection = self.connect().await;
        connection.write_all(bytes).await.unwrap();
        connection
    }
}

/// What comes until the end of the answer that says these words last.
async fn until(connection: &mut TcpStream, last: &str) -> String {
    let mut heard = Vec::new();
    while !heard.ends_with(last.as_bytes()) {
        let read = connection.read_buf(&mut heard).await.unwrap();
        assert_ne!(read, 0, "closed before `{last}`: {}", String::from_utf8_lossy(&heard));
    }
    String::from_utf8(heard).unwrap()
}

/// Everything until the other end closes.
async fn rest(mut connection: TcpStream) -> String {
    let mut heard = Vec::new();
    // Who closes with something unread says so as a reset; that is an end too.
    if let Err(error) = connection.read_to_end(&mut heard).await {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    String::from_utf8(heard).unwrap()
}

/// Asks for a page, and hears it.
async fn asks(connection: &mut TcpStream) {
    let own = connection.local_addr().unwrap().to_string();
    connection.write_all(HELLO).await.unwrap();
    let heard = until(connection, &own).await;
    assert!(heard.starts_with("HTTP/1.1 200 OK"), "{heard}");
}

#[tokio::test]
async fn a_head_that_does_not_come_to_its_end_is_given_up() {
    let pages = Pages::with(Clients { head: SHORT, ..patient() }).await;
    let mut idle = pages.connect().await;
    let half = pages.sent(b"GET / HTTP/1.1\r\nhost:").await;
    assert_eq!(rest(half).await, "");
    // Also after requests that were quick.
    let mut second = pages.connect().await;
    asks(&mut second).await;
    asks(&mut second).await;
    second.write_all(b"GET /").await.unwrap();
    assert_eq!(rest(second).await, "");
    asks(&mut idle).await;
    asks(&mut idle).await;
}

#[tokio::test]
async fn a_client_that_says_nothing_is_let_go() {
    let pages = Pages::with(Clients { idle: SHORT, ..patient() }).await;
    assert_eq!(rest(pages.connect().await).await, "");
    let mut once = pages.connect().await;
    asks(&mut once).await;
    assert_eq!(rest(once).await, "");
}

#[tokio::test]
async fn a_body_that_does_not_come_to_its_end_is_refused() {
    let pages = Pages::with(Clients { body: SHORT, ..patient() }).await;
    let half = pages.sent(b"POST /post HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf").await;
    assert!(rest(half).await.starts_with("HTTP/1.1 400 Bad Request"));
    let mut whole = pages.sent(b"POST /post HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nwhole").await;
    assert!(until(&mut whole, "whole").await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answer_is_let_go_and_its_answer_with_it() {
    let pages = Pages::with(Clients { stalled: SHORT, ..patient() }).await;
    let _takes_nothing = pages.sent(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let piece = Bytes::from(vec![b'x'; 1 << 20]);
    // More than lies between us, until nobody wants it any more.
    while pages.stream.send(piece.clone()).await.is_ok() {}
}

#[tokio::test]
async fn a_stream_that_is_quiet_for_long_lives_on() {
    let pages = Pages::with(Clients { idle: SHORT, head: SHORT, body: SHORT, stalled: SHORT, most: 100 }).await;
    let mut stream = pages.sent(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await;
    for word in ["one", "two", "three"] {
        pages.stream.send(Bytes::from(word)).await.unwrap();
        until(&mut stream, &format!("{word}\r\n")).await;
        // Longer than any of the limits.
        for _ in 0..3 {
            assert_eq!(rest(pages.connect().await).await, "");
        }
    }
}

#[tokio::test]
async fn the_connection_idle_for_the_longest_makes_room_for_a_new_one() {
    let pages = Pages::with(Clients { most: 2, ..patient() }).await;
    let (mut first, mut second) = (pages.connect().await, pages.connect().await);
    asks(&mut first).await;
    asks(&mut second).await;
    asks(&mut first).await;
    let mut third = pages.connect().await;
    asks(&mut third).await;
    assert_eq!(rest(second).await, "");
    asks(&mut first).await;
    asks(&mut third).await;
}

#[tokio::test]
async fn while_all_connections_are_busy_a_new_one_waits_for_the_first_that_is_not() {
    let pages = Pages::with(Clients { most: 1, ..patient() }).await;
    let mut stream = pages.sent(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await;
    pages.stream.send(Bytes::from("all")).await.unwrap();
    until(&mut stream, "all\r\n").await;
    let mut next = pages.sent(HELLO).await;
    let Pages { stream: pieces, .. } = pages;
    drop(pieces);
    assert_eq!(rest(stream).await, "0\r\n\r\n", "it came to its own end");
    let own = next.local_addr().unwrap().to_string();
    until(&mut next, &own).await;
}

#[tokio::test]
async fn a_server_that_stops_finishes_answers_and_closes_what_is_idle() {
    let pages = Pages::with(patient()).await;
    let (silent, mut idle) = (pages.connect().await, pages.connect().await);
    asks(&mut idle).await;
    let mut running = pages.sent(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await;
    pages.stream.send(Bytes::from("half")).await.unwrap();
    until(&mut running, "half\r\n").await;
    let Pages { address, stream, stop, serving } = pages;
    stop.send(()).unwrap();
    assert_eq!((rest(idle).await, rest(silent).await), (String::new(), String::new()));
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens");
    assert!(!serving.is_finished());
    stream.send(Bytes::from("whole")).await.unwrap();
    drop(stream);
    assert!(rest(running).await.ends_with("whole\r\n0\r\n\r\n"));
    serving.await.unwrap();
}
