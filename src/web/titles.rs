//! What hotlines are called on pages.

use crate::call::step::phrase_text;
use crate::flow::Flow;
use crate::words::Lang;
use std::sync::Arc;

/// A hotline's title in a language, else in its first, and the tag of the language that is in; its name when
/// it is not in service.
pub(super) fn titled(flow: Option<&Flow>, name: &str, lang: Lang) -> (String, &'static str) {
    let shown = flow.and_then(|flow| {
        let lang = if flow.title.get(lang).is_some() { lang } else { *flow.languages.first()? };
        Some((flow.title.get(lang).map(phrase_text)?, lang.tag()))
    });
    shown.unwrap_or_else(|| (name.to_owned(), "en"))
}

/// The title alone.
pub(super) fn title(flow: &Flow, lang: Lang) -> String {
    titled(Some(flow), &flow.name, lang).0
}

/// The title of the hotline of a name.
pub(super) fn title_of(flows: &[Arc<Flow>], name: &str, lang: Lang) -> String {
    titled(flows.iter().find(|flow| flow.name == name).map(|flow| &**flow), name, lang).0
}
