//! A real server of the S3 protocol over a temporary directory, in the process of the test, with the
//! faults that a store can have.

use aftercare_register::{Bucket, BucketAccount, BucketAddress, BucketWaits};
use futures_util::StreamExt as _;
use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{
    Body, HttpError, HttpRequest, HttpResponse,
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use tokio::{net::TcpListener, runtime, sync::oneshot};

/// The bucket that is there from the beginning.
pub const BUCKET: &str = "blobs";
const ACCESS_KEY: &str = "aftercare-test";
const SECRET_KEY: &str = "a secret of no worth";

/// Waits with which a test need not wait.
pub const SHORT_WAITS: BucketWaits = BucketWaits {
    connect: Duration::from_secs(5),
    answer: Duration::from_millis(200),
    retry: Duration::from_secs(5),
    retries: 2,
    pause: Duration::from_millis(1),
};

/// What the server does instead of its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mood {
    /// Nothing else: it works.
    Well,
    /// Fails so many of the next requests whose method and target hold this text with this status
    /// and word, then is well again.
    Fails {
        /// The text; empty = all requests.
        what: &'static str,
        /// How many requests.
        times: usize,
        /// The status of HTTP.
        status: u16,
        /// The store's own word for it.
        code: &'static str,
    },
    /// Takes requests whose method and target hold this text, and never answers them.
    Hangs(&'static str),
}

#[derive(Debug)]
struct Weather {
    mood: Mood,
    requests: Vec<String>,
}

/// Ends when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    root: tempfile::TempDir,
    weather: Arc<Mutex<Weather>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts one with an empty bucket.
    pub fn start() -> io::Result<Self> {
        let root = tempfile::tempdir()?;
        fs::create_dir(root.path().join(BUCKET))?;
        let files = s3s_fs::FileSystem::new(root.path())
            .map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let weather = Arc::new(Mutex::new(Weather { mood: Mood::Well, requests: Vec::new() }));
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let above = Arc::clone(&weather);
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, service, above) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        Ok(Self { address, root, weather, stop: Some(stop), thread: Some(thread) })
    }

    /// Where its bucket is, with everything below a prefix.
    pub fn address(&self) -> BucketAddress {
        BucketAddress {
            endpoint: format!("http://{}", self.address),
            region: "eu-test-1".into(),
            bucket: BUCKET.into(),
            prefix: "maker/one".into(),
            allow_http: false,
        }
    }

    /// The account that it knows.
    pub fn account() -> BucketAccount {
        BucketAccount { access_key: ACCESS_KEY.into(), secret_key: SECRET_KEY.into() }
    }

    /// Its bucket.
    ///
    /// # Panics
    /// If the register refuses the address.
    #[allow(clippy::expect_used, reason = "a test that cannot have its bucket must not pass")]
    pub fn bucket(&self) -> Bucket {
        Bucket::new(self.address(), Self::account()).expect("an address of a bucket")
    }

    /// The directory with the files that are its objects.
    pub fn objects(&self) -> PathBuf {
        self.root.path().join(BUCKET)
    }

    /// The files that are objects, in order.
    pub fn files(&self) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        walk(&self.objects(), &mut found)?;
        found.sort();
        Ok(found)
    }

    /// From now on it does this.
    pub fn is(&self, mood: Mood) {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner).mood = mood;
    }

    /// The requests since this was last asked: method and target.
    pub fn requests(&self) -> Vec<String> {
        let mut weather = self.weather.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut weather.requests)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // if it panicked, the test has failed by now
        }
    }
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, found)? } else { found.push(path) }
    }
    Ok(())
}

async fn serve(listener: TcpListener, service: S3Service, weather: Arc<Mutex<Weather>>) {
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        let (service, weather) = (service.clone(), Arc::clone(&weather));
        tokio::spawn(async move {
            let answer = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                let (service, weather) = (service.clone(), Arc::clone(&weather));
                async move { under(&weather, &service, request.map(Body::from)).await }
            });
            let connection = Builder::new(TokioExecutor::new());
            let _ = connection.serve_connection(TokioIo::new(socket), answer).await; // a client may hang up when it likes
        });
    }
}

/// Answers as the weather lets it.
async fn under(
    weather: &Mutex<Weather>,
    service: &S3Service,
    request: HttpRequest,
) -> Result<HttpResponse, HttpError> {
    let asked = format!("{} {}", request.method(), request.uri());
    let mood = {
        let mut weather = weather.lock().unwrap_or_else(PoisonError::into_inner);
        let mood = match &mut weather.mood {
            Mood::Hangs(what) | Mood::Fails { what, .. } if !asked.contains(*what) => Mood::Well,
            Mood::Fails { times: 0, .. } => Mood::Well,
            mood @ Mood::Fails { .. } => {
                let now = mood.clone();
                if let Mood::Fails { times, .. } = mood {
                    *times -= 1;
                }
                now
            }
            mood => mood.clone(),
        };
        weather.requests.push(asked);
        mood
    };
    match mood {
        Mood::Well => service.call(request).await,
        Mood::Hangs(_) => std::future::pending().await,
        Mood::Fails { status, code, .. } => {
            // Whoever is cut off while it still sends may never read the answer.
            let mut body = request.into_body();
            while let Some(Ok(_)) = body.next().await {}
            let text = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
            let mut answer = HttpResponse::new(Body::from(text));
            *answer.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
            Ok(answer)
        }
    }
}
