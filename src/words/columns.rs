//! How much room words take where every letter has its place: in a terminal, in a drawing.

/// The columns a letter takes: two for Chinese, Japanese and Korean and their punctuation, else one.
pub fn columns_of(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f300}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// The columns of a text.
pub fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Breaks a text into lines of at most so many columns: between words, and in Chinese and Japanese
/// between letters, but not before a mark that closes. Only what is longer than a line alone is cut.
pub fn wrap(text: &str, most: usize) -> Vec<String> {
    let most = most.max(2);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for (spaced, piece) in pieces(text) {
        let gap = usize::from(spaced && used > 0);
        if used > 0 && used + gap + columns(&piece) > most {
            lines.push(String::new());
            used = 0;
        } else if let (1, Some(line)) = (gap, lines.last_mut()) {
            line.push(' ');
            used += 1;
        }
        for c in piece.chars() {
            if used + columns_of(c) > most {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
            used += columns_of(c);
        }
    }
    lines
}

/// What stays together on a line, each with whether a space goes before it.
fn pieces(text: &str) -> Vec<(bool, String)> {
    let mut pieces: Vec<(bool, String)> = Vec::new();
    let mut before = ' ';
    for c in text.chars() {
        let joins =
            !before.is_whitespace() && !c.is_whitespace() && (closes(c) || columns_of(c) + columns_of(before) == 2);
        match pieces.last_mut() {
            Some((_, piece)) if joins => piece.push(c),
            _ if c.is_whitespace() => {}
            _ => pieces.push((before.is_whitespace(), c.to_string())),
        }
        before = c;
    }
    pieces
}

/// Marks that no line begins with.
fn closes(c: char) -> bool {
    "，。、；：？！）》」』】”’…,.;:?!)}".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_letters_of_wide_scripts_break_anywhere() {
        assert_eq!(wrap("to hear that again", 10), ["to hear", "that again"]);
        assert_eq!(wrap("您好，欢迎致电", 6), ["您好，", "欢迎致", "电"]);
        assert_eq!(wrap("欢迎致电。", 8), ["欢迎致", "电。"]);
        assert_eq!(wrap("您在{payment.at}付款", 16), ["您在{payment.at}", "付款"]);
        assert_eq!(wrap("a 您好您好", 6), ["a 您好", "您好"]);
        assert_eq!(wrap("incomprehensibilities", 10), ["incomprehe", "nsibilitie", "s"]);
        assert_eq!(wrap("", 10), [""]);
        for most in 1..20 {
            assert!(
                wrap("Press 1，按1 退款 or refund", most).iter().all(|line| columns(line) <= most.max(2)),
                "{most}"
            );
        }
    }
}
