//! A client, a connection, a clock and buffers that live long do what new ones do, whatever happened
//! before: calls that succeed, fail or are dropped, corrections of the clock, midnights and years.

use crate::{
    ends::{SURPLUS, endings},
    peer::{Kind, Server, Way, failure, with_head},
    world::{CALL, Context, KEY, MODES, Mode, NOW, SIGNATURES, Signature, TOKEN, Time, World, at, request},
};
use core::time::Duration;
use reference::Random;
use std::time::UNIX_EPOCH;
use tc3_core::{Credentials, Request, Signer, api};
use tc3_embedded::{
    client::Client,
    clock::{self, OffsetClock, RELEASED, UnixClock},
};

const SEEDS: u64 = 200;
const STEPS: usize = 60;
const DAY: u64 = 86_400;
const TEN_YEARS: u64 = 315_576_000;

const EXPIRED: &str = "the service answered AuthFailure.SignatureExpire: no (request id 7f-3c)";

fn credentials(random: &mut Random) -> Credentials<'static> {
    random.pick(&[
        Credentials::temporary("AKIDEXAMPLE", KEY, TOKEN).unwrap(),
        Credentials::temporary("AKIDOTHER", "MARKED-OTHER", "MARKED").unwrap(),
        Credentials::new("AKIDEXAMPLE", "MARKED-LONG-TERM").unwrap(),
    ])
}

fn requests() -> [Request<'static>; 3] {
    let other = api!("cvm", "2017-03-12").action("DescribeZones").json("{}").unwrap();
    [request(), CALL.json("").unwrap(), other]
}

/// A second near `now`, around its midnights, years away, or before the floor.
fn second(random: &mut Random, now: u64) -> u64 {
    let midnight = now / DAY * DAY;
    random.pick(&[
        now + 3_600,
        now.saturating_sub(3_600),
        midnight - 1,
        midnight,
        midnight + DAY - 1,
        midnight + DAY,
        now + 400 * DAY,
        now.saturating_sub(400 * DAY),
        NOW,
        RELEASED.unix(),
        RELEASED.unix() - 1,
        17,
    ])
}

pub(crate) fn http_date(unix: u64) -> String {
    format!("Date: {}\r\n", httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(unix)))
}

/// What the server does in a call.
#[derive(Clone, Debug)]
struct Script {
    server: Server,
    /// The time in the first answer, if it says that the signature is expired.
    date: Option<u64>,
    /// What comes of it, and whether the connection stays open, unless there is a fault.
    result: String,
    keeps: bool,
    faulty: bool,
}

impl Script {
    fn draw(random: &mut Random, now: u64, correcting: bool) -> Self {
        let all = endings();
        let (last, mut result, mut keeps) = all[random.below(all.len())].clone();
        // If the surplus is not read together with the answer, the client cannot know of it.
        let has_surplus = last.ends_with(SURPLUS);
        let (mut answers, mut date) = (vec![last], None);
        if random.below(3) == 0 {
            let expired = |fields: &str| with_head("200 OK", fields, &failure("AuthFailure.SignatureExpire"));
            let (first, second) = (second(random, now), second(random, now));
            let fields = random.pick(&["", "", "", "Connection: close\r\n"]);
            if random.below(3) == 0 {
                answers[0] = expired(&http_date(second));
                (result, keeps) = (EXPIRED.to_owned(), true);
            }
            answers.insert(0, expired(&(http_date(first) + fields)));
            let is_allowed = (RELEASED.unix()..=RELEASED.unix() + TEN_YEARS).contains(&first);
            date = (correcting && is_allowed).then_some(first);
            if date.is_none() || !fields.is_empty() {
                (result, keeps) = (EXPIRED.to_owned(), fields.is_empty());
            }
        }
        let mut server = Server::new(answers);
        let faulty = !has_surplus && random.below(3) == 0;
        if faulty {
            let way = random.pick(&[Way::In, Way::Out]);
            let kind = random.pick(&[Kind::Close, Kind::Reset, Kind::Silence, Kind::Empty, Kind::Single]);
            server = server.failing(way, random.pick(&[0, 20, 150, 400, 500]) + random.below(150), kind);
        }
        if !has_surplus && random.below(2) == 0 {
            let (write, read) = (1 + random.below(300), 1 + random.below(100));
            server = Server { stalling: true, max_write: Some(write), max_read: Some(read), ..server };
        }
        Self { server, date, result, keeps, faulty }
    }
}

/// The counter and the UNIX time, in milliseconds, when the clock was set.
type Set = Option<(u64, u64)>;

fn seconds(set: Set, time: &Time) -> Option<u64> {
    set.map(|(counter, unix)| (unix + time.get() - counter) / 1000)
}

/// A world whose clock was set once.
fn new_world(credentials: Credentials<'static>, set: Set, time: &Time, correcting: bool) -> World {
    let mut clock = OffsetClock::new(time.clone(), RELEASED);
    if let Some((counter, unix)) = set {
        let now = time.get();
        time.set(counter);
        clock.set_millis(at(unix / 1000), u16::try_from(unix % 1000).unwrap()).unwrap();
        time.set(now);
    }
    let client = Client::new(clock);
    let client = if correcting { client.correcting_clock() } else { client };
    let server = Server { time: time.clone(), ..Server::default() };
    let world = World::new(Mode::Blocking, Signature::Tc3, server).with(|_| client);
    World { signer: Signer::new(credentials), ..world }
}

/// All that a call shows.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    result: String,
    sent: String,
    flushed: bool,
    pieces: Vec<Vec<u8>>,
    reusable: bool,
    clock: String,
    since_set: Option<u64>,
    counter: u64,
    draw: u64,
}

fn observe(world: &mut World) -> Seen {
    let before = world.peer.borrow().got.len();
    let result = world.result();
    world.assert_wiped();
    let peer = world.peer.borrow();
    let clock = world.client.clock();
    Seen {
        result,
        sent: String::from_utf8_lossy(&peer.got[before..]).into_owned(),
        flushed: peer.flushed == peer.got.len(),
        pieces: world.pieces.take(),
        reusable: world.wire.is_reusable(),
        clock: format!("{:?}", clock::read(clock, RELEASED)),
        since_set: clock.since_set(),
        counter: world.time.get(),
        draw: world.draw,
    }
}

/// The sentence of a call that received nothing, if its connection had been used before.
fn as_on_a_used_connection(result: String) -> String {
    const STALE: &str = "used connection closed before any answer: it was probably closed while idle";
    match &*result {
        "connection closed before any answer" => STALE.to_owned(),
        "connection failed: ConnectionReset" => format!("{STALE} (ConnectionReset)"),
        "connection failed: BrokenPipe" => format!("{STALE} (BrokenPipe)"),
        _ => result,
    }
}

/// What is independent of the calls before.
#[derive(Debug)]
struct Step {
    mode: Mode,
    signature: Signature,
    request: Request<'static>,
    script: Script,
    head: usize,
    body: usize,
    stop: Option<usize>,
    limit: Duration,
}

impl Step {
    fn draw(random: &mut Random, now: u64, correcting: bool) -> Self {
        Self {
            mode: match random.below(4) {
                #[cfg(feature = "async")]
                0 => Mode::Async(random.number() % 12),
                #[cfg(feature = "async")]
                1 => Mode::Async(u64::MAX),
                _ => Mode::Blocking,
            },
            signature: random.pick(&SIGNATURES),
            request: random.pick(&requests()),
            script: Script::draw(random, now, correcting),
            head: random.pick(&[1024, 1024, 700, 300]),
            body: random.pick(&[512, 512, 512, 2048, 400]),
            stop: random.pick(&[None, None, None, Some(0), Some(usize::MAX)]),
            limit: Duration::from_millis(random.pick(&[2_000, 2_000, 2_000, 30])),
        }
    }

    fn prepare(&self, mut world: World) -> World {
        // What an earlier call left in the buffers stays there.
        world.head.resize(self.head, 0);
        world.body.resize(self.body, 0);
        world.peer.borrow_mut().continue_as(self.script.server.clone());
        world.arm(self.limit);
        let v1_request = self.signature.v1_request();
        let world = World { mode: self.mode, request: self.request, v1_request, on_piece: None, ..world };
        self.stop.into_iter().fold(world, World::in_pieces)
    }

    /// Whether nothing but the answers decides on what happens.
    fn is_plain(&self) -> bool {
        self.mode.polls() > 12
            && self.head > 300
            && self.body == 512
            && !self.script.faulty
            && self.stop.is_none()
            && self.limit.as_millis() == 2_000
    }
}

#[test]
fn long_lived_clients_connections_and_clocks_do_what_new_ones_do() {
    let (mut plain, mut corrected, mut dropped, mut refused, mut reused) = (0, 0, 0, 0, 0);
    for seed in 0..SEEDS {
        let mut random = Random(seed);
        let correcting = random.below(4) > 0;
        let time = Time::default();
        let (mut owner, mut set, mut used) = (credentials(&mut random), None, false);
        let mut long = new_world(owner, set, &time, correcting);
        for step in 0..STEPS {
            // Between the calls.
            let day = DAY * 1000;
            time.pass(random.pick(&[0, 1, 999, 5_000, 60_000, day - time.get() % day, day, 400 * day]));
            if random.below(6) == 0 || seconds(set, &time) > Some(NOW + 5_000 * DAY) {
                let now = second(&mut random, NOW);
                let done = clock::set(long.client.clock(), at(now), RELEASED);
                assert_eq!(done.is_ok(), now >= RELEASED.unix(), "seed {seed}: setting the clock to {now}");
                set = if done.is_ok() { Some((time.get(), now * 1000)) } else { set };
            }
            if random.below(6) == 0 {
                owner = credentials(&mut random);
                long.signer.renew(owner);
            }
            if random.below(if long.wire.is_reusable() { 20 } else { 2 }) == 0 {
                long.reconnect(Server::default());
                used = false;
            }
            if random.below(6) == 0 {
                long.body.fill(random.number() as u8);
            }

            let call = Step::draw(&mut random, seconds(set, &time).unwrap_or(NOW), correcting);
            let _context = Context((seed, step, &call));
            let start = time.get();
            let reusable = long.wire.is_reusable();
            let at_rest = long.peer.borrow().is_at_rest();
            assert!(!reusable || at_rest, "reusable within a request or an answer");

            let own = Time::default();
            own.set(start);
            let mut fresh = new_world(owner, set, &own, correcting);
            fresh.draw = long.draw;
            (long, fresh) = (call.prepare(long), call.prepare(fresh));
            let seen = observe(&mut long);
            if !reusable {
                refused += 1;
                let expected = match clock::read(fresh.client.clock(), RELEASED) {
                    Err(error) => error.to_string(),
                    Ok(_) if call.mode.polls() == 0 => "dropped".to_owned(),
                    Ok(_) => "connection was ended by an earlier exchange".to_owned(),
                };
                assert_eq!((&*seen.result, &*seen.sent), (&*expected, ""), "on an ended connection");
                continue;
            }
            let mut expected = observe(&mut fresh);
            if used && fresh.peer.borrow().read == 0 {
                expected.result = as_on_a_used_connection(expected.result);
            }
            used |= seen.reusable && !seen.sent.is_empty();
            assert_eq!(seen, expected, "after other calls, and as the first one");

            let is_now = set.is_some() && expected.since_set < Some(time.get() - start);
            if is_now {
                corrected += 1;
                set = Some((time.get() - expected.since_set.unwrap(), call.script.date.unwrap() * 1000));
            }
            let shown = seconds(set, &time);
            assert_eq!(long.client.clock().unix_seconds().ok(), shown, "the time that the clock shows");
            if call.is_plain() && shown.is_some() {
                plain += 1;
                let found = format!("{}; set: {is_now}, reusable: {}", seen.result, seen.reusable);
                let Script { result, date, keeps, .. } = &call.script;
                assert_eq!(found, format!("{result}; set: {}, reusable: {keeps}", date.is_some()));
            }
            dropped += u32::from(seen.result == "dropped");
            reused += u32::from(seen.reusable);
        }
    }
    let dropped = if MODES.len() == 1 { u32::MAX } else { dropped };
    let counts = [plain, corrected, dropped, refused, reused];
    assert_eq!(counts.iter().find(|count| **count < 400), None, "too few of one kind: {counts:?}");
}
