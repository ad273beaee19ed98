//! A row of values as a customer, or the reason why it is none. Reasons repeat no PIN.

use super::rows::Values;
use crate::store::Customer;
use crate::words::pins::{self, Kind, PinKeys};
use crate::words::{Lang, Phone, Secret, clock};

/// A customer whose verifier is still to be made.
pub struct Candidate {
    /// Everything but the verifier.
    pub customer: Customer,
    proof: Option<Proof>,
    /// Birth date and identity document as they are typed.
    knowledge: Option<Secret>,
}

/// What the row says of the PIN.
enum Proof {
    /// The PIN itself.
    Pin(Secret),
    /// A verifier.
    Verifier(Secret),
}

/// Accounts are typed on a keypad, so they are digits, as many as a call takes.
const ACCOUNT: std::ops::RangeInclusive<usize> = 6..=20;
/// Most characters of a value, and most columns that are kept as they are.
const LONGEST: usize = 500;
const FIELDS: usize = 50;

/// Reads a row.
pub fn read(values: &Values) -> Result<Candidate, String> {
    let mut values = values.clone();
    if let Some((name, _)) = values.iter().find(|(_, value)| value.chars().count() > LONGEST) {
        return Err(format!("`{name}` is longer than {LONGEST} characters"));
    }
    if let Some((name, _)) = values.iter().find(|(_, value)| value.contains(char::is_control)) {
        return Err(format!("`{name}` holds something invisible, as a line break"));
    }
    let account = values.remove("account").ok_or("`account` is empty")?;
    if !ACCOUNT.contains(&account.len()) || !account.bytes().all(|b| b.is_ascii_digit()) {
        return Err("`account` is not of 6 to 20 digits, so no caller could type it".to_owned());
    }
    let name = values.remove("name").ok_or("`name` is empty")?;
    let number = values.remove("number").map(|text| number(&text)).transpose()?;
    let language = values.remove("language").map(|tag| language(&tag)).transpose()?;
    let state = values.remove("state").unwrap_or_else(|| "active".to_owned());
    let birth = values.remove("birth");
    if birth.is_some() && values.contains_key("birth_date") {
        return Err("it has both `birth`, which is kept as a secret, and `birth_date`, which is not".to_owned());
    }
    let (pin, hash) = (values.remove("pin"), values.remove("pin_hash"));
    let birth_date = birth.as_ref().or_else(|| values.get("birth_date"));
    let proof = proof(pin, hash, birth_date.map(String::as_str))?;
    let knowledge = knowledge(birth.as_deref(), values.remove("document").as_deref())?;
    if values.len() > FIELDS {
        return Err(format!("it has more than {FIELDS} other values"));
    }
    let (pin, fields, demo) = (None, values, false);
    let customer = Customer { account, name, number, language, pin, knowledge: None, state, fields, demo };
    Ok(Candidate { customer, proof, knowledge })
}

/// Whether a verifier is a keyed HMAC.
pub fn is_keyed(verifier: &Secret) -> bool {
    Kind::parse(verifier.reveal()) == Some(Kind::Keyed)
}

impl Candidate {
    /// The customer with the verifiers, each of which takes tens of milliseconds to make.
    pub fn customer(self, keys: &PinKeys) -> Customer {
        let account = &self.customer.account;
        let pin = self.proof.map(|proof| match proof {
            Proof::Pin(pin) => Secret::new(keys.make(account, &pin)),
            Proof::Verifier(verifier) => verifier,
        });
        let knowledge = self.knowledge.map(|typed| Secret::new(keys.make(&pins::knowledge_of(account), &typed)));
        Customer { pin, knowledge, ..self.customer }
    }
}

fn knowledge(birth: Option<&str>, document: Option<&str>) -> Result<Option<Secret>, String> {
    match (birth, document) {
        (None, None) => Ok(None),
        (Some(birth), Some(document)) => {
            let today = clock::now().to_zoned(jiff::tz::TimeZone::UTC).date();
            Ok(Some(pins::knowledge(birth, document, today)?))
        }
        _ => Err("`birth` and `document` prove a caller only together; give both or neither".to_owned()),
    }
}

fn number(text: &str) -> Result<String, String> {
    let number = Phone::parse(text, None).ok_or("`number` is no telephone number; write it as +8613800138000")?;
    Ok(number.as_str().to_owned())
}

fn language(tag: &str) -> Result<String, String> {
    let tags = || Lang::ALL.map(Lang::tag).join(", ");
    Lang::parse(tag).map(|lang| lang.tag().to_owned()).ok_or_else(|| format!("`language` is none of {}", tags()))
}

fn proof(pin: Option<String>, hash: Option<String>, birth_date: Option<&str>) -> Result<Option<Proof>, String> {
    match (pin, hash) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err("it has both `pin` and `pin_hash`; leave one out".to_owned()),
        (None, Some(hash)) => {
            let bare = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
            let verifier = if bare { format!("hmac-sha256:{}", hash.to_lowercase()) } else { hash };
            let known = Kind::parse(&verifier).is_some();
            let forms =
                "`pin_hash` is neither an argon2id PHC string of bearable cost nor hmac-sha256: and 64 hex digits";
            known.then(|| Some(Proof::Verifier(Secret::new(verifier)))).ok_or_else(|| forms.to_owned())
        }
        (Some(pin), None) => {
            if birth_date.is_some_and(|date| !pins::is_date(date)) {
                return Err("`birth_date` is no date as 1990-03-07, so the PIN cannot be compared with it".to_owned());
            }
            match pins::weak(&pin, birth_date) {
                Some(reason) => Err(reason.to_owned()),
                None => Ok(Some(Proof::Pin(Secret::new(pin)))),
            }
        }
    }
}
