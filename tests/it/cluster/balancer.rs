//! HAProxy, as the README configures it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cluster/haproxy.cfg");

/// A running HAProxy. Ends with the test.
pub struct Balancer(Child);

impl Balancer {
    /// Starts it with the addresses its configuration asks for.
    pub fn start(addresses: &[(&str, String)]) -> Balancer {
        let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new("haproxy");
        // In the foreground and without a master, so that it is one process.
        command.args(["-db", "-q", "-f", CONFIGURATION]).env("PATH", path).envs(addresses.iter().cloned());
        // What it says about servers that are down is what the tests are about.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Balancer(command.spawn().expect("HAProxy: install it, e.g. apt-get install haproxy"))
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A free address on this machine. Somebody else could take it before it is used; nobody here does.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").to_string()
}

#[test]
fn the_readme_shows_the_configuration_that_is_run_here() {
    let readme = include_str!("../../../README.md");
    assert!(readme.contains(&format!("```haproxy\n{}```", include_str!("haproxy.cfg"))));
}
