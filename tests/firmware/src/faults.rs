//! Servers that are who they should be, and do not do what they should.

use std::time::Duration;

use peer::server::script;

use crate::case::{Case, Expected, REFUSED};
use crate::image::Image;

const BODY: &str = r#"{"Response":{"RequestId":"r-1"}}"#;

/// Milliseconds that the firmware waits, where the wait is what the case is about.
const PATIENCE: &str = "patience=400";

pub(crate) fn cases() -> Vec<Case> {
    let dribbled = script::dribbled(BODY, Duration::from_millis(50));
    vec![
        ended("silent server", script::silent(), "not done after").word(PATIENCE),
        ended("answer that dribbles", dribbled, "not done after").word(PATIENCE),
        ended("answer cut off", script::truncated(BODY), "connection ended without close_notify")
            .on(&[Image::CortexMEthernet]),
        // A UART does not tell that the other end is gone.
        ended("answer cut off behind a modem", script::truncated(BODY), "not done after")
            .word(PATIENCE)
            .on(&[Image::CortexMUart, Image::Riscv32Uart]),
        ended("answer shorter than it says", script::shorter_than_declared(BODY), "answer refused"),
    ]
}

fn ended(name: &'static str, script: Vec<peer::server::Act>, reason: &'static str) -> Case {
    Case::script(name, script).expect([
        Expected::Status(REFUSED),
        Expected::Error(reason),
        Expected::Requests(1),
    ])
}
