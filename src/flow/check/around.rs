//! What a flow meets when it is in service: the day, the providers, desks that ring, the version
//! before. All of it is handed in.

use super::report::{Report, Said, Spot};
use crate::flow::expr::Expr;
use crate::flow::model::{Desk, Flow, GENERAL_DESK, Kind};
use crate::flow::read::is_recorded;
use crate::flow::value::Value;
use crate::words::Lang;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the world a flow is to be in.
#[derive(Clone, Copy, Default)]
pub struct Around<'a> {
    /// Now; without it calendars are not held against it.
    pub now: Option<Timestamp>,
    /// The providers that are switched on.
    pub providers: &'a [Ability],
    /// The version before this one.
    pub previous: Option<&'a Flow>,
    /// Documents a call has at most; without it the longest call is not estimated.
    pub turns: Option<u32>,
}

/// What a provider can do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ability {
    /// Its name in settings.
    pub name: String,
    /// Languages it has a voice for.
    pub voices: Vec<Lang>,
    /// Puts calls through.
    pub transfer: bool,
    /// Takes messages down.
    pub record: bool,
    /// Sends text messages.
    pub sms: bool,
    /// Keys pressed before a prompt begins count for it.
    pub type_ahead: bool,
    /// Tells `#` alone from silence.
    pub lone_hash: bool,
}

/// Notes what does not fit together with what is around the flow.
pub fn check(flow: &Flow, around: &Around, report: &mut Report) {
    desks(flow, report);
    around.providers.iter().for_each(|provider| self::provider(flow, provider, report));
    keys(flow, around.providers, report);
    around.now.iter().for_each(|now| calendars(flow, *now, report));
    around.previous.iter().for_each(|previous| renumbered(flow, previous, report));
}

/// Desks that the line could not ring at run time either.
fn desks(flow: &Flow, report: &mut Report) {
    for (skill, desk) in &flow.desks {
        let Desk::Number(phone) = desk else { continue };
        // Numbers of fiction ring nobody and are for trying things out.
        if let Err(why) = phone.may_ring(&flow.countries, true) {
            let what = format!("the desk `{skill}` cannot be rung: {why}");
            let hint = "write a number of one of `countries:` that anybody may call, or a SIP address";
            report.note(flow, Spot::Under(0, &["desks", skill]), Said::block("desk", what, hint));
        }
    }
    if flow.desks.is_empty() || flow.desks.contains_key(GENERAL_DESK) {
        return;
    }
    for (b, block) in flow.blocks.iter().enumerate() {
        for (s, step) in block.steps.iter().enumerate() {
            let Kind::Transfer(transfer) = &step.kind else { continue };
            let Expr::Literal(Value::Text(skill)) = &transfer.skill else { continue };
            if !flow.desks.contains_key(skill) {
                let what = format!("no desk is for `{skill}`, so `{}` always goes on at `failed:`", step.name);
                let hint = format!("add `{skill}` or `{GENERAL_DESK}` to `desks:`");
                report.note(flow, Spot::Holding(b, s, "transfer"), Said::warn("desk", what, hint));
            }
        }
    }
}

/// What a provider cannot do, at the first step that needs it, and languages it has no voice for.
fn provider(flow: &Flow, provider: &Ability, report: &mut Report) {
    let name = &provider.name;
    let mut told = BTreeSet::new();
    for (b, block) in flow.blocks.iter().enumerate() {
        for (s, step) in block.steps.iter().enumerate() {
            let (can, kind, does, so) = match step.kind {
                Kind::Transfer(_) => (provider.transfer, "transfer", "put calls through", "nobody answers"),
                Kind::Record { .. } => (provider.record, "record", "take messages down", "they say nothing"),
                Kind::Sms { .. } => (provider.sms, "sms", "send text messages", "nothing can be sent"),
                _ => continue,
            };
            if !can && told.insert(kind) {
                let what = format!(
                    "the provider {name} cannot {does}, and `{}` does: its callers are led on as if {so}",
                    step.name
                );
                let hint = format!("leave the step out, or switch {name} off for this line");
                report.note(flow, Spot::Holding(b, s, kind), Said::block("provider", what, hint));
            }
        }
    }
    let mute = |lang: &&Lang| !provider.voices.contains(lang) && !is_recorded(flow, **lang);
    for lang in flow.languages.iter().filter(mute) {
        let (what, hint) = no_voice(name, *lang);
        report.note(flow, Spot::Top(0, "languages"), Said::warn("voice", what, hint));
    }
}

/// What becomes of some keys at providers, told once for each flow.
fn keys(flow: &Flow, providers: &[Ability], report: &mut Report) {
    let names = |lacks: fn(&Ability) -> bool| {
        let names: Vec<&str> = providers.iter().filter(|one| lacks(one)).map(|one| one.name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let places = |takes: fn(&Kind) -> bool| {
        let steps = flow.blocks.iter().enumerate().flat_map(|(b, block)| (0..block.steps.len()).map(move |s| (b, s)));
        steps.filter(move |(b, s)| takes(&flow.blocks[*b].steps[*s].kind))
    };
    let typed = |kind: &Kind| matches!(kind, Kind::Ask { .. } | Kind::Verify { .. });
    // A single prompt has none before it during which one could press its keys.
    let mut prompts =
        places(|kind| matches!(kind, Kind::Menu { .. } | Kind::Ask { .. } | Kind::Verify { .. } | Kind::Score { .. }));
    if let (Some(names), Some((b, s)), Some(_)) = (names(|one| !one.type_ahead), prompts.next(), prompts.next()) {
        let what = format!(
            "keys pressed ahead of the next prompt are lost at {names}: callers who know the way must wait for each \
             to begin, at `{}` first",
            flow.blocks[b].steps[s].name
        );
        let hint =
            "nothing can be done about it in a flow; keep prompts short, they can be cut short as soon as they begin";
        report.note(flow, Spot::Step(b, s), Said::warn("type-ahead", what, hint));
    }
    if let (Some(names), Some((b, s))) = (names(|one| !one.lone_hash), places(typed).next()) {
        let what = format!(
            "`#` pressed alone, which leads back, cannot be told from silence at {names}: callers who press it hear \
             that nothing was pressed, at `{}` first",
            flow.blocks[b].steps[s].name
        );
        let hint = "let no prompt of something typed promise a way back by `#`; it works in menus";
        report.note(flow, Spot::Step(b, s), Said::warn("lone-hash", what, hint));
    }
}

/// What is warned of where a provider has no voice for a language, and the mend.
pub fn no_voice(provider: &str, lang: Lang) -> (String, String) {
    let what = format!("the provider {provider} has no voice for {lang}: its callers are not offered it");
    (what, format!("name a voice for {lang} in the line's settings, or record every step in it"))
}

/// Calendars whose list of days off has ended, or is about to.
fn calendars(flow: &Flow, now: Timestamp, report: &mut Report) {
    let steps = flow.blocks.iter().flat_map(|block| &block.steps);
    let named = steps.filter_map(|step| match &step.kind {
        Kind::Hours { calendar, .. } => Some(calendar.as_str()),
        _ => None,
    });
    let used: BTreeSet<&str> = named.chain([flow.hours.as_str()]).collect();
    for (name, calendar) in used.into_iter().filter_map(|name| Some((name, flow.calendars.get(name)?))) {
        let Some(through) = calendar.through.filter(|_| !calendar.covers(now)) else { continue };
        let year = calendar.zone.to_datetime(now).year();
        let (what, hint) = if year > through {
            let what = format!("the days off of the calendar `{name}` end with {through}, and it is {year}");
            (what, format!("add those of {year} and set `through: {year}`"))
        } else {
            let next = through.saturating_add(1);
            let what = format!("the calendar `{name}` has no days off for {next} yet, and it is December");
            (what, format!("add those of {next} and set `through: {next}`"))
        };
        report.note(flow, Spot::Shared("calendars.yaml", &[name, "through"]), Said::warn("calendar", what, hint));
    }
}

/// Options that callers know under another key.
fn renumbered(flow: &Flow, previous: &Flow, report: &mut Report) {
    for (b, block) in flow.blocks.iter().enumerate() {
        let Some(before) = previous.blocks.iter().find(|other| other.name == block.name) else { continue };
        for (s, step) in block.steps.iter().enumerate() {
            let Some(old) = before.index.get(&step.name).and_then(|at| before.steps.get(*at)) else { continue };
            let (Kind::Menu { options, .. }, Kind::Menu { options: old, .. }) = (&step.kind, &old.kind) else {
                continue;
            };
            let keys: BTreeMap<&str, u8> =
                old.iter().filter_map(|o| Some((before.steps.get(o.go)?.name.as_str(), o.key))).collect();
            for option in options {
                let Some(target) = block.steps.get(option.go) else { continue };
                let Some(key) = keys.get(target.name.as_str()).filter(|key| **key != option.key) else { continue };
                let what = format!("the option `{}` moved from key {key} to key {}", target.name, option.key);
                let hint = "callers who know the menu press the old key: keep it, or add new options at the end";
                report.note(flow, Spot::Holding(b, s, &target.name), Said::warn("renumbered", what, hint));
            }
        }
    }
}
