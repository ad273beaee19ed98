use super::*;
use proptest::prelude::*;

const WHO: [Comes; 3] = [Comes::Call, Comes::Turn, Comes::News];

/// So many inside, of which so many were served in so many milliseconds.
fn measured(inside: usize, served: u64, over: u64) -> Measured {
    Measured { inside, aside: 0, served, over: Duration::from_millis(over), still: Duration::ZERO }
}

fn let_in(measured: &Measured) -> [bool; 3] {
    WHO.map(|comes| Bounds::default().let_in(comes, measured))
}

#[test]
fn new_calls_wait_first_then_running_turns_and_news_last() {
    // Four thousand a second: a thousand wait a quarter of a second.
    assert_eq!(let_in(&measured(1000, 1600, 400)), [true, true, true]);
    assert_eq!(let_in(&measured(1300, 1600, 400)), [false, true, true]);
    assert_eq!(let_in(&measured(3000, 1600, 400)), [false, false, true]);
    // However fast they leave, there is an end to the memory.
    assert_eq!(let_in(&measured(3071, 100_000, 400)), [true, true, true]);
    assert_eq!(let_in(&measured(3072, 100_000, 400)), [false, true, true]);
    assert_eq!(let_in(&measured(4096, 100_000, 400)), [false, false, true]);
    assert_eq!(let_in(&measured(5120, 100_000, 400)), [false, false, false]);
}

#[test]
fn a_disk_that_stands_still_is_noticed_though_few_wait() {
    let still = |ms| Measured { still: Duration::from_millis(ms), ..measured(40, 1000, 400) };
    assert_eq!(let_in(&still(200)), [true, true, true]);
    assert_eq!(let_in(&still(301)), [false, true, true]);
    assert_eq!(let_in(&still(701)), [false, false, true]);
}

#[test]
fn whoever_stands_aside_is_no_crowd() {
    let waiting = Measured { aside: 2990, ..measured(3000, 0, 400) };
    assert_eq!(let_in(&waiting), [true, true, true]);
}

#[test]
fn a_burst_is_no_crowd_until_it_is_known_how_fast_it_leaves() {
    assert_eq!(let_in(&measured(2000, 0, 99)), [true, true, true]);
    assert_eq!(let_in(&measured(2000, 0, 100)), [false, false, true]);
    assert_eq!(let_in(&measured(2000, 1000, 100)), [true, true, true]);
}

proptest! {
    #[test]
    fn more_inside_or_fewer_served_never_lets_more_in(
        inside in 0usize..8000, more in 0usize..1000, served in 0u64..50_000, fewer in 0u64..1000, over in 0u64..1000,
    ) {
        let before = let_in(&measured(inside, served, over));
        let worse = [measured(inside + more, served, over), measured(inside, served.saturating_sub(fewer), over)];
        for worse in worse.iter().map(let_in) {
            prop_assert!(WHO.iter().enumerate().all(|(at, _)| before[at] || !worse[at]), "{before:?} {worse:?}");
        }
        prop_assert!(before[0] <= before[1] && before[1] <= before[2], "{before:?}");
    }

    #[test]
    fn a_few_are_let_in_whatever_the_machine_does(inside in 0usize..32, served in 0u64..9, over in 0u64..90_000) {
        let stuck = Measured { still: Duration::from_millis(over), ..measured(inside, served, over) };
        prop_assert_eq!(let_in(&stuck), [true, true, true]);
    }
}

#[test]
fn the_rate_is_that_of_the_last_moments() {
    let (mut marks, start) = (Marks::default(), tick());
    let at = |ms| start + Duration::from_millis(ms);
    assert_eq!(marks.look(at(0), 1_000_000), (0, Duration::ZERO, Duration::ZERO));
    // A thousand in each tenth of a second, for a second, then none.
    for tenth in 1..=10 {
        marks.look(at(tenth * 100), 1_000_000 + tenth * 1000);
    }
    let (served, over, still) = marks.look(at(1050), 1_010_000);
    assert_eq!((served, over, still), (4000, Duration::from_millis(450), Duration::from_millis(50)));
    for tenth in 11..=20 {
        marks.look(at(tenth * 100), 1_010_000);
    }
    let (served, _, still) = marks.look(at(2000), 1_010_000);
    assert_eq!((served, still), (0, Duration::from_secs(1)));
    assert!(marks.marks.len() <= 12, "it does not grow: {}", marks.marks.len());
}

#[test]
fn whoever_leaves_makes_room_and_only_the_served_count() {
    let crowd = Crowd::new(Bounds { most: 4, ..Bounds::default() });
    let inside: Vec<_> = (0..4).map(|_| crowd.enter(Comes::Turn).expect("room")).collect();
    assert!(crowd.enter(Comes::Call).is_none() && crowd.enter(Comes::Turn).is_none());
    let news = crowd.enter(Comes::News).expect("room for news");
    assert!(crowd.enter(Comes::News).is_none());
    assert_eq!((crowd.inside(), crowd.served.load(Ordering::Relaxed)), (5, 0));
    news.served();
    drop(inside);
    assert_eq!((crowd.inside(), crowd.served.load(Ordering::Relaxed)), (0, 1));
    crowd.enter(Comes::Call).expect("room again").served();
    let aside = crowd.step_aside();
    assert_eq!(crowd.aside.load(Ordering::Relaxed), 1);
    drop(aside);
    assert_eq!(crowd.aside.load(Ordering::Relaxed), 0);
}

#[test]
fn a_crowd_that_was_there_an_hour_ago_says_nothing_of_this_one() {
    let crowd = Crowd::new(Bounds { few: 1, ..Bounds::default() });
    let hour = Duration::from_secs(3600);
    let first = crowd.enter(Comes::Call).expect("the first");
    // As if the marks were old: nobody was served since.
    let long_ago = tick().checked_sub(hour).expect("this machine runs for an hour, or its clock began then");
    *crowd.marks.lock().unwrap() = Marks { marks: [(long_ago, 0)].into_iter().collect(), moved: Some((long_ago, 0)) };
    crowd.crowded.store(true, Ordering::Relaxed);
    assert!(crowd.enter(Comes::Turn).is_none(), "it stands still for an hour");
    first.served();
    let first = crowd.enter(Comes::Turn).expect("nobody is inside");
    crowd.enter(Comes::Turn).expect("a new crowd, of which nothing is known yet").served();
    first.served();
}
