//! What a test of the page stands on: the real server in a folder of its own, a browser in front of
//! it, and the certainty that both are gone afterwards, whatever happened. Knows no hotline.

use hotline::store::{Request, Store};
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use thirtyfour::common::log::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;
use thirtyfour::stringmatch::StringMatchable;
use tokio::sync::{Mutex, MutexGuard};

/// How long anything that must happen may take, and how often it is looked for.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(50);

/// A browser is heavy and a machine small: one at a time.
static ONE_BROWSER: Mutex<()> = Mutex::const_new(());

/// What the page is looked at on.
pub enum Screen {
    /// 1280 by 800.
    Desk,
    /// 320 by 640, the smallest telephone in use.
    Small,
}

/// The page of the browser phone, open.
pub struct Stage {
    pub driver: WebDriver,
    chromedriver: Chromedriver,
    /// The folder the browser lives in.
    profile: TempDir,
    server: Server,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    /// Starts everything and opens the page in English, with nothing said aloud and no timers: which
    /// voices a machine has and how slow it is must not matter.
    pub async fn open(screen: Screen) -> Stage {
        hotline::outside::start_tls();
        let turn = ONE_BROWSER.lock().await;
        let server = Server::start();
        let profile = tempfile::tempdir().unwrap();
        let chromedriver =
            (0..3).find_map(|_| start_chromedriver(profile.path())).expect("chromedriver does not start");
        let wanted = capabilities(profile.path(), screen).unwrap();
        let driver = WebDriver::new(format!("http://127.0.0.1:{}", chromedriver.port), wanted)
            .await
            .expect("no browser; Debian: apt-get install chromium");
        let stage = Stage { driver, chromedriver, profile, server, _turn: turn };
        stage.visit("en-US").await;
        stage.run("for (const it of ['muted', 'unhurried']) localStorage.setItem('phone.' + it, 'yes')").await;
        stage.visit("en-US").await;
        stage
    }

    async fn visit(&self, lang: &str) {
        self.driver.goto(format!("{}?lang={lang}", self.server.phone)).await.unwrap();
    }

    /// The element with a hook, once it is there and shown.
    pub async fn shown(&self, hook: &str) -> WebElement {
        self.css(&format!("[data-testid='{hook}']")).await
    }

    /// The first shown element a selector finds, once there is one.
    pub async fn css(&self, selector: &str) -> WebElement {
        let query = self.driver.query(By::Css(selector)).wait(PATIENCE, LOOK).and_displayed();
        query.first().await.unwrap_or_else(|error| panic!("no {selector} is shown: {error}"))
    }

    /// Chooses a line or a caller by a piece of the name.
    pub async fn choose(&self, name: &str) {
        let option = self.driver.find(By::XPath(format!("//option[contains(., '{name}')]"))).await.unwrap();
        option.click().await.unwrap();
    }

    pub async fn click(&self, hook: &str) {
        self.shown(hook).await.click().await.unwrap();
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

    /// Keys of the computer's keyboard, to whatever has the focus.
    pub async fn types(&self, keys: impl Into<TypingData>) {
        self.driver.active_element().await.unwrap().send_keys(keys).await.unwrap();
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

    /// Closes the browser, which must have had nothing to complain of, and gives the requests recorded.
    pub async fn close(self) -> Vec<Request> {
        assert_eq!(self.complaints().await, [""; 0]);
        let store = Store::open(&self.server.database(), "test").await.unwrap();
        let requests = store.export_requests(None, 100).await.unwrap();
        store.close().await;
        self.driver.clone().quit().await.unwrap();
        requests
    }
}

impl Stage {
    fn ask_to_close(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.chromedriver.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "DELETE /session/{} HTTP/1.1\r\nHost: localhost\r\n\r\n", self.driver.session_id())?;
        // It answers when the browser is gone, and keeps the connection open.
        stream.read_exact(&mut [0])?;
        Ok(())
    }
}

impl Drop for Stage {
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
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // An error means that it has ended already.
        self.0.kill().ok();
        self.0.wait().ok();
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
fn line_with(process: &mut Child, words: &str) -> Option<String> {
    let out = process.stdout.as_mut()?;
    let mut lines = BufReader::new(out).lines().map_while(Result::ok);
    lines.find(|line| line.contains(words))
}
