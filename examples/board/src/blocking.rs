//! The blocking program: the same over every stream.

use core::cell::Cell;

use embedded_io::{Read, ReadReady, Write, WriteReady};

use crate::command_line::CommandLine;
use crate::counter::{Counter, Metered};
use crate::memory::Usage;
use crate::{report, verdict};

/// Runs the program and ends the emulator.
pub fn run<S>(stream: S, counter: impl Counter) -> !
where
    S: Read + ReadReady + Write + WriteReady,
{
    let line = CommandLine::fetch();
    let parameters = line.parameters();
    report!("parameters: {parameters:?}");
    #[cfg(feature = "defmt")]
    defmt::info!("case {}", defmt::Debug2Format(&parameters.case));
    let waited = Cell::new(0);
    let mut stream = Metered::new(stream, counter, &waited);
    let mut answer = [0; 16];
    let _ = stream.write_all(b"hello\n");
    while !stream.read_ready().unwrap_or(true) {}
    let count = stream.read(&mut answer).unwrap_or(0);
    report!("answer: {}", answer.get(..count).unwrap_or_default().escape_ascii());
    assert!(parameters.port != 1, "a port of one");
    let Some(usage) = Usage::measure() else { verdict::fault(format_args!("stack overflow")) };
    report!(
        "measured: {usage} insns={} waited={} ms={}",
        counter.instructions(),
        waited.get(),
        counter.millis()
    );
    verdict::end(if parameters.port == 2 { Err("a port of two") } else { Ok(()) })
}
