//! A hotline as large as one likes, right in everything: to see that a check stays quick and finds
//! one slip among thousands of steps.

use std::fmt::Write;

/// A hotline of about so many steps in one language: menus of five options, each option a question,
/// a verification, a lookup, a choice and an answer.
pub fn hotline(steps: usize) -> String {
    const A_MATTER: usize = 7;
    let matters = steps / (A_MATTER + 1);
    let mut text = String::from(
        "flow: test\ntitle: { en-US: Large }\nlanguages: [en-US]\nuses: [call-me-back]\nhours: always\n\
         countries: [HK]\nstart: begin\nperson: agent\ndenied: agent\nsteps:\n  begin:\n    set: { matter: \"'none'\" }\n    \
         then: menu-0\n",
    );
    let mut out = |line: String| writeln!(text, "{line}").expect("a string takes everything");
    for n in 0..matters {
        // Each menu offers its matter, and the next menu behind an announcement.
        out(format!("  menu-{n}:\n    menu:"));
        out(format!("      - {{ key: 1, go: matter-{n}, for: {{ en-US: matter {n} }} }}"));
        let next = if n + 1 < matters { format!("more-{n}") } else { "bye".into() };
        out(format!("      - {{ key: 2, go: {next}, to: {{ en-US: hear more }} }}\n    otherwise: agent"));
        if n + 1 < matters {
            out(format!("  more-{n}:\n    say: {{ en-US: There is more. }}\n    then: menu-{}", n + 1));
        }
        out(format!("  matter-{n}:\n    set: {{ matter: \"'m{n}'\", count_{n}: 1 }}\n    then: number-{n}"));
        out(format!("  number-{n}:\n    ask: number_{n}\n    as: transaction\n    prompt: {{ en-US: Which one? }}"));
        out(format!("    then: who-{n}\n    otherwise: agent"));
        out(format!("  who-{n}:\n    verify: 2\n    then: look-{n}\n    failed: agent"));
        out(format!("  look-{n}:\n    lookup: payment\n    with: {{ account: caller.account, number: number_{n} }}"));
        out(format!("    into: payment_{n}\n    then: tell-{n}\n    missing: agent\n    failed: agent"));
        out(format!(
            "  tell-{n}:\n    when:\n      - {{ if: payment_{n}.state == 'done', go: say-{n} }}\n    else: agent"
        ));
        out(format!("  say-{n}:\n    say: {{ en-US: \"It was {{payment_{n}.amount|money}}.\" }}\n    then: menu-{n}"));
    }
    out(
        "  agent:\n    call: call-me-back\n    with: { kind: callback, topic: = matter, priority: low }\n    then: bye"
            .into(),
    );
    out("  bye:\n    hangup: { en-US: Bye. }".into());
    text
}
