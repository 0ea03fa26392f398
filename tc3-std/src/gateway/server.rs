//! Connections: HTTP/1.1 by `hyper`, over TLS or not.

use super::{Config, exchange::respond};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

/// For a client to complete a handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

pub(super) async fn serve(
    listener: std::net::TcpListener,
    tls: Option<Arc<ServerConfig>>,
    config: Arc<Config>,
    stopped: oneshot::Receiver<()>,
) {
    tokio::select! {
        _ = accept(listener, tls.map(TlsAcceptor::from), config) => {}
        _ = stopped => {}
    }
}

async fn accept(
    listener: std::net::TcpListener,
    tls: Option<TlsAcceptor>,
    config: Arc<Config>,
) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                // A connection that breaks is the client's affair.
                tokio::spawn(connect(socket, peer, tls.clone(), Arc::clone(&config)));
            }
            // Out of file descriptors, most likely: some may be given back.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connect(socket: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>, config: Arc<Config>) {
    let _ = socket.set_nodelay(true);
    match tls {
        None => converse(socket, peer, config).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = timeout(HANDSHAKE, tls.accept(socket)).await {
                converse(stream, peer, config).await;
            }
        }
    }
}

async fn converse<S>(stream: S, peer: SocketAddr, config: Arc<Config>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let service = service_fn(|request| respond(request, peer, &config));
    let mut http = http1::Builder::new();
    // A client may be done with sending, and still wait for its answer.
    http.timer(TokioTimer::new()).title_case_headers(true).half_close(true);
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}
