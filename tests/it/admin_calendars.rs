//! Calendars as a year one looks at, and their days changed in the draft.

use crate::support::admin::Admin;
use crate::support::browser::{Screen, turn};
use crate::support::server::Home;
use crate::support::studio::Studio;

/// The cell of a day.
fn cell(page: &str, day: &str) -> String {
    let from = page.find(&format!("data-testid=\"d-{day}\"")).unwrap_or_else(|| panic!("no {day}: {page}"));
    let begins = page[..from].rfind("<td").unwrap();
    page[begins..from + page[from..].find("</td>").unwrap()].to_owned()
}

const OFFICE: &str = "/admin/calendars/digital-wallet/china-office";

#[tokio::test]
async fn a_year_shows_adjusted_working_days_and_holidays_with_their_reasons() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let year = admin.reads(&format!("{OFFICE}?year=2026")).await;
    for (day, class, told) in [
        ("2026-01-04", "adjusted", "open though usually closed"),
        ("2026-02-17", "closed", "closed, Spring Festival"),
        ("2026-03-01", "rest", "closed every week"),
        ("2026-03-02", "open", "open"),
    ] {
        let cell = cell(&year, day);
        assert!(cell.contains(&format!("class=\"{class}\"")) && cell.contains(told), "{day}: {cell}");
    }
    assert!(year.contains("General Office of the State Council") && year.contains("09:00–12:00, 13:30–18:00"));
    let next = admin.reads(&format!("{OFFICE}?year=2027")).await;
    assert!(next.contains("The days off of 2027 are not listed: the list ends with 2026"));
    let japan = admin.reads("/admin/calendars/paypay/paypay-support?year=2027").await;
    assert!(cell(&japan, "2027-03-22").contains("Vernal Equinox Day, observed"));
    assert!(!japan.contains("data-testid=\"unlisted\""));
    let list = admin.reads("/admin/calendars").await;
    assert!(list.contains("agents&#39; hours") && list.contains(OFFICE), "{list}");
}

#[tokio::test]
async fn a_day_changed_here_changes_one_line_of_the_draft_and_back_again_none() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let day = format!("{OFFICE}/day");
    let form =
        |date, kind, hours, why, rev| [("date", date), ("kind", kind), ("hours", hours), ("why", why), ("rev", rev)];
    for (form, field) in [
        (form("2026-13-01", "closed", "", "x", "0"), "Choose a day"),
        (form("2026-06-01", "closed", "", "", "0"), "Write why it is closed"),
        (form("2026-06-01", "open", "9-12", "", "0"), "Write hours as"),
        (form("2026-06-01", "open", "13:00-18:00, 09:00-12:00", "", "0"), "in order, none overlapping"),
        (form("2026-06-01", "perhaps", "", "", "0"), "Choose whether"),
    ] {
        let refused = admin.post(&day, &form).await.answer;
        assert!(refused.status == 422 && refused.body.contains(field), "{field}: {}", refused.body);
    }
    let added = admin.post(&day, &form("2026-06-01", "closed", "", "<b>Moving</b>: us", "0")).await;
    assert_eq!(added.location.as_deref(), Some(&*format!("{OFFICE}?year=2026&said=saved")), "{:?}", added.answer);
    let year = admin.reads(&format!("{OFFICE}?year=2026")).await;
    assert!(cell(&year, "2026-06-01").contains("closed, &#60;b&#62;Moving&#60;/b&#62;: us"), "and runs nothing");
    // Whoever looked before this is told.
    let late = admin.post(&day, &form("2026-06-02", "closed", "", "late", "0")).await.answer;
    assert!(late.status == 422 && late.body.contains("a-admin has changed the draft meanwhile"), "{}", late.body);
    let open = admin.post(&day, &form("2026-06-06", "open", "09:00–12:00", "a Saturday", "1")).await;
    assert_eq!(open.answer.status, 303, "{}", open.answer.body);
    let year = admin.reads(&format!("{OFFICE}?year=2026")).await;
    let saturday = cell(&year, "2026-06-06");
    assert!(saturday.contains("adjusted") && saturday.contains("a Saturday"), "{saturday}");
    assert!(year.contains("href=\"/admin/flows/digital-wallet/review\""));
    assert_eq!(admin.post(&day, &form("2026-06-01", "usual", "", "", "2")).await.answer.status, 303);
    assert_eq!(admin.post(&day, &form("2026-06-06", "usual", "", "", "3")).await.answer.status, 303);
    let year = admin.reads(&format!("{OFFICE}?year=2026")).await;
    assert!(!year.contains("href=\"/admin/flows/digital-wallet/review\""), "the draft is as the file is");
    let list = [("through", "2027"), ("source", "A notice: of 2026"), ("rev", "4")];
    assert_eq!(admin.post(&format!("{OFFICE}/list"), &list).await.answer.status, 303);
    let next = admin.reads(&format!("{OFFICE}?year=2027")).await;
    assert!(next.contains("A notice: of 2026") && !next.contains("data-testid=\"unlisted\""), "{next}");
    // No other hotline has heard of it.
    assert!(!admin.reads("/admin/calendars/dingpay/china-office?year=2027").await.contains("A notice: of 2026"));
}

#[tokio::test]
async fn an_admin_closes_a_day_in_the_browser() {
    let _turn = turn().await;
    let home = Home::new();
    let server = home.start();
    let anna = Studio::open(&home, &server, Screen::Desk).await;
    anna.at("/admin/calendars?lang=en-US").await;
    anna.is_without_fault("calendars").await;
    anna.shoot("calendars").await;
    anna.click("digital-wallet-china-office").await;
    anna.at(&format!("{OFFICE}?year=2026&lang=en-US")).await;
    anna.run("document.getElementById('date').value = '2026-06-01'").await;
    anna.click("save").await;
    anna.says("fault", "Write why it is closed").await;
    anna.complaints().await;
    anna.fill("why", "We move").await;
    anna.click("save").await;
    anna.says("said", "Saved in the draft.").await;
    anna.says("row-2026-06-01", "We move").await;
    anna.click("remove-2026-06-01").await;
    anna.until("return document.querySelector('[data-testid=\"row-2026-06-01\"]') === null").await;
    anna.click("after").await;
    anna.says("year", "2027").await;
    anna.says("unlisted", "not listed").await;
    for lang in ["zh-CN", "ja-JP", "en-US"] {
        anna.at(&format!("{OFFICE}?year=2026&lang={lang}")).await;
        anna.is_without_fault(lang).await;
        anna.shoot(&format!("calendar-{lang}")).await;
    }
    anna.close().await;
    let small = Studio::open(&home, &server, Screen::Small).await;
    for lang in ["zh-CN", "ja-JP", "en-US"] {
        for path in ["/admin/calendars".to_owned(), "/admin/calendars/paypay/paypay-support".to_owned()] {
            small.at(&format!("{path}?lang={lang}")).await;
            small.css("h1").await;
            small.fits(&path).await;
            small.is_without_fault(&path).await;
        }
        small.shoot(&format!("calendar-small-{lang}")).await;
    }
    small.close().await;
}
