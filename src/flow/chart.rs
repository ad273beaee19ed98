//! A flow as a drawing: which boxes there are, what stands in them, where they stand and which lines
//! join them. Ways that would cross the whole drawing are not lines but named jumps in the box they
//! leave from. Knows nothing of files or colours: `svg` paints it.

mod cut;
mod exits;
mod place;
mod shares;
mod svg;

use super::model::{Block, Flow, Kind, Step};
use crate::words::columns::{columns, wrap};
use crate::words::{Lang, Level};
use cut::Ways;
use exits::{Exit, exits, tells};
pub use exits::{Manner, expr as written};
use place::Shape;
pub use shares::{Share, Shares};

/// The width of a box and of the gap between columns, in the drawing's units.
pub const BOX: f64 = 250.0;
/// See [`BOX`].
pub const GAP: f64 = 84.0;
/// The height of a box's first line, and of the others.
pub const HEAD: f64 = 30.0;
/// See [`HEAD`].
pub const LINE: f64 = 15.0;
const ROW: f64 = 20.0;
/// The columns of letters a line of a box takes.
const LETTERS: usize = 39;
/// The most lines of what is said that a box shows.
const LINES: usize = 2;

/// A flow and its sub-flows, ready to be painted.
pub struct Chart {
    /// The flow's name.
    pub name: String,
    /// What the line is called.
    pub title: String,
    /// The language of what is said.
    pub lang: Lang,
    /// What the drawing shows, in a few sentences for those who cannot see it.
    pub says: String,
    /// The flow, then its sub-flows.
    pub panels: Vec<Panel>,
}

/// A flow or sub-flow: coordinates are its own, from its upper left corner.
pub struct Panel {
    /// Its name.
    pub name: String,
    /// Whether it is the hotline itself.
    pub main: bool,
    /// Width and height.
    pub size: (f64, f64),
    /// Its steps, in the order of the file.
    pub boxes: Vec<StepBox>,
    /// The lines between them.
    pub lines: Vec<Line>,
}

/// A step.
pub struct StepBox {
    /// Its name.
    pub name: String,
    /// The word of its kind.
    pub kind: &'static str,
    /// How it is drawn.
    pub look: Look,
    /// What a caller must have proved to be here.
    pub level: Level,
    /// Upper left corner.
    pub at: (f64, f64),
    /// Height.
    pub height: f64,
    /// What it is to the flow: where it starts, where key 0 leads; and how many jumps lead here.
    pub marks: Vec<String>,
    /// What it says or does, short.
    pub text: Vec<String>,
    /// The same, whole.
    pub whole: String,
    /// The sub-flow that it runs.
    pub runs: Option<String>,
    /// Where it goes on.
    pub rows: Vec<Row>,
}

/// How a box is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// Like most.
    Plain,
    /// Something for agents to do is recorded here.
    Callback,
    /// A sub-flow is run.
    SubFlow,
    /// A sub-flow is run that records something.
    SubFlowCallback,
    /// The call or the sub-flow ends.
    End,
}

/// One way on, as it stands in a box.
pub struct Row {
    /// The key that is pressed for it.
    pub key: Option<u8>,
    /// What it is for, in lines.
    pub label: Vec<String>,
    /// How it is taken.
    pub manner: Manner,
    /// The middle of the row, from the top of the box.
    pub y: f64,
    /// The step it leads to.
    pub to: String,
    /// How many callers took it, where that is known and no line tells it.
    pub share: Option<Share>,
    /// The step it jumps to; none where a line leads there.
    pub jump: Option<String>,
}

/// A line from a box to another: its corners, the first at the right of a box, the last at the left.
pub struct Line {
    /// How the way is taken.
    pub manner: Manner,
    /// The key that is pressed for it.
    pub key: Option<u8>,
    /// Its corners.
    pub points: Vec<(f64, f64)>,
    /// The steps it joins.
    pub ends: (String, String),
    /// How many callers took it, where that is known.
    pub share: Option<Share>,
}

/// Draws a flow, with what is said in a language.
pub fn chart(flow: &Flow, lang: Lang) -> Chart {
    let files = records(flow);
    let panels: Vec<Panel> = (0..flow.blocks.len()).map(|b| panel(flow, b, &files, lang)).collect();
    let title = flow.title.get(lang).map(exits::text).unwrap_or_default();
    Chart { name: flow.name.clone(), title, lang, says: says(flow, &panels), panels }
}

/// For each block, whether something is recorded in it or in what it calls.
fn records(flow: &Flow) -> Vec<bool> {
    let mut files = vec![false; flow.blocks.len()];
    // Calls do not go in circles, so as many rounds as there are blocks settle it.
    for _ in 0..flow.blocks.len() {
        for (b, block) in flow.blocks.iter().enumerate() {
            files[b] = block.steps.iter().any(|step| match &step.kind {
                Kind::Request(_) => true,
                Kind::Call { block, .. } => files.get(*block).copied().unwrap_or_default(),
                _ => false,
            });
        }
    }
    files
}

fn panel(flow: &Flow, b: usize, files: &[bool], lang: Lang) -> Panel {
    let block = &flow.blocks[b];
    let main = b == 0;
    let all: Vec<Vec<Exit>> = block.steps.iter().map(|step| exits(&step.kind, lang)).collect();
    let entries = if main { vec![block.start, flow.person, flow.denied] } else { vec![block.start] };
    let ways = Ways::of(all.iter().map(|exits| exits.iter().map(|exit| exit.go).collect()).collect(), &entries);
    let mut boxes: Vec<StepBox> = block
        .steps
        .iter()
        .zip(&all)
        .enumerate()
        .map(|(s, (step, exits))| {
            let mut drawn = step_box(flow, block, step, lang, exits, &ways.drawn[s]);
            drawn.look = look(&step.kind, files);
            drawn.marks = marks(flow, main.then_some(s), s == block.start, ways.jumps_to(s));
            drawn
        })
        .collect();
    let shapes: Vec<Shape> = boxes.iter().zip(&all).map(|(drawn, exits)| shape(drawn, exits)).collect();
    let placed = place::place(&shapes, &ways);
    for (drawn, (column, y)) in boxes.iter_mut().zip(&placed.at) {
        drawn.at = (left(*column), *y);
    }
    let lines = placed.routes.iter().map(|route| {
        let exit = &all[route.from][route.exit];
        let from = &boxes[route.from];
        let mut points = vec![(from.at.0 + BOX, from.at.1 + shapes[route.from].ports[route.exit])];
        points.extend(route.bends.iter().flat_map(|(column, y)| [(left(*column), *y), (left(*column) + BOX, *y)]));
        let to = &boxes[exit.go];
        points.push((to.at.0, to.at.1 + HEAD / 2.0));
        let ends = (from.name.clone(), to.name.clone());
        Line { manner: exit.manner, key: exit.key, points, ends, share: None }
    });
    let lines = lines.collect();
    let width = placed.columns as f64 * (BOX + GAP) - GAP;
    Panel { name: block.name.clone(), main, size: (width.max(BOX), placed.height), boxes, lines }
}

fn left(column: usize) -> f64 {
    column as f64 * (BOX + GAP)
}

fn look(kind: &Kind, files: &[bool]) -> Look {
    match kind {
        Kind::Request(_) => Look::Callback,
        Kind::Call { block, .. } if files.get(*block).copied().unwrap_or_default() => Look::SubFlowCallback,
        Kind::Call { .. } => Look::SubFlow,
        Kind::HangUp { .. } | Kind::Return { .. } => Look::End,
        _ => Look::Plain,
    }
}

fn marks(flow: &Flow, main: Option<usize>, start: bool, jumps: usize) -> Vec<String> {
    let mut marks = Vec::new();
    if start {
        marks.push("start".to_owned());
    }
    if main == Some(flow.person) {
        marks.push("key 0: a person".to_owned());
    }
    if main == Some(flow.denied) {
        marks.push("not verified".to_owned());
    }
    if jumps > 0 {
        marks.push(if jumps == 1 { "1 jump here".to_owned() } else { format!("{jumps} jumps here") });
    }
    marks
}

fn step_box(flow: &Flow, block: &Block, step: &Step, lang: Lang, exits: &[Exit], drawn: &[bool]) -> StepBox {
    let whole = tells(flow, &step.kind, lang);
    let text = lines(&whole, LETTERS);
    let mut height = HEAD + text.len() as f64 * LINE;
    let mut rows = Vec::new();
    for (exit, drawn) in exits.iter().zip(drawn) {
        // The only way on of a step needs no row: the line begins beside its name.
        if exits.len() == 1 && *drawn {
            continue;
        }
        let jump = (!drawn).then(|| block.steps.get(exit.go).map(|to| to.name.clone())).flatten();
        let room = LETTERS - 1 - jump.as_ref().map_or(0, |name| name.len() + 3).min(LETTERS / 2 + 4);
        let label = lines(&exit.label, room);
        let tall = ROW + label.len().saturating_sub(1) as f64 * LINE;
        let to = block.steps.get(exit.go).map(|to| to.name.clone()).unwrap_or_default();
        rows.push(Row { key: exit.key, label, manner: exit.manner, y: height + tall / 2.0, to, share: None, jump });
        height += tall;
    }
    let runs = match &step.kind {
        Kind::Call { block, .. } => flow.blocks.get(*block).map(|block| block.name.clone()),
        _ => None,
    };
    StepBox {
        name: step.name.clone(),
        kind: exits::word(&step.kind),
        look: Look::Plain,
        level: step.needs,
        at: (0.0, 0.0),
        height: height + 6.0,
        marks: Vec::new(),
        text,
        whole,
        runs,
        rows,
    }
}

fn shape(drawn: &StepBox, exits: &[Exit]) -> Shape {
    let port = |at: usize| drawn.rows.get(at).map_or(HEAD / 2.0, |row| row.y);
    Shape { height: drawn.height, entry: HEAD / 2.0, ports: (0..exits.len()).map(port).collect() }
}

/// A text in a few lines of so many columns, with dots where the rest is left out.
fn lines(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = wrap(text, most).into_iter().filter(|line| !line.is_empty()).collect();
    if lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(last) = lines.last_mut() {
            while columns(last) >= most || last.ends_with([' ', '…']) {
                last.pop();
            }
            last.push('…');
        }
    }
    lines
}

/// The drawing in words.
fn says(flow: &Flow, panels: &[Panel]) -> String {
    let steps: usize = panels.iter().map(|panel| panel.boxes.len()).sum();
    let boxes = || panels.iter().flat_map(|panel| &panel.boxes);
    let count = |what: &dyn Fn(&StepBox) -> bool| boxes().filter(|drawn| what(drawn)).count();
    let verified = count(&|drawn| drawn.level > Level::L0);
    let callbacks = count(&|drawn| drawn.look == Look::Callback);
    let ends = count(&|drawn| drawn.kind == "hangup");
    let main = &flow.blocks[0];
    let name = |step: usize| main.steps.get(step).map_or("", |step| step.name.as_str());
    let menu = main.steps.iter().position(|step| matches!(step.kind, Kind::Menu { .. }));
    let menu = menu.map_or(String::new(), |at| {
        let options =
            panels[0].boxes[at].rows.iter().filter_map(|row| Some(format!("{} {}", row.key?, row.label.join(" "))));
        format!(" The first menu, {}, offers: {}.", name(at), options.collect::<Vec<_>>().join("; "))
    });
    let subs: Vec<&str> = flow.blocks.iter().skip(1).map(|block| block.name.as_str()).collect();
    let subs = if subs.is_empty() { String::new() } else { format!(" Sub-flows: {}.", subs.join(", ")) };
    format!(
        "{steps} steps from left to right, beginning at {}. Key 0 leads to {}.{menu} {verified} steps need a verified \
         caller, {callbacks} record a request, {ends} end the call.{subs}",
        name(main.start),
        name(flow.person),
    )
}

impl Chart {
    /// The drawing as an SVG document.
    pub fn svg(&self) -> String {
        svg::paint(self)
    }
}
