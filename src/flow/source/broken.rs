//! What the YAML reader complains of, in the words of somebody who writes flows.

/// What is wrong and how to mend it, from the reader's complaint and the line it stands in.
pub fn in_plain_words(complaint: &str, line: &str) -> (String, &'static str) {
    let text_after_brace = || {
        let value = line.split_once(": ").map_or("", |(_, value)| value.trim_start());
        value.starts_with('{') && value.contains('}') && !value.trim_end().ends_with('}')
    };
    let (what, hint) = match complaint {
        _ if complaint.contains("quoted scalar") => {
            ("a quote is opened here and not closed", "end the text with the same quote it begins with")
        }
        _ if complaint.contains("anchor or alias") => {
            ("`*` and `&` mean something else to YAML", "put it in double quotes: \"*\"")
        }
        _ if complaint.contains("expected key") && text_after_brace() => {
            ("a text that begins with `{` needs quotes", "put the whole text in double quotes: \"{name} and words\"")
        }
        _ if complaint.contains("expected key") || complaint.contains("expected '-'") => (
            "this line does not begin in the same column as the lines it belongs to",
            "move it left or right until it stands below them; steps stand two spaces in, what they do four",
        ),
        _ if complaint.contains("mapping values are not allowed") || complaint.contains("illegal placement of ':'") => {
            (
                "a colon is here where none can be",
                "a text with `: ` in it goes in double quotes; or this line is indented too far",
            )
        }
        _ if complaint.contains("flow") || complaint == "invalid indentation" => (
            "a `{` or `[` is opened here or in a line above and not closed",
            "close it with `}` or `]` in the same line; a `#` begins a comment, so put it in double quotes: \"#\"",
        ),
        _ if complaint.contains("simple key") => {
            ("a `name:` was expected here", "write the name, a colon, a space and the value in one line")
        }
        _ if complaint.contains("node content") || complaint.contains("eof") || complaint.contains("end of stream") => {
            ("something is missing here or just above", "a value, or the `]` or `}` that closes a list or a map")
        }
        _ if complaint.contains("tab") => ("a tab is used for indentation", super::NO_TABS),
        _ => {
            let what = format!("this is not readable YAML: {complaint}");
            return (what, "look at the indentation, the quotes and the colons here and just above");
        }
    };
    (what.to_owned(), hint)
}
