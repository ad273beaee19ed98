//! One service that hangs, and others that do not.

use crate::support::flows::files;
use futures_util::FutureExt;
use futures_util::future::join_all;
use hotline::call::effect::LookupAnswer;
use hotline::flow::model::{Origin, Source};
use hotline::flow::read::load;
use hotline::outside::{Asked, Base, Host, Outside, Went};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// How many may ask one host at once.
const ASKING: usize = 64;

const SOURCES: &str = "
hung: { takes: {}, gives: {}, level: 0, budget: 3s, from: { http: hung, path: /x } }
well: { takes: {}, gives: {}, level: 0, budget: 3s, from: { http: well, path: /x } }
";

fn host(name: &str, url: &str) -> Host {
    let hour = Duration::from_secs(3600);
    let base = Base::parse(url, true).unwrap();
    Host { name: name.to_owned(), base, headers: Vec::new(), private: true, connect_timeout: hour, rest: hour }
}

async fn ask(outside: &Outside, source: &Source) -> Asked<LookupAnswer> {
    let Origin::Http(http) = &source.from else { panic!("{source:?}") };
    outside.look_up(source, http, &[]).await
}

#[tokio::test]
async fn a_host_that_hangs_holds_so_many_questions_and_others_are_asked_as_ever() {
    let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let well = MockServer::start().await;
    let nothing = ResponseTemplate::new(200).set_body_json(serde_json::json!({}));
    Mock::given(any()).respond_with(nothing).mount(&well).await;
    let address = format!("http://{}", hung.local_addr().unwrap());
    let outside = Outside::new(vec![host("hung", &address), host("well", &well.uri())]).unwrap();
    let outside = Arc::new(outside);
    let mut files = files();
    files.get_mut("sources.yaml").unwrap().push_str(SOURCES);
    let loaded = load(&files);
    assert_eq!(loaded.problems, []);
    let source = |name: &str| loaded.flows[0].sources[name].clone();
    let (to_hung, to_well) = (source("hung"), source("well"));

    let mut asking: Vec<_> = (0..ASKING).map(|_| Box::pin(ask(&outside, &to_hung))).collect();
    for question in &mut asking {
        assert!(question.as_mut().now_or_never().is_none(), "it is asked, and hangs");
    }
    let full = Asked { answer: LookupAnswer::Failed, went: Went::Full };
    assert_eq!(ask(&outside, &to_hung).await, full, "one more is answered at once");
    assert_eq!(Went::Full.word(), "full");
    let others = join_all((0..ASKING).map(|_| ask(&outside, &to_well))).await;
    assert!(others.iter().all(|asked| asked.went == Went::Found), "{others:?}");
    assert!(!outside.is_resting("hung"), "that nobody asked it is no failure of its own");
    // Whoever gives up makes room.
    drop(asking.pop());
    let mut next = Box::pin(ask(&outside, &to_hung));
    assert!(next.as_mut().now_or_never().is_none(), "it is asked");
}
