//! Changes told in Chinese.

use super::{Of, Proof, Says, Subject};
use crate::words::Lang;

pub(super) fn sentence(subject: &Subject<'_>, of: &Of, says: &Says<'_>) -> String {
    format!("{}：{}。", head(subject), body(of, says))
}

fn head(subject: &Subject<'_>) -> String {
    match subject {
        Subject::Step { title: Some(title), name } => format!("“{title}”（{name}）"),
        Subject::Step { title: None, name } => format!("步骤 {name}"),
        Subject::Flow(None) => "热线".to_owned(),
        Subject::Flow(Some(sub)) => format!("子流程 {sub}"),
        Subject::Calendar(name) => format!("日历 {name}"),
        Subject::Source(name) => format!("数据源 {name}"),
        Subject::Phrase(name) => format!("通用语 {name}"),
        Subject::Story(name) => format!("用例 {name}"),
        Subject::File(file) => format!("文件 {file}"),
    }
}

fn body(of: &Of, says: &Says<'_>) -> String {
    let part = part(of);
    match says {
        Says::New if matches!(of, Of::Whole) => "新增".to_owned(),
        Says::Gone if matches!(of, Of::Whole) => "已删除".to_owned(),
        Says::StepNew(kind) => format!("新增步骤（{kind}）"),
        Says::StepGone(kind) => format!("步骤已删除（{kind}）"),
        Says::StepRenamed(from) => format!("原名 {from}"),
        Says::StepMoved(Some(after)) => format!("移到 {after} 之后"),
        Says::StepMoved(None) => "移到最前面".to_owned(),
        Says::Kind(from, to) => format!("类型由“{from}”改为“{to}”"),
        Says::Text(lang, old, new) => {
            let text = match of {
                Of::Whole => format!("{}文本", language(*lang)),
                _ => format!("{part}的{}文本", language(*lang)),
            };
            changed(&text, old.as_deref(), new.as_deref())
        }
        Says::Recorded(langs, was, is) => {
            let langs = langs.iter().map(|lang| language(*lang)).collect::<Vec<_>>().join("、");
            match (was, is) {
                (false, _) => format!("{langs}改为播放录音"),
                (true, true) => format!("{langs}换了录音"),
                (true, false) => format!("{langs}不再播放录音，改回语音朗读"),
            }
        }
        Says::Goes(old, new, None) => goes(of, &part, old.as_deref(), new.as_deref()),
        Says::Goes(old, new, Some(proof)) => {
            let (old, new) = (old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default());
            let from = if matches!(of, Of::Field(_) | Of::Whole) { "" } else { &part };
            match proof.added {
                true => format!("{from}进入 {old} 之前，现在要核验{}（经由 {new}）", asks(proof)),
                false => format!("{from}进入 {new} 之前，不再核验{}（原经由 {old}）", asks(proof)),
            }
        }
        Says::Renumbered(from, to) => match of {
            Of::Option { label, .. } => format!("选项 {from}（“{label}”）改为选项 {to}"),
            _ => format!("选项 {from} 改为选项 {to}"),
        },
        Says::New => format!("新增{part}"),
        Says::NewTo(go) => format!("新增{part}，通向 {go}"),
        Says::Gone => format!("删除了{part}"),
        Says::Moved(to) => format!("{part}移到第 {to} 位"),
        Says::Needs(0, to) => format!("来电者现在须核验到 {to} 级"),
        Says::Needs(from, 0) => format!("来电者不再需要核验（原为 {from} 级）"),
        Says::Needs(from, to) => format!("来电者须核验的级别由 {from} 级改为 {to} 级"),
        Says::Value(old, new) => changed(&part, old.as_deref(), new.as_deref()),
        Says::Order => format!("{part}的顺序有变"),
    }
}

fn goes(of: &Of, part: &str, old: Option<&str>, new: Option<&str>) -> String {
    match (of, old, new) {
        (Of::Field(_), ..) => changed(part, old, new),
        (_, Some(old), Some(new)) => format!("{part}由通向 {old} 改为通向 {new}"),
        (_, None, Some(new)) => format!("{part}现在通向 {new}"),
        (_, old, None) => format!("{part}不再通向 {}", old.unwrap_or("任何步骤")),
    }
}

fn asks(proof: &Proof) -> &'static str {
    match (proof.level, proof.by_code, proof.by_knowledge) {
        (1, ..) => "账号",
        (2, true, _) => "验证码",
        (2, _, true) => "核验问题",
        (2, ..) => "电话密码",
        _ => "电话密码和验证码",
    }
}

fn changed(what: &str, old: Option<&str>, new: Option<&str>) -> String {
    let what = if old.is_some() && new.is_some() { what } else { what.trim_end() };
    match (old, new) {
        (Some(old), Some(new)) => format!("{what}由“{old}”改为“{new}”"),
        (None, Some(new)) => format!("新增{what}：“{new}”"),
        (old, None) => format!("删除了{what}：“{}”", old.unwrap_or_default()),
    }
}

fn part(of: &Of) -> String {
    match of {
        Of::Field(label) => format!("“{label}”"),
        Of::Option { key, label } if key.is_empty() => format!("一项（“{label}”）"),
        Of::Option { key, label } => format!("选项 {key}（“{label}”）"),
        Of::Case(condition) => format!("条件“{condition}”"),
        Of::Entry { field, name } => format!("“{field}”中的 {name} "),
        Of::Whole => "内容".to_owned(),
    }
}

fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhCn => "普通话",
        Lang::ZhHk => "粤语",
        Lang::JaJp => "日语",
        Lang::EnUs => "英语",
    }
}
