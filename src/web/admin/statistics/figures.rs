//! What was counted, as it is shown: shares, medians, lists by step. Pure.

use crate::flow::Flow;
use crate::flow::chart::Shares;
use crate::flow::model::Kind;
use crate::store::Tallied;
use std::collections::{BTreeMap, HashMap};

/// What was counted of some calls.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Figures {
    pub(super) calls: i64,
    /// By how they ended, the most frequent first.
    pub(super) ended: Vec<(String, i64)>,
    /// Served by the line itself, with an agent, with a request left, hung up with nothing of these.
    pub(super) alone: i64,
    pub(super) agent: i64,
    pub(super) request: i64,
    pub(super) nothing: i64,
    /// By outcome.
    pub(super) verify: Vec<(String, i64)>,
    pub(super) first: Times,
    pub(super) length: Times,
    /// Where callers came, and what became of them there; where most came first.
    pub(super) steps: Vec<StepFigures>,
    /// From, by what, to, how many calls; the most frequent first.
    pub(super) ways: Vec<(String, String, String, i64)>,
    /// By category: how many gave 1 to 5.
    pub(super) scores: Vec<(String, [i64; 5])>,
}

/// What callers did at a step.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct StepFigures {
    pub(super) step: String,
    /// Calls that came there.
    pub(super) came: i64,
    /// Calls that ended there, because the caller hung up.
    pub(super) hung: i64,
    /// Calls in which nothing was pressed there.
    pub(super) silent: i64,
    /// Calls in which a wrong key was.
    pub(super) wrong: i64,
    /// Calls in which a person was asked for.
    pub(super) person: i64,
}

/// Times, in spans that widen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Times {
    /// How many, and how long in all in ms.
    pub(super) n: i64,
    pub(super) total: i64,
    /// By the beginning of each span, in seconds.
    pub(super) spans: BTreeMap<i64, i64>,
}

impl Times {
    /// In seconds; none when nothing was counted.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.total as f64 / self.n as f64 / 1000.0)
    }

    /// The seconds within which so many of a hundred are over: the end of their span.
    pub(super) fn percentile(&self, of_hundred: i64) -> Option<i64> {
        let wanted = (self.n * of_hundred).div_euclid(100).max(1);
        let mut seen = 0;
        self.spans.iter().find_map(|(from, n)| {
            seen += n;
            (seen >= wanted && self.n > 0).then_some(end(*from))
        })
    }
}

/// The end of the span that begins so, in seconds.
fn end(from: i64) -> i64 {
    match from {
        0..60 => from + 1,
        60..300 => from + 5,
        300..1800 => from + 30,
        _ => from,
    }
}

impl Figures {
    pub(super) fn of(tallied: &[Tallied]) -> Figures {
        let mut figures = Figures::default();
        let mut steps: BTreeMap<&str, StepFigures> = BTreeMap::new();
        let mut scores: BTreeMap<String, [i64; 5]> = BTreeMap::new();
        for Tallied { what, of, n, total } in tallied {
            let step = steps.entry(of);
            match what.as_str() {
                "calls" => figures.calls += n,
                "ended" => figures.ended.push((of.clone(), *n)),
                "answered" => match of.as_str() {
                    "agent" => figures.agent += n,
                    "request" => figures.request += n,
                    "alone" => figures.alone += n,
                    _ => figures.nothing += n,
                },
                "verify" => figures.verify.push((of.clone(), *n)),
                "first" => figures.first.add(of, *n, *total),
                "length" => figures.length.add(of, *n, *total),
                "step" => step.or_default().came += n,
                "hung" => step.or_default().hung += n,
                "silent" => step.or_default().silent += n,
                "wrong" => step.or_default().wrong += n,
                "person" => step.or_default().person += n,
                "edge" => {
                    if let [from, by, to] = of.split(' ').collect::<Vec<_>>()[..] {
                        figures.ways.push((from.to_owned(), by.to_owned(), to.to_owned(), *n));
                    }
                }
                "score" => {
                    let given = of
                        .rsplit_once(' ')
                        .and_then(|(category, score)| Some((category, score.parse::<usize>().ok()?)));
                    if let Some((category, score @ 1..=5)) = given {
                        scores.entry(category.to_owned()).or_default()[score - 1] += n;
                    }
                }
                _ => {}
            }
        }
        figures.steps = steps.into_iter().map(|(step, of)| StepFigures { step: step.to_owned(), ..of }).collect();
        figures.steps.sort_by_key(|step| std::cmp::Reverse(step.came));
        figures.ended.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        figures.ways.sort_by_key(|(.., n)| std::cmp::Reverse(*n));
        figures.scores = scores.into_iter().collect();
        figures
    }

    /// The shares of callers at the ways of a flow.
    pub(super) fn shares(&self, flow: &Flow) -> Shares {
        let mut ways: HashMap<(String, Option<u8>, String), u64> = HashMap::new();
        for (from, by, to, n) in &self.ways {
            // `0` and `#` work everywhere and are no way of a step.
            if by == "0" || by == "#" {
                continue;
            }
            let key = by.parse().ok().filter(|_| is_menu(flow, from));
            *ways.entry((from.clone(), key, to.clone())).or_default() += u64::try_from(*n).unwrap_or(0);
        }
        Shares { all: u64::try_from(self.calls).unwrap_or(0), ways }
    }
}

impl Times {
    fn add(&mut self, of: &str, n: i64, total: i64) {
        self.n += n;
        self.total += total;
        *self.spans.entry(of.parse().unwrap_or(0)).or_default() += n;
    }
}

fn is_menu(flow: &Flow, place: &str) -> bool {
    let (block, name) = match place.split_once('/') {
        Some((block, name)) => (flow.blocks.iter().find(|b| b.name == block), name),
        None => (flow.blocks.first(), place),
    };
    let step = block.and_then(|block| block.steps.get(*block.index.get(name)?));
    step.is_some_and(|step| matches!(step.kind, Kind::Menu { .. }))
}

/// Of a hundred, with a place below ten.
pub(super) fn percent(n: i64, of: i64) -> String {
    if of <= 0 {
        return "–".to_owned();
    }
    let share = n as f64 * 100.0 / of as f64;
    if share < 10.0 { format!("{share:.1} %") } else { format!("{share:.0} %") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tallied(what: &str, of: &str, n: i64, total: i64) -> Tallied {
        Tallied { what: what.into(), of: of.into(), n, total }
    }

    #[test]
    fn figures_are_what_was_counted() {
        let figures = Figures::of(&[
            tallied("calls", "", 10, 0),
            tallied("step", "main", 8, 0),
            tallied("hung", "main", 2, 0),
            tallied("first", "4", 5, 22_000),
            tallied("first", "9", 5, 48_000),
            tallied("edge", "main 1 pay", 6, 0),
            tallied("score", "the line 5", 3, 0),
            tallied("answered", "alone", 7, 0),
        ]);
        assert_eq!((figures.calls, figures.alone), (10, 7));
        assert_eq!((figures.steps[0].came, figures.steps[0].hung), (8, 2));
        assert_eq!((figures.first.mean(), figures.first.percentile(50)), (Some(7.0), Some(5)));
        assert_eq!(figures.first.percentile(90), Some(10));
        assert_eq!(figures.ways, [("main".into(), "1".into(), "pay".into(), 6)]);
        assert_eq!(figures.scores, [("the line".into(), [0, 0, 0, 0, 3])]);
        assert_eq!((Figures::default().first.mean(), Figures::default().first.percentile(50)), (None, None));
        assert_eq!([percent(1, 0), percent(1, 1000), percent(1, 3)], ["–", "0.1 %", "33 %"]);
    }
}
