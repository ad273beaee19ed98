//! Amounts with their currency. Never a fraction of a smallest unit, never a rate.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A currency callers are told amounts in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Renminbi: yuan, jiao, fen.
    Cny,
    /// Hong Kong dollar.
    Hkd,
    /// Japanese yen; has no smaller unit.
    Jpy,
    /// US dollar.
    Usd,
}

impl Currency {
    const ALL: [Currency; 4] = [Currency::Cny, Currency::Hkd, Currency::Jpy, Currency::Usd];

    /// ISO 4217 code.
    pub fn code(self) -> &'static str {
        match self {
            Currency::Cny => "CNY",
            Currency::Hkd => "HKD",
            Currency::Jpy => "JPY",
            Currency::Usd => "USD",
        }
    }

    /// The currency of an ISO 4217 code.
    pub fn parse(code: &str) -> Option<Currency> {
        Currency::ALL.into_iter().find(|c| c.code() == code)
    }

    /// Smaller units in one: 100, or 1 where there is none.
    pub fn minor_units(self) -> i64 {
        if self == Currency::Jpy { 1 } else { 100 }
    }
}

/// An amount of money, exact: a count of the currency's smallest unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Money {
    /// The amount in the smallest unit (fen, cents, yen); may be negative.
    pub minor: i64,
    /// What it is counted in.
    pub currency: Currency,
}

impl Money {
    /// Reads `128.50 CNY`, `5000 JPY`, `-3 USD`: at most the decimals the currency has.
    pub fn parse(text: &str) -> Option<Money> {
        let (amount, code) = text.trim().split_once(' ')?;
        let currency = Currency::parse(code.trim())?;
        let (sign, amount) = amount.strip_prefix('-').map_or((1, amount), |rest| (-1, rest));
        let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let decimals = if currency.minor_units() == 1 { 0 } else { 2 };
        if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > decimals || amount.ends_with('.') {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let part: i64 = if part.is_empty() { 0 } else { format!("{part:0<decimals$}").parse().ok()? };
        let minor = whole.checked_mul(currency.minor_units())?.checked_add(part)?;
        Some(Money { minor: sign * minor, currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let (minor, units) = (self.minor.unsigned_abs(), self.currency.minor_units().unsigned_abs());
        match units {
            1 => write!(f, "{sign}{minor} {}", self.currency.code()),
            _ => write!(f, "{sign}{}.{:02} {}", minor / units, minor % units, self.currency.code()),
        }
    }
}

impl TryFrom<String> for Money {
    type Error = String;
    fn try_from(text: String) -> Result<Money, String> {
        Money::parse(&text).ok_or_else(|| format!("`{text}` is not an amount; write it like `128.50 CNY`"))
    }
}

impl From<Money> for String {
    fn from(money: Money) -> String {
        money.to_string()
    }
}
