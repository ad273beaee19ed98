//! Connections: takes them, hands their requests to the router, and bounds how long a client may keep
//! one busy with nothing and how many there are. Knows nothing of what the pages are.
//!
//! When all places are taken, the connection that has been idle for the longest is closed for a new
//! one: clients that hold connections and say nothing, or little at a time, keep nobody out.

mod seats;
mod stream;

pub use seats::Seats;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use seats::{Busy, Seat};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use stream::Stream;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower_http::timeout::DeadlineBody;

/// The largest head and what is read ahead of a body, in bytes: what a connection may take of memory.
const READ_AHEAD: usize = 64 * 1024;
/// How long one waits when no connection can be taken, for want of what every program has few of.
const BREATH: Duration = Duration::from_millis(100);

/// How long clients may take, and how many there are.
#[derive(Clone, Copy, Debug)]
pub struct Clients {
    /// From one request to the beginning of the next. Longer than proxies keep a connection, so that
    /// it is they who close it, and no request meets a connection that is just being closed.
    pub idle: Duration,
    /// From the first byte of a head to its last.
    pub head: Duration,
    /// From the end of the head to the end of the body.
    pub body: Duration,
    /// Without taking a single byte of what is being sent. Streams may last: their signs of life are taken.
    pub stalled: Duration,
    /// Connections at once.
    pub most: usize,
}

impl Default for Clients {
    fn default() -> Clients {
        let seconds = Duration::from_secs;
        Clients { idle: seconds(75), head: seconds(10), body: seconds(10), stalled: seconds(30), most: 10_000 }
    }
}

/// Serves until `stop` is ready, then takes no more connections, finishes what was asked on those there
/// are, and comes back when the last one is closed.
pub async fn serve(listener: TcpListener, router: Router, clients: Clients, stop: impl Future<Output = ()>) {
    let (seats, (stopping, stopped)) = (Seats::new(clients.most), watch::channel(()));
    let mut stop = pin!(stop);
    loop {
        let taken = async {
            let (stream, peer) = accept(&listener, &seats).await;
            (stream, peer, seats.take().await)
        };
        let (stream, peer, seat) = tokio::select! {
            taken = taken => taken,
            () = &mut stop => break,
        };
        // A small answer goes out at once instead of waiting for more to fill a packet.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
        tokio::spawn(attend(stream, peer, seat, router.clone(), clients, stopped.clone()));
    }
    drop((listener, stopped));
    stopping.send_replace(());
    stopping.closed().await;
}

/// The next connection.
async fn accept(listener: &TcpListener, seats: &Seats) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // Its client went away again.
            Err(error) if matches!(error.kind(), std::io::ErrorKind::ConnectionAborted) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken; the one that is idle for the longest is closed");
                seats.close_idle();
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// One connection from its first request to its end.
async fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    seat: Arc<Seat>,
    router: Router,
    clients: Clients,
    mut stopped: watch::Receiver<()>,
) {
    let io = TokioIo::new(Stream::new(stream, seat.clone(), clients));
    let pages = TowerToHyperService::new(router);
    let sitting = seat.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let busy = Seat::busy(&sitting);
        let mut request = request.map(|body| Body::new(DeadlineBody::new(clients.body, body)));
        request.extensions_mut().insert(ConnectInfo(peer));
        let answering = pages.call(request);
        async move {
            let response: Response<Body> = answering.await?;
            Ok::<_, Infallible>(response.map(|body| Answer { body, _busy: busy }))
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(clients.idle).max_buf_size(READ_AHEAD);
    let mut connection = pin!(http.serve_connection(io, service));
    let mut is_stopped = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, %peer, "a connection ended early");
                }
                return;
            }
            () = seat.is_asked_to_leave() => return,
            changed = stopped.changed(), if !is_stopped => {
                tracing::trace!(told = changed.is_ok(), %peer, "the connection ends after this request");
                is_stopped = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// The body of an answer. Until it is sent the connection is busy.
struct Answer {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
