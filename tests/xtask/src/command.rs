//! Runs other programs and prints their command lines.

use std::env;
use std::fmt::Display;
use std::io::{BufRead, BufReader};
use std::process::{Command, ExitStatus, Stdio};

use crate::step::Outcome;

/// Runs a program that writes to this process's output.
pub(crate) fn run(command: &mut Command) -> Outcome {
    run_to(command, &[0])
}

/// Like [`run`], but succeeds with any of these exit codes.
pub(crate) fn run_to(command: &mut Command, codes: &[i32]) -> Outcome {
    let line = line(command);
    println!("$ {line}");
    ended(&line, command.status(), codes)
}

/// Like [`run`], and returns what the program printed on standard output.
pub(crate) fn run_and_read(command: &mut Command) -> Outcome<String> {
    let mut output = String::new();
    run_by_line(command, |line| {
        println!("{line}");
        output.extend([line, "\n"]);
    })?;
    Ok(output)
}

/// Like [`run`], but passes each line of standard output on instead of printing it.
pub(crate) fn run_by_line(command: &mut Command, mut each: impl FnMut(&str)) -> Outcome {
    let line = line(command);
    println!("$ {line}");
    let child = command.stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|cause| format!("could not start `{line}`: {cause}"))?;
    for printed in child.stdout.take().into_iter().flat_map(|it| BufReader::new(it).lines()) {
        each(&printed?);
    }
    ended(&line, child.wait(), &[0])
}

/// Runs a program quietly and returns what it printed on standard output.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let output = command.stderr(Stdio::inherit()).output();
    ended(&line(command), output.as_ref().map(|it| it.status), &[0])?;
    Ok(String::from_utf8_lossy(&output?.stdout).into_owned())
}

/// The sum of the numbers that stand between these words in what a program printed.
pub(crate) fn sum(output: &str, before: &str, after: &str) -> usize {
    let ends = output.split(before).skip(1);
    ends.filter_map(|end| end.split_once(after)?.0.parse::<usize>().ok()).sum()
}

fn ended(line: &str, status: Result<ExitStatus, impl Display>, codes: &[i32]) -> Outcome {
    match status {
        Ok(status) if status.code().is_some_and(|code| codes.contains(&code)) => Ok(()),
        Ok(status) => Err(format!("`{line}` ended with {status}").into()),
        Err(cause) => Err(format!("could not start `{line}`: {cause}").into()),
    }
}

/// The command as a user would type it in a shell.
fn line(command: &Command) -> String {
    let here = env::current_dir().ok();
    let elsewhere = command.get_current_dir().filter(|folder| here.as_deref() != Some(*folder));
    let folder = elsewhere.map(|folder| format!("cd {} &&", quoted(&folder.to_string_lossy())));
    let variables = command.get_envs().filter_map(|(key, value)| {
        let value = value?.to_string_lossy();
        Some(format!("{}={}", key.to_string_lossy(), quoted(&value)))
    });
    let program = command.get_program().to_string_lossy();
    let arguments = command.get_args().map(|argument| quoted(&argument.to_string_lossy()));
    let words = folder.into_iter().chain(variables).chain([program.into_owned()]).chain(arguments);
    words.collect::<Vec<_>>().join(" ")
}

/// Quotes a word for a shell. Masks a key, because logs are public.
fn quoted(word: &str) -> String {
    if word.starts_with("key=") {
        return "key=…".to_owned();
    }
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./:=,+%@^".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::line;

    #[test]
    fn a_command_is_printed_as_it_would_be_typed_without_a_key() {
        let mut command = Command::new("cargo");
        command.current_dir("/elsewhere").env("RUSTDOCFLAGS", "-D warnings").env_remove("CI");
        command.args(["doc", "--features", "", "it's", "id=AKID", "key=secret"]);
        let typed =
            r"cd /elsewhere && RUSTDOCFLAGS='-D warnings' cargo doc --features '' 'it'\''s' id=AKID key=…";
        assert_eq!(line(&command), typed);
    }
}
