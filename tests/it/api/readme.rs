//! What the README shows programs.

use super::stage::Stage;
use std::process::Command;

#[tokio::test]
async fn the_example_of_the_readme_records_a_request_once() {
    let stage = Stage::new().await;
    let readme = include_str!("../../../README.md");
    let example = readme.split("## For programs").nth(1).unwrap().split("```sh\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let address = stage.server.request("GET", "/").build().unwrap().url().origin().ascii_serialization();
    let example = example.replace("https://hotline.example.com", &address);
    let run = || Command::new("sh").args(["-ec", &example]).env("HOTLINE_TOKEN", &stage.mei).output().unwrap();
    let (first, again) = (run(), run());
    let told: serde_json::Value = serde_json::from_slice(&first.stdout).unwrap_or_else(|_| panic!("{first:?}"));
    assert_eq!((&told["state"], &told["topic"]), (&"open".into(), &"failed-payment".into()), "{told}");
    assert_eq!(first.stdout, again.stdout);
}
