//! Sources that are asked over HTTP: `from: { http: wallet, path: … }`.

use super::Files;
use super::fields::{Fields, Reader, near};
use crate::flow::http::{Http, Part};
use crate::flow::model::Origin;
use crate::flow::source::{self, Is, Node, Problem};
use crate::flow::value::Type;
use std::sync::Arc;
use std::time::Duration;

const SOURCES: &str = "sources.yaml";

/// The longest budget of a source outside: no caller waits longer, however often one asks for patience.
const LONGEST: Duration = Duration::from_secs(10);

/// Reads `from:` of a source that takes these arguments.
pub fn origin(reader: &mut Reader, node: &Node, acts: bool, takes: &[(String, Type)]) -> Option<Origin> {
    let mut fields = Fields::of(reader, node, "`http:`, `path:`");
    let host = fields.need(reader, "http", "a host of the settings").and_then(|n| self::host(reader, n));
    let post = fields.take("method").map_or(acts, |n| method(reader, n, acts));
    let path = fields.need(reader, "path", "like /v1/accounts/{account}");
    let path = path.and_then(|n| self::path(reader, n, takes));
    let query = fields.take("query").map(|n| self::query(reader, n, takes)).unwrap_or_default();
    let retry = fields.take("retry");
    let again = retry.and_then(|n| reader.flag(n)).unwrap_or_default();
    fields.done(reader);
    if let Some(node) = retry.filter(|_| again && post && !acts) {
        let what = "a lookup that is sent with POST carries nothing by which a service knows it again";
        reader.problem(node.at, "source", what, "leave `retry:` out, or use `method: GET`");
    }
    let http = Http { host: host?, acts, post, path: path?, query, retry: again };
    unused(reader, node, &http, takes);
    Some(Origin::Http(Box::new(http)))
}

/// Refuses a budget that no caller waits for.
pub fn budget(reader: &mut Reader, node: &Node, budget: Duration) {
    if budget.is_zero() || budget > LONGEST {
        let what = format!("no caller waits {budget:?} for an answer");
        reader.problem(node.at, "deadline", what, format!("write a time of up to {}s, like 3s", LONGEST.as_secs()));
    }
}

/// The hosts that `sources.yaml` names and the settings do not know. A file that is no YAML has none:
/// loading tells what is wrong with it.
pub fn unknown_hosts(files: &Files, known: &[String]) -> Vec<Problem> {
    let Some(Ok(tree)) = files.get(SOURCES).map(|text| source::parse(&Arc::from(SOURCES), text)) else {
        return Vec::new();
    };
    let mut reader = Reader::new(SOURCES);
    for (_, source) in tree.pairs() {
        let Some(node) = source.get("from").and_then(|from| from.get("http")) else { continue };
        let Some(name) = node.text().filter(|name| !known.iter().any(|host| host == name)) else { continue };
        let mend = format!("add to hotline.toml: [hosts.{name}] with url = \"https://…\"");
        let hint = near(name, known.iter().map(String::as_str));
        let hint = hint.map_or(mend.clone(), |hint| format!("{hint} Or {mend}"));
        reader.problem(node.at, "unknown-host", format!("the settings name no host `{name}`"), hint);
    }
    reader.problems
}

fn host<'n>(reader: &mut Reader, node: &'n Node) -> Option<String> {
    let name: &'n str = reader.text(node, "the name of a host, as in [hosts.wallet] of the settings")?;
    if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        return Some(name.to_owned());
    }
    reader.expected_with(node, "the name of a host", "its address stands in the settings, under [hosts.NAME]");
    None
}

/// Whether it is sent with POST. An act never goes by GET: whoever stands between may repeat those.
fn method(reader: &mut Reader, node: &Node, acts: bool) -> bool {
    match node.text() {
        Some("POST") => true,
        Some("GET") if acts => {
            let what = "an act is not sent with GET, which anybody on the way may repeat";
            reader.problem(node.at, "source", what, "leave `method:` out");
            true
        }
        Some("GET") => false,
        _ => {
            reader.expected(node, "GET or POST");
            acts
        }
    }
}

fn path(reader: &mut Reader, node: &Node, takes: &[(String, Type)]) -> Option<Vec<Part>> {
    let text = reader.text(node, "a path like /v1/accounts/{account}")?;
    let Some(below) = text.strip_prefix('/') else {
        reader.expected_with(node, "a path like /v1/accounts/{account}", "begin with `/`");
        return None;
    };
    let segments: Vec<&str> = below.split('/').collect();
    let mut parts = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let is_last = at + 1 == segments.len();
        if let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            argument(reader, node, name, takes);
            parts.push(Part::Argument(name.to_owned()));
        } else if is_fixed(segment) || (segment.is_empty() && is_last) {
            parts.push(Part::Fixed((*segment).to_owned()));
        } else {
            let hint = match segment.contains(['{', '}']) {
                true => "a hole is a whole segment: /{account}/",
                false => "letters, digits and - . _ ~ stand in it; a query goes under `query:`",
            };
            reader.problem(node.at, "source", format!("`{segment}` cannot stand in a path"), hint);
            return None;
        }
    }
    Some(parts)
}

fn is_fixed(segment: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:@!$&'()*+,;=".contains(c);
    !segment.is_empty() && segment != "." && segment != ".." && segment.chars().all(plain)
}

fn query(reader: &mut Reader, node: &Node, takes: &[(String, Type)]) -> Vec<(String, Part)> {
    if !matches!(node.is, Is::Map(_)) {
        reader.expected(node, "names with arguments like `{ id: account, lang: \"'en'\" }`");
    }
    let mut read = Vec::new();
    for (key, value) in node.pairs() {
        let Some(text) = reader.text(value, "an argument, or a text in single quotes") else { continue };
        let fixed = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        let part = fixed.map_or_else(|| Part::Argument(text.to_owned()), |fixed| Part::Fixed(fixed.to_owned()));
        if let Part::Argument(name) = &part {
            argument(reader, value, name, takes);
        }
        read.push((key.text.clone(), part));
    }
    read
}

/// Refuses what is no argument of the source.
fn argument(reader: &mut Reader, node: &Node, name: &str, takes: &[(String, Type)]) {
    if takes.iter().any(|(own, _)| own == name) {
        return;
    }
    let names = takes.iter().map(|(own, _)| own.as_str());
    let known = names.clone().collect::<Vec<_>>().join(", ");
    let hint = near(name, names).unwrap_or_else(|| format!("it takes {known}"));
    reader.problem(node.at, "argument", format!("the source takes no argument `{name}`"), hint);
}

/// An argument that a GET does not send was forgotten.
fn unused(reader: &mut Reader, node: &Node, http: &Http, takes: &[(String, Type)]) {
    let parts = || http.path.iter().chain(http.query.iter().map(|(_, part)| part));
    let sent = |name: &str| parts().any(|part| matches!(part, Part::Argument(own) if own == name));
    for (name, _) in takes.iter().filter(|(name, _)| !http.post && !sent(name)) {
        let what = format!("the argument `{name}` is not sent");
        reader.problem(node.at, "argument", what, format!("put it into `path:` as {{{name}}}, or under `query:`"));
    }
}
