//! `aftercare api`: every operation of a server's API on the command line, with the rights of a token.

use crate::{
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    operation, paper,
    remote::{Server, ServerArgs, refused},
};
use aftercare_net::Verb;
use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// Most bytes that are sent.
const BODY_LIMIT: u64 = 512 << 20;

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  export AFTERCARE_SERVER=https://aftercare.maker.example AFTERCARE_TOKEN=...
  aftercare api get /standing
  aftercare api get '/cases?only=open'
  aftercare api post /cases --body case.json
  aftercare api post /versions/VERSION/sboms --body sbom.cdx.json

`aftercare openapi` lists every path. What is sent is done once, however often it is sent with the same --key.

{EXIT_CODES}"))]
pub struct Args {
    /// What to do
    #[arg(value_enum)]
    method: Method,
    /// The path with its query, below /api/v1: /cases
    path: String,
    /// The file whose bytes are sent; - reads standard input
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// What the bytes are
    #[arg(long, value_name = "TYPE", default_value = "application/json")]
    content_type: String,
    /// The idempotency key of what is sent [default: a new one]
    #[arg(long)]
    key: Option<String>,
    #[command(flatten)]
    pub server: ServerArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Method {
    /// Look at something
    Get,
    /// Add or do something
    Post,
    /// Change something
    Patch,
    /// Take something away
    Delete,
}

/// Asks, and prints the answer as it came.
pub fn run(args: &Args, settings: &Settings) -> Result<Ending, Failure> {
    let Some(server) = Server::of(settings)? else {
        return Err(Failure::Wrong(
            "No server is named. Name it with `--server URL` or set AFTERCARE_SERVER.".to_owned(),
        ));
    };
    if !args.path.starts_with('/') {
        return Err(Failure::Wrong(format!("`{}` begins with no `/`: write `/cases`.", args.path)));
    }
    let path = match args.path.as_str() {
        whole if whole.starts_with("/api/v1") => whole.to_owned(),
        below => format!("/api/v1{below}"),
    };
    let verb = match args.method {
        Method::Get => None,
        Method::Post => Some(Verb::Post),
        Method::Patch => Some(Verb::Patch),
        Method::Delete => Some(Verb::Delete),
    };
    let response = match verb {
        None if args.body.is_some() || args.key.is_some() => {
            let message = "`get` sends nothing: leave out `--body` and `--key`, or use another.";
            return Err(Failure::Wrong(message.to_owned()));
        }
        None => server.get(&path, &[])?,
        Some(verb) => {
            let body = args.body.as_deref().map_or(Ok(Vec::new()), bytes)?;
            let key = args.key.clone().unwrap_or_else(operation::request_id);
            server.send(verb, &path, (&args.content_type, body), &key)?
        }
    };
    if !(200..300).contains(&response.status) {
        return Err(refused(&response));
    }
    paper::print(&response.body)?;
    let is_json = response.header("content-type").any(|kind| kind.contains("json"));
    if is_json && response.body.last().is_some_and(|byte| *byte != b'\n') {
        paper::print(b"\n")?;
    }
    Ok(Ending::Done)
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: io::Error| Failure::at("Reading", path, &error);
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(BODY_LIMIT + 1).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        let file = fs::File::open(path).map_err(failed)?;
        file.take(BODY_LIMIT + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() as u64 > BODY_LIMIT {
        let message = format!("`{}` has more than {BODY_LIMIT} bytes.", path.display());
        return Err(Failure::Wrong(message));
    }
    Ok(bytes)
}
