//! Mistakes in conditions and holes.

use super::check;

/// Steps that set a number, then branch on it.
fn condition(condition: &str) -> String {
    format!(
        "
  hello:
    ask: tries
    as: {{ number: {{ from: 1, to: 5 }} }}
    prompt: {{ en-US: How often? }}
    then: branch
    otherwise: bye
  branch:
    when:
      - {{ if: tries == 1, go: bye }}
      - {{ if: {condition}, go: bye }}
    else: bye"
    )
}

#[track_caller]
fn check_condition(text: &str, what: &str, hint: &str) {
    let expected = [format!("test.yaml:20:15: {what}"), format!("    {hint}")];
    check(&condition(text), &[&expected[0], &expected[1]]);
}

#[test]
fn only_like_is_compared_with_like() {
    check_condition(
        "tries == 'one'",
        "a number cannot be compared with a text [type]",
        "only like can be compared with like: a text with 'done', a number with 3",
    );
    check_condition("line.number < '86'", "one text is not more or less than another [type]", "compare with == or !=");
}

#[test]
fn a_condition_is_true_or_false() {
    check_condition(
        "tries",
        "a condition goes here, and this is a number [type]",
        "compare it with something, like > 3",
    );
    check_condition(
        "tries > 1 and line.number",
        "`and` and `or` join conditions, and this is a text [type]",
        "compare it with something, like == 'done'",
    );
    check_condition(
        "not now",
        "a condition goes here, and this is a moment [type]",
        "compare it with something of its kind, or ask whether it is there: known(name)",
    );
}

#[test]
fn unknown_names_and_fields_are_named_with_the_nearest_there_is() {
    check_condition("trys == 1", "no step of this file sets `trys` [name]", "did you mean `tries`?");
    check_condition(
        "payment == 1",
        "no step of this file sets `payment` [name]",
        "a variable is set by `ask`, `into:`, `set` or `takes:`",
    );
    check_condition("caller.nummer == 1", "there is no `caller.nummer` [name]", "did you mean `number`?");
    check_condition("tries.count == 1", "`tries` is a number and has no `.count` [name]", "leave the dot out");
}

#[test]
fn expressions_that_cannot_be_read_say_why() {
    let hint = "names look like payment.amount, texts like 'done'";
    check_condition("tries = 1", "`tries = 1`: `=` alone compares nothing; write `==` [expression]", hint);
    check_condition("tries > 1 and", "`tries > 1 and`: something is missing at the end [expression]", hint);
    check_condition(
        "1 < tries < 3",
        "`1 < tries < 3`: comparisons do not chain; join two with `and` [expression]",
        hint,
    );
    check_condition("(tries > 1", "`(tries > 1`: a `(` is not closed [expression]", hint);
    check_condition("tries > 'one", "`tries > 'one`: a text begins with ' and does not end [expression]", hint);
}

#[test]
fn a_hole_is_spoken_in_a_way_that_fits_and_shown_in_its_language() {
    let top = super::TOP.replace("[en-US]", "[en-US, zh-CN]").replace("title: {", "title: { zh-CN: 测试,");
    let top = top.replace("person: agent", "person: bye");
    let steps = "  hello:
    ask: tries
    as: { number: { from: 1, to: 5 } }
    prompt: { en-US: How often?, zh-CN: 几次？ }
    then: say-it
    otherwise: bye
  say-it:
    say:
      en-US: \"{tries|count} times.\"
      zh-CN: \"{tries|money}。\"
    then: say-more
  say-more:
    say:
      en-US: \"{tries|dutsch} times, {payment.amount}.\"
      zh-CN: \"{tries|count}次。\"
    then: bye
  bye:
    hangup: { en-US: Bye., zh-CN: 再见。 }
";
    let expected = [
        "test.yaml:20:14: a number cannot be spoken as money [type]",
        "    write {…|count} or {…|digits}",
        "test.yaml:24:14: `{tries|dutsch}`: there is no way to speak called `dutsch`; \
         there are plain, digits, money, date, time, phone, count or window [text]",
        "    a hole looks like {payment.amount|money}",
    ];
    assert_eq!(super::said_of("test.yaml", &format!("{top}{steps}")).join("\n"), expected.join("\n"));
}

#[test]
fn braces_that_do_not_match_are_refused() {
    for (text, what) in [
        ("{tries|count", "a `{` is not closed; for a brace that is spoken write `{{`"),
        ("tries}", "a `}` without its `{`; for a brace that is spoken write `}}`"),
    ] {
        let steps = format!("  hello:\n    say:\n      en-US: \"{text}\"\n    then: bye");
        let said = super::said_of_steps(&steps);
        assert_eq!(said, [format!("test.yaml:13:14: {what} [text]\n    a hole looks like {{payment.amount|money}}")]);
    }
}

#[test]
fn one_name_holds_one_type() {
    check(
        "
  hello:
    set: { matter: 1 }
    then: again
  again:
    set: { matter: \"'shop'\" }
    then: bye",
        &[
            "test.yaml:15:12: `matter` holds a number elsewhere and would hold a text here [type]",
            "    give one of the two another name",
        ],
    );
}
