//! What callers do, in the admins' studio: pictures with numbers beside them, read from what was rolled
//! up; in a browser, in every language, on the smallest screen.

use crate::desk_page::rules::axe;
use crate::desk_page::stage::Desk;
use crate::support::browser::Screen;
use crate::support::people::{page, session, store};
use crate::support::rows::{begin, turn};
use crate::support::server::Home;
use crate::support::twilio::Call;
use hotline::store::{Store, TurnRow};
use hotline::words::{CallId, Role, clock};
use hotline::worker::tally;

const MINUTE: i64 = 60_000;

/// Ended calls of the digital wallet on its live version, as a server keeps them.
async fn calls(store: &Store, many: i64) {
    let live = store.live().await.unwrap();
    let digest = &live.iter().find(|row| row.name == "digital-wallet").unwrap().digest;
    let now = clock::now().as_millisecond();
    for n in 0..many {
        let (call, at) = (CallId::fresh(), now - n * 40 * MINUTE);
        let lang = ["en-US", "zh-CN", "zh-HK"][usize::try_from(n % 3).unwrap()];
        let row = |version: u32, after: i64, event: &str, trail: &str| TurnRow {
            at: at + after,
            event: event.into(),
            trail: trail.into(),
            state: format!(r#"{{"lang":"{lang}"}}"#),
            ..turn(&call, version, 1)
        };
        let began = r#"[{"step":"begin"},{"step":"welcome"},{"step":"choose-language"},{"step":"announcements"},{"step":"main"}]"#;
        let mut first =
            row(1, 0, r#"{"began":{"dialled":"+85230000001","from":null,"test":false,"lang":null}}"#, began);
        first.begins = begin(&call, &format!("S{n}"), 1).begins.map(|mut begins| {
            (begins.line, begins.digest) = ("digital-wallet".into(), digest.clone());
            begins
        });
        store.name_call("twilio", &format!("S{n}"), &call).await.unwrap();
        store.commit(first).await.unwrap();
        let (key, step) = [("1", "payment"), ("2", "charge"), ("5", "more")][usize::try_from(n % 5 % 3).unwrap()];
        let pressed = format!(r#"{{"digits":"{key}"}}"#);
        let trail = format!(r#"[{{"key":"{key}"}},{{"step":"{step}"}}]"#);
        store.commit(row(2, 4_000 + n * 300, &pressed, &trail)).await.unwrap();
        store.commit(row(3, 11_000, "\"silence\"", r#"["silent"]"#)).await.unwrap();
        let ending = if n % 4 == 0 { "goodbye" } else { "hung-up" };
        let last =
            TurnRow { ends: Some(ending.into()), ..row(4, 20_000 + n * 1_000, "{\"status\":\"completed\"}", "[]") };
        store.commit(last).await.unwrap();
    }
    tally(store, now).await.unwrap();
}

#[tokio::test]
async fn admins_see_what_callers_do_in_every_language_and_look_one_call_through() {
    let desk = Desk::open().await;
    let store = desk.store().await;
    calls(&store, 40).await;
    let phone = desk.visitor(Screen::Desk).await;
    phone.calls_for_a_callback().await;
    phone.close().await;
    let axe = std::fs::read_to_string(axe()).unwrap();
    let anna = desk.admin(Screen::Desk).await;
    // By keyboard: choose the line, show it.
    anna.at("/admin/statistics").await;
    anna.tabs_to("line").await;
    anna.types("digital").await;
    anna.tabs_to("show").await;
    anna.types(thirtyfour::Key::Enter).await;
    anna.until("return document.getElementById('line').value === 'digital-wallet' && document.querySelector('h1 small').innerText !== 'digital-wallet'").await;
    anna.says("overview", "40").await;
    anna.says("steps", "payment").await;
    // The picture begins where calls do, and tells the share of callers at each way.
    let begins = "const box = document.querySelector('.c-mark.start').getBoundingClientRect();
        const frame = document.querySelector('[data-testid=picture]').getBoundingClientRect();
        return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom";
    anna.until(begins).await;
    anna.until("return [...document.querySelectorAll('.c-share')].some((it) => it.textContent === '100%')").await;
    anna.click("ways-open").await;
    anna.says("ways", "main").await;
    let live = store.live().await.unwrap();
    let digest = &live.iter().find(|row| row.name == "digital-wallet").unwrap().digest;
    anna.at(&format!("/admin/statistics?line=digital-wallet&version={digest}&beside={digest}&h1=0&h2=23")).await;
    anna.says("overview", &format!("Version 1 {}", &digest[..8])).await;
    anna.at("/admin/calls").await;
    anna.tabs_to("q").await;
    anna.types("S7").await;
    anna.types(thirtyfour::Key::Enter).await;
    anna.until("return document.querySelectorAll('[data-testid=calls] tbody tr').length === 1").await;
    anna.at("/admin/calls?f=1&line=dingpay&trials=1").await;
    anna.css("[data-testid=calls] tbody a").await.click().await.unwrap();
    anna.says("turns", "Asked for a person").await;
    anna.says("turns", "The desk was busy").await;
    anna.until("return document.querySelector('h1').innerText.includes('Trial')").await;
    anna.says("facts", "DingPay hotline").await;
    let call = anna.run("return location.pathname").await.as_str().unwrap().to_owned();
    let two = format!("/admin/statistics?line=digital-wallet&version={digest}&beside={digest}");
    let pages = [&two, "/admin/statistics?line=upay", "/admin/calls", &call];
    let mut found = Vec::new();
    for tag in ["zh-CN", "ja-JP", "en-US"] {
        anna.speak(tag).await;
        for page in pages {
            anna.at(page).await;
            for scheme in ["light", "dark"] {
                anna.scheme(scheme).await;
                anna.run("document.querySelectorAll('details').forEach((it) => { it.open = true })").await;
                let faults = anna.faults(&axe).await.into_iter();
                found.extend(faults.map(|fault| format!("{tag} {page} {scheme}: {fault}")));
            }
            anna.scheme("light").await;
            anna.shot(&format!("{tag}-{}", page.split('?').next().unwrap().replace('/', "-"))).await;
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    anna.close().await;
    nothing_is_wider_than_the_smallest_screen(&desk, pages).await;
}

async fn nothing_is_wider_than_the_smallest_screen(desk: &Desk, pages: [&str; 4]) {
    let small = desk.person("carl", "admin", Screen::Small).await;
    for page in pages {
        small.at(page).await;
        small.run("document.querySelectorAll('details').forEach((it) => { it.open = true })").await;
        let wide = "return Array.from(document.querySelectorAll('body *')).filter((it) => !it.closest('.scroll, .unseen, .skip')
            && it.getBoundingClientRect().right > innerWidth + 1).map((it) => it.outerHTML.slice(0, 120)).slice(0, 3).join(' ')";
        assert_eq!(small.run(wide).await, "", "{page}");
        // What has three columns is read whole, without going to and fro.
        let whole = "return Array.from(document.querySelectorAll('[data-testid=overview], [data-testid=promises]'))
            .filter((it) => it.rows[0].cells.length < 4)
            .every((it) => it.parentElement.scrollWidth <= it.parentElement.clientWidth)";
        assert_eq!(small.run(whole).await, true, "{page}");
        assert_eq!(small.run("return document.documentElement.scrollWidth <= innerWidth").await, true, "{page}");
        small.shot(&format!("small-{}", page.split('?').next().unwrap().replace('/', "-"))).await;
    }
    small.close().await;
}

#[tokio::test]
async fn figures_are_told_as_a_table_a_picture_and_where_callers_are_now() {
    let home = Home::new();
    let server = home.start();
    let store = store(&home).await;
    calls(&store, 20).await;
    let mut open = Call::from("+85261230501");
    open.dial(&server).await;
    open.press_all(&server, &["3", "1"]).await;
    let session = session(&store, Role::Admin).await;
    let get = async |path: &str| {
        let page = page(server.request("GET", path).header("cookie", &session)).await;
        assert_eq!(page.answer.status, 200, "{path}: {:?}", page.answer);
        page.answer
    };
    let csv = get("/admin/statistics.csv?line=digital-wallet").await;
    assert!(csv.kind.starts_with("text/csv"), "{}", csv.kind);
    let row = |what: &str, of: &str, n: i64| format!(",,,{what},{of},{n},");
    for (what, of, n) in [("calls", "", 20), ("step", "main", 20), ("silent", "more", 4), ("hung", "payment", 6)] {
        assert!(csv.body.contains(&row(what, of, n)), "{what} {of} {n}: {}", csv.body);
    }
    assert!(csv.body.starts_with("\u{feff}line,from,to,language,version,digest,what,of,n,total_ms\r\n"));
    let live = store.live().await.unwrap();
    let digest = &live.iter().find(|row| row.name == "digital-wallet").unwrap().digest;
    let of_one = get(&format!("/admin/statistics.csv?line=digital-wallet&version={digest}")).await;
    assert!(of_one.body.contains(&format!(",,1,{digest},calls,,20,")), "by number: {}", of_one.body);
    let japanese = get("/admin/statistics.csv?line=digital-wallet&spoken=ja-JP").await;
    assert!(!japanese.body.contains(",calls,"), "{}", japanese.body);
    // Whose calls are looked at is one thing, in which language one reads another.
    for path in ["/admin/statistics?line=digital-wallet&spoken=ja-JP", "/desk?f=1&spoken=ja-JP"] {
        let page = get(path).await.body;
        assert!(page.contains("<html lang=\"en-US\">") && page.contains("value=\"ja-JP\""), "{path}");
    }
    let drawn = get("/admin/statistics.svg?line=digital-wallet").await;
    assert_eq!(drawn.kind, "image/svg+xml");
    assert!(drawn.body.contains("class=\"share\"") && drawn.body.contains("100%"), "shares are drawn");
    let live: serde_json::Value =
        serde_json::from_str(&get("/admin/flows/digital-wallet/live.json").await.body).unwrap();
    assert_eq!(live["now"], serde_json::json!({ "payment-number": 1 }));
    assert!(live["left"].is_object());
    let nowhere: serde_json::Value = serde_json::from_str(&get("/admin/flows/none/live.json").await.body).unwrap();
    assert_eq!(nowhere, serde_json::json!({ "now": {}, "left": {} }));
    // Each language has one word for the page, and says what is not counted and where that is.
    for (lang, title, trials, yardstick) in [
        ("en", "Figures", "find them under Calls", "<td>at most 8 s said before it (design rule)</td>"),
        ("zh-CN", "统计", "不计入", "<td>同业中位数 40 秒</td>"),
        ("ja", "統計", "数えません", "<td>他社の平均 48 秒</td>"),
    ] {
        let request = server.request("GET", "/admin/statistics?line=digital-wallet");
        let shown = page(request.header("cookie", &session).header("accept-language", lang)).await.answer.body;
        assert!(
            shown.contains(&format!("<h1>{title} <small lang=")) && shown.contains(&format!(">{title}</a>")),
            "{lang}"
        );
        assert!(shown.contains(yardstick), "{lang}: a median is no rule for what is said");
        assert!(shown.contains(trials) && shown.contains("/admin/calls?line=digital-wallet&amp;f=1&amp;trials=on"));
    }
}

#[tokio::test]
async fn what_nobody_can_mean_is_told_above_figures_of_what_can_be() {
    let home = Home::new();
    let server = home.start();
    let session = session(&store(&home).await, Role::Admin).await;
    for odd in [
        "line=%3Cscript%3E&from=9999-99-99&to=x&h1=99&h2=-1&version=%27&spoken=xx",
        "line=digital-wallet&from=2001-01-01&to=2199-12-31",
        "line=digital-wallet&from=2026-12-01&to=2026-11-20",
    ] {
        let odd = page(server.request("GET", &format!("/admin/statistics?{odd}")).header("cookie", &session)).await;
        assert_eq!(odd.answer.status, 422);
        let body = odd.answer.body;
        assert!(
            body.contains("“from” is no day these figures can be of.") && body.contains("data-testid=\"overview\"")
        );
        assert!(!body.contains("<script>"));
    }
}

#[tokio::test]
async fn a_file_of_what_cannot_be_meant_is_refused_in_words() {
    let home = Home::new();
    let server = home.start();
    let store = store(&home).await;
    calls(&store, 2).await;
    let session = session(&store, Role::Admin).await;
    for (query, lang, words) in [
        ("line=digital-wallet&from=2026-13-01", "en", "“from” is no day these figures can be of."),
        ("line=digital-wallet&to=x", "zh-CN", "“to”不是可用的日期。"),
        ("from=2026-02-02&to=2026-02-01", "ja", "「from」は集計できる日付ではありません。"),
        ("from=2024-01-31&to=2026-02-01", "en", "“from” is no day these figures can be of."),
        ("line=digital-wallet&version=nope", "en", "“version” or “beside” names no version of this hotline"),
        ("line=digital-wallet&beside=abc", "ja", "「version」または「beside」に当たるバージョンは"),
        ("line=digital-wallet&spoken=fr", "en", "“spoken” is none of the choices."),
        ("line=digital-wallet&h1=99&h2=3", "zh-CN", "“h1”不是可选的值。"),
        ("line=%3Cscript%3E", "en", "“line” names no hotline that is in service."),
        ("line=none", "zh-CN", "“line”所指的热线不在使用中。"),
        ("line=none", "ja", "「line」に当たる公開中の窓口はありません。"),
    ] {
        let request = server.request("GET", &format!("/admin/statistics.csv?{query}")).header("cookie", &session);
        let told = page(request.header("accept-language", lang)).await.answer;
        assert_eq!((told.status, told.kind.as_str()), (422, "text/plain; charset=utf-8"), "{query}");
        assert!(told.body.contains(words) && !told.body.contains("script"), "{query}: {}", told.body);
    }
    let request = server.request("GET", "/admin/statistics.csv?line=digital-wallet&from=&to=");
    let given = page(request.header("cookie", &session)).await.answer;
    assert!(given.status == 200 && given.body.contains(",calls,,2,"), "what is empty is not asked for: {given:?}");
    store.close().await;
}

#[tokio::test]
async fn what_is_about_the_same_thing_stands_together_with_its_scores_and_the_way_to_it() {
    let home = Home::new();
    let server = home.start();
    let store = store(&home).await;
    for (number, score) in [("+85261230601", "2"), ("+85261230602", "5")] {
        let mut caller = Call::to("dingpay", number);
        caller.dial(&server).await;
        caller.press_all(&server, &["2", "5", "1", "1", "2", score, "2", "1", "1"]).await;
        caller.press(&server, "1").await.says("Your reference is");
        server.send(&caller.status("completed")).await;
    }
    tally(&store, clock::now().as_millisecond()).await.unwrap();
    let session = session(&store, Role::Admin).await;
    let read = async |lang: &str, path: &str| {
        let request = server.request("GET", path).header("cookie", &session).header("accept-language", lang);
        page(request).await.answer.body
    };
    for (lang, fees, complaint) in
        [("en", "Complaint: fees", "Complaint"), ("zh-CN", "投诉：费用", "投诉"), ("ja", "苦情：手数料", "苦情")]
    {
        let shown = read(lang, "/admin/statistics?line=dingpay").await;
        let rows = shown.split_once("data-testid=\"subjects\"").unwrap().1.split_once("</table>").unwrap().0;
        let scored = format!(
            "<th scope=\"row\">{fees}</th><td>0</td><td>0</td><td>2</td><td>3.5</td>\
             <td>0</td><td>1</td><td>0</td><td>0</td><td>1</td>"
        );
        assert!(rows.contains(&scored), "{lang}: {rows}");
        let asked = format!("<th scope=\"row\">{complaint}</th><td>2</td><td><a href=\"");
        assert!(rows.contains(&asked), "{lang}: {rows}");
        let (_, link) = rows.split_once(&asked).unwrap();
        let desk = read(lang, &link.split_once('"').unwrap().0.replace("&#38;", "&")).await;
        assert_eq!(desk.matches("<a href=\"/desk/requests/").count(), 2, "{lang}: the two of them: {desk}");
    }
    let csv = read("en", "/admin/statistics.csv?line=dingpay").await;
    assert!(csv.contains(",requests-about,complaint,2,") && csv.contains(",open-requests-about,complaint,2,"), "{csv}");
    assert!(read("en", "/admin/statistics?line=dingpay&spoken=zh-CN").await.contains("data-testid=\"overview\""));
    store.close().await;
}
