//! Verification: the account, then what proves it, then the world compares. The words are the same
//! whether the account exists or not. Level 2 takes what the line says (PIN, one-time code, or
//! knowledge), level 3 takes PIN and code, one after the other.

use super::{Outcome, Trace, Walk, limits};
use crate::call::effect::{Effect, VerifyAnswer};
use crate::call::state::{Check, Stage, Verified};
use crate::call::{Challenge, Proof};
use crate::flow::model::{Identity, Kind, Step};
use crate::words::{Level, Secret};

/// Verifications that can fail in one turn without the caller pressing a key.
const DENIALS_A_TURN: u8 = 2;

impl Walk<'_> {
    /// Begins to verify the caller. `detour`: a step needed it, and the call comes back to that step.
    pub(super) fn begin_check(&mut self, level: Level, detour: bool) -> Outcome {
        let check = Check { level, detour };
        if self.state.wrong_secrets >= limits::WRONG_SECRETS {
            self.say_phrase("verify.enough", &[]);
            return self.check_failed(check, "limited");
        }
        let known = self.state.verified(self.now).filter(|known| known.level == Level::L2);
        if let (Level::L3, Some(account)) = (level, known.map(|known| known.account.clone())) {
            self.say_phrase("verify.more", &[]);
            return self.ask_proof(account, check);
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
            let effect = Effect::Verify { account, level: Level::L1, by: Proof::Number };
            return self.ask_checked(effect, None, check);
        }
        self.ask_proof(account, check)
    }

    /// Asks for the next thing that proves the account.
    fn ask_proof(&mut self, account: String, check: Check) -> Outcome {
        match self.next_proof(&account, check.level) {
            Identity::Pin => self.wait(Stage::Pin { account, check }),
            Identity::Code => self.send_code(account, true, check),
            Identity::Knowledge => self.wait(Stage::Knowledge { account, check }),
        }
    }

    /// What is to be proved next on the way to a level: first what the line asks for, then what is
    /// missing for level 3. Knowledge never counts towards that.
    fn next_proof(&self, account: &str, level: Level) -> Identity {
        match (level, self.half(account), self.flow.identity) {
            (Level::L3, Some(Proof::Pin), _) => Identity::Code,
            (Level::L3, Some(Proof::Code { .. }), _) => Identity::Pin,
            (Level::L3, _, Identity::Knowledge) => Identity::Pin,
            (.., identity) => identity,
        }
    }

    /// What the account was brought to level 2 with, while that counts.
    fn half(&self, account: &str) -> Option<&Proof> {
        let known = self.state.verified(self.now)?;
        (known.level == Level::L2 && known.account == account).then_some(&known.by)
    }

    /// Has a one-time code sent, and waits for it.
    pub(super) fn send_code(&mut self, account: String, resend: bool, check: Check) -> Outcome {
        self.ask_checked(Effect::Challenge { account, resend }, None, check)
    }

    /// A code is on its way, if there is anybody to send it to.
    pub(super) fn challenged(
        &mut self,
        account: String,
        resend: bool,
        check: Check,
        challenge: Option<Challenge>,
    ) -> Outcome {
        let Some(challenge) = challenge else {
            self.say_phrase("verify.unavailable", &[]);
            return self.check_failed(check, "unavailable");
        };
        if resend || challenge.fresh {
            self.say_phrase("verify.code-sent", &[]);
        }
        self.wait(Stage::Code { account, challenge: challenge.id, check })
    }

    /// What proves the account was typed.
    pub(super) fn proof_typed(&mut self, account: String, by: Proof, check: Check, typed: &Secret) -> Outcome {
        let wanted = self.next_proof(&account, check.level);
        if !matches!(
            (wanted, &by),
            (Identity::Pin, Proof::Pin)
                | (Identity::Code, Proof::Code { .. })
                | (Identity::Knowledge, Proof::Knowledge)
        ) {
            // The first half ran out while the second was typed: both are needed at once.
            self.say_phrase("verify.again", &[]);
            return self.wait(Stage::Account(check));
        }
        let second = matches!(self.half(&account), Some(Proof::Pin | Proof::Code { .. }));
        let level = if second && check.level == Level::L3 { Level::L3 } else { Level::L2 };
        self.ask_checked(Effect::Verify { account, level, by }, Some(typed.clone()), check)
    }

    pub(super) fn verify_answered(
        &mut self,
        typed: String,
        asked: Level,
        by: Proof,
        check: Check,
        answer: VerifyAnswer,
    ) -> Outcome {
        match answer {
            VerifyAnswer::Verified { level, .. } if level < asked => self.fault("answer-to-nothing"),
            VerifyAnswer::Verified { account, level, name } => {
                if level == Level::L3 && self.half(&typed).is_none() {
                    // It ran out while the second half was compared.
                    self.say_phrase("verify.again", &[]);
                    return self.wait(Stage::Account(check));
                }
                self.trail.push(Trace::Verified(level));
                let other = self.state.verified.as_ref().is_some_and(|before| before.account != account);
                self.state.verified = Some(Verified { account: account.clone(), name, level, by, at: self.now });
                self.state.wrong_secrets = 0;
                self.forget_the_way_back();
                match () {
                    () if other => self.somebody_else(),
                    () if level < check.level => self.ask_proof(account, check),
                    () => self.check_passed(check),
                }
            }
            // The number is not the registered one: the secret decides, and the caller hears no difference.
            VerifyAnswer::Wrong if asked == Level::L1 => self.ask_proof(typed, check),
            VerifyAnswer::Wrong => self.wrong_proof(typed, asked, by, check),
            VerifyAnswer::Limited => {
                self.say_phrase("verify.limited", &[]);
                self.check_failed(check, "limited")
            }
            VerifyAnswer::Lost if asked >= Level::L2 => match by {
                Proof::Code { challenge } => self.wait(Stage::Code { account: typed, challenge, check }),
                Proof::Knowledge => self.wait(Stage::Knowledge { account: typed, check }),
                Proof::Number | Proof::Pin => self.wait(Stage::Pin { account: typed, check }),
            },
            VerifyAnswer::Lost | VerifyAnswer::Unavailable => {
                self.say_phrase("verify.unavailable", &[]);
                self.check_failed(check, "unavailable")
            }
        }
    }

    /// What was typed is wrong: it is asked for again, from the account on where that may be what
    /// is wrong. Whoever mistyped the account and waits for a code goes back with `#`: a code typed
    /// once more must not be taken for an account, which is no secret.
    fn wrong_proof(&mut self, account: String, asked: Level, by: Proof, check: Check) -> Outcome {
        self.state.wrong_secrets = self.state.wrong_secrets.saturating_add(1);
        if self.state.wrong_secrets >= limits::WRONG_SECRETS {
            self.say_phrase("verify.enough", &[]);
            return self.check_failed(check, "limited");
        }
        self.trail.push(Trace::NotVerified("wrong".into()));
        let words = match by {
            Proof::Code { .. } => "verify.code-wrong",
            Proof::Knowledge => "verify.knowledge-wrong",
            Proof::Number | Proof::Pin => "verify.wrong",
        };
        self.say_phrase(words, &[]);
        match by {
            Proof::Code { .. } => self.send_code(account, false, check),
            Proof::Pin if asked == Level::L3 => self.wait(Stage::Pin { account, check }),
            _ => self.wait(Stage::Account(check)),
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
