//! Asks our own public address, to see what stands between.

use reqwest::{Client, redirect};
use std::time::Duration;

/// The longest one waits.
const PATIENCE: Duration = Duration::from_secs(5);
/// The most that is read, in bytes.
const MOST: usize = 64 * 1024;

/// What answered.
pub struct Answered {
    /// The status.
    pub status: u16,
    /// Where one is sent to instead.
    pub location: Option<String>,
    /// What was said.
    pub body: Vec<u8>,
}

/// Posts to an address, once; follows nobody elsewhere.
///
/// # Errors
/// Why nothing answered, in words.
pub async fn post(url: &str, headers: &[(&str, &str)], body: &'static str) -> Result<Answered, String> {
    let client = Client::builder().redirect(redirect::Policy::none()).timeout(PATIENCE).build();
    let request = client.map_err(|error| error.to_string())?.post(url).body(body);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let mut answer = request.send().await.map_err(why)?;
    let location = answer.headers().get("location").and_then(|to| to.to_str().ok()).map(str::to_owned);
    let mut told = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(why)? {
        told.extend_from_slice(&chunk);
        if told.len() > MOST {
            break;
        }
    }
    Ok(Answered { status: answer.status().as_u16(), location, body: told })
}

fn why(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("nothing came back in {} s", PATIENCE.as_secs());
    }
    // The innermost cause says most: no such name, refused, a certificate that does not fit.
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
