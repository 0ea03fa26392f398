//! Prints, for each case of the files named, the texts that `tc3-core` signs: one JSON line each.

fn main() {}
