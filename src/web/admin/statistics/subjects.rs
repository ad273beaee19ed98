//! What callers were asking about, and how they rated it: what is about the same thing stands in one row, with
//! the way to the requests themselves.

use super::asked::Asked;
use crate::store::AskedAbout;
use crate::web::desk_pages::words::topic_name;
use crate::web::page::in_query;
use crate::words::Lang;
use std::collections::BTreeMap;

/// A row.
pub(super) struct Subject {
    pub(super) name: String,
    /// Requests about it, and how many of them are to be done still.
    pub(super) asked: i64,
    pub(super) open: i64,
    /// Where those are; none: there are none.
    pub(super) desk: Option<String>,
    /// How many gave 1 to 5, how many gave any, and the mean.
    pub(super) given: [i64; 5],
    pub(super) scores: i64,
    pub(super) mean: String,
}

/// The rows, what most callers had to say first. A category of scores and the topic of requests are the same word.
pub(super) fn subjects(asked: &Asked, lang: Lang, scores: &[(String, [i64; 5])], about: &[AskedAbout]) -> Vec<Subject> {
    let mut all: BTreeMap<&str, (i64, i64, [i64; 5])> = BTreeMap::new();
    for AskedAbout { topic, asked, open } in about {
        let row = all.entry(topic).or_default();
        (row.0, row.1) = (*asked, *open);
    }
    for (category, given) in scores {
        all.entry(category).or_default().2 = *given;
    }
    let mut rows: Vec<Subject> = all
        .into_iter()
        .map(|(topic, (n, open, given))| Subject {
            name: topic_name(lang, topic),
            asked: n,
            open,
            desk: (open > 0).then(|| desk(asked, topic)),
            given,
            scores: given.iter().sum(),
            mean: mean(&given),
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.asked.max(row.scores)));
    rows
}

/// The list of what is to be done about a topic.
fn desk(asked: &Asked, topic: &str) -> String {
    let lang = asked.lang.map(|lang| format!("&spoken={lang}")).unwrap_or_default();
    format!("/desk?f=1&line={}&topic={}{lang}", in_query(&asked.line), in_query(topic))
}

fn mean(given: &[i64; 5]) -> String {
    let n: i64 = given.iter().sum();
    let sum: i64 = given.iter().zip(1..).map(|(n, score)| n * score).sum();
    if n > 0 { format!("{:.1}", sum as f64 / n as f64) } else { "–".to_owned() }
}
