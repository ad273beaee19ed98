//! A PostgreSQL primary and its synchronous standby, in a temporary folder. Both end with the process,
//! however that ends.

use super::balancer::free_address;
use crate::support::postgres::programs;
use crate::support::server::eventually;
use sqlx::{Connection, PgConnection};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Does what it is told, one line each, and says `ready`; when its input ends it stops what runs. `$1`
/// is the folder of the programs, `$2` and `$3` the ports of `one` and `two`.
const SCRIPT: &str = r#"
trap : INT TERM
one=$2 two=$3
PATH=$(dirname "$(readlink -f "$1/pg_ctl")"):$1:$PATH
folder=$(mktemp -d) && chmod 700 "$folder" && cd "$folder" || exit 1
port() { eval "echo \$$1"; }
begin() {
    pg_ctl -w -D "$1" -l "$1.log" start -o "-p $(port "$1") -k $folder -c listen_addresses=127.0.0.1 \
        -c fsync=off -c hot_standby=off -c max_connections=100 -c wal_keep_size=64MB"
}
sql() { psql -q -h 127.0.0.1 -p "$(port "$1")" -U hotline postgres -c "$2"; }
primary() {
    initdb -D "$1" -U hotline -A trust -E UTF8 --locale=C --no-sync && begin "$1" && sql "$1" "CREATE DATABASE hotline"
}
standby() {
    rm -rf "$1"
    pg_basebackup -h 127.0.0.1 -p "$(port "$2")" -U hotline -D "$1" -R -c fast --no-sync && begin "$1" &&
        sql "$2" "ALTER SYSTEM SET synchronous_standby_names = '*'" && sql "$2" "SELECT pg_reload_conf()"
}
lose() { pg_ctl -w -D "$1" -m immediate stop; }
promote() {
    echo "synchronous_standby_names = ''" >>"$1/postgresql.auto.conf"
    pg_ctl -D "$1" reload && pg_ctl -w -D "$1" promote
}
while read -r told; do
    $told >>log 2>&1 && echo ready || { cat log ./*.log; break; }
done
for node in one two; do
    [ -e $node/postmaster.pid ] && kill -INT "$(head -n 1 $node/postmaster.pid)"
    while [ -e $node/postmaster.pid ]; do sleep 0.1; done
done
cd / && rm -rf "$folder"
"#;

/// The pair.
pub struct Pair {
    script: Child,
    output: BufReader<ChildStdout>,
    addresses: [String; 2],
    /// Which of them is the primary.
    primary: usize,
}

const NAMES: [&str; 2] = ["one", "two"];

impl Pair {
    /// Makes both; from here on nothing is committed that only one of them has.
    pub async fn start() -> Pair {
        let bin = programs().expect("PostgreSQL's programs: install them, e.g. apt-get install postgresql");
        let addresses = [free_address(), free_address()];
        let ports = addresses.each_ref().map(|address| address.rsplit(':').next().expect("a port"));
        let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.trim_ascii() == b"0");
        let mut command = Command::new(if root { "runuser" } else { "sh" });
        if root {
            command.args(["-u", "postgres", "--", "sh"]);
        }
        command.args(["-c", SCRIPT, "postgresql-pair-for-tests"]).arg(bin).args(ports).current_dir("/");
        let mut script = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell");
        let output = BufReader::new(script.stdout.take().expect("its output"));
        let mut pair = Pair { script, output, addresses, primary: 0 };
        pair.tell("primary one");
        pair.add_standby().await;
        pair
    }

    /// Where they listen.
    pub fn addresses(&self) -> &[String; 2] {
        &self.addresses
    }

    /// The database, at the primary itself.
    pub fn url(&self) -> String {
        format!("postgres://hotline@{}/hotline", self.addresses[self.primary])
    }

    /// Kills the primary in the middle of whatever it does.
    pub fn lose_primary(&mut self) {
        self.tell(&format!("lose {}", NAMES[self.primary]));
    }

    /// The standby takes over. It has no standby of its own then.
    pub fn promote(&mut self) {
        self.primary = 1 - self.primary;
        self.tell(&format!("promote {}", NAMES[self.primary]));
    }

    /// Builds a standby in the other's place, and waits until commits wait for it.
    pub async fn add_standby(&mut self) {
        self.tell(&format!("standby {} {}", NAMES[1 - self.primary], NAMES[self.primary]));
        let mut connection = PgConnection::connect(&self.url()).await.expect("the primary answers");
        let in_step = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        eventually("the standby is in step", async || {
            let count = sqlx::query_scalar::<_, i64>(in_step).fetch_one(&mut connection).await.expect("a number");
            (count == 1).then_some(())
        })
        .await;
    }

    fn tell(&mut self, what: &str) {
        writeln!(self.script.stdin.as_mut().expect("its input"), "{what}").expect("it listens");
        let mut told = String::new();
        while !told.ends_with("ready\n") {
            let read = self.output.read_line(&mut told).expect("readable output");
            assert!(read > 0, "PostgreSQL did not {what}:\n{told}");
        }
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        drop(self.script.stdin.take());
        drop(self.script.wait());
    }
}
