//! The search through all RAM.

use crate::needles::{Needles, WINDOW};

/// Masks for a key as it is, a key XORed with HMAC's ipad, and a key XORed with opad.
const MASKS: [(u8, [&[u8]; 2]); 3] = [
    (0, [b"", b", in words"]),
    (0x36, [b" XOR ipad", b" XOR ipad, in words"]),
    (0x5c, [b" XOR opad", b" XOR opad, in words"]),
];

/// A copy of a needle in RAM.
pub(crate) struct Hit {
    pub(crate) name: &'static str,
    pub(crate) form: &'static [u8],
    pub(crate) at: usize,
}

unsafe extern "C" {
    // The start and the end of RAM, defined by the runtimes.
    static __sdata: u8;
    static _stack_start: u8;
}

/// Reports every hit, except in the needles themselves.
pub(crate) fn all(needles: &Needles, report: &mut dyn FnMut(Hit)) {
    let (mut at, end) = ((&raw const __sdata).expose_provenance(), (&raw const _stack_start).addr());
    let own = core::ptr::from_ref(needles).addr();
    while at < end.saturating_sub(WINDOW) {
        if at == own {
            at = at.saturating_add(size_of::<Needles>());
        }
        at = match hit(needles, at) {
            Some(hit) => {
                report(hit);
                at.saturating_add(8)
            }
            None => at.saturating_add(1),
        };
    }
}

fn hit(needles: &Needles, at: usize) -> Option<Hit> {
    let bytes: [u8; WINDOW] = core::array::from_fn(|place| byte(at.saturating_add(place)));
    // Skips paint and zeros, which fill most of RAM.
    if bytes.first_chunk::<4>() == bytes.get(4..).and_then(|bytes| bytes.first_chunk()) {
        return None;
    }
    MASKS.iter().find_map(|(mask, forms)| {
        needles.0.iter().find_map(|needle| {
            let form = forms.get(needle.has(&bytes, *mask)?)?;
            Some(Hit { name: needle.name, form, at })
        })
    })
}

fn byte(at: usize) -> u8 {
    // SAFETY: the address is in RAM, which can be read.
    unsafe { core::ptr::with_exposed_provenance::<u8>(at).read_volatile() }
}
