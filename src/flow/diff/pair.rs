//! Which item of a list became which: by what it says, whatever its place.

use serde_json::Value;

/// What tells two items apart where they are maps, strongest first.
type Alike = fn(&Value, &Value) -> bool;

const ALIKE: [Alike; 7] = [
    |a, b| a == b,
    |a, b| is_map(a) && is_map(b) && without_key(a) == without_key(b),
    |a, b| shares(a, b, "go") && shares(a, b, "key"),
    |a, b| label(a).is_some_and(|own| label(b).is_some_and(|other| share_a_text(own, other))),
    |a, b| shares(a, b, "if"),
    |a, b| shares(a, b, "go"),
    |a, b| ["story", "account", "name"].iter().any(|key| shares(a, b, key)) && a.get("go").is_none(),
];

/// Longer lists are paired place by place: nobody writes them by hand.
pub const MAX_ITEMS: usize = 1_000;

/// For each new item the place of the old one that it was.
pub fn items(old: &[Value], new: &[Value]) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    for alike in ALIKE {
        for (at, item) in new.iter().enumerate() {
            if pairs[at].is_some() {
                continue;
            }
            let fits = |from: &usize| !taken[*from] && alike(&old[*from], item);
            let near = Some(at).filter(|at| *at < old.len() && fits(at));
            let anywhere = || (0..old.len()).find(fits).filter(|_| old.len() <= MAX_ITEMS && new.len() <= MAX_ITEMS);
            if let Some(from) = near.or_else(anywhere) {
                taken[from] = true;
                pairs[at] = Some(from);
            }
        }
    }
    pairs
}

fn is_map(value: &Value) -> bool {
    value.is_object()
}

fn without_key(value: &Value) -> Vec<(&String, &Value)> {
    let mut pairs: Vec<_> = value.as_object().into_iter().flatten().filter(|(name, _)| *name != "key").collect();
    pairs.sort_by_key(|(name, _)| *name);
    pairs
}

fn shares(a: &Value, b: &Value, key: &str) -> bool {
    a.get(key).is_some_and(|own| b.get(key) == Some(own))
}

/// The label of an option.
pub fn label(option: &Value) -> Option<&Value> {
    option.get("for").or_else(|| option.get("to")).filter(|label| label.is_object())
}

fn share_a_text(a: &Value, b: &Value) -> bool {
    a.as_object().into_iter().flatten().any(|(lang, text)| text.is_string() && b.get(lang) == Some(text))
}

/// The longest run of places that already stand in order: what is not in it has moved.
pub fn in_order(places: &[usize]) -> Vec<bool> {
    // The last of the shortest-ending run of each length, and what comes before each.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(places.len());
    for (at, place) in places.iter().enumerate() {
        let length = ends.partition_point(|end| places[*end] < *place);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut stays = vec![false; places.len()];
    let mut at = ends.last().copied();
    while let Some(here) = at {
        stays[here] = true;
        at = before[here];
    }
    stays
}
