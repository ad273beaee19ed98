//! What a browser says of itself, made short enough to be recognised in a list.

/// As `Firefox · Linux`; what is not recognised stands as it is.
pub(super) fn short(browser: &str) -> String {
    let first = |names: &[(&str, &'static str)]| names.iter().find(|(sign, _)| browser.contains(sign)).map(|it| it.1);
    // Each of these says that it is also those below it.
    let name = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("MicroMessenger/", "WeChat"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} · {system}"),
        (Some(name), None) => name.to_owned(),
        _ if browser.trim().is_empty() => "?".to_owned(),
        _ => browser.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_what_its_user_calls_it() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0";
        assert_eq!(short(edge), "Edge · Windows");
        assert_eq!(short("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"), "Firefox · Linux");
        assert_eq!(short("curl/8.9"), "curl/8.9");
        assert_eq!(short(""), "?");
    }
}
