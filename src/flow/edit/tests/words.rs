//! What a form asks and what it is called.

use crate::flow::edit::words::{field_words, kind_name};
use crate::flow::edit::{form, form_json, names};
use crate::flow::schema::{FLOW, KINDS, SUB_FLOW, Shape};
use crate::words::Lang;

#[test]
fn every_kind_and_every_field_has_its_words() {
    let mut fields: Vec<String> = FLOW.iter().chain(SUB_FLOW).map(|field| field.name.to_owned()).collect();
    for kind in KINDS {
        for lang in [Lang::ZhCn, Lang::JaJp, Lang::EnUs] {
            assert!(kind_name(kind.name, lang) != kind.name || lang == Lang::EnUs, "{} {lang}", kind.name);
        }
        for field in form(kind.name) {
            fields.push(format!("{}.{}", kind.name, field.name));
            if let Shape::List(inner) | Shape::Options(inner, _) = field.shape {
                fields.extend(inner.iter().map(|inner| inner.name.to_owned()));
            }
        }
    }
    for field in fields {
        for lang in [Lang::ZhCn, Lang::JaJp, Lang::EnUs] {
            let words = field_words(&field, lang).unwrap_or_else(|| panic!("{field}"));
            assert!(!words.label.is_empty() && !words.help.is_empty(), "{field} {lang}");
        }
    }
    assert_eq!(field_words("nothing-of-the-kind", Lang::EnUs), None);
}

#[test]
fn a_form_asks_what_the_language_has() {
    let menu: Vec<&str> = form("menu").iter().map(|field| field.name).collect();
    assert_eq!(menu, ["menu", "audio", "prompt", "needs", "otherwise", "waiver"]);
    assert!(form("no-kind").is_empty());
    let menu = form_json("menu");
    assert_eq!(menu[0]["input"], "options");
    assert_eq!(menu[0]["fields"][0]["from"], 1);
    assert_eq!(menu[0]["either"], serde_json::json!(["for", "to"]));
    assert_eq!(form_json("request")[0]["choices"][0], "callback");
    assert!(form_json("ask")[1].get("choices").is_some() || form_json("ask")[2].get("choices").is_some());
}

#[test]
fn an_editor_is_offered_what_the_files_name() {
    let files: Vec<(String, String)> = super::SHIPPED
        .into_iter()
        .filter(|(file, _)| ["upay.yaml", "common/text-link.yaml"].contains(file))
        .chain([
            ("calendars.yaml", include_str!("../../../../flows/calendars.yaml")),
            ("sources.yaml", include_str!("../../../../flows/sources.yaml")),
        ])
        .map(|(file, text)| (file.to_owned(), text.to_owned()))
        .collect();
    let names = names(&files);
    assert_eq!(names.steps["upay.yaml"][0], "begin");
    assert!(
        names.calendars.contains("upay-support") && names.lookups.contains("payment") && names.acts.contains("protect")
    );
    assert!(names.sub_flows.contains("text-link") && names.skills.contains("refund"));
    let known = &names.variables["upay.yaml"];
    assert!(
        ["matter", "payment_number", "payment", "caller.number"].iter().all(|name| known.contains(*name)),
        "{known:?}"
    );
    assert!(names.variables["common/text-link.yaml"].contains("link"));
    assert!(names.kinds.contains(&"menu") && names.fields.contains("otherwise"));
}
