//! Recordings that a flow plays and nobody put there.

use crate::flow::Flow;
use crate::flow::source::{At, Problem};
use std::path::Path;

/// What the names of recordings begin with that were uploaded in the studio.
pub const UPLOADED: &str = "studio/";

/// The recordings a flow names that are not in their folder: callers would hear nothing.
pub fn missing_audio(audio: &Path, flow: &Flow) -> Vec<Problem> {
    let mut missing = Vec::new();
    for (b, block) in flow.blocks.iter().enumerate() {
        let file = if b == 0 { format!("{}.yaml", block.name) } else { format!("common/{}.yaml", block.name) };
        for step in &block.steps {
            for name in step.audio.iter().flatten().filter(|name| !is_there(audio, name)) {
                let at = At { line: step.lines.0, column: 3 };
                let what = format!("the step `{}` plays {name}, and there is no such file", step.name);
                let hint = format!("put it at {}", audio.join(&**name).display());
                missing.push(Problem::new(file.as_str().into(), at, "missing-audio", what, hint));
            }
        }
    }
    missing
}

/// Those that were uploaded in the studio lie with the messages callers leave, and no folder shows them.
fn is_there(audio: &Path, name: &str) -> bool {
    name.starts_with(UPLOADED) || audio.join(name).is_file()
}
