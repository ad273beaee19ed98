//! Changes told in Japanese.

use super::{Of, Proof, Says, Subject};
use crate::words::Lang;

pub(super) fn sentence(subject: &Subject<'_>, of: &Of, says: &Says<'_>) -> String {
    format!("{}：{}。", head(subject), body(of, says))
}

fn head(subject: &Subject<'_>) -> String {
    match subject {
        Subject::Step { title: Some(title), name } => format!("「{title}」（{name}）"),
        Subject::Step { title: None, name } => format!("ステップ {name}"),
        Subject::Flow(None) => "窓口".to_owned(),
        Subject::Flow(Some(sub)) => format!("サブフロー {sub}"),
        Subject::Calendar(name) => format!("カレンダー {name}"),
        Subject::Source(name) => format!("照会先 {name}"),
        Subject::Phrase(name) => format!("共通の文 {name}"),
        Subject::Story(name) => format!("ストーリー {name}"),
        Subject::File(file) => format!("ファイル {file}"),
    }
}

fn body(of: &Of, says: &Says<'_>) -> String {
    let part = part(of);
    match says {
        Says::New if matches!(of, Of::Whole) => "追加されました".to_owned(),
        Says::Gone if matches!(of, Of::Whole) => "削除されました".to_owned(),
        Says::StepNew(kind) => format!("新しいステップです（{kind}）"),
        Says::StepGone(kind) => format!("ステップが削除されました（{kind}）"),
        Says::StepRenamed(from) => format!("名前が {from} から変わりました"),
        Says::StepMoved(Some(after)) => format!("{after} の次に移りました"),
        Says::StepMoved(None) => "先頭に移りました".to_owned(),
        Says::Kind(from, to) => format!("種類が「{from}」から「{to}」に変わりました"),
        Says::Text(lang, old, new) => {
            let text = match of {
                Of::Whole => format!("{}の文", language(*lang)),
                _ => format!("{part}の{}の文", language(*lang)),
            };
            changed(&text, old.as_deref(), new.as_deref())
        }
        Says::Recorded(langs, was, is) => {
            let langs = langs.iter().map(|lang| language(*lang)).collect::<Vec<_>>().join("・");
            match (was, is) {
                (false, _) => format!("{langs}は録音が流れるようになりました"),
                (true, true) => format!("{langs}の録音が差し替えられました"),
                (true, false) => format!("{langs}は録音をやめ、音声読み上げに戻りました"),
            }
        }
        Says::Goes(old, new, None) => goes(of, &part, old.as_deref(), new.as_deref()),
        Says::Goes(old, new, Some(proof)) => {
            let (old, new) = (old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default());
            let from = if matches!(of, Of::Field(_) | Of::Whole) { String::new() } else { format!("{part}から") };
            let asks = asks(proof);
            match proof.added {
                true => format!("{from} {old} に進む前に、{asks}をたずねるようになりました（{new} を経由）"),
                false => format!("{from} {new} に進む前に、{asks}をたずねなくなりました（以前は {old} を経由）"),
            }
        }
        Says::Renumbered(from, to) => match of {
            Of::Option { label, .. } => format!("選択肢{from}（「{label}」）が選択肢{to}になりました"),
            _ => format!("選択肢{from}が選択肢{to}になりました"),
        },
        Says::New => format!("{part}が追加されました"),
        Says::NewTo(go) => format!("{part}が追加されました（行き先 {go}）"),
        Says::Gone => format!("{part}が削除されました"),
        Says::Moved(to) => format!("{part}が{to}番目に移りました"),
        Says::Needs(0, to) => format!("レベル{to}の本人確認が必要になりました"),
        Says::Needs(from, 0) => format!("本人確認が不要になりました（以前はレベル{from}）"),
        Says::Needs(from, to) => format!("必要な本人確認がレベル{from}からレベル{to}に変わりました"),
        Says::Value(old, new) => changed(&part, old.as_deref(), new.as_deref()),
        Says::Order => format!("{part}の順序が変わりました"),
    }
}

fn goes(of: &Of, part: &str, old: Option<&str>, new: Option<&str>) -> String {
    match (of, old, new) {
        (Of::Field(_), ..) => changed(part, old, new),
        (_, Some(old), Some(new)) => format!("{part}の行き先が {old} から {new} に変わりました"),
        (_, None, Some(new)) => format!("{part}の行き先が {new} になりました"),
        (_, old, None) => format!("{part}の行き先 {} がなくなりました", old.unwrap_or_default()),
    }
}

fn asks(proof: &Proof) -> &'static str {
    match (proof.level, proof.by_code, proof.by_knowledge) {
        (1, ..) => "口座番号",
        (2, true, _) => "確認コード",
        (2, _, true) => "本人確認の質問",
        (2, ..) => "暗証番号",
        _ => "暗証番号と確認コード",
    }
}

fn changed(what: &str, old: Option<&str>, new: Option<&str>) -> String {
    let what = if old.is_some() && new.is_some() { what } else { what.trim_end() };
    match (old, new) {
        (Some(old), Some(new)) => format!("{what}が「{old}」から「{new}」に変わりました"),
        (None, Some(new)) => format!("{what}が追加されました：「{new}」"),
        (old, None) => format!("{what}が削除されました：「{}」", old.unwrap_or_default()),
    }
}

fn part(of: &Of) -> String {
    match of {
        Of::Field(label) => format!("「{label}」"),
        Of::Option { key, label } if key.is_empty() => format!("項目（「{label}」）"),
        Of::Option { key, label } => format!("選択肢{key}（「{label}」）"),
        Of::Case(condition) => format!("条件「{condition}」"),
        Of::Entry { field, name } => format!("「{field}」の {name} "),
        Of::Whole => "内容".to_owned(),
    }
}

fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhCn => "中国語",
        Lang::ZhHk => "広東語",
        Lang::JaJp => "日本語",
        Lang::EnUs => "英語",
    }
}
