//! The flows that are shipped, as tests load them.

use hotline::flow::Flow;
use hotline::flow::read::{Files, load};
use std::path::Path;
use std::sync::Arc;

/// The texts of the folder `flows/` by their names below it.
pub fn files() -> Files {
    let mut files = Files::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("flows");
    for below in ["", "common/", "demo/"] {
        for entry in std::fs::read_dir(folder.join(below)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = format!("{below}{}", path.file_name().unwrap().to_string_lossy());
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// The texts, and the flows made of them.
pub fn shipped() -> (Files, Vec<Arc<Flow>>) {
    let files = files();
    let loaded = load(&files);
    let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    (files, loaded.flows)
}
