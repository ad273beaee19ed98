//! The picture of a hotline as the studio shows it: the same boxes and lines that `hotline graph`
//! draws, as links one can go through with the tab key, with levels, problems and callers on them, and
//! every word around them in the reader's language. Colours are the style sheet's.

use super::names::kind_name;
use super::picture::shown_language;
use super::problems::Fault;
use super::words::{self, Words, fill};
use crate::flow::chart::{
    BOX, Chart, GAP, HEAD, LINE, Line, Look, Manner, Panel, Share, Shares, StepBox, chart, written,
};
use crate::flow::model::{Flow, Kind, Step};
use crate::words::columns::columns;
use crate::words::{Lang, Level};
use askama::Template;
use askama::filters::HtmlSafe;

const PAD: f64 = 24.0;
const NAME: f64 = 44.0;
/// The radius of a key.
pub(super) const KEY: f64 = 8.5;

/// A hotline, painted.
#[derive(Template)]
#[template(path = "admin_chart.html", config = "src/web/askama.toml")]
pub(in crate::web::admin) struct Picture {
    width: String,
    height: String,
    label: String,
    panels: Vec<Painted>,
}

/// A flow or sub-flow.
struct Painted {
    id: String,
    y: String,
    width: String,
    height: String,
    name: String,
    kind: &'static str,
    lines: Vec<Way>,
    boxes: Vec<Drawn>,
}

/// A line between boxes.
struct Way {
    class: String,
    head: &'static str,
    path: String,
    told: Option<Told>,
}

/// How many callers took a way, in a word, where it leaves its box.
struct Told {
    x: String,
    y: String,
    words: String,
}

/// A step.
struct Drawn {
    place: String,
    href: String,
    label: String,
    class: String,
    x: String,
    y: String,
    height: f64,
    name: String,
    kind: String,
    shape: String,
    bars: bool,
    texts: Vec<(String, String)>,
    said: &'static str,
    rows: Vec<Row>,
    marks: Vec<Mark>,
    chosen: bool,
}

/// A way on, as it stands in a box.
struct Row {
    class: &'static str,
    texts: Vec<(String, String)>,
    y: String,
    base: String,
    key: Option<u8>,
    jump: Option<String>,
    told: Option<Told>,
}

/// A small sign on the upper edge.
struct Mark {
    class: String,
    x: String,
    width: String,
    middle: String,
    words: String,
}

impl HtmlSafe for Picture {}

/// What a picture shows beside the flow.
pub(super) struct Shown<'a> {
    pub(super) flow: &'a Flow,
    pub(super) w: &'static Words,
    /// The reader's language.
    pub(super) lang: Lang,
    /// What is said is shown in this one.
    pub(super) said: Lang,
    /// The page on which a step is open; empty on that page itself.
    pub(super) at: &'a str,
    /// The step that is open beside the picture.
    pub(super) chosen: &'a str,
    pub(super) faults: &'a [Fault],
    /// How many callers took each way, where that is to be shown.
    pub(super) shares: Option<&'a Shares>,
}

/// The place of a step: `main`, or `call-me-back/confirm` in a sub-flow.
pub(super) fn place(flow: &Flow, block: usize, step: &str) -> String {
    match flow.blocks.get(block) {
        Some(own) if block > 0 => format!("{}/{step}", own.name),
        _ => step.to_owned(),
    }
}

/// The words of a way on that is none of a menu's options.
pub(super) fn way_name(w: &Words, label: &str) -> String {
    w.ways.iter().find(|(known, _)| *known == label).map_or_else(|| label.to_owned(), |(_, words)| (*words).to_owned())
}

impl Picture {
    /// A hotline in service with the share of callers on each way; a step leads to its page.
    pub(in crate::web::admin) fn of_callers(flow: &Flow, lang: Lang, shares: &Shares) -> Picture {
        let (at, said) = (format!("/admin/flows/{}", flow.name), shown_language(flow, None, lang));
        let (chosen, faults, shares) = ("", &[][..], Some(shares));
        Picture::of(&Shown { flow, w: words::of(lang), lang, said, at: &at, chosen, faults, shares })
    }

    pub(super) fn of(shown: &Shown<'_>) -> Picture {
        let drawn = chart(shown.flow, shown.said);
        let drawn = match shown.shares {
            Some(shares) => drawn.with_shares(shares),
            None => drawn,
        };
        let widest = drawn.panels.iter().map(|panel| panel.size.0).fold(BOX, f64::max) + 2.0 * PAD;
        let mut y = 0.0;
        let mut panels = Vec::new();
        for (at, panel) in drawn.panels.iter().enumerate() {
            let height = NAME + panel.size.1 + PAD;
            panels.push(painted(shown, &drawn, panel, at, (y, widest, height)));
            y += height + PAD / 2.0;
        }
        let steps: usize = drawn.panels.iter().map(|panel| panel.boxes.len()).sum();
        Picture {
            width: format!("{widest:.0}"),
            height: format!("{y:.0}"),
            label: fill(shown.w.picture_label, &[("title", &drawn.title), ("n", &steps.to_string())]),
            panels,
        }
    }
}

fn painted(shown: &Shown<'_>, chart: &Chart, panel: &Panel, at: usize, (y, width, height): (f64, f64, f64)) -> Painted {
    let steps = shown.flow.blocks.get(at).map(|block| &block.steps[..]).unwrap_or_default();
    Painted {
        id: format!("flow-{}", panel.name),
        y: format!("{y:.0}"),
        width: format!("{width:.0}"),
        height: format!("{height:.0}"),
        name: panel.name.clone(),
        kind: if panel.main { shown.w.hotline } else { shown.w.sub_flow },
        lines: panel.lines.iter().map(way).collect(),
        boxes: panel.boxes.iter().zip(steps).map(|(drawn, step)| boxed(shown, chart, at, drawn, step)).collect(),
    }
}

fn class(manner: Manner) -> &'static str {
    match manner {
        Manner::Then | Manner::Key | Manner::Case => "then",
        Manner::Otherwise => "otherwise",
        Manner::Failed => "failed",
    }
}

/// Curves between columns, straight lanes through them.
fn way(line: &Line) -> Way {
    let mut path = String::new();
    if let Some((x, y)) = line.points.first() {
        path = format!("M{x:.0} {y:.1}");
    }
    for (at, pair) in line.points.windows(2).enumerate() {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        if at % 2 == 0 {
            let bow = GAP * 0.5;
            path.push_str(&format!("C{:.0} {y0:.1} {:.0} {y1:.1} {x1:.0} {y1:.1}", x0 + bow, x1 - bow));
        } else {
            path.push_str(&format!("H{x1:.0}"));
        }
    }
    let class = class(line.manner);
    let wide = line.share.map(|share| format!(" w{}", share.width())).unwrap_or_default();
    let head = match (class, line.share) {
        ("failed", None) => "to-failed",
        (_, None) => "to",
        ("failed", Some(_)) => "wide-failed",
        (_, Some(_)) => "wide",
    };
    let told = line.share.zip(line.points.first()).map(|(share, (x, y))| told(share, *x, *y));
    Way { class: format!("{class}{wide}"), head, path, told }
}

fn told(share: Share, x: f64, y: f64) -> Told {
    Told { x: format!("{:.1}", x + KEY + 3.0), y: format!("{:.1}", y - 5.0), words: share.short() }
}

fn boxed(shown: &Shown<'_>, chart: &Chart, block: usize, drawn: &StepBox, step: &Step) -> Drawn {
    let place = place(shown.flow, block, &drawn.name);
    let kind = kind_name(drawn.kind, shown.lang);
    let faults: Vec<&Fault> = shown.faults.iter().filter(|fault| fault.place.as_deref() == Some(&place)).collect();
    let speaks = ["say", "menu", "ask", "hangup", "record", "sms", "score"].contains(&drawn.kind);
    let texts = if speaks { drawn.text.clone() } else { vec![tells(shown.w, &step.kind, shown.flow)] };
    let texts = texts.into_iter().filter(|_| !drawn.text.is_empty()).enumerate();
    let level = u8::from(drawn.level);
    Drawn {
        href: format!("{}?step={place}#step", shown.at),
        label: label(shown.w, drawn, &kind, &faults),
        class: format!("l{level}{}", if faults.iter().any(|fault| fault.blocks) { " wrong" } else { "" }),
        x: format!("{:.0}", drawn.at.0),
        y: format!("{:.1}", drawn.at.1),
        height: drawn.height,
        name: drawn.name.clone(),
        kind,
        shape: outline(drawn.look, drawn.height),
        bars: matches!(drawn.look, Look::SubFlow | Look::SubFlowCallback),
        texts: texts.map(|(at, line)| (format!("{:.0}", HEAD + 10.0 + at as f64 * LINE), line)).collect(),
        said: if speaks { chart.lang.tag() } else { shown.w.tag },
        rows: drawn.rows.iter().map(|row| row_of(shown.w, drawn.kind, row)).collect(),
        marks: marks(shown.w, drawn, &faults),
        chosen: place == shown.chosen,
        place,
    }
}

/// What a step is, for those who hear it.
fn label(w: &Words, drawn: &StepBox, kind: &str, faults: &[&Fault]) -> String {
    let mut told = vec![drawn.name.clone(), kind.to_owned()];
    if drawn.level > Level::L0 {
        told.push(fill(w.level, &[("n", &u8::from(drawn.level).to_string())]));
    }
    if !faults.is_empty() {
        told.push(fill(w.n_problems, &[("n", &faults.len().to_string())]));
    }
    told.join(", ")
}

/// What a step that says nothing does, in the flow's own names.
fn tells(w: &Words, kind: &Kind, flow: &Flow) -> String {
    let pairs = |values: &[(String, crate::flow::expr::Expr)]| {
        values.iter().map(|(name, value)| format!("{name} = {}", written(value))).collect::<Vec<_>>().join(", ")
    };
    let cut = |text: String| {
        let mut text = text;
        while columns(&text) > 39 {
            text.pop();
        }
        text
    };
    cut(match kind {
        Kind::Verify { level, .. } => w.level_of(&u8::from(*level)),
        Kind::Lookup { source, .. } | Kind::Act { source, .. } => source.clone(),
        Kind::Hours { calendar, .. } => calendar.clone(),
        Kind::Request(request) => {
            [&request.kind, &request.topic, &request.priority].map(written).join(" · ").replace('\'', "")
        }
        Kind::Status { reference, .. } | Kind::Change { reference, .. } => written(reference),
        Kind::Set { values, .. } | Kind::Return { values } => pairs(values),
        Kind::Call { block, .. } => flow.blocks.get(*block).map(|block| block.name.clone()).unwrap_or_default(),
        Kind::Transfer(transfer) => written(&transfer.skill).replace('\'', ""),
        _ => String::new(),
    })
}

fn row_of(w: &Words, kind: &str, row: &crate::flow::chart::Row) -> Row {
    let base = row.y + 4.0;
    // A menu's labels and conditions are the flow's own words.
    let own = row.manner == Manner::Key && kind == "menu" || row.manner == Manner::Case && kind == "when";
    let label = if own { row.label.clone() } else { vec![way_name(w, &row.label.join(" "))] };
    let first = base - label.len().saturating_sub(1) as f64 * LINE / 2.0;
    Row {
        class: class(row.manner),
        texts: label
            .into_iter()
            .enumerate()
            .map(|(at, line)| (format!("{:.1}", first + at as f64 * LINE), line))
            .collect(),
        y: format!("{:.1}", row.y),
        base: format!("{base:.1}"),
        key: row.key,
        jump: row.jump.clone(),
        told: row.share.map(|share| told(share, BOX, row.y)),
    }
}

/// The shape of a box says what it is even without its colour.
fn outline(look: Look, height: f64) -> String {
    let round = |r: f64| {
        let (wide, tall) = (BOX - 2.0 * r, height - 2.0 * r);
        format!(
            "M{r} 0h{wide}a{r} {r} 0 0 1 {r} {r}v{tall:.1}a{r} {r} 0 0 1 -{r} {r}h-{wide}a{r} {r} 0 0 1 -{r} -{r}v-{tall:.1}a{r} {r} 0 0 1 {r} -{r}z"
        )
    };
    match look {
        Look::Plain => round(4.0),
        Look::SubFlow => format!("M0 0H{BOX}V{height:.1}H0z"),
        Look::Callback | Look::SubFlowCallback => {
            let (right, bottom) = (BOX - 11.0, height - 11.0);
            format!("M11 0H{right}L{BOX} 11V{bottom:.1}L{right} {height:.1}H11L0 {bottom:.1}V11z")
        }
        Look::End => round((height / 2.0).min(24.0).floor()),
    }
}

/// What a mark of the chart is in the reader's language.
fn mark_words(w: &Words, mark: &str) -> String {
    match mark {
        "start" => w.mark_start.to_owned(),
        "key 0: a person" => w.mark_person.to_owned(),
        "not verified" => w.mark_denied.to_owned(),
        jumps => fill(w.mark_jumps, &[("n", jumps.split(' ').next().unwrap_or_default())]),
    }
}

fn marks(w: &Words, drawn: &StepBox, faults: &[&Fault]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut x = 10.0;
    let mut add = |class: String, words: String, from: Option<f64>| {
        let wide = columns(&words) as f64 * 5.6 + 14.0;
        let left = from.map_or(x, |right| right - wide);
        if from.is_none() {
            x += wide + 5.0;
        }
        let (width, middle) = (format!("{wide:.1}"), format!("{:.1}", left + wide / 2.0));
        marks.push(Mark { class, x: format!("{left:.1}"), width, middle, words });
        left
    };
    for mark in &drawn.marks {
        let class = if mark == "start" { "start" } else { "" };
        add(class.to_owned(), mark_words(w, mark), None);
    }
    let mut right = BOX - 10.0;
    if drawn.level > Level::L0 {
        let level = u8::from(drawn.level);
        right = add(format!("l{level}"), fill(w.level, &[("n", &level.to_string())]), Some(right)) - 5.0;
    }
    if !faults.is_empty() {
        let class = if faults.iter().any(|fault| fault.blocks) { "wrong" } else { "warned" };
        add(class.to_owned(), format!("! {}", faults.len()), Some(right));
    }
    marks
}
