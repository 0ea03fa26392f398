//! A TCP listener on loopback that can be told to come to an end.

use crate::record::{Journal, Page, Record, lock};
use std::{
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    panic::resume_unwind,
    sync::{Arc, Condvar, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// For a client to take what is sent to it.
const WRITE: Duration = Duration::from_secs(5);

/// For bytes that a client's operating system still holds back, because the ones before them were
/// not acknowledged yet: longer than an acknowledgement is ever delayed. A client that has closed
/// its connection holds nothing back, and is not waited for.
const GRACE: Duration = Duration::from_millis(250);

/// Listens, and serves each connection on a thread of its own, until it is ended.
#[derive(Debug)]
pub(crate) struct Listener {
    addr: SocketAddr,
    journal: Journal,
    ending: Ending,
    last: Arc<Mutex<Option<SocketAddr>>>,
    acceptor: Option<JoinHandle<Vec<Visit>>>,
}

#[derive(Debug)]
struct Visit {
    socket: TcpStream,
    thread: JoinHandle<()>,
}

impl Listener {
    pub(crate) fn start(
        serve: impl Fn(&TcpStream, &Page, &Ending) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let addr = listener.local_addr()?;
        let (journal, ending, last) = (Journal::default(), Ending::default(), Arc::default());
        let acceptor = Acceptor {
            listener,
            last: Arc::clone(&last),
            journal: journal.clone(),
            ending: ending.clone(),
            serve: Arc::new(serve),
        };
        let acceptor = thread::Builder::new().spawn(move || acceptor.accept())?;
        Ok(Self { addr, journal, ending, last, acceptor: Some(acceptor) })
    }

    pub(crate) const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Everything that clients have sent by now is read, and nothing after it.
    pub(crate) fn finish(mut self) -> Record {
        self.end(GRACE);
        self.journal.read()
    }

    fn end(&mut self, grace: Duration) {
        let Some(acceptor) = self.acceptor.take() else { return };
        {
            // Connections are accepted in their order: whoever came before this one is served.
            let mut last = lock(&self.last);
            let socket = TcpStream::connect(self.addr).expect("the listener listens");
            *last = Some(socket.local_addr().expect("the socket is connected"));
        }
        let visits = join(acceptor);
        let deadline = Instant::now() + grace;
        while visits.iter().any(|it| !it.thread.is_finished()) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
        self.ending.announce();
        for visit in &visits {
            // What has arrived is still read before the end is seen.
            let _ = visit.socket.shutdown(Shutdown::Read);
        }
        visits.into_iter().for_each(|visit| join(visit.thread));
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // A second panic would hide the first.
        if !thread::panicking() {
            self.end(Duration::ZERO);
        }
    }
}

struct Acceptor<F> {
    listener: TcpListener,
    last: Arc<Mutex<Option<SocketAddr>>>,
    journal: Journal,
    ending: Ending,
    serve: Arc<F>,
}

impl<F: Fn(&TcpStream, &Page, &Ending) + Send + Sync + 'static> Acceptor<F> {
    fn accept(self) -> Vec<Visit> {
        let mut visits = Vec::new();
        loop {
            let (socket, peer) = self.listener.accept().expect("a test has few connections");
            if *lock(&self.last) == Some(peer) {
                return visits;
            }
            visits.push(self.visit(socket).expect("a socket that was just accepted is usable"));
        }
    }

    fn visit(&self, socket: TcpStream) -> io::Result<Visit> {
        socket.set_nodelay(true)?;
        socket.set_write_timeout(Some(WRITE))?;
        let ours = socket.try_clone()?;
        let (serve, page, ending) = (Arc::clone(&self.serve), self.journal.page(), self.ending.clone());
        let thread = thread::Builder::new().spawn(move || {
            serve(&ours, &page, &ending);
            // The other handle keeps the connection open: the client has to be told.
            let _ = ours.shutdown(Shutdown::Both);
        })?;
        Ok(Visit { socket, thread })
    }
}

/// What panicked in a thread fails the test.
pub(crate) fn join<T>(thread: JoinHandle<T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Tells threads that wait that it is over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ending(Arc<(Mutex<bool>, Condvar)>);

impl Ending {
    fn announce(&self) {
        *lock(&self.0.0) = true;
        self.0.1.notify_all();
    }

    /// Waits this long; an error says that it is over before.
    pub(crate) fn wait(&self, time: Duration) -> io::Result<()> {
        let over = lock(&self.0.0);
        let (over, _) = self.0.1.wait_timeout_while(over, time, |over| !*over).expect("nobody panics here");
        if *over { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }
}
