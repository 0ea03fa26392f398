//! A stand-in for the emulator shows what the runner of the images refuses.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn a_case_passes_only_as_it_expects_from_an_emulator_that_starts() {
    let emulator = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/emulator");
    let images = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for image in [
        "thumbv7em-none-eabihf/release/cortex-m-uart",
        "thumbv7em-none-eabihf/release/cortex-m-uart.terse",
        "thumbv7em-none-eabihf/release/cortex-m-ethernet",
        "riscv32imc-unknown-none-elf/release/riscv32-uart",
    ] {
        fs::create_dir_all(images.join(image).parent().unwrap()).unwrap();
        fs::write(images.join(image), "/dev/urandom\0").unwrap();
    }
    let unset = "echo 'error: clock was not set'; echo measured: insns-per-ms=1000000; exit";
    let slow = "echo 'error: clock was not set'; echo measured: insns-per-ms=10000000; exit 1";
    let other =
        r#"/bin/bash -c 'for it; do case $it in tcp:*) echo none >/dev/${it//://};; esac; done' - "$@""#;
    let late = "echo 'error: late'; exit 1".to_owned();
    let done = "echo 'result: ok status=200 '";
    for (path, case, script, passes, says) in [
        (emulator, "clock unset", format!("{unset} 1"), true, "3 runs, 0 failed"),
        (emulator, "clock unset", slow.to_owned(), false, "in a millisecond of the board's clock, not Some"),
        (emulator, "clock unset", format!("{unset} 0"), false, "expected: status 1\nthe emulator"),
        (emulator, "clock unset", format!("{unset} 101"), false, "expected: status 1\nthe emulator"),
        (emulator, "clock unset", format!("[ $2 = virt ] || exit 1; {unset} 1"), false, "3 runs, 2 failed"),
        (emulator, "clock unset", format!("{other}; {unset} 1"), false, "from the random bytes, not None"),
        (emulator, "clock unset", late, false, "expected: a last error line"),
        (emulator, "TC3 POST", format!("{done}; kill -9 $$"), false, "expected: status 0\n"),
        (emulator, "TC3 POST", done.to_owned(), false, "expected: verdicts: POST TC3-HMAC-SHA256 Descr"),
        ("", "clock unset", format!("{unset} 1"), false, " could not be run: No such file"),
    ] {
        let mut runner = Command::new(env!("CARGO_BIN_EXE_firmware"));
        runner.arg(images).args(["only", case]).env("PATH", path);
        let output = runner.env("SCRIPT", &script).output().unwrap();
        let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let as_expected = output.status.success() == passes && printed.contains(says);
        assert!(as_expected, "{script}: {} without `{says}`\n{printed}", output.status);
    }
}
