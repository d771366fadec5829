//! The one place where the web face is called.

use crate::ending::{Ending, Failure};
use aftercare_desk::Desk;
use std::{future::Future, io, sync::Arc};

/// Serves pages and API until `stop` ends, then finishes the requests under way.
pub async fn serve(
    _desk: Arc<Desk>,
    _listener: tokio::net::TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    stop.await;
    Ok(())
}

/// Prints the OpenAPI document.
pub fn openapi() -> Result<Ending, Failure> {
    Err(Failure::Trouble("This build has no web face.".to_owned()))
}
