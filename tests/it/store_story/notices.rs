//! What callers are told at once, and what closes a line.

use crate::support::rows::START;
use hotline::store::*;
use hotline::words::Lang;
use std::collections::BTreeMap;

fn texts(words: &str) -> BTreeMap<Lang, String> {
    BTreeMap::from([(Lang::ZhHk, words.to_owned()), (Lang::EnUs, "Closed.".to_owned())])
}

fn notice(id: &str, line: Option<&str>, words: &str, from: i64, until: Option<i64>) -> NewNotice {
    let (id, line) = (id.into(), line.map(Into::into));
    NewNotice { id, line, texts: texts(words), from, until, closes: false, on: true }
}

pub async fn story(store: &Store) {
    let put = async |notice: &NewNotice| store.put_notice(notice, Some("anna"), START).await.unwrap();
    put(&notice("b", Some("wallet"), "轉數快暫停", START + 1, Some(START + 10))).await;
    put(&notice("a", None, "舊", START, None)).await;
    put(&notice("a", None, "聽日休息", START, None)).await;
    assert!(store.notices("wallet", START - 1).await.unwrap().is_empty());
    assert_eq!(store.notices("wallet", START + 1).await.unwrap(), [texts("聽日休息"), texts("轉數快暫停")]);
    assert_eq!(store.notices("cards", START + 1).await.unwrap(), [texts("聽日休息")]);
    assert_eq!(store.notices("wallet", START + 10).await.unwrap(), [texts("聽日休息")]);
    switches(store).await;
    closing(store).await;
}

async fn switches(store: &Store) {
    assert!(store.switch_notice("a", false, "bert", START + 2).await.unwrap());
    assert!(!store.switch_notice("z", false, "bert", START + 2).await.unwrap());
    assert_eq!(store.notices("cards", START + 1).await.unwrap(), []);
    let off = store.notice("a").await.unwrap().unwrap();
    assert_eq!((off.put.on, off.by.as_deref(), off.changed_at), (false, Some("bert"), START + 2));
    assert!(!off.put.is_told(START + 5));
    assert_eq!(store.notice("z").await.unwrap(), None);
    let all = store.all_notices().await.unwrap();
    assert_eq!(all.iter().map(|it| it.put.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert!(all[0].put.is_told(START + 1) && !all[0].put.is_told(START) && !all[0].put.is_told(START + 10));
    assert!(store.delete_notice("b").await.unwrap());
    assert!(!store.delete_notice("b").await.unwrap());
}

async fn closing(store: &Store) {
    let at = START + 5;
    let comes = async |line: &str, at| store.closed(line, at).await.unwrap();
    assert_eq!(comes("wallet", at).await, None);
    let all = NewNotice { closes: true, ..notice("closed", None, "全部", START, None) };
    let own =
        NewNotice { closes: true, ..notice("closed:wallet", Some("wallet"), "錢包", START + 3, Some(START + 8)) };
    for notice in [&all, &own] {
        store.put_notice(notice, Some("anna"), START).await.unwrap();
    }
    assert_eq!(comes("wallet", at).await, Some(texts("錢包")), "its own words");
    assert_eq!(comes("wallet", START + 8).await, Some(texts("全部")));
    assert_eq!(comes("cards", at).await, Some(texts("全部")));
    assert_eq!(comes("cards", START - 1).await, None);
    assert_eq!(store.notices("wallet", at).await.unwrap(), [], "what closes a line is not told on it");
    for id in ["closed", "closed:wallet"] {
        assert!(store.switch_notice(id, false, "anna", at).await.unwrap());
    }
    assert_eq!(comes("wallet", at).await, None, "open again at once");
}
