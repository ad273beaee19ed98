//! `hotline graph FLOW`: the flow as a drawing.

use super::check::{counted, wanted};
use super::folder::{self, Folder};
use crate::flow::chart::chart;
use crate::flow::read::load_one;
use crate::words::Lang;
use anyhow::bail;
use std::io::Write;
use std::path::Path;

/// Draws a flow of a folder as SVG, with what is said in a language; its first when none is asked for.
///
/// # Errors
/// There is no such folder, flow or language, the flow has problems, or nobody takes the drawing.
pub fn run(folder: &Path, name: &str, lang: Option<&str>, out: &mut impl Write) -> anyhow::Result<()> {
    let Folder { files, problems, .. } = folder::read(folder)?;
    let wanted = wanted(folder, &[name.to_owned()], &files, &problems)?;
    for file in &wanted {
        let flow = match load_one(&files, file) {
            Ok(flow) => flow,
            Err(problems) => bail!(
                "{file} has {}; `hotline check {name}` tells them",
                counted(problems.len(), "problem", "problems")
            ),
        };
        let spoken = match lang {
            None => flow.languages.first().copied(),
            Some(tag) => Lang::parse(tag).filter(|lang| flow.languages.contains(lang)),
        };
        let Some(spoken) = spoken else {
            let tags: Vec<&str> = flow.languages.iter().map(|lang| lang.tag()).collect();
            bail!("{} does not speak `{}`; it speaks {}", flow.name, lang.unwrap_or_default(), tags.join(", "));
        };
        write!(out, "{}", chart(&flow, spoken).svg())?;
    }
    Ok(())
}
