//! The house rules that a compiler does not hold: which room may name which, what a library or a
//! clock is named by, how long a file and a function may be.

mod code;

use code::{Source, sources};
use std::collections::BTreeSet;

/// The rooms with their floors, and the rooms each may name. A new edge is written here, in sight of
/// everyone.
const ROOMS: &[(&str, u8, &[&str])] = &[
    ("words", 0, &[]),
    ("flow", 1, &["words"]),
    ("call", 2, &["flow", "words"]),
    ("provider", 3, &["call", "words"]),
    ("store", 3, &["call", "flow", "words"]),
    ("outside", 3, &["call", "flow", "words"]),
    ("answer", 4, &["call", "flow", "outside", "provider", "store", "words"]),
    ("worker", 4, &["answer", "call", "outside", "provider", "store", "words"]),
    ("desk", 4, &["answer", "call", "flow", "provider", "store", "words"]),
    ("play", 4, &["call", "flow", "words"]),
    ("studio", 4, &["answer", "call", "flow", "play", "provider", "store", "words"]),
    ("demo", 4, &["call", "flow", "store", "words"]),
    ("web", 5, &["answer", "call", "demo", "desk", "flow", "play", "provider", "store", "studio", "words"]),
    ("config", 6, &["flow", "outside", "provider", "words"]),
    ("telemetry", 6, &["config"]),
    (
        "cli",
        6,
        &[
            "answer",
            "call",
            "config",
            "demo",
            "desk",
            "flow",
            "outside",
            "play",
            "provider",
            "store",
            "studio",
            "telemetry",
            "web",
            "words",
            "worker",
        ],
    ),
    ("main", 6, &["cli"]),
    ("lib", 6, &[]),
];

/// Edges that stay on their floor, and why.
const LEVEL: &[(&str, &str, &str)] = &[
    ("desk", "answer", "knows the flows in service, their hours and lines, and the clock"),
    ("worker", "answer", "ends silent calls by the same door as their callers do"),
    ("studio", "answer", "changes the flows in service, and asks for the moment"),
    ("studio", "play", "plays the stories of a draft before it is published"),
    ("telemetry", "config", "is told how to log"),
    ("main", "cli", "is its thin door"),
    ("cli", "", "the start knows all that is started"),
];

/// Libraries that one place alone names, so that another could take their place.
const ALONE: &[(&str, &[&str])] = &[
    ("saphyr_parser", &["src/flow/source.rs"]),
    ("similar", &["src/flow/diff/lines.rs"]),
    ("sqlx", &["src/store/"]),
    ("rusqlite", &["src/store/"]),
    ("reqwest", &["src/outside/", "src/provider/api.rs"]),
    ("object_store", &["src/store/objects.rs"]),
    ("quick_xml", &["src/provider/", "src/cli/load/document.rs", "src/web/admin/prompts/"]),
    ("argon2", &["src/words/argon.rs"]),
    ("phonenumber", &["src/words/phone"]),
    ("askama", &["src/web/"]),
    ("clap", &["src/cli/", "src/main.rs"]),
    ("multer", &["src/web/upload.rs", "src/web/admin/prompts/"]),
    ("csv", &["src/cli/", "src/web/"]),
    ("toml", &["src/config/"]),
    ("prometheus_client", &["src/answer/meters.rs"]),
    ("lru", &["src/answer/"]),
    ("hyper", &["src/web/listen/", "src/cli/load/"]),
    ("hyper_util", &["src/web/listen/", "src/cli/load/"]),
];

/// What the pure rooms (words, flow, call) know nothing of.
const WORLD: [&str; 10] =
    ["tokio", "sqlx", "axum", "tracing", "reqwest", "std::fs", "std::net", "std::env", "std::process", "std::thread"];

/// Where time is read; everyone else is handed the moment.
const CLOCKS: [(&str, &str); 2] = [
    ("src/words/clock.rs", "the one place that reads it"),
    ("src/answer/turn.rs", "a deadline of this process, never stored"),
];

/// Functions longer than a screen, and why they are better whole.
const LONG: [(&str, &str); 0] = [];

const LINES_A_FILE: usize = 400;
const LINES_A_FUNCTION: usize = 70;

/// Fails with all that was found.
#[track_caller]
fn none(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn rooms_name_only_what_the_table_says() {
    let mut found = Vec::new();
    for source in sources("src") {
        let Some((_, _, may)) = ROOMS.iter().find(|(room, ..)| *room == source.room) else {
            found.push(format!("{}: the room `{}` stands on no floor yet", source.path, source.room));
            continue;
        };
        for (line, named) in source.rooms_named() {
            if named != source.room && !may.contains(&named.as_str()) && ROOMS.iter().any(|(room, ..)| *room == named) {
                found.push(format!("{}:{line}: `{}` names `{named}`", source.path, source.room));
            }
        }
    }
    none(found);
}

#[test]
fn the_table_leads_down() {
    let floor = |name: &str| ROOMS.iter().find(|(room, ..)| *room == name).map(|(_, floor, _)| *floor);
    let mut found = Vec::new();
    for &(room, own, may) in ROOMS {
        for other in may {
            let level = LEVEL.iter().any(|(from, to, _)| *from == room && (to == other || to.is_empty()));
            let other_floor = floor(other).unwrap_or(u8::MAX);
            if other_floor > own || other_floor == own && !level {
                found.push(format!("`{room}` on floor {own} may name `{other}` on floor {other_floor}"));
            }
        }
    }
    none(found);
}

#[test]
fn libraries_stay_where_they_can_be_exchanged() {
    let mut found = Vec::new();
    for source in sources("src") {
        for &(library, places) in ALONE {
            if !places.iter().any(|place| source.path.starts_with(place)) {
                found.extend(source.lines_naming(library).map(|line| format!("{}:{line}: {library}", source.path)));
            }
        }
    }
    none(found);
}

#[test]
fn the_pure_rooms_know_nothing_of_the_world() {
    let mut found = Vec::new();
    for source in sources("src").iter().filter(|s| ["words", "flow", "call"].contains(&s.room.as_str())) {
        for name in WORLD {
            found.extend(source.lines_naming(name).map(|line| format!("{}:{line}: {name}", source.path)));
        }
        if source.room == "call" {
            found.extend(source.lines_naming("async").map(|line| format!("{}:{line}: async", source.path)));
        }
    }
    none(found);
}

#[test]
fn the_clock_is_read_in_one_place() {
    let mut found = Vec::new();
    for source in all() {
        let allowed = CLOCKS.iter().any(|(path, _)| *path == source.path);
        for clock in ["Timestamp::now", "SystemTime::now", "Instant::now", "Zoned::now"] {
            let lines: Vec<usize> = source.lines_naming(clock).collect();
            found.extend(lines.iter().filter(|_| !allowed).map(|line| format!("{}:{line}: {clock}", source.path)));
        }
    }
    none(found);
}

#[test]
fn files_are_read_at_a_sitting() {
    let long = all().into_iter().filter(|source| source.code.lines().count() > LINES_A_FILE);
    none(long.map(|source| format!("{}: {} lines", source.path, source.code.lines().count())).collect());
}

#[test]
fn functions_fit_on_a_screen() {
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    for source in all() {
        for (name, line, lines) in source.functions().into_iter().filter(|(_, _, lines)| *lines > LINES_A_FUNCTION) {
            let place = format!("{}: {name}", source.path);
            match LONG.iter().find(|(known, _)| *known == place) {
                Some((known, _)) => {
                    used.insert(*known);
                }
                None => found.push(format!("{}:{line}: {name} has {lines} lines", source.path)),
            }
        }
    }
    found.extend(
        LONG.iter().filter(|(place, _)| !used.contains(place)).map(|(place, _)| format!("{place} is short by now")),
    );
    none(found);
}

#[test]
fn files_open_with_what_they_are_for() {
    // A room's own tests stand beside it and are described by it.
    let tests = |path: &str| path.starts_with("src/") && (path.contains("/tests/") || path.ends_with("/tests.rs"));
    let silent = all().into_iter().filter(|source| !source.text.starts_with("//!") && !tests(&source.path));
    none(silent.map(|source| format!("{}: begin with `//!` and what the file is for", source.path)).collect());
}

fn all() -> Vec<Source> {
    ["src", "tests", "benches"].into_iter().flat_map(sources).collect()
}

#[test]
fn the_measure_itself_is_right() {
    let text = "fn short() {\n}\nfn long<'a>(a: &'a str) -> char {\n    // { not a brace\n    let b = \"}}}\";\n    let c = r#\"\"}\"#;\n    '}'\n}\ntrait T {\n    fn none();\n}\n";
    let source = Source::new("src/words/x.rs", text);
    assert_eq!(source.functions(), [("short".to_owned(), 1, 2), ("long".to_owned(), 3, 6)]);
    let text = "use crate::{\n    call::Event,\n    flow::{Flow, read::load},\n};\nfn f() { crate::store::open(\"crate::web\") } // crate::cli\n";
    let source = Source::new("src/answer/mod.rs", text);
    let named: Vec<(usize, String)> = source.rooms_named();
    assert_eq!(named, [(1, "call".into()), (1, "flow".into()), (5, "store".into())]);
    assert_eq!(source.room, "answer");
    assert_eq!(Source::new("src/main.rs", "use hotline::cli;").rooms_named(), [(1, "cli".into())]);
    assert_eq!(Source::new("src/worker.rs", "let tokio_like = my::tokio::x;").lines_naming("tokio").count(), 1);
    assert_eq!(Source::new("src/worker.rs", "let tokio_like = retokio::x;").lines_naming("tokio").count(), 0);
}
