//! Requests and answers are the same however the transport splits them.

use crate::{
    peer::{DONE, Kind, Peer, Way, answer, chunked},
    world::{MODES, client, peer, request, timeout, wire},
};
use tc3_embedded::client::Buffers;

/// Makes a call. Returns the bytes that the peer received.
fn send(mode: crate::world::Mode, from: Peer) -> Vec<u8> {
    let timeout = timeout();
    let mut wire = wire(from, &timeout);
    let (mut head, mut body) = ([0; 1024], [0; 64]);
    let buffers = Buffers::new(&mut head, &mut body);
    let reply = mode.call(&mut client(), &mut wire, &request(), buffers).unwrap();
    assert_eq!(reply.body(), DONE.as_bytes());
    peer(&wire).got.clone()
}

#[test]
fn every_split_of_the_writes_gives_the_same_bytes() {
    for mode in MODES {
        let whole = send(*mode, Peer::new([answer(DONE)]));
        for max in 1..=whole.len() {
            assert_eq!(send(*mode, Peer::new([answer(DONE)]).writing_at_most(max)), whole);
        }
        for at in 0..=whole.len() {
            let peer = Peer::new([answer(DONE)]).failing(Way::Out, at, Kind::Single);
            assert_eq!(send(*mode, peer), whole);
        }
    }
}

#[test]
fn every_split_of_the_reads_gives_the_same_answer() {
    for mode in MODES {
        for answer in [answer(DONE).into_bytes(), chunked(DONE.as_bytes(), 7)] {
            for max in 1..=answer.len() {
                send(*mode, Peer::new([&answer]).reading_at_most(max));
            }
            for at in 0..=answer.len() {
                send(*mode, Peer::new([&answer]).failing(Way::In, at, Kind::Single));
            }
        }
    }
}
