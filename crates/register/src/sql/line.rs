//! A line to a PostgreSQL server, for callers that block.
//!
//! A round trip costs more than most statements. What nobody waits for is *sent ahead*: it goes out with
//! the next statement somebody waits for, the server works through them in order, and their answers are
//! looked at first. So a failure is told at the latest by the next statement that is waited for, with the
//! name of the one that failed, and nothing is committed over it: the server rolls back a transaction in
//! which a statement failed.

use std::{
    future::{Future, poll_fn, ready},
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};
use tokio_postgres::{
    Client, Config, Error, Row, RowStream, Socket, Statement,
    binary_copy::BinaryCopyInWriter,
    tls::MakeTlsConnect,
    types::{BorrowToSql, ToSql, Type},
};

/// Most statements that are under way at once.
const AHEAD: usize = 500;

type Answer = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// An open line.
pub(super) struct Line {
    /// None only while it is dropped.
    client: Option<Arc<Client>>,
    ahead: Vec<(&'static str, Answer)>,
    /// Locks were taken that last as long as the connection.
    holds: bool,
    /// What ended the connection, in the server's own words.
    ended: Arc<Mutex<Option<Error>>>,
    /// The connection, at work until it is closed.
    working: JoinHandle<()>,
    runtime: Runtime,
}

/// How long the server is given to take a goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// Says goodbye: a server that only finds the line dead lets go of locks later.
impl Drop for Line {
    fn drop(&mut self) {
        self.ahead.clear();
        let client = self.client.take();
        let Self { runtime, working, holds, .. } = self;
        if let Some(client) = client.as_ref().filter(|_| *holds) {
            // The server ends its side some time after the goodbye, and keeps the locks until then.
            let let_go = client.batch_execute("SELECT pg_advisory_unlock_all()");
            let _ = runtime.block_on(async { tokio::time::timeout(GOODBYE, let_go).await });
        }
        drop(client); // the connection ends with its last client
        let _ = runtime.block_on(async { tokio::time::timeout(GOODBYE, working).await });
    }
}

/// A statement failed: its name, and why.
pub(super) struct Failed {
    pub name: &'static str,
    pub error: Error,
}

/// A table that is being filled; given up when it is dropped before its end.
pub(super) struct Loading<'l> {
    line: &'l mut Line,
    table: &'static str,
    rows: Pin<Box<BinaryCopyInWriter>>,
}

impl Loading<'_> {
    pub(super) fn row<P>(&mut self, values: &[P]) -> Result<(), Failed>
    where
        for<'p> &'p P: BorrowToSql,
    {
        let rows = self.rows.as_mut();
        self.line.wait(self.table, rows.write_raw(values))
    }

    pub(super) fn end(mut self) -> Result<(), Failed> {
        let rows = self.rows.as_mut();
        self.line.wait(self.table, rows.finish()).map(|_| ())
    }
}

impl Line {
    /// Opens a line. The error of the driver's own engine is one of the operating system.
    pub(super) fn open<T>(config: &Config, tls: T) -> std::io::Result<Result<Self, Error>>
    where
        T: MakeTlsConnect<Socket> + 'static,
        T::Stream: Send,
    {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (client, connection) = match runtime.block_on(config.connect(tls)) {
            Ok(made) => made,
            Err(error) => return Ok(Err(error)),
        };
        let ended = Arc::new(Mutex::new(None));
        let end = Arc::clone(&ended);
        let working = runtime.spawn(async move {
            if let Err(error) = connection.await {
                *end.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
        });
        let client = Some(Arc::new(client));
        Ok(Ok(Self { client, ahead: Vec::new(), holds: false, ended, working, runtime }))
    }

    #[allow(clippy::expect_used, reason = "the client is taken out by drop alone")]
    fn client(&self) -> Arc<Client> {
        Arc::clone(self.client.as_ref().expect("open"))
    }

    /// Notes that locks were taken which last as long as the connection.
    pub(super) fn holds_locks(&mut self) {
        self.holds = true;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client().is_closed()
    }

    /// Whether the server answers within that time.
    pub(super) fn answers(&mut self, within: Duration) -> bool {
        let client = self.client();
        self.runtime.block_on(async {
            let asked = tokio::time::timeout(within, client.check_connection());
            matches!(asked.await, Ok(Ok(())))
        })
    }

    pub(super) fn prepare(&mut self, name: &'static str, text: &str) -> Result<Statement, Failed> {
        let client = self.client();
        self.wait(name, async move { client.prepare(text).await })
    }

    /// Runs a statement; gives the number of rows changed.
    pub(super) fn execute<P: BorrowToSql>(
        &mut self,
        name: &'static str,
        what: &Statement,
        values: &[P],
    ) -> Result<u64, Failed>
    where
        for<'p> &'p P: BorrowToSql,
    {
        let client = self.client();
        self.wait(name, async move { client.execute_raw(what, values).await })
    }

    /// Begins an answer of rows, given by [`Line::next`].
    pub(super) fn query<P>(
        &mut self,
        name: &'static str,
        what: &Statement,
        values: &[P],
    ) -> Result<Pin<Box<RowStream>>, Failed>
    where
        for<'p> &'p P: BorrowToSql,
    {
        let client = self.client();
        self.wait(name, async move { client.query_raw(what, values).await }).map(Box::pin)
    }

    /// The next row of an answer.
    pub(super) fn next(
        &mut self,
        name: &'static str,
        rows: &mut Pin<Box<RowStream>>,
    ) -> Result<Option<Row>, Failed> {
        use futures_util::TryStreamExt as _;
        self.wait(name, async { rows.try_next().await })
    }

    /// The one row of an answer to a statement that is used once.
    pub(super) fn query_one(
        &mut self,
        text: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Row, Error> {
        let client = self.client();
        self.wait("a question", async move { client.query_one(text, values).await })
            .map_err(|failed| failed.error)
    }

    /// Begins to fill a table with rows of these kinds of columns.
    pub(super) fn load(
        &mut self,
        table: &'static str,
        kinds: &[Type],
    ) -> Result<Loading<'_>, Failed> {
        let client = self.client();
        let text = format!("COPY {table} FROM STDIN (FORMAT binary)");
        let sink = self.wait(table, async move { client.copy_in(text.as_str()).await })?;
        let rows = Box::pin(BinaryCopyInWriter::new(sink, kinds));
        Ok(Loading { line: self, table, rows })
    }

    /// Runs a script.
    pub(super) fn script(&mut self, name: &'static str, text: &str) -> Result<(), Failed> {
        let client = self.client();
        self.wait(name, async move { client.batch_execute(text).await })
    }

    /// Sends a script ahead.
    pub(super) fn send_script(
        &mut self,
        name: &'static str,
        text: &'static str,
    ) -> Result<(), Failed> {
        let client = self.client();
        self.push(name, Box::pin(async move { client.batch_execute(text).await }))
    }

    /// Sends a statement ahead.
    pub(super) fn send<P>(
        &mut self,
        name: &'static str,
        what: Statement,
        values: Vec<P>,
    ) -> Result<(), Failed>
    where
        P: BorrowToSql + Send + 'static,
    {
        let client = self.client();
        self.push(
            name,
            Box::pin(async move { client.execute_raw(&what, values).await.map(|_| ()) }),
        )
    }

    /// Waits for the answers to everything that was sent ahead.
    pub(super) fn settle(&mut self) -> Result<(), Failed> {
        if self.ahead.is_empty() {
            return Ok(());
        }
        self.wait("what was sent ahead", ready(Ok(())))
    }

    fn push(&mut self, name: &'static str, mut answer: Answer) -> Result<(), Failed> {
        // Asked once, it hands the statement to the connection; the place in the queue is what counts.
        let first = answer.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if let Poll::Ready(answered) = first {
            answer = Box::pin(ready(answered));
        }
        self.ahead.push((name, answer));
        if self.ahead.len() < AHEAD { Ok(()) } else { self.settle() }
    }

    /// Waits for the answer to `asked`, and before it for those to everything that was sent ahead.
    fn wait<T>(
        &mut self,
        name: &'static str,
        asked: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failed> {
        let ahead = std::mem::take(&mut self.ahead);
        let answer = self.runtime.block_on(async {
            let mut asked = pin!(asked);
            // Sent before anything is waited for, so that all of it is one round trip.
            let early = poll_fn(|context| Poll::Ready(asked.as_mut().poll(context))).await;
            let mut first = None;
            for (name, answer) in ahead {
                if let Err(error) = answer.await {
                    first.get_or_insert(Failed { name, error }); // the others failed because of it
                }
            }
            let answer = match early {
                Poll::Ready(answer) => answer,
                Poll::Pending => asked.await,
            };
            first.map_or_else(|| answer.map_err(|error| Failed { name, error }), Err)
        });
        answer.map_err(|failed| self.explained(failed))
    }

    /// A closed connection says only that; what the server said before is worth more.
    fn explained(&self, failed: Failed) -> Failed {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner).take();
        match ended {
            Some(error) if failed.error.is_closed() => Failed { error, ..failed },
            _ => failed,
        }
    }
}
