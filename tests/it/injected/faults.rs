//! Mistakes people make in flow files, each made from a seed.

use super::dice::Dice;
use super::text::{Sheet, Word};
use hotline::flow::read::Files;
use std::fmt;

/// A mistake in a file.
pub struct Fault {
    pub seed: u64,
    pub kind: &'static str,
    pub file: String,
    /// The file with the mistake.
    pub text: String,
    /// The first line that differs, counted from 1, and what stood and stands there.
    line: (usize, String, String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { seed, kind, file, line: (line, before, after), .. } = self;
        write!(f, "seed {seed}, {kind}: {file}:{line}\n    - {}\n    + {}", before.trim(), after.trim())
    }
}

type Maker = fn(&mut Dice, &mut Sheet) -> Option<()>;

/// The kinds of mistakes.
pub const KINDS: [(&str, Maker); 20] = [
    ("a way round a verification", round_verify),
    ("a lower verification", lower_verify),
    ("a way to another step", elsewhere),
    ("a way on silence to another step", silence_elsewhere),
    ("a way to itself", to_itself),
    ("a way back", back),
    ("what failed is told", failed_told),
    ("an unknown target", unknown_target),
    ("a step taken out", step_out),
    ("a step nothing leads to", led_past),
    ("a text not in every language", text_out),
    ("a label not in every language", label_out),
    ("a secret asked for", secret_asked),
    ("another name in a text", other_hole),
    ("another name in a condition", other_condition),
    ("a key twice", key_twice),
    ("a key taken elsewhere", key_taken),
    ("no way on silence", no_otherwise),
    ("sub-flows in a circle", circle),
    ("hours that overlap", overlap),
];

/// The fault of a seed; none when it cannot be made anywhere.
pub fn make(files: &Files, seed: u64) -> Option<Fault> {
    let (kind, maker) = KINDS[usize::try_from(seed % KINDS.len() as u64).unwrap()];
    let mut dice = Dice::new(seed);
    let flows: Vec<&String> = files
        .keys()
        .filter(|name| !name.starts_with("demo/") && !name.contains("stories") && !name.contains("phrases"))
        .filter(|name| name.contains("calendars") == (kind == "hours that overlap") && !name.contains("sources"))
        .collect();
    for _ in 0..40 {
        let file = *dice.one(&flows)?;
        let before = &files[file];
        let mut sheet = Sheet::of(file, before);
        if maker(&mut dice, &mut sheet).is_none() {
            continue;
        }
        let text = sheet.text();
        let differs = before.lines().zip(text.lines()).position(|(old, new)| old != new);
        let Some(at) = differs else { continue };
        let line = |text: &str| text.lines().nth(at).unwrap_or_default().to_owned();
        return Some(Fault { seed, kind, file: file.clone(), line: (at + 1, line(before), line(&text)), text });
    }
    None
}

/// Leads a way that is chosen from some to a step that is chosen from some.
fn lead(dice: &mut Dice, sheet: &mut Sheet, from: &dyn Fn(&Word) -> bool, to: &dyn Fn(&str) -> bool) -> Option<()> {
    let edges: Vec<Word> = sheet.edges().into_iter().filter(|edge| from(edge)).collect();
    let edge = dice.one(&edges)?.clone();
    let names: Vec<String> = sheet.steps.iter().map(|step| step.name.clone()).collect();
    let names: Vec<String> = names.into_iter().filter(|name| *name != edge.text && to(name)).collect();
    let name = dice.one(&names)?;
    sheet.put(&edge, name)
}

/// The names of the steps of a kind.
fn of_kind(sheet: &Sheet, kind: &str) -> Vec<String> {
    let words = sheet.words.iter().filter(|word| word.path.len() == 3 && word.path[0] == "steps");
    words.filter(|word| word.field() == kind).map(|word| word.path[1].clone()).collect()
}

/// What a step leads to.
fn target(sheet: &Sheet, step: &str, field: &str) -> Option<String> {
    sheet.words.iter().find(|word| word.step() == step && word.field() == field).map(|word| word.text.clone())
}

fn round_verify(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let verifies = of_kind(sheet, "verify");
    let verify = dice.one(&verifies)?.clone();
    // One, two or three steps behind it.
    let mut behind = target(sheet, &verify, "then")?;
    for _ in 0..dice.throw() % 3 {
        behind = target(sheet, &behind, "then").unwrap_or(behind);
    }
    // Past it, or from anywhere else, so that the verification itself is still come to.
    let past = dice.throw().is_multiple_of(3);
    lead(dice, sheet, &|edge| past == (edge.text == verify), &|name| name == behind)
}

fn lower_verify(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let words: Vec<Word> =
        sheet.words.iter().filter(|word| word.field() == "verify" && word.text == "2").cloned().collect();
    let word = dice.one(&words)?;
    sheet.put(word, "1")
}

fn elsewhere(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    lead(dice, sheet, &|_| true, &|_| true)
}

fn silence_elsewhere(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    lead(dice, sheet, &|edge| edge.field() == "otherwise", &|_| true)
}

fn to_itself(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let edges = sheet.edges();
    let edge = dice.one(&edges)?;
    sheet.put(edge, edge.step())
}

fn back(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let edges = sheet.edges();
    let edge = dice.one(&edges)?.clone();
    let here = sheet.steps.iter().position(|step| step.name == edge.step())?;
    let before: Vec<String> = sheet.steps[..here].iter().map(|step| step.name.clone()).collect();
    sheet.put(&edge, dice.one(&before)?)
}

fn failed_told(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let lookups: Vec<String> = ["lookup", "status"].iter().flat_map(|kind| of_kind(sheet, kind)).collect();
    let step = dice.one(&lookups)?.clone();
    let then = target(sheet, &step, "then")?;
    let bad = ["missing", "failed", "refused"];
    lead(dice, sheet, &|edge| edge.step() == step && bad.contains(&edge.field()), &|name| name == then)
}

fn unknown_target(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let edges = sheet.edges();
    let edge = dice.one(&edges)?;
    sheet.put(edge, "nowhere")
}

fn step_out(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let step = dice.one(&sheet.steps)?;
    let (first, last) = (step.first, step.last);
    sheet.lines.drain(first - 1..last);
    Some(())
}

fn led_past(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let step = dice.one(&sheet.steps)?.name.clone();
    let other = target(sheet, &step, "then")?;
    let ways: Vec<Word> = sheet.edges().into_iter().filter(|edge| edge.text == step).collect();
    if ways.is_empty() || other == step {
        return None;
    }
    // From the last to the first, so that columns of a line stay true.
    ways.iter().rev().try_for_each(|edge| sheet.put(edge, &other))
}

const LANGUAGES: [&str; 4] = ["zh-CN", "zh-HK", "ja-JP", "en-US"];

fn text_out(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let spoken = |word: &&Word| LANGUAGES.contains(&word.field()) && !word.step().is_empty();
    let words: Vec<Word> = sheet.words.iter().filter(spoken).cloned().collect();
    let word = dice.one(&words)?.clone();
    sheet.cut_line(&word)
}

fn label_out(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let spoken = |word: &&Word| LANGUAGES.contains(&word.field()) && word.path.iter().any(|name| name == "menu");
    let words: Vec<Word> = sheet.words.iter().filter(spoken).cloned().collect();
    let word = dice.one(&words)?.clone();
    sheet.cut_inline(&word)
}

fn secret_asked(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let asks = of_kind(sheet, "ask");
    let prompts = |word: &&Word| asks.iter().any(|ask| ask == word.step()) && LANGUAGES.contains(&word.field());
    let words: Vec<Word> = sheet.words.iter().filter(prompts).cloned().collect();
    let word = dice.one(&words)?.clone();
    let words = match word.field() {
        "zh-CN" => "请输入您的登录密码，按井号键结束。",
        "zh-HK" => "請輸入你嘅驗證碼，完成後按井字鍵。",
        "ja-JP" => "暗証番号を入力し、最後にシャープを押してください。",
        _ => "Please enter your PIN; then press the pound key.",
    };
    sheet.put(&word, words)
}

/// The variables of a file.
fn variables(sheet: &Sheet) -> Vec<String> {
    let sets = |word: &&Word| ["into", "ask"].contains(&word.field()) && !word.step().is_empty();
    sheet.words.iter().filter(sets).map(|word| word.text.clone()).collect()
}

fn other_hole(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let words: Vec<Word> = sheet.words.iter().filter(|word| word.text.contains("|")).cloned().collect();
    let word = dice.one(&words)?.clone();
    let (from, rest) = word.text.split_once('{')?;
    let (hole, after) = rest.split_once('}')?;
    let name: String = hole.chars().take_while(|c| *c != '.' && *c != '|').collect();
    let others: Vec<String> = variables(sheet).into_iter().filter(|other| *other != name).collect();
    let other = dice.one(&others)?;
    let hole = hole.replacen(&name, other, 1);
    sheet.put(&word, &format!("{from}{{{hole}}}{after}"))
}

fn other_condition(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let words: Vec<Word> = sheet.words.iter().filter(|word| word.field() == "if").cloned().collect();
    let word = dice.one(&words)?.clone();
    let name: String = word.text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let others: Vec<String> = variables(sheet).into_iter().filter(|other| *other != name).collect();
    sheet.put(&word, &word.text.replacen(&name, dice.one(&others)?, 1))
}

/// The keys of menus.
fn keys(sheet: &Sheet) -> Vec<Word> {
    sheet.words.iter().filter(|word| word.field() == "key").cloned().collect()
}

fn key_twice(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let keys = keys(sheet);
    let key = dice.one(&keys)?;
    let own: Vec<&Word> = keys.iter().filter(|own| own.step() == key.step() && own.text != key.text).collect();
    let other = dice.one(&own)?.text.clone();
    sheet.put(key, &other)
}

fn key_taken(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let keys = keys(sheet);
    let key = dice.one(&keys)?;
    sheet.put(key, dice.one(&["0", "9", "\"*\"", "\"#\"", "12"])?)
}

fn no_otherwise(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let words: Vec<Word> = sheet.words.iter().filter(|word| word.field() == "otherwise").cloned().collect();
    let word = dice.one(&words)?.clone();
    sheet.cut_line(&word)
}

/// Has a sub-flow run itself, or one that runs it, before it returns.
fn circle(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let own = sheet.words.iter().find(|word| word.path == ["flow"])?.text.clone();
    let returns = sheet.lines.iter().position(|line| line.starts_with("    return:"))? + 1;
    let end = sheet.steps.iter().find(|step| (step.first..=step.last).contains(&returns))?.name.clone();
    let again = match own.as_str() {
        "call-me-back" => *dice.one(&["call-me-back", "person", "follow-up", "leave-message"])?,
        own => own,
    };
    let with = match again {
        "call-me-back" | "person" => "\n    with: { kind: callback, topic: general, priority: low }",
        "leave-message" => "\n    with: { topic: general }",
        "feedback" => "\n    with: { category: general }",
        "text-link" => "\n    with: { link: \"'https://pay.example'\" }",
        _ => "",
    };
    let edges: Vec<Word> = sheet.edges().into_iter().filter(|edge| edge.text == end).collect();
    sheet.put(&dice.one(&edges)?.clone(), "once-more")?;
    sheet.lines.push(format!("\n  once-more:\n    call: {again}{with}\n    then: {end}"));
    match sheet.lines.iter().position(|line| line.starts_with("uses:")) {
        Some(at) => sheet.lines[at] = sheet.lines[at].replacen(']', &format!(", {again}]"), 1),
        None => {
            let at = sheet.lines.iter().position(|line| line.starts_with("start:"))?;
            sheet.lines.insert(at, format!("uses: [{again}]"));
        }
    }
    Some(())
}

fn overlap(dice: &mut Dice, sheet: &mut Sheet) -> Option<()> {
    let hours = |word: &&Word| word.path.iter().any(|name| name == "week") && word.text.contains('-');
    let words: Vec<Word> = sheet.words.iter().filter(hours).cloned().collect();
    let word = dice.one(&words)?.clone();
    let more = *dice.one(&["11:00-12:00", "08:30-23:30", "12:00-12:30"])?;
    sheet.put(&word, &format!("{}, {more}", word.text))
}
