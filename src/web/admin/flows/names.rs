//! The names there are to choose from in a hotline's files, and what kinds and fields are called by
//! those who write hotlines.

use crate::flow::edit::{outline, words as edit_words};
use crate::flow::source::{self, Is, Node};
use crate::words::Lang;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The languages callers are served in, each by its own name; Chinese by what is spoken.
const SPOKEN: [(Lang, &str); 4] =
    [(Lang::ZhCn, "普通话"), (Lang::ZhHk, "廣東話"), (Lang::JaJp, "日本語"), (Lang::EnUs, "English")];

/// What one may name in a file.
#[derive(Serialize, Default)]
pub(super) struct Known {
    pub(super) steps: Vec<String>,
    pub(super) sources: Vec<String>,
    pub(super) calendars: Vec<String>,
    pub(super) sub_flows: Vec<String>,
    pub(super) names: Vec<String>,
}

/// What a kind is called.
pub(super) fn kind_name(kind: &str, lang: Lang) -> String {
    edit_words::kind_name(kind, lang).to_owned()
}

/// What a field of a kind is called, and what it is for.
pub(super) fn field_words(kind: &str, field: &str, lang: Lang) -> (String, String) {
    let name = if kind == field { kind.to_owned() } else { format!("{kind}.{field}") };
    let words = edit_words::field_words(&name, lang);
    words.map_or_else(|| (field.to_owned(), String::new()), |words| (words.label.to_owned(), words.help.to_owned()))
}

/// What a language is called by those who speak it.
pub(in crate::web::admin) fn language_name(lang: Lang) -> &'static str {
    SPOKEN[lang as usize].1
}

/// The names a file may use.
pub(super) fn known(files: &[(String, String)], file: &str) -> Known {
    let tree = |name: &str| {
        let (file, text) = files.iter().find(|(file, _)| file == name)?;
        source::parse(&Arc::from(file.as_str()), text).ok()
    };
    let keys = |name: &str| -> Vec<String> {
        tree(name).iter().flat_map(Node::pairs).map(|(key, _)| key.text.clone()).collect()
    };
    let text = files.iter().find(|(name, _)| name == file).map_or("", |(_, text)| text);
    let own = tree(file);
    let mut names: BTreeSet<String> = ["caller.account", "caller.name", "caller.number"].map(str::to_owned).into();
    own.iter().for_each(|tree| variables(tree, &mut names));
    let uses = own.as_ref().and_then(|tree| tree.get("uses")).map(Node::items).unwrap_or_default();
    Known {
        steps: outline(text).into_iter().map(|step| step.name).collect(),
        sources: keys("sources.yaml"),
        calendars: keys("calendars.yaml"),
        sub_flows: uses.iter().filter_map(|used| used.text().map(str::to_owned)).collect(),
        names: names.into_iter().collect(),
    }
}

/// The languages a file is written in, the default first; all where it cannot be told.
pub(super) fn languages(files: &[(String, String)], file: &str) -> Vec<(Lang, &'static str)> {
    let text = files.iter().find(|(name, _)| name == file).map_or("", |(_, text)| text);
    let tree = source::parse(&Arc::from(file), text).ok();
    let written = tree.as_ref().and_then(|tree| tree.get("languages")).map(Node::items).unwrap_or_default();
    let mut langs: Vec<Lang> = written.iter().filter_map(|item| Lang::parse(item.text()?)).collect();
    if langs.is_empty() {
        langs = Lang::ALL.to_vec();
    }
    langs.into_iter().map(|lang| (lang, language_name(lang))).collect()
}

/// The names that steps give values to.
fn variables(node: &Node, found: &mut BTreeSet<String>) {
    match &node.is {
        Is::Map(pairs) => {
            for (key, value) in pairs {
                match (key.text.as_str(), value.text()) {
                    ("ask" | "into" | "record" | "score", Some(name)) => {
                        found.insert(name.to_owned());
                    }
                    ("set", None) => found.extend(value.pairs().iter().map(|(key, _)| key.text.clone())),
                    _ => variables(value, found),
                }
            }
        }
        Is::List(items) => items.iter().for_each(|item| variables(item, found)),
        Is::Scalar { .. } => {}
    }
}
