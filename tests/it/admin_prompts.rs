//! What hotlines say, out to translators and in again, and recordings: over HTTP and in a browser.

mod unplayed;

use crate::support::admin::Admin;
use crate::support::browser::{Screen, turn};
use crate::support::people::{Page, page, store};
use crate::support::server::Home;
use crate::support::studio::Studio;
use reqwest::header;

const BOUNDARY: &str = "----a-boundary-of-a-test";

impl Admin<'_> {
    /// A form with a file.
    async fn sends(&self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Page {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.as_bytes());
        }
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../x\"\r\n\r\n");
        body.extend([head.as_bytes(), file, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat());
        let request = self.server.request("POST", path).header("cookie", &self.session).body(body);
        page(request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))).await
    }

    /// Sends texts that are refused, at this place.
    async fn is_refused(&self, file: &[u8], at: (usize, &str), why: &str) {
        self.is_refused_by("dingpay", file, at, why).await;
    }

    async fn is_refused_by(&self, flow: &str, file: &[u8], (line, column): (usize, &str), why: &str) {
        let refused = self.sends(&format!("/admin/prompts/{flow}/texts"), &[], file).await.answer;
        let head = String::from_utf8_lossy(&file[..file.len().min(60)]).into_owned();
        assert!(
            refused.status == 422 && refused.body.contains(why),
            "{head} {why}: {} {}",
            refused.status,
            refused.body
        );
        let told = format!("<th scope=\"row\">Line {line}</th><td data-label=\"Column\">{column}</td>");
        assert!(refused.body.contains(&told), "{head}: {told}: {}", refused.body);
        assert!(!refused.body.contains("data-testid=\"take\""), "{head}");
    }

    /// Takes what a page says would change.
    async fn takes(&self, flow: &str, shown: &str) -> Page {
        let value = |name: &str| {
            let after = shown.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("{shown}"));
            let text = after.split('"').next().unwrap();
            text.replace("&#34;", "\"")
                .replace("&#60;", "<")
                .replace("&#62;", ">")
                .replace("&#39;", "'")
                .replace("&#38;", "&")
        };
        let form = [("rev", value("rev")), ("base", value("base")), ("new", value("new"))];
        let path = format!("/admin/prompts/{flow}/take");
        page(self.server.request("POST", &path).header("cookie", &self.session).form(&form)).await
    }
}

/// A tenth of a second of silence and more, as telephones have it.
fn wav(seconds: u32) -> Vec<u8> {
    let data = 8000 * seconds;
    let mut wav = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x07\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data".to_vec();
    wav.extend(data.to_le_bytes());
    wav.extend(vec![0xff; data as usize]);
    wav
}

#[tokio::test]
async fn every_text_of_every_hotline_goes_out_and_in_and_changes_nothing() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    for (flow, languages) in
        [("digital-wallet", vec!["zh-HK", "en-US"]), ("dingpay", vec!["en-US"]), ("paypay", vec![]), ("upay", vec![])]
    {
        let at = format!("/admin/prompts/{flow}");
        let shown = admin.get(&at).await.answer.body;
        for lang in &languages {
            assert!(shown.contains(&format!("{at}/texts/{lang}.xlf")), "{flow} {lang}");
        }
        let links = shown.split("/texts/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        let files = links.map(|name| format!("{at}/texts/{name}")).chain([format!("{at}/texts.csv")]);
        for file in files.collect::<Vec<_>>() {
            let out = admin.get(&file).await.answer;
            assert!(out.status == 200 && out.body.len() > 1000, "{file}");
            let looked = admin.sends(&format!("{at}/texts"), &[], out.body.as_bytes()).await.answer;
            let nothing = "Nothing: the file says what the hotline says already.";
            assert!(looked.status == 200 && looked.body.contains(nothing), "{file}: {}", looked.body);
        }
    }
}

#[tokio::test]
async fn a_translation_is_shown_in_words_and_goes_into_the_draft() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let at = "/admin/prompts/dingpay";
    let csv = admin.get(&format!("{at}/texts.csv")).await.answer.body;
    let old = "a failed payment or paying abroad";
    assert!(csv.contains(old), "{csv}");
    let looked = admin.sends(&format!("{at}/texts"), &[], csv.replace(old, "=payments & more").as_bytes()).await.answer;
    assert!(looked.status == 200 && looked.body.contains("=payments &#38; more"), "{}", looked.body);
    assert!(!admin.get(&format!("{at}/texts.csv")).await.answer.body.contains("payments & more"), "only looked at");
    // It was told against another version than is live by now.
    let stale = looked.body.replace("name=\"base\" value=\"", "name=\"base\" value=\"0");
    let refused = admin.takes("dingpay", &stale).await.answer;
    assert!(refused.status == 422 && refused.body.contains("Another version was published meanwhile"), "{refused:?}");
    let taken = admin.takes("dingpay", &looked.body).await;
    assert_eq!(taken.location.as_deref(), Some("/admin/prompts/dingpay?said=taken"), "{:?}", taken.answer);
    let csv = admin.get(&format!("{at}/texts.csv")).await.answer.body;
    assert!(csv.contains("'=payments & more"), "and runs nothing in a spreadsheet");
    // The same by the translators' format, with a placeholder that lost what it stands for.
    let xliff = admin.get(&format!("{at}/texts/en-US.xlf")).await.answer.body;
    assert!(xliff.contains("<target>=payments &amp; more</target>"));
    let changed = xliff.replace(
        "<target>Press zero at any time for a person.</target>",
        "<target><mrk mtype=\"seg\" mid=\"0\">Zero is a person.</mrk></target><note>ok</note>",
    );
    assert_ne!(changed, xliff);
    let looked = admin.sends(&format!("{at}/texts"), &[], changed.as_bytes()).await.answer;
    assert!(looked.body.contains("Zero is a person."), "{}", looked.body);
    // Somebody else takes it first.
    assert_eq!(admin.takes("dingpay", &looked.body).await.answer.status, 303);
    let late = admin.takes("dingpay", &looked.body).await.answer;
    assert!(late.status == 422 && late.body.contains("has changed the draft meanwhile"), "{}", late.body);
    // Only the words changed.
    let store = store(&home).await;
    store.close().await;
    let after = admin.get(&format!("{at}/texts/en-US.xlf")).await.answer.body;
    assert_eq!(after, xliff.replace("Press zero at any time for a person.", "Zero is a person."));
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_place_and_nothing_is_taken() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let at = "/admin/prompts/dingpay";
    let csv = admin.get(&format!("{at}/texts.csv")).await.answer.body;
    let id = "dingpay.yaml#steps/main/prompt";
    let line = csv.lines().position(|line| line.starts_with(id)).expect("the line") + 1;
    let row = csv.lines().nth(line - 1).unwrap().to_owned();
    let with = |words: &str| csv.replace(&row, &row.replace("Press zero at any time for a person.", words));
    let text = |text: &str| text.as_bytes().to_vec();
    let gone = |name: &str| csv.replacen(name, "other", 1);
    for (file, place, why) in [
        (text(&with("<b>Press</b> zero.")), (line, "en-US"), "“&#60;b&#62;” is markup"),
        (
            text(&with("Press <break time='500ms'/> zero.")),
            (line, "en-US"),
            "“&#60;break time=&#39;500ms&#39;/&#62;” is markup",
        ),
        (text(&with("Press {zero}.")), (line, "en-US"), "The source has nothing in braces"),
        (text(&with("Press {zero.")), (line, "en-US"), "It cannot be said"),
        (text(&with("Press\u{7}zero.")), (line, "en-US"), "a character in it that nobody sees"),
        (
            text(&csv.replace(id, "dingpay.yaml#steps/nowhere/say")),
            (line, "id"),
            "There is no text “dingpay.yaml#steps/nowhere/say” any more",
        ),
        (text(&csv.replace(&row, &format!("{row}\r\n{row}"))), (line + 1, "id"), "is there twice"),
        (
            text(&csv.replace(&row, &row.replace("随时可以按零找客服。", "随时"))),
            (line, "zh-CN"),
            "The source was changed",
        ),
        (text(&gone("en-US")), (1, "other"), "“other” is no language"),
        (text(&gone("zh-CN")), (1, "zh-CN"), "“zh-CN” is missing"),
        (text(&gone("id")), (1, "id"), "“id” is missing"),
        (text(&csv.replace(&row, &format!("{row},more"))), (line, "5"), "This row has 5 cells and the first row 4"),
        (text(&csv.replace(&row, id)), (line, "step"), "This row has 1 cells and the first row 4"),
        (
            [csv.as_bytes(), &[0xff]].concat(),
            (csv.lines().count() + 1, ""),
            "save it in the spreadsheet as “CSV UTF-8”",
        ),
        (b"\xff\xfei\0d\0,\0".to_vec(), (1, ""), "The file is not in UTF-8"),
        (b"PK\x03\x04\x14\0\x06\0".to_vec(), (1, ""), "own file: save it as “CSV UTF-8”"),
        (Vec::new(), (1, ""), "The file is empty"),
        (text(&csv.replacen("step", "EN-us", 1)), (1, "en-US"), "“en-US” is there twice"),
    ] {
        admin.is_refused(&file, place, why).await;
    }
    assert_eq!(admin.get(&format!("{at}/texts.csv")).await.answer.body, csv, "the draft is as it was");
    let large = admin.sends(&format!("{at}/texts"), &[], &vec![b'a'; 9 * 1024 * 1024]).await.answer;
    assert!(large.status == 422 && large.body.contains("larger than 8 MB"), "{}", large.status);
}

#[tokio::test]
async fn a_sheet_without_one_of_many_languages_is_refused_by_its_name_in_the_readers_language() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let csv = admin.get("/admin/prompts/digital-wallet/texts.csv").await.answer.body;
    let rows = || csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let head: Vec<String> = rows().headers().unwrap().iter().map(str::to_owned).collect();
    assert!(head.len() > 4, "{head:?}");
    for (at, lang) in head.iter().enumerate().skip(3) {
        let mut left = csv::Writer::from_writer(Vec::new());
        let without = |row: &csv::StringRecord| -> Vec<String> {
            row.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, cell)| cell.to_owned()).collect()
        };
        left.write_record(without(rows().headers().unwrap())).unwrap();
        rows().records().for_each(|row| left.write_record(without(&row.unwrap())).unwrap());
        let why = format!("“{lang}” is missing");
        admin.is_refused_by("digital-wallet", &left.into_inner().unwrap(), (1, lang), &why).await;
    }
    let whole = admin.sends("/admin/prompts/digital-wallet/texts", &[], csv.as_bytes()).await.answer;
    assert_eq!(whole.status, 200, "with all of them nothing is wrong");
    // A row that lost a cell is told in the language of whoever sends it, with its place.
    let short = csv.lines().take(2).map(|line| format!("{line}\r\n")).collect::<String>() + "lost\r\n";
    let told = admin.sends("/admin/prompts/digital-wallet/texts?lang=zh-CN", &[], short.as_bytes()).await.answer;
    let says = format!("这一行有 1 个单元格，首行有 {} 个", head.len());
    assert!(told.status == 422 && told.body.contains(&says), "{}", told.body);
    assert!(!told.body.contains("CSV error"), "{}", told.body);
}

#[tokio::test]
async fn exchange_files_that_do_not_fit_are_refused_with_their_place() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let text = |text: &str| text.as_bytes().to_vec();
    for (file, place, why) in [
        (text("<html><body>no</body></html>"), (1, ""), "“xliff” is missing"),
        (text("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><xliff>&b;</xliff>"), (1, ""), "DOCTYPE"),
        (text("<xliff><file target-language=\"fr-FR\">"), (1, ""), "“fr-FR” is no language"),
        (
            text("<xliff>\n<file target-language=\"en-US\"><trans-unit id=\"x\"><source>a</target>"),
            (2, "source"),
            "It cannot be read",
        ),
        (
            text(
                "<xliff>\n<file target-language=\"en-US\">\n<trans-unit id=\"x\"><source>a<g id=\"1\">b</g></source></trans-unit></file></xliff>",
            ),
            (3, "source"),
            "“&#60;g&#62;” is markup",
        ),
        (
            text(
                "<xliff><file target-language=\"en-US\">\n<trans-unit id=\"x\"><source>a &b;</source></trans-unit></file></xliff>",
            ),
            (2, "source"),
            "&#38;b;",
        ),
    ] {
        admin.is_refused(&file, place, why).await;
    }
}

#[tokio::test]
async fn a_recording_is_kept_heard_everywhere_and_named_in_the_draft() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let at = "/admin/prompts/dingpay";
    let of = |step| [("of", "dingpay.yaml"), ("step", step), ("lang", "en-US")];
    for (step, sound, why) in [
        ("welcome", b"<html>".to_vec(), "neither a WAV nor an MP3"),
        ("welcome", Vec::new(), "No file was chosen"),
        ("welcome", wav(1)[..4000].to_vec(), "damaged or breaks off"),
        ("welcome", wav(301), "longer than 5 minutes"),
        ("nowhere", wav(1), "There is no step “nowhere”"),
        ("payment-look-up", wav(1), "There is no step “payment-look-up”"),
    ] {
        let refused = admin.sends(&format!("{at}/audio"), &of(step), &sound).await.answer;
        assert!(refused.status == 422 && refused.body.contains(why), "{step} {why}: {}", refused.body);
    }
    let large = admin.sends(&format!("{at}/audio"), &of("welcome"), &vec![0; 11 * 1024 * 1024]).await.answer;
    assert!(large.status == 422 && large.body.contains("larger than 10 MB"), "{}", large.status);
    let kept = admin.sends(&format!("{at}/audio"), &of("welcome"), &wav(2)).await;
    assert_eq!(kept.answer.status, 303, "{}", kept.answer.body);
    let shown = admin.get(at).await.answer.body;
    let name = shown.split("src=\"/audio/studio/").nth(1).expect("a player").split('"').next().unwrap();
    assert!(name.ends_with(".wav") && shown.contains("uploaded by a-admin, 2 s"), "{shown}");
    // Whoever plays it needs no session: providers have none.
    let whole = server.request("GET", &format!("/audio/studio/{name}")).send().await.unwrap();
    assert_eq!((whole.status().as_u16(), &whole.headers()[header::CONTENT_TYPE]), (200, &"audio/wav".parse().unwrap()));
    assert_eq!(whole.bytes().await.unwrap(), wav(2));
    let part = server.request("GET", &format!("/audio/studio/{name}")).header(header::RANGE, "bytes=0-3").send().await;
    assert_eq!(part.unwrap().bytes().await.unwrap(), "RIFF");
    for none in ["00000000000000000000000000000000.wav", "../prompt.wav", "a.wav", &name.replace(".wav", ".mp3")] {
        assert_eq!(server.get(&format!("/audio/studio/{none}")).await.status, 404, "{none}");
    }
    // Other words than were recorded are told.
    let csv = admin.get(&format!("{at}/texts.csv")).await.answer.body;
    let changed = csv.replace("Hello, this is DingPay.", "Hello! This is DingPay.");
    let looked = admin.sends(&format!("{at}/texts"), &[], changed.as_bytes()).await.answer;
    assert_eq!(admin.takes("dingpay", &looked.body).await.answer.status, 303);
    assert!(admin.get(at).await.answer.body.contains("It was recorded for other words than these"));
}

#[tokio::test]
async fn an_admin_translates_and_records_in_the_browser() {
    let _turn = turn().await;
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let csv = admin.get("/admin/prompts/dingpay/texts.csv").await.answer.body;
    home.write("texts.csv", &csv.replace("Hello, this is DingPay.", "Hello! This is DingPay."));
    home.write("broken.csv", &csv.replace("Hello, this is DingPay.", "Hello, <i>this</i> is DingPay."));
    std::fs::write(home.path("welcome.wav"), wav(2)).unwrap();
    let file = |name: &str| home.path(name).display().to_string();
    let anna = Studio::open(&home, &server, Screen::Desk).await;
    anna.at("/admin/prompts?lang=en-US").await;
    anna.is_without_fault("hotlines").await;
    anna.click("hotline-dingpay").await;
    anna.shown("texts").await.send_keys(file("broken.csv")).await.unwrap();
    anna.click("look").await;
    anna.says("faults", "is markup and would be read out").await;
    anna.is_without_fault("refused texts").await;
    anna.shoot("prompts-refused").await;
    anna.complaints().await;
    anna.shown("texts").await.send_keys(file("texts.csv")).await.unwrap();
    anna.click("look").await;
    anna.says("would", "Hello! This is DingPay.").await;
    anna.is_without_fault("what would change").await;
    anna.shoot("prompts-would").await;
    anna.click("take").await;
    anna.says("said", "The texts are in the draft.").await;
    anna.run("document.querySelectorAll('details').forEach((it) => { it.open = true })").await;
    anna.shown("sound-welcome").await.send_keys(file("welcome.wav")).await.unwrap();
    anna.click("upload-welcome").await;
    anna.says("said", "The recording is in the draft.").await;
    let plays = "return document.querySelector('audio')?.src.includes('/audio/studio/') === true";
    anna.until(plays).await;
    anna.run("window.heard = false; const a = document.querySelector('audio'); a.addEventListener('loadedmetadata', () => { window.heard = a.duration > 1.9; }); a.preload = 'metadata'; a.load()").await;
    anna.until("return window.heard === true").await;
    anna.is_without_fault("a recording").await;
    anna.shoot("prompts-recorded").await;
    anna.close().await;
    let small = Studio::open(&home, &server, Screen::Small).await;
    for lang in ["zh-CN", "ja-JP", "en-US"] {
        for (n, path) in ["/admin/prompts", "/admin/prompts/dingpay"].iter().enumerate() {
            small.at(&format!("{path}?lang={lang}")).await;
            small.css("h1").await;
            small.fits(path).await;
            small.is_without_fault(path).await;
            if n == 0 {
                small.shoot(&format!("prompts-small-{lang}")).await;
            }
        }
    }
    small.close().await;
}
