//! Floor 4: demo data, so that a first start has somebody to call as and something to hear. Reads
//! `flows/demo/*.yaml` and loads it into the store once.

use crate::call::effect::{NewRequest, Priority, RequestState, RingAt};
use crate::call::event::Now;
use crate::flow::Flow;
use crate::flow::model::{Origin, Source};
use crate::flow::read::{Files, duration};
use crate::flow::source::{self, Key, Node, Problem};
use crate::store::{Customer, NewNotice, Record, Store, StoreError};
use crate::words::pins::{PinKeys, knowledge, knowledge_of};
use crate::words::{Lang, Level, Phone, Reference, Secret};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A caller one can be in the demo, PIN included: they are in the file for everybody to read.
#[derive(Clone, Debug)]
pub struct DemoCaller {
    /// What the customer is called.
    pub name: String,
    /// The registered number.
    pub number: String,
    /// The account.
    pub account: String,
    /// The PIN.
    pub pin: String,
    /// Birth date and identity document as they are typed; empty where there are none.
    pub knowledge: String,
    /// `active`, `locked`, `frozen`.
    pub state: String,
    /// The preferred language.
    pub lang: Option<Lang>,
}

/// What the store remembers a complete load under.
const ONCE: &str = "demo data";

/// The demo files of a flows folder.
pub struct Demo {
    trees: Vec<Node>,
}

impl Demo {
    /// Reads them; the first that is not readable is the error.
    pub fn read(files: &Files) -> Result<Demo, Problem> {
        let demo = files.iter().filter(|(name, _)| name.starts_with("demo/") && name.ends_with(".yaml"));
        let trees: Result<Vec<Node>, Problem> =
            demo.map(|(name, text)| source::parse(&Arc::from(name.as_str()), text)).collect();
        Ok(Demo { trees: trees? })
    }

    /// The callers one can be.
    pub fn callers(&self) -> Vec<DemoCaller> {
        let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).unwrap_or_default().to_owned();
        let caller = |node: &Node| DemoCaller {
            name: text(node, "name"),
            number: text(node, "number"),
            account: text(node, "account"),
            pin: text(node, "pin"),
            knowledge: knowledge(&text(node, "birth"), &text(node, "document"), Date::MAX)
                .map(|typed| typed.reveal().to_owned())
                .unwrap_or_default(),
            state: text(node, "state"),
            lang: node.get("language").and_then(Node::text).and_then(Lang::parse),
        };
        self.each("customers").map(caller).collect()
    }

    /// Loads everything, once in the life of a database. Gives whether it did. What is loaded again,
    /// because a load was broken off or two servers start at once, is there once.
    pub async fn load(&self, store: &Store, pins: &PinKeys, flows: &[Arc<Flow>], now: Now) -> Result<bool, StoreError> {
        let at = now.as_millisecond();
        if store.is_done(ONCE).await? {
            return Ok(false);
        }
        let customers: Vec<Customer> = self.each("customers").filter_map(|node| customer(node, pins)).collect();
        store.import_customers(&customers, at).await?;
        for (table, rows) in self.trees.iter().filter_map(|tree| tree.get("tables")).flat_map(Node::pairs) {
            let keys = flows.iter().find_map(|flow| key_of(flow, &table.text)).unwrap_or_default();
            let records: Vec<Record> = rows.items().iter().map(|row| record(row, &keys, now)).collect();
            store.put_records(&table.text, &records).await?;
        }
        for (i, node) in self.each("notices").enumerate() {
            if let Some(notice) = notice(node, i, now) {
                store.add_notice(&notice, None, now.as_millisecond()).await?;
            }
        }
        for node in self.each("requests") {
            if let Some((reference, line, new, number, state)) = request(node, now) {
                let filed = filed(flows, &line, &new, now);
                store.put_demo_request(&reference, &line, &new, number, state, filed).await?;
            }
        }
        store.once(ONCE, at).await
    }

    fn each(&self, list: &'static str) -> impl Iterator<Item = &Node> {
        self.trees.iter().filter_map(move |tree| tree.get(list)).flat_map(Node::items)
    }
}

/// The arguments that find a row of a table: those of the source that reads it, or else of one that
/// acts on it.
fn key_of(flow: &Arc<Flow>, wanted: &str) -> Option<Vec<String>> {
    let of_table = |source: &&Source| matches!(&source.from, Origin::Table { table, .. } if table == wanted);
    let source = flow.sources.values().filter(of_table).min_by_key(|source| source.acts())?;
    Some(source.takes.iter().map(|(name, _)| name.clone()).collect())
}

fn customer(node: &Node, pins: &PinKeys) -> Option<Customer> {
    const OWN: [&str; 8] = ["account", "name", "number", "language", "pin", "birth", "document", "state"];
    let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let account = text("account")?;
    let typed = |birth: &str, document: &str| knowledge(birth, document, Date::MAX).ok();
    let known = text("birth").zip(text("document")).and_then(|(birth, document)| typed(&birth, &document));
    let fields = node.pairs().iter().filter(|(key, _)| !OWN.contains(&key.text.as_str()));
    Some(Customer {
        // Demo PINs stand in a file for everybody to read: the quick form does, and a start stays quick.
        pin: text("pin").map(|pin| Secret::new(pins.make_keyed(&account, &Secret::new(pin)))),
        knowledge: known.map(|typed| Secret::new(pins.make_keyed(&knowledge_of(&account), &typed))),
        name: text("name").unwrap_or_default(),
        number: text("number").and_then(|n| Phone::parse(&n, None)).map(|p| p.as_str().to_owned()),
        language: text("language"),
        state: text("state").unwrap_or_else(|| "active".into()),
        fields: fields.filter_map(|(key, value)| Some((key.text.clone(), value.text()?.to_owned()))).collect(),
        demo: true,
        account,
    })
}

fn record(row: &Node, keys: &[String], now: Now) -> Record {
    let fields: BTreeMap<String, String> =
        row.pairs().iter().filter_map(|(key, value)| Some((key.text.clone(), written(value.text()?, now)))).collect();
    let key: Vec<&str> = keys.iter().map(|name| fields.get(name).map_or("", String::as_str)).collect();
    Record { key: key.join("/"), fields }
}

/// Days and moments may be told from now: `today-2d`, `now+3h`.
fn written(text: &str, now: Now) -> String {
    let today = |moment: Timestamp| moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    if let Some(rest) = text.strip_prefix("today") {
        return shifted(rest, now).map_or_else(|| text.to_owned(), today);
    }
    moment(text, now).map_or_else(|| text.to_owned(), |moment| moment.to_string())
}

fn moment(text: &str, now: Now) -> Option<Timestamp> {
    shifted(text.strip_prefix("now")?, now)
}

fn shifted(text: &str, now: Now) -> Option<Timestamp> {
    if text.is_empty() {
        return Some(now);
    }
    let span = SignedDuration::try_from(duration(text.get(1..)?)?).ok()?;
    match text.get(..1)? {
        "+" => now.checked_add(span).ok(),
        "-" => now.checked_sub(span).ok(),
        _ => None,
    }
}

fn notice(node: &Node, number: usize, now: Now) -> Option<NewNotice> {
    let at = |key: &str| {
        node.get(key).and_then(Node::text).and_then(|text| moment(text, now)).map(Timestamp::as_millisecond)
    };
    let texts = node.get("text").map(Node::pairs).unwrap_or_default();
    Some(NewNotice {
        id: format!("demo-{number}"),
        line: node.get("line").and_then(Node::text).map(str::to_owned),
        texts: texts
            .iter()
            .filter_map(|(lang, words)| Some((Lang::parse(&lang.text)?, words.text()?.to_owned())))
            .collect(),
        from: at("from")?,
        until: at("to"),
        closes: false,
        on: true,
    })
}

fn request(node: &Node, now: Now) -> Option<(Reference, String, NewRequest, Option<Phone>, RequestState)> {
    let text = |key: &str| node.get(key).and_then(Node::text);
    let number = text("number").and_then(|n| Phone::parse(n, None));
    let reference = Reference::of(text("reference-number")?.parse().ok()?);
    let new = NewRequest {
        kind: text("kind")?.to_owned(),
        topic: text("topic")?.to_owned(),
        priority: Priority::named(text("priority")?)?,
        skill: text("topic")?.to_owned(),
        lang: Lang::parse(text("lang")?)?,
        ring: number.clone().map_or(RingAt::Nobody, RingAt::Number),
        account: text("account").map(str::to_owned),
        from: number.clone(),
        level: Level::L2,
        verified_at: Some(now),
        collected: node.get("collected").into_iter().flat_map(Node::pairs).filter_map(collected).collect(),
        window: None,
        due: moment(text("due")?, now)?,
        test: true,
    };
    Some((reference, text("line")?.to_owned(), new, number, RequestState::named(text("state")?)?))
}

fn collected((name, value): &(Key, Node)) -> Option<(String, String)> {
    Some((name.text.clone(), value.text()?.to_owned()))
}

/// When a request was asked for: what its line promises before it is due, and never later than now.
fn filed(flows: &[Arc<Flow>], line: &str, new: &NewRequest, now: Now) -> i64 {
    let flow = flows.iter().find(|flow| flow.name == line);
    let promise = flow.and_then(|flow| flow.promises.get(new.priority as usize)).copied().unwrap_or_default();
    let asked = new.due.saturating_sub(promise).unwrap_or(now).min(now);
    asked.as_millisecond()
}
