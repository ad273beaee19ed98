//! temp
use hotline::*;
#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let a: Vec<String> = std::env::args().collect();
    let c = config::Config::load(None, &|n| std::env::var(n).ok())?;
    telemetry::start(&c.log)?;
    match a.get(1).map(String::as_str) {
        Some("call") => cli::call::run(&c, cli::call::Wanted{flow: a[2].clone(), from: a.get(4).cloned(), lang: None, keys: a.get(3).map(|k| k.split(',').map(str::to_owned).collect())}).await,
        _ => cli::serve::run(&c).await,
    }
}
