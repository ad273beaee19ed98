//! Flow files changed while the server runs: new calls get a good change, running calls keep what
//! they began with, and a bad one is told and never heard.

use crate::support::server::{Home, Server, eventually};
use crate::support::twilio::Call;
use std::path::PathBuf;

const OLD: &str = "您好，欢迎致电数字钱包客服。";

/// A server on its own copy of the flows, with a second line beside the shipped one.
struct Live {
    home: Home,
    server: Server,
}

impl Live {
    fn start() -> Live {
        let home = Home::new().with_own_flows();
        for other in ["dingpay", "paypay", "upay"] {
            std::fs::remove_file(home.path(&format!("flows/{other}.yaml"))).unwrap();
        }
        home.write("flows/closed.yaml", &closed("We are closed."));
        let server = home.start();
        Live { home, server }
    }

    /// Saves a file as editors do: written beside it, then moved into its place.
    fn save(&self, name: &str, text: &str) {
        self.home.write("saving", text);
        std::fs::rename(self.home.path("saving"), self.path(name)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path("flows").join(name)
    }

    fn wallet(&self) -> String {
        std::fs::read_to_string(self.path("digital-wallet.yaml")).unwrap()
    }

    /// What a new call of a line hears first.
    async fn first_words(&self, flow: &str) -> String {
        let call = Call::from("+85261230001");
        let inbound = call.inbound();
        let url = inbound.url.replace("flow=digital-wallet", &format!("flow={flow}"));
        let mut call = call.clone();
        call.go(&self.server, inbound.to(&url)).await.words.clone()
    }

    /// Waits until new calls of a line hear this.
    async fn hears(&self, flow: &str, words: &str) {
        let heard = async || self.first_words(flow).await.contains(words).then_some(());
        eventually(&format!("new calls of {flow} hear `{words}`"), heard).await;
    }

    /// Waits until `/readyz` tells this, and gives the whole of it. It is green all the time.
    async fn readyz(&self, words: &str) -> String {
        let told = async || {
            let answer = self.server.get("/readyz").await;
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.body.contains(words).then_some(answer.body)
        };
        eventually(&format!("/readyz tells `{words}`"), told).await
    }
}

/// A hotline that says this and takes a callback.
fn closed(words: &str) -> String {
    format!(
        "flow: closed\ntitle: {{ en-US: Closed }}\nlanguages: [en-US]\nuses: [call-me-back]\nhours: always\n\
         countries: [HK]\nstart: hello\nperson: back\ndenied: back\nsteps:\n  \
         hello:\n    say: {{ en-US: \"{words}\" }}\n    then: back\n  \
         back:\n    call: call-me-back\n    with: {{ kind: callback, topic: shop, priority: low }}\n    then: bye\n  \
         bye:\n    hangup: {{ en-US: Bye. }}\n"
    )
}

#[tokio::test]
async fn a_new_call_hears_the_change_and_a_running_call_does_not() {
    let live = Live::start();
    let mut running = Call::from("+85261230002");
    running.dial(&live.server).await.says(OLD);
    let text = live.wallet();
    let changed = text.replace(OLD, "您好，这是改过的热线。").replace("a failed payment", "a broken payment");
    live.save("digital-wallet.yaml", &changed);
    live.hears("digital-wallet", "您好，这是改过的热线。").await;
    // The menu it is asked by now, in the version it began with; also after a restart.
    running.press(&live.server, "3").await.says("a failed payment");
    let Live { home, server } = live;
    server.kill();
    let server = home.start();
    running.go(&server, running.silent()).await.says("a failed payment");
    let mut new = Call::from("+85261230003");
    new.dial(&server).await;
    new.press(&server, "3").await.says("a broken payment");
}

#[tokio::test]
async fn a_bad_change_is_refused_and_told_and_taken_once_it_is_mended() {
    let live = Live::start();
    assert_eq!(live.readyz("ready").await, "ready\n");
    let text = live.wallet();
    let bad = text.replace(OLD, "您好，这是错的。").replace("go: payment,", "go: paymint,");
    assert_ne!(bad, text);
    live.save("digital-wallet.yaml", &bad);
    live.save("closed.yaml", &closed("We are closed until Monday."));
    let told = live.readyz("paymint").await;
    assert!(told.starts_with("ready\nproblems in flow files: 1; what was in service before stays\n"), "{told}");
    assert!(told.contains("digital-wallet.yaml:") && told.contains("did you mean `payment`?"), "{told}");
    live.home.logs("`paymint`").await;
    live.hears("closed", "We are closed until Monday.").await;
    assert!(live.first_words("digital-wallet").await.contains(OLD), "what was in service stays");

    // In place and in two parts, as a slow copy does; the first part is taken for what it is.
    let good = text.replace(OLD, "您好，这是改好的。");
    let half = good.split_at(good.floor_char_boundary(good.len() / 2)).0;
    std::fs::write(live.path("digital-wallet.yaml"), half).unwrap();
    live.server.hang_up();
    eventually("the half is refused", async || (!live.readyz("ready").await.contains("paymint")).then_some(())).await;
    live.readyz("digital-wallet.yaml").await;
    assert!(live.first_words("digital-wallet").await.contains(OLD), "what was in service stays");
    std::fs::write(live.path("digital-wallet.yaml"), &good).unwrap();
    live.hears("digital-wallet", "您好，这是改好的。").await;
    assert_eq!(live.readyz("ready").await, "ready\n");
}

#[tokio::test]
async fn a_mistake_in_what_all_share_keeps_every_flow_as_it_is_also_over_a_restart() {
    let live = Live::start();
    let sources = std::fs::read_to_string(live.path("sources.yaml")).unwrap();
    live.save("sources.yaml", "payments: [\n");
    live.readyz("sources.yaml:").await;
    assert!(live.first_words("digital-wallet").await.contains(OLD));
    let phrases = std::fs::read(live.path("common/phrases.yaml")).unwrap();
    std::fs::write(live.path("common/phrases.yaml"), b"\xff\xfe").unwrap();
    live.readyz("common/phrases.yaml:1:1: the file is not UTF-8").await;
    let Live { home, server } = live;
    server.kill();
    let live = Live { server: home.start(), home };
    live.readyz("sources.yaml:").await;
    assert!(live.first_words("digital-wallet").await.contains(OLD));
    std::fs::write(live.path("common/phrases.yaml"), phrases).unwrap();
    live.save("sources.yaml", &sources);
    eventually("all is well", async || (live.readyz("ready").await == "ready\n").then_some(())).await;
}

#[tokio::test]
async fn a_flow_whose_file_is_gone_is_out_of_service_and_calls_on_it_go_on() {
    let live = Live::start();
    let mut running = Call::from("+85261230004");
    running.dial(&live.server).await;
    let text = live.wallet();
    std::fs::remove_file(live.path("digital-wallet.yaml")).unwrap();
    live.hears("digital-wallet", "not in service").await;
    live.home.logs("out of service for new calls").await;
    running.press(&live.server, "3").await.says("a failed payment");
    // Broken when it comes back, it stays out; and the last one of all is not let go.
    live.save("digital-wallet.yaml", &text.replace("go: payment,", "go: paymint,"));
    live.readyz("paymint").await;
    assert!(live.first_words("digital-wallet").await.contains("not in service"));
    std::fs::remove_file(live.path("digital-wallet.yaml")).unwrap();
    std::fs::remove_file(live.path("closed.yaml")).unwrap();
    live.readyz("no flow would be left in service").await;
    std::fs::rename(live.path(""), live.home.path("elsewhere")).unwrap();
    live.readyz("cannot read the flows folder").await;
    assert!(!live.first_words("closed").await.contains("not in service"));
    std::fs::rename(live.home.path("elsewhere"), live.path("")).unwrap();
    live.save("digital-wallet.yaml", &text);
    live.hears("digital-wallet", OLD).await;
    assert_eq!(live.readyz("ready").await, "ready\n");
}

#[tokio::test]
async fn reading_the_same_files_again_changes_nothing() {
    let live = Live::start();
    let before = live.home.log().matches("in service for new calls").count();
    live.server.hang_up();
    live.home.logs("asked=true").await;
    let text = live.wallet();
    live.save("digital-wallet.yaml", &text);
    live.home.logs("asked=false").await;
    assert_eq!(live.home.log().matches("in service for new calls").count(), before);
    assert_eq!(live.home.log().matches("demo data loaded").count(), 1);
}
