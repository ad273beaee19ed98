//! How many callers took each way of a drawing: told beside it and by its width.

use super::Chart;
use std::collections::{HashMap, HashSet};

/// How many callers went where. Steps are named as a call names them: `main`, `call-me-back/number`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shares {
    /// All callers.
    pub all: u64,
    /// Those who took a way: from a step, by a key of a menu, to a step.
    pub ways: HashMap<(String, Option<u8>, String), u64>,
}

/// How many of all callers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// So many.
    pub n: u64,
    /// Of so many.
    pub of: u64,
}

impl Share {
    /// Of a hundred, in a few letters: `37%`, `<1%`.
    pub fn short(self) -> String {
        match (self.n, self.n * 100 / self.of.max(1)) {
            (0, _) => "0%".to_owned(),
            (_, 0) => "<1%".to_owned(),
            (_, share) => format!("{share}%"),
        }
    }

    /// How wide a line is drawn for it: 0, the narrowest, to 8.
    pub fn width(self) -> u64 {
        (self.n * 8).div_ceil(self.of.max(1)).min(8)
    }
}

impl Chart {
    /// The same drawing with the share of callers at each way. What several ways of a step to another are
    /// taken by cannot be told apart: it is told at the first of them.
    pub fn with_shares(mut self, shares: &Shares) -> Chart {
        let of = shares.all;
        for panel in &mut self.panels {
            let place = |step: &str| if panel.main { step.to_owned() } else { format!("{}/{step}", panel.name) };
            let mut told = HashSet::new();
            let mut share = |from: &str, key: Option<u8>, to: &str| {
                let way = (place(from), key, place(to));
                let n = shares.ways.get(&way).copied().unwrap_or_default();
                told.insert(way).then_some(Share { n, of })
            };
            for line in &mut panel.lines {
                line.share = share(&line.ends.0, line.key, &line.ends.1);
            }
            for drawn in &mut panel.boxes {
                for row in drawn.rows.iter_mut().filter(|row| row.jump.is_some()) {
                    row.share = share(&drawn.name, row.key, &row.to);
                }
            }
        }
        self
    }
}
