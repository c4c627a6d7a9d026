//! Connections: how many there are, how long a request may take to arrive, and how they end.
//!
//! A client that sends its request drop by drop is cut off while its headers trickle in; what follows them falls under
//! the time a request has as a whole (`web::finish`). A connection nobody uses is closed.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt as _;

use crate::base::limits::{CONNECTIONS, HEADER_BYTES, HEADER_SECONDS};

const HEADER_TIME: Duration = Duration::from_secs(HEADER_SECONDS);

/// Serves until `stop` says so, then lets open requests finish.
pub async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    loop {
        let (place, accepted) = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            next = next(&places, &listener) => next,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = graceful.watch(connection(stream, peer, router.clone(), HEADER_TIME));
                tokio::spawn(async move {
                    // A peer that goes away in the middle is no concern of ours.
                    drop(connection.await);
                    drop(place);
                });
            }
            Err(error) => {
                // Most often no file handles are left; they come back as connections end.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

/// Whoever comes when there is a place for them.
async fn next(
    places: &Arc<Semaphore>,
    listener: &TcpListener,
) -> (Option<OwnedSemaphorePermit>, std::io::Result<(TcpStream, SocketAddr)>) {
    let place = places.clone().acquire_owned().await.ok();
    (place, listener.accept().await)
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    header_time: Duration,
) -> impl GracefulConnection<Error = hyper::Error> + Send {
    drop(stream.set_nodelay(true));
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = router.clone();
        async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_time)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn who_dribbles_is_cut_off_and_who_stays_silent_too() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", axum::routing::get(async || "hello"));
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                tokio::spawn(connection(stream, peer, router.clone(), Duration::from_millis(200)));
            }
        });
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await.unwrap();
        let mut rest = Vec::new();
        drop(slow.read_to_end(&mut rest).await);
        assert!(!String::from_utf8_lossy(&rest).contains("hello"));
        // One answered request, then silence: the connection is not kept for ever.
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        rest.clear();
        drop(idle.read_to_end(&mut rest).await);
        assert!(String::from_utf8_lossy(&rest).contains("hello"));
    }
}
