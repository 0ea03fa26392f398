#!/bin/sh
# Makes the folder `$1` with a copy of the workspace, and with `program.sh` in place of every program that a task starts.
set -e
root=$PWD
rm -rf "$1"
mkdir -p "$1/bin" "$1/tree" "$1/target/debug" "$1/sysroot/lib/rustlib/src/rust/library"
tar --create --exclude=./target --exclude=./.git --exclude=./tests/fuzz/corpus . | tar --extract --directory "$1/tree"
cp tests/xtask/tests/program.sh "$1/program.sh"
for program in apt-get cargo curl git id python3 qemu-system-arm qemu-system-riscv32 rustc rustup sudo tar valgrind; do
    ln -s ../program.sh "$1/bin/$program"
done
ln -s ../../program.sh "$1/target/debug/firmware"
cargo metadata --no-deps --format-version 1 |
    sed "s|$root|$1/tree|g; s|\"target_directory\":\"[^\"]*\"|\"target_directory\":\"$1/target\"|" >"$1/metadata.json"
# The compiler of the figures, with all its targets.
sed -n 's/^compiler = "\(.*\)"/\1/p' tests/footprint/sizes.toml >"$1/version"
touch "$1/sysroot/lib/rustlib/src/rust/library/Cargo.lock"
for target in $(sed -n 's/^    "\(.*\)",$/\1/p' rust-toolchain.toml); do
    mkdir -p "$1/sysroot/lib/rustlib/$target/lib"
    touch "$1/sysroot/lib/rustlib/$target/lib/libcore-0.rlib"
done
# The only image whose file xtask copies.
mkdir -p "$1/target/firmware/thumbv7em-none-eabihf/release"
touch "$1/target/firmware/thumbv7em-none-eabihf/release/cortex-m-uart"
