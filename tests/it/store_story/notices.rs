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
    let put = async |notice: &NewNotice| store.add_notice(notice, Some("anna"), START).await.unwrap();
    assert!(put(&notice("b", Some("wallet"), "轉數快暫停", START + 1, Some(START + 10))).await);
    assert!(put(&notice("a", None, "舊", START, None)).await);
    let other = notice("a", None, "聽日休息", START, None);
    assert!(!put(&other).await, "one that is there is not written over");
    let change = async |notice, seen| store.change_notice(notice, "anna", START, seen).await.unwrap();
    assert!(!change(&other, START - 1).await, "not as it is");
    assert!(change(&other, START).await && !change(&other, START).await, "twice in one ms is twice");
    assert_eq!(store.notice("a").await.unwrap().unwrap().changed_at, START + 1);
    assert!(!change(&notice("z", None, "無", START, None), START).await);
    assert!(store.notices("wallet", START - 1).await.unwrap().is_empty());
    assert_eq!(store.notices("wallet", START + 1).await.unwrap(), [texts("聽日休息"), texts("轉數快暫停")]);
    assert_eq!(store.notices("cards", START + 1).await.unwrap(), [texts("聽日休息")]);
    assert_eq!(store.notices("wallet", START + 10).await.unwrap(), [texts("聽日休息")]);
    switches(store).await;
    closing(store).await;
}

async fn switches(store: &Store) {
    assert!(store.switch_notice("a", false, "bert", START + 2).await.unwrap());
    assert!(!store.switch_notice("a", false, "carl", START + 3).await.unwrap(), "it is off already");
    assert!(!store.switch_notice("z", false, "bert", START + 2).await.unwrap());
    assert_eq!(store.notices("cards", START + 1).await.unwrap(), []);
    let off = store.notice("a").await.unwrap().unwrap();
    assert_eq!((off.put.on, off.by.as_deref(), off.changed_at), (false, Some("bert"), START + 2));
    assert!(!off.put.is_told(START + 5));
    assert_eq!(store.notice("z").await.unwrap(), None);
    let all = store.all_notices().await.unwrap();
    assert_eq!(all.iter().map(|it| it.put.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert!(all[0].put.is_told(START + 1) && !all[0].put.is_told(START) && !all[0].put.is_told(START + 10));
    assert!(!store.delete_notice("b", START - 1).await.unwrap());
    assert!(store.delete_notice("b", START).await.unwrap());
    assert!(!store.delete_notice("b", START).await.unwrap());
}

async fn closing(store: &Store) {
    let at = START + 5;
    let comes = async |line: &str, at| store.closed(line, at).await.unwrap();
    assert_eq!(comes("wallet", at).await, None);
    let all = NewNotice { closes: true, ..notice("closed", None, "全部", START, None) };
    let own =
        NewNotice { closes: true, ..notice("closed:wallet", Some("wallet"), "錢包", START + 3, Some(START + 8)) };
    for notice in [&all, &own] {
        assert!(store.close_line(notice, "anna", START, 0).await.unwrap());
    }
    let hers = NewNotice { texts: texts("別的"), ..own.clone() };
    assert!(!store.close_line(&hers, "bert", at, 0).await.unwrap(), "somebody closed it before");
    assert!(store.close_line(&hers, "bert", at, START).await.unwrap(), "who has seen that may");
    assert!(store.close_line(&own, "anna", at + 1, at).await.unwrap());
    for touched in [
        store.switch_notice("closed", false, "bert", at).await.unwrap(),
        store.change_notice(&NewNotice { closes: false, ..all.clone() }, "bert", at, START).await.unwrap(),
        store.delete_notice("closed", START).await.unwrap(),
    ] {
        assert!(!touched, "what closes a line is no notice");
    }
    assert_eq!(comes("wallet", at).await, Some(texts("錢包")), "its own words");
    assert_eq!(comes("wallet", START + 8).await, Some(texts("全部")));
    assert_eq!(comes("cards", at).await, Some(texts("全部")));
    assert_eq!(comes("cards", START - 1).await, None);
    assert_eq!(store.notices("wallet", at).await.unwrap(), [], "what closes a line is not told on it");
    for id in ["closed", "closed:wallet"] {
        assert!(store.open_line(id, "anna", at).await.unwrap());
        assert!(!store.open_line(id, "anna", at).await.unwrap(), "it is open");
    }
    assert!(store.close_line(&own, "anna", at, 0).await.unwrap(), "one that was opened is closed by anybody");
    assert!(!store.open_line("closed:wallet", "anna", START + 8).await.unwrap(), "its time is over");
    assert!(store.close_line(&own, "anna", START + 8, 0).await.unwrap());
    assert!(store.open_line("closed:wallet", "anna", at).await.unwrap());
    assert_eq!(comes("wallet", at).await, None, "open again at once");
}
