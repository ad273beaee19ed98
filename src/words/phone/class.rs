//! What kind of number it is, and why one may not ring it.
//!
//! The general plans come from the `phonenumber` crate's metadata. On top come the rules of the
//! countries we serve, which the metadata does not know or files elsewhere, and numbers of fiction.

use super::country::Country;
use super::{nanp, plan};
use phonenumber::Metadata;
use std::fmt;

/// What kind of number it is. Only ordinary ones are rung.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// A person's or a firm's line: fixed, mobile or over the internet.
    Ordinary,
    /// Set aside for films, tests and demos, or plainly impossible: nobody's.
    Fiction,
    /// Free for the one who calls; a service, not a customer's own number.
    TollFree,
    /// Caller and called share the cost (China 400, Japan 0570).
    SharedCost,
    /// The called is paid by the one who calls.
    Premium,
    /// Directory, time, weather and other spoken services.
    Information,
    /// Follows a person around at a price of its own.
    Personal,
    /// A SIM in a machine.
    Machine,
    /// A pager.
    Pager,
    /// A satellite or international network.
    Satellite,
    /// A number of a few digits, dialled only within its country.
    ShortCode,
    /// Police, fire, ambulance.
    Emergency,
    /// Looks domestic and is billed as an international call.
    HighCost,
    /// A mailbox.
    Voicemail,
    /// No number the plans know.
    Invalid,
}

/// Why a number may not be rung.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotCallable {
    /// The line does not ring that country.
    #[error("numbers of {0} are not rung; add {0} to the line's `countries` if they should be")]
    Country(Country),
    /// A number of no country.
    #[error("the number belongs to no country; use one of the line's `countries`")]
    NoCountry,
    /// Not a number that takes text messages.
    #[error("the number is no mobile's and takes no text messages")]
    NotMobile,
    /// Not a person's ordinary number.
    #[error("{0} numbers are never rung; use an ordinary fixed or mobile number")]
    Class(Class),
}

/// Emergency numbers of the countries served, and the two that work in most others.
const EMERGENCY: [&str; 10] = ["110", "112", "118", "119", "120", "122", "911", "933", "988", "999"];

/// The class of a number, from its calling code and national number.
pub(super) fn of(code: &str, national: &str) -> Class {
    if is_fiction(code, national) {
        return Class::Fiction;
    }
    let own = match code {
        "86" => china(national),
        "81" => japan(national),
        "1" => north_america(national),
        _ => world(code, national),
    };
    own.unwrap_or_else(|| {
        plan::country(code, national).and_then(plan::of).map_or(Class::Invalid, |plan| by_plan(plan, national))
    })
}

/// Calling codes that belong to no country (ITU-T E.164 annex), and short codes.
fn world(code: &str, national: &str) -> Option<Class> {
    Some(match code {
        "870" | "881" | "882" | "883" => Class::Satellite,
        "800" => Class::TollFree,
        "808" => Class::SharedCost,
        "878" => Class::Personal,
        "979" => Class::Premium,
        _ if EMERGENCY.contains(&national) => Class::Emergency,
        // Under these codes every customer's number has eight digits or more.
        "852" | "853" | "65" | "44" | "82" | "886" if national.len() < 7 => Class::ShortCode,
        _ => return None,
    })
}

/// China: customers have 11 digits with 1 in front (mobile), or an area code and 7 or 8 digits that
/// begin with 2 to 8.
fn china(national: &str) -> Option<Class> {
    if EMERGENCY.contains(&national) {
        return Some(Class::Emergency);
    }
    if national.starts_with("400") && national.len() == 10 {
        return Some(Class::SharedCost);
    }
    if national.starts_with("800") && national.len() == 10 {
        return Some(Class::TollFree);
    }
    if national.len() < 10 {
        // 160 and 168 with a few digits are paid information; mobiles 165 to 167 have eleven digits.
        return Some(if national.starts_with("16") { Class::Information } else { Class::ShortCode });
    }
    if national.starts_with('1') && !national.starts_with("10") {
        return match (&national[..3], national.len()) {
            ("140" | "141" | "142" | "143" | "144", _) => Some(Class::Machine),
            // 1349, 1740 and 1749 are handsets of the satellite networks.
            _ if ["1349", "1740", "1749"].iter().any(|p| national.starts_with(p)) => Some(Class::Satellite),
            (_, 11) => None,
            _ => Some(Class::Invalid),
        };
    }
    if national.starts_with("10") && national.len() > 10 {
        // 106 and eleven to thirteen digits: machines and senders of text messages.
        return Some(Class::Machine);
    }
    let area = if national.starts_with("10") || national.starts_with('2') { 2 } else { 3 };
    match &national.as_bytes()[area..] {
        [b'0', ..] => Some(Class::Invalid),
        [b'1', b'6', ..] => Some(Class::Information),
        [b'1', ..] | [b'9', b'5' | b'6', ..] => Some(Class::ShortCode),
        _ => None,
    }
}

/// Japan, national numbers without the leading 0.
fn japan(national: &str) -> Option<Class> {
    let starts = |prefix: &str| national.starts_with(prefix);
    Some(match national.len() {
        _ if EMERGENCY.contains(&national) => Class::Emergency,
        0..=6 => Class::ShortCode,
        // 0120 and 0800 are free, 0570 is the shared "navi dial", 0990 paid the called, 0180 counts
        // calls and plays announcements.
        9 if starts("120") => Class::TollFree,
        10 if starts("800") => Class::TollFree,
        9 | 10 if starts("570") => Class::SharedCost,
        9 | 10 if starts("990") => Class::Premium,
        9 | 10 if starts("180") => Class::Information,
        // 020 is machines, but for 0204, once pagers.
        10 if starts("204") => Class::Pager,
        _ if starts("20") && national.len() >= 10 => Class::Machine,
        _ => return None,
    })
}

/// North America: area code, exchange and four digits; neither of the first two begins with 0 or 1.
fn north_america(national: &str) -> Option<Class> {
    if EMERGENCY.contains(&national) {
        return Some(Class::Emergency);
    }
    if national.len() < 10 {
        return Some(if national == "411" { Class::Information } else { Class::ShortCode });
    }
    let (area, exchange) = (national.get(..3)?, national.get(3..6)?);
    Some(match (area, exchange) {
        _ if national.len() != 10 => Class::Invalid,
        ("900", _) | (_, "976") => Class::Premium,
        (_, "555") => Class::Information,
        (_, "911" | "411") => Class::ShortCode,
        _ if nanp::is_high_cost(national) => Class::HighCost,
        _ => return None,
    })
}

/// Whether an ordinary number may be a mobile's: in some plans nobody can tell it from a fixed one.
pub(super) fn is_mobile(code: &str, national: &str) -> bool {
    let plan = plan::country(code, national).and_then(plan::of);
    plan.and_then(|plan| plan.descriptors().mobile()).is_some_and(|mobile| mobile.is_match(national))
}

/// Numbers that ring nobody, so that demos and benchmarks can use them.
pub(super) fn is_fiction(code: &str, national: &str) -> bool {
    // NXX-555-0100 to 0199 is set aside for entertainment by the plan's administrator, and area code
    // 555 is assigned to nobody.
    if code == "1" && national.len() == 10 {
        return national.starts_with("555") || national.get(3..8) == Some("55501");
    }
    // Calling code, how the national number begins, how many digits it has.
    const SET_ASIDE: [(&str, &str, usize); 24] = [
        // Ofcom, "Telephone numbers for use in TV and radio drama programmes".
        ("44", "7700900", 10),
        ("44", "2079460", 10),
        ("44", "1134960", 10),
        ("44", "1144960", 10),
        ("44", "1154960", 10),
        ("44", "1164960", 10),
        ("44", "1174960", 10),
        ("44", "1184960", 10),
        ("44", "1214960", 10),
        ("44", "1314960", 10),
        ("44", "1414960", 10),
        ("44", "1514960", 10),
        ("44", "1614960", 10),
        ("44", "1914980", 10),
        ("44", "1632960", 10),
        ("44", "3069990", 10),
        // ACMA, "Phone numbers for use in TV shows, films and creative works". Of 0491 570 it lists
        // some numbers only; the whole block counts, so that none of its neighbours is rung.
        ("61", "25550", 9),
        ("61", "35550", 9),
        ("61", "75550", 9),
        ("61", "85550", 9),
        ("61", "491570", 9),
        // In these plans no subscriber's number begins with 0, so no exchange can ever connect them.
        ("86", "100000", 10),
        ("852", "0000", 8),
        ("81", "30000", 9),
    ];
    SET_ASIDE.iter().any(|(c, prefix, len)| *c == code && national.len() == *len && national.starts_with(prefix))
}

/// What the metadata of a country says, the costly kinds first because the patterns overlap.
fn by_plan(plan: &Metadata, national: &str) -> Class {
    let kinds = plan.descriptors();
    if !kinds.general().is_match(national) {
        return Class::Invalid;
    }
    let order = [
        (kinds.premium_rate(), Class::Premium),
        (kinds.toll_free(), Class::TollFree),
        (kinds.shared_cost(), Class::SharedCost),
        (kinds.personal_number(), Class::Personal),
        (kinds.pager(), Class::Pager),
        (kinds.uan(), Class::SharedCost),
        (kinds.voicemail(), Class::Voicemail),
        (kinds.voip(), Class::Ordinary),
        (kinds.mobile(), Class::Ordinary),
        (kinds.fixed_line(), Class::Ordinary),
    ];
    let found = order.into_iter().find(|(kind, _)| kind.is_some_and(|kind| kind.is_match(national)));
    found.map_or(Class::Invalid, |(_, class)| class)
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::Ordinary => "ordinary",
            Class::Fiction => "fictional",
            Class::TollFree => "toll-free",
            Class::SharedCost => "shared-cost",
            Class::Premium => "premium-rate",
            Class::Information => "information-service",
            Class::Personal => "personal",
            Class::Machine => "machine",
            Class::Pager => "pager",
            Class::Satellite => "satellite",
            Class::ShortCode => "short-code",
            Class::Emergency => "emergency",
            Class::HighCost => "high-cost",
            Class::Voicemail => "voicemail",
            Class::Invalid => "invalid",
        })
    }
}
