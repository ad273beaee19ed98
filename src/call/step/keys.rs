//! Keys: what is waited for, what a key means, and what happens when none or a wrong one comes.
//! Counters follow VoiceXML 2.1's form interpretation: no-input and no-match apart and together,
//! prompts tapered by count.

use super::{Outcome, Trace, Universal, Walk, limits};
use crate::call::Proof;
use crate::call::effect::{Choice, Effect};
use crate::call::event::DialEnd;
use crate::call::state::{Stage, Wait};
use crate::call::voice::Gather;
use crate::flow::model::{Kind, Step};
use crate::flow::value::{Typing, Value};
use crate::words::phone::{Class, NotCallable};
use crate::words::{Money, Phone, Secret, codes, pins};
use jiff::civil::Date;

/// Seconds until the first key in a menu, when typing, and for callers who asked for more time.
const FIRST_KEY: (u8, u8, u8) = (5, 10, 15);
/// Seconds until the first key of a one-time code, which has to arrive first.
const FIRST_OF_CODE: u8 = 30;
/// Seconds between keys, and for callers who asked for more time.
const BETWEEN_KEYS: (u8, u8) = (3, 5);
/// Has a one-time code sent once more, where it is asked for.
const SEND_AGAIN: &str = "*1";
/// No-input, no-match, and both together: how often one is asked again.
const TRIES: (u8, u8, u8) = (2, 2, 3);

impl<'f> Walk<'f> {
    /// Says what a wait asks, and tells what keys it takes.
    pub(super) fn prompt(&mut self, wait: &Wait) -> Gather {
        let (mut typed, mut secret) = (true, false);
        match &wait.stage {
            Stage::Account(_) => self.say_phrase("verify.account", &[]),
            Stage::Pin { .. } => {
                self.say_phrase("verify.pin", &[]);
                secret = true;
            }
            Stage::Code { .. } => {
                self.say_phrase("verify.code", &[]);
                secret = true;
            }
            Stage::Knowledge { .. } => {
                self.say_phrase("verify.knowledge", &[]);
                secret = true;
            }
            Stage::Ringing { .. } => {
                self.say_phrase("transfer.connecting", &[]);
                typed = false;
            }
            Stage::Resume(_) => {
                self.say_phrase("resume.offer", &[]);
                typed = false;
            }
            Stage::Step => {
                self.say_step_prompt();
                typed = matches!(self.here(), Some((_, Step { kind: Kind::Ask { .. }, .. })));
            }
        }
        let slow = self.state.slow;
        let first = match &wait.stage {
            Stage::Code { .. } => FIRST_OF_CODE,
            _ if slow => FIRST_KEY.2,
            _ if typed => FIRST_KEY.1,
            _ => FIRST_KEY.0,
        };
        Gather {
            most: (!typed).then_some(1),
            hash_ends: typed,
            first,
            between: if slow { BETWEEN_KEYS.1 } else { BETWEEN_KEYS.0 },
            barge_in: !std::mem::take(&mut self.firm),
            secret,
        }
    }

    /// Keys came.
    pub(super) fn digits(&mut self, wait: Wait, digits: &Secret) -> Outcome {
        let typed = digits.reveal();
        let is_menu = match wait.stage {
            Stage::Step => !matches!(self.here(), Some((_, Step { kind: Kind::Ask { .. }, .. }))),
            Stage::Resume(_) => true,
            _ => false,
        };
        let universal = match (is_menu, typed) {
            (true, "0") | (false, "*0") => Some(Universal::Person),
            (true, "*") | (false, "**") => Some(Universal::Repeat),
            // Some providers do not hear `#` when nothing was typed before it: `*#` comes as `*`.
            (true, "#") | (false, "#" | "*" | "") => Some(Universal::Back),
            (true, "9") | (false, "*9") => Some(Universal::Slower),
            _ => None,
        };
        let hands_over = self.hands_over(&wait).is_some();
        if let Some(universal) = universal.filter(|_| !hands_over) {
            return self.universal(wait, universal);
        }
        match wait.stage.clone() {
            Stage::Account(check) if is_number(typed, 6, 20) => self.account_typed(typed, check),
            Stage::Pin { account, check } if is_number(typed, 4, 12) => {
                self.proof_typed(account, Proof::Pin, check, digits)
            }
            Stage::Code { account, check, .. } if typed == SEND_AGAIN => self.send_code(account, true, check),
            Stage::Code { account, challenge, check } if is_number(typed, codes::DIGITS, codes::DIGITS) => {
                self.proof_typed(account, Proof::Code { challenge }, check, digits)
            }
            Stage::Knowledge { account, check } if is_number(typed, pins::KNOWLEDGE, pins::KNOWLEDGE) => {
                self.proof_typed(account, Proof::Knowledge, check, digits)
            }
            Stage::Step => self.step_keys(wait, typed),
            Stage::Resume(bookmark) if typed == "1" => self.resume(*bookmark),
            Stage::Resume(_) if typed == "2" => self.run(),
            Stage::Resume(_) => self.wrong(wait, "no-match"),
            // What is pressed while a desk rings or a message is taken down is for nobody.
            Stage::Ringing { .. } => self.dialled(wait, DialEnd::Failed, 0),
            _ => self.wrong(wait, "mistyped"),
        }
    }

    fn step_keys(&mut self, wait: Wait, typed: &str) -> Outcome {
        let Some((_, step)) = self.here() else { return self.fault("no-such-step") };
        match &step.kind {
            Kind::Menu { options, .. } => match options.iter().find(|o| typed == o.key.to_string()) {
                Some(option) => {
                    self.trail.push(Trace::Key(typed.to_owned()));
                    if let Some(frame) = self.state.frames.last_mut() {
                        frame.back.retain(|menu| *menu != step.name);
                        frame.back.push(step.name.clone());
                        let surplus = frame.back.len().saturating_sub(limits::BACK);
                        frame.back.drain(..surplus);
                    }
                    self.go_on(option.go)
                }
                None => self.wrong(wait, "no-match"),
            },
            Kind::Language { .. } => {
                let chosen = typed.parse::<usize>().ok().and_then(|n| self.flow.languages.get(n.checked_sub(1)?));
                match chosen.copied().filter(|lang| self.state.offers(self.flow, *lang)) {
                    Some(lang) => {
                        self.trail.push(Trace::Key(typed.to_owned()));
                        self.language_chosen(lang)
                    }
                    None => self.wrong(wait, "no-match"),
                }
            }
            Kind::Score { .. } => self.scored(typed).unwrap_or_else(|| self.wrong(wait, "no-match")),
            // Ended by a key before anything was said.
            Kind::Record { empty, .. } => self.go_on(*empty),
            Kind::Ask { .. } if self.lacks().is_some() => self.wait_again(wait),
            Kind::Ask { into, typing, then, .. } => match self.read(typing, typed) {
                Ok(value) => {
                    self.collect(into, value.plain());
                    self.set(into, value);
                    self.go_on(*then)
                }
                Err(phrase) => self.wrong(wait, phrase),
            },
            _ => self.fault("no-wait-here"),
        }
    }

    fn language_chosen(&mut self, lang: crate::words::Lang) -> Outcome {
        self.state.lang = lang;
        if self.state.from().is_some() {
            return self.ask(Effect::Remember(Choice::Lang(lang)), None);
        }
        self.after_language()
    }

    /// Goes on behind a `language` step.
    pub(super) fn after_language(&mut self) -> Outcome {
        match self.here() {
            Some((_, Step { kind: Kind::Language { then, .. }, .. })) => self.go_on(*then),
            _ => self.fault("no-wait-here"),
        }
    }

    /// What was typed as the value an `ask` wants, else the phrase that says what is wrong.
    fn read(&self, typing: &Typing, typed: &str) -> Result<Value, &'static str> {
        let no_match = Err("mistyped");
        match typing {
            Typing::Digits { from, to } if is_number(typed, (*from).into(), (*to).into()) => {
                Ok(Value::Text(typed.to_owned()))
            }
            Typing::Number { from, to } if is_number(typed, 1, 10) => match typed.parse() {
                Ok(n) if (from..=to).contains(&&n) => Ok(Value::Number(n)),
                _ => no_match,
            },
            Typing::Amount(currency) if is_number(typed, 1, 9) => match typed.parse::<i64>() {
                Ok(n) => Ok(Value::Money(Money { minor: n * currency.minor_units(), currency: *currency })),
                Err(_) => no_match,
            },
            Typing::Date if is_number(typed, 8, 8) => match Date::strptime("%Y%m%d", typed) {
                Ok(date) => Ok(Value::Date(date)),
                Err(_) => no_match,
            },
            Typing::Phone => self.read_phone(typed).map(Value::Phone),
            _ => no_match,
        }
    }

    /// A number as people of the countries served dial it: first as at home where the caller is,
    /// then with its country code, then as in the line's other countries. What may be rung wins.
    fn read_phone(&self, typed: &str) -> Result<Phone, &'static str> {
        let home = self.state.from().and_then(Phone::country).filter(|home| self.flow.countries.contains(home));
        let abroad = Phone::parse(&format!("+{}", typed.trim_start_matches("00")), None);
        let at_home = home.and_then(|home| Phone::parse(typed, Some(home)));
        let elsewhere = self.flow.countries.iter().filter_map(|country| Phone::parse(typed, Some(*country)));
        let mut why = "number.invalid";
        for phone in at_home.into_iter().chain(abroad).chain(elsewhere) {
            match phone.may_ring(&self.flow.countries, self.state.fiction) {
                Ok(()) => return Ok(phone),
                Err(NotCallable::Class(Class::Invalid) | NotCallable::NoCountry) => {}
                Err(_) => why = "number.not-callable",
            }
        }
        Err(why)
    }

    fn universal(&mut self, wait: Wait, key: Universal) -> Outcome {
        self.trail.push(Trace::Universal(key));
        match key {
            Universal::Person => {
                // The flow's own words on what the call is about, which the first steps would have set.
                if let (Stage::Resume(bookmark), Some(main)) = (wait.stage, self.state.frames.first_mut()) {
                    main.vars = bookmark.vars;
                }
                self.say_phrase("person", &[]);
                self.go_to_main(self.flow.person)
            }
            Universal::Repeat => self.repeat(wait),
            Universal::Slower => self.slower(wait),
            Universal::Back if matches!(wait.stage, Stage::Resume(_)) => self.run(),
            Universal::Back => {
                let back = self.state.frames.last_mut().and_then(|f| f.back.pop());
                let target = back.and_then(|name| {
                    let (block, _) = self.here()?;
                    self.flow.blocks.get(block)?.index.get(&name).copied()
                });
                match target {
                    Some(target) => self.go_on(target),
                    None => {
                        self.say_phrase("nothing-back", &[]);
                        self.repeat(wait)
                    }
                }
            }
        }
    }

    /// Says everything since the last answer again.
    pub(super) fn repeat(&mut self, wait: Wait) -> Outcome {
        let said = self.kept_says().to_vec();
        self.says.extend(said);
        self.wait_again(wait)
    }

    /// No key came.
    pub(super) fn silence(&mut self, mut wait: Wait) -> Outcome {
        match (&wait.stage, self.here()) {
            // How a transfer ended is not told: the caller goes on as if nobody could be reached.
            (Stage::Ringing { .. }, _) => return self.dialled(wait, DialEnd::Failed, 0),
            (Stage::Step, Some((_, Step { kind: Kind::Record { empty, .. }, .. }))) => return self.go_on(*empty),
            _ => {}
        }
        self.trail.push(Trace::Silent);
        wait.silent += 1;
        let name = if wait.silent == 1 { "no-input.1" } else { "no-input.2" };
        self.again_or_otherwise(wait, name)
    }

    /// A key came that means nothing here; `why` is `no-match` or a phrase that says more.
    fn wrong(&mut self, mut wait: Wait, why: &str) -> Outcome {
        self.trail.push(Trace::Wrong);
        wait.wrong += 1;
        let name = match why {
            "no-match" if wait.wrong == 1 => "no-match.1",
            "no-match" => "no-match.2",
            more => more,
        };
        self.again_or_otherwise(wait, name)
    }

    fn again_or_otherwise(&mut self, wait: Wait, phrase: &str) -> Outcome {
        let (silent, wrong) = (wait.silent, wait.wrong);
        let together = silent + wrong;
        if silent > TRIES.0 || wrong > TRIES.1 || together > TRIES.2 {
            return self.otherwise(wait);
        }
        self.say_phrase(phrase, &[]);
        let last = silent == TRIES.0 || wrong == TRIES.1 || together == TRIES.2;
        if last && !self.state.slow {
            self.say_phrase("more-time", &[]);
        }
        self.wait_again(wait)
    }

    /// The tries are used up.
    fn otherwise(&mut self, wait: Wait) -> Outcome {
        match wait.stage {
            Stage::Ringing { .. } => self.dialled(wait, DialEnd::Failed, 0),
            Stage::Resume(_) => self.run(),
            Stage::Account(check)
            | Stage::Pin { check, .. }
            | Stage::Code { check, .. }
            | Stage::Knowledge { check, .. } => self.check_failed(check, "no-answer"),
            Stage::Step => match self.here() {
                Some((_, Step { kind: Kind::Menu { otherwise, .. }, .. }))
                | Some((_, Step { kind: Kind::Ask { otherwise, .. }, .. }))
                | Some((_, Step { kind: Kind::Score { otherwise, .. }, .. })) => self.go_on(*otherwise),
                // A caller who chooses no language is served in the line's own.
                Some((_, Step { kind: Kind::Language { then, .. }, .. })) => self.go_on(*then),
                _ => self.fault("no-wait-here"),
            },
        }
    }
}

fn is_number(typed: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&typed.len()) && typed.bytes().all(|b| b.is_ascii_digit())
}
