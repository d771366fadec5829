//! The one place where the web face is called, and given the clock and chance.

use crate::{
    ending::{Ending, Failure},
    operation, paper,
};
use aftercare_desk::Desk;
use aftercare_web::{Rim, ServeOptions, State};
use std::{future::Future, io, net::SocketAddr, sync::Arc};

/// Serves pages and API until `stop` ends, then finishes the requests under way.
pub async fn serve(
    desk: Arc<Desk>,
    listener: tokio::net::TcpListener,
    address: SocketAddr,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let rim = Rim {
        now: Arc::new(operation::now),
        today: Arc::new(operation::today),
        operation: Arc::new(|channel, request| {
            // Until there is a sign-in, whoever sits at this machine acts as one operator.
            let op = operation::begin("operator", channel);
            op.clone().requested_as(request).unwrap_or(op)
        }),
        request_id: Arc::new(operation::request_id),
    };
    let state = State::new(desk, rim, vec![address.ip().to_string()]);
    aftercare_web::serve(state, ServeOptions { listener, matcher: true }, stop).await
}

/// Prints the OpenAPI document.
pub fn openapi() -> Result<Ending, Failure> {
    let text = aftercare_web::openapi().map_err(|error| {
        Failure::Trouble(format!("The description cannot be written: {error}."))
    })?;
    paper::print(text.as_bytes())?;
    Ok(Ending::Done)
}
