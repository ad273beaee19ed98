//! The lines that are called at random.

use hotline::flow::Flow;
use hotline::flow::read::load;
use std::sync::{Arc, LazyLock};

/// Six lookups in a row behind a verification.
const CHAIN: &str = "\
flow: chain
title: { en-US: Chain }
languages: [en-US]
hours: always
countries: [CN]
uses: [call-me-back]
start: who
person: agent
denied: bye
steps:
  who: { verify: 2, then: a, failed: bye }
  a: { lookup: account, with: { account: caller.account }, into: a, then: b, missing: bye, failed: bye }
  b: { lookup: account, with: { account: caller.account }, into: b, then: c, missing: bye, failed: bye }
  c: { lookup: account, with: { account: caller.account }, into: c, then: d, missing: bye, failed: bye }
  d: { lookup: account, with: { account: caller.account }, into: d, then: e, missing: bye, failed: bye }
  e: { lookup: account, with: { account: caller.account }, into: e, then: f, missing: bye, failed: bye }
  f: { lookup: account, with: { account: caller.account }, into: f, then: tell, missing: bye, failed: bye }
  tell:
    menu: [{ key: 1, go: tell, to: { en-US: hear it again } }]
    prompt: { en-US: 'You are {a.state}, {f.reason}.' }
    otherwise: bye
  agent: { call: call-me-back, with: { kind: callback, topic: general, priority: normal }, then: bye }
  bye: { hangup: { en-US: Bye. } }
";

/// The shipped flows, one that asks more than a turn may, and one of each kind of identity.
pub fn flows() -> &'static [Arc<Flow>] {
    static FLOWS: LazyLock<Vec<Arc<Flow>>> = LazyLock::new(|| {
        let mut files = crate::support::flows::files();
        files.insert("chain.yaml".into(), CHAIN.into());
        files.extend(crate::support::bank::lines());
        let loaded = load(&files);
        assert_eq!(loaded.problems, []);
        let mut flows = loaded.flows;
        flows.sort_by_key(|flow| flow.name == "chain" || flow.name.ends_with("-line"));
        flows
    });
    &FLOWS
}
