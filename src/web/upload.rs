//! Messages that providers upload as `multipart/form-data` to the address of a turn. Sender and address are
//! proved before the body is looked at; then its fields go into memory, up to what any body may have, and
//! its one file to the disk. What the file is called there is nobody's business here.

use super::voice::{said, with_webhook};
use super::{MAX_BODY, Web};
use crate::answer::{Knock, Reply, Upload};
use crate::provider::{Place, Provider, Sound};
use crate::words::{CallId, Lang};
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use multer::{Constraints, Field, Multipart, SizeLimit};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use tokio::io::AsyncWriteExt;
use zeroize::Zeroizing;

/// The largest sound, in bytes: five minutes, the longest a flow takes down, are 28 800 000 of 16 bits 48 000
/// times a second, the most that telephony records.
pub const MOST: u64 = 32 * 1024 * 1024;
/// What stands between the parts, in bytes.
const FRAME: u64 = 128 * 1024;
/// The most parts there are.
const PARTS: usize = 256;
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// What was read of an upload.
struct Came {
    /// The fields as a form.
    form: Zeroizing<String>,
    /// The file, and what is known of it.
    file: Option<(File, Sound)>,
}

/// Why an upload is not taken.
enum Problem {
    /// It is larger than it may be.
    TooLarge,
    /// It is not of its form, or breaks off.
    Malformed(&'static str),
    /// The disk does not take it.
    Disk(io::Error),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Problem {
        Problem::Disk(error)
    }
}

impl From<multer::Error> for Problem {
    fn from(error: multer::Error) -> Problem {
        match error {
            multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => Problem::TooLarge,
            multer::Error::StreamReadFailed(_) => Problem::Malformed("the upload did not come whole"),
            multer::Error::IncompleteStream | multer::Error::IncompleteFieldData { .. } => {
                Problem::Malformed("the upload ends before its end")
            }
            _ => Problem::Malformed("the upload is no multipart/form-data"),
        }
    }
}

/// Takes what is uploaded to the address of a turn; everything else goes its own way.
pub async fn instead(
    State(web): State<Web>,
    Path((provider, call, turn, lang, mac)): Path<(String, String, String, String, String)>,
    request: Request,
    next: Next,
) -> Response {
    let place = match (CallId::parse(&call), turn.parse(), Lang::parse(&lang)) {
        (Some(call), Ok(turn), Some(lang)) => Some(Place { call, turn, lang }),
        _ => None,
    };
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = kind.and_then(|kind| multer::parse_boundary(kind).ok());
    let uploads = Provider::named(&provider).and_then(Provider::uploads);
    match (place, boundary, uploads) {
        (Some(place), Some(boundary), Some(part)) => {
            Box::pin(take(&web, &provider, (place, mac), (boundary, part), request)).await
        }
        _ => next.run(request).await,
    }
}

async fn take(
    web: &Web,
    provider: &str,
    (place, mac): (Place, String),
    (boundary, part): (String, &str),
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let uri = parts.uri;
    let mut came = (parts.method, uri.clone(), as_form(parts.headers), Bytes::new());
    let expected = with_webhook(web, provider, &came, |provider, webhook| {
        web.answerer.expects_upload(provider, webhook, &place, &mac)
    });
    match expected {
        Ok(expected) => {
            if let Err(reply) = expected.await {
                return said(provider, &uri, reply);
            }
        }
        Err(response) => return *response,
    }
    let Came { form, file } = match read(web, boundary, part, body).await {
        Ok(came) => came,
        Err(problem) => return refused(web, provider, &uri, problem),
    };
    // However it came, it is a form now.
    came.0 = Method::POST;
    came.3 = Bytes::copy_from_slice(form.as_bytes());
    let objects = web.sounds.objects().clone();
    let answering = with_webhook(web, provider, &came, |provider, webhook| match file {
        Some((file, sound)) => {
            let upload = Upload { file, sound, objects };
            Box::pin(web.answerer.answer_upload(provider, webhook, (place, mac), upload)) as Answering
        }
        None => Box::pin(web.answerer.answer(provider, webhook, Knock::Turn { place, mac })),
    });
    match answering {
        Ok(answering) => said(provider, &uri, answering.await),
        Err(response) => *response,
    }
}

type Answering = std::pin::Pin<Box<dyn Future<Output = Reply> + Send>>;

/// The headers of the form that the fields are handed on as.
fn as_form(mut headers: HeaderMap) -> HeaderMap {
    headers.insert(header::CONTENT_TYPE, FORM);
    headers
}

fn refused(web: &Web, provider: &str, uri: &Uri, problem: Problem) -> Response {
    match (problem, Provider::named(provider)) {
        (Problem::Malformed(why), Some(named)) => said(provider, uri, web.answerer.refuse_upload(named, why)),
        (Problem::Malformed(why), None) => (StatusCode::BAD_REQUEST, why).into_response(),
        (Problem::TooLarge, _) => {
            tracing::warn!(provider, "an upload was larger than {MOST} bytes and is not kept");
            let why = format!("the upload is too large: a sound has at most {MOST} bytes, and its fields {MAX_BODY}\n");
            (StatusCode::PAYLOAD_TOO_LARGE, why).into_response()
        }
        (Problem::Disk(error), _) => {
            tracing::error!(%error, "an upload could not be written to the data folder");
            (StatusCode::SERVICE_UNAVAILABLE, "the upload cannot be taken right now\n").into_response()
        }
    }
}

/// Reads an upload as it comes. What is not kept is gone with what is given back.
async fn read(web: &Web, boundary: String, part: &str, body: Body) -> Result<Came, Problem> {
    if body.size_hint().lower() > MOST + FRAME {
        return Err(Problem::TooLarge);
    }
    let limit = Constraints::new().size_limit(SizeLimit::new().whole_stream(MOST + FRAME));
    let mut parts = Multipart::with_constraints(body.into_data_stream(), boundary, limit);
    let mut came = Came { form: Zeroizing::new(String::with_capacity(4 * MAX_BODY)), file: None };
    let (mut count, mut room) = (0, MAX_BODY);
    while let Some(field) = parts.next_field().await? {
        count += 1;
        if count > PARTS {
            return Err(Problem::Malformed("too many fields"));
        }
        let name = field.name().unwrap_or_default().to_owned();
        if name == part {
            if came.file.is_some() {
                return Err(Problem::Malformed("there are two files"));
            }
            came.file = Some(to_disk(&web.uploads, field).await?);
        } else if field.file_name().is_some() {
            return Err(Problem::Malformed("there is a file that nobody asked for"));
        } else {
            let value = text(field, room.saturating_sub(name.len())).await?;
            room = room.saturating_sub(name.len() + value.len());
            if room == 0 {
                return Err(Problem::TooLarge);
            }
            append(&mut came.form, name.as_bytes(), &value);
        }
    }
    Ok(came)
}

/// The text of a field of at most so many bytes.
async fn text(mut field: Field<'_>, most: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let mut text = Zeroizing::new(Vec::with_capacity(64));
    while let Some(chunk) = field.chunk().await? {
        if text.len() + chunk.len() > most {
            return Err(Problem::TooLarge);
        }
        text.extend_from_slice(&chunk);
    }
    Ok(text)
}

/// Every byte that is no letter or digit in hex: at most three for each, so that the form never grows.
fn append(form: &mut String, name: &[u8], value: &[u8]) {
    for (bytes, end) in [(name, '='), (value, '&')] {
        for byte in bytes {
            if byte.is_ascii_alphanumeric() {
                form.push(char::from(*byte));
                continue;
            }
            let digit = |n: u8| char::from_digit(u32::from(n & 15), 16).unwrap_or_default();
            form.extend(['%', digit(byte >> 4), digit(*byte)]);
        }
        form.push(end);
    }
}

/// Writes a sound to the disk.
async fn to_disk(folder: &std::path::Path, mut field: Field<'_>) -> Result<(File, Sound), Problem> {
    let mut file = tokio::fs::File::from_std(nameless(folder)?);
    let (mut bytes, mut begins) = (0_u64, Vec::with_capacity(Sound::LOOK));
    while let Some(chunk) = field.chunk().await? {
        bytes += chunk.len() as u64;
        if bytes > MOST {
            return Err(Problem::TooLarge);
        }
        begins.extend_from_slice(&chunk[..chunk.len().min(Sound::LOOK - begins.len())]);
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    let sound = Sound::of(&begins, bytes).map_err(|_| Problem::Malformed("the file is no WAV"))?;
    Ok((file.into_std().await, sound))
}

/// A file that nobody finds, and that is gone once it is let go, even if this process is killed.
fn nameless(folder: &std::path::Path) -> io::Result<File> {
    let mut name = [0; 16];
    getrandom::fill(&mut name).map_err(io::Error::other)?;
    let path = folder.join(format!("upload-{:032x}", u128::from_ne_bytes(name)));
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_in_a_form_as_they_were_sent() {
        let mut form = String::new();
        append(&mut form, "a&b=".as_bytes(), "1 +%\u{0}号".as_bytes());
        assert_eq!(form, "a%26b%3d=1%20%2b%25%00%e5%8f%b7&");
    }

    #[test]
    fn a_file_lies_in_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = nameless(folder.path()).unwrap();
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        assert_eq!(file.metadata().unwrap().len(), 0);
    }
}
