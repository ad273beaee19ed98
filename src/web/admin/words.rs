//! The words around every page of the studio. Each room has its own words beside it, one struct a
//! language, so that a language in which a word is missing does not compile.

use crate::words::Lang;

/// What stands around a page.
pub(in crate::web) struct Words {
    /// The tag of the language, for `lang` attributes.
    pub(in crate::web) tag: &'static str,
    pub(in crate::web) skip: &'static str,
    pub(in crate::web) studio: &'static str,
    pub(in crate::web) nav: &'static str,
    pub(in crate::web) language: &'static str,
    pub(in crate::web) sign_out: &'static str,
    pub(in crate::web) desk: &'static str,
    pub(in crate::web) phone: &'static str,
    /// An address that cannot be read.
    pub(in crate::web) unclear_title: &'static str,
    pub(in crate::web) unclear: &'static str,
    pub(in crate::web) back: &'static str,
    /// In the order of [`super::frame::PLACES`].
    pub(in crate::web) places: [&'static str; 10],
}

static EN: Words = Words {
    tag: "en-US",
    skip: "Skip to the content",
    studio: "Studio",
    nav: "Studio",
    language: "Language of these pages",
    sign_out: "Sign out",
    desk: "Desk",
    phone: "Phone",
    unclear_title: "Not shown",
    unclear: "This address does not say what is to be shown, or not in a way that can be read. Go back and choose it there.",
    back: "Back",
    places: [
        "Hotlines",
        "Figures",
        "Calls",
        "Notices",
        "Calendars",
        "Lines",
        "Prompts",
        "People",
        "Undelivered",
        "Log",
    ],
};

static ZH: Words = Words {
    tag: "zh-CN",
    skip: "跳到正文",
    studio: "管理台",
    nav: "管理台",
    language: "页面语言",
    sign_out: "退出登录",
    desk: "坐席台",
    phone: "电话",
    unclear_title: "无法显示",
    unclear: "这个网址没有写明要显示什么，或者写法无法识别。请返回后重新选择。",
    back: "返回",
    places: ["热线", "统计", "通话", "公告", "日历", "号码", "语音", "人员", "未送达", "操作日志"],
};

static JA: Words = Words {
    tag: "ja-JP",
    skip: "本文へ移動",
    studio: "管理画面",
    nav: "管理画面",
    language: "表示言語",
    sign_out: "サインアウト",
    desk: "オペレーター画面",
    phone: "電話",
    unclear_title: "表示できません",
    unclear: "このアドレスからは、何を表示するのか読み取れません。戻って選び直してください。",
    back: "戻る",
    places: ["窓口", "統計", "通話", "お知らせ", "カレンダー", "回線", "音声", "メンバー", "未送信", "操作履歴"],
};

/// The one of three that is written in this language: each room picks its words by it.
pub(in crate::web) fn pick<T>(lang: Lang, en: T, zh: T, ja: T) -> T {
    match lang {
        Lang::ZhCn | Lang::ZhHk => zh,
        Lang::JaJp => ja,
        Lang::EnUs => en,
    }
}

/// The words of a language.
pub(in crate::web) fn of(lang: Lang) -> &'static Words {
    pick(lang, &EN, &ZH, &JA)
}
