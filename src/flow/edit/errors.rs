//! Why a text is left as it is, in the languages of the studio.

use super::Reference;
use crate::flow::source::{At, Problem};
use crate::flow::told::Told;
use crate::words::Lang;

/// Why a text is left as it is.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EditError {
    /// The text is no readable YAML.
    #[error("{0}")]
    Broken(Problem),
    /// There are no steps.
    #[error("there is no `steps:`; add it with a step below")]
    NoSteps,
    /// Something does not stand in lines of its own.
    #[error("the parts of {0} do not stand in lines of their own; write them below each other")]
    Layout(&'static str),
    /// No such step.
    #[error("there is no step `{0}`; look at the list of steps")]
    UnknownStep(String),
    /// There is one already.
    #[error("there is a step `{name}` already, in line {line}; choose another name")]
    Exists {
        /// The name.
        name: String,
        /// Its line.
        line: usize,
    },
    /// Not a name for a step.
    #[error("`{0}` is not a good name for a step; use lower-case letters, digits and hyphens")]
    Name(String),
    /// Others lead to it.
    #[error("{} still lead to `{name}`; have them lead elsewhere first", list(.by))]
    Needed {
        /// The step.
        name: String,
        /// Who leads to it.
        by: Vec<Reference>,
    },
    /// It is the only one.
    #[error("`{0}` is the only step; a flow has at least one")]
    Last(String),
    /// The value is not that of a step.
    #[error("a step is a map of fields; give it at least its kind")]
    NotAStep,
    /// It would not be read back as it is.
    #[error("this cannot be written so that it is read as it is: {0}; shorten names, and nest less")]
    Unwritable(String),
}

impl EditError {
    /// Where it is, as far as there is a place.
    pub fn at(&self) -> Option<At> {
        match self {
            EditError::Broken(problem) => Some(At { line: problem.line, column: problem.column }),
            EditError::Exists { line, .. } => Some(At { line: *line, column: 1 }),
            EditError::Needed { by, .. } => by.first().map(|first| At { line: first.line, column: first.column }),
            _ => None,
        }
    }

    /// What is wrong and how to mend it, in the language of the reader.
    pub fn told(&self, lang: Lang) -> String {
        match lang {
            Lang::EnUs => self.to_string(),
            Lang::ZhCn | Lang::ZhHk => self.in_chinese(),
            Lang::JaJp => self.in_japanese(),
        }
    }

    fn in_chinese(&self) -> String {
        match self {
            EditError::Broken(problem) => {
                format!("第 {} 行无法读取：{}", problem.line, what_and_mend(Lang::ZhCn, problem))
            }
            EditError::NoSteps => "没有 `steps:`，请补上并至少写一个步骤".to_owned(),
            EditError::Layout(part) => format!("{part} 的各部分没有各占一行，请分行书写"),
            EditError::UnknownStep(name) => format!("没有步骤 `{name}`，请查看步骤列表"),
            EditError::Exists { name, line } => format!("第 {line} 行已有步骤 `{name}`，请换一个名称"),
            EditError::Name(name) => format!("`{name}` 不能作为步骤名，请使用小写字母、数字和连字符"),
            EditError::Needed { name, by } => {
                format!("仍有步骤通向 `{name}`：{}。请先把它们改到别处", places(by, "、"))
            }
            EditError::Last(name) => format!("`{name}` 是唯一的步骤，流程至少要有一个步骤"),
            EditError::NotAStep => "步骤由若干字段组成，至少要有类型".to_owned(),
            EditError::Unwritable(what) => format!("这样写无法原样读回：{what}。请缩短名称或减少嵌套"),
        }
    }

    fn in_japanese(&self) -> String {
        match self {
            EditError::Broken(problem) => {
                format!("{}行目が読み取れません：{}", problem.line, what_and_mend(Lang::JaJp, problem))
            }
            EditError::NoSteps => "`steps:` がありません。ステップを一つ以上書いてください".to_owned(),
            EditError::Layout(part) => format!("{part} の中身が行に分かれていません。一行ずつ書いてください"),
            EditError::UnknownStep(name) => format!("ステップ `{name}` はありません。ステップの一覧を確かめてください"),
            EditError::Exists { name, line } => {
                format!("ステップ `{name}` は{line}行目にすでにあります。別の名前にしてください")
            }
            EditError::Name(name) => {
                format!("`{name}` はステップの名前に使えません。英小文字・数字・ハイフンで書いてください")
            }
            EditError::Needed { name, by } => {
                format!("`{name}` に進むステップが残っています：{}。先に行き先を変えてください", places(by, "、"))
            }
            EditError::Last(name) => format!("`{name}` は唯一のステップです。ステップは一つ以上必要です"),
            EditError::NotAStep => "ステップには少なくとも種類が必要です".to_owned(),
            EditError::Unwritable(what) => {
                format!("このままでは正しく読み戻せません：{what}。名前を短くするか、入れ子を減らしてください")
            }
        }
    }
}

fn what_and_mend(lang: Lang, problem: &Problem) -> String {
    let [what, mend] = [&problem.what, &problem.hint].map(|words| Told::of(lang, words).words);
    if mend.is_empty() { what } else { format!("{what}。{mend}") }
}

fn list(by: &[Reference]) -> String {
    by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Who leads there, by names and lines alone.
fn places(by: &[Reference], between: &str) -> String {
    let place = |reference: &Reference| match &reference.step {
        Some(step) => format!("`{step}`（`{}:` {}）", reference.field, reference.line),
        None => format!("`{}:`（{}）", reference.field, reference.line),
    };
    by.iter().map(place).collect::<Vec<_>>().join(between)
}
