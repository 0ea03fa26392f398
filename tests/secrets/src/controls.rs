//! Planted defects that must be reported.

use crate::cases::{Case, Outcome, Probe};
use std::hint::black_box;

pub(crate) const BRANCH: Case = Case { name: "a planted branch on the key", verdict: None, run: branch };
pub(crate) const LOOK_UP: Case = Case { name: "a planted look-up by the key", verdict: None, run: look_up };

fn branch(key: &str, probe: &mut dyn Probe) -> Outcome {
    probe.secret(key.as_bytes());
    probe.begin();
    let mut odd = 0u8;
    for byte in key.bytes() {
        if byte & 1 == 1 {
            odd = black_box(odd.wrapping_add(1));
        }
    }
    probe.end();
    Ok(vec![odd])
}

fn look_up(key: &str, probe: &mut dyn Probe) -> Outcome {
    let table: [u8; 16] = black_box(*b"0123456789abcdef");
    probe.secret(key.as_bytes());
    probe.begin();
    let digits: Vec<u8> = key.bytes().filter_map(|byte| table.get(usize::from(byte & 15)).copied()).collect();
    probe.end();
    Ok(digits)
}
