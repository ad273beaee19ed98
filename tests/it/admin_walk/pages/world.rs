//! A server on which somebody has typed what would run if it became markup, wherever one can type.

use crate::support::admin::Admin;
use crate::support::people::store;
use crate::support::rows::effect;
use crate::support::server::{Home, Server, eventually};
use crate::support::twilio::Call;
use hotline::store::*;
use hotline::words::{Lang, clock};

/// It leaves an attribute, and then is an element that runs.
pub const EVIL: &str = "\"><img src=x onerror=alert(1)><script>alert(2)</script>'{{7*7}}";

/// What was made.
pub struct World {
    /// A call of somebody with such a name.
    pub call: String,
    pub notice: String,
    /// Two versions of DingPay's hotline, the newest first.
    pub versions: (String, String),
}

/// A page, as text.
pub async fn get(home: &Home, server: &Server, path: &str) -> String {
    let admin = Admin::of(home, server).await;
    admin.reads(path).await
}

impl Admin<'_> {
    /// Sends a form that must be taken.
    async fn does(&self, method: &str, path: &str, form: &[(&str, &str)]) {
        let told = self.send(method, path, form).await.answer;
        assert!(matches!(told.status, 200 | 303), "{path}: {told:?}");
    }

    /// Changes the text of a hotline's draft.
    async fn edits(&self, flow: &str, from: &str, to: &str) {
        let shown = self.reads(&format!("/admin/flows/{flow}/text")).await;
        let text = plain(shown.split_once("rows=\"32\">\n").unwrap().1.split_once("</textarea>").unwrap().0);
        assert!(text.contains(from), "{from}");
        let (file, rev) = (format!("{flow}.yaml"), attribute(&shown, "name=\"rev\" value=\""));
        let form = [("file", file.as_str()), ("rev", &rev), ("text", &text.replacen(from, to, 1))];
        self.does("PUT", &format!("/admin/flows/{flow}/text"), &form).await;
    }

    /// Publishes the draft.
    async fn publishes(&self, flow: &str, form: &[(&str, &str)]) {
        let shown = self.reads(&format!("/admin/flows/{flow}/review")).await;
        let rev = attribute(&shown, "name=\"rev\" value=\"");
        let all = [&[("rev", rev.as_str()), ("note", EVIL)], form].concat();
        self.does("POST", &format!("/admin/flows/{flow}/publish"), &all).await;
    }
}

impl World {
    pub async fn make(home: &Home, server: &Server) -> World {
        let admin = Admin::of(home, server).await;
        let store = store(home).await;
        let call = calls(home, &store, server).await;
        versions(home, &admin).await;
        let releases = store.releases("dingpay").await.unwrap();
        let versions = (releases[0].id.clone(), releases[1].id.clone());
        words(&admin, &store).await;
        parks(&store).await;
        let notice = store.all_notices().await.unwrap().remove(0).put.id;
        store.close().await;
        World { call, notice, versions }
    }
}

/// Calls that came in, one from somebody who is known under such a name and one from such a number;
/// gives the first.
async fn calls(home: &Home, store: &Store, server: &Server) -> String {
    let name = EVIL.replace('"', "\"\"");
    let row = format!("account,name,number,language,state,pin\n77001122,\"{name}\",+85261230601,en-US,active,604821\n");
    home.write("customers.csv", &row);
    let done = home.run(&["import", "customers", "customers.csv"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let mut first = Call::from("+85261230601");
    first.dial(server).await;
    first.press(server, "3").await;
    server.send(&first.status("completed")).await;
    for (flow, from) in [("paypay", EVIL), ("upay", "+85261230602")] {
        let mut call = Call::to(flow, from);
        call.dial(server).await;
        server.send(&call.status("completed")).await;
    }
    call_of(store, "digital-wallet").await
}

/// The only call of a hotline.
async fn call_of(store: &Store, line: &str) -> String {
    let wanted = CallFilter { line: Some(line.to_owned()), ..CallFilter::default() };
    store.find_calls(&wanted, None, 10).await.unwrap().remove(0).id
}

/// Drafts and versions in every state there is.
async fn versions(home: &Home, admin: &Admin<'_>) {
    for (flow, when) in [
        ("dingpay", &[("when", "now")][..]),
        ("upay", &[("when", "at"), ("at", "2099-01-01T00:00"), ("zone", "Asia/Tokyo")]),
        ("paypay", &[("when", "share"), ("percent", "50"), ("margin", "10")]),
    ] {
        admin.edits(flow, "steps:", &format!("# {EVIL}\nsteps:")).await;
        admin.publishes(flow, when).await;
    }
    // One draft cannot be published.
    admin.edits("paypay", "then: welcome", "then: nowhere").await;
    let text = EVIL.replace('\'', "''");
    admin.edits("digital-wallet", "Hello, this is digital wallet support.", &format!("'{text}'")).await;
    // A file changes beside the version that was published.
    let file = home.path("flows/dingpay.yaml");
    let told = std::fs::read_to_string(&file).unwrap().replacen("steps:", &format!("# on disk {EVIL}\nsteps:"), 1);
    std::fs::write(&file, told).unwrap();
    admin.server.hang_up();
    eventually("the file's version is there", async || {
        admin.reads("/admin/flows/dingpay/disk").await.contains("on disk").then_some(())
    })
    .await;
}

/// A notice, a day of a calendar, a line and the name of a token.
async fn words(admin: &Admin<'_>, store: &Store) {
    // Markup in a notice is refused at its page; one from before that is still shown as it is.
    let notice = NewNotice {
        id: "evil".to_owned(),
        line: Some("dingpay".to_owned()),
        texts: [Lang::ZhCn, Lang::EnUs].map(|lang| (lang, EVIL.to_owned())).into(),
        from: 0,
        until: Some(clock::now().as_millisecond() * 2),
        closes: false,
        on: true,
    };
    assert!(store.add_notice(&notice, Some(EVIL), 0).await.unwrap());
    let office = "/admin/calendars/digital-wallet/china-office";
    let rev = attribute(&admin.reads(office).await, "name=\"rev\" value=\"");
    let day = [("date", "2026-06-01"), ("kind", "closed"), ("hours", ""), ("why", EVIL), ("rev", rev.as_str())];
    admin.does("POST", &format!("{office}/day"), &day).await;
    let line = [("number", "+85221230001"), ("flow", "digital-wallet"), ("provider", "twilio")];
    admin.does("POST", "/admin/lines", &line).await;
    admin.does("POST", "/desk/me/tokens", &[("label", "\"><script>alert(2)</script>")]).await;
}

/// A message that could not be delivered, for a reason of somebody else's.
async fn parks(store: &Store) {
    let at = clock::now().as_millisecond();
    let to = Ok("+85261238201".to_owned());
    let (key, line, body) = (effect(1), "digital-wallet".to_owned(), EVIL.to_owned());
    let new = NewMessage { key, kind: OutboxKind::Sms, line, to, body, test: false, at };
    let Put::Accepted(id) = store.put_message(&new, &MessageLimits::default()).await.unwrap() else {
        panic!("refused")
    };
    let claimed = store.claim_outbox(Sending::All, at, 60_000, 10).await.unwrap();
    let row = claimed.iter().find(|row| row.id == id).unwrap();
    assert!(store.outbox_failed(row, EVIL, AfterTry::Park, at).await.unwrap());
}

fn attribute(text: &str, before: &str) -> String {
    text.split_once(before).unwrap_or_else(|| panic!("{before}: {text}")).1.split_once('"').unwrap().0.to_owned()
}

/// A text as it was before it was written into a page.
fn plain(text: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}
