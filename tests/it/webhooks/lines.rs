//! Which number leads to which flow.

use crate::support::server::Home;
use crate::support::twilio::{Call, PUBLIC, Webhook};

const LINES: &str = r#"
[[lines]]
number = "+85230000001"
flow = "digital-wallet"
voices = { "zh-CN" = "Polly.Zhiyu-Generative" }
"#;

fn dialled(call: &Call, number: &str, query: &str) -> Webhook {
    call.inbound().to(&format!("{PUBLIC}/voice/twilio{query}")).with("To", number)
}

#[tokio::test]
async fn a_line_leads_to_its_flow_and_any_other_number_is_not_in_service() {
    let home = Home::new();
    home.write("hotline.toml", LINES);
    let server = home.start();
    let hear = async |number: &str, query: &str| {
        let mut call = Call::from("+85261230020");
        let answer = server.send(&dialled(&call, number, query)).await;
        let heard = call.hears(&answer).clone();
        (heard, answer.body)
    };
    let (line, body) = hear("+85230000001", "").await;
    line.says("您好");
    assert!(body.contains("Polly.Zhiyu-Generative"), "the line's own voice: {body}");
    // The plus is not what makes it another number, and the line's flow wins over the one asked for.
    hear("85230000001", "?flow=not-written-yet").await.0.says("您好");
    for (number, query) in [("+85230000009", ""), ("+85230000009", "?flow=nobody")] {
        let (twiml, _) = hear(number, query).await;
        assert_eq!(
            twiml.words,
            "您拨打的号码没有开通服务，再见。你打嘅號碼未有服務，再見。おかけになった番号では、サービスを行っておりません。The number you called is not in service. Goodbye."
        );
        assert!(twiml.hangs_up());
    }
    hear("+85230000009", "?flow=digital-wallet").await.0.says("您好");
    hear("+85230000009", "?x=%zz&flow=digital-wallet").await.0.says("您好");
    assert_eq!(server.metric("hotline_open_calls").await, Some(4.0));
}

#[tokio::test]
async fn with_no_lines_the_only_flow_takes_every_number_and_another_can_be_asked_for() {
    let home = Home::new().with_own_flows();
    for other in ["paypay", "upay", "dingpay"] {
        std::fs::remove_file(home.path(&format!("flows/{other}.yaml"))).unwrap();
    }
    let server = home.start();
    let hear = async |query: &str| {
        let mut call = Call::from("+85261230021");
        let answer = server.send(&dialled(&call, "+85230000009", query)).await;
        call.hears(&answer).clone()
    };
    hear("").await.says("您好");
    hear("?flow=digital-wallet").await.says("您好");
    hear("?flow=nobody").await.says("The number you called is not in service.");
}

#[test]
fn a_line_for_a_flow_there_is_no_file_of_stops_the_start_and_says_so() {
    let home = Home::new();
    home.write("hotline.toml", &LINES.replace("\"digital-wallet\"", "\"digital-walet\""));
    let output = home.run(&["serve"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("the line +85230000001 names the flow `digital-walet`"), "{told}");
    assert!(told.contains("digital-wallet"), "the flows there are: {told}");
}
