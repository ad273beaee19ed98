//! Settings: what is read, what overrides what, and that a mistake is told with its place and mend.

mod outbound;
mod providers;
mod proxies;
mod webhooks;

use hotline::config::{Config, LogFormat};
use hotline::provider::Provider;
use hotline::words::{Lang, Phone, Secret};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// An environment of a few variables.
fn env<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| set.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
}

/// The settings of a file with this text.
fn with_file(text: &str, set: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hotline.toml");
    std::fs::write(&file, text).unwrap();
    Config::load(Some(&file), &env(set))
        .map_err(|e| e.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

/// The settings where there is no file.
fn without_file(set: &[(&str, &str)]) -> Result<Config, String> {
    Config::load(None, &env(set)).map_err(|e| e.to_string())
}

fn mistake(text: &str) -> String {
    with_file(text, &[]).err().unwrap_or_else(|| panic!("this was taken:\n{text}"))
}

const PEPPER: (&str, &str) = ("HOTLINE_PEPPER", "0123456789abcdef0123456789abcdef");

#[test]
fn with_nothing_set_it_is_a_demo_on_this_machine_alone() {
    let config = without_file(&[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public_url(config.listen), "http://127.0.0.1:8080");
    assert_eq!(config.database_url.reveal(), "sqlite:.hotline/hotline.db");
    assert_eq!((config.flows, config.data), (PathBuf::from("flows"), PathBuf::from(".hotline")));
    assert_eq!((config.log.filter.as_str(), config.log.format), ("info", LogFormat::Text));
    assert!(config.demo);
}

#[test]
fn a_second_admin_is_asked_where_that_is_set() {
    assert!(!with_file("", &[]).unwrap().approvals);
    assert!(with_file("[studio]\napprovals = true", &[]).unwrap().approvals);
    let off = ("HOTLINE_STUDIO_APPROVALS", "off");
    assert!(!with_file("[studio]\napprovals = true", &[off]).unwrap().approvals, "the environment wins");
}

#[test]
fn the_demo_is_on_by_itself_only_where_nothing_says_it_is_serious() {
    let token = ("HOTLINE_TWILIO_AUTH_TOKEN", "token");
    let address = ("HOTLINE_PUBLIC_URL", "https://hotline.example");
    assert!(!with_file("", &[]).unwrap().demo, "a file");
    assert!(!without_file(&[token]).unwrap().demo, "a provider's secret");
    assert!(!without_file(&[address, PEPPER]).unwrap().demo, "a public address");
    assert!(without_file(&[token, ("HOTLINE_DEMO", "true")]).unwrap().demo, "set explicitly");
    assert!(with_file("demo = true", &[]).unwrap().demo, "set in the file");
    assert!(!with_file("demo = true", &[("HOTLINE_DEMO", "0")]).unwrap().demo, "the environment wins");
}

#[test]
fn a_demo_that_is_on_by_itself_is_not_shown_to_the_network() {
    let abroad = ("HOTLINE_LISTEN", "0.0.0.0:8080");
    let told = without_file(&[abroad]).err().unwrap();
    assert!(told.starts_with("HOTLINE_LISTEN: `listen` would show the demo"), "{told}");
    assert!(told.ends_with("set `demo` to true if it may be seen there, or to false"), "{told}");
    assert!(without_file(&[abroad, ("HOTLINE_DEMO", "true")]).unwrap().demo);
    assert!(!without_file(&[abroad, ("HOTLINE_DEMO", "false")]).unwrap().demo);
    assert!(without_file(&[("HOTLINE_LISTEN", "[::1]:0")]).unwrap().demo);
}

#[test]
fn every_setting_of_the_file_is_overridden_by_the_environment() {
    let file = r#"
        listen = "127.0.0.1:1"
        public_url = "https://file.example"
        database_url = "sqlite:file.db"
        flows = "file-flows"
        data = "file-data"
        pepper = "env:FILE_PEPPER"
        demo = false
        log = "warn"
        log_format = "text"
        retention = { calls = "8d", requests = "9d" }
        [providers.twilio]
        auth_token = ["env:OLD", "env:NEW"]
    "#;
    let in_file = [("FILE_PEPPER", "pepper of the file"), ("OLD", "old"), ("NEW", "new")];
    let config = with_file(file, &in_file).unwrap();
    assert_eq!(config.listen.port(), 1);
    assert_eq!(config.public_url(config.listen), "https://file.example");
    assert_eq!(config.database_url.reveal(), "sqlite:file.db");
    assert_eq!((config.flows.to_str(), config.data.to_str()), (Some("file-flows"), Some("file-data")));
    assert_eq!(config.pepper().unwrap().reveal(), "pepper of the file");
    assert_eq!((config.log.filter.as_str(), config.log.format), ("warn", LogFormat::Text));
    let days = |n: u64| Some(std::time::Duration::from_hours(24 * n));
    assert_eq!((config.retention.calls, config.retention.requests), (days(8), days(9)));
    assert_eq!(revealed(config.secrets(Provider::Twilio)), ["old", "new"]);

    let config = with_file(
        file,
        &[
            ("FILE_PEPPER", "pepper of the file"),
            ("HOTLINE_LISTEN", "127.0.0.1:2"),
            ("HOTLINE_PUBLIC_URL", "https://env.example/calls"),
            ("HOTLINE_DATABASE_URL", "postgres://hotline:geheim@db/hotline"),
            ("HOTLINE_FLOWS", "env-flows"),
            ("HOTLINE_DATA", "env-data"),
            ("HOTLINE_PEPPER", "pepper of the environment"),
            ("HOTLINE_DEMO", "true"),
            ("HOTLINE_LOG", "hotline=debug"),
            ("HOTLINE_LOG_FORMAT", "json"),
            ("HOTLINE_RETENTION_CALLS", "10d"),
            ("HOTLINE_RETENTION_REQUESTS", "forever"),
            ("HOTLINE_TWILIO_AUTH_TOKEN", "one, two"),
        ],
    )
    .unwrap();
    assert_eq!(config.listen.port(), 2);
    assert_eq!((config.retention.calls, config.retention.requests), (days(10), None));
    assert_eq!(config.public_url(config.listen), "https://env.example/calls");
    assert_eq!(config.database_url.reveal(), "postgres://hotline:geheim@db/hotline");
    assert_eq!(config.database_name(), "PostgreSQL");
    assert_eq!((config.flows.to_str(), config.data.to_str()), (Some("env-flows"), Some("env-data")));
    assert_eq!(config.pepper().unwrap().reveal(), "pepper of the environment");
    assert_eq!((config.log.filter.as_str(), config.log.format), ("hotline=debug", LogFormat::Json));
    assert_eq!(revealed(config.secrets(Provider::Twilio)), ["one", "two"]);
    assert!(config.demo);
}

fn revealed(secrets: &[Secret]) -> Vec<&str> {
    secrets.iter().map(Secret::reveal).collect()
}

#[test]
fn a_variable_that_is_empty_is_not_set() {
    let config = without_file(&[("HOTLINE_PUBLIC_URL", ""), ("HOTLINE_TWILIO_AUTH_TOKEN", " ")]).unwrap();
    assert!(config.public_url.is_none() && config.secrets(Provider::Twilio).is_empty() && config.demo);
}

const TWILIO: (&str, &str) = ("HOTLINE_TWILIO_AUTH_TOKEN", "token");

#[test]
fn lines_map_numbers_to_flows_and_voices() {
    let config = with_file(
        r#"
        [[lines]]
        number = "+86 755 8888 0000"
        flow = "digital-wallet"
        voices = { zh-CN = "Polly.Zhiyu-Neural", en-us = "Polly.Joanna" }
        [[lines]]
        number = "+85221234567"
        flow = "wallet-hk"
        "#,
        &[TWILIO],
    )
    .unwrap();
    let number = |text| Phone::parse(text, None).unwrap();
    let line = config.line(&number("+8675588880000")).unwrap();
    assert_eq!(line.flow, "digital-wallet");
    let voices = &line.voices[&Provider::Twilio].0;
    assert_eq!(voices[Lang::ZhCn as usize].as_deref(), Some("Polly.Zhiyu-Neural"));
    assert_eq!(voices[Lang::EnUs as usize].as_deref(), Some("Polly.Joanna"));
    assert_eq!(voices[Lang::ZhHk as usize], None);
    assert_eq!(config.line(&number("+85221234567")).unwrap().flow, "wallet-hk");
    assert!(config.line(&number("+85221234568")).is_none());
}

#[test]
fn a_mistake_in_the_file_is_told_with_its_line_and_the_mend() {
    for (text, told) in [
        ("\nlisen = \"127.0.0.1:80\"", "hotline.toml:2:1: `lisen` is no setting here; did you mean `listen`?"),
        (
            "[providers.twilio]\nauth_tokens = \"env:A\"",
            "hotline.toml:2:1: `auth_tokens` is no setting here; did you mean `auth_token`?",
        ),
        (
            "[providers.twillio]\nauth_token = \"env:A\"",
            "hotline.toml:1:12: `twillio` is no provider we speak with; did you mean `twilio`?",
        ),
        (
            "retention = { calls = \"1d\" }",
            "hotline.toml:1:23: `retention.calls` is `1d`, and limits look back 7 days; write `7d` or more, or `forever`",
        ),
        (
            "listen = \"localhost\"",
            "hotline.toml:1:10: `listen` is `localhost`; write an IP address and a port, as `127.0.0.1:8080`",
        ),
        ("data = \"\"", "hotline.toml:1:8: `data` is empty; give it a value or leave the line out"),
        (
            "log = \"a=b=c\"",
            "hotline.toml:1:7: `log` is `a=b=c`, which is no filter; write `info`, or `info,hotline=debug`",
        ),
        ("log_format = \"xml\"", "hotline.toml:1:14: `log_format` is `xml`; write `text` or `json`"),
        (
            "[[lines]]\nnumber = \"12\"\nflow = \"a\"",
            "hotline.toml:2:10: `lines.number` is `12`, which is no telephone number; write it with its country's code, as `+8675588880000`",
        ),
        (
            "[[lines]]\nnumber = \"+85221234567\"\nflow = \"\"",
            "hotline.toml:3:8: `lines.flow` is empty; write the flow's name, as `digital-wallet`",
        ),
        (
            "[[lines]]\nnumber = \"+85221234567\"\nflow = \"a.yaml\"",
            "hotline.toml:3:8: `lines.flow` is `a.yaml`, which is a file; write the flow's name, as `digital-wallet`",
        ),
        (
            "[[lines]]\nnumber = \"+85221234567\"\nflow = \"a\"\nvoices.zh-HL = \"A\"",
            "hotline.toml:4:16: `lines.voices` names a voice for `zh-HL`, which is no language here; did you mean `zh-HK`?",
        ),
    ] {
        assert_eq!(mistake(text), told);
    }
    let twice = "[[lines]]\nnumber = \"+85221234567\"\nflow = \"a\"\n".repeat(2);
    assert_eq!(mistake(&twice), "hotline.toml:5:10: `lines.number` is there twice; leave one of the two out");
    for text in ["listen = ", "demo = \"yes\"", "listen = 8080", "a b", "[[lines]]\nflow = \"a\""] {
        let told = mistake(text);
        assert!(
            told.starts_with("hotline.toml:1:") && told.ends_with("; the README shows every setting as it is written"),
            "{told}"
        );
    }
}

#[test]
fn a_mistake_in_the_environment_is_told_with_the_variable() {
    for (name, value, told) in [
        (
            "HOTLINE_LISTEN",
            "8080",
            "HOTLINE_LISTEN: `listen` is `8080`; write an IP address and a port, as `127.0.0.1:8080`",
        ),
        ("HOTLINE_DEMO", "maybe", "HOTLINE_DEMO: `demo` is `maybe`; write true or false"),
        (
            "HOTLINE_PEPPER",
            "short",
            "HOTLINE_PEPPER: `pepper` has fewer than 16 characters; make one with `openssl rand -hex 32`",
        ),
        (
            "HOTLINE_PEPPER",
            "env:ELSEWHERE",
            "HOTLINE_PEPPER: `pepper` is in ELSEWHERE, which is not set; set ELSEWHERE, or name another variable or a `file:PATH`",
        ),
    ] {
        assert_eq!(without_file(&[(name, value)]).err().unwrap(), told);
    }
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let told = Config::load(Some(Path::new("/nowhere/hotline.toml")), &env(&[])).err().unwrap().to_string();
    assert!(told.starts_with("/nowhere/hotline.toml: the settings cannot be read: No such file"), "{told}");
}

#[test]
fn the_public_address_is_one_that_providers_can_sign() {
    for (url, what) in [
        ("hotline.example", "does not begin with `https://` or `http://`"),
        ("ftp://hotline.example", "does not begin with `https://` or `http://`"),
        ("https://hotline.example/", "ends with a slash"),
        ("https://hotline.example/a/", "ends with a slash"),
        ("https://hotline.example?a=b", "has a query or fragment"),
        ("https://hotline.example/#a", "has a query or fragment"),
        ("https://me:secret@hotline.example", "holds a user's name"),
        ("https://hot line.example", "which is no address"),
        ("https://", "which is no address"),
    ] {
        let told = without_file(&[("HOTLINE_PUBLIC_URL", url), PEPPER]).err().unwrap();
        assert!(told.starts_with("HOTLINE_PUBLIC_URL: `public_url` ") && told.contains(what), "{url}: {told}");
    }
    for url in ["https://hotline.example", "http://10.0.0.1:8080/calls/in"] {
        assert_eq!(without_file(&[("HOTLINE_PUBLIC_URL", url), PEPPER]).unwrap().public_url.as_deref(), Some(url));
    }
}

#[test]
fn with_no_public_address_the_one_listened_on_is_given_out() {
    let config = without_file(&[("HOTLINE_LISTEN", "127.0.0.1:0")]).unwrap();
    assert_eq!(config.public_url("127.0.0.1:4711".parse().unwrap()), "http://127.0.0.1:4711");
    assert_eq!(config.public_url("0.0.0.0:80".parse().unwrap()), "http://127.0.0.1:80");
    assert_eq!(config.public_url("[::1]:80".parse().unwrap()), "http://[::1]:80");
}

#[test]
fn a_database_address_that_cannot_be_is_refused_without_repeating_it() {
    for url in
        ["mysql://hotline:geheim@db/x", "sqlite:", "sqlite::memory:", "sqlite://geheim.db", "postgres:geheim", "geheim"]
    {
        let told = without_file(&[("HOTLINE_DATABASE_URL", url), PEPPER]).err().unwrap();
        assert!(told.starts_with("HOTLINE_DATABASE_URL: `database_url` ") && !told.contains("geheim"), "{url}: {told}");
    }
}

#[test]
fn where_it_is_serious_the_pepper_must_be_set() {
    for (name, value, why) in [
        ("HOTLINE_PUBLIC_URL", "https://hotline.example", "a public address"),
        ("HOTLINE_DATABASE_URL", "postgres://db/hotline", "PostgreSQL"),
    ] {
        let told = without_file(&[(name, value)]).err().unwrap();
        assert!(
            told.starts_with(&format!("{name}: `pepper` is not set, and with {why} it must be; make one")),
            "{told}"
        );
        assert!(without_file(&[(name, value), PEPPER]).is_ok());
    }
    let told = mistake("\npublic_url = \"https://hotline.example\"");
    assert!(told.starts_with("hotline.toml:2:14: `pepper` is not set"), "{told}");
}

#[test]
fn secrets_are_not_written_out_in_the_file_and_no_error_repeats_one() {
    for text in [
        "pepper = \"geheimgeheimgeheim\"",
        "pin_hmac_key = \"geheim\"",
        "[providers.twilio]\nauth_token = \"geheim\"",
        "[providers.twilio]\nauth_token = [\"env:A\", \"geheim\"]",
        "[providers.twilio]\nauth_token = [[\"geheim\"]]",
        "[providers.twilio]\nauth_token = { geheim = \"geheim\" }",
        "pepper = 1234512345",
        "pepper = geheim",
        "pepper = \"geheim",
        "pepper = \"\"",
    ] {
        let told = with_file(text, &[("A", "a")]).err().unwrap();
        assert!(
            told.starts_with("hotline.toml:") && !told.contains("geheim") && !told.contains("12345"),
            "{text}: {told}"
        );
    }
}

#[test]
fn a_secret_is_read_from_the_file_that_is_named_without_its_last_line_break() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "0123456789abcdef\n").unwrap();
    let named = format!("file:{}", file.display());
    assert_eq!(without_file(&[("HOTLINE_PEPPER", &named)]).unwrap().pepper().unwrap().reveal(), "0123456789abcdef");
    let config =
        with_file(&format!("[providers.twilio]\nauth_token = [\"{named}\", \"env:A\"]"), &[("A", "a,b")]).unwrap();
    assert_eq!(revealed(config.secrets(Provider::Twilio)), ["0123456789abcdef", "a", "b"]);
    std::fs::write(&file, "\n").unwrap();
    let told = without_file(&[("HOTLINE_PEPPER", &named)]).err().unwrap();
    assert!(told.ends_with("which is empty; write the secret into it"), "{told}");
    let told = without_file(&[("HOTLINE_PEPPER", "file:/nowhere/pepper")]).err().unwrap();
    assert!(told.contains("is in /nowhere/pepper, which cannot be read: No such file"), "{told}");
}

#[test]
fn a_pepper_is_made_once_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let set = [("HOTLINE_DATA", data.to_str().unwrap())];
    let config = without_file(&set).unwrap();
    assert!(!data.exists(), "reading settings writes nothing");
    let made = config.pepper().unwrap();
    assert!(made.count() == 64 && made.reveal().bytes().all(|b| b.is_ascii_hexdigit()));
    assert_eq!(without_file(&set).unwrap().pepper().unwrap().reveal(), made.reveal());
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&data), mode(&data.join("pepper"))), (0o700, 0o600));
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 1, "nothing else is left there");
}

#[test]
fn servers_that_start_at_once_share_one_pepper() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let start = || without_file(&[("HOTLINE_DATA", data)]).unwrap().pepper().unwrap().reveal().to_owned();
    let peppers: Vec<String> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(peppers.iter().all(|p| *p == peppers[0]));
}

#[test]
fn a_pepper_that_others_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pepper = folder.path().join("pepper");
    std::fs::write(&pepper, "0123456789abcdef").unwrap();
    std::fs::set_permissions(&pepper, std::fs::Permissions::from_mode(0o640)).unwrap();
    let config = without_file(&[("HOTLINE_DATA", folder.path().to_str().unwrap())]).unwrap();
    let told = config.pepper().err().unwrap().to_string();
    let path = pepper.display();
    assert_eq!(told, format!("{path}: others may read the pepper (mode 640); run `chmod 600 {path}`"));
    std::fs::set_permissions(&pepper, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(config.pepper().unwrap().reveal(), "0123456789abcdef");
    std::fs::write(&pepper, "").unwrap();
    assert!(config.pepper().is_err());
}
