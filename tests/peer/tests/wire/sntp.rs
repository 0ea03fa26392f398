//! The SNTP server's replies, byte by byte.

use crate::client::NOW;
use peer::sntp::{Reply, Sntp};
use std::{
    net::UdpSocket,
    time::{Duration, Instant},
};
use tc3_embedded::sntp::Request;

/// A request as a device sends it.
fn request() -> [u8; 48] {
    Request::draw(&mut |bytes: &mut [u8]| getrandom::fill(bytes)).unwrap().bytes()
}

/// Sends N requests, and returns them with their replies.
fn query<const N: usize>(server: &Sntp) -> [([u8; 48], Vec<u8>); N] {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(server.addr()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    std::array::from_fn(|_| {
        let request = request();
        socket.send(&request).unwrap();
        let mut reply = vec![0; 100];
        let len = socket.recv(&mut reply).unwrap();
        reply.truncate(len);
        (request, reply)
    })
}

fn bytes_of(reply: Reply) -> Vec<u8> {
    let [(_, bytes)] = query(&Sntp::start(vec![Some(reply)]).unwrap());
    bytes
}

#[test]
fn the_time_is_sent_in_seconds_since_1900_with_the_timestamp_of_the_request() {
    let server = Sntp::start(vec![Some(Reply::at(NOW))]).unwrap();
    let [(one, first), (other, second)] = query(&server);
    assert_eq!((first.len(), first[0], first[1]), (48, 0x24, 2));
    // 1 795 279 182 + 2 208 988 800.
    let now = [0xee, 0xac, 0x47, 0xce];
    assert_eq!((&first[32..36], &first[40..44]), (&now[..], &now[..]));
    assert_eq!((&first[24..32], &second[24..32]), (&one[40..], &other[40..]));
    assert_eq!(server.finish(), [one, other]);
}

#[test]
fn the_seconds_wrap_to_zero_in_2036_and_every_field_can_be_set() {
    let good = Reply::at(NOW);
    for (reply, at, bytes) in [
        (Reply::at(2_085_978_495), 40, &[0xff; 4][..]),
        (Reply::at(2_085_978_496), 40, &[0; 4]),
        (Reply { leap: 3, ..good }, 0, &[0xe4]),
        (Reply { version: 1, ..good }, 0, &[0x0c]),
        (Reply { mode: 3, ..good }, 0, &[0x23]),
        (Reply { stratum: 16, ..good }, 1, &[16]),
        (Reply { stratum: 0, reference: *b"RATE", ..good }, 1, &[0]),
        (Reply { stratum: 0, reference: *b"RATE", ..good }, 12, b"RATE"),
        (Reply { origin: Some(9), ..good }, 24, &[0, 0, 0, 0, 0, 0, 0, 9]),
        (Reply { transmit: 0, ..good }, 40, &[0; 8]),
    ] {
        assert_eq!(bytes_of(reply)[at..at + bytes.len()], *bytes, "{reply:?}");
    }
    for len in [0, 47, 68] {
        assert_eq!(bytes_of(Reply { len, ..good }).len(), len);
    }
}

#[test]
fn replies_are_sent_in_order_and_one_may_be_missing() {
    let server = Sntp::start(vec![None, Some(Reply::at(1)), Some(Reply::at(2))]).unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(&request(), server.addr()).unwrap();
    let [one, two, again] = query(&server).map(|(_, reply)| reply[43]);
    assert_eq!([one, two, again], [0x81, 0x82, 0x82]);
    socket.set_nonblocking(true).unwrap();
    assert!(socket.recv(&mut [0]).is_err());
    assert_eq!(server.finish().len(), 4);
}

#[test]
fn a_server_without_replies_stops_when_dropped() {
    let start = Instant::now();
    drop(Sntp::start(vec![None]).unwrap());
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}, the limit is 5 s");
}
