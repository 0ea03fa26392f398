//! Receives credentials over UART 0: lines `ID KEY TOKEN EXPIRES`, with the time of expiry in seconds since 1970. Each
//! line is answered by `ok` or `malformed`.
//!
//! The line and the received [`Keys`] are wiped after use. A copy stays in the channel until the next keys arrive: who
//! moves a value leaves its bytes behind.

use core::cell::RefCell;

use board::registers::Registers;
use cortex_m::peripheral::NVIC;
use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::{Channel, Receiver};
use embassy_sync::signal::Signal;

use crate::interrupts::Interrupt;
use crate::line::{Keys, Line};

const UART0: usize = 0x4000_4000;

// Register indices, each followed by its bits.
const DATA: usize = 0;
const STATE: usize = 1;
const TX_FULL: u32 = 1 << 0;
const RX_FULL: u32 = 1 << 1;
/// A byte was lost. Writing the bit clears it.
const RX_OVERRUN: u32 = 1 << 3;
const CONTROL: usize = 2;
const TX_ENABLE: u32 = 1 << 0;
const RX_ENABLE: u32 = 1 << 1;
const RX_INTERRUPT: u32 = 1 << 3;
const INTERRUPTS: usize = 3;
const RX_INTERRUPTED: u32 = 1 << 1;
const DIVISOR: usize = 4;
/// The smallest divisor. The manual of the CMSDK: "Minimum value is 16."
const FASTEST: u32 = 16;

/// The interrupt of a received byte.
pub(crate) const RECEIVED: Interrupt = Interrupt(0);

static LINE: Mutex<CriticalSectionRawMutex, RefCell<Line>> = Mutex::new(RefCell::new(Line::new()));
/// The line is complete.
static ENDED: Signal<CriticalSectionRawMutex, ()> = Signal::new();
static KEYS: Channel<CriticalSectionRawMutex, Keys, 1> = Channel::new();

/// The channel on which credentials arrive.
pub type KeysReceiver = Receiver<'static, CriticalSectionRawMutex, Keys, 1>;

/// The registers of UART 0.
fn uart() -> Registers<u32, 5> {
    // SAFETY: the board has these registers at this address. The interrupt handler only receives, and the task
    // only sends, by separate registers.
    unsafe { Registers::at(UART0) }
}

/// Handles the interrupt of a received byte.
pub(crate) fn interrupted() {
    let mut uart = uart();
    // Cleared first: a byte that arrives after the last check of the state interrupts again.
    uart.write::<INTERRUPTS>(RX_INTERRUPTED);
    LINE.lock(|line| {
        let mut line = line.borrow_mut();
        if uart.read::<STATE>() & RX_OVERRUN != 0 {
            uart.write::<STATE>(RX_OVERRUN);
            line.lose();
        }
        while uart.read::<STATE>() & RX_FULL != 0 {
            let [byte, ..] = uart.read::<DATA>().to_le_bytes();
            match byte {
                b'\n' => ENDED.signal(()),
                byte => line.push(byte),
            }
        }
    });
}

/// Starts UART 0, and returns the channel on which credentials arrive.
pub(crate) fn start() -> KeysReceiver {
    let mut uart = uart();
    uart.write::<DIVISOR>(FASTEST);
    uart.write::<CONTROL>(TX_ENABLE | RX_ENABLE | RX_INTERRUPT);
    // SAFETY: no critical section relies on this interrupt being masked.
    unsafe { NVIC::unmask(RECEIVED) };
    KEYS.receiver()
}

/// Parses each line that arrives, and sends its credentials to the channel.
#[embassy_executor::task]
pub(crate) async fn receive() -> ! {
    loop {
        ENDED.wait().await;
        let answer: &[u8] = match LINE.lock(|line| line.borrow_mut().take()) {
            Some(keys) => {
                KEYS.send(keys).await;
                b"ok\n"
            }
            None => b"malformed\n",
        };
        let mut uart = uart();
        for byte in answer {
            while uart.read::<STATE>() & TX_FULL != 0 {}
            uart.write::<DATA>((*byte).into());
        }
    }
}
