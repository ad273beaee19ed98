use super::*;

fn page(lang: Lang) -> PhonePage {
    PhonePage {
        lang,
        lines: vec![Line {
            name: "digital-wallet".into(),
            title: "Wallet <script>alert(1)</script>".into(),
            dialled: "+8675500000001".into(),
            languages: vec![Lang::ZhCn, Lang::ZhHk, Lang::EnUs],
        }],
        demo_callers: vec![DemoCaller {
            name: "<script>李\"明".into(),
            number: "+8613800138000".into(),
            account: "10001001".into(),
            pin: "270496".into(),
            knowledge: "198503142716".into(),
            note: "locked & watched".into(),
        }],
        token: Secret::new("a</script><b>"),
    }
}

#[test]
fn the_page_speaks_each_language_and_says_which() {
    for (lang, tag, title) in [
        (Lang::ZhCn, "zh-CN", "浏览器电话"),
        (Lang::ZhHk, "zh-CN", "浏览器电话"),
        (Lang::JaJp, "ja-JP", "ブラウザー電話"),
        (Lang::EnUs, "en-US", "Browser phone"),
    ] {
        let html = page(lang).html().unwrap();
        assert!(html.contains(&format!("<html lang=\"{tag}\">")), "{tag}");
        assert!(html.contains(&format!("<title>{title}")), "{tag}");
        assert!(html.contains(&format!("href=\"?lang={tag}\" lang=\"{tag}\" aria-current=\"true\"")), "{tag}");
    }
}

#[test]
fn names_and_titles_cannot_become_markup() {
    let html = page(Lang::EnUs).html().unwrap();
    assert!(!html.contains("<script>"));
    assert!(html.contains("Wallet &#60;script&#62;"));
    assert!(html.contains("&#60;script&#62;李&#34;明"));
    assert!(html.contains("locked &#38; watched"));
}

#[test]
fn the_token_reaches_the_script_whole_and_cannot_end_its_element() {
    let html = page(Lang::JaJp).html().unwrap();
    let block = html.split_once("<script type=\"application/json\" id=\"data\">").unwrap().1;
    let data: serde_json::Value = serde_json::from_str(block.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(data["token"], "a</script><b>");
    assert_eq!(data["words"]["hang_up"], "切る");
}

#[test]
fn nothing_on_the_pages_needs_what_the_security_policy_forbids() {
    for html in [page(Lang::ZhCn).html().unwrap()] {
        assert!(!html.contains(" style="));
        assert!(!html.contains("<style"));
        assert!(!html.contains(" onclick="));
        let scripts: Vec<&str> = html.match_indices("<script").map(|(at, _)| &html[at..at + 40]).collect();
        for script in scripts {
            assert!(script.contains("src=\"/assets/") || script.contains("application/json"), "{script}");
        }
    }
}

#[test]
fn every_key_and_control_has_its_hook() {
    let html = page(Lang::EnUs).html().unwrap();
    let keys = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "star", "hash"].map(|key| format!("key-{key}"));
    let controls = ["call", "hangup", "transcript", "state", "line", "caller", "mute", "pause", "documents", "retry"];
    let asked =
        ["desk", "desk-answered", "desk-busy", "desk-no-answer", "desk-failed", "message", "spoken", "unspoken"];
    for hook in keys.iter().map(String::as_str).chain(controls).chain(asked) {
        assert_eq!(html.matches(&format!("data-testid=\"{hook}\"")).count(), 1, "{hook}");
    }
}

#[test]
fn without_demo_callers_no_account_or_pin_is_shown() {
    let bare = PhonePage { demo_callers: vec![], ..page(Lang::EnUs) }.html().unwrap();
    assert!(!bare.contains("270496"));
    assert!(!bare.contains("data-testid=\"account\""));
    assert!(bare.contains("Number withheld"));
}

#[test]
fn without_lines_there_is_nothing_to_call() {
    let bare = PhonePage { lines: vec![], ..page(Lang::EnUs) }.html().unwrap();
    assert!(bare.contains("There is no line to call yet."));
    assert!(bare.contains("data-testid=\"call\" disabled"));
}

#[test]
fn every_file_the_pages_and_scripts_load_is_served() {
    let served = |path: &str| ASSETS.iter().any(|asset| asset.path == path);
    let pages = page(Lang::EnUs).html().unwrap();
    let scripts: String = ASSETS.iter().map(|asset| asset.text).collect();
    let loaded = pages.split("\"/assets/").skip(1).chain(scripts.split("from \"./").skip(1));
    let names: Vec<&str> = loaded.map(|rest| rest.split_once('"').unwrap().0).collect();
    assert!(names.len() >= 5, "{names:?}");
    assert!(names.iter().all(|name| served(&format!("/assets/{name}"))), "{names:?}");
}

#[test]
fn every_element_the_scripts_ask_for_by_id_is_on_the_page() {
    let html = page(Lang::EnUs).html().unwrap();
    let scripts: String = ASSETS.iter().map(|asset| asset.text).collect();
    let ids: Vec<&str> = scripts.split("el(\"").skip(1).map(|rest| rest.split_once('"').unwrap().0).collect();
    assert!(ids.len() > 30);
    for id in ids {
        assert!(html.contains(&format!(" id=\"{id}\"")), "{id}");
    }
}
