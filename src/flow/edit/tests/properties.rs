//! What holds for every edit, whatever is written.

use super::random::{blows, strike, text};
use super::{SHIPPED, SMALL};
use crate::flow::edit::value::{as_written, same, value};
use crate::flow::edit::write::{self, Place};
use crate::flow::edit::{add_step, delete_step, move_step, outline, rename_step, set_step, step};
use crate::flow::source;
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::{Value, json};
use std::sync::Arc;

/// Files that are quick to read, with every sort of step among them.
fn files() -> Vec<&'static str> {
    let small = SHIPPED.into_iter().filter(|(file, _)| file.starts_with("common/")).map(|(_, text)| text);
    small.chain([SMALL]).collect()
}

fn config() -> Config {
    Config { cases: 60, failure_persistence: None, ..Config::default() }
}

fn read(text: &str) -> Value {
    value(&source::parse(&Arc::from("x"), text).unwrap_or_else(|problem| panic!("{problem}\n{text}")))
}

/// Everything but the lines of one step.
fn around(text: &str, name: &str) -> (String, String) {
    let at = outline(text).into_iter().find(|step| step.name == name).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    (lines[..at.first - 1].concat(), lines[at.last..].concat())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_text_is_read_as_it_was_written(text in text(), key in text(), other in text(), bare: bool) {
        for inside in [false, true] {
            let place = Place { inside, bare };
            let scalar = write::scalar(&text, place);
            prop_assert!(!scalar.contains('\n'));
            let yaml = if inside { format!("a: {{ b: {scalar}, c: [{scalar}] }}") } else { format!("a: {scalar}  # c") };
            let expected = if inside { json!({ "a": { "b": text, "c": [text] } }) } else { json!({ "a": text }) };
            prop_assert_eq!(read(&yaml), expected, "{}", yaml);
        }
        let tree = json!({ "k": { key.clone(): text.clone() }, "l": [[text.clone()], { key: [other] }], "n": null });
        prop_assert_eq!(read(&write::inline(&tree, Place { inside: false, bare })), tree);
        let lines = write::field("say", &json!({ "en-US": text }), 0, Some(crate::flow::schema::Shape::Texts));
        prop_assert_eq!(read(&lines.join("\n")), json!({ "say": { "en-US": text } }));
    }

    #[test]
    fn a_step_says_what_it_was_set_to_and_nothing_else_changes(file in 0..9usize, at in 0..200usize, blows in blows()) {
        let files = files();
        let text = files[file % files.len()];
        let steps = outline(text);
        let name = &steps[at % steps.len()].name;
        let mut value = step(text, name).unwrap();
        strike(&mut value, &blows);
        let Ok(edited) = set_step(text, name, &value) else {
            prop_assert!(value.as_object().is_none_or(serde_json::Map::is_empty), "{value}");
            return Ok(());
        };
        let now = step(&edited, name).unwrap();
        prop_assert!(same(&now, &as_written(&value)), "{}\n{}", edited, value);
        prop_assert_eq!(around(&edited, name), around(text, name));
        let back = set_step(&edited, name, &step(text, name).unwrap()).unwrap();
        prop_assert!(same(&step(&back, name).unwrap(), &step(text, name).unwrap()));
    }

    #[test]
    fn steps_come_move_and_go_without_a_trace(file in 0..9usize, at in 0..200usize, to in 0..200usize, text in text()) {
        let files = files();
        let file = files[file % files.len()];
        let steps = outline(file);
        let (name, after) = (&steps[at % steps.len()].name, &steps[to % steps.len()].name);
        let more = add_step(file, Some(after), "newcomer", &json!({ "hangup": { "en-US": text } })).unwrap();
        prop_assert_eq!(&step(&more, "newcomer").unwrap()["hangup"]["en-US"], &Value::from(text));
        prop_assert_eq!(&delete_step(&more, "newcomer").unwrap(), file);
        let renamed = rename_step(file, name, "newcomer").unwrap();
        prop_assert_eq!(&rename_step(&renamed, "newcomer", name).unwrap(), file);
        let moved = move_step(file, name, Some(after).filter(|after| *after != name).map(String::as_str)).unwrap();
        let mut lines: Vec<Vec<&str>> = [&moved[..], file].map(|text| text.lines().collect()).to_vec();
        lines.iter_mut().for_each(|lines| lines.sort_unstable());
        prop_assert_eq!(&lines[0], &lines[1], "only the order of lines changes");
    }

    #[test]
    fn a_damaged_text_is_edited_rightly_or_refused(
        file in 0..9usize, wounds in prop::collection::vec((any::<u32>(), 0..4u8, text()), 1..4), at in 0..200usize,
    ) {
        let files = files();
        let mut damaged = files[file % files.len()].to_owned();
        for (place, sort, with) in wounds {
            let places: Vec<usize> = damaged.char_indices().map(|(at, _)| at).chain([damaged.len()]).collect();
            let from = places[place as usize % places.len()];
            match sort {
                0 => damaged.insert_str(from, &with),
                1 => drop(damaged.drain(from..*places.iter().find(|at| **at >= from + 9).unwrap_or(&damaged.len()))),
                2 => damaged.insert(from, '\n'),
                _ => damaged.truncate(damaged.ceil_char_boundary(from.max(200))),
            }
        }
        let steps = outline(&damaged);
        let Some(at) = steps.get(at % steps.len().max(1)) else { return Ok(()) };
        let new = json!({ "say": { "en-US": "a: b" }, "then": "c" });
        if let Ok(edited) = set_step(&damaged, &at.name, &new) {
            prop_assert_eq!(step(&edited, &at.name), Some(new.clone()));
        }
        if let Ok(more) = add_step(&damaged, Some(&at.name), "newcomer", &new) {
            prop_assert_eq!(step(&more, "newcomer"), Some(new));
        }
        if let Ok(renamed) = rename_step(&damaged, &at.name, "newcomer") {
            prop_assert_eq!(&step(&renamed, "newcomer").is_some(), &true);
        }
        let moved = move_step(&damaged, &at.name, None);
        prop_assert!(moved.is_err() || moved.is_ok_and(|moved| outline(&moved)[0].name == at.name));
        if let Ok(less) = delete_step(&damaged, &at.name) {
            prop_assert_eq!(step(&less, &at.name), None);
        }
    }
}
