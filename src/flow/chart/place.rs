//! Where boxes stand. Steps joined by lines are placed together, columns from left to right; in a
//! column the order follows the ways that lead there, and each box comes as near to what it is
//! joined with as its neighbours allow. Lines that pass a column keep a lane there.

use super::cut::Ways;
use std::collections::BTreeMap;

/// Between boxes of a column, and between what is not joined.
const AIR: f64 = 22.0;
const APART: f64 = 40.0;
const LANE: f64 = 6.0;
/// How often boxes are drawn towards what they are joined with.
const ROUNDS: usize = 12;

/// A box without its place.
pub struct Shape {
    /// Its height.
    pub height: f64,
    /// Where lines arrive, from its top.
    pub entry: f64,
    /// Where each of its lines begins, from its top.
    pub ports: Vec<f64>,
}

/// Where everything stands.
pub struct Placed {
    /// Column and top of each box.
    pub at: Vec<(usize, f64)>,
    /// The lines.
    pub routes: Vec<Route>,
    /// Columns altogether.
    pub columns: usize,
    /// Height altogether.
    pub height: f64,
}

/// A line.
pub struct Route {
    /// The step it leaves.
    pub from: usize,
    /// Which of its exits.
    pub exit: usize,
    /// The lanes in the columns it passes.
    pub bends: Vec<(usize, f64)>,
}

/// What stands in a column: a box or the lane of a line.
struct Item {
    column: usize,
    height: f64,
    entry: f64,
    /// What leads here: the item, and where its line begins from its top.
    from: Vec<(usize, f64)>,
    /// What it leads to, and where its own line begins.
    to: Vec<(usize, f64)>,
    y: f64,
}

/// Places boxes.
pub fn place(shapes: &[Shape], ways: &Ways) -> Placed {
    let mut items: Vec<Item> = shapes
        .iter()
        .zip(&ways.column)
        .map(|(shape, column)| Item {
            column: *column,
            height: shape.height,
            entry: shape.entry,
            from: Vec::new(),
            to: Vec::new(),
            y: 0.0,
        })
        .collect();
    let mut lanes: Vec<(usize, usize, Vec<usize>)> = Vec::new();
    for (from, exit, go) in ways.lines() {
        let mut passed = Vec::new();
        let mut last = (from, shapes[from].ports[exit]);
        for column in ways.column[from] + 1..ways.column[go] {
            items.push(Item { column, height: LANE, entry: LANE / 2.0, from: vec![last], to: Vec::new(), y: 0.0 });
            let lane = items.len() - 1;
            items[last.0].to.push((lane, last.1));
            passed.push(lane);
            last = (lane, LANE / 2.0);
        }
        items[last.0].to.push((go, last.1));
        items[go].from.push(last);
        lanes.push((from, exit, passed));
    }
    let groups = groups(&items);
    groups.iter().for_each(|group| settle(&mut items, group));
    let (columns, height) = pack(&mut items, &groups);
    let at = items.iter().take(shapes.len()).map(|item| (item.column, item.y)).collect();
    let bend = |lane: &usize| (items[*lane].column, items[*lane].y + LANE / 2.0);
    let routes = lanes.iter();
    let routes =
        routes.map(|(from, exit, passed)| Route { from: *from, exit: *exit, bends: passed.iter().map(bend).collect() });
    let routes = routes.collect();
    Placed { at, routes, columns, height }
}

/// Items that are joined, in the order of the first of each; within a group by column and then in
/// the order they are come to from the left.
fn groups(items: &[Item]) -> Vec<Vec<usize>> {
    let mut of = vec![usize::MAX; items.len()];
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for first in 0..items.len() {
        if of[first] != usize::MAX {
            continue;
        }
        let mut members = Vec::new();
        let mut todo = vec![first];
        while let Some(item) = todo.pop() {
            if of[item] == usize::MAX {
                of[item] = groups.len();
                members.push(item);
                todo.extend(items[item].from.iter().chain(&items[item].to).map(|(other, _)| *other));
            }
        }
        members.sort_unstable();
        groups.push(members);
    }
    groups
}

/// Orders the columns of a group and moves its boxes up and down.
fn settle(items: &mut [Item], group: &[usize]) {
    let mut columns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    group.iter().for_each(|item| columns.entry(items[*item].column).or_default().push(*item));
    let mut rank: BTreeMap<usize, f64> = BTreeMap::new();
    for column in columns.values_mut() {
        let wish = |item: &usize| {
            let from = &items[*item].from;
            let sum: f64 =
                from.iter().map(|(other, port)| rank.get(other).copied().unwrap_or_default() + port / 1e4).sum();
            if from.is_empty() { 0.0 } else { sum / from.len() as f64 }
        };
        let mut wishes: Vec<(f64, usize)> = column.iter().map(|item| (wish(item), *item)).collect();
        wishes.sort_by(|a, b| a.0.total_cmp(&b.0));
        *column = wishes.iter().map(|(_, item)| *item).collect();
        rank.extend(column.iter().enumerate().map(|(at, item)| (*item, at as f64)));
    }
    let all: Vec<&Vec<usize>> = columns.values().collect();
    for round in 0..ROUNDS {
        let leftwards = round % 2 == 1;
        let order: Vec<&&Vec<usize>> = if leftwards { all.iter().rev().collect() } else { all.iter().collect() };
        for column in order {
            let wishes: Vec<f64> = column.iter().map(|item| wish(items, *item, leftwards)).collect();
            let tops = nearest(&wishes, &column.iter().map(|item| items[*item].height + AIR).collect::<Vec<_>>());
            column.iter().zip(tops).for_each(|(item, top)| items[*item].y = top);
        }
    }
}

/// Where an item would stand if it stood alone: level with what leads to it, or with what it leads to.
fn wish(items: &[Item], item: usize, by_what_follows: bool) -> f64 {
    let own = &items[item];
    let follows: Vec<f64> = own.to.iter().map(|(to, port)| items[*to].y + items[*to].entry - port).collect();
    let leads: Vec<f64> = own.from.iter().map(|(from, port)| items[*from].y + port - own.entry).collect();
    let wishes = if by_what_follows && !follows.is_empty() || leads.is_empty() { follows } else { leads };
    if wishes.is_empty() { own.y } else { wishes.iter().sum::<f64>() / wishes.len() as f64 }
}

/// The tops nearest to what is wished, in order and without overlap: neighbours that would overlap
/// move as one, to the mean of their wishes.
fn nearest(wishes: &[f64], heights: &[f64]) -> Vec<f64> {
    // Sum of wishes for the top of each run, its members, its height.
    let mut runs: Vec<(f64, usize, f64)> = Vec::new();
    for (wish, height) in wishes.iter().zip(heights) {
        let mut run = (*wish, 1, *height);
        while let Some(above) = runs.last().copied() {
            if above.0 / above.1 as f64 + above.2 <= run.0 / run.1 as f64 {
                break;
            }
            runs.pop();
            run = (above.0 + run.0 - run.1 as f64 * above.2, above.1 + run.1, above.2 + run.2);
        }
        runs.push(run);
    }
    let mut tops = Vec::new();
    for (sum, count, _) in runs {
        let mut top = sum / count as f64;
        for _ in 0..count {
            tops.push(top);
            top += heights[tops.len() - 1];
        }
    }
    tops
}

/// Puts the groups below each other, small ones side by side; gives columns and height altogether.
fn pack(items: &mut [Item], groups: &[Vec<usize>]) -> (usize, f64) {
    let widest = groups.iter().flatten().map(|item| items[*item].column + 1).max().unwrap_or_default();
    let (mut shelf, mut deep, mut used) = (0.0, 0.0_f64, 0);
    for group in groups {
        let of = |value: &dyn Fn(&Item) -> f64| group.iter().map(|item| value(&items[*item])).collect::<Vec<_>>();
        let top = of(&|item| item.y).into_iter().fold(f64::MAX, f64::min);
        let bottom = of(&|item| item.y + item.height).into_iter().fold(f64::MIN, f64::max);
        let wide = group.iter().map(|item| items[*item].column + 1).max().unwrap_or_default();
        if used + wide > widest {
            shelf += deep + APART;
            (deep, used) = (0.0, 0);
        }
        for item in group {
            items[*item].y += shelf - top;
            items[*item].column += used;
        }
        deep = deep.max(bottom - top);
        used += wide;
    }
    (widest, shelf + deep)
}
