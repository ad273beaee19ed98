//! What customers are written whom nobody reached.

use crate::flow::Flow;
use crate::flow::text::Say;
use crate::words::{Lang, Reference};

/// The text message after the last attempt, in the customer's language.
pub(super) fn not_reached(flow: &Flow, lang: Lang, reference: &Reference) -> String {
    let line = title(flow, lang);
    match lang {
        Lang::ZhCn => format!(
            "【{line}】我们按您的要求多次回电，均未能接通。如仍需帮助，请再次来电，并报受理编号{reference}。\
             我们不会向您索要密码或验证码。"
        ),
        Lang::ZhHk => format!(
            "【{line}】我哋應你要求打咗幾次電話畀你，都未能接通。如果仲需要幫手，請再打嚟，講出個案編號{reference}。\
             我哋唔會問你攞密碼或者驗證碼。"
        ),
        Lang::JaJp => format!(
            "【{line}】折り返しのお電話を何度か差し上げましたが、つながりませんでした。引き続きご用件がございましたら、\
             受付番号{reference}をご用意のうえ、もう一度お電話ください。パスワードや確認コードをお尋ねすることはありません。"
        ),
        Lang::EnUs => format!(
            "{line}: We called you back several times and could not reach you. If you still need help, please call us \
             again and quote reference {reference}. We never ask for your password or a code."
        ),
    }
}

/// What the line is called, in this language or its first.
fn title(flow: &Flow, lang: Lang) -> String {
    let first = flow.languages.first().copied();
    let text = flow.title.get(lang).or_else(|| flow.title.get(first?));
    let words = text.into_iter().flatten().filter_map(|say| match say {
        Say::Words(words) => Some(words.as_str()),
        Say::Hole(..) => None,
    });
    let title: String = words.collect();
    if title.is_empty() { flow.name.clone() } else { title }
}
