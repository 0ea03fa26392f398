//! Signing, encoding and every error path: nothing on the heap.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod answers;
mod refusals;
mod rejections;
mod signing;

use allocation_counter::measure;
use core::{
    fmt::{Debug, Display, Write},
    hint::black_box,
};
use tc3_core::{Call, Credentials, Header, Signer, Timestamp, api};

const CALL: Call<'_> = api!("cvm", "2017-03-12")
    .action("DescribeInstances")
    .region("ap-guangzhou")
    .request_client("tests")
    .headers(&[Header::SignAction, Header::Signed("X-Own", "A b"), Header::Unsigned("X-More", "1")]);
const PLAIN: Call<'_> = api!("cvm", "2017-03-12").action("DescribeInstances").region("ap-guangzhou");

fn assert_none(what: &str, run: impl FnOnce()) {
    assert_eq!(measure(run).count_total, 0, "{what} allocates");
}

fn signer() -> Signer<'static> {
    Signer::new(Credentials::temporary("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", "token").unwrap())
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

/// A formatter's target that keeps nothing.
struct Void;

impl Write for Void {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        black_box(text);
        Ok(())
    }
}

/// Writes all that an error can say.
fn tell(error: &(impl Debug + Display)) {
    write!(Void, "{error} {error:?}").unwrap();
}

#[test]
fn a_planted_string_is_counted() {
    assert_eq!(measure(|| drop(black_box(String::from("planted")))).count_total, 1);
    let planted = std::panic::catch_unwind(|| {
        assert_none("a String", || drop(black_box(now().unix().to_string())));
    });
    assert!(planted.is_err());
}
