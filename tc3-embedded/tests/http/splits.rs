//! A response is parsed the same however its bytes are split.

use crate::recorded::{End, RECORDED};
use crate::replay::{Outcome, replay, replay_bytewise};

#[test]
fn every_recorded_response_is_parsed_as_expected() {
    for recorded in RECORDED {
        let found = replay(&[recorded.bytes]);
        let name = recorded.name;
        let head = found.head.expect(name);
        assert_eq!(head.status, recorded.status, "{name}");
        assert_eq!(head.framing, recorded.framing, "{name}");
        assert_eq!(found.body, recorded.body, "{name}");
        assert_eq!(found.reusable, recorded.end == End::Reusable, "{name}");
        let outcome = match recorded.end {
            End::UntilClose => Outcome::Waiting,
            End::Reusable | End::Close => Outcome::Done,
        };
        assert_eq!(found.outcome, outcome, "{name}");
        assert_eq!(found.left, 0, "{name}");
    }
}

#[test]
fn one_split_at_any_byte_gives_the_same_result() {
    for recorded in RECORDED {
        let whole = replay(&[recorded.bytes]);
        for at in 0..=recorded.bytes.len() {
            let (front, back) = recorded.bytes.split_at(at);
            assert_eq!(replay(&[front, b"", back]), whole, "{} at {at}", recorded.name);
        }
    }
}

#[test]
fn single_bytes_give_the_same_result() {
    for recorded in RECORDED {
        let whole = replay(&[recorded.bytes]);
        assert_eq!(replay_bytewise(recorded.bytes), whole, "{}", recorded.name);
    }
}
