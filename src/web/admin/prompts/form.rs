//! A form that comes with a file, read as it arrives: fields up to a small limit, the file up to its own.

use axum::body::Body;
use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use futures_util::{Stream, StreamExt};
use multer::{Constraints, Multipart, SizeLimit};
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a field may have, in bytes.
const FIELD: u64 = 4 * 1024;
/// What stands between the parts, in bytes.
const FRAME: u64 = 16 * 1024;

/// What came.
#[derive(Default)]
pub(super) struct Sent {
    fields: Vec<(String, String)>,
    /// The file, as it is; empty when none was chosen.
    pub(super) file: Vec<u8>,
}

/// Why a form is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NotSent {
    /// It is more than it may be.
    TooLarge,
    /// It is no such form, or breaks off.
    Malformed,
}

impl From<multer::Error> for NotSent {
    fn from(error: multer::Error) -> NotSent {
        match error {
            multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => NotSent::TooLarge,
            _ => NotSent::Malformed,
        }
    }
}

impl Sent {
    /// Reads a form whose file has at most so many bytes. What is more is not read.
    ///
    /// # Errors
    /// It is too large, or not of its form.
    pub(super) async fn read(headers: &HeaderMap, body: Body, most: usize) -> Result<Sent, NotSent> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(kind)?;
        let most = most as u64;
        let limits = SizeLimit::new().whole_stream(most + FRAME).per_field(FIELD).for_field("file", most);
        let constraints = Constraints::new().size_limit(limits);
        let came = Arc::new(AtomicU64::new(0));
        let mut form = Multipart::with_constraints(cut(body, most + FRAME, &came), boundary, constraints);
        match Sent::fields(&mut form).await {
            Err(_) if came.load(Ordering::Relaxed) > most + FRAME => Err(NotSent::TooLarge),
            other => other,
        }
    }

    async fn fields(form: &mut Multipart<'_>) -> Result<Sent, NotSent> {
        let mut sent = Sent::default();
        while let Some(mut field) = form.next_field().await? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                while let Some(chunk) = field.chunk().await? {
                    sent.file.extend_from_slice(&chunk);
                }
            } else {
                sent.fields.push((name, field.text().await?));
            }
        }
        Ok(sent)
    }

    /// A field; empty when it did not come.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.trim())
    }
}

/// A body up to so many bytes. What is more is let go as it comes: a browser that is still sending would
/// not read why it was refused.
fn cut(body: Body, most: u64, came: &Arc<AtomicU64>) -> impl Stream<Item = Result<Bytes, axum::Error>> + Send + use<> {
    let came = came.clone();
    body.into_data_stream().filter_map(move |chunk| {
        let all = chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        let is_more = came.fetch_add(all, Ordering::Relaxed) + all > most;
        ready(if is_more && chunk.is_ok() { None } else { Some(chunk) })
    })
}
