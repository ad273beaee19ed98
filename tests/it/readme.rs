//! What the README promises of settings and commands.

use hotline::config::{Config, RecordingsAt};
use hotline::provider::Provider;
use std::process::Command;

const README: &str = include_str!("../../README.md");

fn sample() -> &'static str {
    README.split("```toml\n").nth(1).unwrap().split("```").next().unwrap()
}

/// The sample with every setting that has no default switched on.
fn everything_on() -> String {
    let mut settings = vec!["public_url", "pepper", "pin_hmac_key", "number", "flow", "voices", "auth_token"];
    settings.extend(["url", "headers", "private", "connect_timeout", "rest", "secret"]);
    settings.extend(["account", "api_key", "api_base", "sender", "per_line_day"]);
    settings.extend(["endpoint", "region", "access_key", "secret_key", "delete_at_provider"]);
    let is_on =
        |line: &str| line.starts_with('[') || settings.iter().any(|name| line.starts_with(&format!("{name} = ")));
    let line = |line: &'static str| line.strip_prefix("# ").filter(|line| is_on(line)).unwrap_or(line);
    sample().lines().map(line).collect::<Vec<_>>().join("\n")
}

fn load(text: &str, env: &[(&str, &str)]) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hotline.toml");
    std::fs::write(&file, text).unwrap();
    let env = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    Config::load(Some(&file), &env).map_err(|e| e.to_string()).unwrap()
}

#[test]
fn the_samples_values_are_the_defaults() {
    let (sample, default) = (load(sample(), &[]), load("", &[]));
    assert_eq!(sample.listen, default.listen);
    assert_eq!(sample.public_url, default.public_url);
    assert_eq!(sample.database_url.reveal(), default.database_url.reveal());
    assert_eq!((sample.flows, sample.data), (default.flows, default.data));
    assert_eq!(sample.retention, default.retention);
    assert_eq!(sample.approvals, default.approvals);
    assert_eq!(sample.proxies, default.proxies);
    assert_eq!((sample.log, sample.demo), (default.log, default.demo));
    assert!(sample.lines.is_empty() && default.lines.is_empty());
}

#[test]
fn the_sample_shows_every_setting() {
    let pepper = ("HOTLINE_PEPPER", "0123456789abcdef");
    let secrets = [("WALLET_PIN_KEY", "key"), ("TWILIO_AUTH_TOKEN", "token"), ("WALLET_TOKEN", "Bearer token")];
    let keys = [("TWILIO_API_KEY", "SK1:key"), ("S3_ACCESS_KEY", "name"), ("S3_SECRET_KEY", "key")];
    let hook = ("CRM_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let config = load(&everything_on(), &[&secrets[..], &keys, &[pepper, hook]].concat());
    assert_eq!(
        config.webhooks.iter().map(|hook| (hook.name.as_str(), hook.keys.len())).collect::<Vec<_>>(),
        [("crm", 1)]
    );
    assert_eq!(config.public_url.as_deref(), Some("https://hotline.example.com"));
    assert_eq!((config.lines.len(), config.secrets(Provider::Twilio).len()), (1, 1));
    assert!(config.has_pin_hmac_key());
    assert!(
        config.outbound.apis.first().is_some_and(|api| api.base == "https://api.twilio.com" && api.sender.is_some())
    );
    assert!(matches!(config.outbound.recordings, RecordingsAt::Bucket { .. }));
    let default = load("", &[]).outbound;
    assert_eq!(config.outbound.per_line_day, default.per_line_day);
    assert_eq!(config.outbound.delete_at_provider, default.delete_at_provider);
    let usual = load("[hosts.wallet]\nurl = \"https://wallet.internal.example/api\"", &[]);
    let told = |config: &Config| {
        let host = &config.hosts[0];
        (host.name.clone(), host.base.clone(), host.private, host.connect_timeout, host.rest)
    };
    assert_eq!(told(&config), told(&usual), "what is shown are the defaults");
    assert_eq!(config.hosts[0].headers[0].1.reveal(), "Bearer token");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hotline.toml");
    std::fs::write(&file, "no-such-setting = 1").unwrap();
    let told = Config::load(Some(&file), &|_| None).err().unwrap().to_string();
    let known = told.split("settings here are ").nth(1).unwrap();
    for name in known.split(", ") {
        assert!(
            everything_on().contains(&format!("\n{name} = ")) || everything_on().contains(&format!("[{name}")),
            "{name}"
        );
    }
}

#[test]
fn every_command_is_in_the_readme_and_the_other_way_round() {
    let help = Command::new(env!("CARGO_BIN_EXE_hotline")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let mut known: Vec<&str> = commands.lines().filter_map(|line| line.split_whitespace().next()).collect();
    known.retain(|name| *name != "help");
    let mut shown: Vec<&str> = README
        .lines()
        .filter_map(|line| line.strip_prefix("| `hotline"))
        .map(|line| line.trim_start_matches("` or `hotline").split_whitespace().next().unwrap().trim_end_matches('`'))
        .collect();
    known.sort_unstable();
    shown.sort_unstable();
    shown.dedup();
    assert_eq!(known, shown);
}

#[test]
fn the_guide_to_providers_names_each_with_its_secret_and_what_it_can() {
    let guide = include_str!("../../src/provider/README.md");
    for provider in Provider::ALL.iter().filter(|provider| !provider.secret().is_empty()) {
        let (name, secret) = (provider.name(), provider.secret());
        let variable = format!("`HOTLINE_{}_{}`", name.to_uppercase(), secret.to_uppercase());
        let row = guide.lines().find(|line| line.contains(&format!("`PUBLIC/voice/{name}`"))).expect(name);
        assert!(row.contains(&format!("`{secret}`")) && row.contains(&variable), "{row}");
        let (title, can) = (row.split('|').nth(1).unwrap().trim(), provider.can());
        assert!(guide.contains(&format!("\n## {title}\n")), "{title}");
        let speaks: Vec<&str> = can.speaks.iter().map(|lang| lang.tag()).collect();
        let yes = |can: bool| if can { "yes" } else { "no" };
        let (speaks, heard) = (speaks.join(", "), yes(provider.hands_over_recordings()));
        let keys = format!("{} | {}", yes(can.type_ahead), yes(can.lone_hash));
        let line = format!("| {title} | {speaks} | {} | {heard} | {} | {keys} |", yes(can.record), yes(can.sms));
        assert!(guide.contains(&line), "the guide says otherwise: {line}");
    }
}
