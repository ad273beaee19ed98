//! A chart as an SVG document: shapes, lines and words, light and dark. Everything that comes from
//! a flow is escaped. The same chart always gives the same text.

mod icons;

use super::{BOX, Chart, GAP, HEAD, LINE, Line, Look, Manner, Panel, Row, Share, StepBox};
use crate::words::Level;
use icons::icon;

const MARGIN: f64 = 32.0;
/// The title and the legend above the first panel.
const TOP: f64 = 118.0;
/// The name above a panel, and what is around its boxes.
const NAME: f64 = 58.0;
const PAD: f64 = 28.0;
/// The radius of a key.
const KEY: f64 = 8.5;
const STYLE: &str = include_str!("svg/style.css");
/// What is drawn where shares are known, and only there.
const SHARES: &str = include_str!("svg/shares.css");

/// Paints a chart.
pub fn paint(chart: &Chart) -> String {
    let widest = chart.panels.iter().map(|panel| panel.size.0).fold(LEGEND, f64::max);
    let width = widest + 2.0 * (MARGIN + PAD);
    let tall = |panel: &Panel| NAME + panel.size.1 + 2.0 * PAD;
    let height = TOP + chart.panels.iter().map(tall).sum::<f64>() + MARGIN;
    let (name, title, says) = (escape(&chart.name), escape(&chart.title), escape(&chart.says));
    let lang = chart.lang.tag();
    let shared = chart.panels.iter().flat_map(|panel| &panel.lines).any(|line| line.share.is_some());
    let (more, heads) = if shared { (SHARES, WIDE_HEADS) } else { ("", "") };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xml:lang=\"en\" role=\"img\" aria-labelledby=\"title desc\" \
         width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">\n\
         <title id=\"title\">{name}: {title}</title>\n<desc id=\"desc\">{says}</desc>\n<style>\n{STYLE}{more}</style>\n{HEADS}{heads}\
         <rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n\
         <text class=\"title\" x=\"{MARGIN}\" y=\"44\">{name}</text>\n\
         <text class=\"sub\" xml:lang=\"{lang}\" x=\"{MARGIN}\" y=\"66\">{title}</text>\n"
    );
    svg.push_str(&legend());
    let mut y = TOP;
    for panel in &chart.panels {
        svg.push_str(&panel_svg(chart, panel, y, width));
        y += tall(panel);
    }
    svg.push_str("</svg>\n");
    svg
}

/// The heads of arrows, one for each look of a line.
const HEADS: &str = "<defs>\
<marker id=\"to\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
<path class=\"head\" d=\"M0 0.5 8 4 0 7.5z\"/></marker>\
<marker id=\"to-failed\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
<path class=\"head failed\" d=\"M0 0.5 8 4 0 7.5z\"/></marker></defs>\n";

/// The same for lines of any width: a head does not grow with its line.
const WIDE_HEADS: &str = "<defs>\
<marker id=\"wide\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerUnits=\"userSpaceOnUse\" markerWidth=\"14\" markerHeight=\"14\" orient=\"auto\">\
<path class=\"head\" d=\"M0 0.5 8 4 0 7.5z\"/></marker>\
<marker id=\"wide-failed\" viewBox=\"0 0 8 8\" refX=\"7.5\" refY=\"4\" markerUnits=\"userSpaceOnUse\" markerWidth=\"14\" markerHeight=\"14\" orient=\"auto\">\
<path class=\"head failed\" d=\"M0 0.5 8 4 0 7.5z\"/></marker></defs>\n";

const LEGEND: f64 = 1260.0;

fn legend() -> String {
    let mut svg = format!("<g class=\"legend\" transform=\"translate({MARGIN} 92)\">\n");
    let mut x = 0.0;
    let mut item = |drawn: String, words: &str, wide: f64| {
        svg.push_str(&format!(
            "<g transform=\"translate({x:.0} 0)\">{drawn}<text x=\"36\" y=\"4\">{words}</text></g>\n"
        ));
        x += wide;
    };
    for (level, words, wide) in [
        (1, "level 1: known by number", 204.0),
        (2, "level 2: verified by PIN", 196.0),
        (3, "level 3: PIN and code", 184.0),
    ] {
        item(format!("<rect class=\"box l{level}\" y=\"-8\" width=\"28\" height=\"16\" rx=\"3\"/>"), words, wide);
    }
    let line = |class: &str| format!("<path class=\"line {class}\" d=\"M0 0H28\"/>");
    item(line("otherwise"), "silence, otherwise", 164.0);
    item(line("failed"), "missing, failed", 148.0);
    item(format!("<path class=\"box callback l0\" d=\"{}\"/>", corners(0.0, -8.0, 28.0, 16.0, 5.0)), "callback", 112.0);
    item(
        "<rect class=\"box l0\" y=\"-8\" width=\"28\" height=\"16\"/><path class=\"bars\" d=\"M5 -8V8M23 -8V8\"/>"
            .into(),
        "sub-flow",
        100.0,
    );
    item("<rect class=\"box end l0\" y=\"-8\" width=\"28\" height=\"16\" rx=\"8\"/>".into(), "the end", 90.0);
    svg + "</g>\n"
}

fn panel_svg(chart: &Chart, panel: &Panel, y: f64, width: f64) -> String {
    let id = escape(&panel.name);
    let kind = if panel.main { "hotline" } else { "sub-flow" };
    let steps = panel.boxes.len();
    let (wide, tall) = (width - 2.0 * MARGIN, NAME + panel.size.1 + 2.0 * PAD - MARGIN / 2.0);
    let mut svg = format!(
        "<g id=\"flow-{id}\" transform=\"translate({MARGIN} {y:.0})\">\n\
         <rect class=\"panel\" width=\"{wide:.0}\" height=\"{tall:.0}\" rx=\"10\"/>\n\
         <text class=\"name\" x=\"{PAD}\" y=\"34\">{id}<tspan class=\"count\" dx=\"10\">{kind}, {steps} steps</tspan></text>\n\
         <g transform=\"translate({PAD} {NAME})\">\n"
    );
    panel.lines.iter().for_each(|line| svg.push_str(&line_svg(line)));
    panel.boxes.iter().for_each(|drawn| svg.push_str(&box_svg(chart, panel, drawn)));
    svg + "</g>\n</g>\n"
}

fn class(manner: Manner) -> &'static str {
    match manner {
        Manner::Then | Manner::Key | Manner::Case => "then",
        Manner::Otherwise => "otherwise",
        Manner::Failed => "failed",
    }
}

/// Curves between columns, straight lanes through them.
fn line_svg(line: &Line) -> String {
    let Some((x, y)) = line.points.first() else { return String::new() };
    let mut path = format!("M{x:.0} {y:.1}");
    for (at, pair) in line.points.windows(2).enumerate() {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        if at % 2 == 0 {
            let bow = GAP * 0.5;
            path.push_str(&format!("C{:.0} {y0:.1} {:.0} {y1:.1} {x1:.0} {y1:.1}", x0 + bow, x1 - bow));
        } else {
            path.push_str(&format!("H{x1:.0}"));
        }
    }
    let head = match (line.manner, line.share) {
        (Manner::Failed, None) => "to-failed",
        (_, None) => "to",
        (Manner::Failed, Some(_)) => "wide-failed",
        (_, Some(_)) => "wide",
    };
    let class = class(line.manner);
    let wide = line.share.map(|share| format!(" w{}", share.width())).unwrap_or_default();
    let told = line.share.map(|share| share_svg(share, *x, *y)).unwrap_or_default();
    format!("<path class=\"line {class}{wide}\" marker-end=\"url(#{head})\" d=\"{path}\"/>{told}\n")
}

/// How many callers took a way, where it leaves its box.
fn share_svg(share: Share, x: f64, y: f64) -> String {
    let (x, y) = (x + KEY + 3.0, y - 5.0);
    format!("<text class=\"share\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", share.short())
}

fn box_svg(chart: &Chart, panel: &Panel, drawn: &StepBox) -> String {
    let (x, y) = drawn.at;
    let (id, name, kind) = (anchor(&panel.name, &drawn.name), escape(&drawn.name), drawn.kind);
    let level = u8::from(drawn.level);
    let needs = if level == 0 { String::new() } else { format!(", needs level {level}") };
    let whole = escape(&drawn.whole);
    let mut svg = format!(
        "<g id=\"{id}\" class=\"step {kind}\" transform=\"translate({x:.0} {y:.1})\"><title>{name} ({kind}{needs})\n{whole}</title>\n"
    );
    svg.push_str(&outline(drawn.look, level, drawn.height));
    svg.push_str(&format!(
        "<path class=\"icon\" transform=\"translate(12 7)\" d=\"{}\"/><text class=\"step-name\" x=\"34\" y=\"20\">{name}</text>\
         <text class=\"kind\" x=\"{:.0}\" y=\"20\">{kind}</text>\n",
        icon(kind),
        BOX - 12.0
    ));
    let text = |lines: String| match &drawn.runs {
        Some(sub) => format!("<a tabindex=\"-1\" href=\"#flow-{}\">{lines}</a>\n", escape(sub)),
        None => lines,
    };
    let spoken = if speaks(kind) { chart.lang.tag() } else { "en" };
    let lines = drawn.text.iter().enumerate().map(|(at, line)| {
        let y = HEAD + 10.0 + at as f64 * LINE;
        format!("<text class=\"text\" xml:lang=\"{spoken}\" x=\"14\" y=\"{y:.0}\">{}</text>", escape(line))
    });
    svg.push_str(&text(lines.collect()));
    drawn.rows.iter().for_each(|row| svg.push_str(&row_svg(panel, row)));
    svg.push_str(&marks(drawn));
    svg + "</g>\n"
}

/// Kinds whose text is what callers hear.
fn speaks(kind: &str) -> bool {
    ["say", "menu", "ask", "hangup"].contains(&kind)
}

/// The shape of a box says what it is even without its colour.
fn outline(look: Look, level: u8, height: f64) -> String {
    let bars = format!("<path class=\"bars\" d=\"M6 0V{height:.1}M{0:.0} 0V{height:.1}\"/>", BOX - 6.0);
    let box_of = |class: &str, round: f64| {
        format!("<rect class=\"box {class} l{level}\" width=\"{BOX}\" height=\"{height:.1}\" rx=\"{round:.0}\"/>")
    };
    let cut = |class: &str| {
        format!("<path class=\"box callback {class} l{level}\" d=\"{}\"/>", corners(0.0, 0.0, BOX, height, 11.0))
    };
    match look {
        Look::Plain => box_of("", 4.0),
        Look::SubFlow => box_of("", 0.0) + &bars,
        Look::Callback => cut("own"),
        Look::SubFlowCallback => {
            let bars = format!("<path class=\"bars\" d=\"M6 6V{0:.1}M{1:.0} 6V{0:.1}\"/>", height - 6.0, BOX - 6.0);
            cut("") + &bars
        }
        Look::End => box_of("end", (height / 2.0).min(24.0)),
    }
}

/// A box with its corners cut off.
fn corners(x: f64, y: f64, wide: f64, tall: f64, cut: f64) -> String {
    let (right, bottom) = (x + wide, y + tall);
    format!(
        "M{:.0} {y:.1}H{:.0}L{right:.0} {:.1}V{:.1}L{:.0} {bottom:.1}H{:.0}L{x:.0} {:.1}V{:.1}z",
        x + cut,
        right - cut,
        y + cut,
        bottom - cut,
        right - cut,
        x + cut,
        bottom - cut,
        y + cut
    )
}

/// A way on: what it is for, where it jumps to, and at the edge its key.
fn row_svg(panel: &Panel, row: &Row) -> String {
    let Row { key, label, manner, y, jump, share, .. } = row;
    let base = y + 4.0;
    let class = class(*manner);
    let first = base - label.len().saturating_sub(1) as f64 * LINE / 2.0;
    let line = |(at, line): (usize, &String)| {
        let y = first + at as f64 * LINE;
        format!("<text class=\"label {class}\" x=\"14\" y=\"{y:.1}\">{}</text>", escape(line))
    };
    let mut svg: String = label.iter().enumerate().map(line).collect();
    if let Some(to) = jump {
        let (id, to) = (anchor(&panel.name, to), escape(to));
        let x = BOX - 14.0;
        svg.push_str(&format!(
            "<a tabindex=\"-1\" href=\"#{id}\"><text class=\"jump {class}\" x=\"{x:.0}\" y=\"{base:.1}\">→ {to}</text></a>"
        ));
    }
    match key {
        Some(key) => svg.push_str(&format!(
            "<circle class=\"key\" cx=\"{BOX}\" cy=\"{y:.1}\" r=\"{KEY}\"/><text class=\"digit\" x=\"{BOX}\" y=\"{base:.1}\">{key}</text>"
        )),
        None => svg.push_str(&format!("<circle class=\"port {class}\" cx=\"{BOX}\" cy=\"{y:.1}\" r=\"3\"/>")),
    }
    svg.push_str(&share.map(|share| share_svg(share, BOX, *y)).unwrap_or_default());
    svg + "\n"
}

/// Small signs on the upper edge: what the step is to the flow on the left, its level on the right.
fn marks(drawn: &StepBox) -> String {
    let mut svg = String::new();
    let mut x = 10.0;
    for mark in &drawn.marks {
        let wide = mark.len() as f64 * 5.4 + 14.0;
        let class = if mark == "start" { "mark start" } else { "mark" };
        svg.push_str(&sign(class, x, wide, mark));
        x += wide + 5.0;
    }
    if drawn.level > Level::L0 {
        let level = u8::from(drawn.level);
        svg.push_str(&sign(&format!("mark level l{level}"), BOX - 62.0, 52.0, &format!("level {level}")));
    }
    if svg.is_empty() { svg } else { svg + "\n" }
}

fn sign(class: &str, x: f64, wide: f64, words: &str) -> String {
    let (middle, words) = (x + wide / 2.0, escape(words));
    format!(
        "<g class=\"{class}\"><rect x=\"{x:.1}\" y=\"-11\" width=\"{wide:.1}\" height=\"15\" rx=\"7.5\"/>\
         <text x=\"{middle:.1}\" y=\"0\">{words}</text></g>"
    )
}

/// The name of a step that links can lead to.
fn anchor(flow: &str, step: &str) -> String {
    format!("{}--{}", escape(flow), escape(step))
}

/// A text that means only itself, without what XML cannot hold.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' | '\r' => safe.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_become_markup() {
        assert_eq!(
            escape("<a href='x' b=\"y\">&amp;\u{1}\u{b}\n"),
            "&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;amp; "
        );
    }
}
