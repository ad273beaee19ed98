use super::*;
use crate::flow::edit::{outline, set_step, step};
use serde_json::json;
use std::path::Path;

const LANGUAGES: [(Lang, &str); 4] = [(Lang::ZhCn, ""), (Lang::ZhHk, ""), (Lang::JaJp, ""), (Lang::EnUs, "")];
const AROUND: Around<'static> = Around { lang: Lang::EnUs, languages: &LANGUAGES, faults: &[] };

/// What a browser sends of a form that nobody has touched.
fn sent(shown: &[Shown]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for field in shown {
        let name = format!("f.{}", field.name);
        let mut add = |rest: String, value: &str| pairs.push((format!("{name}{rest}"), value.to_owned()));
        match &field.input {
            Input::Line { value, .. } | Input::Choice { value, .. } | Input::Target { value } => {
                add(String::new(), value)
            }
            Input::Texts(said) | Input::Files(said) => {
                said.iter().for_each(|it| add(format!(".{}", it.tag), &it.text.replace('\n', "\r\n")));
            }
            Input::Options(rows) => rows.iter().for_each(|row| {
                for (part, value) in [("key", row.key.as_str()), ("go", &row.go), ("says", row.says)] {
                    add(format!(".{}.{part}", row.at), value);
                }
                row.label.iter().for_each(|it| add(format!(".{}.label.{}", row.at, it.tag), &it.text));
            }),
            Input::Cases(rows) => rows.iter().for_each(|row| {
                add(format!(".{}.if", row.at), &row.condition);
                add(format!(".{}.go", row.at), &row.go);
            }),
            Input::Pairs(rows) => rows.iter().for_each(|(at, key, value)| {
                add(format!(".{at}.name"), key);
                add(format!(".{at}.value"), value);
            }),
            Input::Lines(text) => add(String::new(), text),
            Input::Typing { kind, from, to, currency, .. } => {
                for (part, value) in [("kind", kind), ("from", from), ("to", to), ("currency", currency)] {
                    add(format!(".{part}"), value);
                }
            }
        }
    }
    pairs
}

/// Every flow file that is shipped.
fn files() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("flows");
    let entries = [folder.clone(), folder.join("common")].into_iter().flat_map(|folder| folder.read_dir().unwrap());
    let texts =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "yaml"));
    texts.map(|path| std::fs::read_to_string(path).unwrap()).filter(|text| text.contains("\nsteps:")).collect()
}

#[test]
fn a_form_that_nobody_touched_changes_no_line_of_any_shipped_step() {
    let mut steps = 0;
    for text in files() {
        for at in outline(&text) {
            let value = step(&text, &at.name).unwrap();
            let kind = kind_of(&value).unwrap();
            let filled = Filled::of(&sent(&shown(kind, &value, &AROUND)));
            for before in [&value, &json!({})] {
                let back = filled.value(kind, before);
                assert_eq!(set_step(&text, &at.name, &back).unwrap(), text, "{}: {back}", at.name);
            }
            steps += 1;
        }
    }
    assert!(steps > 400, "{steps}");
}

#[test]
fn options_move_under_keys_that_stay() {
    let mut value = json!({ "menu": [
        { "key": "1", "go": "a", "for": { "en-US": "one" } },
        { "key": "2", "go": "b", "to": { "en-US": "two" } },
    ] });
    rearrange(&mut value, "up.menu.1");
    assert_eq!(value["menu"][0], json!({ "key": "1", "go": "b", "to": { "en-US": "two" } }));
    assert_eq!(value["menu"][1]["key"], "2");
    rearrange(&mut value, "add.menu");
    assert_eq!(value["menu"][2]["key"], 3, "the first key that is free");
    rearrange(&mut value, "remove.menu.0");
    assert_eq!(value["menu"].as_array().unwrap().len(), 2);
    let same = value.clone();
    for nothing in ["up.menu.0", "down.menu.9", "remove.menu.9", "up.steps.1", "save", ""] {
        rearrange(&mut value, nothing);
        assert_eq!(value, same, "{nothing}");
    }
}

#[test]
fn what_is_emptied_is_left_out_and_what_the_form_does_not_know_stays() {
    let before = json!({ "say": { "en-US": "Hello." }, "then": "main", "barge-in": "no", "odd": "kept" });
    let kind = kind_of(&before).unwrap();
    let pairs = [("f.say.en-US", "Good day."), ("f.say.ja-JP", ""), ("f.then", "main"), ("f.barge-in", "")];
    let pairs: Vec<(String, String)> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let value = Filled::of(&pairs).value(kind, &before);
    assert_eq!(value, json!({ "say": { "en-US": "Good day." }, "then": "main", "odd": "kept" }));
}
