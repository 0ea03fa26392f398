//! Signing, encoding and every error path allocate nothing.
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

fn assert_none(name: &str, run: impl FnOnce()) {
    assert_eq!(measure(run).count_total, 0, "{name} allocates");
}

fn signer() -> Signer<'static> {
    Signer::new(Credentials::temporary("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", "token").unwrap())
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_551_113_065).unwrap()
}

/// A writer that discards everything.
struct Void;

impl Write for Void {
    fn write_str(&mut self, string: &str) -> core::fmt::Result {
        black_box(string);
        Ok(())
    }
}

/// Formats an error by `Display` and `Debug`.
fn format_error(error: &(impl Debug + Display)) {
    write!(Void, "{error} {error:?}").unwrap();
}

#[test]
fn an_allocation_is_counted() {
    assert_eq!(measure(|| drop(black_box(String::from("allocated")))).count_total, 1);
    let result = std::panic::catch_unwind(|| {
        assert_none("a String", || drop(black_box(now().unix().to_string())));
    });
    assert!(result.is_err());
}
