//! What a test of the page stands on: the real server in a folder of its own, and a browser in front
//! of it. Knows no hotline.

pub use crate::support::browser::Screen;
use crate::support::browser::{Browser, Ended, LOOK, PATIENCE, line_with, turn};
use hotline::store::{Request, Store};
use std::fs::File;
use std::ops::Deref;
use std::process::{Command, Stdio};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use thirtyfour::stringmatch::StringMatchable;
use tokio::sync::MutexGuard;

/// The page of the browser phone, open.
pub struct Stage {
    browser: Browser,
    server: Server,
    _turn: MutexGuard<'static, ()>,
}

impl Deref for Stage {
    type Target = Browser;
    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl Stage {
    /// Starts everything and opens the page in English, with nothing said aloud and no timers: which
    /// voices a machine has and how slow it is must not matter.
    pub async fn open(screen: Screen) -> Stage {
        let turn = turn().await;
        let server = Server::start();
        let stage = Stage { browser: Browser::open(screen).await, server, _turn: turn };
        stage.visit("en-US").await;
        stage.run("for (const it of ['muted', 'unhurried']) localStorage.setItem('phone.' + it, 'yes')").await;
        stage.visit("en-US").await;
        stage
    }

    async fn visit(&self, lang: &str) {
        self.driver.goto(format!("{}?lang={lang}", self.server.phone)).await.unwrap();
    }

    /// Chooses a line or a caller by a piece of the name.
    pub async fn choose(&self, name: &str) {
        let option = self.driver.find(By::XPath(format!("//option[contains(., '{name}')]"))).await.unwrap();
        option.click().await.unwrap();
    }

    /// Waits for a turn that says this, and gives all that it says.
    pub async fn hears(&self, words: &str) -> String {
        let last = "[data-testid='transcript'] > .heard:last-of-type";
        let query = self.driver.query(By::Css(last)).wait(PATIENCE, LOOK).with_text(words.match_partial());
        match query.first().await {
            Ok(heard) => heard.text().await.unwrap(),
            Err(_) => panic!("nobody said {words:?}; the transcript:\n{}", self.transcript().await),
        }
    }

    /// Waits until the phone is in a state.
    pub async fn is(&self, state: &str) {
        self.css(&format!("[data-testid='state'][data-state='{state}']")).await;
    }

    pub async fn transcript(&self) -> String {
        self.shown("transcript").await.text().await.unwrap()
    }

    /// Closes the browser, which must have had nothing to complain of, and gives the requests recorded.
    pub async fn close(self) -> Vec<Request> {
        let store = Store::open(&self.server.database(), "test").await.unwrap();
        let requests = store.export_requests(None, 100).await.unwrap();
        store.close().await;
        self.browser.close().await;
        requests
    }
}

struct Server {
    _process: Ended,
    /// The address of the page.
    phone: String,
    folder: TempDir,
}

impl Server {
    /// Starts the binary as a new user would: no settings, an empty folder, the demo.
    fn start() -> Server {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_hotline"));
        command.current_dir(&folder).env_clear().env("HOTLINE_LISTEN", "127.0.0.1:0");
        command.env("HOTLINE_FLOWS", concat!(env!("CARGO_MANIFEST_DIR"), "/flows"));
        command.stdout(Stdio::piped()).stderr(File::create(folder.path().join("log")).unwrap());
        let mut process = Ended(command.spawn().unwrap());
        let told = line_with(&mut process.0, "call from the browser");
        let phone = told.and_then(|line| line.split_whitespace().last().map(str::to_owned)).unwrap_or_default();
        let server = Server { _process: process, phone, folder };
        assert!(server.phone.ends_with("/phone"), "the server did not start");
        server
    }

    fn database(&self) -> String {
        let data = self.folder.path().join(".hotline");
        let mut files = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path());
        let database =
            files.find(|path| path.extension().is_some_and(|end| end == "db")).expect("no database in .hotline");
        format!("sqlite:{}", database.display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            eprintln!("the server's log:\n{log}");
        }
    }
}
