//! What a program can ask of the valgrind it runs under (valgrind.h, memcheck.h, callgrind.h).
#![allow(unsafe_code, reason = "valgrind is spoken to by instructions that do nothing on a processor")]

use std::ffi::CStr;

/// Whether the program runs under valgrind, and not on the processor itself.
pub(crate) fn is_here() -> bool {
    request(0x1001, [0; 2]) != 0
}

/// How many errors were reported so far.
pub(crate) fn errors() -> usize {
    request(0x1201, [0; 2])
}

/// From here on a branch or an address that depends on these bytes is an error.
pub(crate) fn hide(bytes: &[u8]) {
    memcheck(1, bytes);
}

/// From here on these bytes are public.
pub(crate) fn publish(bytes: &[u8]) {
    memcheck(2, bytes);
}

fn memcheck(code: usize, bytes: &[u8]) {
    request(0x4d43_0000 | code, [bytes.as_ptr().addr(), bytes.len()]);
}

/// Counts instructions from zero again.
pub(crate) fn start() {
    request(0x4354_0001, [0; 2]);
}

/// Writes down, under a name, how many instructions there were since `start`.
pub(crate) fn stop(name: &CStr) {
    request(0x4354_0003, [name.as_ptr().addr(), 0]);
}

/// The answer of valgrind; 0 where there is none.
#[cfg(target_arch = "x86_64")]
fn request(code: usize, arguments: [usize; 2]) -> usize {
    let request = [code, arguments[0], arguments[1], 0, 0, 0];
    let mut answer = 0;
    // SAFETY: the rotations add up to whole turns and the exchange is of a register with itself, so
    // that on a processor this leaves all as it was. Valgrind reads the six words and the memory
    // they name, which both outlive it.
    unsafe {
        core::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") request.as_ptr(),
            inout("rdx") answer,
            options(nostack),
        );
    }
    answer
}

/// Other processors have other instructions for it: there the program finds no valgrind.
#[cfg(not(target_arch = "x86_64"))]
fn request(_: usize, _: [usize; 2]) -> usize {
    0
}
