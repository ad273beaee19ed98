//! The published tables: which elements stand in which, with which attributes, and what properties, events
//! and times look like. Of elements that nobody needs here only their names are known.

use crate::support::xml::Element;

/// What a form can be filled with.
pub const ITEMS: [&str; 7] = ["block", "field", "initial", "object", "record", "subdialog", "transfer"];

const HANDLERS: [&str; 5] = ["catch", "error", "help", "noinput", "nomatch"];
const EXECUTABLE: [&str; 18] = [
    "assign",
    "clear",
    "data",
    "disconnect",
    "exit",
    "foreach",
    "goto",
    "if",
    "log",
    "prompt",
    "reprompt",
    "return",
    "script",
    "submit",
    "throw",
    "var",
    "audio",
    "value",
];
/// What a prompt holds (SSML 1.0).
const SPEECH: [&str; 14] = [
    "audio",
    "break",
    "emphasis",
    "enumerate",
    "foreach",
    "lexicon",
    "mark",
    "p",
    "phoneme",
    "prosody",
    "s",
    "say-as",
    "sub",
    "voice",
];
const FETCH: [&str; 5] = ["fetchaudio", "fetchhint", "fetchtimeout", "maxage", "maxstale"];

/// An element's attributes: those it must have, and those it can.
fn attributes(name: &str, inside: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match (inside, name) {
        ("", "vxml") => (&["version", "xmlns"], &["xml:base", "xml:lang", "application"]),
        (_, "form") => (&[], &["id", "scope"]),
        (_, "catch") => (&[], &["event", "count", "cond"]),
        (_, "error" | "help" | "noinput" | "nomatch") => (&[], &["count", "cond"]),
        (_, "field") => (&[], &["name", "expr", "cond", "type", "slot", "modal"]),
        (_, "block") => (&[], &["name", "expr", "cond"]),
        (_, "transfer") => (
            &[],
            &[
                "name",
                "expr",
                "cond",
                "dest",
                "destexpr",
                "bridge",
                "type",
                "connecttimeout",
                "maxtime",
                "transferaudio",
                "aai",
                "aaiexpr",
            ],
        ),
        (_, "record") => {
            (&[], &["name", "expr", "cond", "modal", "beep", "maxtime", "finalsilence", "dtmfterm", "type"])
        }
        (_, "filled") => (&[], &["mode", "namelist"]),
        (_, "prompt") => (&[], &["bargein", "bargeintype", "cond", "count", "timeout", "xml:lang", "xml:base"]),
        (_, "property") => (&["name", "value"], &[]),
        (_, "submit") => (&[], &["next", "expr", "namelist", "method", "enctype"]),
        (_, "var") => (&["name"], &["expr"]),
        (_, "exit") => (&[], &["expr", "namelist"]),
        (_, "disconnect") => (&[], &["namelist"]),
        (_, "grammar") => {
            (&["version", "root"], &["mode", "type", "xml:lang", "xml:base", "tag-format", "src", "scope", "weight"])
        }
        (_, "rule") => (&["id"], &["scope"]),
        (_, "one-of") => (&[], &["xml:lang"]),
        (_, "item") => (&[], &["repeat", "repeat-prob", "weight", "xml:lang"]),
        (_, "ruleref") => (&[], &["uri", "type", "special"]),
        (_, "audio") => (&[], &["src", "expr"]),
        (_, "voice") => (&[], &["xml:lang", "gender", "age", "variant", "name"]),
        (_, "prosody") => (&[], &["pitch", "contour", "range", "rate", "duration", "volume"]),
        (_, "break") => (&[], &["strength", "time"]),
        _ => panic!("<{name}> has no place in <{inside}>"),
    }
}

/// What an element can hold.
fn holds(name: &str) -> Vec<&'static str> {
    let item = |own: &[&'static str]| [own, &HANDLERS, &["filled", "grammar", "prompt", "property", "value"]].concat();
    match name {
        "vxml" => [&HANDLERS[..], &["form", "link", "menu", "meta", "metadata", "property", "script", "var"]].concat(),
        "form" => [&ITEMS[..], &HANDLERS, &["filled", "grammar", "link", "property", "script", "var"]].concat(),
        "field" => item(&["link", "option", "audio", "enumerate"]),
        "transfer" => item(&["audio", "enumerate"]),
        "record" => item(&["audio", "enumerate"]),
        "catch" | "error" | "help" | "noinput" | "nomatch" | "filled" | "block" => EXECUTABLE.to_vec(),
        "prompt" | "prosody" | "voice" => SPEECH.to_vec(),
        "grammar" => vec!["lexicon", "meta", "metadata", "rule", "tag"],
        "rule" | "item" => vec!["example", "item", "one-of", "ruleref", "tag", "token"],
        "one-of" => vec!["item"],
        _ => Vec::new(),
    }
}

/// Checks an element and all in it.
pub fn check(element: &Element, inside: Option<&Element>) {
    let name = element.name.as_str();
    let (must, can) = attributes(name, inside.map_or("", |inside| &inside.name));
    for attribute in element.attributes.keys().map(String::as_str) {
        let fetches = ["submit", "audio", "grammar"].contains(&name) && FETCH.contains(&attribute);
        assert!(must.contains(&attribute) || can.contains(&attribute) || fetches, "<{name}> has no {attribute}");
    }
    must.iter().for_each(|attribute| assert!(element.get(attribute).is_some(), "<{name}> needs {attribute}"));
    values(element);
    let known = holds(name);
    for child in element.elements() {
        assert!(known.contains(&child.name.as_str()), "<{}> has no place in <{name}>", child.name);
        check(child, Some(element));
    }
    let speaks = ["prompt", "prosody", "voice", "item", "rule"];
    assert!(!element.has_text() || speaks.contains(&name), "text has no place in <{name}>");
}

/// Checks that attributes have values of their kinds.
fn values(element: &Element) {
    let one_of = |attribute: &str, words: &[&str]| {
        let value = element.get(attribute);
        assert!(value.is_none_or(|value| words.contains(&value)), "{attribute}={value:?}");
    };
    let truth = ["true", "false"];
    one_of("bargein", &truth);
    one_of("modal", &truth);
    one_of("beep", &truth);
    one_of("method", &["get", "post"]);
    one_of("mode", if element.name == "filled" { &["all", "any"] } else { &["dtmf", "voice"] });
    one_of("scope", if element.name == "rule" { &["private", "public"] } else { &["dialog", "document"] });
    one_of("enctype", &["application/x-www-form-urlencoded", "multipart/form-data"]);
    ["connecttimeout", "maxtime", "finalsilence", "timeout", "time", "fetchtimeout"]
        .iter()
        .filter_map(|name| element.get(name))
        .for_each(time);
    // Bridge and type say the same; one at most. So do next and expr, dest and destexpr, src and expr.
    for [one, other] in [["bridge", "type"], ["next", "expr"], ["dest", "destexpr"], ["src", "expr"]] {
        assert!(element.get(one).is_none() || element.get(other).is_none(), "{one} and {other}");
    }
    match element.name.as_str() {
        "transfer" => one_of("type", &["bridge", "blind", "consultation"]),
        "prosody" => rate(element.must("rate")),
        "property" => property(element.must("name"), element.must("value")),
        "ruleref" => assert!(element.get("uri").is_some() != element.get("special").is_some()),
        _ => {}
    }
}

/// Properties of the standard (VoiceXML 2.0, 6.3), with their values.
fn property(name: &str, value: &str) {
    match name {
        "timeout" | "interdigittimeout" | "termtimeout" | "completetimeout" | "incompletetimeout"
        | "maxspeechtimeout" | "fetchtimeout" | "fetchaudiodelay" | "fetchaudiominimum" => time(value),
        "bargein" => assert!(["true", "false"].contains(&value), "{value}"),
        "bargeintype" => assert!(["speech", "hotword"].contains(&value), "{value}"),
        "termchar" => assert!(value.len() <= 1 && value.bytes().all(|b| b"0123456789*#ABCD".contains(&b)), "{value}"),
        "inputmodes" => assert!(value.split(' ').all(|mode| ["dtmf", "voice"].contains(&mode)), "{value}"),
        "universals" | "maxnbest" | "confidencelevel" | "sensitivity" | "speedvsaccuracy" | "audiofetchhint"
        | "documentfetchhint" | "grammarfetchhint" | "fetchaudio" => {}
        _ => panic!("there is no property {name}"),
    }
}

/// A time of CSS 2: a number and `s` or `ms`.
fn time(value: &str) {
    let number = value.strip_suffix("ms").or(value.strip_suffix('s')).unwrap_or_else(|| panic!("{value} is no time"));
    assert!(number.bytes().all(|b| b.is_ascii_digit() || b == b'.') && number.parse::<f32>().is_ok(), "{value}");
}

/// A rate of SSML 1.0: a word, a factor, or a change with its sign.
fn rate(value: &str) {
    let word = ["x-slow", "slow", "medium", "fast", "x-fast", "default"].contains(&value);
    let factor = value.parse::<f32>().is_ok() && !value.starts_with(['+', '-']);
    let change = value.starts_with(['+', '-']) && value.strip_suffix('%').is_some_and(|v| v.parse::<f32>().is_ok());
    assert!(word || factor || change, "{value} is no rate");
}
