//! Secrets outside `verify`, and text messages that say too much.

use super::check;

fn asked(variable: &str, prompt: &str) -> String {
    format!(
        "
  hello:
    ask: {variable}
    as: {{ digits: {{ from: 4, to: 6 }} }}
    prompt: {{ en-US: \"{prompt}\" }}
    then: bye
    otherwise: bye"
    )
}

#[test]
fn only_a_verification_asks_for_a_secret() {
    for (variable, prompt, named) in [
        ("number", "Please enter your PIN.", "pin"),
        ("number", "Enter the verification code we sent you.", "verification code"),
        ("number", "Your card number, please.", "card number"),
        ("pin", "Please enter it.", "pin"),
        ("card_number", "Please enter it.", "card_number"),
        ("cvv", "Please enter it.", "cvv"),
    ] {
        let what = format!(
            "test.yaml:11:3: `hello` asks for a secret (\"{named}\"): what an `ask` takes is shown to agents [secret]"
        );
        check(
            &asked(variable, prompt),
            &[&what, "    only `verify` may ask for a secret; card numbers are never asked for", "    keys: none"],
        );
    }
}

#[test]
fn what_only_sounds_like_a_secret_is_no_secret() {
    for (variable, prompt) in [
        ("number", "Enter the order number. Never enter your password here."),
        ("number", "How is the shipping going?"),
        ("shopping", "Please enter the number."),
        ("card_reason", "Please enter the number."),
    ] {
        check(&asked(variable, prompt), &[]);
    }
}

#[test]
fn secrets_are_known_in_every_language() {
    let prompts =
        [("zh-CN", "请输入短信验证码。"), ("zh-HK", "請輸入密碼。"), ("ja-JP", "暗証番号を入力してください。")];
    for (lang, prompt) in prompts {
        let text = super::hotline_of(&asked("number", "x")).replace("en-US: \"x\"", &format!("{lang}: {prompt}"));
        let text = text.replace("en-US", lang);
        let said = super::said_of(&super::with(&text, &[]));
        assert!(said.iter().any(|problem| problem.contains("[secret]")), "{lang}: {said:?}");
    }
}

#[test]
fn a_text_message_to_a_number_that_can_be_forged_says_nothing_about_the_account() {
    let steps = |to: &str| {
        format!(
            "
  hello:
    verify: 2
    then: text-it
    failed: bye
  text-it:
    sms: {{ en-US: \"Dear {{caller.name}}.\" }}
{to}    then: bye
    failed: bye"
        )
    };
    check(
        &steps(""),
        &[
            "test.yaml:15:3: `text-it` texts the calling number what needs level 2, and that number can be forged [sms]",
            "    send it `to: registered`, or leave out what is known of the account only",
            "    keys: <account>#, <PIN>#",
        ],
    );
    check(&steps("    to: registered\n"), &[]);
}

#[test]
fn the_registered_number_is_texted_for_known_callers_only() {
    check(
        "
  hello:
    sms: { en-US: Hi. }
    to: registered
    then: bye
    failed: bye",
        &[
            "test.yaml:11:3: the step `hello` needs level 2, and a caller who has proved level 0 comes here: hello [level]",
            "    lead the way through `verify: 2`: the registered number is that of a known account",
            "    keys: none",
        ],
    );
}
