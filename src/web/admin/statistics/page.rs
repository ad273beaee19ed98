//! The page of figures: every picture has its numbers beside it.

use super::asked::Asked;
use super::figures::{Figures, StepFigures, Times, percent};
use super::subjects::{Subject, subjects};
use super::words::{Words, named};
use crate::flow::Flow;
use crate::store::{AskedAbout, Promised, TalliedVersion};
use crate::web::admin::flows::chart::Picture;
use crate::web::admin::flows::words::{Words as PictureWords, of as picture_words};
use crate::web::admin::frame::Frame;
use crate::words::Lang;
use askama::Template;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Rows of a list that stand on the page; the others are in the table for spreadsheets.
const ROWS: usize = 200;
/// The yardsticks: seconds to the first choice, mean and median in the menus elsewhere.
const FIRST: i64 = 8;
const MEAN: i64 = 48;
const MEDIAN: i64 = 40;

/// What was read.
pub(super) struct Found {
    /// What the ways of callers are drawn in.
    pub(super) flow: Option<Arc<Flow>>,
    pub(super) figures: Figures,
    pub(super) beside: Option<Figures>,
    pub(super) hours: Vec<(i64, i64)>,
    pub(super) versions: Vec<TalliedVersion>,
    /// The numbers versions have, the oldest first, by digest.
    pub(super) numbers: HashMap<String, Vec<i64>>,
    /// On the version, and on the one beside it.
    pub(super) promised: Vec<Promised>,
    pub(super) about: Vec<AskedAbout>,
}

#[derive(Template)]
#[template(path = "admin_statistics.html", config = "src/web/askama.toml")]
pub(super) struct Page<'a> {
    f: Frame,
    w: &'static Words,
    asked: &'a Asked,
    /// Why it is of something else than was asked for.
    pub(super) unclear: Option<String>,
    query: String,
    /// What the line is called, and the tag of the language that is in.
    title: (String, &'static str),
    /// The hotlines in service: name, and title with the tag of its language.
    lines: Vec<Titled>,
    langs: [(Lang, &'static str); 4],
    versions: Vec<(TalliedVersion, String)>,
    /// What stands above the columns of figures, and the beginning of the digest.
    heads: Vec<(String, String)>,
    calls: i64,
    overview: Vec<Row>,
    picture: Option<Picture>,
    /// The words of pictures.
    p: &'static PictureWords,
    ways: Vec<Way>,
    more_ways: usize,
    /// Where callers were in trouble, the worst first; and the others.
    steps: Vec<(StepFigures, [String; 4])>,
    calm: Vec<StepFigures>,
    first: Vec<Bar>,
    length: Vec<Bar>,
    verify: Vec<Bar>,
    ended: Vec<Bar>,
    /// What, and in each column how many and their share.
    promised: Vec<(&'static str, Vec<(i64, String)>)>,
    subjects: Vec<Subject>,
    by_hour: Vec<Bar>,
    by_day: Vec<Bar>,
}

/// A hotline's name, and its title with the tag of the language that is in.
type Titled = (String, (String, &'static str));

/// Something went wrong, or there is nothing.
#[derive(Template)]
#[template(path = "admin_statistics_none.html", config = "src/web/askama.toml")]
pub(super) struct TroublePage {
    pub(super) f: Frame,
    pub(super) w: &'static Words,
    pub(super) words: &'static str,
}

/// A figure in each column, and what it is held against.
struct Row {
    name: &'static str,
    values: Vec<String>,
    wanted: String,
}

struct Way {
    from: String,
    by: String,
    to: String,
    n: i64,
    share: String,
    width: i64,
}

/// A bar; its width is of a hundred.
pub(super) struct Bar {
    name: String,
    n: i64,
    share: String,
    width: i64,
}

impl<'a> Page<'a> {
    pub(super) fn of(f: Frame, w: &'static Words, asked: &'a Asked, lines: Vec<Titled>, found: Found) -> Page<'a> {
        let Found { flow, figures, beside, hours, versions, numbers, promised, about } = found;
        let all = figures.calls;
        let called = |digest: &str| called(w, &numbers, digest);
        let heads = std::iter::once(called(&asked.version)).chain(beside.as_ref().map(|_| called(&asked.beside)));
        let versions = versions.into_iter().map(|version| {
            let name = choice(asked, called(&version.digest), &version);
            (version, name)
        });
        let picture = flow.as_deref().map(|flow| Picture::of_callers(flow, f.lang, &figures.shares(flow)));
        let trouble = |step: &&StepFigures| step.hung + step.silent + step.wrong + step.person > 0;
        let (mut steps, calm): (Vec<_>, Vec<_>) = figures.steps.iter().partition(trouble);
        steps.sort_by_key(|step| std::cmp::Reverse(step.hung + step.silent + step.wrong + step.person));
        let columns: Vec<&Figures> = std::iter::once(&figures).chain(beside.as_ref()).collect();
        let counted = |pairs: &[(String, i64)]| bars(pairs.iter().map(|(word, n)| (named(w, word), *n)).collect());
        Page {
            unclear: None,
            query: asked.query(),
            title: lines
                .iter()
                .find(|(name, _)| *name == asked.line)
                .map(|(_, title)| title.clone())
                .unwrap_or_default(),
            lines,
            langs: Lang::ALL.map(|lang| (lang, w.languages[lang as usize])),
            versions: versions.collect(),
            heads: heads.collect(),
            calls: all,
            overview: overview(w, &columns),
            ways: figures.ways.iter().take(ROWS).map(|way| Way::of(w, way, all)).collect(),
            more_ways: figures.ways.len().saturating_sub(ROWS),
            steps: steps.into_iter().map(|step| (step.clone(), shares(step))).collect(),
            calm: calm.into_iter().cloned().collect(),
            picture,
            p: picture_words(f.lang),
            first: spans(&figures.first),
            length: spans(&figures.length),
            verify: counted(&figures.verify),
            ended: counted(&figures.ended),
            promised: promises(w, &promised),
            subjects: subjects(asked, f.lang, &figures.scores, &about),
            by_hour: by_hour(asked, &hours),
            by_day: by_day(asked, &hours),
            f,
            w,
            asked,
        }
    }
}

/// What became of what was promised, a row each.
fn promises(w: &Words, columns: &[Promised]) -> Vec<(&'static str, Vec<(i64, String)>)> {
    let of = |all: &Promised, at: usize| {
        let n = [all.asked, all.kept, all.late, all.waiting, all.closed][at];
        (n, percent(n, all.asked))
    };
    let rows = w.promised.iter().enumerate();
    rows.map(|(at, name)| (*name, columns.iter().map(|all| of(all, at)).collect())).collect()
}

/// What a version is called, and the beginning of its digest where that is something else.
fn called(w: &Words, numbers: &HashMap<String, Vec<i64>>, digest: &str) -> (String, String) {
    let short = || digest.chars().take(8).collect::<String>();
    match (digest, numbers.get(digest)) {
        ("", _) => (w.all.to_owned(), String::new()),
        (_, None) => (short(), String::new()),
        (_, Some(numbers)) => {
            let all: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            (w.version_n.replace("{n}", &all.join(", ")), short())
        }
    }
}

/// A version as one of those to choose from: its days and how many calls were on it.
fn choice(asked: &Asked, (name, digest): (String, String), version: &TalliedVersion) -> String {
    let day = |ms: i64| {
        Timestamp::from_millisecond(ms).map_or(String::new(), |at| at.to_zoned(asked.zone.clone()).date().to_string())
    };
    let name = format!("{name} · {} – {} · {}", day(version.first), day(version.last), version.n);
    if digest.is_empty() { name } else { format!("{name} · {digest}") }
}

fn overview(w: &'static Words, columns: &[&Figures]) -> Vec<Row> {
    let row = |name: &'static str, wanted: String, of: &dyn Fn(&Figures) -> String| Row {
        name,
        values: columns.iter().map(|figures| of(figures)).collect(),
        wanted,
    };
    // On a narrow screen a line ends before the share, not in it.
    let of_all = |n: i64, f: &Figures| format!("{n} ({})", percent(n, f.calls).replace(' ', "\u{a0}"));
    let share = |n: fn(&Figures) -> i64| move |f: &Figures| of_all(n(f), f);
    let seconds = |text: Option<String>| text.map_or_else(|| "–".to_owned(), |text| w.n_seconds.replace("{n}", &text));
    let span = |of: fn(&Figures) -> &Times, hundred: i64| {
        move |f: &Figures| seconds(of(f).percentile(hundred).map(|s| s.to_string()))
    };
    let mean = |f: &Figures| seconds(f.length.mean().map(|mean| format!("{mean:.0}")));
    let fill = |words: &str, n: i64| words.replace("{n}", &n.to_string());
    let ended = |f: &Figures, word: &str| f.ended.iter().find(|(own, _)| own == word).map_or(0, |(_, n)| *n);
    vec![
        row(w.calls, String::new(), &|f| f.calls.to_string()),
        row(w.alone, String::new(), &share(|f| f.alone)),
        row(w.agent, String::new(), &share(|f| f.agent)),
        row(w.request, String::new(), &share(|f| f.request)),
        row(w.left, String::new(), &share(|f| f.nothing)),
        row(w.hung_up, String::new(), &|f| of_all(ended(f, "hung-up"), f)),
        row(w.faults, String::new(), &|f| of_all(ended(f, "fault"), f)),
        row(w.first, fill(w.said_before, FIRST), &span(|f| &f.first, 50)),
        row(w.first_90, String::new(), &span(|f| &f.first, 90)),
        row(w.length, fill(w.usual_mean, MEAN), &mean),
        row(w.length_median, fill(w.usual_median, MEDIAN), &span(|f| &f.length, 50)),
        row(w.length_90, String::new(), &span(|f| &f.length, 90)),
    ]
}

impl Way {
    fn of(w: &Words, (from, by, to, n): &(String, String, String, i64), all: i64) -> Way {
        let width = (n * 100).checked_div(all).unwrap_or(0).min(100);
        Way { from: from.clone(), by: named(w, by), to: to.clone(), n: *n, share: percent(*n, all), width }
    }
}

/// Of those who came to a step.
fn shares(step: &StepFigures) -> [String; 4] {
    [step.hung, step.silent, step.wrong, step.person].map(|n| percent(n, step.came))
}

/// Bars of a hundredth of the longest each.
fn bars(counted: Vec<(String, i64)>) -> Vec<Bar> {
    let most = counted.iter().map(|(_, n)| *n).max().unwrap_or(1).max(1);
    let all: i64 = counted.iter().map(|(_, n)| n).sum();
    let bar = |(name, n): (String, i64)| Bar { name, n, share: percent(n, all), width: n * 100 / most };
    counted.into_iter().map(bar).collect()
}

/// Times by spans people can take in: the smallest are put together.
fn spans(times: &Times) -> Vec<Bar> {
    const ENDS: [i64; 14] = [2, 4, 6, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300];
    let mut sums: BTreeMap<usize, i64> = BTreeMap::new();
    for (from, n) in &times.spans {
        *sums.entry(ENDS.iter().position(|end| from < end).unwrap_or(ENDS.len())).or_default() += n;
    }
    let Some(last) = sums.keys().max().copied() else { return Vec::new() };
    let name = |at: usize| {
        let from = at.checked_sub(1).map_or(0, |before| ENDS[before]);
        ENDS.get(at).map_or_else(|| format!("{from} +"), |end| format!("{from}–{end}"))
    };
    bars((0..=last).map(|at| (name(at), sums.get(&at).copied().unwrap_or(0))).collect())
}

fn by_hour(asked: &Asked, hours: &[(i64, i64)]) -> Vec<Bar> {
    let mut sums = [0; 24];
    for (start, n) in hours {
        let hour = Timestamp::from_millisecond(*start).map_or(0, |at| at.to_zoned(asked.zone.clone()).hour());
        if let Some(sum) = sums.get_mut(usize::try_from(hour).unwrap_or(0)) {
            *sum += n;
        }
    }
    if hours.is_empty() {
        Vec::new()
    } else {
        bars(sums.iter().enumerate().map(|(hour, n)| (format!("{hour:02}"), *n)).collect())
    }
}

fn by_day(asked: &Asked, hours: &[(i64, i64)]) -> Vec<Bar> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for (start, n) in hours {
        let day = Timestamp::from_millisecond(*start).map(|at| at.to_zoned(asked.zone.clone()).date().to_string());
        *sums.entry(day.unwrap_or_default()).or_default() += n;
    }
    bars(sums.into_iter().collect())
}
