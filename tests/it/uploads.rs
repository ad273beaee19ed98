//! Messages that a switch or a voice browser uploads, against the running program: kept once, heard at the
//! desk, refused in every wrong form, and never read of whoever is not believed.

use crate::support::people::{session, store};
use crate::support::platforms::{BOUNDARY, PUBLIC, Platform, Request, Then, multipart, platform, wav};
use crate::support::server::{Answer, Home, Server, eventually, read};
use hotline::provider::Provider;
use hotline::words::Role;
use serde_json::Value;
use std::path::PathBuf;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const CALLER: &str = "+14155550126";
/// The largest sound.
const MOST: usize = 32 * 1024 * 1024;

/// A call that has just been asked to speak.
struct Speaking {
    home: Home,
    server: Server,
    line: Box<dyn Platform>,
    brings: Request,
}

impl Speaking {
    async fn at(provider: Provider) -> Speaking {
        let home = Home::new();
        let (secret, new) = platform(provider);
        let setting = format!("HOTLINE_{}_CREDENTIALS", provider.name().to_uppercase());
        let home = home.set(&setting, secret.reveal()).set("HOTLINE_PUBLIC_URL", PUBLIC);
        let server = home.start();
        let mut line = new(0, CALLER, 0);
        let mut request = line.rings(&format!("{PUBLIC}/voice/{provider}?flow=paypay"));
        for key in ["3", "5", "4", "3", "5", "1"] {
            let wait = loop {
                let answer = send(&server, &request).await;
                assert_eq!(answer.status, 200, "{answer:?}");
                match line.carries_out(&answer.body).then {
                    Then::Keys(wait) => break wait,
                    Then::Goes(address) => request = line.comes_back(&address),
                    _ => panic!("{}", answer.body),
                }
            };
            request = line.keys(&wait, key, false);
        }
        let answer = send(&server, &request).await;
        let Then::Message(wait) = line.carries_out(&answer.body).then else { panic!("{}", answer.body) };
        let brings = line.message(&wait, Some(12));
        Speaking { home, server, line, brings }
    }

    /// The same upload with other parts: those of the fields that it has, and what comes behind them.
    fn with(&self, behind: &[u8]) -> Request {
        let whole = &self.brings.body;
        let file = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"", self.part());
        let at = whole.windows(file.len()).position(|part| part == file.as_bytes()).expect("the file");
        Request { body: [&whole[..at], behind].concat(), ..self.brings.clone() }
    }

    /// The part that holds the sound.
    fn part(&self) -> &'static str {
        if self.brings.url.contains("/freeswitch/") { "hotline_message" } else { "message" }
    }

    async fn send(&self, request: &Request) -> Answer {
        send(&self.server, request).await
    }

    /// What lies where recordings lie.
    fn kept(&self) -> Vec<PathBuf> {
        let folder = self.home.path(".hotline/recordings");
        folder.read_dir().expect("a folder").map(|file| file.expect("a file").path()).collect()
    }

    /// Nothing was kept, and nothing half read lies about.
    fn nothing_is_kept(&self) {
        assert_eq!(self.kept(), Vec::<PathBuf>::new());
        let data = self.home.path(".hotline").read_dir().expect("a folder");
        let left = data.filter(|file| file.as_ref().is_ok_and(|f| f.file_name().to_string_lossy().contains("upload")));
        assert_eq!(left.count(), 0);
    }

    /// The messages of requests that were asked for.
    fn messages(&self) -> Vec<Value> {
        let told = self.home.run(&["export", "requests"]);
        let told: Vec<Value> = serde_json::from_slice(&told.stdout).expect("requests");
        told.into_iter().filter(|request| request["collected"]["message"].is_string()).collect()
    }
}

async fn send(server: &Server, request: &Request) -> Answer {
    let path = request.url.strip_prefix(PUBLIC).expect("an address of ours");
    let sent = server.request(request.method, path).body(request.body.clone());
    let sent = request.headers.iter().fold(sent, |sent, (name, value)| sent.header(*name, value));
    read(sent.send().await.expect("an answer")).await.expect("a whole answer")
}

/// A part with a head of its own.
fn part(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n");
    [head.as_bytes(), body, b"\r\n"].concat()
}

fn end() -> Vec<u8> {
    format!("--{BOUNDARY}--\r\n").into_bytes()
}

#[tokio::test]
async fn a_message_is_kept_once_however_often_it_comes_and_is_heard_at_the_desk() {
    for provider in [Provider::FreeSwitch, Provider::VoiceXml] {
        let mut speaking = Speaking::at(provider).await;
        let (first, beside) = tokio::join!(speaking.send(&speaking.brings), speaking.send(&speaking.brings));
        assert_eq!((first.status, &first), (200, &beside), "two at once");
        for _ in 0..2 {
            assert_eq!(speaking.send(&speaking.brings).await, first, "the same turn again");
        }
        let kept = speaking.kept();
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert_eq!(std::fs::read(&kept[0]).unwrap(), wav(12_000));
        let messages = speaking.messages();
        assert_eq!(messages.len(), 1, "{messages:?}");
        let message = messages[0]["collected"]["message"].as_str().unwrap();
        assert_eq!(kept[0].file_stem().unwrap(), message);

        let agent = session(&store(&speaking.home).await, Role::Agent).await;
        let path = format!("/desk/requests/{}/recordings/{message}", messages[0]["id"].as_str().unwrap());
        let heard = speaking.server.request("GET", &path).header("cookie", agent).send().await.unwrap();
        assert_eq!((heard.status().as_u16(), &heard.headers()["content-type"]), (200, &"audio/wav".parse().unwrap()));
        assert_eq!(heard.bytes().await.unwrap(), wav(12_000));

        speaking.line.carries_out(&first.body);
        let over = speaking.line.hangs_up();
        assert_eq!(speaking.send(&over).await.status, 200);
        let gone = speaking.home.run(&["erase", CALLER, "--format", "json"]);
        let gone: Value = serde_json::from_slice(&gone.stdout).unwrap();
        assert_eq!(gone["recordings"], 1, "{gone}");
        speaking.nothing_is_kept();
    }
}

#[tokio::test]
async fn what_was_said_before_hanging_up_is_kept_and_the_call_is_over() {
    for (provider, spoken) in [(Provider::FreeSwitch, true), (Provider::VoiceXml, true), (Provider::FreeSwitch, false)]
    {
        let speaking = Speaking::at(provider).await;
        let millis = if spoken { 2500 } else { 100 };
        let gone: &[u8] = match provider {
            Provider::FreeSwitch => &part("name=\"exiting\"", b"true"),
            _ => &part("name=\"happened\"", b"gone"),
        };
        let last = multipart(&[], (speaking.part(), &wav(millis)));
        let over = speaking.with(&[gone, &last].concat());
        assert_eq!(speaking.send(&over).await.status, 200);
        assert_eq!((speaking.kept().len(), speaking.messages().len()), (usize::from(spoken), usize::from(spoken)));
        let open = async || (store(&speaking.home).await.open_calls().await.unwrap() == 0).then_some(());
        eventually("the call is over", open).await;
    }
}

#[tokio::test]
async fn whoever_says_nothing_is_led_on_as_anywhere() {
    for (provider, sound) in [
        (Provider::FreeSwitch, wav(4020)),
        (Provider::FreeSwitch, wav(0)),
        (Provider::VoiceXml, Vec::new()),
        (Provider::VoiceXml, b"undefined".to_vec()),
    ] {
        let mut speaking = Speaking::at(provider).await;
        let silent = speaking.with(&multipart(&[], (speaking.part(), &sound)));
        let answer = speaking.send(&silent).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let words = speaking.line.carries_out(&answer.body).words;
        assert!(!words.is_empty());
        speaking.nothing_is_kept();
        assert_eq!(speaking.messages(), Vec::<Value>::new());
    }
}

#[tokio::test]
async fn an_upload_in_a_wrong_form_is_refused_and_the_right_one_is_still_taken() {
    for provider in [Provider::FreeSwitch, Provider::VoiceXml] {
        let speaking = Speaking::at(provider).await;
        let sound = |name: &str| part(&format!("name=\"{}\"; filename=\"{name}\"", speaking.part()), &wav(3000));
        let once = sound("message.wav");
        let long = [&wav(0)[..], &vec![7; MOST]].concat();
        let cases = [
            ("larger than a sound may be", multipart(&[], (speaking.part(), &long)), 413),
            ("more fields than fit", [&part("name=\"a\"", &[b'a'; 65 * 1024]), &once[..], &end()].concat(), 413),
            ("broken off in the sound", once[..once.len() - 900].to_vec(), 400),
            ("broken off behind the sound", once.clone(), 400),
            ("two files", [&once[..], &once, &end()].concat(), 400),
            ("another file", [&part("name=\"passwd\"; filename=\"a\"", b"a"), &once[..], &end()].concat(), 400),
            ("no WAV", multipart(&[], (speaking.part(), &[7; 4000])), 400),
            ("too many parts", [part("name=\"a\"", b"").repeat(300), once.clone(), end()].concat(), 400),
        ];
        for (why, behind, status) in cases {
            let answer = speaking.send(&speaking.with(&behind)).await;
            assert_eq!(answer.status, status, "{why}: {answer:?}");
            speaking.nothing_is_kept();
        }
        // What a file is called leads nowhere.
        let elsewhere = speaking.with(&[sound("../../../hotline.db"), end()].concat());
        assert_eq!(speaking.send(&elsewhere).await.status, 200);
        assert_eq!(std::fs::read(&speaking.kept()[0]).unwrap(), wav(3000));
        assert_eq!(speaking.kept().len(), 1);
    }
}

#[tokio::test]
async fn fields_without_a_file_are_a_form_like_any_other() {
    let mut speaking = Speaking::at(Provider::FreeSwitch).await;
    let answer = speaking.send(&speaking.with(&end())).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    speaking.line.carries_out(&answer.body);
    speaking.nothing_is_kept();
}

#[tokio::test]
async fn of_whoever_is_not_believed_no_byte_is_read() {
    let speaking = Speaking::at(Provider::FreeSwitch).await;
    let path = speaking.brings.url.strip_prefix(PUBLIC).unwrap();
    let mut bent = path.to_owned();
    let last = bent.pop().unwrap();
    bent.push(if last == 'A' { 'B' } else { 'A' });
    let (_, proof) = speaking.brings.headers.iter().find(|(name, _)| *name == "authorization").unwrap();
    let twilio = path.replace("freeswitch", "twilio");
    for (path, proof, status) in [
        (path, "Basic bm9ib2R5OmF0IGFsbA==", "401"),
        (path, "", "401"),
        (bent.as_str(), proof, "403"),
        (&path.replace("/c/0", "/c/1"), proof, "403"),
        // What is no address of ours, and those that upload nothing, take no more than ever.
        (&path.replace("/c/", "/c/0"), proof, "413"),
        (twilio.as_str(), proof, "413"),
    ] {
        let mut connection = speaking.server.connect().await;
        // A body that is told of, and never comes: whoever waited for it would not answer.
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {proof}\r\nContent-Length: {}\r\n\
             Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n",
            20 * 1024 * 1024
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        connection.read_exact(&mut answer).await.unwrap();
        assert_eq!(str::from_utf8(&answer).unwrap(), format!("HTTP/1.1 {status}"), "{path} {proof}");
    }
    speaking.nothing_is_kept();
    // Too large by what is told of it alone.
    let mut connection = speaking.server.connect().await;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {proof}\r\nContent-Length: {}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n",
        2 * MOST
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    connection.read_exact(&mut answer).await.unwrap();
    assert_eq!(str::from_utf8(&answer).unwrap(), "HTTP/1.1 413");
}

#[tokio::test]
async fn where_recordings_cannot_lie_the_call_goes_on_as_without_one() {
    let mut speaking = Speaking::at(Provider::FreeSwitch).await;
    // A file where the folder was: nothing can be put into it.
    let folder = speaking.home.path(".hotline/recordings");
    std::fs::remove_dir(&folder).unwrap();
    std::fs::write(&folder, "").unwrap();
    let answer = speaking.send(&speaking.brings).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    speaking.line.carries_out(&answer.body);
    speaking.home.logs("a message could not be kept").await;
    assert_eq!(speaking.messages(), Vec::<Value>::new());
    assert_eq!(store(&speaking.home).await.leaving_recordings(9).await.unwrap().len(), 1, "it is swept");
}
