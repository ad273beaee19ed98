//! `hotline graph`: the drawing of a flow.

use crate::support::flows::{files, shipped};
use crate::support::program::{run, with_flows};
use hotline::flow::Flow;
use hotline::flow::chart::{Panel, chart};
use hotline::flow::check::targets;
use hotline::flow::read::load_one;
use hotline::words::Lang;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::{BTreeMap, BTreeSet};

/// A shop that tells its hours, with one step of everything a drawing shows in its own way.
const SHOP: &str = r##"
flow: shop
title: { en-US: "Tom & Jerry <shop>" }
languages: [en-US]
uses: [ring-back]
hours: always
countries: [CN]
start: welcome
person: agent
denied: agent
steps:
  welcome: { say: { en-US: "Hello \"you\" at <{line.number|digits}> & friends, this is a long welcome that goes on and on" }, then: main }
  main:
    menu:
      - { key: 1, go: who, for: { en-US: "</text><script>alert('1')</script>" } }
      - { key: 2, go: main, to: { en-US: hear it again } }
    otherwise: agent
  who: { verify: 2, then: look, failed: agent }
  look:
    lookup: account
    with: { account: caller.account }
    into: account
    then: tell
    missing: agent
    failed: agent
  tell: { say: { en-US: "It is {account.state}." }, then: note }
  note: { request: report, topic: state, priority: low, number: nobody, into: filed, then: bye, refused: bye }
  agent: { call: ring-back, with: { topic: shop }, then: bye }
  bye: { hangup: { en-US: Goodbye. } }
"##;

/// Its callbacks; its own, so that the drawing stays as it is when the shipped ones change.
const RING_BACK: &str = r##"
flow: ring-back
languages: [en-US]
takes: { topic: word }
start: file
steps:
  file: { request: callback, topic: = topic, priority: normal, number: registered, account: topic, into: filed, then: back, refused: back }
  back: { return: {} }
"##;

fn shop() -> Flow {
    let mut files = files();
    files.insert("shop.yaml".to_owned(), SHOP.to_owned());
    files.insert("common/ring-back.yaml".to_owned(), RING_BACK.to_owned());
    load_one(&files, "shop.yaml").unwrap()
}

/// Every drawing of the shipped flows, and of the shop.
fn drawings() -> Vec<(String, String)> {
    let (_, flows) = shipped();
    let all = flows.iter().flat_map(|flow| {
        flow.languages.iter().map(|lang| (format!("{} in {lang}", flow.name), chart(flow, *lang).svg()))
    });
    all.chain([("shop".to_owned(), chart(&shop(), Lang::EnUs).svg())]).collect()
}

fn attributes(tag: &BytesStart<'_>) -> BTreeMap<String, String> {
    let read = |a: quick_xml::events::attributes::Attribute<'_>| (a.key.0.to_owned(), a.value.to_string());
    tag.attributes().map(|a| read(a.unwrap())).collect()
}

/// The tags of a document in order, each with its attributes; fails where it is not well-formed.
fn tags(name: &str, svg: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut reader = Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let (mut tags, mut open) = (Vec::new(), 0);
    loop {
        match reader.read_event().unwrap_or_else(|e| panic!("{name}: {e}")) {
            Event::Start(tag) => {
                open += 1;
                tags.push((tag.name().0.to_owned(), attributes(&tag)));
            }
            Event::Empty(tag) => tags.push((tag.name().0.to_owned(), attributes(&tag))),
            Event::End(_) => open -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0, "{name}");
    tags
}

#[test]
fn every_drawing_is_well_formed_and_its_links_lead_somewhere() {
    for (name, svg) in drawings() {
        let tags = tags(&name, &svg);
        let ids: Vec<&String> = tags.iter().filter_map(|(_, attributes)| attributes.get("id")).collect();
        let known: BTreeSet<&String> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{name}: every id is there once");
        for (tag, attributes) in &tags {
            if let Some(href) = attributes.get("href") {
                assert!(known.contains(&href.trim_start_matches('#').to_owned()), "{name}: {href}");
            }
            assert!(!attributes.keys().any(|key| key.starts_with("on")) && tag != "script", "{name}");
        }
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
    }
}

#[test]
fn who_cannot_see_it_is_told_what_it_shows() {
    let svg = chart(&shop(), Lang::EnUs).svg();
    let root = &tags("shop", &svg)[0];
    assert_eq!(
        (root.0.as_str(), root.1["role"].as_str(), root.1["aria-labelledby"].as_str()),
        ("svg", "img", "title desc")
    );
    assert!(svg.contains("<title id=\"title\">shop: Tom &amp; Jerry &lt;shop&gt;</title>"), "{svg}");
    let desc = svg.split("<desc id=\"desc\">").nth(1).unwrap().split("</desc>").next().unwrap();
    for piece in [
        "beginning at welcome",
        "Key 0 leads to agent",
        "The first menu, main, offers: 1 ",
        "2 hear it again",
        "Sub-flows: ring-back.",
    ] {
        assert!(desc.contains(piece), "{piece}: {desc}");
    }
}

#[test]
fn the_drawing_of_a_small_flow() {
    insta::assert_snapshot!("shop", chart(&shop(), Lang::EnUs).svg());
}

#[test]
fn every_way_on_is_a_line_or_a_named_jump() {
    let (_, flows) = shipped();
    for flow in flows.iter().map(|flow| &**flow).chain([&shop()]) {
        for (panel, block) in chart(flow, flow.languages[0]).panels.iter().zip(&flow.blocks) {
            let name = |at: &usize| block.steps[*at].name.clone();
            let mut shown: BTreeSet<(String, String)> = BTreeSet::new();
            for line in &panel.lines {
                let (first, last) = (line.points[0], line.points[line.points.len() - 1]);
                let from = panel
                    .boxes
                    .iter()
                    .find(|b| b.at.0 + 250.0 == first.0 && (b.at.1..b.at.1 + b.height).contains(&first.1));
                let to = panel.boxes.iter().find(|b| b.at.0 == last.0 && b.at.1 + 15.0 == last.1);
                shown.insert((from.unwrap().name.clone(), to.unwrap().name.clone()));
            }
            for drawn in &panel.boxes {
                shown.extend(drawn.rows.iter().filter_map(|row| Some((drawn.name.clone(), row.jump.clone()?))));
            }
            let all = block
                .steps
                .iter()
                .flat_map(|step| targets(&step.kind).into_iter().map(|to| (step.name.clone(), name(&to))));
            assert_eq!(shown, all.collect(), "{}: {}", flow.name, panel.name);
        }
    }
}

/// What of a panel stands in the way of something else.
fn in_the_way(panel: &Panel) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, one) in panel.boxes.iter().enumerate() {
        for other in &panel.boxes[..at] {
            let apart = |a: f64, b: f64, size: f64| (a - b).abs() >= size;
            let (top, bottom) = if one.at.1 < other.at.1 { (one, other) } else { (other, one) };
            if !apart(one.at.0, other.at.0, 250.0) && top.at.1 + top.height > bottom.at.1 {
                wrong.push(format!("{} is over {}", one.name, other.name));
            }
        }
        // Curves stay between columns; what runs through a column must pass beside its boxes.
        for pair in panel.lines.iter().flat_map(|line| line.points.windows(2).skip(1).step_by(2)) {
            let beside = pair[0].1 <= one.at.1 || pair[0].1 >= one.at.1 + one.height;
            if (pair[0].0 - one.at.0).abs() < 1.0 && !beside {
                wrong.push(format!("a line crosses {}", one.name));
            }
        }
    }
    wrong
}

#[test]
fn no_box_stands_on_another_and_no_line_crosses_one() {
    let (_, flows) = shipped();
    for flow in flows.iter().map(|flow| &**flow).chain([&shop()]) {
        for panel in chart(flow, flow.languages[0]).panels {
            assert_eq!(in_the_way(&panel), Vec::<String>::new(), "{}: {}", flow.name, panel.name);
        }
    }
}

#[test]
fn the_command_draws_the_same_every_time_in_the_language_asked_for() {
    let folder = with_flows();
    let (code, first, err) = run(folder.path(), &["graph", "digital-wallet"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(run(folder.path(), &["graph", "digital-wallet"]).1, first);
    assert!(first.starts_with("<svg ") && first.contains("欢迎致电"));
    let (_, english, _) = run(folder.path(), &["graph", "digital-wallet", "--lang", "en-US"]);
    assert!(english.contains("this is digital wallet") && !english.contains("欢迎致电"));
    for (args, told) in [
        (
            &["graph", "digital-wallet", "--lang", "ja-JP"][..],
            "hotline: digital-wallet does not speak `ja-JP`; it speaks zh-CN, zh-HK, en-US\n",
        ),
        (
            &["graph", "digital-walet"],
            "hotline: there is no flow `digital-walet` in flows; did you mean `digital-wallet`?\n",
        ),
    ] {
        assert_eq!(run(folder.path(), args), (Some(2), String::new(), told.to_owned()));
    }
    std::fs::write(folder.path().join("flows/broken.yaml"), "flow: broken\n").unwrap();
    let (code, _, err) = run(folder.path(), &["graph", "broken"]);
    assert!(code == Some(2) && err.ends_with("; `hotline check broken` tells them\n"), "{err}");
}
