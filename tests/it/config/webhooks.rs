//! Programs that are told of requests: where they are, and what messages are signed with.

use super::{mistake, with_file};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn hook(url: &str, secret: &str) -> String {
    format!("[webhooks.crm]\nurl = \"{url}\"\nsecret = {secret}")
}

#[test]
fn several_secrets_count_while_one_is_being_replaced() {
    let file = |secret: &str| hook("https://crm.example/hooks?of=hotline", secret);
    let both = format!("{SECRET},{SECRET}");
    for (secret, set, keys) in [
        ("\"env:NEW\"", vec![("NEW", SECRET)], 1),
        ("[\"env:NEW\", \"env:OLD\"]", vec![("NEW", SECRET), ("OLD", SECRET)], 2),
        ("\"env:NEW\"", vec![("NEW", both.as_str())], 2),
    ] {
        let config = with_file(&file(secret), &set).unwrap();
        assert_eq!(
            config.webhooks.iter().map(|hook| (hook.name.as_str(), hook.keys.len())).collect::<Vec<_>>(),
            [("crm", keys)]
        );
    }
}

#[test]
fn what_cannot_work_is_told_with_the_mend_and_never_the_secret() {
    let told = |url: &str, secret: &str| {
        let told = with_file(&hook(url, "\"env:KEY\""), &[("KEY", secret)]).err().unwrap();
        assert!(!told.contains("MfKQ") && !told.contains("hidden"), "{told}");
        told
    };
    let fine = "https://crm.example/";
    let mend = "begin it with `https://`";
    assert_eq!(
        told("http://crm.example/", SECRET),
        format!("hotline.toml:2:7: `webhooks.url` sends everything readable by anybody on the way; {mend}")
    );
    assert!(told("https://user:hidden@crm.example/", SECRET).contains("holds a user's name or password"));
    assert!(told("crm", SECRET).contains("`webhooks.url` is no address"));
    let mend = "make one with `echo whsec_$(openssl rand -base64 32)`";
    assert_eq!(
        told(fine, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        format!("hotline.toml:3:10: `webhooks.secret` does not begin with `whsec_`; {mend}")
    );
    assert!(told(fine, "whsec_hidden!").contains("has no base64 after `whsec_`"));
    assert!(told(fine, "whsec_MfKQ9r8GKYqrTwjU").contains("does not hold 24 to 64 bytes"));
    assert!(mistake(&hook(fine, &format!("\"{SECRET}\""))).contains("is written out where everybody"));
    assert!(mistake(&hook(fine, "\"env:NOBODY\"")).contains("is in NOBODY, which is not set"));
    assert!(mistake(&hook(fine, "[]")).contains("`webhooks.secret` is empty"));
    assert!(mistake("[webhooks.crm]\nurl = \"https://crm.example/\"").contains("missing field `secret`"));
    assert!(mistake(&hook(fine, "[]").replace("crm]", "\"a b\"]")).contains("a program `a b`, which is no name"));
}

#[test]
fn the_environment_names_no_webhook() {
    let set = [("KEY", SECRET), ("HOTLINE_WEBHOOKS_SECRET", "whsec_"), ("HOTLINE_WEBHOOKS_URL", "nowhere")];
    assert!(with_file(&hook("http://127.0.0.1:9/", "\"env:KEY\""), &set).is_ok());
}
