//! Why a mail was not sent.

use super::Unwritable;
use std::{net::IpAddr, time::Duration};

/// Why a mail was not sent, or may not have been. Servers are named; recipients are not, since who asks
/// knows them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The installation is set to stay offline.
    #[error("the mail was not sent: this installation is set to stay offline")]
    Offline,
    /// The mail cannot be written. Nobody was asked.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    /// The mail is larger than may be. Nobody was asked.
    #[error("the mail was not sent: it has {bytes} bytes, more than {most}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        most: usize,
    },
    /// The settings of the server cannot be used. Nobody was asked.
    #[error("the mail server {host} was not asked: {why}")]
    Settings {
        /// The server.
        host: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The server's name leads where this door does not.
    #[error(
        "the mail server {host} was not asked: it leads to {address}, which is not among the networks that may be asked"
    )]
    OutOfReach {
        /// The server.
        host: String,
        /// Where it leads.
        address: IpAddr,
    },
    /// No connection, no encryption, or it broke before the mail was handed over. The mail did not arrive.
    #[error("the mail server {host} could not be reached: {why}")]
    Unreachable {
        /// The server.
        host: String,
        /// What went wrong.
        why: String,
    },
    /// It did not get as far as handing the mail over in time. The mail did not arrive.
    #[error("the mail server {host} did not answer within {} seconds", .whole.as_secs())]
    TooSlow {
        /// The server.
        host: String,
        /// The limit.
        whole: Duration,
    },
    /// The server does not know the account, or offers no way to sign in.
    #[error("the mail server {host} did not take the account: {reply}")]
    Auth {
        /// The server.
        host: String,
        /// What it said.
        reply: String,
    },
    /// The server does not deliver to this recipient.
    #[error("the mail server {host} refused the recipient: {reply}")]
    Recipient {
        /// The server.
        host: String,
        /// What it said.
        reply: String,
    },
    /// The server cannot take the mail now (a reply of 400 to 499).
    #[error("the mail server {host} cannot take the mail now: {reply}")]
    Temporary {
        /// The server.
        host: String,
        /// What it said.
        reply: String,
    },
    /// The server does not take the mail (a reply of 500 to 599).
    #[error("the mail server {host} refused the mail: {reply}")]
    Permanent {
        /// The server.
        host: String,
        /// What it said.
        reply: String,
    },
    /// The connection broke, or time ran out, after the mail was handed over and before the server answered.
    /// It may have arrived.
    #[error("it is not known whether the mail server {host} took the mail: {why}")]
    InDoubt {
        /// The server.
        host: String,
        /// What went wrong.
        why: String,
    },
}

impl NotSent {
    /// Whether the same mail may pass later without anybody changing anything. Not so when in doubt: it
    /// might then arrive twice, which a person or a rule has to weigh.
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::TooSlow { .. } | Self::Temporary { .. })
    }
    /// Whether it is the server, the account or the way there that is wrong, so that no other mail would go either.
    pub const fn is_of_server(&self) -> bool {
        matches!(
            self,
            Self::Offline
                | Self::Settings { .. }
                | Self::OutOfReach { .. }
                | Self::Unreachable { .. }
                | Self::TooSlow { .. }
                | Self::Auth { .. }
        )
    }
}
