//! Japanese. Numbers are written in kanji, which speech engines read with the right sound before a
//! counter; digits one by one in kana, so that nobody hears shi for shichi.

use super::{Clock, Day, Near, Tongue, digit};
use crate::words::{Currency, Money};

pub(super) struct Japanese;

const DIGITS: [&str; 10] = ["ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュウ"];
const NUMERALS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
const WEEKDAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];

impl Tongue for Japanese {
    fn comma(&self) -> &'static str {
        "、"
    }

    fn digits(&self, group: &str) -> String {
        group.chars().map(|c| DIGITS[digit(c)]).collect::<Vec<_>>().join(" ")
    }

    fn signs(&self) -> (&'static str, &'static str) {
        ("プラス", "マイナス")
    }

    fn flag(&self, flag: bool) -> &'static str {
        if flag { "はい" } else { "いいえ" }
    }

    fn count(&self, n: i64) -> String {
        format!("{}{}", if n < 0 { "マイナス" } else { "" }, number(n.unsigned_abs()))
    }

    fn money(&self, money: Money) -> String {
        let minor = money.minor.unsigned_abs();
        let amount = match money.currency {
            Currency::Jpy => format!("{}円", number(minor)),
            Currency::Cny => renminbi(minor),
            Currency::Hkd => dollars(minor, "香港ドル"),
            Currency::Usd => dollars(minor, "ドル"),
        };
        format!("{}{amount}", if money.minor < 0 { "マイナス" } else { "" })
    }

    fn date(&self, day: &Day) -> String {
        match (day.near, day.year) {
            (Some(Near::Yesterday), _) => "昨日".to_owned(),
            (Some(Near::Today), _) => "今日".to_owned(),
            (Some(Near::Tomorrow), _) => "明日".to_owned(),
            (None, None) => month_and_day(day),
            (None, Some(year)) => {
                let era = if year < 0 { "紀元前" } else { "" };
                format!("{era}{}年{}", number(u64::from(year.unsigned_abs())), month_and_day(day))
            }
        }
    }

    fn time(&self, day: &Day, at: Clock) -> String {
        format!("{}の{}{}", self.date(day), half(at), clock(at))
    }

    fn window(&self, day: &Day, from: Clock, last: Option<&Day>, to: Clock) -> String {
        let begins = format!("{}の{}{}", self.date_and_weekday(day), half(from), clock(from));
        let ends = match last {
            Some(last) => format!("{}の{}{}", self.date_and_weekday(last), half(to), clock(to)),
            None if half(from) == half(to) => clock(to),
            None => format!("{}{}", half(to), clock(to)),
        };
        format!("{begins}から{ends}の間")
    }
}

impl Japanese {
    fn date_and_weekday(&self, day: &Day) -> String {
        let date = self.date(day);
        if day.near.is_some() { date } else { format!("{date}{}曜日", WEEKDAYS[day.weekday()]) }
    }
}

fn month_and_day(day: &Day) -> String {
    format!("{}月{}日", number(day.month()), number(day.day()))
}

/// The half of the day; noon has its own word, and the half hour after it is "of noon".
fn half(at: Clock) -> &'static str {
    match (at.hour, at.minute) {
        (12, 0) => "",
        (12, _) => "昼の",
        (24, _) => "深夜",
        (0..=11, _) => "午前",
        _ => "午後",
    }
}

fn clock(at: Clock) -> String {
    if at.is(12) {
        return "正午".to_owned();
    }
    let hour = if at.hour.is_multiple_of(24) { "零".to_owned() } else { number(at.face()) };
    match at.minute {
        0 => format!("{hour}時"),
        30 => format!("{hour}時半"),
        m => format!("{hour}時{}分", number(u64::from(m))),
    }
}

/// Yuan with their decimals after a point: their parts have no words callers know.
fn renminbi(minor: u64) -> String {
    let (yuan, part) = (minor / 100, minor % 100);
    let (tenth, hundredth) = (part / 10, part % 10);
    let numeral = |d: u64| NUMERALS[(d % 10) as usize];
    let decimals = match (tenth, hundredth) {
        (0, 0) => return format!("{}人民元", number(yuan)),
        (tenth, 0) => numeral(tenth).to_owned(),
        (tenth, hundredth) => format!("{}{}", numeral(tenth), numeral(hundredth)),
    };
    let whole = if yuan == 0 { "零".to_owned() } else { number(yuan) };
    format!("{whole}点{decimals}人民元")
}

fn dollars(minor: u64, unit: &str) -> String {
    let (dollars, cents) = (minor / 100, minor % 100);
    let whole = if dollars > 0 || cents == 0 { number(dollars) + unit } else { String::new() };
    let part = if cents > 0 { number(cents) + "セント" } else { String::new() };
    whole + &part
}

fn number(n: u64) -> String {
    if n == 0 {
        return DIGITS[0].to_owned();
    }
    let sections = [("京", 10_u64.pow(16)), ("兆", 10_u64.pow(12)), ("億", 10_u64.pow(8)), ("万", 10_000), ("", 1)];
    let mut said = String::new();
    for (unit, value) in sections {
        let section = n / value % 10_000;
        if section > 0 {
            said += &thousands(section, !unit.is_empty());
            said += unit;
        }
    }
    said
}

/// A number below ten thousand. A single ten, hundred or thousand is said without its one, but for
/// the thousand of a larger unit: 一千万.
fn thousands(n: u64, of_unit: bool) -> String {
    let mut said = String::new();
    for (unit, value) in [("千", 1000), ("百", 100), ("十", 10), ("", 1)] {
        match n / value % 10 {
            0 => {}
            1 if value > 1 && !(value == 1000 && of_unit) => said += unit,
            d => {
                said += NUMERALS[(d % 10) as usize];
                said += unit;
            }
        }
    }
    said
}
