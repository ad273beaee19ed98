//! Verification levels on every way: no step can be reached by a caller who has proved less than it
//! needs. At run time such a caller would be asked who is calling; that is the net below, not what
//! the flow's author meant.

use super::report::{Report, Said, Spot};
use super::routes::nearest;
use super::ways::{Context, Node, Ways, block_of, level_of, step_of};
use crate::flow::model::Kind;
use crate::words::Level;
use std::collections::BTreeMap;

/// Notes steps that can be reached below their level, each with the fewest keys that lead there.
pub fn check(ways: &Ways, report: &mut Report) {
    let mut below: BTreeMap<(usize, usize), Vec<(Context, Node)>> = BTreeMap::new();
    for context in ways.contexts() {
        let block = block_of(context);
        for at in ways.nodes(context) {
            let step = &ways.flow.blocks[block].steps[step_of(at)];
            // What a text message to the calling number says of an account is refused whoever calls.
            let told_elsewhere = matches!(step.kind, Kind::Verify { .. } | Kind::Sms { registered: false, .. });
            if level_of(at) < step.needs && !told_elsewhere {
                below.entry((block, step_of(at))).or_default().push((context, at));
            }
        }
    }
    for ((block, s), found) in below {
        let step = &ways.flow.blocks[block].steps[s];
        let lowest = found.iter().map(|(_, at)| level_of(*at)).min().unwrap_or_default();
        let lowest_only = found.into_iter().filter(|(_, at)| level_of(*at) == lowest);
        let Some(route) = nearest(ways, lowest_only) else { continue };
        let what = format!(
            "the step `{}` needs level {}, and a caller who has proved level {lowest} comes here: {}",
            step.name,
            step.needs,
            route.told(ways)
        );
        let said = Said::block("level", what, mend(&step.kind, step.needs));
        report.note(ways.flow, Spot::Step(block, s), said.shown(Some(&route)));
    }
}

fn mend(kind: &Kind, needs: Level) -> String {
    if matches!(kind, Kind::Sms { registered: true, .. }) {
        return format!("lead the way through `verify: {needs}`: the registered number is that of a known account");
    }
    format!("lead the way through `verify: {needs}` before it")
}
