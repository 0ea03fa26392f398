//! embassy-net driver for the SMSC LAN9118 Ethernet controller of the MPS2 boards.
//!
//! The controller's interrupt signals a received frame. The driver copies frames from and to FIFOs word by
//! word.

use core::task::Context;

use board::registers::Registers;
use cortex_m::peripheral::NVIC;
use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState, RxToken, TxToken};
use embassy_sync::waitqueue::AtomicWaker;

use crate::interrupts::Interrupt;

const ADDRESS: usize = 0x4020_0000;

// Register indices, each followed by its bits.
const RX_DATA: usize = 0;
const TX_DATA: usize = 0x20 / 4;
const TX_FIRST_AND_LAST: u32 = 1 << 13 | 1 << 12;
const RX_STATUS: usize = 0x40 / 4;
const RX_ERROR: u32 = 1 << 15;
const TX_STATUS: usize = 0x48 / 4;
const IRQ: usize = 0x54 / 4;
const IRQ_ON_ACTIVE_HIGH_PUSH_PULL: u32 = 1 << 8 | 1 << 4 | 1 << 0;
const IRQ_STATUS: usize = 0x58 / 4;
const IRQ_ENABLE: usize = 0x5C / 4;
const IRQ_RX: u32 = 1 << 3;
const BYTE_TEST: usize = 0x64 / 4;
const BYTES_IN_ORDER: u32 = 0x8765_4321;
const TX_CONFIG: usize = 0x70 / 4;
const TX_ON: u32 = 1 << 1;
const HARDWARE: usize = 0x74 / 4;
const SOFT_RESET: u32 = 1 << 0;
/// Starts to send a frame when all of it is in the FIFO. Reserves 5 KB of FIFO for transmission.
const STORE_AND_FORWARD: u32 = 1 << 20 | 5 << 16;
const RX_FIFO: usize = 0x7C / 4;
const TX_FIFO: usize = 0x80 / 4;
const MAC_COMMAND: usize = 0xA4 / 4;
const MAC_BUSY: u32 = 1 << 31;
const MAC_READ: u32 = 1 << 30;
const MAC_DATA: usize = 0xA8 / 4;

// Registers of the MAC, accessed by `MAC_COMMAND` and `MAC_DATA`.
const MAC_CONTROL: u32 = 1;
const FULL_DUPLEX_TX_RX: u32 = 1 << 20 | 1 << 3 | 1 << 2;
const MAC_ADDRESS_HIGH: u32 = 2;
const MAC_ADDRESS_LOW: u32 = 3;

/// Maximum length of a frame without its check sequence, in bytes.
const MTU: usize = 1514;
const CHECK_SEQUENCE: usize = 4;
/// Maximum length of a frame with its check sequence, in bytes, rounded up to whole words.
const FRAME: usize = (MTU + CHECK_SEQUENCE).next_multiple_of(4);
/// Bytes of the two command words before each frame in the transmit FIFO.
const TX_COMMANDS: usize = 8;

/// The controller's interrupt.
pub(crate) const FRAME_INTERRUPT: Interrupt = Interrupt(13);

static FRAME_RECEIVED: AtomicWaker = AtomicWaker::new();

/// Handles the interrupt: masks it and wakes the driver. The driver unmasks it when the FIFO is empty.
pub(crate) fn interrupted() {
    NVIC::mask(FRAME_INTERRUPT);
    FRAME_RECEIVED.wake();
}

/// The controller, and a buffer for a frame in each direction.
pub struct Lan9118 {
    fifos: Fifos,
    address: [u8; 6],
    received: [u8; FRAME],
    sent: [u8; FRAME],
}

impl Lan9118 {
    /// Resets and starts the controller. `None` if the board has no controller.
    ///
    /// # Safety
    /// No other code uses the controller.
    pub unsafe fn start() -> Option<Self> {
        // SAFETY: the board has these registers at this address, and the caller guarantees that no
        // other code uses them.
        let mut registers = unsafe { Registers::at(ADDRESS) };
        if registers.read::<BYTE_TEST>() != BYTES_IN_ORDER {
            return None;
        }
        registers.write::<HARDWARE>(SOFT_RESET);
        while registers.read::<HARDWARE>() & SOFT_RESET != 0 {}
        registers.write::<HARDWARE>(STORE_AND_FORWARD);
        registers.write::<IRQ>(IRQ_ON_ACTIVE_HIGH_PUSH_PULL);
        registers.write::<IRQ_ENABLE>(IRQ_RX);
        registers.write::<TX_CONFIG>(TX_ON);
        let mut fifos = Fifos(registers);
        fifos.set_mac(MAC_CONTROL, FULL_DUPLEX_TX_RX);
        // The controller has loaded its MAC address from the EEPROM.
        let [a, b, c, d] = fifos.mac(MAC_ADDRESS_LOW).to_le_bytes();
        let [e, f, ..] = fifos.mac(MAC_ADDRESS_HIGH).to_le_bytes();
        Some(Self { fifos, address: [a, b, c, d, e, f], received: [0; FRAME], sent: [0; FRAME] })
    }
}

impl Driver for Lan9118 {
    type RxToken<'a> = Received<'a>;
    type TxToken<'a> = Sending<'a>;

    fn receive(&mut self, context: &mut Context<'_>) -> Option<(Received<'_>, Sending<'_>)> {
        FRAME_RECEIVED.register(context.waker());
        self.fifos.0.write::<IRQ_STATUS>(IRQ_RX);
        let Some(length) = self.fifos.take(&mut self.received) else {
            // SAFETY: no critical section relies on this interrupt being masked.
            unsafe { NVIC::unmask(FRAME_INTERRUPT) };
            return None;
        };
        let frame = self.received.get_mut(..length)?;
        Some((Received(frame), Sending { fifos: &mut self.fifos, frame: &mut self.sent }))
    }

    fn transmit(&mut self, context: &mut Context<'_>) -> Option<Sending<'_>> {
        if !self.fifos.can_send() {
            context.waker().wake_by_ref();
            return None;
        }
        Some(Sending { fifos: &mut self.fifos, frame: &mut self.sent })
    }

    /// Always up in the emulator. On hardware ask the PHY.
    fn link_state(&mut self, _: &mut Context<'_>) -> LinkState {
        LinkState::Up
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = MTU;
        capabilities.max_burst_size = Some(1);
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet(self.address)
    }
}

/// A received frame.
pub struct Received<'d>(&'d mut [u8]);

impl RxToken for Received<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, read: F) -> R {
        read(self.0)
    }
}

/// The buffer of a frame to send.
pub struct Sending<'d> {
    fifos: &'d mut Fifos,
    frame: &'d mut [u8; FRAME],
}

impl TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        let length = length.min(MTU);
        let frame = self.frame.get_mut(..length).unwrap_or_default();
        let result = fill(frame);
        self.fifos.put(self.frame, length);
        result
    }
}

struct Fifos(Registers<u32, 64>);

impl Fifos {
    /// Copies the next valid frame and returns its length. `None` if there is no valid frame in the FIFO.
    fn take(&mut self, frame: &mut [u8; FRAME]) -> Option<usize> {
        while self.0.read::<RX_FIFO>() & 0x00FF_0000 != 0 {
            let status = self.0.read::<RX_STATUS>();
            let [_, _, low, high] = status.to_le_bytes();
            let length = usize::from(u16::from_le_bytes([low, high & 0x3F]));
            let mut words = frame.chunks_exact_mut(4);
            for _ in 0..length.div_ceil(4) {
                let word = self.0.read::<RX_DATA>();
                // The rest of a frame that is too long is read and dropped.
                if let Some(to) = words.next() {
                    to.copy_from_slice(&word.to_le_bytes());
                }
            }
            let length = length.checked_sub(CHECK_SEQUENCE).filter(|length| *length <= MTU);
            if status & RX_ERROR == 0 && length.is_some() {
                return length;
            }
        }
        None
    }

    fn can_send(&self) -> bool {
        let [low, high, ..] = self.0.read::<TX_FIFO>().to_le_bytes();
        usize::from(u16::from_le_bytes([low, high])) >= FRAME + TX_COMMANDS
    }

    fn put(&mut self, frame: &[u8; FRAME], length: usize) {
        let size = u32::try_from(length).unwrap_or_default();
        self.0.write::<TX_DATA>(TX_FIRST_AND_LAST | size);
        self.0.write::<TX_DATA>(size);
        let (words, _) = frame.as_chunks::<4>();
        for word in words.iter().take(length.div_ceil(4)) {
            self.0.write::<TX_DATA>(u32::from_le_bytes(*word));
        }
        // The statuses of sent frames are dropped, or they would fill their FIFO. TCP resends lost frames.
        while self.0.read::<TX_FIFO>() & 0x00FF_0000 != 0 {
            self.0.read::<TX_STATUS>();
        }
    }

    fn set_mac(&mut self, register: u32, value: u32) {
        self.0.write::<MAC_DATA>(value);
        self.command_mac(register);
    }

    fn mac(&mut self, register: u32) -> u32 {
        self.command_mac(MAC_READ | register);
        self.0.read::<MAC_DATA>()
    }

    fn command_mac(&mut self, command: u32) {
        self.0.write::<MAC_COMMAND>(MAC_BUSY | command);
        while self.0.read::<MAC_COMMAND>() & MAC_BUSY != 0 {}
    }
}
