//! The program as it is shipped, started in a folder of its own and spoken to over HTTP.

use super::twilio::{PUBLIC, TOKEN, Webhook};
use hotline::words::clock::tick;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, LazyLock, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;

/// The pepper of servers here.
pub const PEPPER: &str = "a pepper for tests, long enough to be taken";

/// How long one waits for what should be soon, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder a server runs in, with its settings. Survives the server.
pub struct Home {
    folder: Arc<TempDir>,
    env: BTreeMap<String, String>,
}

/// A running server. Killed when it is dropped.
pub struct Server {
    /// With what copies its log.
    process: Mutex<(Child, Vec<JoinHandle<()>>)>,
    address: String,
    http: reqwest::Client,
    _folder: Arc<TempDir>,
}

/// What came back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    pub status: u16,
    pub kind: String,
    pub body: String,
}

impl Home {
    /// The shipped flows without their desks, and the demo's customers, on SQLite, with Twilio on.
    pub fn new() -> Home {
        let flows = without_desks();
        let home = Home { folder: Arc::new(tempfile::tempdir().expect("a temporary folder")), env: BTreeMap::new() };
        home.set("HOTLINE_LISTEN", "127.0.0.1:0")
            .set("HOTLINE_PUBLIC_URL", PUBLIC)
            .set("HOTLINE_TWILIO_AUTH_TOKEN", TOKEN)
            .set("HOTLINE_PEPPER", PEPPER)
            .set("HOTLINE_DEMO", "true")
            .set("HOTLINE_FLOWS", &flows.display().to_string())
    }

    /// With a setting of the environment.
    pub fn set(mut self, name: &str, value: &str) -> Home {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The shipped flows as they are, with their desks: their stories play as written.
    pub fn with_desks(self) -> Home {
        self.set("HOTLINE_FLOWS", concat!(env!("CARGO_MANIFEST_DIR"), "/flows"))
    }

    /// With a copy of the shipped flows that the test may change.
    pub fn with_own_flows(self) -> Home {
        copy(Path::new(&self.env["HOTLINE_FLOWS"]), &self.path("flows"));
        let flows = self.path("flows").display().to_string();
        self.set("HOTLINE_FLOWS", &flows)
    }

    /// A file or folder in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into it.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    /// The address of the database.
    pub fn database(&self) -> String {
        let file = || format!("sqlite:{}", self.path(".hotline/hotline.db").display());
        self.env.get("HOTLINE_DATABASE_URL").cloned().unwrap_or_else(file)
    }

    /// Everything servers here have printed and logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Waits until these words are in it.
    pub async fn logs(&self, words: &str) {
        eventually(&format!("`{words}` is logged"), async || self.log().contains(words).then_some(())).await;
    }

    /// Runs another command to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command().args(args).output().expect("the program runs")
    }

    /// Starts a server and waits until it listens.
    pub fn start(&self) -> Server {
        let mut child =
            self.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let (tell, told) = mpsc::channel();
        let copies = vec![
            copy_lines(child.stdout.take().expect("its output"), self.open_log(), Some(tell)),
            copy_lines(child.stderr.take().expect("its log"), self.open_log(), None),
        ];
        let Ok(address) = told.recv_timeout(PATIENCE) else {
            panic!("the server did not start: {:?}\n{}", child.try_wait(), self.log());
        };
        Server {
            process: Mutex::new((child, copies)),
            address: format!("http://{address}"),
            http: client(),
            _folder: self.folder.clone(),
        }
    }

    fn command(&self) -> Command {
        // A file that may not grow then fails to, where otherwise the process would be ended.
        let mut command = Command::new("/bin/sh");
        command.args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#, env!("CARGO_BIN_EXE_hotline")]);
        command.current_dir(self.folder.path()).env_clear().envs(&self.env).stdin(Stdio::null());
        command
    }

    fn open_log(&self) -> File {
        File::options().create(true).append(true).open(self.path("log")).expect("a log")
    }
}

/// Copies what a server prints, and tells where it listens.
fn copy_lines(from: impl Read + Send + 'static, mut copy: File, tell: Option<mpsc::Sender<String>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if let (Some(tell), Some(rest)) = (&tell, line.strip_prefix("Hotline listens on ")) {
                // Nobody waits any more when it took too long.
                drop(tell.send(rest.split(';').next().unwrap_or_default().to_owned()));
            }
            writeln!(copy, "{line}").expect("the log takes it");
        }
    })
}

impl Server {
    /// Sends a webhook, once.
    pub async fn send(&self, webhook: &Webhook) -> Answer {
        self.try_send(webhook).await.expect("an answer")
    }

    /// Sends a webhook to a server that may be killed meanwhile.
    pub async fn try_send(&self, webhook: &Webhook) -> reqwest::Result<Answer> {
        let target = webhook.url.strip_prefix(PUBLIC).expect("an address on the public address");
        let mut request = self.http.post(format!("{}{target}", self.address)).body(webhook.body());
        request = request.header("content-type", "application/x-www-form-urlencoded");
        if let Some(signature) = &webhook.signature {
            request = request.header("x-twilio-signature", signature);
        }
        read(request.send().await?).await
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks for a page.
    pub async fn get(&self, path: &str) -> Answer {
        let response = self.http.get(format!("{}{path}", self.address)).send().await.expect("an answer");
        read(response).await.expect("a whole answer")
    }

    /// A connection on which the test writes what it likes.
    pub async fn connect(&self) -> TcpStream {
        let address = self.address.strip_prefix("http://").expect("an address");
        TcpStream::connect(address).await.expect("a connection")
    }

    /// A request to a path, for what `send` does not do.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().expect("a method");
        self.http.request(method, format!("{}{path}", self.address))
    }

    /// The value of a line of the metrics; none when there is no such line.
    pub async fn metric(&self, name: &str) -> Option<f64> {
        let page = self.get("/metrics").await.body;
        let value = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map(|value| value.parse().expect("a number"))
    }

    /// Takes it down in the middle of whatever it does, as a power cut would.
    pub fn kill(&self) {
        let (child, copies) = &mut *self.process.lock().expect("nobody failed with it");
        child.kill().expect("it is killed");
        child.wait().expect("it is gone");
        copies.drain(..).for_each(|copy| copy.join().expect("the log is whole"));
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        self.run_on("kill", &["-TERM"]);
    }

    /// Asks it to read its files again.
    pub fn hang_up(&self) {
        self.run_on("kill", &["-HUP"]);
    }

    /// From now on no file it writes to may be larger than so many bytes: a disk that is full. None
    /// makes room again.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        self.run_on("prlimit", &[&format!("--fsize={limit}:"), "--pid"]);
    }

    /// Waits for its end.
    pub async fn ended(&self) -> ExitStatus {
        let state = async || self.process.lock().expect("nobody failed with it").0.try_wait().expect("its state");
        eventually("the server ends", state).await
    }

    /// Runs a program on this server's process.
    fn run_on(&self, program: &str, args: &[&str]) {
        let pid = self.process.lock().expect("nobody failed with it").0.id().to_string();
        let done = Command::new(program).args(args).arg(pid).status().expect("the program runs");
        assert!(done.success(), "{program} {args:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Ok((child, _)) = self.process.get_mut() else { return };
        // Gone already in tests that ended it.
        drop(child.kill());
        drop(child.wait());
    }
}

/// A client with a connection for each request, so that none meets a server that is just closing it.
fn client() -> reqwest::Client {
    hotline::outside::start_tls();
    // Where an answer leads is for a test to say.
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .timeout(PATIENCE);
    http.build().expect("a client")
}

/// Asks again and again until there is an answer.
pub async fn eventually<T>(what: &str, mut asked: impl AsyncFnMut() -> Option<T>) -> T {
    let until = tick() + PATIENCE;
    loop {
        if let Some(answer) = asked().await {
            return answer;
        }
        assert!(tick() < until, "in {PATIENCE:?} it did not come about that {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// An answer as it came.
pub async fn read(response: reqwest::Response) -> reqwest::Result<Answer> {
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.to_owned();
    Ok(Answer { status, kind, body: response.text().await? })
}

/// The shipped flows as a line has them that can put nobody through: whether agents are at work now
/// then makes no difference to what is pressed.
fn without_desks() -> &'static Path {
    static FLOWS: LazyLock<TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("flows"), folder.path());
        for entry in folder.path().read_dir().expect("a folder to read") {
            let file = entry.expect("an entry").path();
            if file.is_file() {
                let text = std::fs::read_to_string(&file).expect("a flow");
                let lines = text.lines().filter(|line| !line.starts_with("desks:"));
                std::fs::write(&file, lines.map(|line| format!("{line}\n")).collect::<String>()).expect("a copy");
            }
        }
        folder
    });
    FLOWS.path()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in from.read_dir().expect("a folder to read").map(|entry| entry.expect("an entry")) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("a copy");
        }
    }
}
