//! The log of everything: what goes in comes out, in one order; whatever is edited beside it is found,
//! with its place; forgetting somebody is no edit.

use crate::support::database::Database;
use crate::support::rows::{START, begin, phone};
use hotline::store::*;
use hotline::words::{CallId, Secret};

/// So many deeds.
const ROWS: i64 = 7;
const PAGE: i64 = i64::MAX;

pub async fn story(database: &Database) {
    let store = opened(database).await;
    nothing_yet(&store).await;
    rows(&store).await;
    edits(database, &store).await;
    ends(database, &store).await;
    forgetting(database, &store).await;
    grown(database, &store).await;
    store.close().await;
}

/// As another server would, which has seen nothing yet.
async fn opened(database: &Database) -> Store {
    database.open("log").await.sealed(&Secret::new("the pepper of a test"))
}

fn deed<'a>(n: i64, who: &'a str, what: &'a str, of: &'a str) -> Deed<'a> {
    let (before, after) = ((n % 2 == 0).then_some("it was so"), (n % 3 != 0).then_some("it is so now"));
    Deed { at: START + n, who, place: "203.0.113.9", what, of, before, after }
}

async fn is_whole(store: &Store) -> bool {
    let verdict = store.check_log(true, PAGE).await.unwrap();
    verdict.broken.is_none() && verdict.checked == verdict.last
}

async fn nothing_yet(store: &Store) {
    let verdict = store.check_log(true, PAGE).await.unwrap();
    assert_eq!(verdict, Verdict { checked: 0, last: 0, end: String::new(), broken: None });
    assert!(store.log(&LogFilter::default(), None, 10).await.unwrap().is_empty());
}

async fn rows(store: &Store) {
    for n in 1..=ROWS {
        let who = if n == 3 { "bert" } else { "anna" };
        let what = if n % 2 == 0 { "notice.put" } else { "request.take" };
        assert_eq!(store.record_deed(&deed(n, who, what, &format!("r-{n}"))).await.unwrap(), n);
    }
    let all = store.log(&LogFilter::default(), None, 100).await.unwrap();
    assert_eq!(all.iter().map(|row| row.seq).collect::<Vec<_>>(), (1..=ROWS).rev().collect::<Vec<_>>());
    let second = &all[5];
    assert_eq!((second.seq, second.at, second.who.as_str()), (2, START + 2, "anna"));
    assert_eq!((second.place.as_str(), second.what.as_str(), second.of.as_str()), ("203.0.113.9", "notice.put", "r-2"));
    assert_eq!((second.before.as_deref(), second.after.as_deref()), (Some("it was so"), Some("it is so now")));
    let numbers = async |filter: LogFilter, behind| {
        let rows = store.log(&filter, behind, 2).await.unwrap();
        rows.into_iter().map(|row| row.seq).collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(numbers(LogFilter::default(), Some(6)).await, [5, 4]);
    assert_eq!(numbers(LogFilter { who: some("bert"), ..LogFilter::default() }, None).await, [3]);
    assert_eq!(numbers(LogFilter { what: some("notice"), ..LogFilter::default() }, Some(6)).await, [4, 2]);
    assert_eq!(numbers(LogFilter { of: some("r-7"), ..LogFilter::default() }, None).await, [7]);
    let between = LogFilter { since: Some(START + 2), until: Some(START + 4), ..LogFilter::default() };
    assert_eq!(numbers(between, None).await, [3, 2]);
    let part = store.check_log(false, 2).await.unwrap();
    assert!(part.broken.is_none() && part.last == ROWS && part.end.len() == 16, "{part:?}");
    assert!(is_whole(store).await);
}

async fn run(database: &Database, statements: &[impl AsRef<str>]) {
    for statement in statements {
        database.execute(statement.as_ref().to_owned()).await;
    }
}

/// Edits the log beside the program, looks what is found, and puts everything back.
async fn finds(database: &Database, what: &str, statements: &[String]) -> Broken {
    let copy = ["CREATE TABLE kept AS SELECT * FROM log", "CREATE TABLE kept_head AS SELECT * FROM log_head"];
    let back = [
        "DELETE FROM log",
        "INSERT INTO log SELECT * FROM kept",
        "DROP TABLE kept",
        "DELETE FROM log_head",
        "INSERT INTO log_head SELECT * FROM kept_head",
        "DROP TABLE kept_head",
    ];
    run(database, &copy).await;
    run(database, statements).await;
    let store = opened(database).await;
    let verdict = store.check_log(true, PAGE).await.unwrap();
    store.close().await;
    run(database, &back).await;
    verdict.broken.unwrap_or_else(|| panic!("{what} is not found"))
}

async fn edits(database: &Database, store: &Store) {
    let columns = [
        ("at", "at + 1"),
        ("who", "who || 'x'"),
        ("place", "''"),
        ("what", "'sign-in'"),
        ("subject", "subject || 'x'"),
        ("before_text", "coalesce(before_text, '') || 'x'"),
        ("after_text", "coalesce(after_text, '') || 'x'"),
        ("salt", "salt || 'x'"),
        ("salt", "''"),
        ("before_digest", "after_digest"),
        ("after_digest", "before_digest"),
        ("chain", "substr(chain, 2) || '0'"),
        ("erased", "chain"),
    ];
    for n in 1..=ROWS {
        for (column, value) in columns {
            let statement = format!("UPDATE log SET {column} = {value} WHERE seq = {n}");
            let found = finds(database, &statement, std::slice::from_ref(&statement)).await;
            assert_eq!(found.seq, n, "{statement}: {found:?}");
        }
        let gone = format!("DELETE FROM log WHERE seq = {n}");
        assert_eq!(
            finds(database, &gone, std::slice::from_ref(&gone)).await,
            Broken { seq: n, why: LogFault::Missing }
        );
        let moved = format!("UPDATE log SET seq = seq + 100 WHERE seq = {n}");
        assert_eq!(finds(database, &moved, std::slice::from_ref(&moved)).await.why, LogFault::Missing);
        for other in n + 1..=ROWS {
            let swap = [(n, -1), (other, n), (-1, other)];
            let swap = swap.map(|(from, to)| format!("UPDATE log SET seq = {to} WHERE seq = {from}"));
            assert_eq!(finds(database, "an exchange", &swap).await.seq, n, "{n} and {other}");
        }
        // One put in, those behind it moved on, and the end told to fit.
        let put_in = [
            format!("UPDATE log SET seq = -seq WHERE seq > {n}"),
            "UPDATE log SET seq = 1 - seq WHERE seq < 0".to_owned(),
            format!(
                "INSERT INTO log SELECT {n} + 1, at, who, place, what, subject, before_text, after_text, salt,
                before_digest, after_digest, chain, erased FROM log WHERE seq = {n}"
            ),
            "UPDATE log_head SET seq = seq + 1".to_owned(),
        ];
        assert_eq!(finds(database, "one put in", &put_in).await.seq, n + 1);
    }
    let nought = format!(
        "{} {}",
        "INSERT INTO log SELECT 0, at, who, place, what, subject, before_text, after_text,",
        "salt, before_digest, after_digest, chain, erased FROM log WHERE seq = 1"
    );
    assert_eq!(finds(database, "one before the first", &[nought]).await.seq, 0);
    assert!(is_whole(store).await, "everything was put back");
}

async fn ends(database: &Database, store: &Store) {
    for cut in 1..=ROWS {
        let gone = format!("DELETE FROM log WHERE seq >= {cut}");
        assert_eq!(
            finds(database, &gone, std::slice::from_ref(&gone)).await,
            Broken { seq: cut, why: LogFault::Missing }
        );
        // Told to fit; but for the very beginning nobody can, without the key.
        let told = format!(
            "UPDATE log_head SET seq = {cut} - 1, chain = coalesce((SELECT chain FROM log WHERE seq = {cut} - 1), '')"
        );
        let found = |statements: Vec<String>| async move {
            finds(database, "a cut with its end told to fit", &statements).await
        };
        assert_eq!(found(vec![gone, told]).await, Broken { seq: cut - 1, why: LogFault::End });
    }
    for edit in ["seq = seq - 1", "seq = seq + 1", "chain = ''", "mac = ''"] {
        finds(database, edit, &[format!("UPDATE log_head SET {edit}")]).await;
    }
    // All of it gone, as if nothing had ever been: whoever wrote it remembers.
    let wiped = ["DELETE FROM log", "UPDATE log_head SET seq = 0, chain = '', mac = ''"];
    let copy = ["CREATE TABLE kept AS SELECT * FROM log", "CREATE TABLE kept_head AS SELECT * FROM log_head"];
    run(database, &copy).await;
    run(database, &wiped).await;
    assert_eq!(store.check_log(true, PAGE).await.unwrap().broken, Some(Broken { seq: 1, why: LogFault::Missing }));
    assert!(store.check_log(false, PAGE).await.unwrap().broken.is_some());
    let back = [
        "INSERT INTO log SELECT * FROM kept",
        "DROP TABLE kept",
        "DELETE FROM log_head",
        "INSERT INTO log_head SELECT * FROM kept_head",
        "DROP TABLE kept_head",
    ];
    run(database, &back).await;
    assert!(is_whole(store).await);
}

async fn forgetting(database: &Database, store: &Store) {
    let number = phone("+85269990001");
    let note = Deed { after: Some("asks to be rung at +85269990001"), ..deed(8, "anna", "request.note", "r-8") };
    let longer = Deed { after: Some("a transaction +852699900014"), ..deed(9, "anna", "request.note", "r-9") };
    assert_eq!(store.record_deed(&note).await.unwrap(), ROWS + 1);
    assert_eq!(store.record_deed(&longer).await.unwrap(), ROWS + 2);
    let Erasure::Done(done) = store.erase(&number, START).await.unwrap() else { panic!("nobody calls") };
    assert_eq!(done.logged, 1);
    let rows = store.log(&LogFilter::default(), None, 2).await.unwrap();
    assert!(!rows[0].erased && rows[0].after.is_some(), "a longer number is another's: {rows:?}");
    assert!(rows[1].erased && rows[1].after.is_none() && rows[1].of == "r-8", "{rows:?}");
    assert!(is_whole(store).await, "erasing leaves it whole");
    let Erasure::Done(again) = store.erase(&number, START).await.unwrap() else { panic!("nobody calls") };
    assert_eq!(again.logged, 0);
    // What somebody else blanks is no forgetting; nor is what is put where it was forgotten.
    let blanked = "UPDATE log SET before_text = NULL, after_text = NULL, salt = '' WHERE seq = 4".to_owned();
    assert_eq!(finds(database, &blanked, std::slice::from_ref(&blanked)).await, Broken { seq: 4, why: LogFault::Text });
    let marked = format!("UPDATE log SET erased = (SELECT erased FROM log WHERE seq = {ROWS} + 1) WHERE seq = 4");
    assert_eq!(finds(database, &marked, &[blanked.clone(), marked.clone()]).await.seq, 4);
    let words = format!("UPDATE log SET after_text = 'something else' WHERE seq = {ROWS} + 1");
    assert_eq!(finds(database, &words, std::slice::from_ref(&words)).await.seq, ROWS + 1);
    let unmarked = format!("UPDATE log SET erased = NULL WHERE seq = {ROWS} + 1");
    assert_eq!(finds(database, &unmarked, std::slice::from_ref(&unmarked)).await.seq, ROWS + 1);
}

/// Others add while somebody looks; another pepper proves nothing.
async fn grown(database: &Database, store: &Store) {
    let call = CallId::fresh();
    store.commit(begin(&call, "CA-log", 1)).await.unwrap();
    let last = store.check_log(false, PAGE).await.unwrap().last;
    let (one, other) = (opened(database).await, opened(database).await);
    let adding = (0..40).map(|n| {
        let store = if n % 2 == 0 { one.clone() } else { other.clone() };
        tokio::spawn(async move { store.record_deed(&deed(n, "anna", "many", "at once")).await.unwrap() })
    });
    let adding: Vec<_> = adding.collect();
    assert!(store.check_log(true, PAGE).await.unwrap().broken.is_none());
    let mut numbers = Vec::new();
    for added in adding {
        numbers.push(added.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (last + 1..=last + 40).collect::<Vec<_>>(), "in order and without a gap");
    assert!(is_whole(store).await);
    one.close().await;
    other.close().await;
    let stranger = database.open("stranger").await.sealed(&Secret::new("another pepper"));
    assert_eq!(stranger.check_log(true, PAGE).await.unwrap().broken, Some(Broken { seq: 1, why: LogFault::Chain }));
    stranger.close().await;
}
