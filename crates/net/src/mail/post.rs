//! Handing one mail to one server.

use super::{Leave, Mail, NotSent, clear::Clear};
use crate::reach::Reach;
use lettre::{
    Address, Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands,
        extension::ClientId,
    },
};
use std::{cell::Cell, fmt, net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// A mail server.
#[derive(Clone)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// 465 for TLS, 587 for STARTTLS.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// Certificates (PEM) of authorities that are believed beside those of the machine.
    pub authorities: Vec<String>,
    /// Who signs in; none: nobody.
    pub account: Option<Account>,
    /// The name by which this installation greets.
    pub greets_as: String,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} ({:?})", self.host, self.port, self.protection)
    }
}

/// How a connection is protected. There is no falling back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// TLS begins after a greeting (RFC 3207); refused when the server does not offer it.
    StartTls,
    /// None: with the own machine only.
    None,
}

/// Who signs in at a mail server.
#[derive(Clone)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(not shown)")
    }
}

/// What one mail may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailLimits {
    /// Largest mail, in bytes as sent.
    pub bytes: usize,
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the server has taken the mail.
    pub whole: Duration,
}

impl Default for MailLimits {
    /// A text: 1 MiB in 60 seconds.
    fn default() -> Self {
        Self { bytes: 1 << 20, connect: Duration::from_secs(10), whole: Duration::from_mins(1) }
    }
}

/// The way out for mail.
#[derive(Debug)]
pub struct Post {
    way: Option<Way>,
}

struct Way {
    server: Server,
    tls: Option<TlsParameters>,
    reach: Reach,
    limits: MailLimits,
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.server, f)
    }
}

/// How far a mail has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    BeforeHandover,
    /// The server may have all of it.
    HandedOver,
}

impl Post {
    /// A way to that server, if it is not further than the reach. Nobody is asked yet.
    pub fn new(server: Server, reach: Reach, limits: MailLimits) -> Result<Self, NotSent> {
        let wrong = |why| NotSent::Settings { host: shown(&server.host), why };
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        if !server.host.chars().all(|c| name(c) || c == ':') || server.host.is_empty() {
            return Err(wrong("it is no name of a host"));
        }
        if !server.greets_as.chars().all(name) || server.greets_as.is_empty() {
            return Err(wrong("the name that is used for greeting is no name of a host"));
        }
        if server.protection == Protection::None && reach != Reach::OwnMachine {
            return Err(wrong("without encryption only the own machine is asked"));
        }
        let tls = match server.protection {
            Protection::None => None,
            _ => Some(tls(&server)?),
        };
        Ok(Self { way: Some(Way { server, tls, reach, limits }) })
    }

    /// A way that is shut.
    pub fn offline() -> Self {
        Self { way: None }
    }

    /// Hands the mail over and waits until the server has taken it. Gives what the server said, which
    /// often names the mail for its administrators. Blocks, and must not be called on an asynchronous
    /// task.
    pub fn send(&self, _leave: &impl Leave, mail: &Mail) -> Result<String, NotSent> {
        let Some(way) = &self.way else { return Err(NotSent::Offline) };
        let message = mail.message()?;
        let bytes = message.formatted();
        if bytes.len() > way.limits.bytes {
            return Err(NotSent::TooLarge { bytes: bytes.len(), most: way.limits.bytes });
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| way.unreachable(error.to_string()))?;
        let stage = Cell::new(Stage::BeforeHandover);
        let sent = runtime.block_on(async {
            match timeout(way.limits.whole, way.deliver(&message, &bytes, &stage)).await {
                Ok(sent) => sent,
                Err(_) if stage.get() == Stage::HandedOver => {
                    Err(way.in_doubt("it did not answer in time".into()))
                }
                Err(_) => Err(NotSent::TooSlow { host: way.host(), whole: way.limits.whole }),
            }
        });
        // A name that is still being looked up is not waited for.
        runtime.shutdown_background();
        sent
    }
}

impl Way {
    fn host(&self) -> String {
        shown(&self.server.host)
    }

    fn unreachable(&self, why: String) -> NotSent {
        NotSent::Unreachable { host: self.host(), why }
    }

    fn in_doubt(&self, why: String) -> NotSent {
        NotSent::InDoubt { host: self.host(), why }
    }

    async fn deliver(
        &self,
        message: &Message,
        bytes: &[u8],
        stage: &Cell<Stage>,
    ) -> Result<String, NotSent> {
        let mut server = self.connect().await?;
        if let Some(account) = &self.server.account {
            self.sign_in(&mut server, account).await?;
        }
        let envelope = message.envelope();
        let [recipient] = envelope.to() else {
            return Err(self.unreachable("a mail has one recipient".into()));
        };
        let sender = commands::Mail::new(envelope.from().cloned(), Vec::new());
        server.command(sender).await.map_err(|error| self.told(&error))?;
        self.name_recipient(&mut server, recipient).await?;
        server.command(commands::Data).await.map_err(|error| self.told(&error))?;
        stage.set(Stage::HandedOver);
        let taken = server.message(bytes).await.map_err(|error| match error.status() {
            Some(_) => self.told(&error),
            None => self.in_doubt(root(&error)),
        })?;
        // It has the mail; what it says to a farewell changes nothing.
        let _ = timeout(self.limits.connect, server.quit()).await;
        let code = taken.code().to_string();
        let words: Vec<&str> = taken.message().collect();
        Ok(shown(&format!("{code} {}", words.join(" "))))
    }

    /// Looks the name up, and connects to one of the addresses that were checked.
    async fn connect(&self) -> Result<AsyncSmtpConnection, NotSent> {
        let Server { host, port, protection, greets_as, .. } = &self.server;
        let found = lookup_host((host.as_str(), *port)).await;
        let found: Vec<SocketAddr> =
            found.map_err(|error| self.unreachable(error.to_string()))?.collect();
        let near = |address: &SocketAddr| {
            let ip = address.ip().to_canonical();
            self.reach.includes(ip) && (*protection != Protection::None || ip.is_loopback())
        };
        let (within, beyond): (Vec<_>, Vec<_>) = found.into_iter().partition(near);
        if let (true, Some(address)) = (within.is_empty(), beyond.first()) {
            return Err(NotSent::OutOfReach { host: self.host(), address: address.ip() });
        }
        let me = ClientId::Domain(greets_as.clone());
        let mut last = self.unreachable("its name leads nowhere".into());
        for address in within {
            let connected = match (protection, &self.tls) {
                (Protection::Tls, Some(tls)) => {
                    let (wait, tls) = (Some(self.limits.connect), Some(tls.clone()));
                    AsyncSmtpConnection::connect_tokio1(address, wait, &me, tls, None).await
                }
                _ => match self.clear(address).await {
                    Ok(stream) => AsyncSmtpConnection::connect_with_transport(stream, &me).await,
                    Err(error) => {
                        last = error;
                        continue;
                    }
                },
            };
            match connected {
                Ok(mut server) => {
                    if let (Protection::StartTls, Some(tls)) = (protection, &self.tls) {
                        let begun = server.starttls(tls.clone(), &me).await;
                        begun.map_err(|error| self.told(&error))?;
                    }
                    return Ok(server);
                }
                Err(error) => last = self.told(&error),
            }
        }
        Err(last)
    }

    async fn clear(&self, address: SocketAddr) -> Result<Box<Clear>, NotSent> {
        match timeout(self.limits.connect, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => Ok(Box::new(Clear::new(stream))),
            Ok(Err(error)) => Err(self.unreachable(error.to_string())),
            Err(_) => Err(NotSent::TooSlow { host: self.host(), whole: self.limits.connect }),
        }
    }

    async fn sign_in(
        &self,
        server: &mut AsyncSmtpConnection,
        account: &Account,
    ) -> Result<(), NotSent> {
        let credentials = Credentials::new(account.name.clone(), account.password.clone());
        match server.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() || error.is_client() => {
                Err(NotSent::Auth { host: self.host(), reply: root(&error) })
            }
            Err(error) => Err(self.told(&error)),
        }
    }

    async fn name_recipient(
        &self,
        server: &mut AsyncSmtpConnection,
        recipient: &Address,
    ) -> Result<(), NotSent> {
        let command = commands::Rcpt::new(recipient.clone(), Vec::new());
        match server.command(command).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => {
                Err(NotSent::Recipient { host: self.host(), reply: root(&error) })
            }
            Err(error) => Err(self.told(&error)),
        }
    }

    /// What went wrong before the mail was handed over, or what the server said to it.
    fn told(&self, error: &Error) -> NotSent {
        let (host, reply) = (self.host(), root(error));
        if error.is_transient() {
            NotSent::Temporary { host, reply }
        } else if error.is_permanent() {
            NotSent::Permanent { host, reply }
        } else if error.is_timeout() {
            NotSent::TooSlow { host, whole: self.limits.connect }
        } else {
            NotSent::Unreachable { host, why: reply }
        }
    }
}

fn tls(server: &Server) -> Result<TlsParameters, NotSent> {
    let wrong = |why| NotSent::Settings { host: shown(&server.host), why };
    let mut builder = TlsParameters::builder(server.host.clone());
    for pem in &server.authorities {
        let unreadable = |_| wrong("the certificate of an authority cannot be read");
        let certificate = Certificate::from_pem(pem.as_bytes()).map_err(unreadable)?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|_| wrong("encryption could not be set up"))
}

/// What lies at the bottom of an error, with the code of a reply.
fn root(error: &Error) -> String {
    let mut last: &(dyn std::error::Error + 'static) = error;
    while let Some(source) = last.source() {
        last = source;
    }
    match error.status() {
        Some(code) => shown(&format!("{code} {last}")),
        None => shown(&last.to_string()),
    }
}

/// Foreign text in one line of bounded length.
fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(LONGEST).collect::<String>().trim_end().to_owned()
}
