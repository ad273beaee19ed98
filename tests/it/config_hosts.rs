//! Hosts outside in the settings: where they are, what opens them, and what is refused.

use crate::support::program::{run, with_flows};
use hotline::config::Config;

/// The settings of a file with this text.
fn load(text: &str, set: &[(&str, &str)]) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hotline.toml");
    std::fs::write(&file, text).unwrap();
    let env = |name: &str| set.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
    let prefix = format!("{}/", folder.path().display());
    Config::load(Some(&file), &env).map_err(|error| error.to_string().replace(&prefix, ""))
}

fn refused(text: &str) -> String {
    load(text, &[("SPLIT", "a\nb")]).err().unwrap_or_else(|| panic!("this was taken:\n{text}"))
}

#[test]
fn a_host_has_an_address_headers_and_times() {
    let text = "
[hosts.wallet]
url = \"https://wallet.internal.example/api\"
headers = { Authorization = \"env:WALLET_TOKEN\", X-Key = \"file:KEY\", User-Agent = \"hotline at the bank\" }
private = true
connect_timeout = \"250ms\"
rest = \"30s\"
[hosts.plain]
url = \"https://plain.example\"
";
    let key = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(key.path(), "the key\n").unwrap();
    let text = text.replace("KEY", key.path().to_str().unwrap());
    let config = load(&text, &[("WALLET_TOKEN", "Bearer t")]).unwrap();
    let [plain, wallet] = &config.hosts[..] else { panic!("{} hosts", config.hosts.len()) };
    let headers: Vec<(&str, &str)> = wallet.headers.iter().map(|(name, value)| (&**name, value.reveal())).collect();
    let expected = [("Authorization", "Bearer t"), ("User-Agent", "hotline at the bank"), ("X-Key", "the key")];
    assert_eq!(headers, expected);
    assert_eq!((wallet.private, wallet.connect_timeout.as_millis(), wallet.rest.as_secs()), (true, 250, 30));
    assert_eq!((plain.private, plain.connect_timeout.as_millis(), plain.rest.as_secs()), (false, 500, 10));
}

#[test]
fn an_address_that_would_lead_elsewhere_or_tell_a_secret_is_refused() {
    let mistakes = [
        ("http://wallet.example", "sends everything readable by anybody on the way"),
        ("https://user:pa55@wallet.example", "holds a user's name or password"),
        ("https://wallet.example/?key=pa55", "has a query or fragment"),
        ("ftp://wallet.example", "does not begin with `https://`"),
        ("wallet.example", "is no address"),
        ("https://10.0.0.7", "is an address of a private network"),
        ("https://2130706433/", "is an address of a private network"),
        ("https://0x7f.1/", "is an address of a private network"),
        ("https://[::1]:8443/api", "is an address of a private network"),
        ("https://[::ffff:169.254.169.254]", "is an address of a private network"),
    ];
    for (url, what) in mistakes {
        let told = refused(&format!("[hosts.w]\nurl = \"{url}\""));
        assert!(told.starts_with(&format!("hotline.toml:2:7: `hosts.url` {what}; ")), "{url}: {told}");
        assert!(!told.contains("pa55"), "{told}");
    }
    for url in ["http://10.0.0.7:8080/api", "http://wallet.internal.example", "https://[::1]"] {
        assert!(load(&format!("[hosts.w]\nurl = \"{url}\"\nprivate = true"), &[]).is_ok(), "{url}");
    }
}

#[test]
fn a_header_is_a_secret_unless_everybody_sends_it() {
    let mistakes = [
        ("X-Key = \"pa55\"", "is written out where everybody who reads the settings sees it"),
        ("Authorization = \"Bearer pa55\"", "is written out where everybody who reads the settings sees it"),
        ("Authorization = \"env:NOBODY\"", "is in NOBODY, which is not set"),
        ("Authorization = \"env:SPLIT\"", "has a value for `Authorization` that cannot be sent"),
        ("Authorization = 7", "is of type integer"),
        ("User-Agent = \"\"", "has a value for `User-Agent` that cannot be sent"),
        ("Host = \"env:SPLIT\"", "sets `Host`, which is no header to be set"),
        ("idempotency-key = \"env:SPLIT\"", "sets `idempotency-key`, which is no header to be set"),
        ("\"X Y\" = \"env:SPLIT\"", "sets `X Y`, which is no header to be set"),
    ];
    for (header, what) in mistakes {
        let told = refused(&format!("[hosts.w]\nurl = \"https://w.example\"\nheaders = {{ {header} }}"));
        assert!(told.contains(&format!("`hosts.headers` {what}; ")), "{header}: {told}");
        assert!(!told.contains("pa55"), "{told}");
    }
}

#[test]
fn what_is_no_setting_of_a_host_is_told() {
    let told = refused("[hosts.w]\nurl = \"https://w.example\"\nconect_timeout = \"1s\"");
    assert_eq!(told, "hotline.toml:3:1: `conect_timeout` is no setting here; did you mean `connect_timeout`?");
    let told = refused("[hosts.w]\nurl = \"https://w.example\"\nrest = \"soon\"");
    assert_eq!(told, "hotline.toml:3:8: `hosts.rest` is `soon`; write a time of up to 10m, like 500ms or 10s");
    let told = refused("[hosts.\"a b\"]\nurl = \"https://w.example\"");
    assert!(told.contains("is of a host `a b`, which no source can name"), "{told}");
    assert!(refused("[hosts.w]\nprivate = true").contains("missing field `url`"));
}

#[test]
fn a_source_whose_host_nobody_declared_is_told_by_check_and_stops_the_start() {
    let folder = with_flows();
    let sources = folder.path().join("flows/sources.yaml");
    let source = "\nthing:\n  takes: {}\n  level: 0\n  budget: 3s\n  from: { http: wallet, path: /v1 }\n";
    std::fs::write(&sources, std::fs::read_to_string(&sources).unwrap() + source).unwrap();
    assert_eq!(run(folder.path(), &["check", "--quick"]).0, Some(0), "without settings nobody knows any host");
    std::fs::write(folder.path().join("hotline.toml"), "listen = \"127.0.0.1:0\"\n").unwrap();
    let mend = "add to hotline.toml: [hosts.wallet] with url = \"https://…\"";
    let (code, out, _) = run(folder.path(), &["check", "--quick"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("the settings name no host `wallet` [unknown-host]") && out.contains(mend), "{out}");
    let (code, _, err) = run(folder.path(), &["serve"]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("sources ask hosts that are not in the settings") && err.contains(mend), "{err}");
    // Who checks has no secrets, and needs none.
    let declared = "[hosts.wallet]\nurl = \"https://w.example\"\nheaders = { X-Key = \"env:NOBODY\" }\n";
    std::fs::write(folder.path().join("hotline.toml"), declared).unwrap();
    let (code, out, err) = run(folder.path(), &["check", "--quick"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
}
