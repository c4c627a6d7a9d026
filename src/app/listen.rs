//! Connections: how many there are, how long a request may take to arrive, and how they end.
//!
//! A client that sends its request drop by drop is cut off while its headers trickle in; what follows them falls under
//! the time a request has as a whole (`web::finish`). A connection nobody uses is closed. The same holds where connections
//! are encrypted, and whoever does not come through the greeting in that time is cut off too.

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
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt as _;

use crate::base::limits::{CONNECTIONS, HEADER_BYTES, HEADER_SECONDS};

const HEADER_TIME: Duration = Duration::from_secs(HEADER_SECONDS);

/// Serves until `stop` says so, then lets open requests finish. With `tls` every connection has to begin with it.
pub async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>, tls: Option<TlsAcceptor>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    loop {
        let (place, accepted) = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            next = next(&places, &listener) => next,
        };
        match accepted {
            Ok((stream, peer)) => {
                drop(stream.set_nodelay(true));
                let (router, tls, stop, watcher) = (router.clone(), tls.clone(), stop.clone(), graceful.watcher());
                tokio::spawn(async move {
                    // A peer that goes away in the middle is no concern of ours.
                    match tls {
                        None => drop(watcher.watch(connection(stream, peer, router, HEADER_TIME)).await),
                        Some(tls) => {
                            if let Some(stream) = greeted(&tls, stream, stop, HEADER_TIME).await {
                                drop(watcher.watch(connection(stream, peer, router, HEADER_TIME)).await);
                            }
                        }
                    }
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

/// Who shows in time that they speak TLS and want our name.
async fn greeted(
    tls: &TlsAcceptor,
    stream: TcpStream,
    mut stop: watch::Receiver<bool>,
    header_time: Duration,
) -> Option<TlsStream<TcpStream>> {
    tokio::select! {
        _ = stop.wait_for(|stop| *stop) => None,
        greeted = tokio::time::timeout(header_time, tls.accept(stream)) => greeted.ok()?.ok(),
    }
}

fn connection<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    header_time: Duration,
) -> impl GracefulConnection<Error = hyper::Error> + Send {
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

    #[tokio::test]
    async fn who_never_says_hello_in_tls_is_cut_off_in_time_and_at_the_end() {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let nobody = Arc::new(rustls::server::ResolvesServerCertUsingSni::new());
        let tls = TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_cert_resolver(nobody)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        for (header_time, stopped) in [(Duration::from_millis(100), false), (Duration::from_secs(3600), true)] {
            let (_stop, stop) = watch::channel(stopped);
            let mut silent = TcpStream::connect(address).await.unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            assert!(greeted(&tls, stream, stop, header_time).await.is_none());
            assert_eq!(silent.read(&mut [0]).await.unwrap(), 0, "the connection is gone");
        }
    }
}
