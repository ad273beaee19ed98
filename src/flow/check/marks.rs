//! Marks in texts: what looks like a tag is warned of at its text, wherever texts stand in a flow's files.

use super::report::Report;
use crate::flow::source::{Is, Node, Problem, Severity};
use crate::words::{Lang, markup};
use std::sync::Arc;

/// Notes every text that holds one.
pub fn check(report: &mut Report) {
    for (file, tree) in report.trees {
        each_text(tree, &mut |node, text| {
            let Some(mark) = markup::found(text) else { return };
            let what = format!("`{mark}` is markup: callers would hear it read out, or nothing of it");
            let hint = "write words alone; a pause is a comma or a full stop";
            let problem = Problem::new(Arc::from(*file), node.at, "markup", what, hint);
            report.problems.push(Problem { severity: Severity::Warn, ..problem });
        });
    }
}

/// Every text that is written in languages.
fn each_text(node: &Node, with: &mut impl FnMut(&Node, &str)) {
    match &node.is {
        Is::Map(pairs) => {
            for (key, value) in pairs {
                match value.text().filter(|_| Lang::parse(&key.text).is_some_and(|lang| lang.tag() == key.text)) {
                    Some(text) => with(value, text),
                    None => each_text(value, with),
                }
            }
        }
        Is::List(items) => items.iter().for_each(|item| each_text(item, with)),
        Is::Scalar { .. } => {}
    }
}
