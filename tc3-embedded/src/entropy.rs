//! Where randomness comes from.
