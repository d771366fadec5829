//! `aftercare serve`: the workbench and the API, and the matcher that follows the record.

use crate::{
    config::Settings,
    ending::{EXIT_CODES, Ending, Failure},
    face::{self, House, Opened},
    operation, paper, record,
};
use aftercare_domain::Channel;
use aftercare_register::Access;
use std::{
    io,
    net::{SocketAddr, TcpListener},
};

#[derive(Debug, clap::Args)]
#[command(after_help = format!("\
Examples:
  aftercare serve
  aftercare serve --listen 127.0.0.1:9000 --data /srv/aftercare

It ends with code 0 on SIGTERM and SIGINT (Ctrl+C), after the requests under way.

{EXIT_CODES}"))]
pub struct Args {
    #[command(flatten)]
    listening: Listening,
}

/// Where to listen.
#[derive(Debug, clap::Args)]
pub struct Listening {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// Allow an address that other machines can reach although nothing encrypts the way there
    #[arg(long)]
    open_to_network: bool,
}

/// A bound socket.
#[derive(Debug)]
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
    open_to_network: bool,
}

impl Listening {
    /// Binds the socket, before any work is done for it.
    pub fn open(&self, settings: &mut Settings) -> Result<Door, Failure> {
        if let Some(listen) = &self.listen {
            settings.argument("listen", "--listen", listen)?;
        }
        let wanted = settings.listen;
        if !wanted.ip().is_loopback() && !self.open_to_network {
            return Err(Failure::Wrong(format!(
                "{wanted} can be reached from other machines, and this server does not encrypt: passwords could \
                 be read on the way. Listen on 127.0.0.1 behind a proxy that encrypts and set `origin` to its \
                 address, or add `--open-to-network` if the network itself keeps others out."
            )));
        }
        let listener = TcpListener::bind(wanted).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => Failure::Wrong(format!(
                "{wanted} is taken by another program. Stop it, or choose another port with \
                 `--listen {}:0` (0 takes a free one).",
                wanted.ip()
            )),
            _ => Failure::Wrong(format!("Cannot listen on {wanted}: {error}.")),
        })?;
        let address = listener
            .local_addr()
            .and_then(|address| listener.set_nonblocking(true).map(|()| address))
            .map_err(|error| Failure::Trouble(format!("Cannot listen on {wanted}: {error}.")))?;
        Ok(Door { listener, address, open_to_network: !address.ip().is_loopback() })
    }
}

/// Serves the records of the data directory.
pub fn run(args: &Args, mut settings: Settings) -> Result<Ending, Failure> {
    let door = args.listening.open(&mut settings)?;
    serve(door, &settings, "")
}

/// Serves until it is told to stop. `how` says how to sign in, where that is known.
pub fn serve(door: Door, settings: &Settings, how: &str) -> Result<Ending, Failure> {
    log(settings);
    let (provider, portal) = (settings.provider()?, settings.portal()?);
    let opened = open_all(settings)?;
    // Before the runtime: a record on a server must not be asked on an asynchronous task.
    let said = announcement(door.address, door.open_to_network, &opened, how)?;
    let trouble = |error: io::Error| Failure::Trouble(format!("The server cannot go on: {error}."));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(trouble)?;
    runtime
        .block_on(async {
            let stop = stop_signal()?;
            let listener = tokio::net::TcpListener::from_std(door.listener)?;
            paper::print(said.as_bytes())
                .map_err(|failure| io::Error::other(failure.to_string()))?;
            let house = House::new(door.address, settings.origin.as_deref(), provider, portal);
            for (name, desk) in opened {
                house.take(&name, desk);
            }
            face::serve(house, settings.clone(), listener, stop).await
        })
        .map_err(trouble)?;
    Ok(Ending::Done)
}

/// Opens every workspace. One that cannot be opened does not keep the others from being served.
fn open_all(settings: &Settings) -> Result<Vec<Opened>, Failure> {
    let (names, strange) = settings.workspaces()?;
    for refusal in &strange {
        tracing::warn!("a folder among the workspaces is not served: {refusal}");
    }
    let mut opened = Vec::with_capacity(names.len());
    for name in names {
        let desk = record::open(&settings.of(&name), Access::Write);
        opened.push((name, desk));
    }
    if opened.iter().any(|(_, desk)| desk.is_ok()) {
        return Ok(opened);
    }
    match opened.into_iter().find_map(|(_, desk)| desk.err()) {
        Some(failure) => Err(failure), // the one of the default workspace
        None => Ok(Vec::new()),
    }
}

/// What is printed when the server listens: where, and how to sign in or to set up.
fn announcement(
    address: SocketAddr,
    open_to_network: bool,
    opened: &[Opened],
    how: &str,
) -> Result<String, Failure> {
    if open_to_network {
        paper::tell(
            "WARNING: other machines can reach this address, and nothing encrypts the way there: passwords can be \
             read on it.",
        );
    }
    let mut text = format!("Aftercare is listening on http://{address}\n{how}");
    for (name, desk) in opened {
        let Ok(desk) = desk else { continue };
        let op = operation::begin("server", Channel::Job);
        if let Some(code) = desk.set_up_code(&op)? {
            let place = if name.is_main() { String::new() } else { format!("/w/{name}") };
            text.push_str(&format!(
                "Nobody can sign in to the workspace {name} yet. Open http://{address}{place}/set-up and use this code \
                 within a day: {code}\n"
            ));
        }
    }
    text.push_str("Press Ctrl+C to stop.\n");
    Ok(text)
}

/// The log of a server goes to standard error.
fn log(settings: &Settings) {
    let level = if settings.quiet { "warn" } else { "info" };
    let _ = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::new(level))
        .try_init();
}

#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
