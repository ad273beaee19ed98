//! What becomes of uploaded recordings that nothing plays, and of those that could not be kept.

use super::wav;
use crate::support::admin::Admin;
use crate::support::people::store;
use crate::support::server::Home;
use hotline::store::{Objects, ObjectsAt};
use hotline::words::clock;
use hotline::worker::drop_unplayed;
use jiff::ToSpan;

#[tokio::test]
async fn a_recording_that_no_version_and_no_draft_plays_is_deleted_after_thirty_days() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let store = store(&home).await;
    let objects = Objects::open(ObjectsAt::Folder(home.path(".hotline/recordings"))).unwrap();
    let at = "/admin/prompts/dingpay";
    let of = [("of", "dingpay.yaml"), ("step", "welcome"), ("lang", "en-US")];
    let uploaded = async |seconds: u32| {
        let known = store.prompts().await.unwrap();
        assert_eq!(admin.sends(&format!("{at}/audio"), &of, &wav(seconds)).await.answer.status, 303);
        let all = store.prompts().await.unwrap();
        all.into_iter().find(|prompt| !known.contains(prompt)).unwrap().name
    };
    let plays = async |name: &str| server.get(&format!("/audio/{name}")).await.status == 200;
    let days = |days: i64| clock::now() + (days * 24).hours();
    let (published, replaced) = (uploaded(1).await, uploaded(2).await);
    // The first is of a version that is tried meanwhile, the second of the draft.
    store.keep_flow("dingpay", "tried", &format!("{{\"dingpay.yaml\":\"{published}\"}}"), 1).await.unwrap();
    assert_eq!(drop_unplayed(&store, &objects, days(31)).await.unwrap(), 0);
    let last = uploaded(3).await;
    assert_eq!(drop_unplayed(&store, &objects, days(29)).await.unwrap(), 0, "it may be wanted again");
    assert_eq!(drop_unplayed(&store, &objects, days(31)).await.unwrap(), 1);
    assert_eq!((plays(&published).await, plays(&replaced).await, plays(&last).await), (true, false, true));
    assert!(store.prompt(&replaced).await.unwrap().is_none());
    assert_eq!(uploaded(2).await, replaced, "and can be uploaded again");
    assert!(plays(&replaced).await);
}

#[tokio::test]
async fn of_a_recording_that_could_not_be_kept_nothing_is_left() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let store = store(&home).await;
    let of = [("of", "dingpay.yaml"), ("step", "welcome"), ("lang", "en-US")];
    let upload = async || admin.sends("/admin/prompts/dingpay/audio", &of, &wav(1)).await.answer.status;
    let folder = home.path(".hotline/recordings");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    assert_eq!(upload().await, 422);
    assert_eq!(store.prompts().await.unwrap(), []);
    std::fs::remove_file(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(upload().await, 303);
    let name = store.prompts().await.unwrap().remove(0).name;
    assert_eq!(server.get(&format!("/audio/{name}")).await.status, 200);
    store.close().await;
}
