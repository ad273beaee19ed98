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

/// Breaks a text into lines of at most so many columns: between words where there are spaces, and
/// between any two letters where a word alone is longer, as in Chinese and Japanese.
pub fn wrap(text: &str, most: usize) -> Vec<String> {
    let most = most.max(2);
    let mut lines = vec![String::new()];
    let mut room = most;
    for word in text.split_whitespace() {
        let wide = columns(word);
        let fits = wide < room || (room == most && wide <= most);
        if !fits && wide <= most && word.is_ascii() {
            lines.push(String::new());
            room = most;
        }
        if room < most {
            put(&mut lines, &mut room, most, ' ');
        }
        word.chars().for_each(|c| put(&mut lines, &mut room, most, c));
    }
    lines
}

fn put(lines: &mut Vec<String>, room: &mut usize, most: usize, c: char) {
    let wide = columns_of(c);
    if wide > *room {
        lines.push(String::new());
        *room = most;
        if c == ' ' {
            return;
        }
    }
    if let Some(line) = lines.last_mut() {
        line.push(c);
        *room -= wide;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_letters_of_wide_scripts_break_anywhere() {
        assert_eq!(wrap("to hear that again", 10), ["to hear", "that again"]);
        assert_eq!(wrap("您好，欢迎致电", 6), ["您好，", "欢迎致", "电"]);
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
