//! The SNTP server's replies, byte by byte.

use crate::client::NOW;
use peer::sntp::{Reply, Sntp};
use std::{
    net::UdpSocket,
    time::{Duration, Instant},
};

/// Sends N requests with different transmit timestamps, and returns the replies.
fn query<const N: usize>(server: &Sntp) -> [Vec<u8>; N] {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(server.addr()).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    std::array::from_fn(|n| {
        socket.send(&request(n)).unwrap();
        let mut reply = vec![0; 100];
        let len = socket.recv(&mut reply).unwrap();
        reply.truncate(len);
        reply
    })
}

fn request(n: usize) -> Vec<u8> {
    let mut request = vec![0; 48];
    request[0] = 0x23;
    request[40..].fill(u8::try_from(n).unwrap() + 1);
    request
}

fn bytes_of(reply: Reply) -> Vec<u8> {
    let [bytes] = query(&Sntp::start(vec![Some(reply)]).unwrap());
    bytes
}

#[test]
fn the_time_is_sent_in_seconds_since_1900() {
    let server = Sntp::start(vec![Some(Reply::at(NOW))]).unwrap();
    let [first, second] = query(&server);
    assert_eq!((first.len(), first[0], first[1]), (48, 0x24, 2));
    // 1 795 279 182 + 2 208 988 800.
    let now = [0xee, 0xac, 0x47, 0xce];
    assert_eq!((&first[32..36], &first[40..44]), (&now[..], &now[..]));
    assert_eq!(
        (&first[24..32], &second[24..32]),
        (&[1; 8][..], &[2; 8][..]),
        "the requests' transmit timestamps"
    );
    assert_eq!(server.finish(), [request(0), request(1)]);
}

#[test]
fn the_seconds_wrap_to_zero_in_2036() {
    assert_eq!(bytes_of(Reply::at(2_085_978_495))[40..44], [0xff; 4]);
    assert_eq!(bytes_of(Reply::at(2_085_978_496))[40..44], [0; 4]);
}

#[test]
fn every_field_can_be_set() {
    let good = Reply::at(NOW);
    assert_eq!(bytes_of(Reply { leap: 3, ..good })[0], 0xe4);
    assert_eq!(bytes_of(Reply { version: 1, ..good })[0], 0x0c);
    assert_eq!(bytes_of(Reply { mode: 3, ..good })[0], 0x23);
    assert_eq!(bytes_of(Reply { stratum: 16, ..good })[1], 16);
    let rate = bytes_of(Reply { stratum: 0, reference: *b"RATE", ..good });
    assert_eq!((rate[1], &rate[12..16]), (0, &b"RATE"[..]));
    assert_eq!(bytes_of(Reply { origin: Some(9), ..good })[24..32], [0, 0, 0, 0, 0, 0, 0, 9]);
    assert_eq!(bytes_of(Reply { transmit: 0, ..good })[40..48], [0; 8]);
    assert_eq!(bytes_of(Reply { len: 47, ..good }).len(), 47);
    assert_eq!(bytes_of(Reply { len: 68, ..good }).len(), 68);
    assert_eq!(bytes_of(Reply { len: 0, ..good }).len(), 0);
}

#[test]
fn replies_are_sent_in_order_and_one_may_be_missing() {
    let replies = vec![None, Some(Reply::at(1)), Some(Reply::at(2))];
    let server = Sntp::start(replies).unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(&request(9), server.addr()).unwrap();
    let [one, two, again] = query(&server);
    assert_eq!([one[43], two[43], again[43]], [0x81, 0x82, 0x82]);
    socket.set_nonblocking(true).unwrap();
    assert!(socket.recv(&mut [0]).is_err());
    assert_eq!(server.finish().len(), 4);
}

#[test]
fn a_server_without_replies_stops_when_dropped() {
    let start = Instant::now();
    drop(Sntp::start(vec![None]).unwrap());
    assert!(start.elapsed() < Duration::from_secs(5));
}
