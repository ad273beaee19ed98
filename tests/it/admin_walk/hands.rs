//! How somebody uses a page: by the words that stand on it, with a mouse or with the keyboard alone.
//! Knows nothing of how pages are made.

use crate::support::browser::{LOOK, PATIENCE};
use crate::support::server::eventually;
use crate::support::studio::Studio;
use serde_json::{Value, json};
use thirtyfour::prelude::*;

/// Things to press or fill that go by this name, shown, the ones nearest to some words first.
const FIND: &str = "
    const [name, near] = arguments;
    const plain = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
    const called = (it) => plain(it.getAttribute('aria-label') ?? (it.labels?.length ? Array.from(it.labels, (label) => label.innerText).join(' ') : it.innerText));
    const all = 'a[href], button, summary, input:not([type=hidden]), select, textarea';
    const found = Array.from(document.querySelectorAll(all)).filter((it) => it.checkVisibility() && called(it) === name);
    const around = (it) => {
        if (it.value?.includes(near)) return 0;
        for (let box = it; box; box = box.parentElement) if (plain(box.innerText).includes(near)) return box.innerText.length;
        return Infinity;
    };
    if (near === '') return found[0] ?? null;
    return found.sort((a, b) => around(a) - around(b)).find((it) => around(it) < Infinity) ?? null;";

/// What has the focus: what kind of thing, its name, whether one sees that it has it, and whether
/// anything stands in front of it.
const FOCUSED: &str = "
    const it = document.activeElement;
    if (!it || it === document.body || it === document.documentElement) return null;
    const plain = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
    const by = (it.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
    const labels = Array.from(it.labels ?? [], (label) => label.innerText).join(' ');
    const name = plain(it.getAttribute('aria-label')) || plain(by) || plain(labels) || plain(it.innerText ?? it.textContent);
    const kinds = { a: 'link', button: 'button', summary: 'button', select: 'choice', textarea: 'field', input: 'field' };
    const ring = (one) => { const style = getComputedStyle(one); return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 1) || style.boxShadow !== 'none'; };
    const drawn = it.closest('svg') && Array.from(it.querySelectorAll('*')).some((one) => parseFloat(getComputedStyle(one).strokeWidth) >= 3);
    const box = it.getClientRects()[0];
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)], [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    const inside = right > left && bottom > top;
    const front = inside ? document.elementFromPoint((left + right) / 2, (top + bottom) / 2) : null;
    const free = front !== null && (it.contains(front) || front.contains(it) || Array.from(it.labels ?? []).some((label) => label.contains(front)));
    return { kind: kinds[it.localName] ?? it.localName, name, ring: ring(it) || drawn || ring(it.parentElement), free, html: it.outerHTML.slice(0, 160) };";

/// More steps of the tab key than any page takes.
const TABS: usize = 400;

impl Studio {
    /// Waits until these words are on the page, as a person reads it.
    pub async fn reads(&self, words: &str) {
        self.reads_all(&[words]).await;
    }

    /// Waits until all of these are.
    pub async fn reads_all(&self, words: &[&str]) {
        let asked = json!(words).to_string();
        let told = "document.querySelector('main')?.innerText.replace(/\\s+/g, ' ') ?? ''";
        let script = format!("const told = {told}; return {asked}.every((words) => told.includes(words))");
        self.until(&script).await;
    }

    /// What goes by this name, the nearest to some words; empty: the first.
    pub async fn named(&self, name: &str, near: &str) -> WebElement {
        let what = format!("`{name}` stands by `{near}`");
        eventually(&what, async || {
            let found = self.driver.execute(FIND, vec![json!(name), json!(near)]).await.unwrap();
            found.element().ok()
        })
        .await
    }

    /// Presses what goes by this name.
    pub async fn presses(&self, name: &str) {
        self.presses_at(name, "").await;
    }

    /// Presses what goes by this name nearest to some words, as in one row of a table.
    pub async fn presses_at(&self, name: &str, near: &str) {
        self.named(name, near).await.click().await.unwrap();
    }

    /// Waits until these words are not on it any more.
    pub async fn reads_not(&self, words: &str) {
        let words = json!(words).to_string();
        self.until(&format!("return !document.querySelector('main').innerText.includes({words})")).await;
    }

    /// Writes into the field of this name, in place of what stands there.
    pub async fn writes(&self, name: &str, text: &str) {
        self.writes_at(name, "", text).await;
    }

    /// The same into the one that holds some words, or stands nearest to them.
    pub async fn writes_at(&self, name: &str, near: &str, text: &str) {
        let field = self.named(name, near).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// What has the focus, by kind and name, which must be in sight; none: nothing has it.
    async fn focus(&self) -> Option<(String, String)> {
        let found = self.run(FOCUSED).await;
        if found.is_null() {
            return None;
        }
        assert_eq!(
            (&found["ring"], &found["free"]),
            (&json!(true), &json!(true)),
            "the focus is not in sight: {found}"
        );
        let text = |name: &str| found[name].as_str().map(str::to_owned).unwrap_or_default();
        Some((text("kind"), text("name")))
    }

    /// Goes on with the tab key to the next thing of this kind whose name begins so.
    pub async fn tab_to(&self, kind: &str, name: &str) {
        self.tabs_until(kind, name, false).await;
    }

    /// The same backwards.
    pub async fn tab_back_to(&self, kind: &str, name: &str) {
        self.tabs_until(kind, name, true).await;
    }

    async fn tabs_until(&self, kind: &str, name: &str, back: bool) {
        let mut met = Vec::new();
        for _ in 0..TABS {
            let chain = self.driver.action_chain();
            let chain = match back {
                true => chain.key_down(Key::Shift).send_keys(Key::Tab).key_up(Key::Shift),
                false => chain.send_keys(Key::Tab),
            };
            chain.perform().await.unwrap();
            let Some(found) = self.focus().await else { continue };
            if found.0 == kind && found.1.starts_with(name) {
                return;
            }
            met.push(found);
        }
        panic!("{kind} `{name}` cannot be reached with the tab key, only {met:?}");
    }

    /// Presses a key of the computer's keyboard, wherever the focus is.
    pub async fn strikes(&self, keys: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// Writes over what stands in the field that has the focus.
    pub async fn overwrites(&self, text: &str) {
        let all = self.driver.action_chain().key_down(Key::Control).send_keys("a").key_up(Key::Control);
        all.send_keys(text).perform().await.unwrap();
    }

    /// The focus is where it was put: on something of this kind and name.
    pub async fn stays_on(&self, kind: &str, name: &str) {
        let found = self.focus().await;
        assert!(found.as_ref().is_some_and(|it| it.0 == kind && it.1.starts_with(name)), "{kind} {name}: {found:?}");
    }

    /// Waits until something has the focus that is no link or field, such as a part of the page that
    /// was opened.
    pub async fn is_led_to(&self, words: &str) {
        let words = json!(words).to_string();
        self.until(&format!(
            "return document.activeElement !== document.body && document.activeElement.innerText?.includes({words}) === true"
        ))
        .await;
    }

    /// Everything pressed or shown that a script of somebody else's would leave behind.
    pub async fn traces(&self) -> Value {
        self.run(
            "return [...(window.alerts ?? []), ...Array.from(document.querySelectorAll('[onerror], [onload], img[src=x], script:not([src], [type=\"application/json\"])'), (it) => it.outerHTML.slice(0, 120))]",
        )
        .await
    }

    /// From the next page on, whatever would open a box with words is written down.
    pub async fn notes_alerts(&self) {
        let source = "window.alerts = []; window.alert = (words) => window.alerts.push('alert: ' + words)";
        self.devtools("Page.enable", json!({})).await;
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
    }

    /// As wide and high as this, from now on.
    pub async fn measures(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// The clocks on the wall are those of this place.
    pub async fn lives_in(&self, zone: &str) {
        self.devtools("Emulation.setTimezoneOverride", json!({ "timezoneId": zone })).await;
    }

    /// A hook that is not there after all is waited for no longer than anything else.
    pub async fn finds(&self, selector: &str) -> WebElement {
        self.driver.query(By::Css(selector)).wait(PATIENCE, LOOK).first().await.unwrap()
    }
}
