//! Which ways are lines and which are jumps. A drawing of every way of a real hotline is a tangle:
//! nearly all of them end at the same few steps. Ways back, ways to those steps and ways across many
//! columns become jumps, and what is left has columns from left to right.

/// From how many steps on a step is one that everything leads to.
const HUB: usize = 6;
/// The most columns from a box to what its line leads to.
const SPAN: usize = 3;

/// The ways of a block, by step and then in the order of its exits.
pub struct Ways {
    /// Where each leads.
    pub to: Vec<Vec<usize>>,
    /// Whether it is a line.
    pub drawn: Vec<Vec<bool>>,
    /// The column of each step, from its own leftmost step.
    pub column: Vec<usize>,
}

impl Ways {
    /// Decides. `entries` are steps that are led to from elsewhere, the first of them the start.
    pub fn of(to: Vec<Vec<usize>>, entries: &[usize]) -> Ways {
        let drawn = to.iter().map(|exits| vec![true; exits.len()]).collect();
        let column = vec![0; to.len()];
        let mut ways = Ways { to, drawn, column };
        ways.cut_back(entries);
        ways.cut_hubs(entries);
        ways.cut_long();
        ways
    }

    /// The lines as step, exit and target.
    pub fn lines(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let all = self.to.iter().enumerate().flat_map(|(s, to)| to.iter().enumerate().map(move |(e, go)| (s, e, *go)));
        all.filter(|(s, e, _)| self.drawn[*s][*e])
    }

    /// How many jumps lead to a step.
    pub fn jumps_to(&self, step: usize) -> usize {
        let all = self.to.iter().zip(&self.drawn).flat_map(|(to, drawn)| to.iter().zip(drawn));
        all.filter(|(go, drawn)| **go == step && !**drawn).count()
    }

    fn cut_hubs(&mut self, entries: &[usize]) {
        let sources = |to: &[Vec<usize>], step: usize| to.iter().filter(|exits| exits.contains(&step)).count();
        let hubs: Vec<bool> = (0..self.to.len())
            .map(|step| {
                let least = if entries.contains(&step) { 2 } else { HUB };
                sources(&self.to, step) >= least
            })
            .collect();
        for (exits, drawn) in self.to.iter().zip(&mut self.drawn) {
            exits.iter().zip(drawn).for_each(|(go, drawn)| *drawn &= !hubs[*go]);
        }
    }

    /// Cuts each way that leads to a step it came from.
    fn cut_back(&mut self, entries: &[usize]) {
        #[derive(Clone, Copy, PartialEq)]
        enum Seen {
            Not,
            Open,
            Done,
        }
        let mut seen = vec![Seen::Not; self.to.len()];
        for root in entries.iter().copied().chain(0..self.to.len()) {
            if seen[root] != Seen::Not {
                continue;
            }
            seen[root] = Seen::Open;
            let mut open = vec![(root, 0)];
            while let Some((step, next)) = open.last_mut() {
                let (step, exit) = (*step, *next);
                *next += 1;
                match self.to[step].get(exit) {
                    None => {
                        seen[step] = Seen::Done;
                        open.pop();
                    }
                    Some(_) if !self.drawn[step][exit] => {}
                    Some(go) => match seen[*go] {
                        Seen::Open => self.drawn[step][exit] = false,
                        Seen::Not => {
                            seen[*go] = Seen::Open;
                            open.push((*go, 0));
                        }
                        Seen::Done => {}
                    },
                }
            }
        }
    }

    /// Puts each step right of all that lead to it. It stands near where a caller comes to it first:
    /// what would lead to it from farther right is cut.
    fn cut_long(&mut self) {
        let mut from: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.to.len()];
        let mut waits = vec![0; self.to.len()];
        let lines: Vec<(usize, usize, usize)> = self.lines().collect();
        for (step, exit, go) in lines {
            from[go].push((step, exit));
            waits[go] += 1;
        }
        let mut ready: Vec<usize> = (0..self.to.len()).filter(|step| waits[*step] == 0).collect();
        while let Some(step) = ready.pop() {
            let first = from[step].iter().map(|(lead, _)| self.column[*lead]).min();
            for (lead, exit) in &from[step] {
                if first.is_some_and(|first| self.column[*lead] >= first + SPAN) {
                    self.drawn[*lead][*exit] = false;
                } else {
                    self.column[step] = self.column[step].max(self.column[*lead] + 1);
                }
            }
            for (exit, go) in self.to[step].iter().enumerate() {
                if self.drawn[step][exit] {
                    waits[*go] -= 1;
                    if waits[*go] == 0 {
                        ready.push(*go);
                    }
                }
            }
        }
    }
}
