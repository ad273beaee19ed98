//! Lines as admins make them: the pages over HTTP and in a browser, and calls that follow.

use crate::support::admin::Admin;
use crate::support::browser::{Screen, turn};
use crate::support::people::{Page, store};
use crate::support::server::{Home, Server, eventually};
use crate::support::studio::Studio;
use crate::support::twilio::{Call, PUBLIC, TOKEN, Twiml, Webhook};
use hotline::provider::{CONSOLES, Provider};
use hotline::store::LineRow;

const GUIDE: &str = include_str!("../../src/provider/README.md");

impl Admin<'_> {
    async fn makes(&self, number: &str, flow: &str, provider: &str) -> Page {
        self.post("/admin/lines", &[("number", number), ("flow", flow), ("provider", provider)]).await
    }
}

/// A call to a number itself, not to a flow by its name.
fn dials(number: &str) -> Webhook {
    let call = Call::to("", "+85261230160");
    call.webhook(&format!("{PUBLIC}/voice/twilio"), &[("CallStatus", "ringing")]).with("To", number)
}

async fn hears(server: &Server, number: &str) -> Twiml {
    let mut call = Call::to("", "+85261230160");
    call.hears(&server.send(&dials(number)).await);
    call.heard
}

#[tokio::test]
async fn a_number_made_a_line_is_answered_by_its_hotline_and_no_other_is() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    assert!(admin.get("/admin/lines").await.answer.body.contains("?flow=dingpay"), "without lines they go by name");
    let made = admin.makes("+852 2123 0001", "dingpay", "twilio").await;
    let to = made.location.unwrap();
    assert!(made.answer.status == 303 && to.starts_with("/admin/lines/85221230001?provider=twilio&since="), "{to}");
    assert!(!hears(&server, "+85221230001").await.hangs_up());
    assert!(hears(&server, "+85221230002").await.hangs_up(), "what is not listed is not in service");
    // As by another server: it shows here soon.
    let other = store(&home).await;
    let row = LineRow {
        number: "+85221230002".into(),
        flow: "upay".into(),
        provider: None,
        voices: r#"{"twilio":{"zh-CN":"Polly.Zhiyu"},"tomorrow":{"zh-CN":"x"}}"#.into(),
        rev: 1,
        who: "bert".into(),
        at: 0,
    };
    assert!(other.add_line(&row).await.unwrap());
    eventually("the line of another server answers", async || {
        (!hears(&server, "+85221230002").await.hangs_up()).then_some(())
    })
    .await;
    assert!(server.send(&dials("85221230002")).await.body.contains("Polly.Zhiyu"), "its voices are spoken");
    assert!(other.remove_line("+85221230002", 1).await.unwrap());
    eventually("the line is gone", async || hears(&server, "+85221230002").await.hangs_up().then_some(())).await;
    other.close().await;
    let list = admin.get("/admin/lines").await.answer.body;
    assert!(list.contains("+85221230001") && !list.contains("+85221230002"), "{list}");
    // What was done to a line is found by its number, as it is typed.
    let changed = admin.post("/admin/lines/85221230001", &[("flow", "upay"), ("rev", "1")]).await;
    assert_eq!(changed.answer.status, 303);
    let log = admin.reads("/admin/log?of=%2B85221230001").await;
    assert_eq!(log.matches("class=\"of\"").count(), 2, "{log}");
}

#[tokio::test]
async fn what_stands_between_a_provider_and_us_is_told_in_the_readers_language() {
    let home = Home::new().set("HOTLINE_PUBLIC_URL", "http://127.0.0.1:1");
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    admin.makes("+85221230001", "dingpay", "twilio").await;
    let at = "/admin/lines/85221230001?check=1&since=0&provider=twilio&lang=";
    for (lang, told) in [
        ("zh-CN", "<li>从本机无法访问 http://127.0.0.1:1："),
        ("ja-JP", "<li>ここから http://127.0.0.1:1 に接続できません："),
        ("en-US", "<li>http://127.0.0.1:1 cannot be reached from here: "),
    ] {
        let shown = admin.reads(&format!("{at}{lang}")).await;
        assert!(shown.contains(told), "{lang}: {shown}");
    }
}

#[tokio::test]
async fn why_a_webhook_was_refused_is_told_in_the_readers_language_or_marked_as_english() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    admin.makes("+85221230001", "dingpay", "twilio").await;
    for (sent, told) in [
        (dials("+85221230001").signed("another token"), "<span>签名缺失或不符。"),
        (
            dials("+85221230001").with("CallSid", ""),
            "<span lang=\"en\">the request is not of the form this provider sends: ",
        ),
    ] {
        assert!(server.send(&sent).await.status >= 400, "{told}");
        let shown = admin.reads("/admin/lines/85221230001?since=0&provider=twilio&lang=zh-CN").await;
        assert!(shown.contains(told) && shown.contains("拒绝了 Twilio 的一个请求："), "{told}: {shown}");
        let arrived = "/admin/lines/85221230001/arrived?provider=twilio&since=0&lang=zh-CN";
        let json: serde_json::Value = serde_json::from_str(&admin.reads(arrived).await).unwrap();
        assert_eq!(json["refused"]["why"]["foreign"].as_str(), told.contains("lang").then_some("en"));
    }
}

#[tokio::test]
async fn numbers_that_cannot_be_lines_are_refused_with_the_mend() {
    let home = Home::new();
    let file =
        "[[lines]]\nnumber = \"+85221230003\"\nflow = \"upay\"\n[lines.voices.twilio]\nzh-CN = \"Polly.Zhiyu\"\n";
    home.write("hotline.toml", file);
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    for (number, flow, provider, told) in [
        ("", "upay", "twilio", "is no telephone number"),
        ("85221230001", "upay", "twilio", "with its country&#39;s code"),
        ("<b>1</b>", "upay", "twilio", "“&#60;b&#62;1&#60;/b&#62;” is no telephone number"),
        ("+85221230003", "dingpay", "twilio", "is a line of the settings already (hotline.toml:2:10)"),
        ("+852 2123 0003", "dingpay", "twilio", "those win"),
        ("+85221230001", "nothing", "twilio", "There is no hotline “nothing” in service"),
        ("+85221230001", "upay", "phone", "Choose a provider"),
    ] {
        let refused = admin.makes(number, flow, provider).await.answer;
        assert!(refused.status == 422 && refused.body.contains(told), "{number} {flow}: {}", refused.body);
        assert!(refused.body.contains("aria-invalid"), "{number}");
    }
    assert_eq!(admin.makes("+85221230001", "upay", "twilio").await.answer.status, 303);
    let again = admin.makes("+85221230001", "dingpay", "twilio").await.answer;
    assert!(again.status == 422 && again.body.contains("is a line already, to “upay”"), "{}", again.body);
    // What stands in the settings is shown and has nothing to change it with.
    let fixed = admin.get("/admin/lines/85221230003").await.answer.body;
    assert!(fixed.contains("hotline.toml:2:10") && fixed.contains("Polly.Zhiyu"), "{fixed}");
    assert!(!fixed.contains("data-testid=\"save\"") && !fixed.contains("data-testid=\"remove\""), "{fixed}");
    admin.post("/admin/lines/85221230003", &[("flow", "dingpay"), ("rev", "1")]).await;
    admin.post("/admin/lines/85221230003/remove", &[("rev", "1")]).await;
    assert!(admin.get("/admin/lines/85221230003").await.answer.body.contains("<small>upay</small>"));
}

#[tokio::test]
async fn a_changed_line_is_not_overwritten_unseen() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    admin.makes("+85221230001", "dingpay", "twilio").await;
    let at = "/admin/lines/85221230001";
    let form = |flow, voice, rev| [("flow", flow), ("voice.twilio.zh-CN", voice), ("rev", rev)];
    assert_eq!(admin.post(at, &form("upay", "Polly.Zhiyu", "1")).await.answer.status, 303);
    let late = admin.post(at, &form("dingpay", "", "1")).await.answer;
    assert!(late.status == 409 && late.body.contains("Somebody else has changed this line"), "{}", late.body);
    assert!(late.body.contains("value=\"Polly.Zhiyu\"") && late.body.contains("<small>upay</small>"), "{}", late.body);
    assert!(server.send(&dials("+85221230001")).await.body.contains("Polly.Zhiyu"));
    assert_eq!(admin.post(&format!("{at}/remove"), &[("rev", "1")]).await.answer.status, 409);
    assert_eq!(admin.post(&format!("{at}/remove"), &[("rev", "2")]).await.answer.status, 303);
    assert!(admin.get(at).await.location.as_deref() == Some("/admin/lines"), "it is gone");
}

#[tokio::test]
async fn the_wizard_says_what_to_enter_at_each_provider_and_never_shows_a_secret() {
    let home = Home::new().set("HOTLINE_PLIVO_AUTH_TOKEN", "the-token-of-plivo");
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    admin.makes("+85221230001", "digital-wallet", "plivo").await;
    for console in &CONSOLES {
        for lang in ["en-US", "zh-CN", "ja-JP"] {
            let at = format!("/admin/lines/85221230001?provider={}&lang={lang}", console.provider);
            let shown = admin.get(&at).await.answer.body;
            let calls = format!("{PUBLIC}/voice/{}", console.provider);
            let (setting, variable) = (console.setting(), console.variable());
            for told in [&*calls, console.calls, &*setting, &*variable, &*console.end_at(PUBLIC).unwrap_or_default()] {
                assert!(shown.contains(told), "{at}: {told}");
            }
            assert!(!shown.contains(TOKEN) && !shown.contains("the-token-of-plivo"), "{at}");
            for hole in ["{provider}", "{field}", "{setting}", "{place}", "{secret}", "{method}"] {
                assert!(!shown.contains(hole), "{at}: {hole}");
            }
        }
    }
    let (plivo, telnyx) = (
        admin.get("/admin/lines/85221230001?provider=plivo").await.answer.body,
        admin.get("/admin/lines/85221230001?provider=telnyx").await.answer.body,
    );
    assert!(plivo.contains("The secret of Plivo is set") && telnyx.contains("No secret of Telnyx is set"));
    // What the check says of a flow in a language that nobody there speaks.
    let warned = "the provider plivo has no voice for zh-HK: its callers are not offered it";
    assert!(plivo.contains(warned) && admin.get("/admin/lines").await.answer.body.contains(warned));
    let marked = [("rev", "1"), ("voice.plivo.zh-HK", "<say-as>")];
    let refused = admin.post("/admin/lines/85221230001?lang=en-US", &marked).await.answer;
    assert!(
        refused.status == 422
            && refused.body.contains("“&#60;say-as&#62;” is markup, and no name of a voice (plivo.zh-HK)"),
        "{}",
        refused.body
    );
    admin.post("/admin/lines/85221230001", &[("rev", "1"), ("voice.plivo.zh-HK", "Polly.Hiujin")]).await;
    assert!(!admin.get("/admin/lines").await.answer.body.contains(warned));
}

/// The guide and the wizard are one: every term of the console stands in the guide's section, and every
/// term the guide sets apart is one the wizard names.
#[test]
fn the_wizard_and_the_guide_say_the_same() {
    let known: Vec<Provider> = Provider::ALL.iter().copied().filter(|provider| !provider.secret().is_empty()).collect();
    assert_eq!(CONSOLES.iter().map(|console| console.provider).collect::<Vec<_>>(), known);
    for console in &CONSOLES {
        let head = format!("\n## {}\n", console.title);
        let section = GUIDE.split(&head).nth(1).unwrap_or_else(|| panic!("{head}"));
        let section = section.split("\n## ").next().unwrap();
        let flat = section.split_whitespace().collect::<Vec<_>>().join(" ");
        for term in [console.place, console.calls].into_iter().chain(console.end).chain(console.secret) {
            assert!(flat.to_lowercase().contains(&term.to_lowercase()), "{}: {term}: {flat}", console.title);
        }
        assert!(console.lines.is_none_or(|lines| section.contains(lines)), "{}", console.title);
        assert!(flat.contains("POST") || flat.contains("`post`") || console.provider == Provider::VoiceXml, "{flat}");
        let set_apart = flat.replace("**", "");
        for term in set_apart.split('*').skip(1).step_by(2).filter(|term| *term != "Primary handler fails") {
            assert!(Some(term) == console.end || term == console.calls, "{}: {term}", console.title);
        }
        let end = console.end_at("PUBLIC").map_or("by itself".to_owned(), |end| format!("`{end}`"));
        let row = format!(
            "| {} | `{}` | {end} | `{}` | `{}` |",
            console.title,
            console.calls_at("PUBLIC"),
            console.provider.secret(),
            console.variable()
        );
        assert!(GUIDE.contains(&row), "{row}");
    }
}

#[tokio::test]
async fn an_admin_sets_a_number_up_and_sees_its_first_call_arrive() {
    let _turn = turn().await;
    let home = Home::new();
    let server = home.start();
    let anna = Studio::open(&home, &server, Screen::Desk).await;
    anna.at("/admin/lines?lang=en-US").await;
    anna.shoot("lines-none").await;
    anna.click("new").await;
    anna.fill("number", "852212").await;
    anna.click("make").await;
    anna.says("fault", "is no telephone number").await;
    anna.is_without_fault("a number refused").await;
    anna.shoot("line-new-refused").await;
    // That it was refused is an answer that browsers write down.
    anna.complaints().await;
    anna.fill("number", "+85221230001").await;
    anna.choose("flow", "dingpay").await;
    anna.types(thirtyfour::Key::Tab).await;
    anna.tabs_to("make").await;
    anna.types(thirtyfour::Key::Enter).await;
    anna.says("calls-at", &format!("{PUBLIC}/voice/twilio")).await;
    anna.says("secret", "is set on this server").await;
    anna.says("arrived", "Waiting for a call to +85221230001 by Twilio").await;
    // Signed with another secret: nobody is believed, and it shows why.
    let forged = dials("+85221230001").signed("another token");
    assert_eq!(server.send(&forged).await.status, 403);
    anna.says("refused", "the signature is missing or does not fit").await;
    anna.shoot("line-refused").await;
    server.send(&dials("+85221230001")).await;
    anna.says("arrived", "A call arrived.").await;
    anna.says("arrived", "from +852 ").await;
    anna.is_without_fault("a call arrived").await;
    anna.shoot("line-arrived").await;
    // Without the script too.
    anna.click("again").await;
    anna.says("arrived", "A call arrived.").await;
    anna.click("check").await;
    anna.says("reach", "would not reach this server").await;
    anna.is_without_fault("the way checked").await;
    anna.close().await;
}

#[tokio::test]
async fn the_pages_of_lines_are_without_fault_in_every_language_and_on_the_smallest_screen() {
    let _turn = turn().await;
    let home = Home::new().set("HOTLINE_PLIVO_AUTH_TOKEN", "the-token-of-plivo");
    let file = "[[lines]]\nnumber = \"+85221230003\"\nflow = \"digital-wallet\"\n[lines.voices.twilio]\nzh-CN = \"Polly.Zhiyu\"\n";
    home.write("hotline.toml", file);
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    admin.makes("+85221230001", "digital-wallet", "freeswitch").await;
    server.send(&dials("+85221230003")).await;
    let small = Studio::open(&home, &server, Screen::Small).await;
    for (lang, word) in [("zh-CN", "号码"), ("ja-JP", "回線"), ("en-US", "Lines")] {
        for (n, at) in
            ["lines", "lines/new", "lines/85221230001", "lines/85221230003?provider=bandwidth"].iter().enumerate()
        {
            let path = format!("/admin/{at}{}lang={lang}", if at.contains('?') { '&' } else { '?' });
            small.at(&path).await;
            small.css("h1").await;
            small.fits(&path).await;
            small.is_without_fault(&path).await;
            small.shoot(&format!("line-small-{lang}-{n}")).await;
            if n == 0 {
                assert_eq!(small.css("h1").await.text().await.unwrap(), word);
            }
        }
    }
    small.close().await;
    let wide = Studio::open(&home, &server, Screen::Desk).await;
    for lang in ["zh-CN", "ja-JP", "en-US"] {
        for (n, at) in ["lines", "lines/85221230001", "lines/85221230003?provider=bandwidth"].iter().enumerate() {
            wide.at(&format!("/admin/{at}{}lang={lang}", if at.contains('?') { '&' } else { '?' })).await;
            wide.shoot(&format!("line-{lang}-{n}")).await;
        }
    }
    wide.close().await;
}
