//! What is remembered for a number: language, pace, and where a call broke off.

use super::{Outcome, Walk};
use crate::call::bookmark::Bookmark;
use crate::call::effect::{Choice, Effect, Preference};
use crate::call::state::{Phase, Stage, Wait};
use crate::flow::model::Kind;

impl Walk<'_> {
    /// What is remembered is known.
    pub(super) fn preferred(&mut self, preference: Preference) -> Outcome {
        let Preference { lang, slow, bookmark } = preference;
        self.state.slow |= slow;
        let begins = self.state.turn == 0;
        let bookmark = bookmark
            .filter(|b| begins && !self.state.resumed && b.fits(self.flow) && self.state.offers(self.flow, b.lang));
        let kept = bookmark.as_ref().map(|b| b.lang).or(lang).filter(|l| self.state.offers(self.flow, *l));
        if self.state.began.lang.is_none()
            && let Some(lang) = kept
        {
            self.state.lang = lang;
            self.state.began.lang = Some(lang);
        }
        if let Some(bookmark) = bookmark {
            self.state.resumed = true;
            return self.wait(Stage::Resume(Box::new(bookmark)));
        }
        match self.here().map(|(_, step)| &step.kind) {
            Some(Kind::Language { .. }) if self.state.began.lang.is_none() => self.wait(Stage::Step),
            Some(Kind::Language { .. }) => self.after_language(),
            _ => self.run(),
        }
    }

    /// Goes on where an earlier call broke off.
    pub(super) fn resume(&mut self, bookmark: Bookmark) -> Outcome {
        let Bookmark { menu, back, vars, .. } = bookmark;
        let at = self.flow.blocks.first().and_then(|main| main.index.get(&menu).copied());
        let (Some(at), Some(main)) = (at, self.state.frames.first_mut()) else { return self.run() };
        (main.vars, main.back) = (vars, back);
        self.go_to_main(at)
    }

    /// `9`: slower with more time; once more: as before. Remembered for the number.
    pub(super) fn slower(&mut self, wait: Wait) -> Outcome {
        let slow = !self.state.slow;
        self.state.slow = slow;
        self.say_phrase(if slow { "comfort.on" } else { "comfort.off" }, &[]);
        if self.state.from().is_none() {
            return self.repeat(wait);
        }
        let said = self.kept_says().to_vec();
        self.says.extend(said);
        let outcome = self.ask(Effect::Remember(Choice::Slow(slow)), None);
        if let Phase::Looking(looking) = &mut self.state.phase {
            looking.wait = Some(wait);
        }
        outcome
    }
}
