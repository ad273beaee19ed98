//! The log: every line carries the fields of the spans it was written in.

use hotline::config::{Log, LogFormat};
use hotline::telemetry::subscriber;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged by a line written two spans below the one that knows the call.
fn logged(format: LogFormat) -> String {
    let sink = Sink::default();
    let to = sink.clone();
    let log = Log { filter: "info".into(), format };
    let dispatch = subscriber(&log, false, move || to.clone()).unwrap();
    tracing::dispatcher::with_default(&dispatch, || {
        let _webhook = tracing::info_span!("webhook", call = "0197a2b3").entered();
        let _effect = tracing::info_span!("effect", seq = 1).entered();
        tracing::debug!("left out");
        tracing::warn!(provider = "twilio", "slow");
    });
    let bytes = sink.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_line_for_people_carries_the_call() {
    let text = logged(LogFormat::Text);
    assert_eq!(text.lines().count(), 1);
    assert!(text.contains(" WARN webhook{call=\"0197a2b3\"}:effect{seq=1}:") && text.contains("slow"), "{text}");
}

#[test]
fn a_line_for_programs_is_one_object_that_carries_the_call() {
    let line: serde_json::Value = serde_json::from_str(&logged(LogFormat::Json)).unwrap();
    assert_eq!((&line["level"], &line["message"]), (&"WARN".into(), &"slow".into()));
    assert_eq!((&line["provider"], &line["spans"][0]["call"]), (&"twilio".into(), &"0197a2b3".into()));
}
