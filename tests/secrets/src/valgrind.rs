//! Client requests to valgrind (valgrind.h, memcheck.h).
#![allow(
    unsafe_code,
    reason = "a client request is a sequence of instructions without effect on a processor"
)]

/// Whether the program runs under valgrind.
pub(crate) fn is_here() -> bool {
    request(0x1001, [0; 2]) != 0
}

/// The number of errors reported so far.
pub(crate) fn errors() -> usize {
    request(0x1201, [0; 2])
}

/// Marks bytes as uninitialised. Memcheck then reports branches and addresses that depend on them.
pub(crate) fn hide(bytes: &[u8]) {
    memcheck(1, bytes);
}

/// Marks bytes as initialised.
pub(crate) fn publish(bytes: &[u8]) {
    memcheck(2, bytes);
}

fn memcheck(code: usize, bytes: &[u8]) {
    request(0x4d43_0000 | code, [bytes.as_ptr().addr(), bytes.len()]);
}

/// Sends a request to valgrind and returns the result. Returns 0 outside of valgrind.
#[cfg(target_arch = "x86_64")]
fn request(code: usize, arguments: [usize; 2]) -> usize {
    let request = [code, arguments[0], arguments[1], 0, 0, 0];
    let mut answer = 0;
    // SAFETY: the rotations add up to 128 bits, and the exchange is of a register with itself. So the
    // instructions change nothing on a processor. Valgrind reads the six words and the memory that they point
    // to; both outlive the request.
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

/// Not supported: client requests use different instructions on each kind of processor.
#[cfg(not(target_arch = "x86_64"))]
fn request(_: usize, _: [usize; 2]) -> usize {
    0
}
