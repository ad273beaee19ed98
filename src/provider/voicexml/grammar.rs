//! Which keys are taken, as an inline grammar of SRGS.
//!
//! `#` is a word of the grammar and never the browser's terminator, which would be swallowed where it is
//! the only key. No sequence that is as long as it may be, or that `#` has ended, can be gone on with: so
//! a browser is done with it at once.

use super::dialog::{empty, holds};
use crate::call::voice::Gather;
use crate::provider::speech::Xml;
use quick_xml::events::BytesText;
use std::io;

/// As many keys as anybody types where no number is said.
const MANY: u8 = 40;

/// The grammar of a gather.
pub fn write(xml: &mut Xml, gather: &Gather) -> io::Result<()> {
    let most = gather.most.unwrap_or(MANY).max(1);
    grammar(xml, |xml| {
        holds(xml, "rule", &[("id", "keys"), ("scope", "public")], |xml| {
            holds(xml, "one-of", &[], |xml| {
                sequence(xml, 1, most, false)?;
                if gather.hash_ends { sequence(xml, 0, most - 1, true) } else { Ok(()) }
            })
        })?;
        key(xml, if gather.hash_ends { "0123456789*" } else { "0123456789*#" })
    })
}

/// The grammar of a wait in which keys mean nothing.
pub fn any(xml: &mut Xml) -> io::Result<()> {
    grammar(xml, |xml| {
        holds(xml, "rule", &[("id", "keys"), ("scope", "public")], |xml| empty(xml, "ruleref", &[("uri", "#key")]))?;
        key(xml, "0123456789*#")
    })
}

fn grammar(xml: &mut Xml, rules: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<()> {
    let kind = [("type", "application/srgs+xml"), ("version", "1.0"), ("mode", "dtmf"), ("root", "keys")];
    holds(xml, "grammar", &kind, rules)
}

/// From so many to so many keys, and `#` behind them.
fn sequence(xml: &mut Xml, least: u8, most: u8, hash: bool) -> io::Result<()> {
    holds(xml, "item", &[], |xml| {
        if most > 0 {
            let repeat = format!("{least}-{most}");
            holds(xml, "item", &[("repeat", &repeat)], |xml| empty(xml, "ruleref", &[("uri", "#key")]))?;
        }
        if hash { word(xml, "#") } else { Ok(()) }
    })
}

fn key(xml: &mut Xml, keys: &str) -> io::Result<()> {
    holds(xml, "rule", &[("id", "key")], |xml| {
        let mut buffer = [0; 4];
        holds(xml, "one-of", &[], |xml| keys.chars().try_for_each(|key| word(xml, key.encode_utf8(&mut buffer))))
    })
}

fn word(xml: &mut Xml, word: &str) -> io::Result<()> {
    xml.create_element("item").write_text_content(BytesText::new(word)).map(drop)
}
