//! The service of the device's three hours. The gateway verifies each request as Tencent's service does.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use measure::Result;
use peer::server::{Reaction, Service, Then, relay};
use tc3_core::Timestamp;
use tc3_std::gateway::{self, Account, Gateway, Transport};

use super::ledger::{self, End, Sent};
use crate::server::NOW;

/// One message a minute.
const MESSAGES: u64 = 180;

// What the service does in which minutes of the device's time, counted from 1. It verifies and answers all other
// requests.
/// It closes connections that were idle for 45 s.
const IMPATIENT: Range<u64> = 21..36;
const IDLE_LIMIT: u64 = 45;
/// It accepts a request on a connection that carried earlier ones, and closes it instead of answering.
const LOSES_ON_USED: u64 = 41;
/// It announces in its answer that it closes the connection, and closes it.
const ENDS: u64 = 45;
/// It accepts the first request of a connection, and closes it instead of answering.
const LOSES_ON_NEW: u64 = 46;
/// It closes the connection within its answer.
const CUTS: u64 = 50;
/// It restarts, and is back at once.
const RESTARTS: u64 = 56;
/// It restarts, and drops the next three connections.
const FAILS: u64 = 61;
const DROPPED: usize = 3;
/// From this minute on, it refuses the first keys.
const CHANGES_KEYS: u64 = 91;
/// The device receives the second keys.
const ISSUES_KEYS: u64 = 93;
/// Its clock is 20 minutes (`JUMP` seconds) ahead.
const AHEAD: Range<u64> = 111..131;
const JUMP: u64 = 1200;

/// The keys, before and after the change.
pub(crate) const KEYS: [[&str; 3]; 2] = [
    ["AKIDEXAMPLE1", "Gu5t9xGARNpq86cd98joQYCN3EXAMPL1", "token-1"],
    ["AKIDEXAMPLE2", "Gu5t9xGARNpq86cd98joQYCN3EXAMPL2", "token-2"],
];
/// Later than the end of the run, by any clock.
const EXPIRES: u64 = NOW + 6 * 60 * 60;

/// How long the device may take to acknowledge keys.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub(crate) struct Cloud(Arc<Mutex<State>>);

struct State {
    /// The service's clock.
    clock: Arc<AtomicU64>,
    gateways: Vec<Gateway>,
    /// Where keys are issued.
    uart: Option<BufReader<TcpStream>>,
    connections: usize,
    /// Connections up to this one were closed by a restart.
    closed: usize,
    /// The minutes whose events have happened.
    happened: Vec<u64>,
    to_drop: usize,
    dropped: usize,
    ledger: Vec<Sent>,
    end: Sender<()>,
}

impl Cloud {
    pub(crate) fn start(end: Sender<()>) -> Result<Self> {
        let clock = Arc::new(AtomicU64::new(NOW));
        let gateway = |[id, key, token]: [&str; 3]| {
            let clock = Arc::clone(&clock);
            let floor = Timestamp::from_unix(NOW)?;
            let now = move || Timestamp::from_unix(clock.load(Ordering::SeqCst)).unwrap_or(floor);
            let config = gateway::Config::new().account(Account::temporary(id, key, token)).clock(now);
            Result::Ok(Gateway::start(config.transport(Transport::PlainHttp))?)
        };
        let gateways = KEYS.map(gateway).into_iter().collect::<Result<_>>()?;
        let (connections, closed, to_drop, dropped) = (0, 0, 0, 0);
        let (uart, happened, ledger) = (None, Vec::new(), Vec::new());
        let state =
            State { clock, gateways, uart, connections, closed, happened, to_drop, dropped, ledger, end };
        Ok(Self(Arc::new(Mutex::new(state))))
    }

    /// Issues the first keys over the device's UART, after a line that is none, and later the second.
    pub(crate) fn issue_over(&self, uart: TcpStream) -> Result<()> {
        uart.set_read_timeout(Some(PATIENCE))?;
        let mut state = self.state();
        state.uart = Some(BufReader::new(uart));
        state.send("AKIDEXAMPLE1 key token soon", "malformed\n")?;
        state.issue(KEYS[0])
    }

    pub(crate) fn serve(self) -> Service {
        Service::new(move || {
            let (cloud, mut last_used) = (self.clone(), None);
            let connection = self.state().accept()?;
            Some(Box::new(move |request: &[u8]| {
                let reaction = cloud.state().react(connection, &mut last_used, request);
                // After an error here, the connection is closed without an answer, so the run fails.
                reaction.unwrap_or(Reaction { bytes: Vec::new(), then: Then::CloseTcp })
            }))
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn report(&self) -> String {
        let state = self.state();
        let rows = ledger::counts(MESSAGES, state.dropped, &state.ledger).into_iter();
        rows.map(|(what, times)| format!("{times:>4}  {what}\n")).collect()
    }

    pub(crate) fn check(&self) -> Result<()> {
        ledger::check(MESSAGES, &self.state().ledger)
    }
}

impl State {
    fn accept(&mut self) -> Option<usize> {
        if self.to_drop > 0 {
            self.to_drop = self.to_drop.saturating_sub(1);
            self.dropped = self.dropped.saturating_add(1);
            return None;
        }
        self.connections = self.connections.saturating_add(1);
        Some(self.connections)
    }

    /// `last_used` is when the connection carried its last request.
    fn react(&mut self, connection: usize, last_used: &mut Option<u64>, request: &[u8]) -> Result<Reaction> {
        let (number, uptime) = read(request).ok_or("a message cannot be read")?;
        let minute = (uptime / 60).saturating_add(1);
        let before = last_used.replace(uptime);
        let jump = if AHEAD.contains(&minute) { JUMP } else { 0 };
        self.clock.store(NOW.saturating_add(uptime).saturating_add(jump), Ordering::SeqCst);
        if [RESTARTS, FAILS].contains(&minute) && self.happens(minute) {
            self.closed = self.connections;
            self.to_drop = if minute == FAILS { DROPPED } else { 0 };
        }
        let is_idle =
            IMPATIENT.contains(&minute) && before.is_some_and(|at| at.saturating_add(IDLE_LIMIT) < uptime);
        let (end, reaction) = if is_idle || connection <= self.closed {
            // With and without close_notify.
            let then = if minute % 2 == 0 { Then::Close } else { Then::CloseTcp };
            (End::Unread, Reaction { bytes: Vec::new(), then })
        } else {
            self.verify(minute, before.is_some(), request)?
        };
        // The device goes on until it is stopped.
        if number > MESSAGES {
            return Ok(reaction);
        }
        let is_last = number == MESSAGES && end == End::Answered;
        self.ledger.push(Sent { number, minute, connection, used: before.is_some(), end });
        if is_last {
            // The receiver may be gone.
            let _ = self.end.send(());
        }
        Ok(reaction)
    }

    fn verify(&mut self, minute: u64, used: bool, request: &[u8]) -> Result<(End, Reaction)> {
        let gateway = self.gateways.get(usize::from(minute >= CHANGES_KEYS)).map(Gateway::addr);
        let mut bytes = ask(gateway.ok_or("no gateway")?, request)?;
        if minute == ISSUES_KEYS && self.happens(minute) {
            self.issue(KEYS[1])?;
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Some((_, after)) = text.split_once(r#""Code":""#) {
            let code = after.split('"').next().unwrap_or_default().to_owned();
            return Ok((End::Refused(code), Reaction { bytes, then: Then::Keep }));
        }
        let (end, then) = match (minute, used) {
            (LOSES_ON_USED, true) | (LOSES_ON_NEW, false) if self.happens(minute) => {
                bytes.clear();
                (End::Lost, Then::CloseTcp)
            }
            (CUTS, true) => {
                bytes.truncate(bytes.len().saturating_sub(20));
                (End::Cut, Then::CloseTcp)
            }
            (ENDS, _) => {
                let with_close = text.replacen("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1);
                bytes = with_close.into_bytes();
                (End::Answered, Then::Close)
            }
            _ => (End::Answered, Then::Keep),
        };
        Ok((end, Reaction { bytes, then }))
    }

    /// Returns `true` when it is called for this minute for the first time: each event happens once.
    fn happens(&mut self, minute: u64) -> bool {
        let is_new = !self.happened.contains(&minute);
        self.happened.push(minute);
        is_new
    }

    /// Sends keys to the device, and waits until it has them.
    fn issue(&mut self, [id, key, token]: [&str; 3]) -> Result<()> {
        self.send(&format!("{id} {key} {token} {EXPIRES}"), "ok\n")
    }

    /// Sends a line to the device, which must answer this.
    fn send(&mut self, line: &str, expected: &str) -> Result<()> {
        let uart = self.uart.as_mut().ok_or("the device's UART is not connected")?;
        writeln!(uart.get_mut(), "{line}")?;
        let mut answer = String::new();
        uart.read_line(&mut answer)?;
        let wrong = || format!("the device answered {answer:?} to {line:?}, not {expected:?}").into();
        if answer == expected { Ok(()) } else { Err(wrong()) }
    }
}

fn ask(gateway: SocketAddr, request: &[u8]) -> Result<Vec<u8>> {
    Ok(relay(&mut TcpStream::connect(gateway)?, request)?.ok_or("the gateway closed the connection")?)
}

/// The number of a message, and the device's time in seconds.
fn read(request: &[u8]) -> Option<(u64, u64)> {
    let text = String::from_utf8_lossy(request);
    let (_, payload) = text.split_once(r#""Payload":""#)?;
    let (number, rest) = payload.split_once(" after ")?;
    Some((number.parse().ok()?, rest.split_once(" s")?.0.parse().ok()?))
}
