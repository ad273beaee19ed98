//! What the list shows: the filter in an address and as a form. Without any in the address it is what
//! the person is there for.

use super::words::Words;
use crate::desk::Filter;
use crate::flow::Flow;
use crate::store::Person;
use crate::web::page::in_query;
use crate::web::titles::title;
use crate::words::Lang;
use std::sync::Arc;

/// What languages of callers are asked for by; `lang` is the page's own.
const SPOKEN: &str = "spoken";

/// The pairs of a query, in order.
pub(super) type Pairs = Vec<(String, String)>;

/// A filter as it was asked for.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) filter: Filter,
    /// It stands in the address; else it is the person's own.
    pub(super) chosen: bool,
    /// Counts from 1.
    pub(super) page: u32,
}

/// The form.
pub(super) struct Form {
    pub(super) languages: Vec<(Lang, &'static str, bool)>,
    pub(super) skills: String,
    pub(super) topic: String,
    pub(super) topics: Vec<(&'static str, &'static str)>,
    /// Name, title, chosen.
    pub(super) lines: Vec<(String, String, bool)>,
    pub(super) overdue: bool,
    pub(super) trials: bool,
    pub(super) chosen: bool,
    /// The same as a query, to go on with.
    pub(super) query: String,
}

impl Asked {
    /// Reads a query; `trials` is whether trial calls are shown unless somebody says otherwise.
    pub(super) fn read(pairs: &Pairs, person: &Person, trials: bool) -> Asked {
        let one = |name: &str| all(pairs, name).find(|value| !value.is_empty()).map(str::to_owned);
        let page = one("page").and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, 10_000);
        if one("f").is_none() {
            return Asked { filter: Filter::of(person, trials), chosen: false, page };
        }
        let skills = one("skills").unwrap_or_default();
        let filter = Filter {
            langs: all(pairs, SPOKEN).filter_map(Lang::parse).collect(),
            skills: skills.split([',', '，', '、', ' ']).filter(|skill| !skill.is_empty()).map(str::to_owned).collect(),
            topic: one("topic"),
            line: one("line"),
            overdue: one("overdue").is_some(),
            trials: one("trials").is_some(),
        };
        Asked { filter, chosen: true, page }
    }

    /// The query that asks for the same, without the page; empty for the person's own.
    pub(super) fn query(&self) -> String {
        if !self.chosen {
            return String::new();
        }
        let Filter { langs, skills, topic, line, overdue, trials } = &self.filter;
        let mut pairs = vec!["f=1".to_owned()];
        pairs.extend(langs.iter().map(|lang| format!("{SPOKEN}={lang}")));
        let mut add = |name: &str, value: &str| {
            if !value.is_empty() {
                pairs.push(format!("{name}={}", in_query(value)));
            }
        };
        add("skills", &skills.join(","));
        add("topic", topic.as_deref().unwrap_or_default());
        add("line", line.as_deref().unwrap_or_default());
        add("overdue", if *overdue { "1" } else { "" });
        add("trials", if *trials { "1" } else { "" });
        pairs.join("&")
    }

    /// The form that asks for it.
    pub(super) fn form(&self, w: &'static Words, lang: Lang, flows: &[Arc<Flow>]) -> Form {
        let Filter { langs, skills, topic, line, overdue, trials } = &self.filter;
        Form {
            languages: Lang::ALL.map(|lang| (lang, w.languages[lang as usize], langs.contains(&lang))).to_vec(),
            skills: skills.join(", "),
            topic: topic.clone().unwrap_or_default(),
            topics: w.topics.to_vec(),
            lines: flows
                .iter()
                .map(|flow| (flow.name.clone(), title(flow, lang), Some(&flow.name) == line.as_ref()))
                .collect(),
            overdue: *overdue,
            trials: *trials,
            chosen: self.chosen,
            query: self.query(),
        }
    }
}

/// Every value of a name.
fn all<'a>(pairs: &'a Pairs, name: &str) -> impl Iterator<Item = &'a str> {
    let named = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.trim());
    named.collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Role;

    fn person() -> Person {
        Person {
            name: "anna".into(),
            role: Role::Agent,
            languages: vec![Lang::JaJp],
            skills: vec!["payment".into()],
            phone: None,
            zone: None,
            page_language: None,
            disabled: false,
        }
    }

    fn pairs(text: &[(&str, &str)]) -> Pairs {
        text.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn without_a_filter_one_sees_what_one_is_there_for() {
        let asked = Asked::read(&pairs(&[("page", "3")]), &person(), true);
        assert_eq!(asked.filter, Filter::of(&person(), true));
        assert_eq!((asked.chosen, asked.page, asked.query().as_str()), (false, 3, ""));
    }

    #[test]
    fn a_filter_goes_into_an_address_and_comes_back() {
        let typed = [
            ("f", "1"),
            (SPOKEN, "zh-HK"),
            (SPOKEN, "xx"),
            (SPOKEN, "en-US"),
            ("skills", "payment、 top-up"),
            ("topic", "a&b=c"),
            ("line", ""),
            ("overdue", "1"),
        ];
        let asked = Asked::read(&pairs(&typed), &person(), true);
        assert_eq!(asked.filter.langs, [Lang::ZhHk, Lang::EnUs]);
        assert_eq!(asked.filter.skills, ["payment", "top-up"]);
        assert_eq!((asked.filter.line.clone(), asked.filter.trials), (None, false));
        assert_eq!(asked.query(), "f=1&spoken=zh-HK&spoken=en-US&skills=payment%2Ctop-up&topic=a%26b%3Dc&overdue=1");
    }
}
