//! What flows share: phrases, calendars, sources.

use super::block::named_type;
use super::fields::{Fields, Reader, near};
use super::http;
use crate::flow::hours::{Calendar, Span};
use crate::flow::model::{Origin, Phrases, Source};
use crate::flow::source::{Is, Node};
use crate::flow::value::Type;
use crate::words::{Lang, Level};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::time::Duration;

/// Everything flows share.
#[derive(Default)]
pub struct Shared {
    pub phrases: Phrases,
    pub calendars: BTreeMap<String, Calendar>,
    pub sources: BTreeMap<String, Source>,
}

/// What the core says, by name; in all languages, because every line may speak any.
pub fn phrases(reader: &mut Reader, tree: &Node) -> Phrases {
    if !matches!(tree.is, Is::Map(_)) {
        reader.expected(tree, "names with a text for each language");
    }
    Phrases(tree.pairs().iter().map(|(key, node)| (key.text.clone(), reader.texts(node, &Lang::ALL))).collect())
}

/// The calendars of `calendars.yaml`.
pub fn calendars(reader: &mut Reader, tree: &Node) -> BTreeMap<String, Calendar> {
    tree.pairs().iter().map(|(key, node)| (key.text.clone(), calendar(reader, &key.text, node))).collect()
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn calendar(reader: &mut Reader, name: &str, node: &Node) -> Calendar {
    let mut fields = Fields::of(reader, node, "`zone:`, `week:`, `closed:`, `open:`");
    let zone = fields.need(reader, "zone", "a time zone like Asia/Shanghai");
    let zone = zone.and_then(|n| {
        let zone = n.text().and_then(|t| TimeZone::get(t).ok());
        if zone.is_none() {
            let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
            let hint = near(n.text().unwrap_or_default(), names.iter().map(String::as_str));
            reader.expected_with(n, "a time zone like Asia/Shanghai", hint.unwrap_or_default());
        }
        zone
    });
    let mut week: [Vec<Span>; 7] = Default::default();
    for (key, node) in fields.need(reader, "week", "days with hours").map(Node::pairs).unwrap_or_default() {
        let Some(days) = weekdays(&key.text) else {
            let what = format!("`{}` is not a day or a span of days", key.text);
            reader.problem(key.at, "shape", what, "write mon, tue, wed, thu, fri, sat, sun, or mon-fri");
            continue;
        };
        let spans = spans(reader, node);
        for day in days {
            if !week[day].is_empty() {
                let what = format!("`{}` says hours for {} a second time", key.text, DAYS[day]);
                reader.problem(key.at, "hours", what, "give each day its hours once");
            }
            week[day].clone_from(&spans);
        }
    }
    let mut days = BTreeMap::new();
    for (key, _) in fields.take("closed").map(Node::pairs).unwrap_or_default() {
        days.extend(date(reader, key).map(|d| (d, Vec::new())));
    }
    for (key, node) in fields.take("open").map(Node::pairs).unwrap_or_default() {
        if let Some(day) = date(reader, key)
            && days.insert(day, spans(reader, node)).is_some()
        {
            reader.problem(key.at, "hours", format!("{day} stands under `closed:` and `open:`"), "keep one of the two");
        }
    }
    fields.take("source");
    let through = fields.take("through").and_then(|n| reader.number(n, 2000, 2200)).and_then(|n| i16::try_from(n).ok());
    fields.done(reader);
    // A calendar with a mistake is still there: nobody should be told that it is not.
    let zone = zone.unwrap_or(TimeZone::UTC);
    Calendar { name: name.to_owned(), zone, week, days, through }
}

fn weekdays(text: &str) -> Option<std::ops::RangeInclusive<usize>> {
    let day = |name: &str| DAYS.iter().position(|d| *d == name);
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let (from, to) = (day(from)?, day(to)?);
    (from <= to).then_some(from..=to)
}

fn date(reader: &mut Reader, key: &crate::flow::source::Key) -> Option<Date> {
    let date = key.text.parse().ok();
    if date.is_none() {
        reader.problem(key.at, "shape", format!("`{}` is not a day", key.text), "write it like 2026-02-14");
    }
    date
}

/// `09:00-12:00, 13:00-18:00`; in order, none overlapping.
fn spans(reader: &mut Reader, node: &Node) -> Vec<Span> {
    let spans = node.text().and_then(Span::list);
    let Some(spans) = spans else {
        reader.expected(node, "hours like \"09:00-12:00, 13:00-18:00\"");
        return Vec::new();
    };
    if !Span::in_order(&spans) {
        reader.problem(
            node.at,
            "hours",
            "the hours overlap or are out of order",
            "write them in order, each ending before the next begins",
        );
    }
    spans
}

/// The sources of `sources.yaml`.
pub fn sources(reader: &mut Reader, tree: &Node) -> BTreeMap<String, Source> {
    tree.pairs().iter().filter_map(|(key, node)| Some((key.text.clone(), source(reader, &key.text, node)?))).collect()
}

fn source(reader: &mut Reader, name: &str, node: &Node) -> Option<Source> {
    let mut fields = Fields::of(reader, node, "`takes:`, `gives:`, `level:`, `budget:`, `from:`");
    let types = |reader: &mut Reader, node: Option<&Node>| -> Vec<(String, Type)> {
        let pairs = node.map(Node::pairs).unwrap_or_default();
        pairs.iter().filter_map(|(key, node)| Some((key.text.clone(), named_type(reader, node)?))).collect()
    };
    let takes = fields.need(reader, "takes", "its arguments and their types");
    let takes = types(reader, takes);
    let gives = fields.take("gives");
    let gives = types(reader, gives).into_iter().collect();
    let level = fields.need(reader, "level", "the verification level it needs, 0 to 3");
    let level = level.and_then(|n| reader.number(n, 0, 3)).and_then(|n| Level::try_from(u8::try_from(n).ok()?).ok());
    let waits = fields.need(reader, "budget", "the longest one may wait, like 3s");
    let budget = waits.and_then(|n| reader.duration(n));
    let protective = fields.take("protective").and_then(|n| reader.flag(n)).unwrap_or_default();
    let acts = fields.take("act").and_then(|n| reader.flag(n)).unwrap_or_default();
    let from = fields
        .need(reader, "from", "where it comes from, like { table: payments } or { http: wallet, path: /v1/status }")
        .and_then(|n| {
            if n.get("http").is_some() { http::origin(reader, n, acts, &takes) } else { origin(reader, n, acts) }
        });
    fields.done(reader);
    if let (Some(node), Some(budget)) = (waits, budget) {
        http::budget(reader, node, budget);
    }
    let (level, budget) = (level.unwrap_or_default(), budget.unwrap_or_default());
    Some(Source { name: name.to_owned(), takes, gives, level, protective, budget, from: from? })
}

fn origin(reader: &mut Reader, node: &Node, acts: bool) -> Option<Origin> {
    let mut fields = Fields::of(reader, node, "`{ table: payments }` or `{ http: wallet, path: /v1/status }`");
    let table =
        fields.need(reader, "table", "the name of the table").and_then(|n| reader.text(n, "the name of a table"));
    let after = fields.take("after").and_then(|n| reader.duration(n)).unwrap_or(Duration::ZERO);
    let sets = fields.take("sets");
    fields.done(reader);
    if acts != sets.is_some() {
        let (what, hint) = if acts {
            ("an act on a table says which fields it sets", "add `sets: { state: frozen }`")
        } else {
            ("`sets:` changes the row", "add `act: yes` to the source")
        };
        reader.problem(node.at, "shape", what, hint);
    }
    let sets = sets.map(Node::pairs).unwrap_or_default();
    let sets = sets.iter().filter_map(|(key, node)| Some((key.text.clone(), node.text()?.to_owned()))).collect();
    Some(Origin::Table { table: table?.to_owned(), sets, after })
}
