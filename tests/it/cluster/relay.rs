//! Stands between servers and PostgreSQL, as an address does that moves from machine to machine: it goes
//! silent without closing anything, and it loses the answer to a commit.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What a commit is answered with.
const COMMITTED: &[u8] = b"COMMIT\0";

/// A relay. Ends with the test's runtime.
pub struct Relay {
    /// How often it went silent; whoever came before stays silent for ever.
    silences: watch::Sender<u32>,
    /// Whoever comes now is not answered either.
    silent: Arc<AtomicBool>,
    losing: Arc<AtomicBool>,
}

impl Relay {
    /// Before the database of this address.
    pub async fn before(url: &str) -> (Relay, String) {
        let (head, rest) = url.split_once('@').expect("somebody at an address");
        let (target, name) = rest.split_once('/').expect("a database");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let own = format!("{head}@{address}/{name}");
        let relay = Relay { silences: watch::channel(0).0, silent: Arc::default(), losing: Arc::default() };
        tokio::spawn(accept(
            listener,
            target.to_owned(),
            relay.silences.clone(),
            relay.silent.clone(),
            relay.losing.clone(),
        ));
        (relay, own)
    }

    /// Nothing is closed, and nothing comes any more.
    pub fn go_silent(&self) {
        self.silent.store(true, Ordering::SeqCst);
        self.silences.send_modify(|silences| *silences += 1);
    }

    /// Whoever connects from now on is served.
    pub fn serve(&self) {
        self.silent.store(false, Ordering::SeqCst);
    }

    /// The next commit arrives, and its answer does not: the connection breaks.
    pub fn lose_an_answer(&self) {
        self.losing.store(true, Ordering::SeqCst);
    }

    /// Whether that answer is still to be lost.
    pub fn is_losing(&self) -> bool {
        self.losing.load(Ordering::SeqCst)
    }
}

async fn accept(
    listener: TcpListener,
    target: String,
    silences: watch::Sender<u32>,
    silent: Arc<AtomicBool>,
    losing: Arc<AtomicBool>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let (target, silences, losing) = (target.clone(), silences.subscribe(), losing.clone());
        let mute = silent.load(Ordering::SeqCst);
        tokio::spawn(async move {
            if mute {
                // Held open.
                let _client = client;
                std::future::pending::<()>().await;
            } else {
                relay(client, &target, silences, &losing).await;
            }
        });
    }
}

async fn relay(mut client: TcpStream, target: &str, mut silences: watch::Receiver<u32>, losing: &AtomicBool) {
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    let (mut asked, mut answered) = (vec![0; 65536], vec![0; 65536]);
    loop {
        tokio::select! {
            biased;
            _ = silences.changed() => std::future::pending::<()>().await,
            read = client.read(&mut asked) => match read {
                Ok(n) if n > 0 && server.write_all(&asked[..n]).await.is_ok() => {}
                _ => return,
            },
            read = server.read(&mut answered) => {
                let Ok(n) = read else { return };
                let commit = answered[..n].windows(COMMITTED.len()).any(|bytes| bytes == COMMITTED);
                let lost = commit && losing.swap(false, Ordering::SeqCst);
                if n == 0 || lost || client.write_all(&answered[..n]).await.is_err() {
                    return;
                }
            }
        }
    }
}
