//! A browser for tests of pages, and the certainty that it is gone afterwards, whatever happened.
//! Knows no page.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use thirtyfour::common::log::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;
use tokio::sync::{Mutex, MutexGuard};

/// How long anything that must happen may take, and how often it is looked for.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How often an element may be exchanged while it is looked for.
const STALE: u8 = 20;
pub const LOOK: Duration = Duration::from_millis(50);

/// A browser is heavy and a machine small: one test at a time has any.
static ONE_TEST: Mutex<()> = Mutex::const_new(());

/// Waits until no other test has a browser.
pub async fn turn() -> MutexGuard<'static, ()> {
    hotline::outside::start_tls();
    ONE_TEST.lock().await
}

/// What the page is looked at on.
pub enum Screen {
    /// 1280 by 800.
    Desk,
    /// 320 by 640, the smallest telephone in use.
    Small,
}

/// A browser, open.
pub struct Browser {
    pub driver: WebDriver,
    chromedriver: Chromedriver,
    /// The folder the browser lives in.
    profile: TempDir,
}

impl Browser {
    /// Starts one. Whoever does has its [`turn`].
    pub async fn open(screen: Screen) -> Browser {
        let profile = tempfile::tempdir().unwrap();
        let chromedriver =
            (0..3).find_map(|_| start_chromedriver(profile.path())).expect("chromedriver does not start");
        let wanted = capabilities(profile.path(), screen).unwrap();
        let driver = WebDriver::new(format!("http://127.0.0.1:{}", chromedriver.port), wanted)
            .await
            .expect("no browser; Debian: apt-get install chromium");
        Browser { driver, chromedriver, profile }
    }

    /// The element with a hook, once it is there and shown.
    pub async fn shown(&self, hook: &str) -> WebElement {
        self.css(&format!("[data-testid='{hook}']")).await
    }

    /// The first shown element a selector finds, once there is one.
    pub async fn css(&self, selector: &str) -> WebElement {
        let mut again = 0;
        loop {
            let query = self.driver.query(By::Css(selector)).wait(PATIENCE, LOOK).and_displayed();
            match query.first().await {
                Ok(element) => return element,
                // The page put another in its place while one was looked at.
                Err(error) if error.to_string().contains("stale") && again < STALE => again += 1,
                Err(error) => panic!("no {selector} is shown: {error}"),
            }
        }
    }

    pub async fn click(&self, hook: &str) {
        for _ in 0..STALE {
            match self.shown(hook).await.click().await {
                Ok(()) => return,
                Err(error) if error.to_string().contains("stale") => {}
                Err(error) => panic!("{hook} cannot be clicked: {error}"),
            }
        }
        panic!("{hook} is exchanged all the time");
    }

    /// Keys of the computer's keyboard, to whatever has the focus.
    pub async fn types(&self, keys: impl Into<TypingData> + Clone) {
        for _ in 0..50 {
            // What has the focus may be leaving the page at this moment; no key has gone anywhere then.
            match self.driver.active_element().await.unwrap().send_keys(keys.clone()).await {
                Ok(()) => return,
                Err(error) if ["stale", "not interactable"].iter().any(|why| error.to_string().contains(why)) => {}
                Err(error) => panic!("nothing can be typed: {error}"),
            }
        }
        panic!("what has the focus is exchanged all the time");
    }

    /// Goes on with the tab key until the element with a hook has the focus.
    pub async fn tabs_to(&self, hook: &str) {
        for _ in 0..30 {
            self.types(Key::Tab).await;
            if self.driver.active_element().await.unwrap().attr("data-testid").await.unwrap().as_deref() == Some(hook) {
                return;
            }
        }
        panic!("{hook} cannot be reached with the tab key");
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str) -> serde_json::Value {
        self.driver.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// What the browser complained of since it was last asked.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.driver.browser_log().await.unwrap();
        log.into_iter()
            .filter(|entry| matches!(entry.level.as_str(), "WARNING" | "SEVERE"))
            .map(|entry| entry.message)
            .collect()
    }

    /// Has the browser's own tools do something.
    pub async fn devtools(&self, command: &str, params: serde_json::Value) {
        let address = format!("http://127.0.0.1:{}/session/{}", self.chromedriver.port, self.driver.session_id());
        let body = serde_json::json!({ "cmd": command, "params": params });
        let done = reqwest::Client::new().post(format!("{address}/goog/cdp/execute")).json(&body).send().await;
        assert!(done.unwrap().status().is_success(), "{command}");
    }

    /// Closes it; it must have had nothing to complain of.
    pub async fn close(self) {
        assert_eq!(self.complaints().await, [""; 0]);
        self.driver.clone().quit().await.unwrap();
    }

    fn ask_to_close(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.chromedriver.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "DELETE /session/{} HTTP/1.1\r\nHost: localhost\r\n\r\n", self.driver.session_id())?;
        // It answers when the browser is gone, and keeps the connection open.
        stream.read_exact(&mut [0])?;
        Ok(())
    }
}

impl Drop for Browser {
    /// A test that failed has not closed its browser. It is asked to close without the runtime, which
    /// is blocked here; should it not do so, it is ended by the process id that it keeps in its folder.
    fn drop(&mut self) {
        if self.driver.clone().leak().is_err() {
            return; // closed
        }
        let asked = self.ask_to_close();
        let lock = std::fs::read_link(self.profile.path().join("SingletonLock")).unwrap_or_default();
        if let Some((_, pid)) = lock.to_string_lossy().rsplit_once('-') {
            eprintln!("the browser did not close ({asked:?}) and is ended");
            Command::new("kill").args(["-KILL", pid]).status().ok();
        }
    }
}

fn capabilities(profile: &Path, screen: Screen) -> WebDriverResult<thirtyfour::ChromeCapabilities> {
    let mut wanted = DesiredCapabilities::chrome();
    let flags = "headless=new no-sandbox disable-gpu disable-quic disable-dev-shm-usage no-first-run \
        disable-background-networking disable-component-update disable-sync lang=en-US window-size=1280,800";
    for flag in flags.split_whitespace() {
        wanted.add_arg(&format!("--{flag}"))?;
    }
    wanted.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    if let Screen::Small = screen {
        // A window cannot be made this narrow.
        let metrics = serde_json::json!({ "width": 320, "height": 640, "pixelRatio": 1, "touch": false });
        wanted.add_experimental_option("mobileEmulation", serde_json::json!({ "deviceMetrics": metrics }))?;
    }
    wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(wanted)
}

/// A process that ends when this is dropped.
pub struct Ended(pub Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // An error means that it has ended already.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

struct Chromedriver {
    _process: Ended,
    port: u16,
}

/// Starts it on a free port, which it tells, with `folder` for what it leaves behind. None when it gave
/// up: it takes a port of one family of addresses that somebody else may hold in the other.
fn start_chromedriver(folder: &Path) -> Option<Chromedriver> {
    let start = |program: &str| {
        let mut command = Command::new(program);
        command.arg("--port=0").env("TMPDIR", folder).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
    };
    let started = match start("chromedriver") {
        Err(error) if error.kind() == ErrorKind::NotFound => start("/usr/bin/chromedriver"),
        other => other,
    };
    let missing = "chromedriver cannot be started; `./tests/run` installs it, or on Debian: apt-get install chromium chromium-driver";
    let mut process = Ended(started.unwrap_or_else(|error| panic!("{missing}: {error}")));
    let told = line_with(&mut process.0, "started successfully on port")?;
    let port: String = told.chars().filter(char::is_ascii_digit).collect();
    Some(Chromedriver { _process: process, port: port.parse().unwrap() })
}

/// The first line with these words that a process writes; none when it ends without.
pub fn line_with(process: &mut Child, words: &str) -> Option<String> {
    let out = process.stdout.as_mut()?;
    let mut lines = BufReader::new(out).lines().map_while(Result::ok);
    lines.find(|line| line.contains(words))
}
