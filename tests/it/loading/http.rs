//! Mistakes in sources that are asked over HTTP.

use super::{load_with, said_of, shared_files};
use crate::support::told::in_every_language;
use hotline::flow::model::Origin;
use hotline::flow::read::unknown_hosts;

#[test]
fn what_is_wrong_with_a_question_is_told_where_it_stands() {
    let source = "\
payment:
  takes: { account: text, number: text }
  gives: { state: text }
  level: 0
  budget: 11s
  from:
    http: https://wallet.example
    method: PUT
    path: /v1/{acount}/{number}
    query: { lang: en }
    retri: yes
";
    let expected = [
        "sources.yaml:5:11: no caller waits 11s for an answer [deadline]",
        "    write a time of up to 10s, like 3s",
        "sources.yaml:7:11: expected the name of a host, found `https://wallet.example` [shape]",
        "    its address stands in the settings, under [hosts.NAME]",
        "sources.yaml:8:13: expected GET or POST, found `PUT` [shape]",
        "sources.yaml:9:11: the source takes no argument `acount` [argument]",
        "    did you mean `account`?",
        "sources.yaml:10:20: the source takes no argument `en` [argument]",
        "    it takes account, number",
        "sources.yaml:11:5: `retri` means nothing here [unknown-field]",
        "    did you mean `retry`?",
    ];
    assert_eq!(said_of("sources.yaml", source).join("\n"), expected.join("\n"));
}

/// A source with an argument, asked like this.
fn from(acts: bool, from: &str) -> String {
    let act = if acts { "  act: yes\n" } else { "" };
    format!("thing:\n{act}  takes: {{ id: text }}\n  level: 0\n  budget: 3s\n  from: {from}\n")
}

#[test]
fn a_path_has_no_room_for_what_would_lead_elsewhere() {
    for path in [
        "v1/{id}",
        "/v1/../{id}",
        "/v1/./{id}",
        "//evil.example/{id}",
        "/v1/x{id}",
        "/{id}?a=b",
        "/%2e%2e/{id}",
        "/a b/{id}",
    ] {
        let said = said_of("sources.yaml", &from(false, &format!("{{ http: wallet, path: \"{path}\" }}")));
        let place = "sources.yaml:5:31: ";
        assert!(said.len() == 1 && said[0].starts_with(place), "{path}: {said:?}");
    }
    for path in ["/{id}", "/v1.2/things:find/{id}/", "/{id}/@me;v=1"] {
        assert_eq!(
            said_of("sources.yaml", &from(false, &format!("{{ http: wallet, path: \"{path}\" }}"))),
            [""; 0],
            "{path}"
        );
    }
}

#[test]
fn what_might_be_done_twice_or_not_be_sent_is_refused() {
    let refused = [
        (
            true,
            "{ http: w, path: \"/{id}\", method: GET }",
            "an act is not sent with GET, which anybody on the way may repeat",
        ),
        (false, "{ http: w, path: /v1, method: POST, retry: yes }", "a lookup that is sent with POST carries nothing"),
        (false, "{ http: w, path: /v1 }", "the argument `id` is not sent"),
        (false, "{ http: w }", "`path:` is missing"),
        (false, "{ http: w, path: \"/{id}\", after: 2s }", "`after` means nothing here"),
    ];
    for (acts, text, what) in refused {
        let said = said_of("sources.yaml", &from(acts, text));
        assert!(said.len() == 1 && said[0].contains(what), "{text}: {said:?}");
    }
    for (acts, text) in [(true, "{ http: w, path: /v1, retry: yes }"), (false, "{ http: w, path: /v1, method: POST }")]
    {
        assert_eq!(said_of("sources.yaml", &from(acts, text)), [""; 0], "{text}");
    }
}

#[test]
fn a_host_that_the_settings_do_not_name_takes_the_flows_with_it() {
    let text = from(false, "{ http: walet, path: \"/{id}\" }");
    let mut files = shared_files();
    files.insert("sources.yaml".into(), text.clone());
    let hosts = ["wallet".to_owned(), "bank".to_owned()];
    let unknown = unknown_hosts(&files, &hosts);
    in_every_language(&unknown);
    let told: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    let mend = "add to hotline.toml: [hosts.walet] with url = \"https://…\"";
    let what = "sources.yaml:5:17: the settings name no host `walet` [unknown-host]";
    assert_eq!(told, [format!("{what}\n    did you mean `wallet`? Or {mend}")]);
    let mut loaded = load_with("sources.yaml", &text);
    assert_eq!((loaded.flows.len(), loaded.problems.len()), (1, 0), "flows alone know no settings");
    loaded.check_hosts(&files, &["walet".to_owned()]);
    assert_eq!((loaded.flows.len(), loaded.problems.len()), (1, 0));
    loaded.check_hosts(&files, &hosts);
    assert_eq!((loaded.flows.len(), loaded.refused, loaded.problems.len()), (0, vec!["test".to_owned()], 1));
}

#[test]
fn the_sources_in_the_reference_load_beside_the_shipped_ones() {
    let reference = include_str!("../../../flows/README.md");
    let (_, after) = reference.split_once("```sources\n").unwrap();
    let (example, _) = after.split_once("```").unwrap();
    let shipped = shared_files()["sources.yaml"].clone();
    let loaded = load_with("sources.yaml", &format!("{shipped}\n{example}"));
    assert_eq!(loaded.problems, []);
    let sources = &loaded.flows[0].sources;
    let Origin::Http(http) = &sources["wallet-payment"].from else { panic!("it asks nobody") };
    assert_eq!(http.shape(), "/v1/accounts/{account}/payments/{number}");
    assert!(!http.post && http.retry && sources["wallet-freeze"].acts());
}
