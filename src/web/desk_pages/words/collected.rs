//! What calls collect, name by name, and those of its values that are words: in each language, so that
//! none is left out. Every name that a flow asks for or notes down stands here.

use super::Table;

/// The same names in each language.
pub(super) struct Names {
    pub(super) zh: Table,
    pub(super) ja: Table,
    pub(super) en: Table,
}

/// A line: the name as flows write it, then Chinese, Japanese, English.
macro_rules! names {
    ($table:ident: $($name:literal $zh:literal $ja:literal $en:literal)*) => {
        pub(super) const $table: Names =
            Names { zh: &[$(($name, $zh)),*], ja: &[$(($name, $ja)),*], en: &[$(($name, $en)),*] };
    };
}

names! { COLLECTED:
    "payment_number" "付款单号" "支払い番号" "Payment no."
    "transaction_number" "交易号" "取引番号" "Transaction no."
    "refund_number" "退款单号" "返金番号" "Refund no."
    "charge_number" "扣款单号" "請求番号" "Charge no."
    "charge_date" "扣款日期" "請求日" "Date of the charge"
    "charge_amount" "扣款金额" "請求額" "Amount of the charge"
    "case_reference" "案件编号" "案件番号" "Case reference"
    "progress_number" "查询单号" "照会番号" "Progress no."
    "debit_number" "代扣编号" "振替番号" "Debit no."
    "tram_number" "电车编号" "電車番号" "Tram no."
    "callback_number" "回呼号码" "折り返し先の番号" "Number to call back"
    "number" "编号" "番号" "Number"
    "merchant" "商户" "加盟店" "Merchant"
    "amount" "金额" "金額" "Amount"
    "at" "时间" "日時" "When"
    "paid_at" "付款时间" "支払い日時" "Paid"
    "until" "截止" "期限" "Until"
    "refund" "退款" "返金" "Refund"
    "state" "状态" "状態" "State"
    "reason" "原因" "理由" "Reason"
    "channel" "渠道" "経路" "Paid through"
    "score" "评分" "評価" "Rating"
    "message" "留言" "伝言" "Message"
    "description" "描述" "内容" "Description"
    "top_up_date" "充值日期" "チャージ日" "Date of the top-up"
    "top_up_time" "充值时间" "チャージ時刻" "Time of the top-up"
    "top_up_amount" "充值金额" "チャージ額" "Amount of the top-up"
    "payment" "付款" "支払い" "Payment"
    "transaction" "交易" "取引" "Transaction"
    "account" "账户" "アカウント" "Account"
    "debit" "代扣" "口座振替" "Direct debit"
    "charge" "扣款" "請求" "Charge"
    "top_up" "充值" "チャージ" "Top-up"
}

names! { VALUES:
    "recorded" "已录音" "録音あり" "recorded"
    "active" "正常" "正常" "active"
    "locked" "已锁定" "ロック中" "locked"
    "frozen" "已冻结" "凍結中" "frozen"
    "failed" "失败" "失敗" "failed"
    "pending" "处理中" "処理中" "pending"
    "done" "完成" "完了" "done"
    "refunded" "已退款" "返金済み" "refunded"
    "refused" "被拒绝" "拒否" "refused"
    "requested" "已申请" "申請済み" "requested"
    "approved" "已批准" "承認済み" "approved"
    "completed" "已完成" "完了" "completed"
    "paid" "已支付" "支払い済み" "paid"
    "sent" "已发出" "送金済み" "sent"
    "taken" "已扣款" "引き落とし済み" "taken"
    "reversing" "退回中" "取り消し処理中" "being reversed"
    "reversed" "已退回" "取り消し済み" "reversed"
    "card" "银行卡" "カード" "card"
    "transfer" "转账" "振込" "bank transfer"
    "shop" "门店" "店舗" "shop"
    "network" "网络故障" "通信障害" "network fault"
    "balance" "余额不足" "残高不足" "not enough balance"
    "limit" "超出限额" "限度額超過" "over the limit"
    "account" "账户" "アカウント" "account"
    "risk" "风险控制" "リスク判定" "risk check"
    "password" "密码" "パスワード" "password"
    "customer" "客户本人要求" "お客様の希望" "asked for by the customer"
    "document" "身份证件" "本人確認書類" "identity document"
    "court" "法院要求" "裁判所の命令" "court order"
    "maintenance" "系统维护" "メンテナンス" "maintenance"
    "other" "其他" "その他" "other"
    "none" "无" "なし" "none"
    "yes" "是" "はい" "yes"
    "no" "否" "いいえ" "no"
}
