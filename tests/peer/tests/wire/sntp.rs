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

#[test]
fn the_time_is_sent_in_seconds_since_1900_with_the_timestamp_of_the_request() {
    let server = Sntp::start(vec![Reply::at(NOW)]).unwrap();
    let [(one, first), (other, second)] = query(&server);
    assert_eq!((first.len(), first[0], first[1]), (48, 0x24, 2));
    // 1 795 279 182 + 2 208 988 800.
    let now = [0xee, 0xac, 0x47, 0xce];
    assert_eq!((&first[32..36], &first[40..44]), (&now[..], &now[..]));
    assert_eq!((&first[24..32], &second[24..32]), (&one[40..], &other[40..]));
    assert_eq!(server.finish(), [one, other]);
}

#[test]
fn replies_are_sent_in_order_with_their_leap_indicators_across_2036() {
    let unsynchronised = Reply { leap: 3, ..Reply::at(2_085_978_496) };
    let server = Sntp::start(vec![Reply::at(2_085_978_495), unsynchronised]).unwrap();
    let replies = query(&server).map(|(_, reply)| (reply[0], reply[40..44].to_vec()));
    assert_eq!(replies, [(0x24, vec![0xff; 4]), (0xe4, vec![0; 4]), (0xe4, vec![0; 4])]);
}

#[test]
fn a_server_stops_when_dropped() {
    let start = Instant::now();
    drop(Sntp::start(Vec::new()).unwrap());
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}, the limit is 5 s");
}
