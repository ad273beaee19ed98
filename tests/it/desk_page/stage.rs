//! What a test of the desk stands on: the real server with the demo, people who are signed in, and the
//! browsers they sit in front of.

use crate::support::browser::{Browser, Ended, Screen, turn};
use crate::support::server::eventually;
use hotline::store::Store;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::ops::Deref;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use tokio::sync::MutexGuard;

/// What everybody chooses.
pub const PASSWORD: &str = "seven quiet herons cross";

/// A running server with the demo's requests, and nobody else's turn.
pub struct Desk {
    server: Option<Ended>,
    pub address: String,
    /// Where the first admin signs in, once.
    first: String,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// Somebody in front of a browser, signed in.
pub struct Seat {
    browser: Browser,
    address: String,
}

impl Deref for Seat {
    type Target = Browser;
    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl Desk {
    pub async fn open() -> Desk {
        let turn = turn().await;
        let folder = tempfile::tempdir().unwrap();
        let (server, address, first) = start(folder.path(), "127.0.0.1:0");
        Desk { server: Some(server), address, first: first.expect("a way to sign in"), folder, _turn: turn }
    }

    /// Its database, as another server would open it.
    pub async fn store(&self) -> Store {
        let file = self.folder.path().join(".hotline/hotline.db");
        Store::open(&format!("sqlite:{}", file.display()), "test").await.expect("the database opens")
    }

    /// The first admin, signed in and at the list.
    pub async fn admin(&self, screen: Screen) -> Seat {
        self.seat(screen, &self.first).await
    }

    /// Another person with this role.
    pub async fn person(&self, name: &str, role: &str, screen: Screen) -> Seat {
        let added = command(self.folder.path()).args(["user", "add", name, "--role", role]).output().unwrap();
        let told = format!("{}{}", String::from_utf8_lossy(&added.stdout), String::from_utf8_lossy(&added.stderr));
        let path = told.split_whitespace().find_map(|word| word.split_once("/sign-in/once/"));
        let (_, token) = path.unwrap_or_else(|| panic!("no way to sign in: {told}"));
        self.seat(screen, &format!("{}/sign-in/once/{token}", self.address)).await
    }

    /// Somebody at the browser phone, which the demo opens to everybody.
    pub async fn visitor(&self, screen: Screen) -> Seat {
        let seat = Seat { browser: Browser::open(screen).await, address: self.address.clone() };
        seat.at("/phone?lang=en-US").await;
        seat.run("for (const it of ['muted', 'unhurried']) localStorage.setItem('phone.' + it, 'yes')").await;
        seat.at("/phone?lang=en-US").await;
        seat
    }

    async fn seat(&self, screen: Screen, link: &str) -> Seat {
        let seat = Seat { browser: Browser::open(screen).await, address: self.address.clone() };
        seat.driver.goto(link).await.unwrap();
        for field in ["password", "again"] {
            seat.shown(field).await.send_keys(PASSWORD).await.unwrap();
        }
        seat.click("choose").await;
        seat.gone("choose").await;
        seat.at("/desk").await;
        seat
    }

    /// Stops the server and starts another one at the same address.
    pub fn restart(&mut self) {
        drop(self.server.take());
        let at = self.address.strip_prefix("http://").unwrap().to_owned();
        self.server = Some(start(self.folder.path(), &at).0);
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            eprintln!("the server's log:\n{log}");
        }
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotline"));
    command.current_dir(folder).env_clear();
    command.env("HOTLINE_FLOWS", concat!(env!("CARGO_MANIFEST_DIR"), "/flows"));
    command
}

/// Starts the binary; gives where it is, and where the first admin signs in if nobody has yet.
fn start(folder: &Path, listen: &str) -> (Ended, String, Option<String>) {
    let log = File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut command = command(folder);
    command.env("HOTLINE_LISTEN", listen).stdout(Stdio::piped()).stderr(log);
    let mut process = Ended(command.spawn().unwrap());
    let (mut address, mut link) = (None, None);
    for line in BufReader::new(process.0.stdout.as_mut().unwrap()).lines().map_while(Result::ok) {
        let last = line.split_whitespace().last().unwrap_or_default();
        if let Some(found) = last.strip_suffix("/phone") {
            address = Some(found.to_owned());
        }
        if last.contains("/sign-in/once/") {
            link = Some(last.to_owned());
        }
        // The first time somebody has to be told where to sign in, which comes last.
        if address.is_some() && (link.is_some() || line.contains("health ") && folder.join("told").exists()) {
            break;
        }
    }
    std::fs::write(folder.join("told"), "").unwrap();
    (process, address.expect("the server did not start"), link)
}

impl Seat {
    /// Opens a page of the server.
    pub async fn at(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.address)).await.unwrap();
    }

    /// The text of what has a hook.
    pub async fn text(&self, hook: &str) -> String {
        self.shown(hook).await.text().await.unwrap()
    }

    /// Waits until a script tells the truth.
    pub async fn until(&self, script: &str) {
        let told = async || (self.run(script).await == true).then_some(());
        eventually(script, told).await;
    }

    /// Waits until what has a hook is not there any more.
    pub async fn gone(&self, hook: &str) {
        self.until(&format!("return document.querySelector('[data-testid={hook}]') === null")).await;
    }

    /// Waits until something on the page says this.
    pub async fn says(&self, hook: &str, words: &str) {
        let words = serde_json::to_string(words).unwrap();
        let found = format!("document.querySelectorAll('[data-testid={hook}]')");
        self.until(&format!("return Array.from({found}).some((it) => it.innerText.includes({words}))")).await;
    }

    /// Waits until it listens for changes.
    pub async fn is_live(&self) {
        self.css("[data-testid='link'][data-state='on']").await;
    }

    /// The request on the card.
    pub async fn request(&self) -> String {
        self.shown("card").await.attr("data-id").await.unwrap().unwrap()
    }

    /// Light or dark, as the person's machine says.
    pub async fn scheme(&self, scheme: &str) {
        let media = serde_json::json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// At the phone: calls a line and asks to be called back; gives the end of the number that called.
    pub async fn calls_for_a_callback(&self) -> &'static str {
        for name in ["DingPay", "Grace Miller"] {
            let option = self.driver.find(By::XPath(format!("//option[contains(., '{name}')]"))).await.unwrap();
            option.click().await.unwrap();
        }
        self.click("call").await;
        for (heard, pressed) in [
            ("For English, press two.", "key-2"),
            ("For complaints and anything else, press five.", "key-0"),
            ("", "desk-busy"),
            ("To be called as soon as possible, press one.", "key-1"),
            ("the number you are calling from", "key-1"),
            ("Your reference is", "hangup"),
        ] {
            let words = serde_json::to_string(heard).unwrap();
            let last = "document.querySelector('[data-testid=transcript] > .heard:last-of-type')";
            self.until(&format!("return {last}?.innerText.includes({words}) === true")).await;
            self.click(pressed).await;
        }
        "0106"
    }

    /// Keeps a picture of the whole page where somebody asked for it.
    pub async fn shot(&self, name: &str) {
        let Some(folder) = std::env::var_os("HOTLINE_SHOTS") else { return };
        let size = "return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]";
        let size = self.run(size).await;
        let metrics =
            serde_json::json!({ "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        self.driver.screenshot(&Path::new(&folder).join(format!("{name}.png"))).await.unwrap();
        self.devtools("Emulation.clearDeviceMetricsOverride", serde_json::json!({})).await;
    }

    pub async fn close(self) {
        self.browser.close().await;
    }
}
