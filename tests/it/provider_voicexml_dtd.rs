//! Every kind of VoiceXML document against the standard's own grammar, as its DTD has it.

use super::support::documents;
use hotline::provider::Provider;
use std::path::Path;
use std::process::Command;

/// Where Debian puts what the W3C publishes with VoiceXML 2.1.
const DTD: &str = "/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-voicexml21-20070619/vxml.dtd";
const HEAD: &str = "<?xml";

/// What the validator says of these files; none: they are valid.
fn judged(files: &[impl AsRef<Path>]) -> Option<String> {
    let mut command = Command::new("xmllint");
    command.args(["--noout", "--nonet", "--dtdvalid", DTD]);
    files.iter().for_each(|file| _ = command.arg(file.as_ref()));
    let judged = command.output().expect("xmllint, of libxml2-utils");
    (!judged.status.success()).then(|| String::from_utf8_lossy(&judged.stderr).into_owned())
}

#[test]
fn every_document_is_valid_by_the_standards_own_dtd() {
    assert!(Path::new(DTD).is_file(), "{DTD} is missing: apt-get install w3c-sgml-lib");
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (name, text) in documents::of(Provider::VoiceXml) {
        for (nth, document) in text.split(HEAD).skip(1).enumerate() {
            let file = folder.path().join(format!("{name}-{nth}.vxml"));
            std::fs::write(&file, format!("{HEAD}{document}")).unwrap();
            files.push(file);
        }
    }
    assert!(files.len() >= 4 * 7, "{} documents", files.len());
    assert_eq!(judged(&files), None);

    // The judge is awake: an element where none may stand is found.
    let wrong = folder.path().join("wrong.vxml");
    let text = std::fs::read_to_string(&files[0]).unwrap().replace("<form id=\"turn\">", "<form id=\"turn\"><menu/>");
    std::fs::write(&wrong, text).unwrap();
    assert!(judged(&[wrong]).is_some_and(|said| said.contains("menu")));
}
