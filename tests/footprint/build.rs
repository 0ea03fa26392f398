//! Copies the target's `memory.x` to a folder where the linker finds it.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=memory");
    let memory = PathBuf::from("memory").join(env::var("TARGET")?).with_extension("x");
    if memory.exists() {
        let out = PathBuf::from(env::var("OUT_DIR")?);
        fs::copy(memory, out.join("memory.x"))?;
        println!("cargo::rustc-link-search={}", out.display());
        println!("cargo::rustc-link-arg-bins=-Tlink.x");
        println!("cargo::rustc-link-arg-bins=--nmagic");
    }
    Ok(())
}
