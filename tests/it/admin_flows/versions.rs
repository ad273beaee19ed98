//! The page of versions and the page before publishing, over HTTP: what was not seen is not undone, what never
//! goes out is said at once, and what was done stands in the log by its numbers.

use super::http::{FLOW, Studio, attribute, with};
use crate::support::people::{page as asked, store};
use hotline::store::{LogFilter, ReleaseState};

impl Studio {
    /// Changes words in the draft.
    async fn types(&self, words: &str) {
        let kept = self.put(&with(self.form("main").await, "f.prompt.en-US", words)).await;
        assert_eq!(kept.status, 200, "{kept:?}");
    }

    /// Publishes the greeting with other words.
    async fn greets(&self, words: &str, how: &[(&str, &str)]) {
        let kept = self.put(&with(self.form("freeze-failed").await, "f.say.en-US", words)).await;
        assert_eq!(kept.status, 200, "{kept:?}");
        let rev = attribute(&self.get(&format!("{FLOW}/review")).await.body, "name=\"rev\" value=\"");
        let pairs = [&[("rev", rev.as_str()), ("note", words)], how].concat();
        let answer = self.send("POST", &format!("{FLOW}/publish"), &pairs).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    }

    async fn versions(&self) -> String {
        self.get(&format!("{FLOW}/versions")).await.body
    }

    /// Where a button of the page leads.
    async fn at(&self, act: &str, number: i64) -> String {
        let store = store(&self.home).await;
        let row = store.releases("digital-wallet").await.unwrap().into_iter().find(|row| row.number == number);
        format!("{FLOW}/{act}/{}", row.unwrap().id)
    }

    /// Publishes a change to a file that four hotlines use.
    async fn shares(&self, note: &str) {
        let file = "common/security-advice.yaml";
        let shown = self.get(&format!("{FLOW}/text?file={file}")).await.body;
        let rev = attribute(&shown, "name=\"rev\" value=\"");
        let changed =
            format!("{}# Seen by the fraud team.\n", include_str!("../../../flows/common/security-advice.yaml"));
        let pairs = [("file", file), ("rev", rev.as_str()), ("text", &changed)];
        assert_eq!(self.send("PUT", &format!("{FLOW}/text"), &pairs).await.status, 200);
        let rev = attribute(&self.get(&format!("{FLOW}/review")).await.body, "name=\"rev\" value=\"");
        let pairs = [("rev", rev.as_str()), ("note", note), ("when", "now")];
        let answer = self.send("POST", &format!("{FLOW}/publish"), &pairs).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    }

    /// The newest deed: what, before and after.
    async fn logged(&self) -> (String, String, String) {
        let store = store(&self.home).await;
        let row = store.log(&LogFilter::default(), None, 1).await.unwrap().remove(0);
        (row.what, row.before.unwrap_or_default(), row.after.unwrap_or_default())
    }
}

const NOW: &[(&str, &str)] = &[("when", "now")];
const SHARE: &[(&str, &str)] = &[("when", "share"), ("percent", "10"), ("margin", "5")];
const LATER: &[(&str, &str)] = &[("when", "at"), ("at", "2099-01-02T03:04"), ("zone", "UTC")];

fn seen(page: &str) -> [(&'static str, String); 2] {
    ["live", "trial"].map(|name| (name, attribute(page, &format!("name=\"{name}\" value=\""))))
}

/// The releases of other hotlines that are offered to be taken back too.
fn ticked(page: &str) -> Vec<&str> {
    page.split("name=\"with\" value=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0).collect()
}

#[tokio::test]
async fn a_version_is_taken_back_only_as_it_was_shown_and_the_log_has_its_numbers() {
    let studio = Studio::open().await;
    studio.greets("Good day.", NOW).await;
    assert_eq!(studio.logged().await.1, "version 1 live");
    assert_eq!(studio.logged().await.2, "version 2 live: Good day.");
    let shown = seen(&studio.versions().await);
    let pairs = [("live", shown[0].1.as_str()), ("trial", shown[1].1.as_str()), ("note", "too \"short\"")];
    studio.greets("Good evening.", SHARE).await;
    let first = studio.at("back", 1).await;
    for (lang, why) in [("en", "so nothing was done"), ("zh-CN", "未作任何更改"), ("ja", "何も変更していません")]
    {
        let request = studio.server.request("POST", &first).header("cookie", &studio.session);
        let refused = asked(request.header("accept-language", lang).form(&pairs)).await.answer;
        assert_eq!(refused.status, 409, "{lang}");
        assert!(refused.body.contains(why) && refused.body.contains("too &#34;short&#34;"), "{lang}");
        assert!(refused.body.contains("data-testid=\"version-3\""), "the page is as it is now: {lang}");
    }
    let page = studio.versions().await;
    assert!(page.contains("The trial of version 3 is stopped with it."));
    let shown = seen(&page);
    let pairs = [("live", shown[0].1.as_str()), ("trial", shown[1].1.as_str()), ("note", " ")];
    assert_eq!(studio.send("POST", &first, &pairs).await.status, 303);
    assert_eq!(
        studio.logged().await,
        (
            "flow.roll-back".into(),
            "version 2".into(),
            "version 1, now version 4, version 3 stopped: Back to version 1".into()
        )
    );
    // A version is one of its own hotline.
    let elsewhere = studio.at("versions", 3).await.replace("digital-wallet", "upay");
    assert_eq!(studio.send("POST", &format!("{elsewhere}/stop"), &[]).await.status, 404);
    let states: Vec<_> = store(&studio.home).await.releases("digital-wallet").await.unwrap();
    let states: Vec<_> = states.into_iter().map(|row| row.state).collect();
    use ReleaseState::{Out, Stopped};
    assert_eq!(states, [Out, Stopped, Out, Out]);
}

#[tokio::test]
async fn what_never_goes_out_is_said_at_once_and_taken_into_the_draft_again() {
    let studio = Studio::open().await;
    studio.greets("Good evening.", LATER).await;
    let kept = studio.put(&with(studio.form("freeze-failed").await, "f.say.en-US", "Good day.")).await;
    assert_eq!(kept.status, 200, "{kept:?}");
    let review = studio.get(&format!("{FLOW}/review")).await.body;
    let late = review.split_once("data-testid=\"late\"").unwrap().1.split_once("</div>").unwrap().0;
    assert!(
        late.contains("Version 2, scheduled for") && late.contains("If this goes out first"),
        "said before: {late}"
    );
    let rev = attribute(&review, "name=\"rev\" value=\"");
    let pairs = [("rev", rev.as_str()), ("note", "now"), ("when", "now")];
    let request = studio.server.request("POST", &format!("{FLOW}/publish")).header("cookie", &studio.session);
    let to = asked(request.form(&pairs)).await.location.expect("the way on");
    assert_eq!(studio.logged().await.2, "version 3 live, version 2 failed: now");
    for (lang, told) in [
        ("en", "will not go out: it was written over version 1."),
        ("zh-CN", "不会生效：它是在版本 1 的基础上编写的。"),
        ("ja", "は公開されません。バージョン 1 をもとに作られたためです。"),
    ] {
        let request = studio.server.request("GET", &to).header("cookie", &studio.session);
        let shown = asked(request.header("accept-language", lang)).await.answer.body;
        let said = shown.split_once("data-testid=\"overtaken\"").unwrap().1.split_once("</div>").unwrap().0;
        assert!(said.contains(told) && said.contains("2099"), "{lang}: {said}");
    }
    let page = studio.versions().await;
    assert!(page.contains("did not go out: it was written over version 1, and version 3 came first"), "{page}");
    assert!(!page.contains("data-testid=\"overtaken\""), "it is said once");
    // While somebody types, it is not offered, and not done.
    let again = studio.at("again", 2).await;
    assert!(page.contains("data-testid=\"again-2\""));
    let rev = attribute(&page, "name=\"rev\" value=\"");
    studio.types("And?").await;
    assert!(!studio.versions().await.contains("data-testid=\"again-2\""));
    for (rev, lang, why) in [
        (rev.parse::<i64>().unwrap() + 1, "en", "Publish or discard it first; nothing in it was overwritten"),
        (rev.parse().unwrap(), "ja", "a-admin"),
        (rev.parse::<i64>().unwrap() + 1, "zh-CN", "草稿没有被覆盖"),
    ] {
        let request = studio.server.request("POST", &again).header("cookie", &studio.session);
        let pairs = [("rev", rev.to_string())];
        let told = asked(request.header("accept-language", lang).form(&pairs)).await.answer;
        assert!(told.status == 409 && told.body.contains(why), "{lang}: {}", told.body);
    }
    assert!(studio.text().await.0.contains("en-US: And?"), "what was typed is there");
    let rev = attribute(&studio.get(&format!("{FLOW}/review")).await.body, "name=\"rev\" value=\"");
    assert_eq!(studio.send("POST", &format!("{FLOW}/discard"), &[("rev", &rev)]).await.status, 303);
    let rev = attribute(&studio.versions().await, "name=\"rev\" value=\"");
    assert_eq!(studio.send("POST", &again, &[("rev", &rev)]).await.status, 303);
    assert_eq!(studio.logged().await.2, "version 2: digital-wallet.yaml");
    let (text, _) = studio.text().await;
    assert!(text.contains("en-US: Good evening.\n") && !text.contains("en-US: And?"), "{text}");
    let review = studio.get(&format!("{FLOW}/review")).await.body;
    assert!(review.contains("en-US: Good day.") && review.contains("en-US: Good evening."), "over what is live");
}

#[tokio::test]
async fn what_changed_is_told_against_the_version_it_was_written_over_and_the_likely_two_are_chosen() {
    let studio = Studio::open().await;
    studio.greets("Good day.", NOW).await;
    studio.greets("Good evening.", SHARE).await;
    assert_eq!(studio.send("POST", &format!("{}/stop", studio.at("versions", 3).await), &[]).await.status, 303);
    assert_eq!(studio.logged().await.1, "version 2 live, version 3 trial");
    assert_eq!(studio.logged().await.2, "version 3 stopped: Good evening.");
    studio.greets("Good night.", NOW).await;
    let ids: Vec<String> =
        store(&studio.home).await.releases("digital-wallet").await.unwrap().into_iter().map(|row| row.id).collect();
    let [fourth, third, second, first] = &ids[..] else { panic!("{ids:?}") };
    let page = studio.versions().await;
    let between = |a: &str, b: &str| page.contains(&format!("/compare?a={a}&#38;b={b}\""));
    assert!(between(second, fourth) && between(second, third) && between(first, second), "{page}");
    assert!(!between(third, fourth), "nobody was to hear the third any more");
    let chosen = |page: &str, value: &str| page.contains(&format!("<option value=\"{value}\" selected>"));
    assert!(chosen(&page, second) && chosen(&page, fourth), "what was changed last");
    studio.types("And?").await;
    let page = studio.versions().await;
    assert!(chosen(&page, fourth) && chosen(&page, "draft") && !chosen(&page, second), "what the draft changes");
}

#[tokio::test]
async fn a_draft_over_an_older_version_shows_what_was_published_and_is_brought_over_it_by_a_button() {
    let studio = Studio::open().await;
    studio.greets("What can we do for you?", NOW).await;
    studio.types("And?").await;
    // Somebody takes back to the first version while it is written.
    let page = studio.versions().await;
    let shown = seen(&page);
    let pairs = [("live", shown[0].1.as_str()), ("trial", ""), ("note", "")];
    assert_eq!(studio.send("POST", &studio.at("back", 1).await, &pairs).await.status, 303);
    let stale = studio.get(&format!("{FLOW}/review")).await.body;
    let part = stale.split_once("data-testid=\"stale\"").unwrap().1.split_once("</section>").unwrap().0;
    assert!(part.contains("What can we do for you?") && part.contains("data-testid=\"rebase\""), "{part}");
    assert!(!part.contains("data-testid=\"both\""), "each changed other lines: {part}");
    assert!(stale.contains("en-US: And?"), "both texts are there");
    let publish = stale.split_once("data-testid=\"publish\"").unwrap().1;
    assert!(publish.starts_with(" disabled"), "not over what was not seen");
    let rev = attribute(part, "name=\"rev\" value=\"");
    assert_eq!(attribute(part, "name=\"live\" value=\"").len(), 64, "what is shown to be live");
    // Whoever saw something else live is shown what is.
    let unseen = studio.send("POST", &format!("{FLOW}/rebase"), &[("rev", &rev), ("live", "0")]).await;
    assert_eq!(unseen.status, 409);
    assert!(unseen.body.contains("since this page was opened") && unseen.body.contains("data-testid=\"stale\""));
    assert_eq!(studio.send("POST", &format!("{FLOW}/rebase"), &[("rev", &rev)]).await.status, 303);
    assert_eq!(studio.logged().await.0, "flow.draft");
    let review = studio.get(&format!("{FLOW}/review")).await.body;
    assert!(!review.contains("data-testid=\"stale\"") && review.contains("en-US: And?"));
    assert!(!review.contains("What can we do for you?"), "nothing of what is in service is undone");
}

#[tokio::test]
async fn of_the_same_line_changed_twice_the_page_says_so_and_the_draft_stays() {
    let studio = Studio::open().await;
    studio.greets("And?", SHARE).await;
    assert_eq!(studio.send("POST", &format!("{}/stop", studio.at("versions", 2).await), &[]).await.status, 303);
    studio.greets("What is it about?", NOW).await;
    let rev = attribute(&studio.versions().await, "name=\"rev\" value=\"");
    assert_eq!(studio.send("POST", &studio.at("again", 2).await, &[("rev", &rev)]).await.status, 303);
    for (lang, words) in [
        (
            "en",
            "There and in the draft the same lines were changed, or lines that cannot be told apart: digital-wallet.yaml.",
        ),
        ("zh-CN", "两边改了相同的行，或无法分辨的行：digital-wallet.yaml。"),
        ("ja", "公開側と下書きで、同じ行、または見分けのつかない行が変わっています：digital-wallet.yaml。"),
    ] {
        let request = studio.server.request("GET", &format!("{FLOW}/review")).header("cookie", &studio.session);
        let shown = asked(request.header("accept-language", lang)).await.answer.body;
        let part = shown.split_once("data-testid=\"stale\"").unwrap().1.split_once("</section>").unwrap().0;
        assert!(part.contains(words) && part.contains("What is it about?"), "{lang}: {part}");
    }
    let rev = attribute(&studio.get(&format!("{FLOW}/review")).await.body, "name=\"rev\" value=\"");
    assert_eq!(studio.send("POST", &format!("{FLOW}/rebase"), &[("rev", &rev)]).await.status, 303);
    let (text, _) = studio.text().await;
    assert!(text.contains("en-US: And?\n") && !text.contains("What is it about?"), "the text as it was");
}

#[tokio::test]
async fn stories_that_cannot_be_played_yet_are_not_missing() {
    let studio = Studio::open().await;
    let (text, rev) = studio.text().await;
    let pairs = [
        ("file", "digital-wallet.yaml"),
        ("rev", rev.as_str()),
        ("text", &text.replacen("then: welcome", "then: nowhere", 1)),
    ];
    assert_eq!(studio.send("PUT", &format!("{FLOW}/text"), &pairs).await.status, 200);
    for (lang, words) in [
        ("en", "Stories are played once the problems are mended."),
        ("zh-CN", "修正问题后才能运行情景测试。"),
        ("ja", "ストーリーは、問題を直すと実行されます。"),
    ] {
        let request = studio.server.request("GET", &format!("{FLOW}/review")).header("cookie", &studio.session);
        let shown = asked(request.header("accept-language", lang)).await.answer.body;
        assert!(shown.contains(words), "{lang}");
    }
}

#[tokio::test]
async fn what_changed_with_another_hotline_says_so_and_goes_back_with_it() {
    let studio = Studio::open().await;
    studio.shares("friendlier").await;
    let store = store(&studio.home).await;
    let log = async |of: &str, what: &str| {
        let wanted = LogFilter { what: Some(what.to_owned()), ..LogFilter::default() };
        let rows = store.log(&wanted, None, 9).await.unwrap();
        rows.into_iter().find(|row| row.of == of).and_then(|row| row.after).unwrap_or_default()
    };
    assert_eq!(log("digital-wallet", "flow.publish").await, "version 2 live: friendlier");
    assert_eq!(log("upay", "flow.publish").await, "version 2 live, with digital-wallet version 2");
    let other = studio.get("/admin/flows/upay/versions").await.body;
    assert!(other.contains("came with Digital wallet hotline, version 2"), "{other}");
    // The others are named beside the button, each to be taken back with it or left.
    let page = studio.versions().await;
    let with = ticked(&page);
    assert_eq!(with.len(), 3, "{page}");
    let upay = store.releases("upay").await.unwrap().remove(0).id;
    assert!(with.contains(&&*upay));
    let seen = seen(&page);
    let pairs = [("live", seen[0].1.as_str()), ("trial", ""), ("note", "as before"), ("with", &upay)];
    let back = studio.at("back", 1).await;
    assert_eq!(studio.send("POST", &back, &pairs).await.status, 303);
    assert_eq!(log("upay", "flow.roll-back").await, "version 3 live, with digital-wallet version 3");
    assert_eq!(log("dingpay", "flow.roll-back").await, "", "it keeps the change");
    let live = async |of: &str| {
        let rows = store.releases(of).await.unwrap();
        (rows.len(), rows[0].digest == rows.last().unwrap().digest)
    };
    assert_eq!((live("upay").await, live("dingpay").await), ((3, true), (2, false)));
    // A second click finds that it is done.
    assert_eq!(studio.send("POST", &back, &pairs).await.status, 409);
    store.close().await;
}

#[tokio::test]
async fn a_hotline_with_a_trial_of_its_own_is_named_beside_those_that_can_go_back_too() {
    let studio = Studio::open().await;
    studio.shares("friendlier").await;
    let dingpay = "/admin/flows/dingpay";
    let shown = studio.get(&format!("{dingpay}/text")).await.body;
    let rev = attribute(&shown, "name=\"rev\" value=\"");
    let text = format!("{}# Tried.\n", include_str!("../../../flows/dingpay.yaml"));
    let pairs = [("file", "dingpay.yaml"), ("rev", rev.as_str()), ("text", &text)];
    assert_eq!(studio.send("PUT", &format!("{dingpay}/text"), &pairs).await.status, 200);
    let rev = attribute(&studio.get(&format!("{dingpay}/review")).await.body, "name=\"rev\" value=\"");
    let pairs = [&[("rev", rev.as_str()), ("note", "tried")], SHARE].concat();
    let answer = studio.send("POST", &format!("{dingpay}/publish"), &pairs).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let store = store(&studio.home).await;
    let rows = store.releases("dingpay").await.unwrap();
    let (trial, changed) = (rows[0].id.clone(), rows[1].id.clone());
    for (lang, words) in [
        ("en", "DingPay hotline got the same change; a version of it is on trial: stop that first"),
        ("zh-CN", "也有同一改动，但它有版本正在试行：要一并恢复，请先停止该试行。"),
        ("ja", "にも同じ変更が入っていますが、別のバージョンが試行中です。"),
    ] {
        let request = studio.server.request("GET", &format!("{FLOW}/versions")).header("cookie", &studio.session);
        let page = asked(request.header("accept-language", lang)).await.answer.body;
        assert!(page.contains(words), "{lang}: {page}");
        assert!(ticked(&page).len() == 2 && !ticked(&page).contains(&&*changed), "{lang}");
    }
    let upay = store.releases("upay").await.unwrap().remove(0).id;
    assert_eq!(studio.send("POST", &format!("{dingpay}/versions/{trial}/stop"), &[]).await.status, 303);
    let page = studio.versions().await;
    assert!(ticked(&page).len() == 3 && ticked(&page).contains(&&*changed) && !page.contains("is on trial: stop"));
    let seen = seen(&page);
    let all = [("live", seen[0].1.as_str()), ("trial", ""), ("note", ""), ("with", &upay), ("with", &changed)];
    assert_eq!(studio.send("POST", &studio.at("back", 1).await, &all).await.status, 303);
    store.close().await;
}
