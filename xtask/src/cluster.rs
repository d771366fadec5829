//! A PostgreSQL for tests: made for this run on a free port of the own machine, in a directory of its
//! own, as an ordinary user (the server refuses to run as root), and thrown away at the end. The
//! machine's own clusters are never touched.

use crate::process::{self, Log};
use crate::tools::{Missing, POSTGRES, Toolbox};
use anyhow::{Context, Result, bail};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest major version that the product works with.
const OLDEST: u32 = 15;
/// Where Debian keeps the server's programs, one folder for each major version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The account that Debian's package makes.
const ACCOUNT: &str = "postgres";

/// A running server.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// Installs what is missing, makes a cluster and starts it.
    pub fn start(toolbox: &Toolbox, log: &mut Log) -> Result<Result<Self, Missing>> {
        // What is tested is what happens when our process is killed, not the machine: the server
        // need not wait for the disk, and need not keep what would let another follow it.
        let settings = "-c fsync=off -c full_page_writes=off -c wal_level=minimal \
                        -c max_wal_senders=0 -c max_wal_size=128MB";
        Self::with(toolbox, log, settings)
    }

    /// The same, as durable as a server is by itself: for measurements.
    pub fn durable(toolbox: &Toolbox, log: &mut Log) -> Result<Result<Self, Missing>> {
        Self::with(toolbox, log, "-c fsync=on -c synchronous_commit=on")
    }

    fn with(toolbox: &Toolbox, log: &mut Log, settings: &str) -> Result<Result<Self, Missing>> {
        if programs().is_none()
            && let Err(missing) = toolbox.ensure(&POSTGRES, log)?
        {
            return Ok(Err(missing));
        }
        let Some(programs) = programs() else {
            return Ok(Err(Missing(format!("PostgreSQL {OLDEST} or newer is needed"))));
        };
        let folder =
            std::env::temp_dir().join(format!("aftercare-postgres-{}", std::process::id()));
        std::fs::create_dir(&folder).with_context(|| format!("making {}", folder.display()))?;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr()) // and lets go of it
            .context("looking for a free port")?
            .port();
        let cluster = Self { programs, folder, port };
        cluster.make(log, settings)?;
        Ok(Ok(cluster))
    }

    /// The address that tests are given.
    pub fn address(&self) -> String {
        format!("postgresql://{ACCOUNT}@127.0.0.1:{}/{ACCOUNT}", self.port)
    }

    fn make(&self, log: &mut Log, settings: &str) -> Result<()> {
        if as_root() {
            let mut own = Command::new("chown");
            own.arg(ACCOUNT).arg(&self.folder);
            run(own, log)?;
        }
        let data = self.folder.join("data");
        let mut make = self.program("initdb");
        make.args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--username", ACCOUNT]);
        make.arg("--pgdata").arg(&data);
        run(make, log)?;
        let settings = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories='' -c max_connections=300 \
             {settings}",
            self.port
        );
        let mut start = self.program("pg_ctl");
        start.args(["start", "--wait", "--options", &settings]);
        start.arg("--pgdata").arg(&data).arg("--log").arg(self.folder.join("server.log"));
        run(start, log).inspect_err(|_| {
            let said = std::fs::read_to_string(self.folder.join("server.log"));
            let _ = log.say(process::tail(&said.unwrap_or_default(), 6).as_str());
        })
    }

    /// One of the server's programs, as an ordinary user.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if as_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", ACCOUNT, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "--mode=immediate", "--silent", "--pgdata"]);
        stop.arg(self.folder.join("data"));
        let _ = process::captured(stop);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn as_root() -> bool {
    crate::tools::is_root()
}

fn run(command: Command, log: &mut Log) -> Result<()> {
    let shown = process::line_of(&command);
    // Not through a pipe that is read to its end: the server keeps it open.
    let said = log.path.clone();
    let file = std::fs::File::options().append(true).open(&said).context("opening the log")?;
    let mut command = command;
    command.stdin(std::process::Stdio::null());
    command.stdout(file.try_clone().context("sharing the log")?).stderr(file);
    let status = command.status().with_context(|| format!("starting `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}; see {}", said.display());
    }
    Ok(())
}

/// The folder with the newest server's programs.
fn programs() -> Option<PathBuf> {
    let on_path = crate::tools::find(&["initdb"]).and_then(|p| p.parent().map(Path::to_owned));
    let debian = std::fs::read_dir(DEBIAN).into_iter().flatten().filter_map(|found| {
        let folder = found.ok()?;
        let major: u32 = folder.file_name().to_str()?.parse().ok()?;
        let programs = folder.path().join("bin");
        (major >= OLDEST && programs.join("initdb").is_file()).then_some((major, programs))
    });
    debian.max().map(|(_, programs)| programs).or(on_path)
}
