//! The words of the page of what was not delivered.

use crate::words::Lang;

/// What the page says. Where a word has a `{hole}`, the page fills it.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) hint: &'static str,
    pub(super) counts: &'static str,
    pub(super) kind: &'static str,
    pub(super) waiting: &'static str,
    pub(super) parked: &'static str,
    /// In the order of the outbox's kinds.
    pub(super) kinds: [&'static str; 4],
    pub(super) every: &'static str,
    pub(super) none: &'static str,
    pub(super) line: &'static str,
    pub(super) number: &'static str,
    pub(super) why: &'static str,
    pub(super) tries: &'static str,
    pub(super) since: &'static str,
    pub(super) retry: &'static str,
    pub(super) retry_all: &'static str,
    /// `{kind}`.
    pub(super) retry_kind: &'static str,
    pub(super) give_up: &'static str,
    pub(super) more: &'static str,
    pub(super) retried: &'static str,
    pub(super) dropped: &'static str,
    pub(super) not_there: &'static str,
}

static EN: Words = Words {
    title: "Undelivered",
    hint: "What was refused or failed too often waits here for somebody to decide. What is waiting is tried again by itself.",
    counts: "How many",
    kind: "Kind",
    waiting: "Waiting",
    parked: "Parked",
    kinds: ["Text message", "One-time code", "Recording", "Webhook"],
    every: "Every kind",
    none: "Nothing is parked.",
    line: "Line",
    number: "To",
    why: "Why",
    tries: "Tries",
    since: "Since",
    retry: "Try again",
    retry_all: "Try all again",
    retry_kind: "Try all again: {kind}",
    give_up: "Give up",
    more: "More",
    retried: "It is tried again at once.",
    dropped: "Given up.",
    not_there: "It is not parked any more: it went out, or somebody else decided.",
};

static ZH: Words = Words {
    title: "未送达",
    hint: "被拒绝或多次失败的任务停在这里，等待处理。等待中的任务会自动重试。",
    counts: "数量",
    kind: "类型",
    waiting: "等待中",
    parked: "已搁置",
    kinds: ["短信", "验证码", "录音", "回调通知"],
    every: "全部类型",
    none: "没有搁置的任务。",
    line: "热线",
    number: "发往",
    why: "原因",
    tries: "尝试次数",
    since: "创建时间",
    retry: "重试",
    retry_all: "全部重试",
    retry_kind: "全部重试：{kind}",
    give_up: "放弃",
    more: "更多",
    retried: "正在重试。",
    dropped: "已放弃。",
    not_there: "该任务已不在搁置状态：可能已发出，或已由他人处理。",
};

static JA: Words = Words {
    title: "未送信",
    hint: "拒否されたもの、失敗を繰り返したものがここで止まっています。待機中のものは自動で再試行されます。",
    counts: "件数",
    kind: "種類",
    waiting: "待機中",
    parked: "保留",
    kinds: ["SMS", "ワンタイムコード", "録音", "Webhook"],
    every: "すべての種類",
    none: "保留中のものはありません。",
    line: "窓口",
    number: "宛先",
    why: "理由",
    tries: "試行",
    since: "作成",
    retry: "再試行",
    retry_all: "すべて再試行",
    retry_kind: "すべて再試行: {kind}",
    give_up: "取りやめる",
    more: "続き",
    retried: "すぐに再試行します。",
    dropped: "取りやめました。",
    not_there: "すでに保留ではありません。送信済みか、ほかの人が対応しました。",
};

/// The words of a language.
pub(super) fn of(lang: Lang) -> &'static Words {
    super::super::words::pick(lang, &EN, &ZH, &JA)
}
