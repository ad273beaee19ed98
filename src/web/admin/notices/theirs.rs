//! What somebody else has put in place meanwhile, beside what is in the form.

use super::words::{self, Words};
use super::{line_title, spoken};
use crate::flow::Flow;
use crate::store::{NewNotice, Notice};
use crate::web::admin::wall::{moment, shown_moment};
use crate::web::desk_pages::times::{Clock, Stamp};
use crate::web::desk_pages::words::fill;
use crate::words::Lang;
use std::sync::Arc;

/// Another's words, and who wrote them when.
pub(super) struct Theirs {
    pub(super) told: String,
    pub(super) at: Stamp,
    pub(super) rows: Vec<Row>,
}

/// A part of it.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// The language of its text, if it has one.
    pub(super) tag: Option<&'static str>,
    pub(super) text: String,
    /// It is not what is in the form.
    pub(super) other: bool,
}

impl Theirs {
    /// What is kept, beside what was typed; `sentence` has a hole for `{who}`.
    pub(super) fn of(clock: &Clock, flows: &[Arc<Flow>], sentence: &str, kept: &Notice, mine: &NewNotice) -> Theirs {
        let w = words::of(clock.lang);
        let who = kept.by.as_deref().unwrap_or(w.somebody);
        let mut rows: Vec<Row> = Vec::new();
        let mut part = |name, tag, text: String, own: String| {
            let other = text != own;
            rows.push(Row { name, tag, text, other });
        };
        let until = |it: &NewNotice| it.until.map_or_else(|| "–".to_owned(), |until| shown(clock, until));
        if !kept.put.closes {
            let line = |it: &NewNotice| line_title(flows, it.line.as_deref(), clock.lang, w);
            part(w.line, None, line(&kept.put), line(mine));
        }
        for lang in Lang::ALL {
            let text = |it: &NewNotice| it.texts.get(&lang).cloned().unwrap_or_default();
            if text(&kept.put) != text(mine) || spoken(flows, kept.put.line.as_deref()).contains(&lang) {
                part(w.languages[lang as usize], Some(lang.tag()), text(&kept.put), text(mine));
            }
        }
        if !kept.put.closes {
            part(w.from, None, shown(clock, kept.put.from), shown(clock, mine.from));
        }
        part(w.until, None, until(&kept.put), until(mine));
        if !kept.put.closes {
            part(w.state, None, state(w, &kept.put), state(w, mine));
        }
        let told = fill(sentence, &[("who", who)]);
        Theirs { told, at: clock.stamp(moment(kept.changed_at)), rows }
    }
}

fn state(w: &Words, notice: &NewNotice) -> String {
    if notice.on { w.on } else { w.off }.to_owned()
}

fn shown(clock: &Clock, at: i64) -> String {
    shown_moment(clock, at).replace('T', " ")
}
