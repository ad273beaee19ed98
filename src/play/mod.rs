//! Floor 4: plays stories, the tests that admins can read. A story says what a caller does, what is
//! heard, how the call ends and what is recorded; here it is read, played on `step` alone, and what
//! no story reaches is listed. Knows nothing of HTTP, providers or the store: the same [`Player`]
//! calls over whatever line it is put on.

mod coverage;
mod explore;
mod leaves;
mod mend;
mod player;
mod pure;
mod records;
pub mod replay;
mod story;
mod world;

pub use coverage::Coverage;
pub use explore::{Bounds, Explored, Finding, explore};
pub use leaves::{ExpectedText, Sent, SentTo, compare_scores, compare_sent};
pub use mend::{Mended, mend};
pub use player::{Failure, Heard, Input, Move, Player, Waits};
pub use pure::{Played, play, play_with};
pub use records::{Expected, Recorded, RingsAt, compare};
pub use story::{Canned, CannedChange, CannedRequest, CannedSms, CannedStatus, Does, Given, Line, Story, read};
pub use world::RECORDING;

use crate::flow::Flow;
use crate::flow::read::Files;
use crate::flow::source::Problem;
use std::sync::Arc;

/// The PIN of every story's account.
pub const PIN: &str = "270496";
/// One that is not it.
pub const WRONG_PIN: &str = "270497";
/// The one-time code of every story.
pub const CODE: &str = "246810";
/// One that is not it.
pub const WRONG_CODE: &str = "246811";
/// Birth date and identity document of every story's caller, as they are typed.
pub const KNOWLEDGE: &str = "199001011234";
/// Those of somebody else.
pub const WRONG_KNOWLEDGE: &str = "199001011235";
/// The account of stories that name none.
pub const ACCOUNT: &str = "10001001";
/// The number that stories dial.
pub const DIALLED: &str = "+85230000001";

/// How the stories of one flow went.
pub struct Report {
    /// The flow.
    pub flow: Arc<Flow>,
    /// What is wrong in the file of stories itself.
    pub problems: Vec<Problem>,
    /// Each story as it was played, in the order of the file.
    pub played: Vec<(Story, Played)>,
    /// What all of them together reached.
    pub coverage: Coverage,
}

/// The name of the file that holds a flow's stories.
pub fn file_of(flow: &Flow) -> String {
    format!("{}.stories.yaml", flow.name)
}

/// Plays the stories of each flow that has any, on `step` alone.
pub fn folder(files: &Files, flows: &[Arc<Flow>]) -> Vec<Report> {
    flows.iter().filter_map(|flow| report(flow, &file_of(flow), files.get(&file_of(flow))?)).collect()
}

fn report(flow: &Arc<Flow>, file: &str, text: &str) -> Option<Report> {
    let (stories, problems) = read(file, text, flow);
    let mut coverage = Coverage::default();
    let played: Vec<(Story, Played)> = stories
        .into_iter()
        .map(|story| {
            let played = play(flow, &story);
            coverage.add(&played.coverage);
            (story, played)
        })
        .collect();
    Some(Report { flow: flow.clone(), problems, played, coverage })
}
