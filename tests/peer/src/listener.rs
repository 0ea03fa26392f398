//! A TCP listener on loopback that can be stopped.

use crate::log::{ConnectionLog, Log, Tap};
use std::{
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long `finish` waits for clients that have not closed their connections. A client's operating system
/// can delay bytes until earlier bytes are acknowledged. No acknowledgement is delayed for this long.
const GRACE: Duration = Duration::from_millis(250);

/// A running server, which serves each connection on its own thread. It stops when dropped.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    /// The client address of the connection that `stop` makes. The acceptor returns at this connection.
    stop_addr: Arc<Mutex<Option<SocketAddr>>>,
    acceptor: Option<JoinHandle<Vec<Client>>>,
}

#[derive(Debug)]
struct Client {
    socket: TcpStream,
    log: ConnectionLog,
    thread: JoinHandle<()>,
}

impl Server {
    pub(crate) fn start(serve: impl Fn(Tap<'_>) + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let addr = listener.local_addr()?;
        let stop_addr = Arc::<Mutex<_>>::default();
        let (serve, stops_at) = (Arc::new(serve), Arc::clone(&stop_addr));
        let acceptor = thread::spawn(move || {
            let mut clients = Vec::new();
            loop {
                let (socket, peer) = listener.accept().expect("a test has few connections");
                if *stops_at.lock().expect("it is only set") == Some(peer) {
                    return clients;
                }
                let client = Client::serve(socket, Arc::clone(&serve));
                clients.push(client.expect("a socket that was just accepted is usable"));
            }
        });
        Ok(Self { addr, stop_addr, acceptor: Some(acceptor) })
    }

    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops the server after it has read everything that clients have sent, and returns the log. Waits at
    /// most 250 ms for clients that have not closed their connections. Set `nodelay` on the client's
    /// socket: bytes that the client's operating system delays and never sends are not in the log.
    pub fn finish(mut self) -> Log {
        self.stop(GRACE)
    }

    fn stop(&mut self, grace: Duration) -> Log {
        let Some(acceptor) = self.acceptor.take() else { return Log::default() };
        {
            // Connections are accepted in order, so all earlier connections are served.
            let mut stop_addr = self.stop_addr.lock().expect("it is only read");
            let socket = TcpStream::connect(self.addr).expect("the listener listens");
            *stop_addr = Some(socket.local_addr().expect("the socket is connected"));
        }
        let clients = acceptor.join().expect("connections are accepted");
        let deadline = Instant::now() + grace;
        while clients.iter().any(|it| !it.thread.is_finished()) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        for client in &clients {
            // The thread still reads bytes that have arrived, and then the end of the stream. It cannot write.
            let _ = client.socket.shutdown(Shutdown::Both);
        }
        let finished = clients.into_iter().map(|client| {
            client.thread.join().expect("a client is served");
            client.log.update(|it| it.clone())
        });
        Log { connections: finished.collect() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A second panic would hide the first.
        if !thread::panicking() {
            self.stop(Duration::ZERO);
        }
    }
}

impl Client {
    fn serve(socket: TcpStream, serve: Arc<impl Fn(Tap<'_>) + Send + Sync + 'static>) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        socket.set_write_timeout(Some(WRITE_TIMEOUT))?;
        let (log, served) = (ConnectionLog::default(), socket.try_clone()?);
        let served_log = log.clone();
        let thread = thread::spawn(move || {
            serve(Tap { socket: &served, log: &served_log });
            // Dropping `served` would not close the connection, because `socket` is still open.
            let _ = served.shutdown(Shutdown::Both);
        });
        Ok(Self { socket, log, thread })
    }
}
