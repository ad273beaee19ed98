//! Which number is which flow.

use crate::flow::Flow;
use crate::flow::read::is_recorded;
use crate::provider::{Provider, Voices};
use crate::words::Lang;
use std::collections::HashMap;
use std::sync::Arc;

/// A number that can be dialled.
#[derive(Clone, Debug)]
pub struct Line {
    /// The number as providers write it, E.164.
    pub number: String,
    /// The name of its flow.
    pub flow: String,
    /// Voices other than a provider's usual ones.
    pub voices: HashMap<Provider, Voices>,
}

/// All lines. With none configured every flow is a line of its own name.
#[derive(Clone, Debug, Default)]
pub struct Lines(pub Vec<Line>);

static USUAL: Voices = Voices([None, None, None, None]);

impl Lines {
    /// The name of the flow a dialled number leads to: its line's, else the one asked for by name in
    /// the address, else, where no lines are configured, the flow of that name or the only one there is.
    pub fn flow_of<'a>(&'a self, dialled: &'a str, asked: Option<&'a str>, flows: &'a [Arc<Flow>]) -> Option<&'a str> {
        if let Some(line) = self.0.iter().find(|line| same_number(&line.number, dialled)) {
            return Some(&line.flow);
        }
        if let Some(asked) = asked {
            return Some(asked);
        }
        if !self.0.is_empty() {
            return None;
        }
        match flows {
            [only] => Some(&only.name),
            many => many.iter().find(|flow| flow.name == dialled).map(|flow| flow.name.as_str()),
        }
    }

    /// The voices of the line a call dialled, at the provider it came by.
    pub fn voices(&self, dialled: &str, provider: Provider) -> &Voices {
        let line = self.0.iter().find(|line| same_number(&line.number, dialled));
        line.and_then(|line| line.voices.get(&provider)).unwrap_or(&USUAL)
    }

    /// The voices to use where it is not known which line was dialled: of the first that names any.
    pub fn usual(&self, provider: Provider) -> &Voices {
        self.0.iter().find_map(|line| line.voices.get(&provider)).unwrap_or(&USUAL)
    }

    /// Languages of a flow that nobody can speak to a call: neither the provider nor a voice the line
    /// names, nor a recording of every step.
    pub fn mute(&self, flow: &Flow, dialled: &str, provider: Provider) -> Vec<Lang> {
        let voices = self.voices(dialled, provider);
        let speaks = |lang: Lang| {
            provider.can().speaks.contains(&lang) || voices.0[lang as usize].is_some() || is_recorded(flow, lang)
        };
        flow.languages.iter().copied().filter(|lang| !speaks(*lang)).collect()
    }
}

/// Providers differ in whether they write the plus.
fn same_number(a: &str, b: &str) -> bool {
    a.trim_start_matches('+') == b.trim_start_matches('+')
}
