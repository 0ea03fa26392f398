//! A link dials when it has to, keeps its connection, and repeats only what is marked, once, on a stale connection.

use crate::{
    peer::{DONE, Io, Kind, Peer, Server, StreamError, Way, answer, failure, with_head},
    retry::{expired_at, timestamp},
    secrets::memory_of,
    world::{Context, LIMIT, MODES, Mode, NOW, Time, by_mode, clock, outcome, request, signer},
};
use core::{cell::RefCell, convert::Infallible, pin::pin, time::Duration};
use embedded_io::ErrorKind;
use std::{collections::VecDeque, rc::Rc};
use tc3_core::Timestamp;
use tc3_embedded::{
    client::{
        Buffers, Client, Connection, Repeatable,
        link::{Dialer, Link, Mailbox},
    },
    deadline::{Deadline, Timeout},
};

/// Each dial connects to the next server or fails, and takes a second. The stream borrows the network, as that of a
/// TLS connection borrows its buffers.
pub(crate) struct Network {
    servers: VecDeque<Result<Server, ErrorKind>>,
    time: Time,
    timeout: &'static Timeout,
    dialled: Rc<RefCell<Vec<Peer>>>,
}

impl Network {
    fn new(servers: &[Result<Server, ErrorKind>]) -> Self {
        let (servers, timeout) = (servers.iter().cloned().collect(), &*Box::leak(Box::new(Timeout::new())));
        Self { servers, time: Time::default(), timeout, dialled: Rc::default() }
    }

    fn connect(&mut self) -> Result<Connection<Deadline<'_, Io, Time>>, StreamError> {
        self.time.pass(1_000);
        let next = self.servers.pop_front().unwrap_or(Err(ErrorKind::AddrNotAvailable));
        let server = Server { time: self.time.clone(), ..next.map_err(StreamError::Stream)? };
        let peer = Peer::new(server.into());
        self.dialled.borrow_mut().push(peer.clone());
        Ok(Connection::new(Deadline::new(Io(peer), self.time.clone(), self.timeout)))
    }
}

impl Dialer for Network {
    type Stream<'a> = Deadline<'a, Io, Time>;
    type Error = StreamError;

    fn dial(&mut self, now: Timestamp) -> Result<Connection<Self::Stream<'_>>, StreamError> {
        assert!(now.unix() >= NOW, "{now}");
        self.connect()
    }
}

#[cfg(feature = "async")]
impl tc3_embedded::client::link::AsyncDialer for Network {
    type Stream<'a> = Deadline<'a, Io, Time>;
    type Error = StreamError;

    async fn dial(&mut self, _: Timestamp) -> Result<Connection<Self::Stream<'_>>, StreamError> {
        // Pending once.
        let mut polled = false;
        core::future::poll_fn(|_| match core::mem::replace(&mut polled, true) {
            true => core::task::Poll::Ready(()),
            false => core::task::Poll::Pending,
        })
        .await;
        self.connect()
    }
}

/// What happens before a call, and how it is made.
#[derive(Clone, Copy, Debug)]
enum Step {
    Once,
    Repeatable,
    /// After so many milliseconds without a call.
    Idle(u64),
    HangUp,
    /// A repeatable one whose head does not fit its buffer, so that nothing is sent.
    Unsent,
    /// The future of the call is dropped after so many polls.
    #[cfg(feature = "async")]
    Dropped(u64),
}

/// Makes calls over one link. Returns how each ended, with the number of connections that were dialled until then, and
/// the timestamps of the requests that arrived on each connection.
fn play(mode: Mode, servers: &[Result<Server, ErrorKind>], steps: &[Step]) -> (Vec<String>, Vec<Vec<u64>>) {
    let (network, mailbox) = (Network::new(servers), Mailbox::new());
    let (time, dialled, timeout) = (network.time.clone(), Rc::clone(&network.dialled), network.timeout);
    let counter = time.clone();
    let ends = match mode {
        Mode::Blocking => {
            let task = pin!(mailbox.serve(network));
            let link = Link::new(&mailbox, task, counter);
            calls(mode, link, &time, timeout, &dialled, steps)
        }
        #[cfg(feature = "async")]
        Mode::Async(_) => {
            let task = pin!(mailbox.serve_async(network));
            let link = Link::new(&mailbox, task, counter);
            calls(mode, link, &time, timeout, &dialled, steps)
        }
    };
    let times = |peer: &Peer| peer.borrow().requests().iter().map(timestamp).collect();
    let times = dialled.borrow().iter().map(times).collect();
    (ends, times)
}

fn calls<F: Future<Output = Infallible>>(
    mode: Mode,
    mut link: Link<'_, StreamError, F, Time>,
    time: &Time,
    timeout: &Timeout,
    dialled: &RefCell<Vec<Peer>>,
    steps: &[Step],
) -> Vec<String> {
    let mut client = Client::new(clock(time, NOW)).correcting_clock();
    let (mut signer, request, mut ends) = (signer(), request(), Vec::new());
    for step in steps {
        let (mut head, mut body) = ([0; 1024], [0; 512]);
        let head = if let Step::Unsent = step { &mut head[..10] } else { &mut head[..] };
        let (buffers, signer) = (Buffers::new(head, &mut body), &mut signer);
        let link = &mut link;
        let mode = match step {
            #[cfg(feature = "async")]
            Step::Dropped(polls) => Mode::Async(*polls),
            _ => mode,
        };
        timeout.arm(LIMIT * 2);
        time.rewind_polls();
        let done = match *step {
            Step::Repeatable | Step::Unsent => by_mode!(
                mode,
                client.call(link, signer, Repeatable(&request), buffers),
                client.call_async(link, signer, Repeatable(&request), buffers)
            ),
            once => {
                match once {
                    Step::Idle(millis) => time.pass(millis),
                    Step::HangUp => link.hang_up(),
                    _ => {}
                }
                by_mode!(
                    mode,
                    client.call(link, signer, &request, buffers),
                    client.call_async(link, signer, &request, buffers)
                )
            }
        };
        let end = match done {
            None => "dropped".to_owned(),
            Some(Ok(reply)) => String::from_utf8_lossy(reply.body()).into_owned(),
            Some(Err(error)) => format!("{error}; {}", outcome(error.outcome())),
        };
        ends.push(format!("{end}; {}", dialled.borrow().len()));
    }
    ends
}

/// How a call ends whose dial fails.
pub(crate) fn undialled(mode: Mode, kind: ErrorKind) -> String {
    play(mode, &[Err(kind)], &[Step::Once]).0.concat()
}

const STALE: &str = "used connection closed before any answer: it was probably closed while idle";

#[test]
fn a_link_dials_when_it_has_to_and_repeats_only_what_is_marked_once_on_a_stale_connection() {
    use Step::{HangUp, Idle, Once, Repeatable, Unsent};
    let serve = |answers: &[String]| Ok(Server::new(answers));
    let ok = || answer(DONE);
    let last = || serve(&[with_head("200 OK", "Connection: close\r\n", DONE)]);
    // Closes after its only answer.
    let closing = || serve(&[ok()]);
    let slow = || Ok::<_, ErrorKind>(Server { slow: 250, ..Server::new([ok()]) });
    let then = |way, at, kind| {
        let mut server = Server::new([ok(), ok()]);
        server.fault = Some((way, at, kind));
        Ok(server)
    };
    let answered = ok().len();
    let done = |dials: usize| format!("{DONE}; {dials}");
    let unknown = |error: &str, dials: usize| format!("{error}; unknown; {dials}");
    let unreachable = Err(ErrorKind::ConnectionRefused);
    let refused = "no connection: ConnectionRefused; not sent; ";
    let expired = "Sat, 21 Nov 2026 17:39:42 GMT";
    let corrected = [expired_at(expired).replace("\r\nDate", "\r\nConnection: close\r\nDate")];
    // Is sent before the second request, which is not read whole.
    let early = || {
        let answers = ok() + &answer(&failure("RequestSizeLimitExceeded"));
        let server = Server::new([answers]).failing(Way::Out, 600, Kind::Reset);
        Ok::<_, ErrorKind>(Server { max_read: Some(answered), ..server })
    };
    let unsent = "head of the request: the buffer has 10 bytes, and 450 are needed; not sent; 1".to_owned();
    let too_long =
        "the service answered RequestSizeLimitExceeded: no (request id 7f-3c); answered; 1".to_owned();
    let failed = "the service answered InternalError: no (request id 7f-3c); answered; 1".to_owned();
    for (name, servers, steps, ends, times) in [
        (
            "kept",
            vec![serve(&[ok(), ok(), ok()])],
            vec![Once, Idle(48_000), Repeatable],
            vec![done(1); 3],
            "3",
        ),
        (
            "idle too long",
            vec![closing(), closing()],
            vec![Once, Idle(50_001)],
            vec![done(1), done(2)],
            "1 1",
        ),
        ("hung up", vec![closing(), closing()], vec![Once, HangUp], vec![done(1), done(2)], "1 1"),
        ("spent", vec![last(), closing()], vec![Once, Once], vec![done(1), done(2)], "1 1"),
        (
            "stale",
            vec![closing(), closing()],
            vec![Once, Once, Once],
            vec![done(1), unknown(STALE, 1), done(2)],
            "2 1",
        ),
        (
            "stale and repeatable",
            vec![slow(), closing()],
            vec![Once, Repeatable],
            vec![done(1), done(2)],
            "2 1",
        ),
        (
            "reset and repeatable",
            vec![then(Way::In, answered, Kind::Reset), closing()],
            vec![Once, Repeatable],
            vec![done(1), done(2)],
            "2 1",
        ),
        (
            "dialled, not sent, and stale",
            vec![then(Way::In, 0, Kind::Reset), closing()],
            vec![Unsent, Repeatable],
            vec![unsent, done(2)],
            "1 1",
        ),
        (
            "the second is not stale",
            vec![closing(), Ok(Server::new([""; 0]))],
            vec![Once, Repeatable],
            vec![done(1), unknown("connection closed before any answer", 2)],
            "2 1",
        ),
        (
            "no second connection",
            vec![closing(), unreachable.clone(), closing()],
            vec![Once, Repeatable, Repeatable],
            vec![done(1), unknown(STALE, 1), done(2)],
            "2 1",
        ),
        (
            "one byte of an answer",
            vec![then(Way::In, answered + 1, Kind::Close), closing()],
            vec![Once, Repeatable],
            vec![done(1), unknown("connection closed within the head, after 1 bytes", 1)],
            "2",
        ),
        (
            "answered within the request",
            vec![early(), closing()],
            vec![Once, Repeatable, Once],
            vec![done(1), too_long, done(2)],
            "1 1",
        ),
        (
            "silence",
            vec![then(Way::In, answered, Kind::Silence), closing()],
            vec![Once, Repeatable],
            vec![done(1), unknown("connection failed: timed out after 4000 ms", 1)],
            "2",
        ),
        (
            "a failure",
            vec![serve(&[answer(&failure("InternalError")), ok()])],
            vec![Repeatable, Once],
            vec![failed, done(1)],
            "2",
        ),
        (
            "not dialled",
            vec![unreachable.clone(), unreachable, closing()],
            vec![Once, Repeatable, Once],
            vec![refused.to_owned() + "0", refused.to_owned() + "0", done(1)],
            "1",
        ),
        ("corrected clock", vec![serve(&corrected), closing()], vec![Once], vec![done(2)], "1 1"),
    ] {
        for mode in MODES {
            let _context = Context((name, mode));
            let (found, requests) = play(*mode, &servers, &steps);
            assert_eq!(found, ends);
            let counts: Vec<_> = requests.iter().map(|times| times.len().to_string()).collect();
            assert_eq!(counts.join(" "), times, "requests on each connection");
            // Signed anew: the first attempt took a second.
            let all = requests.concat();
            assert!(name != "stale and repeatable" || all[2] > all[1], "{all:?}");
        }
    }
}

#[cfg(feature = "async")]
#[test]
fn after_a_dropped_call_a_link_dials_again() {
    let answers = [answer(DONE), answer(DONE)];
    let servers = vec![Ok(Server { max_read: Some(50), stalling: true, ..Server::new(answers) }); 2];
    for polls in 1.. {
        let steps = [Step::Dropped(polls), Step::Once, Step::Once];
        let (ends, requests) = play(Mode::Async(10_000), &servers, &steps);
        if ends[0].starts_with(DONE) {
            return assert!(polls > 6, "only {polls} polls for a call");
        }
        let dials = requests.len();
        // A dial counts when it is done.
        assert_eq!(dials, if polls == 1 { 1 } else { 2 }, "{polls}: {ends:?}");
        assert_eq!(ends[1..], [format!("{DONE}; {dials}"), format!("{DONE}; {dials}")], "{polls}: {ends:?}");
        assert_eq!(
            (&*ends[0], requests[dials - 1].len()),
            (&*format!("dropped; {}", dials - 1), 2),
            "{polls}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_of_a_call_stays_in_the_mailbox_whether_sending_succeeds_or_not() {
    for at in [100, 300, 500, usize::MAX] {
        let server = Server::new([answer(DONE)]).failing(Way::Out, at, Kind::Reset);
        let (network, mailbox) = (Network::new(&[Ok(server)]), Mailbox::new());
        let (time, timeout) = (network.time.clone(), network.timeout);
        let task = pin!(mailbox.serve(network));
        let link = Link::new(&mailbox, task, time.clone());
        calls(Mode::Blocking, link, &time, timeout, &RefCell::default(), &[Step::Once]);
        assert_empty(&mailbox, at);
    }
}

#[cfg(target_os = "linux")]
fn assert_empty(mailbox: &Mailbox<StreamError>, case: impl core::fmt::Debug) {
    let memory = String::from_utf8_lossy(&memory_of(&raw const *mailbox)).into_owned();
    for secret in ["MARKED", "X-TC", "Payload", "Signature=", "HTTP/1.1", "RequestId"] {
        assert!(!memory.contains(secret), "{case:?}: {memory:?}");
    }
}

#[cfg(all(feature = "async", target_os = "linux"))]
#[test]
fn a_dropped_call_drops_its_connection_and_leaves_nothing_in_the_mailbox() {
    for polls in 1.. {
        let server = Server { max_read: Some(50), stalling: true, ..Server::new([answer(DONE)]) };
        let (network, mailbox) = (Network::new(&[Ok(server)]), Mailbox::new());
        let (time, dialled, timeout) = (network.time.clone(), Rc::clone(&network.dialled), network.timeout);
        let task = pin!(mailbox.serve_async(network));
        let link = Link::new(&mailbox, task, time.clone());
        let steps = [Step::Dropped(polls)];
        let ends = calls(Mode::Async(polls), link, &time, timeout, &dialled, &steps);
        assert_empty(&mailbox, polls);
        if ends[0].starts_with(DONE) {
            return assert!(polls > 6, "only {polls} polls for a call");
        }
        // Only the list has them.
        assert!(dialled.borrow().iter().all(|peer| Rc::strong_count(peer) == 1), "{polls}: {ends:?}");
    }
}

#[test]
fn a_task_of_another_mailbox_is_an_error_and_not_a_hang() {
    let (mailbox, other, network) = (Mailbox::new(), Mailbox::new(), Network::new(&[]));
    let (time, timeout) = (network.time.clone(), network.timeout);
    let task = pin!(other.serve(network));
    let link = Link::new(&mailbox, task, time.clone());
    let ends = calls(Mode::Blocking, link, &time, timeout, &RefCell::default(), &[Step::Once]);
    assert_eq!(ends, ["the task of the link serves another mailbox; not sent; 0"]);
}

#[test]
fn a_link_shows_whether_it_is_connected() {
    let mailbox = Mailbox::<StreamError>::new();
    let task = pin!(core::future::pending::<Infallible>());
    let link = Link::new(&mailbox, task, Time::default());
    let link = link.idle_limit(Duration::from_secs(7));
    assert!(!link.is_connected());
    assert_eq!(
        format!("{link:?}, {mailbox:?}"),
        "Link { connected: false, idle_limit: 7000, .. }, Mailbox { .. }"
    );
}
