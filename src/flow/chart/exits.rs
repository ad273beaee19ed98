//! What stands in a box: the word of its kind, what it says or does, and the ways it goes on.

use crate::flow::expr::{Expr, Function, Op};
use crate::flow::model::{Flow, Go, Kind, Ring};
use crate::flow::text::{Say, Text, Texts};
use crate::flow::value::Value;
use crate::words::Lang;

/// How a way on is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    /// The way of things.
    Then,
    /// By a key of a menu.
    Key,
    /// By a condition or a calendar.
    Case,
    /// When the caller says nothing or nothing else fits.
    Otherwise,
    /// When something could not be done.
    Failed,
}

/// A way on.
pub struct Exit {
    /// The key pressed.
    pub key: Option<u8>,
    /// What it is for.
    pub label: String,
    /// How it is taken.
    pub manner: Manner,
    /// Where it leads.
    pub go: Go,
}

/// The ways a step goes on, in the order they are written.
pub fn exits(kind: &Kind, lang: Lang) -> Vec<Exit> {
    use Manner::{Case, Failed, Key, Otherwise, Then};
    let way = |manner: Manner, label: &str, go: Go| Exit { key: None, label: label.to_owned(), manner, go };
    match kind {
        Kind::Say { then, .. }
        | Kind::Notices { then }
        | Kind::Language { then, .. }
        | Kind::Set { then, .. }
        | Kind::Call { then, .. } => vec![way(Then, "then", *then)],
        Kind::Menu { options, otherwise, .. } => {
            let option =
                |label: &Texts, key: u8, go: Go| Exit { key: Some(key), label: said(label, lang), manner: Key, go };
            let options = options.iter().map(|o| option(&o.label, o.key, o.go));
            options.chain([way(Otherwise, "otherwise", *otherwise)]).collect()
        }
        Kind::Ask { then, otherwise, .. } => vec![way(Then, "typed", *then), way(Otherwise, "otherwise", *otherwise)],
        Kind::Verify { then, failed, .. } => vec![way(Then, "verified", *then), way(Failed, "failed", *failed)],
        Kind::Lookup { then, missing, failed, .. } => {
            vec![way(Then, "found", *then), way(Failed, "missing", *missing), way(Failed, "failed", *failed)]
        }
        Kind::Act { then, pending, failed, .. } => {
            let pending = (pending != then).then(|| way(Then, "pending", *pending));
            [way(Then, "done", *then)].into_iter().chain(pending).chain([way(Failed, "failed", *failed)]).collect()
        }
        Kind::When { cases, otherwise } => {
            let cases = cases.iter().map(|(condition, go)| way(Case, &expr(condition), *go));
            cases.chain([way(Otherwise, "else", *otherwise)]).collect()
        }
        Kind::Hours { open, closed, .. } => vec![way(Case, "open", *open), way(Case, "closed", *closed)],
        Kind::Request(request) => {
            vec![way(Then, "recorded", request.then), way(Failed, "refused", request.refused)]
        }
        Kind::Status { then, missing, refused, .. } => {
            let refused = (refused != missing).then(|| way(Failed, "refused", *refused));
            [way(Then, "found", *then), way(Failed, "missing", *missing)].into_iter().chain(refused).collect()
        }
        Kind::Change { then, refused, .. } => vec![way(Then, "changed", *then), way(Failed, "refused", *refused)],
        Kind::Transfer(transfer) => {
            let long = transfer.long_wait.map(|go| way(Case, "long wait", go));
            let ends = [
                way(Then, "answered", transfer.answered),
                way(Failed, "busy", transfer.busy),
                way(Failed, "no answer", transfer.no_answer),
                way(Failed, "failed", transfer.failed),
            ];
            long.into_iter().chain(ends).collect()
        }
        Kind::Record { then, empty, .. } => vec![way(Then, "recorded", *then), way(Otherwise, "empty", *empty)],
        Kind::Sms { then, failed, .. } => vec![way(Then, "sent", *then), way(Failed, "failed", *failed)],
        Kind::Score { then, otherwise, .. } => {
            vec![way(Key, "1 to 5", *then), way(Otherwise, "otherwise", *otherwise)]
        }
        Kind::Return { .. } | Kind::HangUp { .. } => Vec::new(),
    }
}

/// The word of a kind, as flows write it.
pub fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Say { .. } => "say",
        Kind::Menu { .. } => "menu",
        Kind::Ask { .. } => "ask",
        Kind::Verify { .. } => "verify",
        Kind::Lookup { .. } => "lookup",
        Kind::Act { .. } => "act",
        Kind::When { .. } => "when",
        Kind::Hours { .. } => "hours",
        Kind::Notices { .. } => "notices",
        Kind::Language { .. } => "language",
        Kind::Request(_) => "request",
        Kind::Status { .. } => "status",
        Kind::Change { .. } => "change",
        Kind::Set { .. } => "set",
        Kind::Call { .. } => "call",
        Kind::Transfer(_) => "transfer",
        Kind::Record { .. } => "record",
        Kind::Sms { .. } => "sms",
        Kind::Score { .. } => "score",
        Kind::Return { .. } => "return",
        Kind::HangUp { .. } => "hangup",
    }
}

/// What a step says or does, in one line.
pub fn tells(flow: &Flow, kind: &Kind, lang: Lang) -> String {
    match kind {
        Kind::Say { texts, .. } | Kind::HangUp { texts } | Kind::Ask { prompt: texts, .. } => said(texts, lang),
        Kind::Menu { prompt, .. } => prompt.as_ref().map(|texts| said(texts, lang)).unwrap_or_default(),
        Kind::Verify { level, .. } => format!("brings the caller to level {}", u8::from(*level)),
        Kind::Lookup { source, into, .. } if source == into => format!("looks up {source}"),
        Kind::Lookup { source, into, .. } => format!("looks up {source} as {into}"),
        Kind::Act { source, .. } => format!("has the wallet do: {source}"),
        Kind::When { .. } => String::new(),
        Kind::Hours { calendar, .. } => format!("is it open by {calendar}?"),
        Kind::Notices { .. } => "speaks what is announced".to_owned(),
        Kind::Language { once: true, .. } => "asks for the language, once a number".to_owned(),
        Kind::Language { once: false, .. } => "asks for the language".to_owned(),
        Kind::Request(request) => {
            let number = match &request.number {
                Ring::Nobody => "nobody is rung".to_owned(),
                Ring::Number(number) => format!("rings {}", expr(number)),
                Ring::Registered(_) => "rings the registered number".to_owned(),
            };
            let [kind, topic, priority] = [&request.kind, &request.topic, &request.priority].map(bare);
            format!("records {kind} on {topic}, priority {priority}; {number}")
        }
        Kind::Status { reference, .. } => format!("looks up the request {}", expr(reference)),
        Kind::Change { reference, window: Some(window), .. } => {
            format!("moves the request {} to {}", expr(reference), expr(window))
        }
        Kind::Change { reference, .. } => format!("cancels the request {}", expr(reference)),
        Kind::Set { values, .. } => pairs(values, " = ", expr),
        Kind::Call { block, with, .. } => {
            let name = flow.blocks.get(*block).map_or("", |block| block.name.as_str());
            let with = pairs(with, " ", bare);
            if with.is_empty() { format!("runs {name}") } else { format!("runs {name}: {with}") }
        }
        Kind::Transfer(transfer) => format!("rings the desk of {}", bare(&transfer.skill)),
        Kind::Record { prompt, limit, .. } => format!("{} ({} s at most)", said(prompt, lang), limit.as_secs()),
        Kind::Sms { texts, registered: false, .. } => format!("texts: {}", said(texts, lang)),
        Kind::Sms { texts, registered: true, .. } => format!("texts the registered number: {}", said(texts, lang)),
        Kind::Score { prompt, .. } => said(prompt, lang),
        Kind::Return { values } if values.is_empty() => "back to where it was called".to_owned(),
        Kind::Return { values } => pairs(values, " = ", expr),
    }
}

fn pairs(values: &[(String, Expr)], between: &str, show: impl Fn(&Expr) -> String) -> String {
    values.iter().map(|(name, value)| format!("{name}{between}{}", show(value))).collect::<Vec<_>>().join(", ")
}

/// Words in a language; where there are none in it, in any.
fn said(texts: &Texts, lang: Lang) -> String {
    texts.get(lang).or_else(|| texts.0.iter().flatten().next()).map(text).unwrap_or_default()
}

/// Words with the names of their holes.
pub fn text(text: &Text) -> String {
    let piece = |say: &Say| match say {
        Say::Words(words) => words.clone(),
        Say::Hole(hole, _) => format!("{{{}}}", expr(hole)),
    };
    text.iter().map(piece).collect()
}

/// A word taken as it stands, without its quotes.
fn bare(value: &Expr) -> String {
    match value {
        Expr::Literal(Value::Text(word)) => word.clone(),
        value => expr(value),
    }
}

/// An expression as it is written.
pub fn expr(tree: &Expr) -> String {
    let inner = |side: &Expr| match side {
        Expr::Two(_, Op::And | Op::Or | Op::Plus | Op::Minus, _) => format!("({})", expr(side)),
        side => expr(side),
    };
    match tree {
        Expr::Literal(Value::Text(words)) => format!("'{words}'"),
        Expr::Literal(value) => value.plain(),
        Expr::Name(path) => path.join("."),
        Expr::Not(side) => format!("not {}", inner(side)),
        Expr::Function(Function::Window, side) => format!("window({})", expr(side)),
        Expr::Function(Function::Known, side) => format!("known({})", expr(side)),
        Expr::Two(left, op, right) => {
            let op = match op {
                Op::And => "and",
                Op::Or => "or",
                Op::Equal => "==",
                Op::Unequal => "!=",
                Op::Less => "<",
                Op::AtMost => "<=",
                Op::More => ">",
                Op::AtLeast => ">=",
                Op::Plus => "+",
                Op::Minus => "-",
            };
            format!("{} {op} {}", inner(left), inner(right))
        }
    }
}
