//! A stand-in for the emulator shows what the runner of the images refuses.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Runs the cases of a clock that was not set, with this shell script as the emulator.
fn run(script: &str) -> (bool, String) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("runner");
    fs::create_dir_all(&folder).unwrap();
    for name in ["qemu-system-arm", "qemu-system-riscv32"] {
        fs::write(folder.join(name), script).unwrap();
        fs::set_permissions(folder.join(name), PermissionsExt::from_mode(0o755)).unwrap();
    }
    let mut runner = Command::new(env!("CARGO_BIN_EXE_firmware"));
    let output = runner.arg(&folder).args(["only", "clock unset"]).env("PATH", &folder).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn a_case_passes_only_with_its_status_and_its_last_error_from_an_emulator_that_starts() {
    for (script, passes, says) in [
        ("echo 'error: clock was not set'; exit 1", true, "3 runs, 0 failed"),
        (
            "echo 'error: clock was not set'; exit 0",
            false,
            "expected: status 1\nthe emulator ended with status 0",
        ),
        ("echo 'error: clock was not set'; exit 101", false, "expected: status 1"),
        ("echo 'error: clock was not set'; kill -9 $$", false, "expected: status 1"),
        ("echo 'error: clock was not set'; echo 'error: late'; exit 1", false, "expected: a last error line"),
        ("[ $2 = virt ] && echo 'error: clock was not set'; exit 1", false, "3 runs, 2 failed"),
    ] {
        let (passed, printed) = run(&format!("#!/bin/sh\n{script}\n"));
        assert!(passed == passes && printed.contains(says), "{script}: passed: {passed}\n{printed}");
    }
    let (passed, printed) = run("#!/no/such/interpreter\n");
    assert!(
        !passed && printed.contains("clock unset on cortex-m-uart could not be run"),
        "{passed}\n{printed}"
    );
}
