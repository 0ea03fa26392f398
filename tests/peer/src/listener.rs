//! A TCP listener on loopback that can be stopped.

use crate::{
    fresh,
    log::{ConnectionLog, Log, lock},
};
use std::{
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    panic::resume_unwind,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// The timeout of each write to a client.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long `finish` waits for clients that have not closed their connections. A client's operating system
/// can delay bytes until earlier bytes are acknowledged. No acknowledgement is delayed for this long.
const GRACE: Duration = Duration::from_millis(250);

/// Accepts connections until it is stopped, and serves each connection on its own thread.
#[derive(Debug)]
pub(crate) struct Listener {
    addr: SocketAddr,
    stop: Stop,
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

impl Listener {
    pub(crate) fn start(
        serve: impl Fn(&TcpStream, &ConnectionLog, &Stop) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let addr = listener.local_addr()?;
        let (stop, stop_addr) = (Stop::default(), Arc::default());
        let acceptor = Acceptor {
            listener,
            stop_addr: Arc::clone(&stop_addr),
            stop: stop.clone(),
            serve: Arc::new(serve),
        };
        let acceptor = thread::Builder::new().spawn(move || acceptor.accept())?;
        Ok(Self { addr, stop, stop_addr, acceptor: Some(acceptor) })
    }

    pub(crate) const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops after reading everything that clients have sent, and returns the log.
    pub(crate) fn finish(mut self) -> Log {
        self.stop(GRACE)
    }

    fn stop(&mut self, grace: Duration) -> Log {
        let Some(acceptor) = self.acceptor.take() else { return Log::default() };
        {
            // Connections are accepted in order, so all earlier connections are served.
            let mut stop_addr = lock(&self.stop_addr);
            let socket = TcpStream::connect(self.addr).expect("the listener listens");
            *stop_addr = Some(socket.local_addr().expect("the socket is connected"));
        }
        let clients = join(acceptor);
        let deadline = Instant::now() + grace;
        while clients.iter().any(|it| !it.thread.is_finished()) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        self.stop.0.store(true, Ordering::SeqCst);
        for client in &clients {
            client.thread.thread().unpark();
            // The thread still reads bytes that have arrived, and then the end of the stream.
            let _ = client.socket.shutdown(Shutdown::Read);
        }
        let finished = clients.into_iter().map(|client| {
            join(client.thread);
            client.log.update(|it| it.clone())
        });
        let connections: Vec<_> = finished.collect();
        connections.iter().for_each(fresh::check_connection);
        Log { connections }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // A second panic would hide the first.
        if !thread::panicking() {
            self.stop(Duration::ZERO);
        }
    }
}

struct Acceptor<F> {
    listener: TcpListener,
    stop_addr: Arc<Mutex<Option<SocketAddr>>>,
    stop: Stop,
    serve: Arc<F>,
}

impl<F: Fn(&TcpStream, &ConnectionLog, &Stop) + Send + Sync + 'static> Acceptor<F> {
    fn accept(self) -> Vec<Client> {
        let mut clients = Vec::new();
        loop {
            let (socket, peer) = self.listener.accept().expect("a test has few connections");
            if *lock(&self.stop_addr) == Some(peer) {
                return clients;
            }
            clients.push(self.serve(socket).expect("a socket that was just accepted is usable"));
        }
    }

    fn serve(&self, socket: TcpStream) -> io::Result<Client> {
        socket.set_nodelay(true)?;
        socket.set_write_timeout(Some(WRITE_TIMEOUT))?;
        let served = socket.try_clone()?;
        let (serve, log, stop) = (Arc::clone(&self.serve), ConnectionLog::default(), self.stop.clone());
        let served_log = log.clone();
        let thread = thread::Builder::new().spawn(move || {
            serve(&served, &served_log, &stop);
            // Dropping `served` would not close the connection, because `socket` is still open.
            let _ = served.shutdown(Shutdown::Both);
        })?;
        Ok(Client { socket, log, thread })
    }
}

/// Joins a thread. A panic of the thread fails the test.
pub(crate) fn join<T>(thread: JoinHandle<T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Tells threads that the server stops.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Waits this long. Fails with `Interrupted` if the server stops earlier.
    pub(crate) fn wait(&self, time: Duration) -> io::Result<()> {
        let deadline = Instant::now() + time;
        while !self.0.load(Ordering::SeqCst) {
            match deadline.checked_duration_since(Instant::now()) {
                Some(rest) if !rest.is_zero() => thread::park_timeout(rest),
                _ => return Ok(()),
            }
        }
        Err(io::ErrorKind::Interrupted.into())
    }
}
