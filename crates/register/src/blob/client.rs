//! Blobs as objects of a bucket.
//!
//! The client is asynchronous and has a runtime of its own. Callers wait on a channel and never enter
//! that runtime, so that they may stand anywhere; it ends in the background when this is dropped.

use super::{
    bucket::{Bucket, BucketWaits},
    name::Name,
    spool::Half,
    trouble::BucketTrouble,
};
use crate::fault::Fault;
use aftercare_vocab::{digest::Digest, instant::Instant};
use futures_util::{
    StreamExt as _, TryStreamExt as _,
    stream::{BoxStream, FuturesUnordered},
};
use object_store::{
    BackoffConfig, ClientOptions, MultipartUpload, ObjectMeta, ObjectStore as _,
    ObjectStoreExt as _, RetryConfig, UploadPart,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use std::{
    fs::File,
    io::{self, Read as _, Seek as _},
    sync::{Arc, mpsc},
    time::Duration,
};
use tokio::runtime::{Builder, Runtime};

/// Blobs larger than this go in parts of this size. The protocol wants at least 5 MiB and allows
/// 10,000 parts.
const PART_BYTES: usize = 8 << 20;
/// Parts of one blob that are under way together, and in memory.
const PARTS_AT_ONCE: usize = 3;
/// Threads that speak to the store.
const THREADS: usize = 2;
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Objects looked at together in a sweep: a page of the protocol.
const PAGE: usize = 1000;

/// A bucket that can be spoken to.
#[derive(Debug)]
pub(super) struct Client {
    bucket: Bucket,
    store: Arc<AmazonS3>,
    runtime: Option<Runtime>,
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background(); // waiting is forbidden on an asynchronous task
        }
    }
}

type Listing = BoxStream<'static, object_store::Result<ObjectMeta>>;

impl Client {
    /// Sends nothing yet.
    pub(super) fn new(bucket: &Bucket) -> Result<Self, Fault> {
        // Fails if there is one already, which is as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let waits = bucket.waits;
        let options = ClientOptions::new()
            .with_connect_timeout(waits.connect)
            .with_read_timeout(waits.answer)
            .with_timeout_disabled() // of the whole: a large blob may take its time
            .with_allow_http(bucket.address.endpoint.starts_with("http:"));
        let retry = RetryConfig {
            backoff: BackoffConfig {
                init_backoff: waits.pause,
                max_backoff: LONGEST_PAUSE.max(waits.pause),
                base: 2.0,
            },
            max_retries: waits.retries,
            retry_timeout: waits.retry,
        };
        let store = AmazonS3Builder::new()
            .with_endpoint(&bucket.address.endpoint)
            .with_region(&bucket.address.region)
            .with_bucket_name(&bucket.address.bucket)
            .with_access_key_id(&bucket.account.access_key)
            .with_secret_access_key(&bucket.account.secret_key)
            .with_virtual_hosted_style_request(false)
            .with_client_options(options)
            .with_retry(retry)
            .build()
            .map_err(|e| Fault::BucketAddress { why: e.to_string() })?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("aftercare-blobs")
            .enable_all()
            .build()
            .map_err(|e| Fault::Storage {
                doing: "starting the threads that speak to the store of blobs".to_owned(),
                place: bucket.to_string(),
                why: e.to_string(),
            })?;
        Ok(Self { bucket: bucket.clone(), store: Arc::new(store), runtime: Some(runtime) })
    }

    /// Asks for the first object: whether there is such a bucket and this account may see it.
    pub(super) fn greet(&self) -> Result<(), Fault> {
        let mut listing = self.listing();
        let first = self.wait(async move { listing.try_next().await })?;
        first.map(|_| ()).map_err(|e| self.fault("opening the store of blobs", &e))
    }

    /// Returns when the store has answered that it keeps the object.
    pub(super) fn put(&self, half: &Half, mut file: File, name: &Name) -> Result<(), Fault> {
        let (store, place) = (Arc::clone(&self.store), self.bucket.place(name));
        let waits = self.bucket.waits;
        let kept = self.wait(async move {
            file.rewind()?;
            if file.metadata()?.len() > PART_BYTES as u64 {
                return put_in_parts(&store, &place, file, waits).await;
            }
            store.put(&place, part(&mut file)?.into()).await?;
            Ok(())
        })?;
        kept.map_err(|broken| match broken {
            Broken::Disk(error) => Fault::io("reading", half.path(), &error),
            Broken::Store(error) => self.fault("storing a blob", &error),
        })
    }

    /// The bytes of an object; `None` = the store says that there is none of this name.
    pub(super) fn get(&self, name: &Name) -> Result<Option<Vec<u8>>, Fault> {
        let (store, place) = (Arc::clone(&self.store), self.bucket.place(name));
        let answer = self.wait(async move { store.get(&place).await?.bytes().await })?;
        let fault = |e| self.fault("reading a blob", &e);
        gone_is_none(answer, self.bucket.waits).map(|bytes| bytes.map(Vec::from)).map_err(fault)
    }

    /// Page by page, so that a large bucket is never in memory as a whole.
    pub(super) fn sweep(
        &self,
        before: Instant,
        keep: impl Fn(&Digest) -> Result<bool, Fault>,
    ) -> Result<u64, Fault> {
        let mut removed = 0;
        let mut listing = self.listing();
        loop {
            let page: Vec<ObjectMeta>;
            (listing, page) = self.page(listing)?;
            if page.is_empty() {
                return Ok(removed);
            }
            for object in page.iter().filter(|object| is_older(object, before)) {
                let Some(name) = self.name(object) else { continue };
                if !keep(&name.digest)? && self.remove_if_older(&name, before)? {
                    removed += 1;
                }
            }
        }
    }

    /// Looks again just before it removes: the listing may be old, and the blob staged anew since.
    fn remove_if_older(&self, name: &Name, before: Instant) -> Result<bool, Fault> {
        let (store, place) = (Arc::clone(&self.store), self.bucket.place(name));
        let answer = self.wait(async move {
            let old = is_older(&store.head(&place).await?, before);
            if old {
                store.delete(&place).await?;
            }
            Ok(old)
        })?;
        let removed = gone_is_none(answer, self.bucket.waits);
        removed.map(|old| old == Some(true)).map_err(|e| self.fault("removing a blob", &e))
    }

    fn listing(&self) -> Listing {
        self.store.list(self.bucket.prefix().as_ref()).fuse().boxed()
    }

    fn page(&self, mut listing: Listing) -> Result<(Listing, Vec<ObjectMeta>), Fault> {
        let (listing, page) = self.wait(async move {
            let page = listing.by_ref().take(PAGE).try_collect().await;
            (listing, page)
        })?;
        Ok((listing, page.map_err(|e| self.fault("listing blobs", &e))?))
    }

    /// The blob that an object is; `None` = somebody else's object.
    fn name(&self, object: &ObjectMeta) -> Option<Name> {
        let full = object.location.as_ref();
        let name = match self.bucket.address.prefix.as_str() {
            "" => full,
            prefix => full.strip_prefix(prefix)?.strip_prefix('/')?,
        };
        Name::read(name)
    }

    /// Does something on the client's own threads and waits for it on this one.
    fn wait<T: Send + 'static>(
        &self,
        doing: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Fault> {
        let stopped = || self.told("asking", BucketTrouble::Other { why: STOPPED.to_owned() });
        let runtime = self.runtime.as_ref().ok_or_else(stopped)?;
        let (tell, hear) = mpsc::sync_channel(1);
        runtime.spawn(async move {
            let _ = tell.send(doing.await); // nobody listens only if the caller is gone
        });
        hear.recv().map_err(|_| stopped())
    }

    fn fault(&self, doing: &'static str, error: &object_store::Error) -> Fault {
        self.told(doing, BucketTrouble::of(error, self.bucket.waits))
    }

    fn told(&self, doing: &'static str, trouble: BucketTrouble) -> Fault {
        Fault::Bucket { doing, place: self.bucket.to_string(), trouble }
    }
}

/// What a request on the client's threads says when it never ended.
const STOPPED: &str = "the threads that speak to the store stopped";

enum Broken {
    Disk(io::Error),
    Store(object_store::Error),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<object_store::Error> for Broken {
    fn from(error: object_store::Error) -> Self {
        Self::Store(error)
    }
}

/// The next bytes of a file, as many as go together; none = it is at its end.
fn part(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(PART_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The object is there when all its parts are, and not before.
async fn put_in_parts(
    store: &AmazonS3,
    place: &Path,
    file: File,
    waits: BucketWaits,
) -> Result<(), Broken> {
    let mut upload = store.put_multipart(place).await?;
    let done = send_parts(&mut *upload, file).await;
    let answers = match &done {
        Err(Broken::Store(error)) => BucketTrouble::of(error, waits).still_answers(),
        _ => true,
    };
    if done.is_err() && answers {
        // What stays behind is no object; a rule of the bucket clears it away (docs/blobs.md).
        let _ = upload.abort().await;
    }
    done
}

async fn send_parts(upload: &mut dyn MultipartUpload, file: File) -> Result<(), Broken> {
    let mut going = FuturesUnordered::new();
    let sent = send_each(upload, file, &mut going).await;
    // A part that arrives after the upload was given up would stay with the store for ever.
    while going.next().await.is_some() {}
    sent?;
    upload.complete().await?;
    Ok(())
}

async fn send_each(
    upload: &mut dyn MultipartUpload,
    mut file: File,
    going: &mut FuturesUnordered<UploadPart>,
) -> Result<(), Broken> {
    loop {
        let bytes = part(&mut file)?;
        if bytes.is_empty() {
            break;
        }
        going.push(upload.put_part(bytes.into()));
        if going.len() >= PARTS_AT_ONCE {
            going.try_next().await?;
        }
    }
    while going.try_next().await?.is_some() {}
    Ok(())
}

/// Only the word of the store that it has no such object makes one missing: a bucket that is not
/// there, or an account that may not look, is trouble.
fn gone_is_none<T>(
    answer: object_store::Result<T>,
    waits: BucketWaits,
) -> object_store::Result<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error @ object_store::Error::NotFound { .. }) => {
            match BucketTrouble::of(&error, waits) {
                BucketTrouble::NoBucket => Err(error),
                _ => Ok(None),
            }
        }
        Err(error) => Err(error),
    }
}

/// By the clock of the store.
fn is_older(object: &ObjectMeta, before: Instant) -> bool {
    object.last_modified.timestamp_micros() < before.micros()
}
