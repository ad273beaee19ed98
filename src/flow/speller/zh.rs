//! Chinese: Mandarin in simplified characters, Cantonese in traditional ones. One grammar, two
//! tables of words.

use super::{Clock, Day, Near, Tongue, digit};
use crate::words::{Currency, Money};

/// Where the two differ.
pub(super) struct Chinese {
    /// As digits are read one by one: Mandarin says yao for one, so that it is not heard as seven.
    digits: [&'static str; 10],
    two: &'static str,
    ten_thousand: &'static str,
    hundred_million: &'static str,
    minus: &'static str,
    yes_no: [&'static str; 2],
    /// Yesterday, today, tomorrow.
    near: [&'static str; 3],
    oclock: &'static str,
    yen: &'static str,
    cantonese: bool,
}

pub(super) const MANDARIN: Chinese = Chinese {
    digits: ["零", "幺", "二", "三", "四", "五", "六", "七", "八", "九"],
    two: "两",
    ten_thousand: "万",
    hundred_million: "亿",
    minus: "负",
    yes_no: ["是", "否"],
    near: ["昨天", "今天", "明天"],
    oclock: "点",
    yen: "日元",
    cantonese: false,
};

pub(super) const CANTONESE: Chinese = Chinese {
    digits: ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"],
    two: "兩",
    ten_thousand: "萬",
    hundred_million: "億",
    minus: "負",
    yes_no: ["係", "唔係"],
    near: ["尋日", "今日", "聽日"],
    oclock: "點",
    yen: "日圓",
    cantonese: true,
};

const NUMERALS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
const WEEKDAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];

impl Tongue for Chinese {
    fn comma(&self) -> &'static str {
        "，"
    }

    fn digits(&self, group: &str) -> String {
        group.chars().map(|c| self.digits[digit(c)]).collect()
    }

    fn signs(&self) -> (&'static str, &'static str) {
        ("加", self.minus)
    }

    fn flag(&self, flag: bool) -> &'static str {
        self.yes_no[usize::from(!flag)]
    }

    fn count(&self, n: i64) -> String {
        let minus = if n < 0 { self.minus } else { "" };
        format!("{minus}{}", self.quantity(n.unsigned_abs()))
    }

    fn money(&self, money: Money) -> String {
        let minus = if money.minor < 0 { self.minus } else { "" };
        let minor = money.minor.unsigned_abs();
        let (prefix, cent) = match (money.currency, self.cantonese) {
            (Currency::Jpy, _) => return format!("{minus}{}{}", self.quantity(minor), self.yen),
            (Currency::Usd, false) => return format!("{minus}{}", self.dollars(minor)),
            (Currency::Cny, false) => ("", "分"),
            (Currency::Hkd, false) => ("港币", "分"),
            (Currency::Cny, true) => ("人民幣", "分"),
            (Currency::Hkd, true) => ("港幣", "仙"),
            (Currency::Usd, true) => ("美金", "仙"),
        };
        format!("{prefix}{minus}{}", self.yuan(minor, cent))
    }

    fn date(&self, day: &Day) -> String {
        if let Some(near) = day.near {
            return self.near(near).to_owned();
        }
        let year = day.year.map(|year| {
            let digits: String = year.unsigned_abs().to_string().chars().map(|c| NUMERALS[digit(c)]).collect();
            format!("{}{digits}年", if year < 0 { "公元前" } else { "" })
        });
        let (month, number) = (self.number(day.month()), self.number(day.day()));
        format!("{}{month}月{number}日", year.unwrap_or_default())
    }

    fn time(&self, day: &Day, at: Clock) -> String {
        format!("{}{}{}", self.date(day), period(at), self.clock(at))
    }

    fn window(&self, day: &Day, from: Clock, last: Option<&Day>, to: Clock) -> String {
        let begins = format!("{}{}{}", self.date_and_weekday(day), period(from), self.clock(from));
        let ends = match last {
            Some(last) => format!("{}{}{}", self.date_and_weekday(last), period(to), self.clock(to)),
            None if goes_on(from, to) => self.clock(to),
            None => format!("{}{}", period(to), self.clock(to)),
        };
        format!("{begins}到{ends}")
    }
}

impl Chinese {
    fn near(&self, near: Near) -> &'static str {
        match near {
            Near::Yesterday => self.near[0],
            Near::Today => self.near[1],
            Near::Tomorrow => self.near[2],
        }
    }

    fn date_and_weekday(&self, day: &Day) -> String {
        match day.near {
            Some(near) => self.near(near).to_owned(),
            None => format!("{}星期{}", self.date(day), WEEKDAYS[day.weekday()]),
        }
    }

    /// Yuan (or dollars), tenths and hundredths: a missing tenth is bridged with a zero.
    fn yuan(&self, minor: u64, cent: &str) -> String {
        let (yuan, tenth, hundredth) = (minor / 100, minor / 10 % 10, minor % 10);
        let mut said = String::new();
        if yuan > 0 || minor == 0 {
            said = format!("{}元", self.quantity(yuan));
        }
        if tenth > 0 {
            let tenth = if yuan > 0 { self.number(tenth) } else { self.quantity(tenth) };
            said += &format!("{tenth}角");
        } else if yuan > 0 && hundredth > 0 {
            said += "零";
        }
        if hundredth > 0 {
            let hundredth = if said.is_empty() { self.quantity(hundredth) } else { self.number(hundredth) };
            said += &format!("{hundredth}{cent}");
        }
        said
    }

    fn dollars(&self, minor: u64) -> String {
        let (dollars, cents) = (minor / 100, minor % 100);
        let whole = if dollars > 0 || cents == 0 { self.quantity(dollars) + "美元" } else { String::new() };
        let part = if cents > 0 { self.quantity(cents) + "美分" } else { String::new() };
        whole + &part
    }

    /// A number before what it counts: two alone is the other two.
    fn quantity(&self, n: u64) -> String {
        if n == 2 { self.two.to_owned() } else { self.number(n) }
    }

    fn number(&self, n: u64) -> String {
        if n == 0 {
            return NUMERALS[0].to_owned();
        }
        let (high, middle, low) = (n / 100_000_000, n / 10_000 % 10_000, n % 10_000);
        let mut said = String::new();
        if high > 0 {
            said += &self.quantity(high);
            said += self.hundred_million;
        }
        if middle > 0 {
            self.bridge(&mut said, middle);
            said += &(if middle == 2 { self.two.to_owned() } else { self.section(middle, said.is_empty()) });
            said += self.ten_thousand;
        }
        if low > 0 {
            // A whole section left out is bridged like a missing digit.
            if high > 0 && middle == 0 {
                said += NUMERALS[0]
            } else {
                self.bridge(&mut said, low)
            }
            said += &self.section(low, said.is_empty());
        }
        said
    }

    fn bridge(&self, said: &mut String, section: u64) {
        if !said.is_empty() && section < 1000 {
            *said += NUMERALS[0];
        }
    }

    /// A number below ten thousand; `first` when nothing stands before it, where ten is said
    /// without its one and two hundred with the other two.
    fn section(&self, n: u64, first: bool) -> String {
        let (mut said, mut gap) = (String::new(), false);
        for (unit, value) in [("千", 1000), ("百", 100), ("十", 10), ("", 1)] {
            let d = n / value % 10;
            if d == 0 {
                gap = !said.is_empty();
                continue;
            }
            if gap {
                said += NUMERALS[0];
                gap = false;
            }
            let leads = first && said.is_empty();
            said += match d {
                1 if value == 10 && leads => "",
                2 if value == 1000 || (value == 100 && leads) => self.two,
                _ => NUMERALS[(d % 10) as usize],
            };
            said += unit;
        }
        said
    }

    fn clock(&self, at: Clock) -> String {
        let hour = match at.hour {
            0 if !self.cantonese => NUMERALS[0].to_owned(),
            _ => self.quantity(at.face()),
        };
        let minute = match at.minute {
            0 => String::new(),
            30 => "半".to_owned(),
            m if m < 10 => format!("零{}分", self.number(u64::from(m))),
            m => format!("{}分", self.number(u64::from(m))),
        };
        format!("{hour}{}{minute}", self.oclock)
    }
}

fn period(at: Clock) -> &'static str {
    match at.hour {
        0..=5 => "凌晨",
        6..=8 => "早上",
        9..=11 => "上午",
        12 => "中午",
        13..=17 => "下午",
        _ => "晚上",
    }
}

/// Whether the end of a window is understood without its part of the day: "nine in the morning to
/// twelve", "three in the afternoon to six".
fn goes_on(from: Clock, to: Clock) -> bool {
    let morning = |at: Clock| (6..12).contains(&at.hour);
    period(from) == period(to) || (morning(from) && (morning(to) || to.is(12))) || (period(from) == "下午" && to.is(18))
}
