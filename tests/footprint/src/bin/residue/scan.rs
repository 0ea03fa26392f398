//! The search through all RAM.

use crate::needles::{Needles, WINDOW};

/// As it is, and as the two pads of HMAC have it.
const MASKS: [(u8, [&[u8]; 2]); 3] = [
    (0, [b"", b" in words"]),
    (0x36, [b", inner pad", b", inner pad in words"]),
    (0x5c, [b", outer pad", b", outer pad in words"]),
];

/// What should not be there.
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

/// Tells every find. What is searched for is passed over: it is not there as it is searched for.
pub(crate) fn all(needles: &Needles, tell: &mut dyn FnMut(Hit)) {
    let (mut at, end) = ((&raw const __sdata).expose_provenance(), (&raw const _stack_start).addr());
    let own = core::ptr::from_ref(needles).addr();
    while at < end.saturating_sub(WINDOW) {
        if at == own {
            at = at.saturating_add(size_of::<Needles>());
        }
        at = match found(needles, at) {
            Some(hit) => {
                tell(hit);
                at.saturating_add(8)
            }
            None => at.saturating_add(1),
        };
    }
}

fn found(needles: &Needles, at: usize) -> Option<Hit> {
    let there: [u8; WINDOW] = core::array::from_fn(|place| byte(at.saturating_add(place)));
    // Paint and zeros, of which most of the RAM is, are nothing that is searched for.
    if there.first_chunk::<4>() == there.get(4..).and_then(|there| there.first_chunk()) {
        return None;
    }
    MASKS.iter().find_map(|(mask, forms)| {
        needles.0.iter().find_map(|needle| {
            let form = forms.get(needle.has(&there, *mask)?)?;
            Some(Hit { name: needle.name, form, at })
        })
    })
}

fn byte(at: usize) -> u8 {
    // SAFETY: an address in RAM; any byte of it can be read.
    unsafe { core::ptr::with_exposed_provenance::<u8>(at).read_volatile() }
}
