#!/bin/sh
# Stands for every program that a task starts. Writes how it was called to `$FOLDER/calls`. Call number `$FAILS` fails;
# the others answer as if all were well, unless `$ANSWER`, which is shell code, says something else.
name=${0##*/}
eval "${ANSWER-}"
case "$name $1" in
    "rustc --version") exec cat "$FOLDER/version" ;;
    "rustc --print") echo "$FOLDER/sysroot"; exit ;;
    *" --version") exit ;;
    # The copy of the workspace is in no repository.
    "git ls-files") exec find . -type f -print0 ;;
    "tar --"*) PATH=${PATH#*:} exec tar "$@" ;;
    "cargo metadata") case "$*" in *--locked*) ;; *) exec sed "${metadata-}" "$FOLDER/metadata.json" ;; esac ;;
    # What an image prints on a board: RAM without a key, or a number of instructions, which a planted branch changes.
    qemu*)
        image=${*##*-kernel }
        image=${image%% *}
        number=1000
        case $image in
            */residue)
                i=0
                while [ $((i += 1)) -le ${scenes-29} ]; do echo "scene $i"; done
                echo "scene a planted copy"
                echo "20000010${copy-4775357439784741}"
                echo "scene a planted signer"
                echo "200000104775357439784741"
                exit
                ;;
            */${branch-branch}.*) number=$(cksum <"$image") number=${number%% *} ;;
        esac
        echo "instructions ${number%"${number#????}"}"
        echo "stack 100"
        # What the images of the footprint must write.
        [ -n "${wrote-}" ] || sed -n '/writes: "\|^const /{s/\\n/\n/g;p}' "$FOLDER/tree/tests/xtask/src/footprint.rs"
        exit
        ;;
esac

call=
[ "$PWD" = "$FOLDER/tree" ] || call="cd $PWD && "
for variable in CARGO_INCREMENTAL CARGO_PROFILE_DEV_DEBUG CARGO_PROFILE_RELEASE_DEBUG CARGO_PROFILE_RELEASE_OPT_LEVEL \
    CARGO_TARGET_DIR RUSTC_BOOTSTRAP RUSTDOC RUSTDOCFLAGS RUSTFLAGS RUSTUP_TOOLCHAIN TC3_PYTHON; do
    eval "value=\${$variable-unset}"
    [ "$value" = unset ] || call="$call$variable='$value' "
done
echo "$call$name $*" >>"$FOLDER/calls"
count=0
while read -r _; do count=$((count + 1)); done <"$FOLDER/calls"
[ "$count" -ne "$FAILS" ] || exit 1

# The events of libtest for so many tests of each package, as minimums.toml says for a run of this name.
tests() {
    awk -v run="$1" -v less="${less-0}" -v outcome="${outcome-ok}" '
        /^\[/ { gsub(/[]["]/, ""); is_run = $0 == run }
        is_run && $2 == "=" {
            is_doc = run ~ /^doc/
            file = is_doc ? "rust_out" : "all-0"
            path = is_doc ? ($1 ~ /^tc3/ ? "" : "tests/") $1 "/src/lib.rs - " : ""
            printf "{\"type\":\"program\",\"package\":\"%s\",\"file\":\"%s\"}\n", $1, file
            for (i = 1; i <= $3 - ($1 == "tc3-core" ? less : 0); i++)
                printf "{\"type\":\"test\",\"event\":\"ok\",\"name\":\"%s%d\"}\n", path, i
            for (i = 1; i <= ($1 == "tc3-core" ? less : 0); i++)
                printf "{\"type\":\"test\",\"event\":\"%s\",\"name\":\"%s0%d\"}\n", outcome, path, i
        }
    ' "$FOLDER/tree/tests/minimums.toml"
}

# The tests that promises.toml and matrix.toml name, as libtest lists them.
listed() {
    cat "$FOLDER/tree/tests/promises.toml" "$FOLDER/tree/tests/matrix.toml" |
        grep -o '"[a-z0-9-]*::[a-z_0-9]*::[^"]*"' | tr -d '"' | sort -u | grep -v "${absent-^$}" |
        awk '{
            split($0, part, "::")
            name = substr($0, length(part[1] part[2]) + 5)
            if (part[2] == "lib") { part[2] = part[1]; gsub("-", "_", part[2]) }
            printf "{\"type\":\"program\",\"package\":\"%s\",\"file\":\"%s-0\"}\n", part[1], part[2]
            printf "{\"type\":\"test\",\"event\":\"discovered\",\"ignore\":%s,\"name\":\"%s\"}\n", ignored, name
        }' ignored="${ignored-false}"
}

# The start of an ELF file: its header, and the sections .symtab and .strtab with one symbol.
elf() {
    zeros() { head -c "$1" /dev/zero; }
    word() { printf "\\$1" && zeros 3; }
    printf '\177ELF\1\1\1' && zeros 9
    printf '\2\0\50\0' && word 1 && zeros 8 && word 200 && zeros 4
    printf '\64\0\40\0\0\0\50\0\3\0\2\0'
    zeros 16 && word 1 && zeros 12
    printf '\0%-42s\0' "${symbol-main}"
    zeros 40
    zeros 4 && word 2 && zeros 8 && word 64 && word 40 && word 2 && word 1 && word 4 && word 20
    zeros 4 && word 3 && zeros 8 && word 124 && word 54 && zeros 8 && word 1 && zeros 4
}

case "$name $*" in
    "cargo test "*" --list") listed ;;
    "cargo test "*" --format json")
        case "$*" in
            *" --workspace --all-features --tests "*) run=tests ;;
            *" --workspace --all-features --doc "*) run="doc tests" ;;
            *" --package tc3-embedded --test tls refused "*) run="tests of TLS without optional features" ;;
            *" --package tc3-core --no-default-features --tests "*) run="tests of tc3-core without features" ;;
            *" --package tc3-core --no-default-features --doc "*) run="doc tests of tc3-core without features" ;;
            *" --package tc3-embedded --no-default-features --tests "*) run="tests of tc3-embedded without features" ;;
            *" --package tc3-embedded --no-default-features --doc "*) run="doc tests of tc3-embedded without features" ;;
        esac
        tests "$run"
        ;;
    "cargo test --locked") echo "test result: ok. 1 passed"; echo "test result: ok. ${passed-3} passed" ;;
    # The corpus is replayed.
    "cargo test --locked --quiet -- --nocapture") echo "replayed 1 inputs of a"; echo "replayed ${inputs-1789} inputs of b" ;;
    "cargo run "*race*)
        # So many percent of the instructions and times of the core.
        awk -v percent="${percent-100}" '
            /floor/ { percent = 100 }
            percent != 100 && NR > 6 && match($0, /[0-9]+,?$/) && !/allocations/ {
                end = /,$/ ? "," : ""
                sub(/[0-9]+,?$/, int(substr($0, RSTART, RLENGTH) * percent / 100) end)
            }
            { print }
        ' "$FOLDER/tree/tests/bench/table.json" | sed "${table-}"
        ;;
    "cargo build "* | "cargo -Z"*)
        # An image has one symbol, no code, and then its key.
        for it; do
            case $before in
                --target) targets="$targets $it" ;;
                --bin) bins="$bins $it" ;;
                --target-dir) into=$it ;;
            esac
            before=$it
        done
        { elf; echo "${key-Gu5t9xGARNpq86cd98joQYCN3Cozxxxx}"; } >"$FOLDER/image"
        for target in $targets; do
            mkdir -p "$into/$target/release"
            for bin in $bins; do cp "$FOLDER/image" "$into/$target/release/$bin"; done
        done
        ;;
    "cargo package "*)
        rm -rf "$FOLDER/target/package"
        mkdir -p "$FOLDER/target/package"
        version=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"/\1/p' "$FOLDER/tree/Cargo.toml")
        for it; do
            case $it in tc3-*) echo "$it" >"$FOLDER/target/package/$it-$version.crate" ;; esac
        done
        ;;
    "tar -xzmf "*)
        package=${2##*/}
        package=$4/${package%.crate}
        mkdir -p "$package/src"
        for file in Cargo.lock Cargo.toml Cargo.toml.orig LICENSE-APACHE LICENSE-MIT README.md ${packed-}; do
            touch "$package/$file"
        done
        ;;
    "cargo install "*)
        for it; do
            case $before in --version) version=$it ;; --root) into=$it ;; esac
            before=$it
        done
        mkdir -p "$into/bin"
        ln -sf "$FOLDER/program.sh" "$into/bin/$before"
        echo "\"$before $version (\"" >>"$into/.crates.toml"
        ;;
    "python3 -m venv "*)
        mkdir -p "$4/bin"
        ln -sf "$FOLDER/program.sh" "$4/bin/python"
        ;;
    "cargo-mutants "*) echo "[]" ;;
    "cargo mutate "*)
        awk -v less="${less-0}" '
            /^\[/ { is_list = $0 == "[mutants]" }
            is_list && $2 == "=" { for (i = less; i < $3; i++) print "caught " $1 "/src/a.rs:" i ": b" }
        ' "$FOLDER/tree/tests/minimums.toml"
        ;;
    "firmware $FOLDER/target/firmware")
        i=0
        while [ $((i += 1)) -le ${runs-100} ]; do echo "ok    1.0 s  image  case $i"; done
        echo "${figures-20} figures measured, 20 in tests/firmware/measured.toml"
        ;;
    "cargo-fuzz fuzz run "*) echo "stat::number_of_executed_units: ${executions-7}" >&2 ;;
    "valgrind "*)
        i=0
        while [ $((i += 1)) -le ${cases-29} ]; do echo "  ${verdict-ok}        0 (expected: 0)  $i"; done
        echo "  ok       32 (expected: 32)  a planted branch on the key"
        echo "  ok       32 (expected: 32)  a planted look-up by the key"
        ;;
    "cargo-llvm-cov "*report*)
        awk -v root="$FOLDER/tree" -v missed="${missed-0}" 'BEGIN {
            for (i = split("tc3-core tc3-embedded tc3-std", crates, " "); i; i--) {
                print "SF:" root "/" crates[i] "/src/lib.rs"
                for (line = 1; line <= 1000; line++)
                    # 950 of 1,000 lines are enough of two crates.
                    print "DA:" line "," (line > (crates[i] == "tc3-core" ? 0 : 50) + missed)
            }
        }'
        ;;
esac
exit 0
