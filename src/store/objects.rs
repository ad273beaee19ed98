//! Where bytes lie that are too large for rows: a folder, or a bucket that speaks S3. Knows nothing of
//! what they are.

use crate::words::Secret;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, RetryConfig};
use std::fs::{DirBuilder, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long a bucket is tried in one go; whoever puts something there tries again later.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many files are put there at once: that many lie in memory.
const FILES: usize = 4;

/// Where objects lie.
pub enum ObjectsAt {
    /// In a folder of this machine, made for its owner alone when it is missing.
    Folder(PathBuf),
    /// In a bucket.
    Bucket(Bucket),
}

/// A bucket that speaks S3.
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What every object's name begins with; may be empty.
    pub prefix: String,
    /// Where it is, when not at Amazon.
    pub endpoint: Option<String>,
    /// Its region.
    pub region: String,
    /// The key's name.
    pub access_key: Secret,
    /// The key.
    pub secret_key: Secret,
}

/// Objects by their names. Clones share their connections.
#[derive(Clone)]
pub struct Objects {
    at: Arc<dyn ObjectStore>,
    prefix: Path,
    folder: bool,
    files: Arc<Semaphore>,
}

/// Why an object could not be put, read or deleted.
#[derive(Debug, thiserror::Error)]
#[error("recordings cannot be {what}: {why}; `recordings` in the settings says where they lie")]
pub struct ObjectsError {
    what: &'static str,
    why: String,
}

impl Objects {
    /// Opens the place.
    ///
    /// # Errors
    /// A folder cannot be made, or the bucket's settings make no sense.
    pub fn open(at: ObjectsAt) -> Result<Objects, ObjectsError> {
        let files = Arc::new(Semaphore::new(FILES));
        match at {
            ObjectsAt::Folder(folder) => {
                let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
                made.map_err(failed("kept"))?;
                let folder = LocalFileSystem::new_with_prefix(&folder).map_err(failed("kept"))?.with_fsync(true);
                Ok(Objects { at: Arc::new(folder), prefix: Path::default(), folder: true, files })
            }
            ObjectsAt::Bucket(bucket) => {
                let retry = RetryConfig { max_retries: 2, retry_timeout: PATIENCE, ..RetryConfig::default() };
                let mut builder = AmazonS3Builder::new()
                    .with_bucket_name(&bucket.name)
                    .with_region(&bucket.region)
                    .with_access_key_id(bucket.access_key.reveal())
                    .with_secret_access_key(bucket.secret_key.reveal())
                    // One at a time: not everything that speaks S3 deletes several at once.
                    .with_disable_bulk_delete(true)
                    .with_retry(retry);
                if let Some(endpoint) = &bucket.endpoint {
                    builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
                }
                let prefix = Path::parse(&bucket.prefix).map_err(failed("kept"))?;
                Ok(Objects { at: Arc::new(builder.build().map_err(failed("kept"))?), prefix, folder: false, files })
            }
        }
    }

    /// Puts an object there, whole or not at all; in place of one of the same name.
    ///
    /// # Errors
    /// The place does not take it.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), ObjectsError> {
        self.at.put(&self.path(name), bytes.into()).await.map_err(failed("kept"))?;
        Ok(())
    }

    /// Puts a file there from its beginning, whole or not at all; in place of an object of the same name. Not
    /// in parts: those of one that was broken off would lie there, unseen, until somebody looked for them.
    ///
    /// # Errors
    /// The file cannot be read, or the place does not take it.
    pub async fn put_file(&self, name: &str, file: &File) -> Result<(), ObjectsError> {
        let _room = self.files.acquire().await.map_err(failed("kept"))?;
        let mut file = file.try_clone().map_err(failed("kept"))?;
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(0))?;
            file.read_to_end(&mut bytes).map(|_| bytes)
        });
        let bytes = read.await.map_err(failed("kept"))?.map_err(failed("kept"))?;
        self.put(name, bytes).await
    }

    /// The bytes of an object; none when it is not there.
    ///
    /// # Errors
    /// The place does not give it.
    pub async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectsError> {
        let found = match self.at.get(&self.path(name)).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(failed("read"))?,
        };
        Ok(Some(found.bytes().await.map_err(failed("read"))?.to_vec()))
    }

    /// Deletes an object; one that is not there is deleted.
    ///
    /// # Errors
    /// The place keeps it.
    pub async fn delete(&self, name: &str) -> Result<(), ObjectsError> {
        match self.at.delete(&self.path(name)).await {
            // In a bucket "not found" may be the bucket itself, and the object lies elsewhere.
            Err(object_store::Error::NotFound { source, .. })
                if self.folder || source.to_string().contains("NoSuchKey") =>
            {
                Ok(())
            }
            done => done.map_err(failed("deleted")),
        }
    }

    fn path(&self, name: &str) -> Path {
        self.prefix.clone().join(name)
    }
}

fn failed<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> ObjectsError {
    move |why| ObjectsError { what, why: why.to_string() }
}
