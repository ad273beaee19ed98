//! What holds of every page of the studio, with everything on them that somebody may have typed: no
//! fault that axe-core finds, in light and dark, wide and narrow, in three languages; nothing wider
//! than the smallest screen; and nothing that runs.

mod world;

use crate::desk_page::rules::axe;
use crate::support::browser::{Screen, turn};
use crate::support::server::Home;
use crate::support::studio::Studio;
use axum::http::Method;
use hotline::web::doors;
use hotline::words::Role;
use serde_json::{Value, json};
use world::{EVIL, World};

/// Addresses that are no pages: for programs, scripts and spreadsheets.
const NO_PAGES: [&str; 10] = [
    "/admin/flows/{flow}/draft.json",
    "/admin/flows/{flow}/live.json",
    "/admin/flows/{flow}/try/path",
    "/admin/lines/{number}/arrived",
    "/admin/log.csv",
    "/admin/notices/closed",
    "/admin/prompts/{flow}/texts.csv",
    "/admin/prompts/{flow}/texts/{lang}",
    "/admin/statistics.csv",
    "/admin/statistics.svg",
];

/// Every page, in the states that differ.
fn pages(world: &World) -> Vec<String> {
    let (call, notice, versions) = (&world.call, &world.notice, &world.versions);
    let evil = percent(EVIL);
    let mut pages: Vec<String> = [
        "/admin",
        "/admin/flows/digital-wallet",
        "/admin/flows/digital-wallet/disk",
        "/admin/flows/digital-wallet/versions",
        "/admin/flows/dingpay?step=welcome",
        "/admin/flows/dingpay/steps",
        "/admin/flows/dingpay/step?file=dingpay.yaml&name=welcome",
        "/admin/flows/dingpay/step?file=dingpay.yaml&name=main",
        "/admin/flows/dingpay/step?file=dingpay.yaml&name=payment-state",
        "/admin/flows/dingpay/text",
        "/admin/flows/dingpay/review",
        "/admin/flows/paypay/try",
        "/admin/flows/paypay/versions",
        "/admin/flows/upay/versions",
        "/admin/flows/upay/replay",
        "/admin/statistics?line=digital-wallet",
        "/admin/calls",
        "/admin/notices",
        "/admin/notices/new",
        "/admin/calendars",
        "/admin/calendars/digital-wallet/china-office?year=2026",
        "/admin/lines",
        "/admin/lines/new",
        "/admin/lines/85221230001",
        "/admin/prompts",
        "/admin/prompts/dingpay",
        "/admin/people",
        "/admin/people/a-admin",
        "/admin/parked",
        "/admin/log",
    ]
    .map(str::to_owned)
    .into();
    pages.push(format!("/admin/flows/digital-wallet/compare?a={}&b={}", versions.1, versions.0));
    pages.push(format!("/admin/flows/paypay/try/story?call={}", world.tried));
    pages.push(format!("/admin/calls/{call}"));
    pages.push(format!("/admin/notices/{notice}"));
    // What is asked for is told again by some.
    pages.push(format!("/admin/calls?f=1&q={evil}"));
    pages.push(format!("/admin/log?who={evil}"));
    pages
}

/// Pages that answer that there is no such thing.
fn missing() -> Vec<String> {
    let evil = percent(EVIL);
    ["flows/", "people/", "lines/", "calls/", "prompts/", "notices/", "calendars/dingpay/", "statistics?line="]
        .iter()
        .map(|of| format!("/admin/{of}{evil}"))
        .collect()
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn no_page_of_the_studio_is_left_out() {
    let world = World { call: "c".into(), tried: "t".into(), notice: "n".into(), versions: ("a".into(), "b".into()) };
    let known = pages(&world);
    let (_, doors) = doors().into_parts();
    let fits = |door: &str, page: &str| {
        let (door, page): (Vec<_>, Vec<_>) =
            (door.split('/').collect(), page.split('?').next().unwrap().split('/').collect());
        door.len() == page.len() && door.iter().zip(&page).all(|(a, b)| a.starts_with('{') || a == b)
    };
    let left_out: Vec<_> = doors
        .iter()
        .filter(|door| door.needs == Some(Role::Admin) && door.method == Method::GET && door.path.starts_with("/admin"))
        .filter(|door| !NO_PAGES.contains(&&*door.path) && !known.iter().any(|page| fits(&door.path, page)))
        .map(|door| door.path.clone())
        .collect();
    assert!(left_out.is_empty(), "{left_out:?}");
}

#[tokio::test]
async fn every_page_holds_the_rules_and_runs_nothing_that_somebody_typed() {
    let _turn = turn().await;
    let home = Home::new().with_desks().with_own_flows();
    let server = home.start();
    let world = World::make(&home, &server).await;
    let axe = std::fs::read_to_string(axe()).unwrap();
    let anna = Studio::open(&home, &server, Screen::Desk).await;
    anna.notes_alerts().await;
    let mut found = Vec::new();
    for tag in ["en-US", "zh-CN", "ja-JP"] {
        anna.at(&format!("/admin?lang={tag}")).await;
        for page in pages(&world) {
            let at = format!("{page}{}lang={tag}", if page.contains('?') { '&' } else { '?' });
            anna.measures(1280, 800).await;
            anna.at(&at).await;
            assert_eq!(anna.run("return document.documentElement.lang").await, tag, "{page}");
            anna.run("document.querySelectorAll('details').forEach((it) => { it.open = true })").await;
            anna.driver.execute(axe.as_str(), Vec::new()).await.unwrap();
            anna.shoot(&shot(&page, tag, 1280)).await;
            for width in [1280, 320] {
                anna.measures(width, 800).await;
                // Colours are the same in every language.
                let all = [("light", EVERY_RULE), ("dark", COLOURS)];
                for (scheme, rules) in if tag == "en-US" { &all[..] } else { &[("light", NO_COLOURS)] } {
                    let told = faults(&anna, scheme, rules).await;
                    found.extend(told.into_iter().map(|fault| format!("{tag} {page} {width} {scheme}: {fault}")));
                }
            }
            anna.fits(&format!("{tag} {page}")).await;
            assert_eq!(anna.traces().await, json!([]), "{tag} {page}");
            anna.shoot(&shot(&page, tag, 320)).await;
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(anna.complaints().await, [""; 0]);
    for page in missing() {
        anna.at(&page).await;
        assert_eq!(anna.traces().await, json!([]), "{page}");
        anna.css("h1").await;
    }
    // What is not there is an answer that browsers write down, and nothing else is.
    for told in anna.complaints().await {
        assert!(told.contains("the server responded with a status of 4"), "{told}");
    }
    anna.close().await;
}

#[tokio::test]
async fn what_somebody_typed_stands_on_the_pages_as_it_was_typed() {
    let home = Home::new().with_desks().with_own_flows();
    let server = home.start();
    World::make(&home, &server).await;
    let shown = "&#60;script&#62;alert(2)&#60;/script&#62;";
    for page in [
        "/admin/flows/dingpay/step?file=dingpay.yaml&name=welcome",
        "/admin/flows/dingpay/text",
        "/admin/flows/digital-wallet/versions",
        "/admin/calendars/digital-wallet/china-office?year=2026",
        "/admin/people/a-admin",
        "/admin/notices",
        "/admin/parked",
        "/admin/log",
    ] {
        let body = world::get(&home, &server, page).await;
        assert!(body.contains(shown), "{page}: {body}");
    }
}

const EVERY_RULE: &str = "{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }";
/// Nothing else of a page depends on light and dark.
const COLOURS: &str = "{ runOnly: { type: 'rule', values: ['color-contrast'] } }";
/// Everything else.
const NO_COLOURS: &str = "{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules: { 'color-contrast': { enabled: false } } }";

/// What axe-core, which is in the page, finds.
async fn faults(anna: &Studio, scheme: &str, rules: &str) -> Vec<String> {
    let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    anna.devtools("Emulation.setEmulatedMedia", media).await;
    let run = format!(
        "const done = arguments[arguments.length - 1];
        axe.run(document, {rules}).then(
            (told) => done(told.violations.map((it) => it.id + ': ' + it.nodes.slice(0, 3).map((node) => node.html + ' ' + node.failureSummary).join(' | '))),
            (error) => done(['axe did not run: ' + error]))"
    );
    let told: Value = anna.driver.execute_async(&run, Vec::new()).await.unwrap().json().clone();
    serde_json::from_value(told).unwrap()
}

fn shot(page: &str, tag: &str, width: u32) -> String {
    let name: String = page.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).take(60).collect();
    format!("page{name}-{tag}-{width}")
}
