//! Receives credentials over UART 0: lines `ID KEY TOKEN EXPIRES`, with the time of expiry in seconds since 1970. Each
//! line is answered by `ok` or `malformed`.

use board::registers::Registers;
use cortex_m::peripheral::NVIC;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::{Channel, Receiver};
use embassy_sync::pipe::Pipe;
use heapless::String;
use tc3_core::Timestamp;

use crate::interrupts::Interrupt;

const UART0: usize = 0x4000_4000;

// Register indices, each followed by its bits.
const DATA: usize = 0;
const STATE: usize = 1;
const TX_FULL: u32 = 1 << 0;
const RX_FULL: u32 = 1 << 1;
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

/// The maximum length of a line, in bytes.
const LINE: usize = 512;

static BYTES: Pipe<CriticalSectionRawMutex, LINE> = Pipe::new();
static KEYS: Channel<CriticalSectionRawMutex, Keys, 1> = Channel::new();

/// The channel on which credentials arrive.
pub type KeysReceiver = Receiver<'static, CriticalSectionRawMutex, Keys, 1>;

/// Temporary credentials.
pub struct Keys {
    /// The SecretId.
    pub id: String<64>,
    /// The SecretKey.
    pub key: String<64>,
    /// The token.
    pub token: String<128>,
    /// When they expire.
    pub expires: Timestamp,
}

impl Keys {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        Some(Self {
            id: words.next()?.try_into().ok()?,
            key: words.next()?.try_into().ok()?,
            token: words.next()?.try_into().ok()?,
            expires: Timestamp::from_unix(words.next()?.parse().ok()?).ok()?,
        })
    }
}

/// The registers of UART 0.
fn uart() -> Registers<u32, 5> {
    // SAFETY: the board has these registers at this address. The interrupt handler only receives, and the task
    // only sends, by separate registers.
    unsafe { Registers::at(UART0) }
}

/// Handles the interrupt of a received byte. A byte that does not fit into `BYTES` is missing in its line.
pub(crate) fn interrupted() {
    let mut uart = uart();
    // Cleared first: a byte that arrives after the last check of the state interrupts again.
    uart.write::<INTERRUPTS>(RX_INTERRUPTED);
    while uart.read::<STATE>() & RX_FULL != 0 {
        let [byte, ..] = uart.read::<DATA>().to_le_bytes();
        let _ = BYTES.try_write(&[byte]);
    }
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
        let mut line = String::<LINE>::new();
        let mut byte = [0];
        while BYTES.read(&mut byte).await == 1 && byte != *b"\n" {
            let _ = line.push(byte[0].into());
        }
        let answer: &[u8] = match Keys::parse(&line) {
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
