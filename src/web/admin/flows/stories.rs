//! A call as a story: what the caller pressed and heard, and what the world answered, in the language
//! of stories. What was typed as a secret is nowhere; it becomes `verifies`.

use crate::call::effect::{ActAnswer, Answer, LookupAnswer};
use crate::call::event::{DialEnd, Kept};
use crate::call::state::{Ending, Phase, Stage, State};
use crate::call::step::Trace;
use crate::flow::model::{Flow, Kind};
use crate::flow::value::Value;
use crate::store::TurnRow;
use crate::words::{Lang, Level};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A turn as it is kept, read.
struct Turn {
    event: Kept,
    answers: Vec<Option<Answer>>,
    trail: Vec<Trace>,
    state: State,
    document: serde_json::Value,
    at: i64,
}

/// A call as a story; none when it has not begun.
pub(super) fn of_call(flow: &Flow, rows: &[TurnRow]) -> Option<String> {
    let turns: Vec<Turn> = rows.iter().filter_map(read).collect();
    let first = turns.first()?;
    let Kept::Began(began) = &first.event else { return None };
    let zone = flow.calendars.get(&flow.hours).map(|calendar| calendar.zone.clone());
    let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
    let at = Timestamp::from_millisecond(first.at).ok()?.to_zoned(zone);
    let moment = at.strftime("%Y-%m-%d %H:%M").to_string();
    let from = began.from.as_ref().map_or("withheld".to_owned(), |from| format!("\"{}\"", from.as_str()));
    let lines = lines(&turns);
    let mut text = format!("- story: {}\n", quoted(&title(&turns)));
    text.push_str(&format!("  from: {from}\n  at: {moment} {}\n", at.time_zone().iana_name().unwrap_or("UTC")));
    if let Some(lang) = remembered(&turns) {
        text.push_str(&format!("  language: {lang}\n"));
    }
    if let Some(account) = account(&turns) {
        text.push_str(&format!("  account: \"{account}\"\n"));
    }
    text.push_str(&given(flow, &turns));
    text.push_str("  call:\n");
    lines.iter().for_each(|line| text.push_str(&format!("    - {line}\n")));
    text.push_str(&records(&turns));
    Some(text)
}

fn read(row: &TurnRow) -> Option<Turn> {
    Some(Turn {
        event: serde_json::from_str(&row.event).ok()?,
        answers: serde_json::from_str(&row.answers).unwrap_or_default(),
        trail: serde_json::from_str(&row.trail).unwrap_or_default(),
        state: serde_json::from_str(&row.state).ok()?,
        document: row.document.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default(),
        at: row.at,
    })
}

/// Where the call went, for want of better words.
fn title(turns: &[Turn]) -> String {
    let steps = turns.iter().rev().flat_map(|turn| turn.trail.iter().rev());
    let last =
        steps.into_iter().find_map(|trace| if let Trace::Step(place) = trace { Some(place.as_str()) } else { None });
    format!("A call that comes to {}", last.unwrap_or("its end"))
}

/// A text in quotes, as YAML reads it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The language remembered for the number, when the line did not ask.
fn remembered(turns: &[Turn]) -> Option<&'static str> {
    let answers = turns.iter().flat_map(|turn| turn.answers.iter().flatten());
    answers.into_iter().find_map(|answer| match answer {
        Answer::Preference(preference) => preference.lang.map(|lang| lang.tag()),
        _ => None,
    })
}

/// The account that was typed to prove who is calling.
fn account(turns: &[Turn]) -> Option<String> {
    turns.windows(2).find_map(|pair| match (&pair[0].state.phase, &pair[1].event) {
        (Phase::Waiting(wait), Kept::Digits(digits)) if matches!(wait.stage, Stage::Account(_)) => {
            Some(digits.trim_end_matches('#').to_owned())
        }
        _ => None,
    })
}

/// What sources answered, by the steps that asked them.
fn given(flow: &Flow, turns: &[Turn]) -> String {
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    for turn in turns {
        given.extend(notices(turn).map(|told| ("notices".to_owned(), told)));
        let mut asked = turn.trail.iter().filter_map(|trace| source(flow, trace));
        for answer in turn.answers.iter().flatten() {
            let (what, lookup) = match answer {
                Answer::Lookup(LookupAnswer::Found(value)) => (yaml(value), true),
                Answer::Lookup(LookupAnswer::Missing) => ("missing".to_owned(), true),
                Answer::Lookup(_) => ("failed".to_owned(), true),
                Answer::Act(ActAnswer::Done) => ("done".to_owned(), false),
                Answer::Act(ActAnswer::Pending) => ("pending".to_owned(), false),
                Answer::Act(_) => ("failed".to_owned(), false),
                _ => continue,
            };
            if let Some((name, _)) = asked.find(|(_, looks)| *looks == lookup) {
                given.insert(name, what);
            }
        }
    }
    if given.is_empty() {
        return String::new();
    }
    let lines = given.iter().map(|(name, what)| format!("    {name}: {what}\n"));
    format!("  given:\n{}", lines.collect::<String>())
}

/// What was announced.
fn notices(turn: &Turn) -> Option<String> {
    let texts = turn.answers.iter().flatten().find_map(|answer| match answer {
        Answer::Notices(texts) if !texts.is_empty() => Some(texts),
        _ => None,
    })?;
    let in_languages = |texts: &BTreeMap<Lang, String>| {
        let words = texts.iter().map(|(lang, words)| format!("{}: {}", lang.tag(), quoted(words)));
        format!("{{ {} }}", words.collect::<Vec<_>>().join(", "))
    };
    Some(format!("[{}]", texts.iter().map(in_languages).collect::<Vec<_>>().join(", ")))
}

/// The source a step asks, and whether it looks something up.
fn source(flow: &Flow, trace: &Trace) -> Option<(String, bool)> {
    let Trace::Step(place) = trace else { return None };
    let (block, step) = place.rsplit_once('/').unwrap_or((&flow.name, place));
    let (block, step) = flow.find(block, step)?;
    match &flow.blocks.get(block)?.steps.get(step)?.kind {
        Kind::Lookup { source, .. } => Some((source.clone(), true)),
        Kind::Act { source, .. } => Some((source.clone(), false)),
        _ => None,
    }
}

/// A value as stories write it.
fn yaml(value: &Value) -> String {
    match value {
        Value::Record(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", yaml(value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Text(text) => quoted(text),
        value => value.plain(),
    }
}

/// What the caller did and heard. Whether to go on where an earlier call was is not asked in a story: nobody called
/// before it.
fn lines(turns: &[Turn]) -> Vec<String> {
    let is_offer =
        |turn: &&Turn| matches!(&turn.state.phase, Phase::Waiting(wait) if matches!(wait.stage, Stage::Resume(_)));
    let turns = &turns[turns.iter().take_while(is_offer).count()..];
    let mut lines = Vec::new();
    lines.extend(turns.first().and_then(heard));
    for pair in turns.windows(2) {
        let [before, turn] = [&pair[0], &pair[1]];
        let done = does(before, turn);
        let acted = done.is_some();
        lines.extend(done);
        if acted && turn.state.ending().is_none() {
            lines.extend(heard(turn));
        }
    }
    let ending = turns.last().and_then(|turn| turn.state.ending());
    let last = if ending == Some(Ending::Goodbye) { "is let go" } else { "hangs up" };
    lines.retain(|line| line != "hangs up");
    lines.push(last.to_owned());
    lines
}

/// What the caller did, as a line of a story.
fn does(before: &Turn, turn: &Turn) -> Option<String> {
    let proves = turn.trail.iter().any(|trace| matches!(trace, Trace::Verified(level) if *level > Level::L0));
    let fails = turn.trail.iter().any(|trace| matches!(trace, Trace::NotVerified(why) if why == "wrong"));
    let Phase::Waiting(wait) = &before.state.phase else { return None };
    match (&turn.event, &wait.stage) {
        _ if proves => Some("verifies".to_owned()),
        _ if fails => Some("fails to verify".to_owned()),
        (Kept::Digits(_), Stage::Account(_)) | (Kept::Secret(_), _) => None,
        (Kept::Digits(keys), _) => {
            let gather = &before.document["next"]["gather"];
            let whole = gather["most"].as_u64() == Some(keys.len() as u64);
            let ends = gather["hash_ends"] == true && !whole && !keys.ends_with('#');
            Some(format!("presses: \"{keys}{}\"", if ends { "#" } else { "" }))
        }
        (Kept::Silence, _) if before.document["next"].get("record").is_some() => Some("says nothing".to_owned()),
        (Kept::Silence, _) if turn.trail.iter().any(|trace| matches!(trace, Trace::Step(_))) => {
            Some("stays silent".to_owned())
        }
        (Kept::Dialled(end, _), _) => Some(
            match end {
                DialEnd::Answered => "desk answers",
                DialEnd::Busy => "desk is busy",
                DialEnd::NoAnswer => "nobody answers",
                DialEnd::Failed => "desk cannot be reached",
            }
            .to_owned(),
        ),
        (Kept::Recorded(recording), _) => Some(format!("speaks: {}s", recording.seconds.max(1))),
        _ => None,
    }
}

/// A piece of what was said, enough to know it by: of a menu its first option, else the last sentence.
fn heard(turn: &Turn) -> Option<String> {
    let says = turn.document["says"].as_array()?;
    // Values may differ the next time: a sentence without a figure is looked for.
    let plain = |words: &str| words.chars().count() >= 4 && !words.chars().any(|c| c.is_ascii_digit() || c == '"');
    let words = |option: bool| {
        let own = says.iter().filter(move |said| (said["pace"] == "option") == option);
        own.filter_map(|said| said["words"].as_str()).map(str::trim).filter(|words| plain(words))
    };
    let words = words(true).next().or_else(|| words(false).next_back())?;
    let mut piece: String = words.chars().take(40).collect();
    if words.chars().count() > 40 && piece.contains(' ') {
        piece.truncate(piece.rfind(' ').unwrap_or(piece.len()));
    }
    Some(format!("hears: {}", quoted(piece.trim())))
}

/// The requests that were recorded.
fn records(turns: &[Turn]) -> String {
    let trail = turns.iter().flat_map(|turn| &turn.trail);
    let filed = trail.filter(|trace| matches!(trace, Trace::Filed { .. })).count();
    if filed == 0 {
        return "  records: nothing\n".to_owned();
    }
    let lang = turns.last().map_or("en-US", |turn| turn.state.lang.tag());
    format!("  records:\n{}", format!("    - {{ lang: {lang} }}\n").repeat(filed))
}
