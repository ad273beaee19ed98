//! The text editor over HTTP: what was published or taken back while its page was open is not undone unseen, a file
//! that is not there is not another one, and the log has the lines that changed.

use super::http::{FLOW, Studio, attribute};
use crate::support::people::{page as asked, store};
use crate::support::server::Answer;
use hotline::store::LogFilter;
use serde_json::Value;

const HERE: &str = "/admin/flows/dingpay";
const ELSEWHERE: &str = "/admin/flows/paypay";
const SHARED: &str = "common/person.yaml";
const PERSON: &str = include_str!("../../../flows/common/person.yaml");
const SAID: &str = "All our agents are busy.";
const OTHER: &str = "Every agent is on a call.";

/// What the page of a file shows a text to stand over.
struct Seen {
    rev: String,
    base: String,
}

impl Studio {
    async fn opens(&self, flow: &str, file: &str) -> (String, Seen) {
        let shown = self.get(&format!("{flow}/text?file={file}")).await;
        assert_eq!(shown.status, 200, "{}", shown.body);
        let [rev, base] = ["rev", "base"].map(|name| attribute(&shown.body, &format!("name=\"{name}\" value=\"")));
        (shown.body, Seen { rev, base })
    }

    async fn keeps(&self, method: &str, (flow, file): (&str, &str), seen: &Seen, text: &str) -> Answer {
        let pairs = [("file", file), ("rev", seen.rev.as_str()), ("base", seen.base.as_str()), ("text", text)];
        self.send(method, &format!("{flow}/text"), &pairs).await
    }

    /// Publishes another sentence of the shared file from the other hotline.
    async fn publishes_elsewhere(&self) {
        let (_, seen) = self.opens(ELSEWHERE, SHARED).await;
        let kept = self.keeps("PUT", (ELSEWHERE, SHARED), &seen, &PERSON.replace(SAID, OTHER)).await;
        assert_eq!(kept.status, 200, "{kept:?}");
        let rev = attribute(&self.get(&format!("{ELSEWHERE}/review")).await.body, "name=\"rev\" value=\"");
        let pairs = [("rev", rev.as_str()), ("note", "clearer"), ("when", "now")];
        let answer = self.send("POST", &format!("{ELSEWHERE}/publish"), &pairs).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    }

    /// Takes this hotline back to its first version.
    async fn takes_back(&self) {
        let page = self.get(&format!("{HERE}/versions")).await.body;
        let live = attribute(&page, "name=\"live\" value=\"");
        let first = store(&self.home).await.releases("dingpay").await.unwrap().pop().unwrap().id;
        let pairs = [("live", live.as_str()), ("trial", ""), ("note", "as before")];
        let answer = self.send("POST", &format!("{HERE}/back/{first}"), &pairs).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    }

    async fn draft_of(&self, flow: &str) -> Option<String> {
        store(&self.home).await.draft(flow).await.unwrap().map(|row| row.files)
    }

    /// The newest row about a draft: before and after.
    async fn drafted(&self) -> (String, String) {
        let wanted = LogFilter { what: Some("flow.draft".to_owned()), ..LogFilter::default() };
        let row = store(&self.home).await.log(&wanted, None, 1).await.unwrap().remove(0);
        (row.before.unwrap_or_default(), row.after.unwrap_or_default())
    }
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{answer:?}"))
}

#[tokio::test]
async fn what_was_published_while_the_page_was_open_is_shown_beside_what_was_typed_and_not_undone() {
    let studio = Studio::open().await;
    let (_, seen) = studio.opens(HERE, SHARED).await;
    let mine = PERSON.replace("nobody can take your call", "no one can take your call");
    studio.publishes_elsewhere().await;
    let refused = studio.keeps("PUT", (HERE, SHARED), &seen, &mine).await;
    let told = json(&refused);
    let clash = &told["clash"];
    assert_eq!(refused.status, 409, "{told}");
    assert!(clash["theirs"].as_str().unwrap().contains(OTHER), "{told}");
    assert!(clash["words"].as_str().unwrap().starts_with("a-admin has published another version"), "{told}");
    for (lang, words) in [
        ("en", "Both texts are here; nothing is lost."),
        ("zh-CN", "a-admin刚刚发布了另一个版本。两份都在这里"),
        ("ja", "その間にa-adminさんが別のバージョンを公開しました。"),
    ] {
        let request = studio.server.request("POST", &format!("{HERE}/text")).header("cookie", &studio.session);
        let pairs = [("file", SHARED), ("rev", &seen.rev), ("base", &seen.base), ("text", &mine)];
        let shown = asked(request.header("accept-language", lang).form(&pairs)).await.answer;
        assert_eq!(shown.status, 409, "{lang}");
        assert!(shown.body.contains(words) && shown.body.contains(OTHER), "{lang}: {}", shown.body);
        assert!(shown.body.contains("no one can take your call"), "what was typed is there: {lang}");
        assert_eq!(attribute(&shown.body, "name=\"base\" value=\""), clash["base"], "{lang}");
    }
    assert_eq!(studio.draft_of("dingpay").await, None, "nothing was saved");
    // Whoever has seen both decides.
    let seen = Seen { rev: clash["rev"].to_string(), base: clash["base"].as_str().unwrap().to_owned() };
    let kept = studio.keeps("PUT", (HERE, SHARED), &seen, &mine.replace(SAID, OTHER)).await;
    assert_eq!((kept.status, &json(&kept)["base"]), (200, &clash["base"]), "{kept:?}");
    let review = studio.get(&format!("{HERE}/review")).await.body;
    assert!(review.contains("no one can take your call") && !review.contains(SAID), "it undoes nothing");
}

#[tokio::test]
async fn what_was_taken_back_while_the_page_was_open_is_not_put_in_service_again_unseen() {
    let studio = Studio::open().await;
    studio.publishes_elsewhere().await;
    let (shown, seen) = studio.opens(HERE, SHARED).await;
    assert!(shown.contains(OTHER));
    studio.takes_back().await;
    let mine = PERSON.replace(SAID, OTHER).replace("nobody can take", "no one can take");
    let refused = studio.keeps("PUT", (HERE, SHARED), &seen, &mine).await;
    assert_eq!(refused.status, 409, "{refused:?}");
    assert_eq!(json(&refused)["clash"]["theirs"], PERSON);
    // A draft that holds something stays over the version it was begun on, and goes on being typed in.
    let (_, seen) = studio.opens(HERE, SHARED).await;
    let kept = json(&studio.keeps("PUT", (HERE, SHARED), &seen, &mine).await);
    let seen = Seen { rev: kept["rev"].to_string(), base: kept["base"].as_str().unwrap().to_owned() };
    let more = mine.replace("no one", "nobody at all");
    assert_eq!(studio.keeps("PUT", (HERE, SHARED), &seen, &more).await.status, 200);
    assert!(studio.draft_of("dingpay").await.unwrap().contains("nobody at all can take"));
}

#[tokio::test]
async fn stories_that_others_published_while_the_page_was_open_are_not_undone() {
    const STORIES: &str = "dingpay.stories.yaml";
    let studio = Studio::open().await;
    let (_, early) = studio.opens(HERE, STORIES).await;
    let before = include_str!("../../../flows/dingpay.stories.yaml");
    // They are no part of a version: its digest is what it was.
    let store = store(&studio.home).await;
    let live = store.releases("dingpay").await.unwrap().remove(0).digest;
    let after = format!("{before}# Theirs\n");
    let kept = studio.keeps("PUT", (HERE, STORIES), &early, &after).await;
    assert_eq!(kept.status, 200, "{kept:?}");
    let rev = json(&kept)["rev"].to_string();
    let pairs = [("rev", rev.as_str()), ("note", "stories"), ("when", "now")];
    let answer = studio.send("POST", &format!("{HERE}/publish"), &pairs).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(store.releases("dingpay").await.unwrap().remove(0).digest, live);
    // Whoever typed over the old ones is told, though nothing else of the draft is another.
    let (_, now) = studio.opens(HERE, STORIES).await;
    assert_ne!(now.base, early.base);
    let late = Seen { rev: now.rev.clone(), base: early.base };
    let refused = studio.keeps("PUT", (HERE, STORIES), &late, &format!("{before}# Mine\n")).await;
    assert_eq!((refused.status, json(&refused)["clash"]["theirs"].as_str()), (409, Some(&*after)));
    assert_eq!(json(&refused)["clash"]["base"], now.base);
    let both = format!("{after}# Mine\n");
    let kept = studio.keeps("PUT", (HERE, STORIES), &now, &both).await;
    let told = json(&kept);
    let next = Seen { rev: told["rev"].to_string(), base: told["base"].as_str().unwrap().to_owned() };
    assert_eq!(studio.keeps("PUT", (HERE, STORIES), &next, &format!("{both}# More\n")).await.status, 200);
    store.close().await;
}

#[tokio::test]
async fn a_file_that_the_hotline_does_not_have_is_not_its_main_file() {
    let studio = Studio::open().await;
    for (lang, words) in [
        ("en", "common/gone.yaml is no file of this hotline."),
        ("zh-CN", "common/gone.yaml 不是这条热线的文件。"),
        ("ja", "common/gone.yaml はこの窓口のファイルではありません。"),
    ] {
        for (path, back) in
            [("/text?file=common/gone.yaml", "/text"), ("/step?file=common/gone.yaml&name=main", "/steps")]
        {
            let request = studio.server.request("GET", &format!("{FLOW}{path}")).header("cookie", &studio.session);
            let shown = asked(request.header("accept-language", lang)).await.answer;
            assert_eq!((shown.status, shown.kind.starts_with("text/html")), (404, true), "{path}: {shown:?}");
            let way = format!("href=\"{FLOW}{back}\">");
            assert!(shown.body.contains(words) && shown.body.contains(&way), "{path} {lang}: {}", shown.body);
        }
    }
    let (shown, seen) = studio.opens(FLOW, "digital-wallet.yaml").await;
    assert_eq!(studio.opens(FLOW, "").await.0, shown, "nothing asked for is the main file");
    for file in ["common/gone.yaml", "upay.yaml", "upay.stories.yaml", "../secrets.yaml"] {
        for method in ["PUT", "POST"] {
            let refused = studio.keeps(method, (FLOW, file), &seen, "flow: mine\n").await;
            assert_eq!(refused.status, 422, "{method} {file}: {refused:?}");
            assert!(refused.body.contains(&format!("{file} is no file of this hotline.")), "{}", refused.body);
            assert!(method == "PUT" || refused.body.contains("flow: mine\n</textarea>"), "what was typed is there");
        }
        let step = [("file", file), ("name", "main"), ("new", "first"), ("kind", "say"), ("seen", "")];
        for (method, path) in [
            ("POST", "/steps/add"),
            ("POST", "/steps/rename"),
            ("POST", "/steps/delete"),
            ("POST", "/step"),
            ("PUT", "/step"),
        ] {
            let refused = studio.send(method, &format!("{FLOW}{path}"), &step).await;
            assert_eq!(refused.status, 422, "{method} {path} {file}: {refused:?}");
        }
    }
    assert_eq!(studio.draft_of("digital-wallet").await, None, "nothing was saved");
    // What it has besides its main file is written as before.
    for file in ["digital-wallet.stories.yaml", SHARED, "calendars.yaml"] {
        let (shown, seen) = studio.opens(FLOW, file).await;
        assert!(shown.contains(&format!("<h2 id=\"text-title\">{file}</h2>")), "{shown}");
        let kept = studio.keeps("PUT", (FLOW, file), &seen, "# Nothing\n").await;
        assert_eq!(kept.status, 200, "{kept:?}");
    }
    let draft: Value = serde_json::from_str(&studio.draft_of("digital-wallet").await.unwrap()).unwrap();
    let names: Vec<&String> = draft.as_object().unwrap().keys().collect();
    assert_eq!(names, ["calendars.yaml", SHARED, "digital-wallet.stories.yaml"]);
}

#[tokio::test]
async fn the_log_has_lines_that_moved_or_stand_elsewhere_too_and_says_how_many_more_there_were() {
    let studio = Studio::open().await;
    let (_, seen) = studio.opens(FLOW, SHARED).await;
    // A line that the file has several times, once less.
    let less = PERSON.replacen("    busy: no-agent\n", "", 1);
    assert!(less.contains("    busy: no-agent\n"));
    assert_eq!(studio.keeps("PUT", (FLOW, SHARED), &seen, &less).await.status, 200);
    assert_eq!(studio.drafted().await, ("    busy: no-agent\n".to_owned(), String::new()));
    let rev = attribute(&studio.get(&format!("{FLOW}/review")).await.body, "name=\"rev\" value=\"");
    assert_eq!(studio.send("POST", &format!("{FLOW}/discard"), &[("rev", &rev)]).await.status, 303);
    // A line that stands elsewhere.
    let (_, seen) = studio.opens(FLOW, SHARED).await;
    let moved = format!("{}start: ring\n", PERSON.replacen("start: ring\n", "", 1));
    assert_eq!(studio.keeps("PUT", (FLOW, SHARED), &seen, &moved).await.status, 200);
    let line = "start: ring\n".to_owned();
    assert_eq!(studio.drafted().await, (line.clone(), line));
    let rev = attribute(&studio.get(&format!("{FLOW}/review")).await.body, "name=\"rev\" value=\"");
    assert_eq!(studio.send("POST", &format!("{FLOW}/discard"), &[("rev", &rev)]).await.status, 303);
    // More lines than stand in a row.
    let (_, seen) = studio.opens(FLOW, SHARED).await;
    let notes: String = (1..=53).map(|n| format!("# Note {n}\n")).collect();
    assert_eq!(studio.keeps("PUT", (FLOW, SHARED), &seen, &format!("{PERSON}{notes}")).await.status, 200);
    let (before, after) = studio.drafted().await;
    assert!(before.is_empty() && after.starts_with("# Note 1\n"), "{before}{after}");
    assert!(after.ends_with("# Note 40\n… 13 more lines\n"), "{after}");
}

#[tokio::test]
async fn who_clears_a_sub_flow_is_led_to_what_is_there_then() {
    let studio = Studio::open().await;
    let (shown, seen) = studio.opens(HERE, SHARED).await;
    assert!(shown.contains(SAID));
    let kept = studio.keeps("PUT", (HERE, SHARED), &seen, &PERSON.replace(SAID, OTHER)).await;
    let told: Value = serde_json::from_str(&kept.body).unwrap();
    assert_eq!((kept.status, &told["elsewhere"]), (200, &Value::Null));
    let (_, seen) = studio.opens(HERE, SHARED).await;
    let kept = studio.keeps("PUT", (HERE, SHARED), &seen, "").await;
    let told: Value = serde_json::from_str(&kept.body).unwrap();
    let address = told["elsewhere"].as_str().unwrap();
    assert!(studio.get(address).await.body.contains(SAID), "as it is in service: {address}");
    assert_eq!(studio.draft_of(HERE.rsplit('/').next().unwrap()).await.as_deref(), Some("{}"));
}
