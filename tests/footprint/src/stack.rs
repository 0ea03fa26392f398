//! Measures the stack. It is filled with a pattern (the paint) first; words that still hold the pattern were not
//! used.

use core::arch::asm;
use core::ptr::with_exposed_provenance_mut;

unsafe extern "C" {
    // Defined by cortex-m-rt and riscv-rt.
    static __sheap: u32;
}

/// The pattern. Code is unlikely to write this value.
const PAINT: u32 = 0xC0DE_CAFE;
const WORD: usize = size_of::<u32>();

/// Paints all memory below the caller's frame.
#[inline(always)]
pub fn paint() {
    for word in (end()..pointer()).step_by(WORD) {
        // SAFETY: the word is above the statics and below the stack in use, so nothing refers to it.
        unsafe { with_exposed_provenance_mut::<u32>(word).write_volatile(PAINT) };
    }
}

/// The number of bytes below the caller's frame that were used since [`paint`].
#[inline(always)]
pub(crate) fn depth() -> usize {
    let top = pointer();
    let is_painted = |word: &usize| {
        // SAFETY: the word is in RAM, above the statics and below the stack in use.
        unsafe { with_exposed_provenance_mut::<u32>(*word).read_volatile() == PAINT }
    };
    let untouched = (end()..top).step_by(WORD).take_while(is_painted).count();
    top.wrapping_sub(end()).wrapping_sub(untouched.wrapping_mul(WORD))
}

fn end() -> usize {
    (&raw const __sheap).expose_provenance()
}

/// The stack pointer. Always inlined, so that no frame is added.
#[inline(always)]
fn pointer() -> usize {
    let pointer;
    // SAFETY: the instruction only reads a register.
    unsafe {
        #[cfg(target_arch = "arm")]
        asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack));
        #[cfg(target_arch = "riscv32")]
        asm!("mv {}, sp", out(reg) pointer, options(nomem, nostack));
    }
    pointer
}
