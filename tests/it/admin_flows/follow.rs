//! The page before publishing, when stories fail because of what a draft changes: they follow with one click, and what
//! did not follow is told and goes on failing. And whether a second admin is asked for.

use super::http::{FLOW, Studio, attribute};
use crate::support::browser::{Screen, turn};
use crate::support::people::{page as asked, session, store};
use crate::support::server::Home;
use crate::support::studio::Studio as Seat;
use hotline::store::{LogFilter, LogRow};
use hotline::words::Role;
use thirtyfour::prelude::*;

impl Studio {
    /// Changes words of the hotline's text.
    async fn writes(&self, changes: &[(&str, &str)]) {
        let (text, rev) = self.text().await;
        let new = changes.iter().fold(text, |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        let pairs = [("file", "digital-wallet.yaml"), ("rev", rev.as_str()), ("text", &new)];
        let kept = self.send("PUT", &format!("{FLOW}/text"), &pairs).await;
        assert_eq!(kept.status, 200, "{kept:?}");
    }

    async fn review_in(&self, lang: &str) -> String {
        let request = self.server.request("GET", &format!("{FLOW}/review")).header("cookie", &self.session);
        asked(request.header("accept-language", lang)).await.answer.body
    }

    async fn newest(&self) -> LogRow {
        store(&self.home).await.log(&LogFilter::default(), None, 1).await.unwrap().remove(0)
    }
}

/// Two options of the main menu change places, and a sentence is said otherwise.
const MOVED: &[(&str, &str)] = &[
    ("{ key: 3, go: account,", "{ key: 9, go: account,"),
    ("{ key: 4, go: protect,", "{ key: 3, go: protect,"),
    ("{ key: 9, go: account,", "{ key: 4, go: account,"),
    ("因为余额不足没有成功", "因为余额不够没有成功"),
];

fn part<'p>(page: &'p str, hook: &str, end: &str) -> &'p str {
    page.split_once(&format!("data-testid=\"{hook}\"")).unwrap().1.split_once(end).unwrap().0
}

#[tokio::test]
async fn stories_follow_a_change_with_one_click_and_are_part_of_the_draft() {
    let studio = Studio::open().await;
    studio.writes(MOVED).await;
    let page = studio.review_in("en").await;
    assert!(page.contains("It cannot be published yet: a story does not play as written."));
    // Five of them are told at once, the rest when somebody asks; each with its place.
    let (first, more) = (part(&page, "failed", "</ul>"), part(&page, "failed-more", "</details>"));
    let count = |part: &str| part.matches("<li class=\"fault-line").count();
    assert_eq!(count(first), 5);
    assert!(count(more) > 5 && more.contains(&format!("<summary>{} more</summary>", count(more))), "{more}");
    assert!(more.contains("href=\"/admin/flows/digital-wallet/text?file=digital-wallet.stories.yaml&amp;line="));
    let all = count(first) + count(more);
    for (lang, words) in [
        ("en", format!("Stories that play again when they follow the change: {all}.")),
        ("zh-CN", format!("随改动调整后即可通过的情景测试：{all} 个。")),
        ("ja", format!("変更に合わせると書かれたとおりに進むストーリー：{all} 件。")),
    ] {
        let page = studio.review_in(lang).await;
        let follow = part(&page, "follow", "</section>");
        assert!(follow.contains(&words) && follow.contains("- hears: 余额不够"), "{lang}: {follow}");
    }
    // The button stands before what it would change, which is folded where it is much.
    let follow = part(&page, "follow", "</section>");
    let (above, below) = follow.split_once("data-testid=\"adapt\"").unwrap();
    assert!(!above.contains("<details") && below.matches("class=\"hunk\"").count() > 3, "{follow}");
    assert!(below.contains("<details class=\"hunks-of\"><summary>digital-wallet.stories.yaml</summary>"), "{follow}");
    let rev = attribute(follow, "name=\"rev\" value=\"");
    // Who saw an older draft is told, and nothing is done.
    let old = (rev.parse::<i64>().unwrap() - 1).to_string();
    let refused = studio.send("POST", &format!("{FLOW}/adapt"), &[("rev", &old)]).await;
    assert!(refused.status == 409 && refused.body.contains("data-testid=\"follow\""), "{}", refused.status);
    let request = studio.server.request("POST", &format!("{FLOW}/adapt")).header("cookie", &studio.session);
    let done = asked(request.form(&[("rev", &rev)])).await;
    assert_eq!((done.answer.status, done.location.as_deref()), (303, Some(&*format!("{FLOW}/review?said=adapted"))));
    for (lang, words) in [
        ("en", "The stories were adapted and are in the draft; the difference shows them."),
        ("zh-CN", "情景测试已调整并写入草稿，可在变化内容中查看。"),
        ("ja", "ストーリーを変更に合わせ、下書きに入れました。変更点で確認できます。"),
    ] {
        let request = studio.server.request("GET", done.location.as_deref().unwrap());
        let shown = asked(request.header("cookie", &studio.session).header("accept-language", lang)).await.answer;
        assert!(shown.body.contains(&format!("role=\"status\" data-testid=\"said\">{words}</p>")), "{lang}");
    }
    let row = studio.newest().await;
    assert_eq!((&*row.what, &*row.of), ("flow.draft", "digital-wallet digital-wallet.stories.yaml"));
    assert!(row.before.unwrap().contains("余额不足") && row.after.unwrap().contains("余额不够"));
    let page = studio.review_in("en").await;
    assert!(!page.contains("data-testid=\"failed\"") && !page.contains("data-testid=\"follow\""), "all play");
    let difference = part(&page, "difference", "</section>");
    assert!(difference.contains("digital-wallet.stories.yaml") && difference.contains("- hears: 余额不够"));
    let rev = attribute(&page, "name=\"rev\" value=\"");
    let again = studio.send("POST", &format!("{FLOW}/adapt"), &[("rev", &rev)]).await;
    assert_eq!(
        (again.status, studio.newest().await.seq),
        (303, row.seq),
        "there is nothing to do, and nothing was done"
    );
    let pairs = [("rev", rev.as_str()), ("note", "moved"), ("when", "now")];
    assert_eq!(studio.send("POST", &format!("{FLOW}/publish"), &pairs).await.status, 303);
}

#[tokio::test]
async fn what_does_not_follow_from_a_text_or_a_key_is_left_to_be_looked_at() {
    let studio = Studio::open().await;
    let low = ("topic: payment, priority: high }", "topic: payment, priority: low }");
    studio.writes(&[low]).await;
    let page = studio.review_in("en").await;
    assert!(page.contains("data-testid=\"failed\"") && !page.contains("data-testid=\"follow\""));
    studio.writes(&[("{ key: 1, go: payment,", "{ key: 6, go: payment,")]).await;
    for (lang, words) in [
        ("en", "Stories that can follow it only in part and still fail then:"),
        ("zh-CN", "只能调整一部分、调整后仍不通过的情景测试："),
        ("ja", "一部分しか合わせられず、まだ書かれたとおりに進まないストーリー："),
    ] {
        let page = studio.review_in(lang).await;
        assert!(part(&page, "follow", "</section>").contains(words), "{lang}");
    }
    let rev = attribute(&studio.review_in("en").await, "name=\"rev\" value=\"");
    assert_eq!(studio.send("POST", &format!("{FLOW}/adapt"), &[("rev", &rev)]).await.status, 303);
    let page = studio.review_in("en").await;
    assert!(page.contains("data-testid=\"failed\"") && !page.contains("data-testid=\"follow\""), "they fail for that");
    assert!(page.contains("data-testid=\"blocked\""));
}

#[tokio::test]
async fn a_second_admin_is_asked_for_only_where_protected_parts_change_and_they_are_named() {
    let home = Home::new().with_desks();
    home.write("hotline.toml", "[studio]\napprovals = true\n");
    let server = home.start();
    let session = session(&store(&home).await, Role::Admin).await;
    let studio = Studio { server, session, home };
    let none = |page: &str| assert!(!page.contains("data-testid=\"approval\""));
    none(&studio.review_in("en").await);
    studio.writes(&[("digital wallet support", "the digital wallet's support")]).await;
    none(&studio.review_in("en").await);
    studio.writes(&[("countries: [CN, HK]", "countries: [CN, HK, JP]"), ("sip:payments@", "sip:pay@")]).await;
    for (lang, words) in [
        ("en", "Another admin must approve this before it goes out (touches transfers, touches numbers)."),
        ("zh-CN", "此改动须由另一位管理员批准后才能生效（涉及转接、涉及号码）。"),
        ("ja", "公開前に別の管理者の承認が必要です（転送に関わる、番号に関わる）。"),
    ] {
        assert!(part(&studio.review_in(lang).await, "approval", "</p>").contains(words), "{lang}");
    }
}

#[tokio::test]
async fn stories_of_other_hotlines_follow_a_file_that_they_share() {
    let studio = Studio::open().await;
    let file = "common/call-me-back.yaml";
    let shown = studio.get(&format!("{FLOW}/text?file={file}")).await.body;
    let text = include_str!("../../../flows/common/call-me-back.yaml").replace("编号是", "受理编号为");
    let rev = attribute(&shown, "name=\"rev\" value=\"");
    let pairs = [("file", file), ("rev", rev.as_str()), ("text", text.as_str())];
    assert_eq!(studio.send("PUT", &format!("{FLOW}/text"), &pairs).await.status, 200);
    let page = studio.review_in("en").await;
    let follow = part(&page, "follow", "</section>");
    let files = ["digital-wallet", "dingpay", "upay"].map(|name| format!("<summary>{name}.stories.yaml</summary>"));
    assert!(files.iter().all(|file| follow.contains(file)), "{follow}");
    assert!(
        part(&page, "failed-more", "</details>").contains("/admin/flows/upay/text?file=upay.stories.yaml&amp;line=")
    );
    let rev = attribute(&page, "name=\"rev\" value=\"");
    assert_eq!(studio.send("POST", &format!("{FLOW}/adapt"), &[("rev", &rev)]).await.status, 303);
    let page = studio.review_in("en").await;
    assert!(!page.contains("data-testid=\"failed\"") && !page.contains("data-testid=\"blocked\""));
    assert!(files.iter().all(|file| part(&page, "difference", "</section>").contains(file)));
}

#[tokio::test]
async fn the_page_of_stories_that_follow_can_be_read_by_everybody_and_used_by_keyboard() {
    let _turn = turn().await;
    let studio = Studio::open().await;
    studio.writes(MOVED).await;
    for (lang, screen, name) in
        [("ja-JP", Screen::Small, "small"), ("zh-CN", Screen::Desk, "zh"), ("en-US", Screen::Desk, "desk")]
    {
        let anna = Seat::at_server(studio.server.address(), &studio.session, screen).await;
        anna.at(&format!("{FLOW}/review?lang={lang}")).await;
        anna.shown("adapt").await;
        anna.shoot(&format!("follow-{name}")).await;
        anna.is_without_fault(lang).await;
        anna.fits(lang).await;
        if lang == "en-US" {
            anna.run("document.querySelector('[data-testid=adapt]').focus()").await;
            anna.types(Key::Enter).await;
            anna.until("return document.querySelector('[data-testid=follow]') === null").await;
            anna.says("stories", "✓").await;
            anna.shoot("follow-done").await;
        }
        anna.close().await;
    }
}
