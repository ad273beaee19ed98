//! An admin in front of a browser, at a server of this test.

use super::browser::{Browser, Screen};
use super::people::{session, store};
use super::server::{Home, Server, eventually};
use crate::desk_page::rules::axe;
use hotline::words::Role;
use std::ops::Deref;

/// An admin's browser, signed in.
pub struct Studio {
    browser: Browser,
    address: String,
}

impl Deref for Studio {
    type Target = Browser;
    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl Studio {
    /// Opens one. Whoever does has a browser's turn.
    pub async fn open(home: &Home, server: &Server, screen: Screen) -> Studio {
        let store = store(home).await;
        let session = session(&store, Role::Admin).await;
        store.close().await;
        Studio::at_server(server.address(), &session, screen).await
    }

    /// Opens one at a server's address, in a session as browsers send it.
    pub async fn at_server(address: &str, session: &str, screen: Screen) -> Studio {
        let studio = Studio { browser: Browser::open(screen).await, address: address.to_owned() };
        studio.devtools("Network.enable", serde_json::json!({})).await;
        studio.becomes(session).await;
        studio
    }

    /// Somebody else sits down in front of it.
    pub async fn becomes(&self, session: &str) {
        let (name, value) = session.split_once('=').unwrap();
        let cookie = serde_json::json!({
            "name": name, "value": value, "url": self.address, "path": "/", "secure": true, "httpOnly": true,
        });
        self.devtools("Network.setCookie", cookie).await;
    }

    /// Opens a page of the server.
    pub async fn at(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.address)).await.unwrap();
    }

    /// Types into the field with a hook, in place of what stands there.
    pub async fn fill(&self, hook: &str, text: &str) {
        let field = self.shown(hook).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses in the select with a hook.
    pub async fn choose(&self, hook: &str, value: &str) {
        self.css(&format!("[data-testid='{hook}'] option[value='{value}']")).await.click().await.unwrap();
    }

    /// Waits until a script tells the truth.
    pub async fn until(&self, script: &str) {
        eventually(script, async || (self.run(script).await == true).then_some(())).await;
    }

    /// Waits until something on the page says this.
    pub async fn says(&self, hook: &str, words: &str) {
        let words = serde_json::to_string(words).unwrap();
        let found = format!("document.querySelectorAll('[data-testid={hook}]')");
        self.until(&format!("return Array.from({found}).some((it) => it.innerText.includes({words}))")).await;
    }

    /// Holds the page against what every page is held against: axe-core in light and dark.
    pub async fn is_without_fault(&self, page: &str) {
        let script = std::fs::read_to_string(axe()).unwrap();
        for scheme in ["light", "dark"] {
            let media = serde_json::json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            self.devtools("Emulation.setEmulatedMedia", media).await;
            self.run("document.querySelectorAll('details').forEach((it) => { it.open = true })").await;
            self.driver.execute(script.as_str(), Vec::new()).await.unwrap();
            let run = "const done = arguments[arguments.length - 1];
                const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
                axe.run(document, { runOnly: { type: 'tag', values: tags } }).then(
                    (told) => done(told.violations.map((it) => it.id + ': ' + it.nodes.slice(0, 3).map((node) => node.html + ' ' + node.failureSummary).join(' | '))),
                    (error) => done(['axe did not run: ' + error]))";
            let told = self.driver.execute_async(run, Vec::new()).await.unwrap();
            assert_eq!(told.json(), &serde_json::json!([]), "{page} {scheme}");
        }
    }

    /// Nothing is wider than the screen.
    pub async fn fits(&self, page: &str) {
        self.run("document.querySelectorAll('details').forEach((it) => { it.open = true })").await;
        let wide = "return Array.from(document.querySelectorAll('body *')).filter((it) => !it.closest('.scroll, .unseen, .skip, pre')
            && it.getBoundingClientRect().right > innerWidth + 1).map((it) => it.outerHTML.slice(0, 120)).slice(0, 3).join(' ')";
        assert_eq!(self.run(wide).await, "", "{page}");
        assert_eq!(self.run("return document.documentElement.scrollWidth <= innerWidth").await, true, "{page}");
    }

    /// Keeps a picture of the page where HOTLINE_SHOTS says, for whoever looks at it.
    pub async fn shoot(&self, name: &str) {
        let Ok(folder) = std::env::var("HOTLINE_SHOTS") else { return };
        let height = self.run("return document.documentElement.scrollHeight").await.as_i64().unwrap_or(800);
        let width = self.run("return innerWidth").await.as_i64().unwrap_or(1280);
        let metrics = serde_json::json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let picture = self.driver.screenshot_as_png().await.unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), picture).unwrap();
        self.devtools("Emulation.clearDeviceMetricsOverride", serde_json::json!({})).await;
    }

    pub async fn close(self) {
        self.browser.close().await;
    }
}
