//! What admins call the kinds of steps and their fields, in the three languages of the studio. The
//! language itself keeps its own short names; these stand beside them.

mod fields;
mod top;

use crate::words::Lang;

/// A label and a line of help.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words {
    /// What it is called.
    pub label: &'static str,
    /// What it is for.
    pub help: &'static str,
}

/// A name of the language with its words, for each language.
pub(super) struct Entry {
    name: &'static str,
    en: Words,
    zh: Words,
    ja: Words,
}

/// A line: the name as flows write it, then label and help in English, Chinese, Japanese.
macro_rules! words {
    ($table:ident: $($name:literal $en:literal $en_help:literal $zh:literal $zh_help:literal $ja:literal $ja_help:literal)*) => {
        pub(super) const $table: &[super::Entry] = &[$(super::Entry {
            name: $name,
            en: super::Words { label: $en, help: $en_help },
            zh: super::Words { label: $zh, help: $zh_help },
            ja: super::Words { label: $ja, help: $ja_help },
        }),*];
    };
}
use words;

/// A kind of step with its names.
const KINDS: [(&str, [&str; 3]); 21] = [
    ("say", ["announcement", "播报", "案内"]),
    ("menu", ["menu", "菜单", "メニュー"]),
    ("ask", ["question", "输入", "入力"]),
    ("verify", ["identification", "身份核验", "本人確認"]),
    ("lookup", ["look-up", "查询", "照会"]),
    ("act", ["action", "操作", "手続き"]),
    ("when", ["decision", "条件判断", "条件分岐"]),
    ("hours", ["opening hours", "营业时间判断", "営業時間の判定"]),
    ("notices", ["notices", "公告", "お知らせ"]),
    ("language", ["choice of language", "语言选择", "言語の選択"]),
    ("request", ["request for an agent", "登记请求", "依頼の受付"]),
    ("status", ["state of a request", "请求进度", "依頼の状況"]),
    ("change", ["change of a request", "更改请求", "依頼の変更"]),
    ("set", ["values", "赋值", "値の設定"]),
    ("call", ["sub-flow", "子流程", "サブフロー"]),
    ("return", ["end of the sub-flow", "子流程结束", "サブフローの終わり"]),
    ("transfer", ["transfer to an agent", "转接客服", "オペレーターへの転送"]),
    ("record", ["message", "留言", "伝言"]),
    ("sms", ["text message", "短信", "SMS"]),
    ("score", ["rating", "评分", "評価"]),
    ("hangup", ["goodbye", "结束通话", "終話"]),
];

fn column(lang: Lang) -> usize {
    match lang {
        Lang::EnUs => 0,
        Lang::ZhCn | Lang::ZhHk => 1,
        Lang::JaJp => 2,
    }
}

/// What admins call a kind of step; a word that is no kind is given back.
pub fn kind_name(kind: &str, lang: Lang) -> &str {
    KINDS.iter().find(|(name, _)| *name == kind).map_or(kind, |(_, names)| names[column(lang)])
}

/// What admins call a field, with a line of help. Where a name means one thing here and another there
/// the kind goes before it, as in `sms.to`; what is not known by both is looked up by the name alone.
pub fn field_words(name: &str, lang: Lang) -> Option<Words> {
    let tables = || fields::FIELDS.iter().chain(fields::VALUES).chain(top::TOP);
    let find = |name: &str| tables().find(|entry| entry.name == name);
    let entry = find(name).or_else(|| find(name.split_once('.')?.1))?;
    Some([entry.en, entry.zh, entry.ja][column(lang)])
}
