//! A link over TLS: the dialer owns the buffers, and each connection borrows them again.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;

use peer::KnownSeed;
use peer::pki::{self, HOST};
use peer::server::{self, Action, Config, Http, script};
use tc3_core::{Credentials, Signer, Timestamp, api};
#[cfg(feature = "async")]
use tc3_embedded::client::link::AsyncDialer;
use tc3_embedded::client::link::{Dialer, Link, Mailbox};
use tc3_embedded::client::{self, Client, Connection, Repeatable};
use tc3_embedded::clock;
#[cfg(feature = "async")]
use tc3_embedded::tls::asynchronous;
use tc3_embedded::tls::{AuthenticatedTls, Buffers, Server, TlsError, roots::Root};

use crate::client::{BODY, MODES, Mode, NOW, TIMEOUT, Timed, dial, draw};
#[cfg(feature = "async")]
use crate::client::{Hesitant, block_on};

struct Network<'n> {
    addr: SocketAddr,
    roots: [Root<'n>; 1],
    buffers: &'n mut Buffers,
}

impl Dialer for Network<'_> {
    type Stream<'a>
        = AuthenticatedTls<'a, Timed>
    where
        Self: 'a;
    type Error = TlsError;

    fn dial(&mut self, now: Timestamp) -> Result<Connection<Self::Stream<'_>>, TlsError> {
        let (server, seed) = (Server::new(HOST, &self.roots, now), draw(&KnownSeed::next()));
        let tls = AuthenticatedTls::connect(dial(self.addr, TIMEOUT), self.buffers, &server, seed)?;
        Ok(Connection::authenticated(tls))
    }
}

#[cfg(feature = "async")]
impl AsyncDialer for Network<'_> {
    type Stream<'a>
        = asynchronous::AuthenticatedTls<'a, Hesitant<Timed>>
    where
        Self: 'a;
    type Error = TlsError;

    async fn dial(&mut self, now: Timestamp) -> Result<Connection<Self::Stream<'_>>, TlsError> {
        let (server, seed) = (Server::new(HOST, &self.roots, now), draw(&KnownSeed::next()));
        let socket = Hesitant(dial(self.addr, TIMEOUT));
        let tls = asynchronous::AuthenticatedTls::connect(socket, self.buffers, &server, seed).await?;
        Ok(Connection::authenticated(tls))
    }
}

/// Makes two repeatable calls over one link. Returns the sizes of the task and of the future of a call.
fn call_twice(mode: Mode, network: Network<'_>) -> (usize, usize) {
    let mut client = Client::new(clock::from_fn(|| Ok::<u64, Infallible>(NOW)));
    let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key").unwrap());
    let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    let (mut head, mut body) = ([0; 1024], [0; 512]);
    let (mailbox, counter) = (Mailbox::new(), clock::from_fn(|| 0));
    let mut sizes = (0, 0);
    match mode {
        Mode::Blocking => {
            let task = pin!(mailbox.serve(network));
            let mut link = Link::new(&mailbox, task, counter);
            for _ in 0..2 {
                let buffers = client::Buffers::new(&mut head, &mut body);
                let reply = client.call(&mut link, &mut signer, Repeatable(&request), buffers).unwrap();
                assert_eq!(reply.body(), BODY.as_bytes());
            }
        }
        #[cfg(feature = "async")]
        Mode::Async => {
            let task = pin!(mailbox.serve_async(network));
            sizes.0 = size_of_val(&*task);
            let mut link = Link::new(&mailbox, task, counter);
            for _ in 0..2 {
                let buffers = client::Buffers::new(&mut head, &mut body);
                let call = client.call_async(&mut link, &mut signer, Repeatable(&request), buffers);
                sizes.1 = size_of_val(&call);
                assert_eq!(block_on(call).unwrap().body(), BODY.as_bytes());
            }
        }
    }
    sizes
}

#[test]
fn a_link_finds_a_closed_tls_connection_stale_and_dials_again_over_the_same_buffers() {
    let identity = pki::ecdsa(NOW);
    // The server closes after its first answer, with close_notify and without.
    let closing = [script::response(BODY), [script::response(BODY), vec![Action::CloseTcp]].concat()];
    for (mode, script) in MODES.iter().flat_map(|mode| closing.clone().map(|script| (mode, script))) {
        let server = server::start(Config::new(&identity), Http::Script(script)).unwrap();
        let roots = [Root::from_certificate(&identity.root).unwrap()];
        let mut buffers = Box::<Buffers>::default();
        let (task, call) = call_twice(*mode, Network { addr: server.addr(), roots, buffers: &mut buffers });
        assert_eq!(server.finish().connections.len(), 2, "{mode:?}");
        println!("{mode:?}: the task has {task} bytes, and the future of a call {call}");
        // A handshake is most of the task. A pointer of a microcontroller is half as long.
        assert!(task <= 6_000 && call <= 3_000, "a task of {task} bytes and a call of {call}");
    }
}
