//! From a change to callers who hear it and back again, without a mouse and in each language of the
//! pages: the same steps, the words of a table.

use crate::support::browser::{Screen, turn};
use crate::support::server::{Home, Server, eventually};
use crate::support::studio::Studio;
use crate::support::twilio::Call;
use thirtyfour::prelude::*;

/// Who walks: the language of the pages, what is changed, and the words met on the way.
struct Walker {
    /// The language, as its button is written.
    speaks: &'static str,
    flow: &'static str,
    title: &'static str,
    /// The first option of the main menu: where it leads, how its language's field is called, what it
    /// is made to say, what callers hear of it before and afterwards.
    goes: &'static str,
    field: &'static str,
    says: &'static str,
    heard: [&'static str; 2],
    /// Callers' numbers without their last two digits, and the key of their language.
    callers: &'static str,
    key: &'static str,
    /// Which of the demo's callers the draft is called as: one who was asked for no language yet.
    calls_as: usize,
    w: Words,
}

/// What stands on the pages.
struct Words {
    hotlines: &'static str,
    edit: &'static str,
    callers_hear: &'static str,
    leads_to: &'static str,
    problem: &'static str,
    saved: &'static str,
    review: &'static str,
    cannot: &'static str,
    try_it: &'static str,
    calling_as: &'static str,
    call: &'static str,
    ended: &'static str,
    keep: &'static str,
    stories: &'static str,
    replay: &'static str,
    replayed: &'static str,
    note: &'static str,
    publish: &'static str,
    live: &'static str,
    back: &'static str,
    back_now: &'static str,
}

const WALKERS: [Walker; 3] = [
    Walker {
        speaks: "English",
        flow: "digital-wallet",
        title: "Digital wallet hotline",
        goes: "payment",
        field: "English",
        says: "a failed payment or refund",
        heard: ["For a failed payment, press one.", "For a failed payment or refund, press one."],
        callers: "+852612304",
        key: "3",
        calls_as: 0,
        w: Words {
            hotlines: "Hotlines",
            edit: "Edit this step",
            callers_hear: "What callers hear",
            leads_to: "Leads to",
            problem: "Problem: ",
            saved: "Saved in the draft",
            review: "Before publishing",
            cannot: "It cannot be published yet: mend the problems first.",
            try_it: "Try it",
            calling_as: "Calling as",
            call: "Call",
            ended: "Call ended",
            keep: "Keep this call as a story",
            stories: "stories play as written",
            replay: "Replay recent calls",
            replayed: "Calls replayed:",
            note: "Why (others will read it)",
            publish: "Publish",
            live: "in service",
            back: "Take back to this version",
            back_now: "Take back now",
        },
    },
    Walker {
        speaks: "中文",
        flow: "digital-wallet",
        title: "数字钱包客服热线",
        goes: "payment",
        field: "普通话",
        says: "付款失败或退款",
        heard: ["付款失败，请按", "付款失败或退款，请按"],
        callers: "+86138001380",
        key: "1",
        calls_as: 1,
        w: Words {
            hotlines: "热线",
            edit: "编辑此步骤",
            callers_hear: "来电者听到的内容",
            leads_to: "通向",
            problem: "问题: ",
            saved: "已保存到草稿",
            review: "发布前检查",
            cannot: "还不能发布：请先修正问题。",
            try_it: "试拨",
            calling_as: "来电人",
            call: "拨打",
            ended: "通话已结束",
            keep: "把这次通话保存为情景测试",
            stories: "个与描述一致",
            replay: "重放近期通话",
            replayed: "已重放通话",
            note: "原因（其他人会看到）",
            publish: "发布",
            live: "使用中",
            back: "恢复到此版本",
            back_now: "立即恢复",
        },
    },
    Walker {
        speaks: "日本語",
        flow: "paypay",
        title: "PayPayお客様サポート",
        goes: "protect",
        field: "日本語",
        says: "不正利用が疑われる場合や紛失の場合",
        heard: ["不正利用が疑われる場合は、", "不正利用が疑われる場合や紛失の場合は、"],
        callers: "+8190123456",
        key: "1",
        calls_as: 2,
        w: Words {
            hotlines: "窓口",
            edit: "このステップを編集",
            callers_hear: "お客様に聞こえる内容",
            leads_to: "行き先",
            problem: "問題: ",
            saved: "下書きに保存しました",
            review: "公開前の確認",
            cannot: "まだ公開できません。先に問題を直してください。",
            try_it: "試す",
            calling_as: "発信者",
            call: "発信",
            ended: "通話終了",
            keep: "この通話をストーリーとして残す",
            stories: "件が書かれたとおりに進みます",
            replay: "最近の通話を再生",
            replayed: "再生した通話",
            note: "理由（ほかの人が読みます）",
            publish: "公開",
            live: "公開中",
            back: "このバージョンに戻す",
            back_now: "今すぐ戻す",
        },
    },
];

/// The step that was opened is whole in sight within the picture.
const CHOSEN_IS_IN_SIGHT: &str = "
    const box = document.querySelector('svg [aria-current]').getBoundingClientRect();
    const frame = document.querySelector('svg').parentElement.getBoundingClientRect();
    return box.left >= frame.left && box.right <= frame.right";

#[tokio::test]
async fn a_menu_is_changed_tried_published_and_taken_back_by_keyboard_in_three_languages() {
    let _turn = turn().await;
    let home = Home::new().with_desks();
    let server = home.start();
    let anna = Studio::open(&home, &server, Screen::Desk).await;
    anna.at("/admin").await;
    anna.run("for (const it of ['muted', 'unhurried']) localStorage.setItem('phone.' + it, 'yes')").await;
    for it in &WALKERS {
        // Somebody has called before, so that there is a call to replay.
        it.caller(&server, 1).await.hangs_up(&server).await;
        it.finds_the_step(&anna).await;
        it.is_stopped_and_mends_it(&anna).await;
        it.tries_it(&anna).await;
        let mut running = it.caller(&server, 2).await;
        running.hears(it.heard[0]);
        it.publishes(&anna).await;
        it.caller(&server, 3).await.hears(it.heard[1]);
        running.again(&server).await;
        running.hears(it.heard[0]);
        it.takes_it_back(&anna).await;
        eventually("callers hear what they heard before", async || {
            it.caller(&server, 4).await.0.heard.words.contains(it.heard[0]).then_some(())
        })
        .await;
    }
    anna.close().await;
}

impl Walker {
    /// From the list of hotlines over the picture to the form of the main menu.
    async fn finds_the_step(&self, anna: &Studio) {
        anna.at("/admin").await;
        anna.tab_to("button", self.speaks).await;
        anna.strikes(Key::Enter).await;
        anna.reads(self.w.hotlines).await;
        anna.tab_to("link", self.title).await;
        anna.strikes(Key::Enter).await;
        anna.css("svg .c-step").await;
        anna.tab_to("link", "main,").await;
        anna.strikes(Key::Enter).await;
        anna.is_led_to(self.w.edit).await;
        anna.until(CHOSEN_IS_IN_SIGHT).await;
        anna.shoot(&format!("walk-picture-{}", self.flow_and_language())).await;
        anna.tab_to("link", self.w.edit).await;
        anna.strikes(Key::Enter).await;
        anna.reads_all(&[self.w.callers_hear, self.heard[0]]).await;
    }

    /// An option that leads nowhere is told where it stands, keeps it all from being published, and
    /// is mended; then the words are changed.
    async fn is_stopped_and_mends_it(&self, anna: &Studio) {
        anna.tab_to("choice", self.w.leads_to).await;
        anna.strikes(Key::Home).await;
        anna.reads_all(&[self.w.problem, self.w.saved]).await;
        anna.stays_on("choice", self.w.leads_to).await;
        anna.shoot(&format!("walk-stopped-{}", self.flow_and_language())).await;
        anna.tab_back_to("link", self.w.review).await;
        anna.strikes(Key::Enter).await;
        anna.reads(self.w.cannot).await;
        anna.shoot(&format!("walk-blocked-{}", self.flow_and_language())).await;
        // Each problem leads to where it is.
        anna.tab_to("link", "main").await;
        anna.strikes(Key::Enter).await;
        anna.css("svg .c-step").await;
        anna.tab_to("link", self.w.edit).await;
        anna.strikes(Key::Enter).await;
        anna.reads(self.w.callers_hear).await;
        anna.tab_to("choice", self.w.leads_to).await;
        anna.strikes(self.goes).await;
        anna.reads(self.w.saved).await;
        anna.reads_not(self.w.problem).await;
        anna.tab_to("field", self.field).await;
        anna.overwrites(self.says).await;
        anna.reads_all(&[self.heard[1], self.w.saved]).await;
        anna.stays_on("field", self.field).await;
        anna.shoot(&format!("walk-form-{}", self.flow_and_language())).await;
    }

    /// Calls the draft, and keeps the call as a story.
    async fn tries_it(&self, anna: &Studio) {
        anna.tab_back_to("link", self.w.try_it).await;
        anna.strikes(Key::Enter).await;
        anna.shown("call").await;
        anna.tab_to("choice", self.w.calling_as).await;
        for _ in 0..self.calls_as {
            anna.strikes(Key::Down).await;
        }
        anna.tab_to("button", self.w.call).await;
        anna.strikes(Key::Enter).await;
        anna.css("#transcript .heard").await;
        anna.strikes(self.key).await;
        anna.reads(self.heard[1]).await;
        anna.shoot(&format!("walk-try-{}", self.flow_and_language())).await;
        anna.strikes(Key::Escape).await;
        anna.reads(self.w.ended).await;
        // Where the phone takes keys.
        anna.stays_on("section", "").await;
        anna.tab_to("link", self.w.keep).await;
        anna.strikes(Key::Enter).await;
        anna.shown("story").await;
        anna.tab_to("button", self.w.keep).await;
        anna.strikes(Key::Enter).await;
        anna.reads(self.w.stories).await;
    }

    /// Sees what would change and what it would have done, and publishes it.
    async fn publishes(&self, anna: &Studio) {
        anna.reads(self.says).await;
        anna.tab_to("button", self.w.replay).await;
        anna.strikes(Key::Enter).await;
        anna.reads(self.w.replayed).await;
        anna.stays_on("button", self.w.replay).await;
        anna.shoot(&format!("walk-review-{}", self.flow_and_language())).await;
        anna.tab_to("field", self.w.note).await;
        anna.strikes(self.says).await;
        anna.tab_to("button", self.w.publish).await;
        anna.strikes(Key::Enter).await;
        anna.reads_all(&[self.w.back, self.w.live, self.says]).await;
        anna.shoot(&format!("walk-versions-{}", self.flow_and_language())).await;
    }

    /// Takes it back: the first version one can go back to is the one before.
    async fn takes_it_back(&self, anna: &Studio) {
        anna.tab_to("button", self.w.back).await;
        anna.strikes(Key::Enter).await;
        anna.tab_to("button", self.w.back_now).await;
        anna.strikes(Key::Enter).await;
    }

    fn flow_and_language(&self) -> String {
        format!("{}-{}", self.flow, self.field)
    }

    /// The nth caller, up to the main menu.
    async fn caller(&self, server: &Server, nth: u8) -> Caller {
        let mut call = Call::to(self.flow, &format!("{}{nth:02}", self.callers));
        call.dial(server).await;
        // The language is asked for once a number.
        if !call.heard.words.contains(self.heard[0]) && !call.heard.words.contains(self.heard[1]) {
            call.press(server, self.key).await;
        }
        Caller(call)
    }
}

/// Somebody on the line.
struct Caller(Call);

impl Caller {
    #[track_caller]
    fn hears(&self, words: &str) {
        self.0.heard.says(words);
    }

    /// Has the menu said once more.
    async fn again(&mut self, server: &Server) {
        self.0.press(server, "*").await;
    }

    async fn hangs_up(self, server: &Server) {
        server.send(&self.0.status("completed")).await;
    }
}
