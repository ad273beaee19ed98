//! What must not leave: secrets are typed in `verify` alone, because what an `ask` takes is shown to
//! agents; and a text message to the number that calls says nothing that needs proof, because that
//! number can be forged.

use super::report::{Report, Said, Spot};
use super::routes::{Route, nearest};
use super::ways::{LEVELS, Ways, block_of};
use crate::flow::model::Kind;
use crate::flow::text::{Say, Texts};
use crate::words::{Lang, Level};

/// What names a secret, by language.
const NAMES: [(Lang, &[&str]); 4] = [
    (Lang::ZhCn, &["密码", "验证码", "校验码", "动态码", "安全码", "卡号", "口令"]),
    (Lang::ZhHk, &["密碼", "驗證碼", "校驗碼", "動態碼", "安全碼", "卡號", "口令"]),
    (
        Lang::JaJp,
        &[
            "暗証番号",
            "パスワード",
            "確認コード",
            "認証コード",
            "認証番号",
            "ワンタイム",
            "セキュリティコード",
            "カード番号",
        ],
    ),
    (
        Lang::EnUs,
        &[
            "pin",
            "password",
            "passcode",
            "one-time code",
            "one time code",
            "verification code",
            "security code",
            "confirmation code",
            "authentication code",
            "card number",
            "cvv",
            "cvc",
        ],
    ),
];
/// Parts of a variable's name that name a secret.
const VARIABLES: [&str; 8] = ["pin", "password", "passcode", "passwd", "pwd", "otp", "cvv", "cvc"];
/// What a sentence says that asks for something not to be typed.
const NOT: [&str; 12] =
    ["not ", "never", "n't", "without", "不要", "不会", "不用", "别", "勿", "唔", "ないで", "ません"];

/// Notes questions for secrets, and text messages that say what they must not.
pub fn check(ways: &Ways, report: &mut Report) {
    let flow = ways.flow;
    for (b, block) in flow.blocks.iter().enumerate() {
        for (s, step) in block.steps.iter().enumerate() {
            match &step.kind {
                Kind::Ask { into, prompt, .. } => {
                    let Some(secret) = named(into).or_else(|| asked(prompt)) else { continue };
                    let what = format!(
                        "`{}` asks for a secret (\"{secret}\"): what an `ask` takes is shown to agents",
                        step.name
                    );
                    let hint = "only `verify` may ask for a secret; card numbers are never asked for";
                    let said = Said::block("secret", what, hint).shown(route(ways, b, s).as_ref());
                    report.note(flow, Spot::Step(b, s), said);
                }
                Kind::Sms { registered: false, .. } if step.needs > Level::L0 => {
                    let what = format!(
                        "`{}` texts the calling number what needs level {}, and that number can be forged",
                        step.name, step.needs
                    );
                    let hint = "send it `to: registered`, or leave out what is known of the account only";
                    let said = Said::block("sms", what, hint).shown(route(ways, b, s).as_ref());
                    report.note(flow, Spot::Step(b, s), said);
                }
                _ => {}
            }
        }
    }
}

/// The shortest way to a step.
fn route(ways: &Ways, b: usize, s: usize) -> Option<Route> {
    let contexts = ways.contexts().filter(|context| block_of(*context) == b);
    nearest(ways, contexts.flat_map(|context| (s * LEVELS..(s + 1) * LEVELS).map(move |at| (context, at))))
}

/// The secret a variable is named after.
fn named(variable: &str) -> Option<String> {
    let parts: Vec<&str> = variable.split('_').collect();
    let card = parts
        .iter()
        .position(|part| *part == "card")
        .is_some_and(|at| parts.get(at + 1).is_none_or(|next| ["number", "no", "num", "code"].contains(next)));
    let secret = parts.iter().any(|part| VARIABLES.contains(&part.trim_end_matches(|c: char| c.is_ascii_digit())));
    (card || secret).then(|| variable.to_owned())
}

/// The secret a question asks for, in whichever language says so.
fn asked(prompt: &Texts) -> Option<String> {
    NAMES.iter().find_map(|(lang, names)| {
        let text = prompt.get(*lang)?;
        let words: String =
            text.iter().map(|say| if let Say::Words(words) = say { words.as_str() } else { " " }).collect();
        let words = words.to_lowercase();
        let sentences = words.split(['。', '.', '!', '！', '?', '？', ';', '；']);
        let asking = sentences.filter(|sentence| !NOT.iter().any(|not| sentence.contains(not)));
        asking
            .flat_map(|sentence| names.iter().filter(move |name| says(sentence, name)))
            .next()
            .map(|name| (*name).to_owned())
    })
}

/// Whether a sentence says a name: in Latin letters as words of their own.
fn says(sentence: &str, name: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    sentence.match_indices(name).any(|(at, _)| {
        let before = sentence[..at].chars().next_back();
        let after = sentence[at + name.len()..].chars().next();
        !name.is_ascii() || (!letter(before) && (!letter(after) || after == Some('s')))
    })
}
