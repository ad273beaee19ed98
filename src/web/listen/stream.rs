//! A connection's bytes, with an eye on clients that send a head byte by byte, or take nothing of what
//! is sent to them. Timers are set only for those: a request that comes in one piece, and an answer
//! that fits into the system's buffer, cost none.

use super::Clients;
use super::seats::Seat;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

pub(super) struct Stream {
    inner: TcpStream,
    seat: Arc<Seat>,
    clients: Clients,
    /// Bytes came in this wait for a request.
    begun: Option<u64>,
    /// When the head must be there.
    head: Timer,
    /// When something must have been taken.
    stalled: Timer,
}

impl Stream {
    pub fn new(inner: TcpStream, seat: Arc<Seat>, clients: Clients) -> Stream {
        Stream { inner, seat, clients, begun: None, head: Timer(None), stalled: Timer(None) }
    }

    /// What writing came to, or an end of patience.
    fn written<T>(&mut self, written: Poll<Result<T>>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        if written.is_ready() {
            self.stalled.stop();
            return written;
        }
        self.stalled.run(self.clients.stalled, cx).map(|()| Err(late("the client takes nothing")))
    }
}

/// A span of time that runs from when it is first looked at.
struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    fn run(&mut self, span: Duration, cx: &mut Context<'_>) -> Poll<()> {
        self.0.get_or_insert_with(|| Box::pin(sleep(span))).as_mut().poll(cx)
    }

    fn stop(&mut self) {
        self.0 = None;
    }
}

fn late(what: &'static str) -> Error {
    Error::new(ErrorKind::TimedOut, what)
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, into);
        let Some(since) = self.seat.idle_since() else {
            // What is read now is a body, which has a limit of its own.
            self.head.stop();
            return read;
        };
        if into.filled().len() > before {
            self.begun = Some(since);
        } else if self.begun != Some(since) {
            self.head.stop();
        } else if read.is_pending() {
            let span = self.clients.head;
            return self.head.run(span, cx).map(|()| Err(late("the head of a request took too long")));
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.written(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, pieces);
        self.written(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
