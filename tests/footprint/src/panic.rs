//! What a panic comes to: nothing, for there is none.

use core::panic::PanicInfo;

#[cfg(not(feature = "panic-never"))]
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    semihosting::process::exit(101)
}

#[cfg(feature = "panic-never")]
unsafe extern "C" {
    // Defined nowhere: only what cannot panic can be linked.
    fn a_panic_can_be_reached() -> !;
}

#[cfg(feature = "panic-never")]
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: never called, as it is never linked.
    unsafe { a_panic_can_be_reached() }
}
