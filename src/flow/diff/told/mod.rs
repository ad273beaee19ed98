//! Changes in words: one sentence each, in the languages of the studio. What is said is found here,
//! how it is said stands in a file for each language.

mod en;
mod ja;
mod zh;

use super::compare::kind;
use super::{Change, Edit, Part, Proof, pair};
use crate::flow::edit::value::{inline_apart, inline_short};
use crate::flow::edit::words::{field_words, kind_name};
use crate::flow::schema::{Shape, shape_at};
use crate::words::Lang;
use serde_json::{Map, Value};

/// What a change is about.
enum Subject<'c> {
    /// A step, with what callers know it by.
    Step {
        title: Option<String>,
        name: String,
    },
    /// The hotline, or a sub-flow.
    Flow(Option<&'c str>),
    Calendar(&'c str),
    Source(&'c str),
    Phrase(&'c str),
    Story(String),
    File(&'c str),
}

/// Which part of it.
enum Of {
    /// A field, by its label.
    Field(String),
    /// An option of a menu, with its key and label.
    Option { key: String, label: String },
    /// A condition.
    Case(String),
    /// A value in a field.
    Entry { field: String, name: String },
    /// The whole.
    Whole,
}

/// What is said of it.
enum Says<'c> {
    StepNew(&'c str),
    StepGone(&'c str),
    StepRenamed(&'c str),
    StepMoved(Option<&'c str>),
    Kind(&'c str, &'c str),
    /// A text in a language.
    Text(Lang, Option<String>, Option<String>),
    /// Recordings in these languages; whether there were any, and are.
    Recorded(Vec<Lang>, bool, bool),
    /// Another target; perhaps by way of an identification.
    Goes(Option<String>, Option<String>, Option<Proof>),
    /// An option has another key.
    Renumbered(String, String),
    New,
    /// A new option, with where it leads.
    NewTo(&'c str),
    Gone,
    Moved(usize),
    /// The level callers need.
    Needs(u8, u8),
    Value(Option<String>, Option<String>),
    Order,
}

/// One sentence about a change, in the language of the reader.
pub fn told(change: &Change, lang: Lang) -> String {
    let teller = Teller { change, lang };
    let (subject, of, says) = (teller.subject(), teller.of(), teller.says());
    match lang {
        Lang::EnUs => en::sentence(&subject, &of, &says),
        Lang::ZhCn | Lang::ZhHk => zh::sentence(&subject, &of, &says),
        Lang::JaJp => ja::sentence(&subject, &of, &says),
    }
}

/// Changes in the order in which people follow them: an option is told by its new key from the sentence on that
/// tells the key, and what stands elsewhere is told by it. They cannot be applied in this order.
pub fn as_told(changes: &[Change]) -> Vec<&Change> {
    let mut told: Vec<&Change> = Vec::with_capacity(changes.len());
    for change in changes {
        let list = match &change.path[..] {
            [list @ .., Part::At(_), Part::Key(key)] if key == "key" => Some(list),
            _ => None,
        };
        let moved = |other: &&Change| {
            let (file, is_moved) = (&other.file, matches!(other.edit, Edit::Moved { .. }));
            is_moved && *file == change.file && other.path.split_last().map(|(_, above)| above) == list
        };
        let at = list.and_then(|_| told.iter().position(moved));
        told.insert(at.unwrap_or(told.len()), change);
    }
    told
}

/// What is said of two versions between which nothing changed that a caller or the line could tell.
pub fn nothing_told(lang: Lang) -> &'static str {
    match lang {
        Lang::EnUs => "Only comments or layout changed; calls go exactly as before.",
        Lang::ZhCn | Lang::ZhHk => "只改了注释或格式，通话与之前完全一样。",
        Lang::JaJp => "変わったのはコメントか体裁だけです。通話はこれまでと同じです。",
    }
}

struct Teller<'c> {
    change: &'c Change,
    lang: Lang,
}

impl<'c> Teller<'c> {
    fn key(&self, at: usize) -> Option<&'c str> {
        match self.change.path.get(at) {
            Some(Part::Key(key)) => Some(key),
            _ => None,
        }
    }

    fn subject(&self) -> Subject<'c> {
        let file = self.change.file.as_str();
        let sub = file.strip_prefix("common/").map(|name| name.trim_end_matches(".yaml"));
        if let Some(step) = &self.change.step {
            let name = sub.map_or(step.clone(), |sub| format!("{sub}/{step}"));
            return Subject::Step { title: self.in_words(&self.change.about.title), name };
        }
        match (file, self.key(0)) {
            (_, None) if self.change.path.is_empty() => Subject::File(file),
            ("calendars.yaml", Some(name)) => Subject::Calendar(name),
            ("sources.yaml", Some(name)) => Subject::Source(name),
            ("common/phrases.yaml", Some(name)) => Subject::Phrase(name),
            (file, _) if file.ends_with(".stories.yaml") => Subject::Story(self.story()),
            (file, _) if file.starts_with("demo/") => Subject::File(file),
            _ => Subject::Flow(sub),
        }
    }

    /// The story a change is in, by its name where that is at hand.
    fn story(&self) -> String {
        let named = self.change.about.item.as_ref().and_then(|story| story.get("story")?.as_str());
        let at = || match self.change.path.first() {
            Some(Part::At(at)) => format!("#{}", at + 1),
            _ => String::new(),
        };
        named.map_or_else(at, |name| name.to_owned())
    }

    /// A text in the language of the reader, else in the first that is there.
    fn in_words(&self, texts: &Map<String, Value>) -> Option<String> {
        // Who reads Cantonese reads Mandarin; everybody else is helped most by English.
        let mandarin = Some("zh-CN").filter(|_| self.lang == Lang::ZhHk);
        let tags = [Some(self.lang.tag()), mandarin, Some("en-US")];
        let text = tags.into_iter().flatten().find_map(|tag| texts.get(tag)).or_else(|| texts.values().next());
        text.and_then(Value::as_str).map(short)
    }

    fn label(&self, field: &str) -> String {
        let of = match self.subject() {
            Subject::Step { .. } => self.change.about.kind.as_deref().unwrap_or_default(),
            Subject::Flow(_) => "flow",
            Subject::Calendar(_) => "calendar",
            Subject::Source(_) => "source",
            Subject::Phrase(_) | Subject::Story(_) | Subject::File(_) => return field.to_owned(),
        };
        field_words(&format!("{of}.{field}"), self.lang).map_or(field.to_owned(), |words| words.label.to_owned())
    }

    fn of(&self) -> Of {
        let path = &self.change.path;
        if self.change.step.is_some() {
            return match (self.key(2), path.get(3)) {
                (None, _) => Of::Whole,
                (Some(_), Some(Part::At(_))) => self.item(),
                (Some(field), Some(Part::Key(name))) if !self.is_text(field) => {
                    Of::Entry { field: self.label(field), name: name.clone() }
                }
                (Some(field), _) => Of::Field(self.label(field)),
            };
        }
        let is_flow = matches!(self.subject(), Subject::Flow(_));
        let field = if is_flow { 0 } else { 1 };
        match (self.key(field), self.key(field + 1)) {
            (Some(name), _) if Lang::parse(name).is_some() => Of::Whole,
            (Some(name), Some(entry)) if Lang::parse(entry).is_none() => {
                Of::Entry { field: self.label(name), name: entry.to_owned() }
            }
            (Some(name), _) => Of::Field(self.label(name)),
            _ => Of::Whole,
        }
    }

    /// The option or the condition a change is in.
    fn item(&self) -> Of {
        let nothing = Value::Null;
        let item = self.change.about.item.as_ref().unwrap_or(&nothing);
        let word = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        match pair::label(item).and_then(Value::as_object) {
            Some(label) => Of::Option { key: word("key"), label: self.in_words(label).unwrap_or_default() },
            None if item.get("if").is_some() => Of::Case(short(&word("if"))),
            None => Of::Option { key: word("key"), label: word("go") },
        }
    }

    fn is_text(&self, field: &str) -> bool {
        let kind = self.change.about.kind.as_deref().unwrap_or_default();
        matches!(shape_at(kind, field), Some(Shape::Texts))
    }

    /// Whether it is a file, or a calendar, a source, a phrase with all that is in it.
    fn is_whole(&self) -> bool {
        let one = matches!(self.subject(), Subject::Calendar(_) | Subject::Source(_) | Subject::Phrase(_));
        self.change.path.is_empty() || one && self.change.path.len() == 1
    }

    fn says(&self) -> Says<'c> {
        let change = self.change;
        let name = |value: &Value| kind(value).unwrap_or("?");
        let named = |kind: &'static str| kind_name(kind, self.lang);
        match &change.edit {
            Edit::Set { old: None, .. } if self.is_whole() => Says::New,
            Edit::Set { new: None, .. } if self.is_whole() => Says::Gone,
            Edit::StepAdded { value, .. } => Says::StepNew(named(name(value))),
            Edit::StepRemoved(value) => Says::StepGone(named(name(value))),
            Edit::StepRenamed { from } => Says::StepRenamed(from),
            Edit::StepMoved { after } => Says::StepMoved(after.as_deref()),
            Edit::Set { old: Some(old), new: Some(new) }
                if change.step.is_some() && change.path.len() == 2 && kind(old) != kind(new) =>
            {
                Says::Kind(named(name(old)), named(name(new)))
            }
            Edit::Set { old, new } => self.set(old.as_ref(), new.as_ref()),
            Edit::Inserted(item) => match item.get("go").and_then(Value::as_str) {
                Some(go) => Says::NewTo(go),
                None => Says::New,
            },
            Edit::Removed(_) => Says::Gone,
            Edit::Moved { .. } => Says::Moved(match change.path.last() {
                Some(Part::At(at)) => at + 1,
                _ => 1,
            }),
            Edit::Ordered(_) => Says::Order,
        }
    }

    fn set(&self, old: Option<&Value>, new: Option<&Value>) -> Says<'c> {
        let change = self.change;
        let last = match change.path.last() {
            Some(Part::Key(key)) => key.as_str(),
            _ => "",
        };
        let (was, is) = match (old, new) {
            (Some(old), Some(new)) => {
                let (was, is) = inline_apart(old, new);
                (Some(was), Some(is))
            }
            (old, new) => (old.map(inline_short), new.map(inline_short)),
        };
        let field = self.key(2).filter(|_| change.step.is_some());
        if field == Some("audio") {
            // Files are named by the machine: what an admin knows them by is the language.
            let all = new.or(old).and_then(Value::as_object).into_iter().flat_map(Map::keys);
            let langs =
                Lang::parse(last).map_or_else(|| all.filter_map(|tag| Lang::parse(tag)).collect(), |it| vec![it]);
            return Says::Recorded(langs, old.is_some(), new.is_some());
        }
        if let Some(lang) = Lang::parse(last) {
            return Says::Text(lang, was, is);
        }
        match (field, last) {
            (Some("menu"), "key") => Says::Renumbered(was.unwrap_or_default(), is.unwrap_or_default()),
            (Some("needs"), _) | (Some("verify"), "verify") => {
                let level = |value: Option<&Value>| value.and_then(Value::as_str).and_then(|text| text.parse().ok());
                Says::Needs(level(old).unwrap_or_default(), level(new).unwrap_or_default())
            }
            (Some(_), "go") => Says::Goes(was, is, change.about.proof),
            (Some(field), _) if change.path.len() == 3 && self.is_target(field) => {
                Says::Goes(was, is, change.about.proof)
            }
            (None, "start" | "person" | "denied") if change.path.len() == 1 => Says::Goes(was, is, None),
            _ => Says::Value(was, is),
        }
    }

    fn is_target(&self, field: &str) -> bool {
        let kind = self.change.about.kind.as_deref().unwrap_or_default();
        matches!(shape_at(kind, field), Some(Shape::Target))
    }
}

/// As much of a text as one needs to know it again.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 60;
    let text = text.trim();
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}
