//! The studio's house-keeping as admins have it: notices and the closing switch, people and tokens, what
//! was not delivered, and the log of everything; over HTTP and in a browser.

mod browser;
mod together;

use crate::support::admin::Admin;
use crate::support::people::{PASSWORD, page, prints, sign_in, store};
use crate::support::rows::effect;
use crate::support::server::Home;
use hotline::store::*;
use hotline::words::{Role, clock};

impl Admin<'_> {
    /// Where a form leads that must go well.
    async fn done(&self, path: &str, form: &[(&str, &str)]) -> String {
        let done = self.post(path, form).await;
        done.location.unwrap_or_else(|| panic!("{path}: {}", done.answer.status))
    }
}

/// A parked text message, a parked code and one that waits.
pub async fn parks(store: &Store) -> Vec<String> {
    let at = clock::now().as_millisecond();
    let limits = MessageLimits::default();
    let mut ids = Vec::new();
    for (n, kind, body) in [(1, OutboxKind::Sms, "Your letter is on its way"), (2, OutboxKind::Code, "challenge-1")] {
        let key = effect(n);
        let to = Ok(format!("+8526123820{n}"));
        let new = NewMessage { key, kind, line: "digital-wallet".into(), to, body: body.into(), test: false, at };
        let Put::Accepted(id) = store.put_message(&new, &limits).await.unwrap() else { panic!("refused") };
        ids.push(id);
    }
    let claimed = store.claim_outbox(Sending::All, at, 60_000, 10).await.unwrap();
    for row in &claimed {
        let why = "400: +85261238201 is <b>not</b> reachable";
        assert!(store.outbox_failed(row, why, AfterTry::Park, at).await.unwrap());
    }
    ids
}

#[tokio::test]
async fn people_are_added_changed_and_kept_out_and_the_last_admin_stays() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let new = [("name", "Mei.Lin"), ("role", "agent"), ("languages", "zh-CN"), ("skills", "payment、security")];
    let added = admin.post("/admin/people?lang=en-US", &new).await.answer;
    assert!(added.status == 200 && added.body.contains("Link for mei.lin"), "{}", added.status);
    let link = &added.body[added.body.find("/sign-in/once/").unwrap()..];
    let link = link[..link.find('<').unwrap()].to_owned();
    let chosen = [("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(page(server.request("POST", &link).form(&chosen)).await.answer.status, 303);
    assert!(!admin.get("/admin/people").await.answer.body.contains("/sign-in/once/"), "shown once");
    for (field, value, why) in [
        ("name", "Mei Lin", "cannot be a name"),
        ("name", "mei.lin", "already"),
        ("skills", "Pay Ment!", "A skill is written"),
        ("role", "boss", "Choose a role"),
    ] {
        let form: Vec<_> = [("name", "ken"), ("role", "agent"), ("skills", "")]
            .into_iter()
            .map(|(name, usual)| (name, if name == field { value } else { usual }))
            .collect();
        let refused = admin.post("/admin/people?lang=en-US", &form).await.answer;
        assert!(refused.status == 422 && refused.body.contains(why), "{field} {value}: {}", refused.status);
    }

    let seen = r#"["agent",["zh-CN"],["payment","security"],null,null]"#;
    let phone = "sip:mei@desk.example";
    let change = [("role", "supervisor"), ("skills", ""), ("phone", phone), ("zone", "Asia/Tokyo"), ("seen", seen)];
    assert_eq!(admin.done("/admin/people/mei.lin", &change).await, "/admin/people/mei.lin?said=saved");
    let store = store(&home).await;
    let mei = store.person("mei.lin").await.unwrap().unwrap();
    assert_eq!((mei.role, mei.zone.as_deref(), mei.languages.len()), (Role::Supervisor, Some("Asia/Tokyo"), 0));
    // A token of hers is taken back by an admin.
    let (id, token) = store.new_token("mei.lin", "<i>reports</i>", 1).await.unwrap().unwrap();
    let listed = admin.get("/admin/people").await.answer.body;
    assert!(listed.contains("reports") && !listed.contains("<i>"), "a label is text");
    admin.done(&format!("/admin/people/mei.lin/tokens/{id}/revoke"), &[]).await;
    assert!(store.token(token.reveal(), 2).await.unwrap().is_none());
    // Signed out, kept out, let in again, and the password forgotten.
    let mei = sign_in(&server, "mei.lin", PASSWORD).await.session();
    let is_in =
        async |session: &str| page(server.request("GET", "/desk").header("cookie", session)).await.answer.status;
    assert_eq!(is_in(&mei).await, 200);
    admin.done("/admin/people/mei.lin/sessions/end", &[]).await;
    assert_eq!(is_in(&mei).await, 303);
    admin.done("/admin/people/mei.lin/disable", &[]).await;
    assert_eq!(sign_in(&server, "mei.lin", PASSWORD).await.answer.status, 422);
    let refused = admin.post("/admin/people/mei.lin/invite?lang=en-US", &[]).await.answer;
    assert!(refused.status == 422 && refused.body.contains("Enable them first"));
    admin.done("/admin/people/mei.lin/enable", &[]).await;
    assert_eq!(sign_in(&server, "mei.lin", PASSWORD).await.answer.status, 303);
    let again = admin.post("/admin/people/mei.lin/invite", &[]).await.answer;
    assert!(again.status == 200 && again.body.contains("/sign-in/once/"));
    assert_eq!(sign_in(&server, "mei.lin", PASSWORD).await.answer.status, 422);
    // The first admin has chosen no password, so that ours is the last who can sign in.
    let refused = admin.post("/admin/people/a-admin/disable?lang=en-US", &[]).await.answer;
    assert!(refused.status == 422 && refused.body.contains("the last admin"), "{}", refused.status);
    let lower = [("role", "agent"), ("seen", r#"["admin",[],[],null,null]"#)];
    assert_eq!(admin.post("/admin/people/a-admin", &lower).await.answer.status, 422);
    assert_eq!(admin.get("/admin/people/a-admin").await.answer.status, 200);
    assert_eq!(admin.get("/admin/people/nobody").await.answer.status, 422);
    let names: Vec<_> = store.log(&LogFilter::default(), None, 100).await.unwrap();
    let did: Vec<_> = names.iter().rev().filter(|row| row.who == "a-admin").map(|row| row.what.as_str()).collect();
    let wanted = "person.add person.change token.revoke sessions.end person.disable person.enable person.password";
    assert_eq!(did.join(" "), wanted);
}

#[tokio::test]
async fn what_is_parked_is_told_without_what_it_says_and_tried_again_or_given_up() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    let store = store(&home).await;
    let ids = parks(&store).await;
    let shown = admin.get("/admin/parked?lang=en-US").await.answer.body;
    assert!(shown.contains("+852 **** 8201") || shown.contains("8201"), "{shown}");
    for hidden in ["61238201", "61238202", "Your letter", "challenge-1", "<b>not"] {
        assert!(!shown.contains(hidden), "{hidden}");
    }
    assert!(shown.contains("Text message") && shown.contains("One-time code") && shown.contains("reachable"));
    let codes = admin.get("/admin/parked?kind=code&lang=en-US").await.answer.body;
    assert!(codes.contains(&ids[1]) && !codes.contains(&ids[0]));
    assert_eq!(admin.done("/admin/parked/retry", &[("kind", "sms")]).await, "/admin/parked?kind=sms&said=retried");
    assert_eq!(admin.done(&format!("/admin/parked/{}/drop", ids[1]), &[]).await, "/admin/parked?said=dropped");
    assert_eq!(admin.done(&format!("/admin/parked/{}/retry", ids[1]), &[]).await, "/admin/parked?said=gone");
    let left = store.outbox(None, 10).await.unwrap();
    assert_eq!(
        left.iter().map(|row| (row.id.as_str(), row.state.as_str())).collect::<Vec<_>>(),
        [(ids[0].as_str(), "waiting")]
    );
    let rows = store.log(&LogFilter { what: Some("outbox".into()), ..LogFilter::default() }, None, 10).await.unwrap();
    let told: Vec<_> = rows.iter().rev().map(|row| (row.what.as_str(), row.of.as_str())).collect();
    assert_eq!(told, [("outbox.retry", "sms"), ("outbox.drop", ids[1].as_str())]);
}

#[tokio::test]
async fn the_log_is_filtered_paged_exported_and_says_where_it_was_changed() {
    let home = Home::new();
    let server = home.start();
    let admin = Admin::of(&home, &server).await;
    for n in 0..60 {
        let label = format!("<script>{n}</script>");
        admin.post("/desk/me", &[("page_language", "en-US"), ("zone", ""), ("phone", "")]).await;
        if n % 20 == 0 {
            admin.post("/desk/me/tokens", &[("label", label.as_str())]).await;
        }
    }
    let whole = admin.get("/admin/log?lang=en-US").await.answer.body;
    assert!(whole.contains("Yes: all 63 entries"), "{whole}");
    assert!(whole.contains("id=\"e63\"") && whole.contains("id=\"e14\"") && !whole.contains("id=\"e13\""));
    assert!(!whole.contains("<script>4"), "texts are no markup");
    let older = admin.get("/admin/log?behind=14&lang=en-US").await.answer.body;
    assert!(older.contains("id=\"e13\"") && older.contains("id=\"e1\"") && !older.contains("id=\"e14\""));
    let tokens = admin.get("/admin/log?what=token&who=a-admin&lang=en-US").await.answer.body;
    assert_eq!(tokens.matches("made a token").count(), 3);
    assert!(!tokens.contains("changed a person"));
    assert_eq!(admin.get("/admin/log?since=yesterday").await.answer.status, 422);
    let unread = admin.get("/admin/log.csv?since=yesterday&lang=en-US").await.answer;
    assert!(
        unread.status == 422 && unread.body.contains("A time is written as"),
        "no file of all there is: {unread:?}"
    );
    let early = admin.get("/admin/log?until=2020-01-01T00:00&lang=en-US").await.answer.body;
    assert!(early.contains("There are no such entries."));
    let sheet = admin.get("/admin/log.csv?what=token").await.answer;
    let mut table = csv::Reader::from_reader(sheet.body.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(table.records().map(|row| row.unwrap()).filter(|row| &row[4] == "token.make").count(), 3);
    // Somebody edits an entry beside the program: a whole check says where.
    let connection = crate::support::database::embedded(&home.database());
    connection.execute("UPDATE log SET after_text = 'role=agent' WHERE seq = 20", []).unwrap();
    let checked = admin.post("/admin/log/check?lang=en-US", &[]).await.answer.body;
    assert!(checked.contains("No: entry 20 has another text"), "{checked}");
    let told = home.run(&["export", "log"]);
    assert!(!told.status.success());
    assert!(String::from_utf8(told.stderr).unwrap().contains("row 20 is not as it was written (text)"));
    assert!(prints(&home, &["user", "list"]).contains("a-admin"));
}
