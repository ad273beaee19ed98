//! What holds of drafts whatever the page: two who edit at once, faults that are kept and not published,
//! text that stays text, sizes.

use crate::support::people::{accept, page, session, store};
use crate::support::rows::{begin, turn};
use crate::support::server::{Answer, Home, Server};
use crate::support::twilio::Call;
use hotline::store::{LogFilter, Person, TurnRow};
use hotline::words::{CallId, Role, clock};
use serde_json::Value;

pub const FLOW: &str = "/admin/flows/digital-wallet";

/// A server, and an admin who is signed in.
pub struct Studio {
    pub server: Server,
    pub session: String,
    pub home: Home,
}

impl Studio {
    pub async fn open() -> Studio {
        let home = Home::new().set("HOTLINE_FLOWS", concat!(env!("CARGO_MANIFEST_DIR"), "/flows"));
        let server = home.start();
        let session = session(&store(&home).await, Role::Admin).await;
        Studio { server, session, home }
    }

    pub async fn get(&self, path: &str) -> Answer {
        page(self.server.request("GET", path).header("cookie", &self.session).header("accept-language", "en"))
            .await
            .answer
    }

    pub async fn send(&self, method: &str, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let request = self.server.request(method, path).header("cookie", &self.session);
        page(request.header("accept-language", "en").form(pairs)).await.answer
    }

    /// The text of the hotline as the editor shows it, and the rev it was read at.
    pub async fn text(&self) -> (String, String) {
        let shown = self.get(&format!("{FLOW}/text")).await.body;
        let text = shown.split_once("rows=\"32\">\n").unwrap().1.split_once("</textarea>").unwrap().0;
        (plain(text), attribute(&shown, "name=\"rev\" value=\""))
    }

    /// The form of a step, as a browser would send it.
    pub async fn form(&self, step: &str) -> Vec<(String, String)> {
        let shown = self.get(&format!("{FLOW}/step?file=digital-wallet.yaml&name={step}")).await.body;
        let mut pairs =
            vec![("file".to_owned(), "digital-wallet.yaml".to_owned()), ("name".to_owned(), step.to_owned())];
        pairs.push(("seen".to_owned(), attribute(&shown, "name=\"seen\" value=\"")));
        for part in shown.split("name=\"f.").skip(1) {
            let (name, rest) = part.split_once('"').unwrap();
            let tag = rest.split_once('>').unwrap().0;
            let value = if tag.contains("value=\"") {
                attribute(tag, "value=\"")
            } else if let Some((_, chosen)) =
                rest.split_once("</select>").and_then(|(all, _)| all.split_once(" selected>"))
            {
                chosen.split_once('<').unwrap().0.to_owned()
            } else {
                rest.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned()
            };
            pairs.push((format!("f.{name}"), plain(&value)));
        }
        pairs
    }

    pub async fn put(&self, pairs: &[(String, String)]) -> Answer {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.send("PUT", &format!("{FLOW}/step"), &pairs).await
    }
}

pub fn attribute(text: &str, before: &str) -> String {
    text.split_once(before).unwrap().1.split_once('"').unwrap().0.to_owned()
}

/// A text as it was before it was written into a page.
fn plain(text: &str) -> String {
    [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{answer:?}"))
}

pub fn with(mut pairs: Vec<(String, String)>, name: &str, value: &str) -> Vec<(String, String)> {
    pairs.retain(|(own, _)| own != name);
    pairs.push((name.to_owned(), value.to_owned()));
    pairs
}

#[tokio::test]
async fn two_who_change_different_steps_both_keep_theirs_and_of_one_step_both_texts_are_shown() {
    let studio = Studio::open().await;
    let (welcome, main, late) = (studio.form("welcome").await, studio.form("main").await, studio.form("welcome").await);
    let kept = studio.put(&with(welcome, "f.say.en-US", "Good day.")).await;
    assert_eq!(kept.status, 200, "{kept:?}");
    let kept = studio.put(&with(main, "f.prompt.en-US", "What is it about?")).await;
    assert_eq!(kept.status, 200, "{kept:?}");
    let refused = studio.put(&with(late, "f.say.en-US", "Good evening.")).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    let clash = &json(&refused)["clash"];
    assert!(clash["theirs"].as_str().unwrap().contains("en-US: Good day."), "{clash}");
    assert!(clash["mine"].as_str().unwrap().contains("en-US: Good evening."), "{clash}");
    let (text, rev) = studio.text().await;
    assert!(text.contains("      en-US: Good day.\n") && text.contains("      en-US: What is it about?\n"), "{text}");
    assert!(text.contains("# ---- greeting ---"), "comments stay");
    // The same in the text: who saw an older one is told, and nothing is overwritten.
    let old = (rev.parse::<i64>().unwrap() - 1).to_string();
    let mine = text.replace("Good day.", "Hi.");
    let pairs = [("file", "digital-wallet.yaml"), ("rev", old.as_str()), ("text", mine.as_str())];
    let refused = studio.send("PUT", &format!("{FLOW}/text"), &pairs).await;
    assert_eq!((refused.status, json(&refused)["clash"]["theirs"].as_str()), (409, Some(text.as_str())));
    let shown = studio.send("POST", &format!("{FLOW}/text"), &pairs).await;
    assert_eq!(shown.status, 409);
    assert!(shown.body.contains("en-US: Hi.") && shown.body.contains("en-US: Good day."), "both are there");
    assert_eq!(studio.text().await.0, text);
}

#[tokio::test]
async fn a_draft_with_a_fault_is_kept_and_not_published_and_says_why_in_the_readers_language() {
    let studio = Studio::open().await;
    let (text, rev) = studio.text().await;
    let broken = text.replacen("then: welcome", "then: nowhere", 1);
    let pairs = [("file", "digital-wallet.yaml"), ("rev", rev.as_str()), ("text", broken.as_str())];
    let kept = studio.send("PUT", &format!("{FLOW}/text"), &pairs).await;
    assert_eq!(kept.status, 200, "{kept:?}");
    let faults = json(&kept)["faults"].clone();
    assert_eq!((&faults[0]["code"], &faults[0]["place"]), (&"unknown-step".into(), &"begin".into()), "{faults}");
    let rev = json(&kept)["rev"].to_string();
    let publish = [("rev", rev.as_str()), ("note", "why & <b>how</b>"), ("when", "now")];
    for (lang, why) in
        [("en", "mend the problems first"), ("zh-CN", "请先修正问题"), ("ja", "先に問題を直してください")]
    {
        let request = studio.server.request("POST", &format!("{FLOW}/publish")).header("cookie", &studio.session);
        let refused = page(request.header("accept-language", lang).form(&publish)).await.answer;
        assert_eq!(refused.status, 422, "{lang}");
        assert!(refused.body.contains(why), "{lang}");
        assert!(refused.body.contains("why &#38; &#60;b&#62;how&#60;/b&#62;"), "what was typed is there: {lang}");
    }
}

#[tokio::test]
async fn what_the_check_says_stands_beside_the_field_in_the_readers_language() {
    let studio = Studio::open().await;
    let (text, rev) = studio.text().await;
    let broken = text.replacen("then: welcome", "then: welcom", 1);
    let pairs = [("file", "digital-wallet.yaml"), ("rev", rev.as_str()), ("text", broken.as_str())];
    let told = [
        ("en-US", "there is no step `welcom`", "did you mean `welcome`?"),
        ("zh-CN", "没有步骤 `welcom`", "是不是想写 `welcome`？"),
        ("ja-JP", "ステップ `welcom` はありません", "`welcome` ではありませんか？"),
    ];
    let ask = |lang: &str, method: &str, path: &str| {
        let request = studio.server.request(method, &format!("{FLOW}{path}"));
        request.header("cookie", &studio.session).header("accept-language", lang)
    };
    let kept = page(ask("zh-CN", "PUT", "/text").form(&pairs)).await.answer;
    let what = &json(&kept)["faults"][0]["what"];
    assert_eq!(what, &serde_json::json!({ "words": told[1].1, "foreign": null }), "for the page's script");
    for (lang, what, mend) in told {
        let shown = page(ask(lang, "GET", "/step?file=digital-wallet.yaml&name=begin")).await.answer.body;
        let beside = shown.split("data-faults=\"then\"").nth(1).unwrap().split("</ul>").next().unwrap();
        assert!(beside.contains(&format!("<span>{what}</span> — <span>{mend}</span>")), "{lang}: {beside}");
        for path in ["/text", "/review", "/try", ""] {
            let shown = page(ask(lang, "GET", path)).await.answer.body;
            assert!(shown.contains(what) && shown.contains(mend), "{lang} {path}");
        }
    }
}

#[tokio::test]
async fn nothing_an_admin_types_becomes_markup() {
    let studio = Studio::open().await;
    let evil = "<script>alert(1)</script>\"'&";
    let kept = studio.put(&with(studio.form("welcome").await, "f.say.en-US", evil)).await;
    assert_eq!(kept.status, 200, "{kept:?}");
    for path in
        ["", "?step=welcome", "/steps", "/step?file=digital-wallet.yaml&name=welcome", "/text", "/review", "/try"]
    {
        let shown = studio.get(&format!("{FLOW}{path}")).await;
        assert_eq!(shown.status, 200, "{path}");
        assert!(!shown.body.contains("<script>alert"), "{path}");
        assert!(path == "/try" || shown.body.contains("&#60;script&#62;alert"), "{path}");
    }
}

#[tokio::test]
async fn steps_are_added_renamed_everywhere_and_deleted_only_when_nothing_leads_to_them() {
    let studio = Studio::open().await;
    let file = ("file", "digital-wallet.yaml");
    let add = [file, ("name", "good-day"), ("kind", "say"), ("after", "welcome")];
    assert_eq!(studio.send("POST", &format!("{FLOW}/steps/add"), &add).await.status, 303);
    assert!(studio.text().await.0.contains("\n  good-day:\n"));
    let again = studio.send("POST", &format!("{FLOW}/steps/add"), &add).await;
    assert!(again.status == 422 && again.body.contains("There is a step good-day already"), "{}", again.status);
    // Whoever takes a name that is there is still at the step, with what was typed.
    let taken = [file, ("name", "main"), ("new", "good-day")];
    let refused = studio.send("POST", &format!("{FLOW}/steps/rename"), &taken).await;
    assert!(refused.status == 422 && refused.body.contains("There is a step good-day already"), "{}", refused.status);
    assert!(refused.body.contains("name=\"new\" required pattern=\"[a-z0-9\\-]+\" value=\"good-day\""));
    let rename = [file, ("name", "main"), ("new", "first-menu")];
    assert_eq!(studio.send("POST", &format!("{FLOW}/steps/rename"), &rename).await.status, 303);
    let text = studio.text().await.0;
    assert!(text.contains("\n  first-menu:\n") && text.contains("then: first-menu") && !text.contains("then: main\n"));
    let refused = studio.send("POST", &format!("{FLOW}/steps/delete"), &[file, ("name", "first-menu")]).await;
    assert!(refused.status == 409 && refused.body.contains("these steps lead to it"), "{}", refused.status);
    assert!(refused.body.contains(">announcements</a>"), "who leads there is named");
    assert_eq!(studio.send("POST", &format!("{FLOW}/steps/delete"), &[file, ("name", "good-day")]).await.status, 303);
    let (text, rev) = studio.text().await;
    assert!(!text.contains("good-day"));
    let broken = format!("x: [\n{text}");
    let kept = studio.send("PUT", &format!("{FLOW}/text"), &[file, ("rev", &rev), ("text", &broken)]).await;
    assert_eq!(kept.status, 200, "{}", kept.body);
    let gone = studio.get(&format!("{FLOW}/step?file=digital-wallet.yaml&name=first-menu")).await;
    assert!(gone.status == 404 && gone.body.contains("cannot be read; mend it first, in line"), "{}", gone.body);
}

#[tokio::test]
async fn a_whole_file_is_taken_and_one_too_large_is_refused() {
    let studio = Studio::open().await;
    let (text, rev) = studio.text().await;
    let large = format!("{text}# {}\n", "x".repeat(1_000_000));
    let pairs = [("file", "digital-wallet.yaml"), ("rev", rev.as_str()), ("text", large.as_str())];
    let kept = studio.send("PUT", &format!("{FLOW}/text"), &pairs).await;
    assert_eq!(kept.status, 200, "{}", kept.body);
    let rev = json(&kept)["rev"].to_string();
    let huge = format!("{text}# {}\n", "x".repeat(3_000_000));
    let pairs = [("file", "digital-wallet.yaml"), ("rev", rev.as_str()), ("text", huge.as_str())];
    let refused = studio.send("PUT", &format!("{FLOW}/text"), &pairs).await;
    assert!(refused.status == 413 && refused.body.contains("at most 2 megabytes"), "{refused:?}");
    assert_eq!(studio.get("/admin/flows/nowhere").await.status, 404);
}

#[tokio::test]
async fn a_sitting_at_a_draft_is_one_row_of_the_log_and_what_ends_it_another() {
    let studio = Studio::open().await;
    let store = store(&studio.home).await;
    let logged = async || {
        let rows = store.log(&LogFilter { what: Some("flow".into()), ..LogFilter::default() }, None, 50).await.unwrap();
        rows.into_iter().rev().map(|row| format!("{} {}", row.who, row.what)).collect::<Vec<_>>()
    };
    let types = async |session: &str, words: &str| {
        let (text, rev) = studio.text().await;
        let mine = text.replace("digital wallet support", &format!("digital wallet support {words}"));
        let pairs = [("file", "digital-wallet.yaml"), ("rev", rev.as_str()), ("text", mine.as_str())];
        let request = studio.server.request("PUT", &format!("{FLOW}/text")).header("cookie", session);
        assert_eq!(page(request.form(&pairs)).await.answer.status, 200);
    };
    for words in ["a", "b", "c"] {
        types(&studio.session, words).await;
    }
    let form = studio.form("main").await;
    assert_eq!(studio.put(&with(form, "f.prompt.en-US", "What is it about?")).await.status, 200);
    assert_eq!(logged().await, ["a-admin flow.draft"], "one row for one sitting");
    // Somebody else's is another, and so is one after the draft was thrown away.
    let added = store.add_person(&Person::new("bert", Role::Admin), 1).await.unwrap();
    assert!(added);
    let invited = store.invite("bert", clock::now().as_millisecond()).await.unwrap().unwrap();
    let bert = accept(&studio.server, &format!("/sign-in/once/{}", invited.reveal())).await;
    types(&bert, "d").await;
    types(&studio.session, "e").await;
    assert_eq!(logged().await, ["a-admin flow.draft", "bert flow.draft"]);
    assert_eq!(studio.send("POST", &format!("{FLOW}/discard"), &[]).await.status, 303);
    types(&studio.session, "f").await;
    let wanted = ["a-admin flow.draft", "bert flow.draft", "a-admin flow.discard", "a-admin flow.draft"];
    assert_eq!(logged().await, wanted);
}

#[tokio::test]
async fn calls_on_a_version_in_an_older_language_are_told_as_ones_that_cannot_be_replayed() {
    let studio = Studio::open().await;
    let store = store(&studio.home).await;
    let files = r#"[["digital-wallet.yaml","hotline: digital-wallet\nas: it was written once\n"]]"#;
    store.keep_flow("digital-wallet", "01d", files, 1).await.unwrap();
    let call = CallId::fresh();
    store.name_call("twilio", "S1", &call).await.unwrap();
    let mut first = begin(&call, "S1", 1);
    let begins = first.begins.as_mut().unwrap();
    (begins.line, begins.digest) = ("digital-wallet".into(), "01d".into());
    store.commit(first).await.unwrap();
    store.commit(TurnRow { ends: Some("goodbye".into()), ..turn(&call, 2, 2) }).await.unwrap();
    let told = studio.get(&format!("{FLOW}/replay")).await.body;
    assert!(told.contains("Calls replayed: 1") && told.contains("cannot be replayed"), "{told}");
    assert!(told.contains("is in an older language that this server does not read"), "{told}");
    store.close().await;
}

#[tokio::test]
async fn an_address_that_does_not_say_what_to_show_is_told_in_the_readers_language_with_the_way_back() {
    let studio = Studio::open().await;
    for (path, back) in [
        ("/step", ""),
        ("/step?name=main&name=more", ""),
        ("/compare?a=draft", ""),
        ("/text?line=last", ""),
        ("/try/story", "/try"),
    ] {
        for (lang, words) in [
            ("en-US", "does not say what is to be shown"),
            ("zh-CN", "请返回后重新选择"),
            ("ja-JP", "戻って選び直してください"),
        ] {
            let lang = format!("{}lang={lang}", if path.contains('?') { '&' } else { '?' });
            let shown = studio.get(&format!("{FLOW}{path}{lang}")).await;
            assert_eq!((shown.status, shown.kind.starts_with("text/html")), (400, true), "{path}: {shown:?}");
            let way = format!("<a href=\"{FLOW}{back}\">");
            assert!(shown.body.contains(words) && shown.body.contains(&way), "{path} {lang}: {}", shown.body);
        }
    }
    for (path, back) in
        [("/admin/log?since=a&since=b", "/admin"), ("/admin/prompts/dingpay?said=a&said=b", "/admin/prompts")]
    {
        let shown = studio.get(path).await;
        assert!(shown.status == 400 && shown.body.contains(&format!("<a href=\"{back}\">")), "{path}: {shown:?}");
    }
}

#[tokio::test]
async fn a_call_that_begins_anew_after_an_earlier_one_is_kept_as_a_story() {
    let studio = Studio::open().await;
    let rings = async |keys: &[&str]| {
        let mut caller = Call::to("upay", "+85261230001");
        caller.dial(&studio.server).await;
        caller.press_all(&studio.server, keys).await;
        let id = caller.id();
        studio.server.send(&caller.status("completed")).await;
        id
    };
    rings(&["2", "1"]).await;
    let again = rings(&["2", "1", "3"]).await;
    let page = "/admin/flows/upay/try/story";
    let shown = studio.get(&format!("{page}?call={again}")).await;
    let story = plain(shown.body.split_once("<textarea").unwrap().1.split_once('>').unwrap().1);
    let story = story.split_once("</textarea>").unwrap().0.trim_start();
    assert!(story.contains("language: en-US") && !story.contains("presses: \"2\""), "{story}");
    let kept = studio.send("POST", page, &[("text", story)]).await;
    assert_eq!(kept.status, 303, "it plays as it was: {}", kept.body);
}
