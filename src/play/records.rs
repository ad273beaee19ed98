//! What a story leaves behind: the requests that were recorded, beside those that should be.

use crate::call::effect::{NewRequest, Priority, RingAt};
use crate::flow::model::REQUEST_KINDS;
use crate::flow::read::{Fields, Reader};
use crate::flow::source::{Is, Node};
use crate::words::{Lang, Phone};
use std::collections::BTreeMap;
use std::fmt;

/// A request as far as stories speak of it, from whatever recorded it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// `callback`, `dispute` and so on.
    pub kind: String,
    /// What it is about.
    pub topic: String,
    /// How urgent.
    pub priority: Priority,
    /// The caller's language.
    pub lang: Lang,
    /// Whom to ring.
    pub rings: RingsAt,
    /// Whether a window was chosen.
    pub window: bool,
    /// How far the caller was verified.
    pub level: u8,
    /// The verified account.
    pub account: Option<String>,
    /// What was collected, by name.
    pub collected: BTreeMap<String, String>,
}

/// Whom a request rings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RingsAt {
    /// Nobody.
    Nobody,
    /// The number registered for the account.
    Registered,
    /// This number.
    Number(Phone),
}

/// What a story says of one request; what it does not say may be anything.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// Where it stands.
    pub line: usize,
    kind: Option<String>,
    topic: Option<String>,
    priority: Option<Priority>,
    lang: Option<Lang>,
    rings: Option<RingsAt>,
    window: Option<bool>,
    level: Option<u8>,
    account: Option<String>,
    collected: Vec<(String, String)>,
}

impl From<&NewRequest> for Recorded {
    fn from(new: &NewRequest) -> Recorded {
        Recorded {
            kind: new.kind.clone(),
            topic: new.topic.clone(),
            priority: new.priority,
            lang: new.lang,
            rings: match &new.ring {
                RingAt::Nobody => RingsAt::Nobody,
                RingAt::Registered(_) => RingsAt::Registered,
                RingAt::Number(phone) => RingsAt::Number(phone.clone()),
            },
            window: new.window.is_some(),
            level: new.level.into(),
            account: new.account.clone(),
            collected: new.collected.iter().cloned().collect(),
        }
    }
}

impl Expected {
    /// Reads `{ kind: callback, topic: payment, level: 2 }`.
    pub(super) fn read(reader: &mut Reader, node: &Node) -> Expected {
        let mut fields = Fields::of(reader, node, "a request, like { kind: callback, topic: payment }");
        let mut text = |reader: &mut Reader, name| fields.take(name).and_then(|n| reader.text(n, "a word"));
        let topic = text(reader, "topic").map(str::to_owned);
        let account = text(reader, "account").map(str::to_owned);
        let kind = fields.take("kind").and_then(|n| {
            let known = |text: &str| REQUEST_KINDS.contains(&text).then(|| text.to_owned());
            one_of(reader, n, known, &REQUEST_KINDS.join(", "))
        });
        let priority = fields.take("priority");
        let priority = priority.and_then(|n| one_of(reader, n, Priority::named, "urgent, high, normal or low"));
        let lang = fields.take("lang").and_then(|n| one_of(reader, n, Lang::parse, "a language like zh-CN"));
        let rings = fields.take("number").and_then(|n| one_of(reader, n, rings, "a number, registered or nobody"));
        let window = fields.take("window").and_then(|n| reader.flag(n));
        let level = fields.take("level").and_then(|n| reader.number(n, 0, 3)).and_then(|n| u8::try_from(n).ok());
        let collected = fields.take("collected").map(|n| collected(reader, n)).unwrap_or_default();
        fields.done(reader);
        Expected { line: node.at.line, kind, topic, priority, lang, rings, window, level, account, collected }
    }

    /// Whether a request is as the story says.
    fn fits(&self, is: &Recorded) -> bool {
        fn same<T: PartialEq>(said: &Option<T>, is: &T) -> bool {
            said.as_ref().is_none_or(|said| said == is)
        }
        same(&self.kind, &is.kind)
            && same(&self.topic, &is.topic)
            && same(&self.priority, &is.priority)
            && same(&self.lang, &is.lang)
            && same(&self.rings, &is.rings)
            && same(&self.window, &is.window)
            && same(&self.level, &is.level)
            && self.account.as_ref().is_none_or(|said| Some(said) == is.account.as_ref())
            && self.collected.iter().all(|(name, value)| is.collected.get(name) == Some(value))
    }
}

/// Compares what a story says with what was recorded, in order. `Err` has both sides, readable.
pub fn compare(expected: &[Expected], recorded: &[Recorded]) -> Result<(), (String, String)> {
    let fits = expected.len() == recorded.len() && expected.iter().zip(recorded).all(|(e, r)| e.fits(r));
    if fits { Ok(()) } else { Err((list(expected), list(recorded))) }
}

fn list<T: fmt::Display>(items: &[T]) -> String {
    match items {
        [] => "nothing is recorded".to_owned(),
        items => items.iter().map(|item| format!("{{ {item} }}")).collect::<Vec<_>>().join(" and "),
    }
}

fn one_of<T>(reader: &mut Reader, node: &Node, read: impl Fn(&str) -> Option<T>, expected: &str) -> Option<T> {
    let found = node.text().and_then(read);
    if found.is_none() {
        reader.expected(node, expected);
    }
    found
}

fn rings(text: &str) -> Option<RingsAt> {
    match text {
        "registered" => Some(RingsAt::Registered),
        "nobody" => Some(RingsAt::Nobody),
        number => Phone::parse(number, None).map(RingsAt::Number),
    }
}

fn collected(reader: &mut Reader, node: &Node) -> Vec<(String, String)> {
    if !matches!(node.is, Is::Map(_)) {
        reader.expected(node, "names with what was typed, like { payment_number: \"20260301004711\" }");
    }
    let pairs = node.pairs().iter();
    pairs.filter_map(|(key, node)| Some((key.text.clone(), reader.text(node, "what was typed")?.to_owned()))).collect()
}

impl fmt::Display for RingsAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RingsAt::Nobody => f.write_str("nobody"),
            RingsAt::Registered => f.write_str("registered"),
            RingsAt::Number(phone) => f.write_str(phone.as_str()),
        }
    }
}

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Recorded { kind, topic, priority, lang, rings, window, level, account, collected } = self;
        let priority = priority.word();
        let window = if *window { "yes" } else { "no" };
        write!(f, "kind: {kind}, topic: {topic}, priority: {priority}, lang: {lang}, number: {rings}")?;
        write!(f, ", window: {window}, level: {level}")?;
        if let Some(account) = account {
            write!(f, ", account: {account}")?;
        }
        let pairs: Vec<String> = collected.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        write!(f, ", collected: {{ {} }}", pairs.join(", "))
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes_no = |yes| if yes { "yes" } else { "no" }.to_owned();
        let collected = self.collected.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>();
        let fields = [
            ("kind", self.kind.clone()),
            ("topic", self.topic.clone()),
            ("priority", self.priority.map(|p| p.word().to_owned())),
            ("lang", self.lang.map(|lang| lang.to_string())),
            ("number", self.rings.as_ref().map(RingsAt::to_string)),
            ("window", self.window.map(yes_no)),
            ("level", self.level.map(|level| level.to_string())),
            ("account", self.account.clone()),
            ("collected", (!collected.is_empty()).then(|| format!("{{ {} }}", collected.join(", ")))),
        ];
        let said = fields.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?)));
        f.write_str(&said.collect::<Vec<_>>().join(", "))
    }
}
