//! The days of calendars: how they are written, with their reasons, and the file with one day more, less
//! or otherwise. Everything else in it stays as it is, byte for byte.

use super::doc::{Doc, Entry};
use super::write::{self, Place};
use super::{EditError, value};
use crate::flow::hours::Span;
use crate::flow::source::{Key, Node};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::BTreeMap;

/// A calendar as it is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CalendarText {
    /// Its name.
    pub name: String,
    /// The zone whose clock counts.
    pub zone: String,
    /// Days that differ from their weekday.
    pub days: BTreeMap<Date, DayText>,
    /// Who published the days off.
    pub source: String,
    /// The last year whose days off are listed.
    pub through: Option<i16>,
}

/// A day that differs from its weekday.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DayText {
    /// The hours, as `09:00-12:00, 13:00-18:00`; none: closed.
    pub hours: Option<String>,
    /// Why.
    pub why: String,
}

/// The calendars of a file, in its order. Parts that cannot be read are left out: checks tell them.
///
/// # Errors
/// The file cannot be read.
pub fn calendars(text: &str) -> Result<Vec<CalendarText>, EditError> {
    let doc = Doc::read(text)?;
    Ok(doc.root.pairs().iter().map(|(key, node)| calendar(&doc, key, node)).collect())
}

fn calendar(doc: &Doc<'_>, key: &Key, node: &Node) -> CalendarText {
    let word = |name: &str| node.get(name).and_then(Node::text).unwrap_or_default().to_owned();
    let mut days = BTreeMap::new();
    for (field, is_open) in [("closed", false), ("open", true)] {
        for (key, node) in node.get(field).map(Node::pairs).unwrap_or_default() {
            let (Ok(date), Some(text)) = (key.text.parse::<Date>(), node.text()) else { continue };
            // The language has no reason for a day that is open: what is remarked behind it is one.
            let remark = remark(doc.behind(node.at)).to_owned();
            let day = match is_open {
                true => DayText { hours: Some(text.to_owned()), why: remark },
                false => DayText { hours: None, why: text.to_owned() },
            };
            days.insert(date, day);
        }
    }
    let through = word("through").parse().ok();
    CalendarText { name: key.text.clone(), zone: word("zone"), days, source: word("source"), through }
}

/// What is remarked behind hours, in quotes or not.
fn remark(line: &str) -> &str {
    let behind = match line.chars().next() {
        Some(quote @ ('"' | '\'')) => line[1..].find(quote).map_or("", |end| &line[end + 2..]),
        _ => line.find(" #").map_or("", |end| &line[end..]),
    };
    behind.trim_start().strip_prefix('#').unwrap_or_default().trim()
}

/// The file with another day: closed, open at its hours, or (none) as its weekday is.
///
/// # Errors
/// The file cannot be read, has no such calendar, or is written in a way in which no line is its own.
pub fn set_day(text: &str, calendar: &str, date: Date, day: Option<&DayText>) -> Result<String, EditError> {
    let mut wanted = calendars(text)?;
    let known = wanted.iter_mut().find(|own| own.name == calendar);
    let known = known.ok_or_else(|| EditError::UnknownStep(calendar.to_owned()))?;
    let day = day.map(|day| DayText { hours: day.hours.clone(), why: one_line(&day.why) });
    let before = match &day {
        Some(day) => known.days.insert(date, day.clone()),
        None => known.days.remove(&date),
    };
    if before == day {
        return Ok(text.to_owned());
    }
    let mut edited = text.to_owned();
    if before.is_some() {
        edited = without(&edited, calendar, date)?;
    }
    if let Some(day) = &day {
        edited = with(&edited, calendar, date, day)?;
    }
    holds(text, edited, calendar, &wanted)
}

/// The file with another last year that is listed, and whose list it is.
///
/// # Errors
/// As [`set_day`].
pub fn set_list(text: &str, calendar: &str, through: i16, source: &str) -> Result<String, EditError> {
    let (through, source) = (through.to_string(), one_line(source));
    let mut edited = text.to_owned();
    for (name, word) in [("source", &source), ("through", &through)] {
        if word.is_empty() {
            continue;
        }
        let doc = Doc::read(&edited)?;
        let (own, fields) = fields(&doc, calendar)?;
        let margin = fields.first().and_then(|field| field.key).map_or(2, |key| key.at.column - 1);
        let place = Place { inside: false, bare: name == "through" };
        let written = format!("{}{name}: {}", " ".repeat(margin), write::scalar(word, place));
        let old = fields.iter().find(|field| field.key.is_some_and(|key| key.text == name));
        edited = match old {
            Some(old) if old.node.text() == Some(word) => continue,
            Some(old) => {
                let remark = doc.comment(old.node, &old.own).map_or(String::new(), |(_, remark)| format!("  {remark}"));
                doc.with(old.own.clone(), vec![written + &remark + doc.end])
            }
            None => doc.with(own.own.end..own.own.end, vec![written + doc.end]),
        };
    }
    let mut wanted = calendars(text)?;
    for own in wanted.iter_mut().filter(|own| own.name == calendar) {
        own.through = through.parse().ok();
        if !source.is_empty() {
            own.source.clone_from(&source);
        }
    }
    holds(text, edited, calendar, &wanted)
}

/// The calendar's entry and its fields, each in lines of its own.
fn fields<'d>(doc: &'d Doc<'_>, calendar: &str) -> Result<(Entry<'d>, Vec<Entry<'d>>), EditError> {
    let root = doc.entries(&doc.root, 0..doc.lines.len()).ok_or(EditError::Layout("the file"))?;
    let own = root.into_iter().find(|entry| entry.key.is_some_and(|key| key.text == calendar));
    let own = own.ok_or_else(|| EditError::UnknownStep(calendar.to_owned()))?;
    let fields = doc.entries(own.node, own.own.start + 1..own.own.end).ok_or(EditError::Layout("a calendar"))?;
    Ok((own, fields))
}

fn without(text: &str, calendar: &str, date: Date) -> Result<String, EditError> {
    let doc = Doc::read(text)?;
    let (_, fields) = fields(&doc, calendar)?;
    for field in fields.iter().filter(|field| field.key.is_some_and(|key| ["closed", "open"].contains(&&*key.text))) {
        let is = |key: &Key| key.text.parse::<Date>().is_ok_and(|own| own == date);
        if !field.node.pairs().iter().any(|(key, _)| is(key)) {
            continue;
        }
        let lines = field.own.start + 1..field.own.end;
        let days = doc.entries(field.node, lines).ok_or(EditError::Layout("the days"))?;
        // The last day takes the field with it: an empty one says nothing.
        let gone = match days.as_slice() {
            [_] => field.own.clone(),
            days => {
                let day = days.iter().find(|day| day.key.is_some_and(is));
                day.map_or(0..0, |day| day.own.clone())
            }
        };
        return Ok(doc.with(gone, Vec::new()));
    }
    Ok(text.to_owned())
}

fn with(text: &str, calendar: &str, date: Date, day: &DayText) -> Result<String, EditError> {
    let doc = Doc::read(text)?;
    let (own, fields) = fields(&doc, calendar)?;
    let named = |name: &str| fields.iter().find(|field| field.key.is_some_and(|key| key.text == name));
    let margin = fields.first().and_then(|field| field.key).map_or(2, |key| key.at.column - 1);
    let name = if day.hours.is_some() { "open" } else { "closed" };
    let says = match &day.hours {
        // Hours stand in quotes everywhere: programs would take some of them for other things.
        Some(hours) if day.why.is_empty() => format!("\"{hours}\""),
        Some(hours) => format!("\"{hours}\"   # {}", day.why),
        None => write::scalar(&day.why, Place { inside: false, bare: false }),
    };
    let line = |margin: usize| format!("{}{date}: {says}{}", " ".repeat(margin), doc.end);
    let Some(field) = named(name) else {
        // Closed days come before open ones, and both before whose list it is.
        let before = if name == "closed" { named("open").or(named("source")) } else { named("source") };
        let at = before.or(named("through")).map_or(own.own.end, |field| field.own.start);
        let lines = vec![format!("{}{name}:{}", " ".repeat(margin), doc.end), line(margin + write::STEP)];
        return Ok(doc.with(at..at, lines));
    };
    let days = doc.entries(field.node, field.own.start + 1..field.own.end).ok_or(EditError::Layout("the days"))?;
    let inner = days.first().and_then(|day| day.key).map_or(margin + write::STEP, |key| key.at.column - 1);
    let later = days.iter().find(|other| other.key.and_then(|key| key.text.parse::<Date>().ok()) > Some(date));
    let at = later.map_or(field.own.end, |later| later.above.start.max(field.own.start + 1));
    Ok(doc.with(at..at, vec![line(inner)]))
}

/// The edited text, when it says what it should and nothing else.
fn holds(text: &str, edited: String, calendar: &str, wanted: &[CalendarText]) -> Result<String, EditError> {
    let rest = |text: &str| -> Result<Value, EditError> {
        let mut tree = value::value(&Doc::read(text)?.root);
        if let Some(own) = tree.get_mut(calendar).and_then(Value::as_object_mut) {
            for name in ["closed", "open", "source", "through"] {
                own.shift_remove(name);
            }
        }
        Ok(tree)
    };
    let unwritable = || EditError::Unwritable(format!("`{calendar}`"));
    let read = calendars(&edited).map_err(|_| unwritable())?;
    if read == wanted && rest(text)? == rest(&edited).map_err(|_| unwritable())? {
        Ok(edited)
    } else {
        Err(unwritable())
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "")
}

/// Whether these are hours as a file says them.
pub fn are_hours(text: &str) -> bool {
    Span::list(text).is_some_and(|spans| Span::in_order(&spans))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const FILE: &str = "# All of them.
office:                # in China
  zone: Asia/Shanghai
  week: { mon-fri: \"09:00-12:00, 13:30-18:00\" }
  closed:
    # the spring
    2026-02-16: Spring Festival
    2026-02-17: 'Spring: Festival'   # two

    2026-05-01: Labour Day
  open:
    2026-02-14: \"09:00-12:00, 13:30-18:00\"   # for the festival
  source: General Office
  through: 2026

always:                # day and night
  zone: Asia/Shanghai
  week: { mon-sun: \"00:00-24:00\" }
";

    fn closed(why: &str) -> Option<DayText> {
        Some(DayText { hours: None, why: why.to_owned() })
    }

    fn open(hours: &str, why: &str) -> Option<DayText> {
        Some(DayText { hours: Some(hours.to_owned()), why: why.to_owned() })
    }

    #[test]
    fn days_are_read_with_their_reasons() {
        let all = calendars(FILE).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].source.as_str(), all[0].through), ("General Office", Some(2026)));
        let days = &all[0].days;
        assert_eq!(days.get(&date(2026, 2, 17)).cloned(), closed("Spring: Festival"));
        assert_eq!(days.get(&date(2026, 2, 14)).cloned(), open("09:00-12:00, 13:30-18:00", "for the festival"));
    }

    #[test]
    fn a_day_changes_its_own_line() {
        let set = |text: &str, date, day: Option<DayText>| set_day(text, "office", date, day.as_ref()).unwrap();
        let line = |text: &str, line: &str| text.replace(line, "");
        let added = set(FILE, date(2026, 2, 18), closed("=1: # odd"));
        assert_eq!(added, FILE.replace("# two\n", "# two\n    2026-02-18: \"=1: # odd\"\n"));
        assert_eq!(set(&added, date(2026, 2, 18), None), FILE, "and back");
        assert_eq!(set(FILE, date(2026, 2, 16), None), line(FILE, "    2026-02-16: Spring Festival\n"));
        let last = "  open:\n    2026-02-14: \"09:00-12:00, 13:30-18:00\"   # for the festival\n";
        assert_eq!(set(FILE, date(2026, 2, 14), None), line(FILE, last));
        let turned = set(FILE, date(2026, 5, 1), open("10:00-12:00", "half\nthe day"));
        let wanted = line(FILE, "    2026-05-01: Labour Day\n")
            .replace("# for the festival\n", "# for the festival\n    2026-05-01: \"10:00-12:00\"   # half the day\n");
        assert_eq!(turned.replace("\n\n  open", "\n  open"), wanted.replace("\n\n  open", "\n  open"));
        let first = set_day(FILE, "always", date(2026, 1, 1), closed("New Year").as_ref()).unwrap();
        assert_eq!(first, format!("{FILE}  closed:\n    2026-01-01: New Year\n"));
        assert!(set_day(FILE, "nowhere", date(2026, 1, 1), None).is_err());
        assert_eq!(set(FILE, date(2027, 1, 1), None), FILE);
        let flow_style = "a: { zone: UTC, week: { mon: \"09:00-10:00\" } }\n";
        assert!(set_day(flow_style, "a", date(2026, 1, 1), closed("x").as_ref()).is_err());
    }

    #[test]
    fn a_list_is_complete_through_another_year() {
        let longer = set_list(FILE, "office", 2027, "").unwrap();
        assert_eq!(longer, FILE.replace("through: 2026", "through: 2027"));
        let both = set_list(FILE, "office", 2027, "Notice: of 2026").unwrap();
        assert_eq!(both, longer.replace("General Office", "\"Notice: of 2026\""));
        assert!(
            set_list(FILE, "always", 2027, "nobody")
                .unwrap()
                .ends_with("\"00:00-24:00\" }\n  source: nobody\n  through: 2027\n")
        );
    }
}
