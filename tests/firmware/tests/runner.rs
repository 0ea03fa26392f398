//! A stand-in for the emulator shows what the runner of the images refuses.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

#[test]
fn a_case_passes_only_as_it_expects_from_an_emulator_that_starts() {
    let emulator = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/emulator");
    let unset = "echo 'error: clock was not set'; exit";
    let done = "echo 'result: ok status=200 '";
    for (path, case, script, passes, says) in [
        (emulator, "clock unset", format!("{unset} 1"), true, "3 runs, 0 failed"),
        (emulator, "clock unset", format!("{unset} 0"), false, "expected: status 1\nthe emulator"),
        (emulator, "clock unset", format!("{unset} 101"), false, "expected: status 1\nthe emulator"),
        (emulator, "clock unset", format!("[ $2 = virt ] || exit 1; {unset} 1"), false, "3 runs, 2 failed"),
        (
            emulator,
            "clock unset",
            "echo 'error: late'; exit 1".to_owned(),
            false,
            "expected: a last error line",
        ),
        (emulator, "TC3 POST", format!("{done}; kill -9 $$"), false, "expected: status 0\n"),
        (
            emulator,
            "TC3 POST",
            "echo 'result: failed'".to_owned(),
            false,
            "expected: a line with `result: ok",
        ),
        (emulator, "TC3 POST", done.to_owned(), false, "expected: verdicts: POST TC3-HMAC-SHA256 Descr"),
        ("", "clock unset", format!("{unset} 1"), false, "clock unset on cortex-m-uart could not be run"),
    ] {
        let mut runner = Command::new(env!("CARGO_BIN_EXE_firmware"));
        runner.arg(env!("CARGO_TARGET_TMPDIR")).args(["only", case]).env("PATH", path);
        let output = runner.env("SCRIPT", &script).output().unwrap();
        let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let as_expected = output.status.success() == passes && printed.contains(says);
        assert!(as_expected, "{script}: {} without `{says}`\n{printed}", output.status);
    }
}
