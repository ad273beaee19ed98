//! A number in the groups people say it in.

/// A number cut up for speaking.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spoken<'a> {
    /// The calling code, where it must be said; numbers of the countries served are said as they
    /// are dialled there, with the trunk prefix and without the code.
    pub code: Option<&'a str>,
    /// The digits, group by group.
    pub groups: Vec<String>,
}

/// Cuts digits into even groups of two to four, the longer ones last: 7 is 3 and 4, 11 is 3, 4, 4.
pub(crate) fn even_groups(digits: &str) -> Vec<String> {
    let digits: Vec<char> = digits.chars().collect();
    let count = digits.len().div_ceil(4);
    let mut groups = Vec::with_capacity(count);
    let mut rest = digits.as_slice();
    for left in (1..=count).rev() {
        let (group, after) = rest.split_at(rest.len() / left);
        groups.push(group.iter().collect());
        rest = after;
    }
    groups
}

pub(super) fn spoken<'a>(code: &'a str, national: &str) -> Spoken<'a> {
    let (trunk, sizes): (&str, &[usize]) = match (code, national.len()) {
        ("86", 11) if national.starts_with('1') => ("", &[3, 4, 4]),
        ("86", 10) if national.starts_with("400") || national.starts_with("800") => ("", &[3, 3, 4]),
        ("86", 10) if national.starts_with("10") || national.starts_with('2') => ("0", &[3, 4, 4]),
        ("86", 10) => ("0", &[4, 3, 4]),
        ("86", 11) => ("0", &[4, 4, 4]),
        ("852", 8) => ("", &[4, 4]),
        ("81", 9) if national.starts_with('3') || national.starts_with('6') => ("0", &[2, 4, 4]),
        ("81", 9) if national.starts_with("120") || national.starts_with("570") => ("0", &[4, 3, 3]),
        ("81", 9) => ("0", &[3, 3, 4]),
        ("81", 10) if national.starts_with("800") => ("0", &[4, 3, 4]),
        ("81", 10) => ("0", &[3, 4, 4]),
        ("1", 10) => ("", &[3, 3, 4]),
        // Anything else there is a short code, and said whole when short enough.
        ("86" | "852" | "81" | "1", _) => ("", &[]),
        _ => return Spoken { code: Some(code), groups: even_groups(national) },
    };
    let digits = format!("{trunk}{national}");
    let (mut groups, mut rest) = (Vec::new(), digits.as_str());
    for size in sizes {
        let (group, after) = rest.split_at((*size).min(rest.len()));
        groups.push(group.to_owned());
        rest = after;
    }
    match rest.len() {
        0..=5 => groups.push(rest.to_owned()),
        _ => groups.extend(even_groups(rest)),
    }
    groups.retain(|group| !group.is_empty());
    Spoken { code: None, groups }
}
