#!/bin/sh
# usage: debian.sh SCRATCH SYSROOT RELEASE TARGET...
#
# Puts the standard library's sources into the sysroot, from Debian's package `rust-src`, and `core` and `alloc` for
# the targets, built from them. For machines where rustup cannot download. Changes neither apt's state nor the
# system: the package list is private, and the package is only unpacked.
set -eu
scratch=$1 rustlib=$2/lib/rustlib release=$3
shift 3
rm -rf "$scratch"
mkdir -p "$scratch/lists/partial" "$scratch/archives/partial" "$scratch/src"
cd "$scratch"

if [ ! -e "$rustlib/src/rust/library/Cargo.lock" ]; then
    # This machine's mirror of Debian, in either format of apt's lists.
    mirror=$(cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null |
        sed -En 's/^URIs: *([^ ]+).*/\1/p; s/^deb +(\[[^]]*\] *)?([^ ]+) .*/\2/p' | head -n 1)
    # Each current release of the compiler is in one of these suites.
    for suite in stable stable-backports testing unstable experimental; do
        echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
    done >sources.list
    cat >apt.conf <<END
Dir::Etc::sourcelist "$scratch/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$scratch/lists";
Dir::Cache::archives "$scratch/archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Languages "none";
APT::Sandbox::User "root";
END
    export APT_CONFIG="$scratch/apt.conf"
    apt-get update -qq
    # The newest package of the same minor release. The patch release may differ.
    version=$(apt-cache madison rust-src |
        awk -v minor="${release%.*}." 'index($3, minor) == 1 { print $3; exit }')
    if [ -z "$version" ]; then
        echo "Debian has no rust-src for rustc $release" >&2
        exit 1
    fi
    apt-get download -qq "rust-src=$version"
    dpkg-deb -x rust-src_*.deb unpacked
    # A copy beside its place, then a rename, so that no partial copy is used.
    rm -rf "$rustlib/src/rust/partial"
    mkdir -p "$rustlib/src/rust"
    cp -r unpacked/usr/src/rustc-*/library "$rustlib/src/rust/partial"
    mv -T "$rustlib/src/rust/partial" "$rustlib/src/rust/library"
fi

if [ $# -gt 0 ]; then
    echo '#![no_std]' >src/lib.rs
    cat >Cargo.toml <<END
[package]
name = "seed"
edition = "2024"
[profile.release]
panic = "abort"
[workspace]
END
    # A stable compiler refuses `-Zbuild-std` without RUSTC_BOOTSTRAP. Rustup's libraries have bitcode too, for
    # link-time optimisation.
    # shellcheck disable=SC2046
    RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes cargo build --quiet --release \
        -Zbuild-std=core,alloc --target-dir target $(printf -- '--target %s ' "$@")
    for target in "$@"; do
        rm -rf "$rustlib/partial" "target/$target/release/deps/"libseed* "${rustlib:?}/$target"
        mkdir -p "$rustlib/partial/lib"
        cp "target/$target/release/deps/"*.rlib "$rustlib/partial/lib"
        mv -T "$rustlib/partial" "$rustlib/$target"
    done
fi
rm -rf "$scratch"
