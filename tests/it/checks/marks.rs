//! What looks like markup in a text is warned of wherever texts stand.

use super::{check, check_files, hotline_of, with};

const HINT: &str = "write words alone; a pause is a comma or a full stop";

#[test]
fn what_looks_like_markup_is_warned_of_at_its_text() {
    let steps = "
  hello:
    say: { en-US: Please wait <break time=\"2s\"/> a moment. }
    then: choose
  choose:
    menu:
      - { key: 1, go: agent, to: { en-US: \"hear &lt;more&gt;\" } }
      - { key: 2, go: bye, to: { en-US: leave } }
    prompt:
      en-US: |
        <speak>Choose.</speak>
    otherwise: bye";
    check(
        steps,
        &[
            &format!(
                "test.yaml:12:19: warning: `<break time=\"2s\"/>` is markup: callers would hear it read out, or nothing of it [markup]\n    {HINT}"
            ),
            &format!(
                "test.yaml:16:43: warning: `&lt;` is markup: callers would hear it read out, or nothing of it [markup]\n    {HINT}"
            ),
            &format!(
                "test.yaml:20:9: warning: `<speak>` is markup: callers would hear it read out, or nothing of it [markup]\n    {HINT}"
            ),
        ],
    );
    let calm = "
  hello:
    say: { en-US: \"Q&A: less < more, and 5 > 3.\" }
    then: agent";
    check(calm, &[]);
    let sub = "flow: pause\nlanguages: [en-US]\nstart: wait\nsteps:\n  wait:\n    say: { en-US: One <b>moment</b>. }\n    then: back\n  back:\n    return: {}\n";
    let main = hotline_of("\n  hello:\n    call: pause\n    then: agent")
        .replace("uses: [call-me-back]", "uses: [call-me-back, pause]");
    let files = with(&main, &[("common/pause.yaml", sub)]);
    check_files(
        &files,
        &[&format!(
            "common/pause.yaml:6:19: warning: `<b>` is markup: callers would hear it read out, or nothing of it [markup]\n    {HINT}"
        )],
    );
}
