//! Which number is which flow: as the settings say, and beside them as admins made lines in the studio.

use super::{Answerer, Inner};
use crate::flow::Flow;
use crate::flow::read::is_recorded;
use crate::provider::{Provider, Voices};
use crate::store::{LineRow, StoreError};
use crate::words::Lang;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError};

/// A number that can be dialled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The number as providers write it, E.164.
    pub number: String,
    /// The name of its flow.
    pub flow: String,
    /// Voices other than a provider's usual ones.
    pub voices: HashMap<Provider, Voices>,
    /// Where it is written.
    pub stands: Stands,
}

/// Where a line is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stands {
    /// In the settings, at this place.
    Settings(String),
    /// In the database.
    Studio,
}

/// All lines. With none configured every flow is a line of its own name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lines(pub Vec<Line>);

static USUAL: Voices = Voices([None, None, None, None]);

impl Lines {
    /// The line of a number, however a provider writes it.
    pub fn of_number(&self, number: &str) -> Option<&Line> {
        self.0.iter().find(|line| same_number(&line.number, number))
    }

    /// These lines, and those of the studio whose number is none of theirs.
    fn with(&self, rows: &[LineRow]) -> Lines {
        let mut all = self.0.clone();
        for row in rows.iter().filter(|row| self.of_number(&row.number).is_none()) {
            let voices = read_voices(&row.voices);
            all.push(Line { number: row.number.clone(), flow: row.flow.clone(), voices, stands: Stands::Studio });
        }
        Lines(all)
    }

    /// The name of the flow a dialled number leads to: its line's, else the one asked for by name in
    /// the address, else, where no lines are configured, the flow of that name or the only one there is.
    pub fn flow_of<'a>(&'a self, dialled: &'a str, asked: Option<&'a str>, flows: &'a [Arc<Flow>]) -> Option<&'a str> {
        if let Some(line) = self.of_number(dialled) {
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
        let line = self.of_number(dialled);
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

impl Answerer {
    /// The lines in service.
    pub fn lines(&self) -> Arc<Lines> {
        self.inner.lines()
    }

    /// Takes the lines of the studio in as they are in the database now; whether any changed.
    ///
    /// # Errors
    /// The database does not answer; then all stays as it is.
    pub async fn take_lines(&self) -> Result<bool, StoreError> {
        let rows = self.inner.store.lines().await?;
        let lines = self.inner.settings.lines.with(&rows);
        if *self.inner.lines() == lines {
            return Ok(false);
        }
        *self.inner.lines.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(lines);
        Ok(true)
    }
}

impl Inner {
    pub(super) fn lines(&self) -> Arc<Lines> {
        self.lines.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Voices as they are kept; what a newer server wrote there and this one does not know is passed over.
pub fn read_voices(json: &str) -> HashMap<Provider, Voices> {
    let kept: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(json).unwrap_or_default();
    let mut voices: HashMap<Provider, Voices> = HashMap::new();
    for (provider, named) in kept {
        let Some(provider) = Provider::named(&provider) else { continue };
        for (lang, voice) in named {
            if let Some(lang) = Lang::parse(&lang) {
                voices.entry(provider).or_default().0[lang as usize] = Some(voice);
            }
        }
    }
    voices
}

/// Voices as they are kept.
pub fn write_voices(voices: &HashMap<Provider, Voices>) -> String {
    let named = |voices: &Voices| -> BTreeMap<&'static str, String> {
        Lang::ALL.into_iter().filter_map(|lang| Some((lang.tag(), voices.0[lang as usize].clone()?))).collect()
    };
    let all: BTreeMap<&'static str, _> =
        voices.iter().map(|(provider, voices)| (provider.name(), named(voices))).collect();
    serde_json::to_string(&all).unwrap_or_else(|_| "{}".to_owned())
}

/// Providers differ in whether they write the plus.
fn same_number(a: &str, b: &str) -> bool {
    a.trim_start_matches('+') == b.trim_start_matches('+')
}
