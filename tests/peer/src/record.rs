//! What arrived.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Everything that a server saw of its clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The connections, in the order in which they were accepted.
    pub connections: Vec<Connection>,
}

/// What a server saw of one client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// Whether the client completed the handshake.
    pub secured: bool,
    /// The application bytes that arrived, decrypted.
    pub received: Vec<u8>,
    /// How many records arrived that could not be decrypted, and are longer than an alert.
    pub opaque: usize,
    /// What the client complained of, or what TLS found wrong.
    pub trouble: Option<String>,
}

impl Record {
    /// How many handshakes clients completed.
    #[must_use]
    pub fn secured(&self) -> usize {
        self.connections.iter().filter(|it| it.secured).count()
    }

    /// The application bytes of all connections, one after the other.
    #[must_use]
    pub fn received(&self) -> Vec<u8> {
        self.connections.iter().flat_map(|it| &it.received).copied().collect()
    }

    /// # Panics
    /// If an application byte arrived, or a record that may hold one; and if no client came, for
    /// that proves nothing.
    #[track_caller]
    pub fn assert_no_application_byte(&self) {
        assert!(!self.connections.is_empty(), "no client came");
        for (n, Connection { received, opaque, .. }) in self.connections.iter().enumerate() {
            let text = String::from_utf8_lossy(received);
            assert!(received.is_empty(), "{} bytes arrived on connection {n}: {text:?}", received.len());
            assert_eq!(*opaque, 0, "records arrived on connection {n} that could not be decrypted");
        }
    }
}

/// The record while it is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal(Arc<Mutex<Record>>);

impl Journal {
    /// The page of the next connection.
    pub(crate) fn page(&self) -> Page {
        let mut record = lock(&self.0);
        record.connections.push(Connection::default());
        Page { number: record.connections.len() - 1, journal: self.clone() }
    }

    pub(crate) fn read(&self) -> Record {
        lock(&self.0).clone()
    }
}

/// Where one connection is written down.
#[derive(Debug)]
pub(crate) struct Page {
    journal: Journal,
    pub(crate) number: usize,
}

impl Page {
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Connection) -> T) -> T {
        let mut record = lock(&self.journal.0);
        act(record.connections.get_mut(self.number).expect("a page is never torn out"))
    }
}

/// A thread that panicked fails the test when it is joined; until then its data are as good as any.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
