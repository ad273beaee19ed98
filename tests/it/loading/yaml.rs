//! Mistakes in the writing itself.

use super::{check, hotline_of, said_of, said_of_steps};

#[test]
fn a_tab_is_shown_where_it_stands() {
    check(
        "
  hello:
\tsay: { en-US: Hi. }
    then: bye",
        &["test.yaml:12:1: a tab is used for indentation [yaml]", "    use two spaces for each level instead"],
    );
}

#[test]
fn a_line_ends_as_every_editor_knows_it() {
    check(
        "
  hello:
    say: { en-US: Hi. }\r    then: bye",
        &[
            "test.yaml:12:24: a line ends with a carriage return alone [yaml]",
            "    end lines as Linux, macOS or Windows do; an editor has a setting for it",
        ],
    );
}

#[test]
fn a_line_out_of_its_column_is_shown() {
    for then in ["   then: bye", "      then: bye"] {
        let said = said_of_steps(&format!("  hello:\n    say: {{ en-US: Hi. }}\n{then}"));
        let column = then.len() - then.trim_start().len() + 1;
        let expected = format!(
            "test.yaml:13:{column}: this line does not begin in the same column as the lines it belongs to [yaml]\n    \
             move it left or right until it stands below them; steps stand two spaces in, what they do four"
        );
        assert_eq!(said, [expected]);
    }
}

#[test]
fn texts_that_need_quotes_are_told_apart() {
    check(
        "
  hello:
    say:
      en-US: Note: this is it.
    then: bye",
        &[
            "test.yaml:13:18: a colon is here where none can be [yaml]",
            "    a text with `: ` in it goes in double quotes; or this line is indented too far",
        ],
    );
    check(
        "
  hello:
    say:
      en-US: {line.number|digits} is our number.
    then: bye",
        &[
            "test.yaml:13:35: a text that begins with `{` needs quotes [yaml]",
            "    put the whole text in double quotes: \"{name} and words\"",
        ],
    );
    check(
        "
  hello:
    menu:
      - { key: *, go: bye, for: { en-US: a } }
    otherwise: bye",
        &["test.yaml:13:16: `*` and `&` mean something else to YAML [yaml]", "    put it in double quotes: \"*\""],
    );
}

#[test]
fn quotes_and_braces_that_are_not_closed_are_shown() {
    check(
        "
  hello:
    say: { en-US: \"Hi. }
    then: bye",
        &[
            "test.yaml:12:19: a quote is opened here and not closed [yaml]",
            "    end the text with the same quote it begins with",
        ],
    );
    check(
        "
  hello:
    say: { en-US: Hi.
    then: bye",
        &[
            "test.yaml:13:9: a `{` or `[` is opened here or in a line above and not closed [yaml]",
            "    close it with `}` or `]` in the same line; a `#` begins a comment, so put it in double quotes: \"#\"",
        ],
    );
}

#[test]
fn a_name_that_stands_twice_is_refused_with_the_line_of_the_first() {
    check(
        "
  hello:
    say: { en-US: Hi. }
    then: bye
    then: hello",
        &[
            "test.yaml:14:5: `then` stands here a second time; the first is in line 13 [yaml]",
            "    keep one of the two, or give one another name",
        ],
    );
}

#[test]
fn anchors_aliases_and_tags_are_refused() {
    let said = said_of_steps("  hello: &hello\n    say: { en-US: Hi. }\n    then: bye");
    assert_eq!(said, ["test.yaml:11:10: anchors (`&name`) are not read [yaml]\n    write the values out instead"]);
    let said = said_of_steps("  hello: *bye");
    assert_eq!(said.len(), 1, "{said:?}");
    let said = said_of_steps("  hello:\n    say: { en-US: !!str Hi. }\n    then: bye");
    assert_eq!(said, ["test.yaml:12:19: tags (`!name`) are not read [yaml]\n    leave the tag out"]);
}

#[test]
fn a_file_that_would_unfold_to_billions_is_refused_at_its_first_anchor() {
    let mut laughs = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n".to_owned();
    for n in 1..12 {
        let nine = vec![format!("*a{}", n - 1); 9].join(", ");
        laughs.push_str(&format!("a{n}: &a{n} [{nine}]\n"));
    }
    let said = said_of("laughs.yaml", &laughs);
    assert_eq!(said, ["laughs.yaml:1:5: anchors (`&name`) are not read [yaml]\n    write the values out instead"]);
}

#[test]
fn a_number_with_a_zero_in_front_is_no_number_and_never_becomes_another_one() {
    check(
        "
  hello:
    menu:
      - { key: 010, go: ask, for: { en-US: a } }
    otherwise: bye
  ask:
    ask: account
    as: account
    prompt: { en-US: Your account? }
    then: compare
    otherwise: bye
  compare:
    when:
      - { if: account == 010, go: bye }
    else: bye",
        &[
            "test.yaml:13:16: expected a whole number from 1 to 8, found `010` [shape]",
            "    leave the zeros in front out: some programs would take this for another number",
            "test.yaml:23:15: a text cannot be compared with a number [type]",
            "    only like can be compared with like: a text with 'done', a number with 3",
        ],
    );
}

#[test]
fn ten_thousand_steps_are_too_many() {
    let steps: String = (0..10_000).map(|n| format!("\n  s{n}: {{ say: {{ en-US: Hi. }}, then: bye }}")).collect();
    check(
        &format!("\n  hello: {{ say: {{ en-US: Hi. }}, then: bye }}{steps}"),
        &[
            "test.yaml:11:3: the flow has 10003 steps; at most 5000 are read [too-long]",
            "    move parts of it to sub-flows",
        ],
    );
}

#[test]
fn deep_nesting_is_refused_however_deep() {
    let said = said_of("deep.yaml", &format!("flow: {}{}", "[".repeat(33), "]".repeat(33)));
    assert_eq!(said, ["deep.yaml:1:38: nested deeper than 32 levels [yaml]\n    flatten this part"]);
    let said = said_of("deep.yaml", &"[".repeat(200_000));
    assert_eq!(said.len(), 1, "{said:?}");
    let said = said_of("deep.yaml", &"- ".repeat(200_000));
    assert_eq!(said.len(), 1, "{said:?}");
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let huge = format!("{}# {}", hotline_of("  hello:\n    say: { en-US: Hi. }\n    then: bye"), "x".repeat(2 << 20));
    let expected = format!(
        "test.yaml:1:1: the file has {} bytes; at most 2097152 are read [yaml]\n    \
         move shared parts to sub-flows in common/",
        huge.len()
    );
    assert_eq!(said_of("test.yaml", &huge), [expected]);
}

#[test]
fn an_empty_file_and_a_second_document_are_refused() {
    assert_eq!(said_of("empty.yaml", ""), ["empty.yaml:1:1: the file is empty [yaml]\n    begin with `flow: name`"]);
    let two = format!("{}---\nflow: other\n", hotline_of("  hello:\n    say: { en-US: Hi. }\n    then: bye"));
    let said = said_of("test.yaml", &two);
    let hint = "one file holds one flow: leave the `---` out";
    assert_eq!(said, [format!("test.yaml:20:1: a second document begins here [yaml]\n    {hint}")]);
}

#[test]
fn bytes_that_mean_nothing_are_a_problem_and_no_crash() {
    for text in
        ["\u{0}", "\u{feff}", "%YAML 9.9\n---\n", "? [a]\n: b", "- - -", "'", "\"\\x", "|9\n", "a: |\n\tx", "{a, b: }"]
    {
        let said = said_of("odd.yaml", text);
        assert!(!said.is_empty(), "{text:?} is no hotline");
        assert!(said.iter().all(|line| line.starts_with("odd.yaml:")), "{text:?}: {said:?}");
    }
}
