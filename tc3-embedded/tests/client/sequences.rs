//! A client, a connection, a clock and buffers that live long do what new ones do, whatever happened
//! before: calls that succeed, fail or are dropped, corrections of the clock, midnights and years.

use crate::{
    peer::{DONE, Kind, Server, Way, answer, chunked, failure, with_head},
    random::Random,
    world::{
        CALL, Context, KEY, Mode, NOW, SIGNATURES, Signature, TOKEN, Time, World, at, request, v1_request,
    },
};
use core::time::Duration;
use tc3_core::{Credentials, Request, Signer, api};
use tc3_embedded::{
    client::{CallError, Client},
    clock::{self, OffsetClock, RELEASED, UnixClock},
};

const SEEDS: u64 = 200;
const STEPS: usize = 60;
const DAY: u64 = 86_400;

const SURPLUS: &str = "HTTP/1.1 200 OK\r\n";
const EXPIRED: &str = "AuthFailure.SignatureExpire";

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

fn http_date(unix: u64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let text = at(unix).to_string();
    let (year, month, day, time) = (&text[..4], &text[5..7], &text[8..10], &text[11..19]);
    let month = MONTHS[month.parse::<usize>().unwrap() - 1];
    let weekday = DAYS[usize::try_from(unix / DAY % 7).unwrap()];
    format!("Date: {weekday}, {day} {month} {year} {time} GMT\r\n")
}

/// What the server does in a call.
#[derive(Clone, Debug)]
struct Script {
    server: Server,
    /// The time in the first answer, if it says that the signature is expired.
    date: Option<u64>,
    /// Whether the last answer leaves the connection open, unless there is a fault.
    keeps: bool,
    faulty: bool,
}

impl Script {
    fn draw(random: &mut Random, now: u64, correcting: bool) -> Self {
        let close = "Connection: close\r\n";
        let (last, mut keeps) = match random.below(17) {
            0..=4 => (answer(DONE), true),
            5 | 6 => (chunked(DONE, 1 + random.below(40)), true),
            7 => (answer(&failure("InternalError")), true),
            8 => (answer(&failure("RequestLimitExceeded")), true),
            9 => (with_head("502 Bad Gateway", "", "<html></html>"), true),
            10 => (answer("<html></html>"), true),
            11 => ("HTTP/1.1 103 Hints\r\n\r\n".to_owned() + &answer(DONE), true),
            12 => (with_head("200 OK", close, DONE), false),
            13 => (answer(DONE) + SURPLUS, false),
            14 => (with_head("200 OK", "", &"x".repeat(3_000)), false),
            15 => (format!("HTTP/1.1 200 OK\r\n\r\n{DONE}"), false),
            _ => ("HTTP/2 200\r\n\r\n".to_owned(), false),
        };
        // If it is not read together with the answer, the client cannot know of it.
        let has_surplus = last.ends_with(SURPLUS);
        let mut answers = vec![last];
        let mut date = None;
        if random.below(3) == 0 {
            let expired = |fields: &str| with_head("200 OK", fields, &failure(EXPIRED));
            let (first, second) = (second(random, now), second(random, now));
            let fields = random.pick(&["", "", "", close]);
            if random.below(3) == 0 {
                (answers[0], keeps) = (expired(&http_date(second)), true);
            }
            answers.insert(0, expired(&(http_date(first) + fields)));
            date = (correcting && first >= RELEASED.unix()).then_some(first);
            if date.is_none() || fields == close {
                keeps = fields != close;
            }
        }
        let mut server = Server::new(answers);
        let faulty = !has_surplus && random.below(3) == 0;
        if faulty {
            let way = random.pick(&[Way::In, Way::Out]);
            let kind = random.pick(&[Kind::Close, Kind::Reset, Kind::Silence, Kind::Empty, Kind::Single]);
            let at = random.pick(&[0, 1, 20, 150, 400, 500]) + random.below(150);
            server = server.failing(way, at, kind);
        }
        if !has_surplus && random.below(2) == 0 {
            server = server
                .stalling()
                .writing_at_most(1 + random.below(300))
                .reading_at_most(1 + random.below(100));
        }
        Self { server, date, keeps, faulty }
    }
}

/// The counter and the UNIX time, in milliseconds, when the clock was set.
type Set = Option<(u64, u64)>;

fn clock_set_once(set: Set, time: &Time) -> OffsetClock<Time> {
    let mut clock = OffsetClock::new(time.clone(), RELEASED);
    if let Some((counter, unix)) = set {
        let now = time.get();
        time.set(counter);
        clock.set_millis(at(unix / 1000), u16::try_from(unix % 1000).unwrap()).unwrap();
        time.set(now);
    }
    clock
}

type Long = World<OffsetClock<Time>>;

fn client(
    credentials: Credentials<'static>,
    clock: OffsetClock<Time>,
    correcting: bool,
) -> Client<'static, OffsetClock<Time>> {
    let client = Client::new(Signer::new(credentials), clock);
    if correcting { client.correcting_clock() } else { client }
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

fn observe(world: &mut Long) -> Seen {
    let before = world.peer.borrow().got.len();
    let result = match world.try_call() {
        None => "dropped".to_owned(),
        Some(Ok(reply) | Err(CallError::Status(reply) | CallError::Malformed(_, reply))) => {
            let (head, body) = (reply.head().escape_ascii(), reply.body().escape_ascii());
            format!("{reply:?}, {head}, {body}")
        }
        Some(Err(error)) => format!("{error}: {error:?}"),
    };
    for buffer in [&world.head, &world.body] {
        let text = String::from_utf8_lossy(buffer);
        assert!(!text.contains("MARKED") && !text.contains("Signature="), "not wiped: {text}");
    }
    let peer = world.peer.borrow();
    let clock = world.client.clock();
    Seen {
        result,
        sent: peer.got[before..].escape_ascii().to_string(),
        flushed: peer.flushed == peer.got.len(),
        pieces: world.pieces.take(),
        reusable: world.wire.is_reusable(),
        clock: format!("{:?}", clock::read(clock, RELEASED)),
        since_set: clock.since_set(),
        counter: world.time.get(),
        draw: world.draw,
    }
}

/// What is independent of the calls before.
#[derive(Debug)]
struct Step {
    mode: Mode,
    signature: Signature,
    request: Request<'static>,
    script: Script,
    buffers: (usize, usize),
    stop: Option<usize>,
    limit: Duration,
}

impl Step {
    fn draw(random: &mut Random, now: u64, correcting: bool) -> Self {
        Self {
            mode: match random.below(4) {
                #[cfg(feature = "async")]
                0 => Mode::Async(random.next() % 12),
                #[cfg(feature = "async")]
                1 => Mode::Async(u64::MAX),
                _ => Mode::Blocking,
            },
            signature: random.pick(&SIGNATURES),
            request: random.pick(&requests()),
            script: Script::draw(random, now, correcting),
            buffers: random.pick(&[(1024, 512), (1024, 512), (800, 2048), (700, 400)]),
            stop: random.pick(&[None, None, None, Some(0), Some(usize::MAX)]),
            limit: Duration::from_millis(random.pick(&[2_000, 2_000, 2_000, 30])),
        }
    }

    fn prepare(&self, mut world: Long) -> Long {
        let v1_request = match self.signature {
            Signature::Tc3 => None,
            Signature::V1(method) => Some(v1_request(method)),
        };
        // What an earlier call left in the buffers stays there.
        world.head.resize(self.buffers.0, 0);
        world.body.resize(self.buffers.1, 0);
        world.peer.borrow_mut().continue_as(self.script.server.clone());
        world.arm_for(self.limit);
        let world = World { mode: self.mode, request: self.request, v1_request, on_piece: None, ..world };
        match self.stop {
            Some(stop) => world.in_pieces(stop),
            None => world,
        }
    }

    /// Whether nothing but the answers decides on what happens.
    fn is_plain(&self) -> bool {
        let whole = matches!(self.mode, Mode::Blocking) || self.mode == Mode::Async(u64::MAX);
        whole && !self.script.faulty && self.stop.is_none() && self.limit.as_millis() == 2_000
    }
}

#[test]
fn long_lived_clients_connections_and_clocks_do_what_new_ones_do() {
    let (mut plain, mut corrected, mut dropped, mut refused, mut reused) = (0, 0, 0, 0, 0);
    for seed in 0..SEEDS {
        let mut random = Random::from_seed(seed);
        let correcting = random.below(4) > 0;
        let time = Time::default();
        let mut owner = credentials(&mut random);
        let mut set: Set = None;
        let clock = OffsetClock::new(time.clone(), RELEASED);
        let server = Server::default().timed_by(&time);
        let mut long =
            World::with_client(Mode::Blocking, Signature::Tc3, server, client(owner, clock, correcting));
        for step in 0..STEPS {
            // Between the calls.
            let day = DAY * 1000;
            time.pass(random.pick(&[0, 1, 999, 5_000, 60_000, day - time.get() % day, day, 400 * day]));
            let now = set.map_or(NOW, |(counter, unix)| (unix + time.get() - counter) / 1000);
            if random.below(6) == 0 || now > NOW + 5_000 * DAY {
                let now = second(&mut random, NOW);
                let is_set = clock::set(long.client.clock(), at(now), RELEASED).is_ok();
                assert_eq!(is_set, now >= RELEASED.unix(), "seed {seed}: setting the clock to {now}");
                set = if is_set { Some((time.get(), now * 1000)) } else { set };
            }
            if random.below(6) == 0 {
                owner = credentials(&mut random);
                long.client.signer().renew(owner);
            }
            if random.below(if long.wire.is_reusable() { 20 } else { 2 }) == 0 {
                long.reconnect(Server::default());
            }
            if random.below(6) == 0 {
                long.body.fill(random.byte());
            }

            let now = set.map_or(NOW, |(counter, unix)| (unix + time.get() - counter) / 1000);
            let call = Step::draw(&mut random, now, correcting);
            let _context = Context((seed, step, &call));
            let start = time.get();
            let reusable = long.wire.is_reusable();
            let at_rest = long.peer.borrow().is_at_rest();
            assert!(!reusable || at_rest, "reusable within a request or an answer");

            let own = Time::default();
            own.set(start);
            let server = Server::default().timed_by(&own);
            let client = client(owner, clock_set_once(set, &own), correcting);
            let mut fresh = World::with_client(Mode::Blocking, Signature::Tc3, server, client);
            fresh.draw = long.draw;
            (long, fresh) = (call.prepare(long), call.prepare(fresh));
            let seen = observe(&mut long);
            if !reusable {
                refused += 1;
                let clock = clock::read(fresh.client.clock(), RELEASED);
                let expected = match clock {
                    Err(error) => error.to_string(),
                    Ok(_) if seen.result == "dropped" => "dropped".to_owned(),
                    Ok(_) => "connection was ended by an earlier exchange".to_owned(),
                };
                assert_eq!(seen.result.split(": ").next(), expected.split(": ").next());
                assert_eq!(seen.sent, "", "sent on a connection that is not reusable");
                continue;
            }
            let expected = observe(&mut fresh);
            assert_eq!(seen, expected, "after other calls, and as the first one");

            let is_now = set.is_some() && expected.since_set < Some(time.get() - start);
            if is_now {
                corrected += 1;
                set = Some((time.get() - expected.since_set.unwrap(), call.script.date.unwrap() * 1000));
            }
            let shown = set.map(|(counter, unix)| (unix + time.get() - counter) / 1000);
            assert_eq!(long.client.clock().unix_seconds().ok(), shown, "the time that the clock shows");
            if call.is_plain() && shown.is_some() {
                plain += 1;
                assert_eq!(is_now, call.script.date.is_some(), "whether the clock is corrected");
                assert_eq!(long.wire.is_reusable(), call.script.keeps, "whether the connection is reusable");
            }
            dropped += u32::from(seen.result == "dropped");
            reused += u32::from(long.wire.is_reusable());
        }
    }
    let counts = [plain, corrected, dropped, refused, reused];
    assert!(counts.iter().all(|count| *count > 200), "too few of one kind: {counts:?}");
}
