//! The explorer on the shipped flows: nothing is wrong, and it comes to every step that the analyser
//! lets pass.

use crate::support::flows::shipped;
use hotline::play::{Bounds, explore};

#[test]
fn everything_that_can_happen_to_a_shipped_hotline_is_tried_and_nothing_is_wrong() {
    for flow in shipped().1 {
        let explored = explore(&flow, Bounds::default());
        let found: Vec<String> = explored.findings.iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{}", found.join("\n"));
        assert!(explored.complete, "{} has more states than are tried", flow.name);
        let names = |(b, block): (usize, &hotline::flow::model::Block)| -> Vec<String> {
            let name = |step: &hotline::flow::Step| match b {
                0 => step.name.clone(),
                _ => format!("{}/{}", block.name, step.name),
            };
            block.steps.iter().map(name).collect()
        };
        // Every step of a flow that loads is one the analyser holds for reachable.
        let reachable = flow.blocks.iter().enumerate().flat_map(names).collect();
        assert_eq!(explored.visited, reachable);
        assert_eq!(explored.choices.0, explored.choices.1, "every choice of {} is pressed", flow.name);
    }
}
