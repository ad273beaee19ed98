//! The words of the pages people sign in and look after themselves on, in each language. One struct,
//! so that a language in which a word is missing does not compile.

mod en;
mod ja;
mod zh;

use crate::words::passwords::Refused;
use crate::words::{Lang, Role};

/// What the pages say. Where a word has a `{hole}`, the page fills it.
pub struct Words {
    /// The tag of the language, for `lang` attributes.
    pub(super) tag: &'static str,
    pub(super) title: &'static str,
    pub(super) languages: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) name: &'static str,
    pub(super) password: &'static str,
    pub(super) sign_in_button: &'static str,
    pub(super) wrong: &'static str,
    pub(super) limited: &'static str,
    pub(super) once_title: &'static str,
    pub(super) once_words: &'static str,
    pub(super) new_password: &'static str,
    pub(super) password_hint: &'static str,
    pub(super) again_hint: &'static str,
    pub(super) choose: &'static str,
    pub(super) gone_title: &'static str,
    pub(super) gone_words: &'static str,
    pub(super) short: &'static str,
    pub(super) long: &'static str,
    pub(super) common: &'static str,
    pub(super) holds_name: &'static str,
    pub(super) differ: &'static str,
    pub(super) me_title: &'static str,
    pub(super) role: &'static str,
    pub(super) details: &'static str,
    pub(super) page_language: &'static str,
    pub(super) browser_language: &'static str,
    pub(super) zone: &'static str,
    pub(super) zone_hint: &'static str,
    pub(super) zone_bad: &'static str,
    pub(super) phone: &'static str,
    pub(super) phone_hint: &'static str,
    pub(super) phone_bad: &'static str,
    pub(super) speaks_with: &'static str,
    pub(super) skills: &'static str,
    pub(super) all: &'static str,
    pub(super) save: &'static str,
    pub(super) saved: &'static str,
    pub(super) change_password: &'static str,
    pub(super) old_password: &'static str,
    pub(super) changed: &'static str,
    pub(super) old_wrong: &'static str,
    pub(super) sessions: &'static str,
    pub(super) this_session: &'static str,
    pub(super) began: &'static str,
    pub(super) seen: &'static str,
    pub(super) end: &'static str,
    pub(super) ended: &'static str,
    pub(super) sign_out_all: &'static str,
    pub(super) tokens_stay: &'static str,
    pub(super) tokens: &'static str,
    pub(super) tokens_words: &'static str,
    pub(super) label: &'static str,
    pub(super) label_bad: &'static str,
    pub(super) make_token: &'static str,
    pub(super) token_shown: &'static str,
    pub(super) token_once: &'static str,
    pub(super) made: &'static str,
    pub(super) used: &'static str,
    pub(super) never: &'static str,
    pub(super) revoke: &'static str,
    pub(super) revoked: &'static str,
    pub(super) no_tokens: &'static str,
    pub(super) agent: &'static str,
    pub(super) supervisor: &'static str,
    pub(super) admin: &'static str,
    pub(super) forbidden_title: &'static str,
    pub(super) forbidden_words: &'static str,
    pub(super) forbidden_mend: &'static str,
    pub(super) other_account: &'static str,
    pub(super) unknown_title: &'static str,
    pub(super) unknown_words: &'static str,
    pub(super) foreign_title: &'static str,
    pub(super) foreign_words: &'static str,
    pub(super) trouble_title: &'static str,
    pub(super) trouble_words: &'static str,
}

impl Words {
    /// A role, as a person reads it.
    pub(super) fn role_name(&self, role: Role) -> &'static str {
        match role {
            Role::Agent => self.agent,
            Role::Supervisor => self.supervisor,
            Role::Admin => self.admin,
        }
    }

    /// Why a password is refused.
    pub(super) fn refused(&self, why: Refused) -> &'static str {
        match why {
            Refused::Short => self.short,
            Refused::Long => self.long,
            Refused::Common => self.common,
            Refused::Name => self.holds_name,
        }
    }
}

/// The words of a language; Cantonese reads what Mandarin reads.
pub(super) fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::ZhCn | Lang::ZhHk => &zh::WORDS,
        Lang::JaJp => &ja::WORDS,
        Lang::EnUs => &en::WORDS,
    }
}
