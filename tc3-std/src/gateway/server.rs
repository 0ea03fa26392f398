//! Connections: HTTP/1.1 by `hyper`, with or without TLS.

use super::{
    config::Config,
    exchange::respond,
    tap::{Head, Tap},
};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::sleep,
};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

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
                tokio::spawn(connect(socket, peer, tls.clone(), Arc::clone(&config)));
            }
            // The process is probably out of file descriptors. Wait until another connection closes.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connect(socket: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>, config: Arc<Config>) {
    let _ = socket.set_nodelay(true);
    let mut socket = TimeoutStream::new(socket);
    socket.set_read_timeout(Some(config.idle_limit));
    socket.set_write_timeout(Some(config.idle_limit));
    let socket = Box::pin(socket);
    match tls {
        None => serve_http(socket, peer, config).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(socket).await {
                serve_http(stream, peer, config).await;
            }
        }
    }
}

async fn serve_http<S>(stream: S, peer: SocketAddr, config: Arc<Config>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let head = Head::default();
    let service = service_fn(|request| respond(request, peer, &head, &config));
    let mut http = http1::Builder::new();
    // A client can close its sending side and still wait for the response.
    http.timer(TokioTimer::new()).title_case_headers(true).half_close(true);
    // Also for a head that comes byte by byte.
    http.header_read_timeout(config.idle_limit);
    // An error here means that the connection broke, which the client notices too.
    let _ = http.serve_connection(TokioIo::new(Tap::new(stream, head.clone())), service).await;
}
