//! The search through all RAM.

use crate::needles::{Needle, Needles};

/// How many bytes in a row make a find.
const WINDOW: usize = 8;

/// As it is, as the two pads of HMAC have it, and all three as the hash has them: in words whose first
/// byte is the highest.
const FORMS: [(&[u8], u8, usize); 6] = [
    (b"", 0, 0),
    (b", inner pad", 0x36, 0),
    (b", outer pad", 0x5c, 0),
    (b" in words", 0, 3),
    (b", inner pad in words", 0x36, 3),
    (b", outer pad in words", 0x5c, 3),
];

/// Eight bytes in a row of something that should not be there.
pub(crate) struct Hit {
    pub(crate) name: &'static str,
    pub(crate) form: &'static [u8],
    pub(crate) at: usize,
}

unsafe extern "C" {
    // From the runtimes: where RAM begins and ends.
    static __sdata: u8;
    static _stack_start: u8;
}

/// Tells every find.
pub(crate) fn all(needles: &Needles, tell: &mut dyn FnMut(Hit)) {
    let (mut at, end) = ((&raw const __sdata).expose_provenance(), (&raw const _stack_start).addr());
    while at < end.saturating_sub(WINDOW) {
        at = match found(needles, at) {
            Some(hit) => {
                tell(hit);
                at.saturating_add(WINDOW)
            }
            None => at.saturating_add(1),
        };
    }
}

fn found(needles: &Needles, at: usize) -> Option<Hit> {
    let there: [u8; WINDOW] = core::array::from_fn(|place| byte(at.saturating_add(place)));
    // Paint and zeros, of which most of the RAM is, are nothing that is searched for.
    if there.first_chunk::<4>() == there.last_chunk::<4>() {
        return None;
    }
    needles.0.iter().find_map(|needle| {
        let (form, ..) = FORMS.iter().find(|(_, mask, order)| is_in(&there, needle, *mask, *order))?;
        Some(Hit { name: needle.name, form, at })
    })
}

fn is_in(there: &[u8; WINDOW], needle: &Needle, mask: u8, order: usize) -> bool {
    (0..=needle.len.saturating_sub(WINDOW)).any(|from| {
        let mut window = there.iter().enumerate();
        window.all(|(place, byte)| needle.byte(from.saturating_add(place) ^ order) ^ mask == *byte)
    })
}

fn byte(at: usize) -> u8 {
    // SAFETY: an address in RAM; any byte of it can be read.
    unsafe { core::ptr::with_exposed_provenance::<u8>(at).read_volatile() }
}
