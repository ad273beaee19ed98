//! Verification: account, then PIN, then the world compares. The words are the same whether the
//! account exists or not.

use super::{Outcome, Trace, Walk, limits};
use crate::call::effect::{Effect, VerifyAnswer};
use crate::call::state::{Check, Stage, Verified};
use crate::flow::model::{Kind, Step};
use crate::words::{Level, Secret};

/// Verifications that can fail in one turn without the caller pressing a key.
const DENIALS_A_TURN: u8 = 2;

impl Walk<'_> {
    /// Begins to verify the caller. `detour`: a step needed it, and the call comes back to that step.
    pub(super) fn begin_check(&mut self, level: Level, detour: bool) -> Outcome {
        let check = Check { level, detour };
        if level > Level::L2 {
            // No one-time codes are sent yet, so nobody reaches level 3: refuse rather than let pass.
            return self.check_failed(check, "needed");
        }
        if self.state.wrong_secrets >= limits::WRONG_SECRETS {
            self.say_phrase("verify.enough", &[]);
            return self.check_failed(check, "limited");
        }
        let expired = self.state.verified.as_ref().is_some_and(|v| v.level >= level);
        self.say_phrase(if expired { "verify.again" } else { "verify.why" }, &[]);
        self.wait(Stage::Account(check))
    }

    pub(super) fn account_typed(&mut self, typed: &str, check: Check) -> Outcome {
        let account = typed.to_owned();
        // One account a call: else a forged number could be tried against account after account.
        if check.level == Level::L1 && self.state.from().is_some() && !self.state.number_tried {
            self.state.number_tried = true;
            return self.ask_checked(Effect::Verify { account, level: Level::L1 }, None, check);
        }
        self.wait(Stage::Pin { account, check })
    }

    pub(super) fn pin_typed(&mut self, account: String, check: Check, pin: Secret) -> Outcome {
        self.ask_checked(Effect::Verify { account, level: Level::L2 }, Some(pin), check)
    }

    pub(super) fn verify_answered(
        &mut self,
        account: String,
        asked: Level,
        check: Check,
        answer: VerifyAnswer,
    ) -> Outcome {
        match answer {
            VerifyAnswer::Verified { level, .. } if level < asked => self.fault("answer-to-nothing"),
            VerifyAnswer::Verified { account, level, name } => {
                self.trail.push(Trace::Verified(level));
                let other = self.state.verified.as_ref().is_some_and(|before| before.account != account);
                self.state.verified = Some(Verified { account, name, level, at: self.now });
                self.state.wrong_secrets = 0;
                self.forget_the_way_back();
                if other { self.somebody_else() } else { self.check_passed(check) }
            }
            // The number is not the registered one: the PIN decides, and the caller hears no difference.
            VerifyAnswer::Wrong if asked == Level::L1 => self.wait(Stage::Pin { account, check }),
            VerifyAnswer::Wrong => {
                self.state.wrong_secrets = self.state.wrong_secrets.saturating_add(1);
                if self.state.wrong_secrets >= limits::WRONG_SECRETS {
                    self.say_phrase("verify.enough", &[]);
                    return self.check_failed(check, "limited");
                }
                self.trail.push(Trace::NotVerified("wrong".into()));
                self.say_phrase("verify.wrong", &[]);
                self.wait(Stage::Account(check))
            }
            VerifyAnswer::Limited => {
                self.say_phrase("verify.limited", &[]);
                self.check_failed(check, "limited")
            }
            VerifyAnswer::Lost if asked == Level::L2 => self.wait(Stage::Pin { account, check }),
            VerifyAnswer::Lost | VerifyAnswer::Unavailable => {
                self.say_phrase("verify.unavailable", &[]);
                self.check_failed(check, "unavailable")
            }
        }
    }

    /// Another customer is on the line: nothing that was typed or found for the one before is theirs,
    /// so the call begins anew.
    fn somebody_else(&mut self) -> Outcome {
        self.state.collected.clear();
        self.state.frames.truncate(1);
        if let Some(main) = self.state.frames.first_mut() {
            main.vars.clear();
        }
        let start = self.flow.blocks.first().map_or(0, |main| main.start);
        self.go_to_main(start)
    }

    fn check_passed(&mut self, check: Check) -> Outcome {
        match self.here() {
            _ if check.detour => self.run(),
            Some((_, Step { kind: Kind::Verify { then, .. }, .. })) => self.go_on(*then),
            _ => self.fault("no-verify-here"),
        }
    }

    /// The level is not reached: on to where the flow says.
    pub(super) fn check_failed(&mut self, check: Check, why: &str) -> Outcome {
        self.trail.push(Trace::NotVerified(why.to_owned()));
        self.denials += 1;
        match self.here() {
            // Where a failed verification leads may not itself need one.
            _ if self.denials > DENIALS_A_TURN => self.fault("denied-needs-level"),
            _ if check.detour => self.go_to_main(self.flow.denied),
            Some((_, Step { kind: Kind::Verify { failed, .. }, .. })) => self.go_on(*failed),
            _ => self.fault("no-verify-here"),
        }
    }

    /// `#` never goes back across a verification or a request.
    pub(super) fn forget_the_way_back(&mut self) {
        self.state.frames.iter_mut().for_each(|frame| frame.back.clear());
    }
}
