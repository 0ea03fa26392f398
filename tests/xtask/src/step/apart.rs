//! Runs the steps of a task on two processor cores.
//!
//! Most steps keep one core busy: they link, emulate or count instructions. Those that depend on no other step run in
//! processes of their own, one after the other, beside the steps of this process. When this process has no more steps,
//! it takes over the last ones of those.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

use super::{Outcome, Repeat, Report, Step};

/// Runs the steps, and returns how many ran and were not skipped. The program and its arguments run the step whose
/// name is added to them. After a failure, which is the error, no step is started.
pub(super) fn run_and_count(steps: Vec<Step<'_>>, repeat: Repeat<'_>, program: &[PathBuf]) -> Outcome<usize> {
    let mut report = Report::default();
    let (mut apart, here): (Vec<_>, Vec<_>) = steps.into_iter().partition(|step| step.is_apart);
    let waiting = Mutex::new(apart.iter().map(|step| step.name.clone()).collect::<VecDeque<_>>());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let last = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_back();
    let (sender, ended) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            while let Some(name) = next() {
                let start = Instant::now();
                let end = run_apart(program, &name);
                // The receiver lives as long as this thread.
                let _ = sender.send((name, start.elapsed(), end));
            }
        });
        let add = |report: &mut Report, (name, time, end): (String, _, io::Result<(String, ExitStatus)>)| {
            let outcome = end.map_err(Into::into).and_then(|(printed, status)| {
                println!("\n{}", printed.trim());
                if status.success() { Ok(()) } else { Err(format!("{name}: see its output above").into()) }
            });
            report.add(&name, time, outcome, repeat);
        };
        for step in here {
            ended.try_iter().for_each(|it| add(&mut report, it));
            report.run(step, repeat);
        }
        while let Some(name) = last() {
            ended.try_iter().for_each(|it| add(&mut report, it));
            let taken = apart.extract_if(.., |step| step.name == name);
            taken.for_each(|step| report.run(step, repeat));
        }
        ended.iter().for_each(|it| add(&mut report, it));
    });
    report.end()
}

/// Runs a step in another process, and returns what it printed.
fn run_apart(program: &[PathBuf], name: &str) -> io::Result<(String, ExitStatus)> {
    let (mut reader, writer) = io::pipe()?;
    let [program, arguments @ ..] = program else { return Err(io::ErrorKind::NotFound.into()) };
    let mut command = Command::new(program);
    command.args(arguments).arg(name).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // The output ends when no process can write any more.
    drop(command);
    let mut printed = String::new();
    reader.read_to_string(&mut printed)?;
    Ok((printed, child.wait()?))
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;
    use std::time::Duration;

    use super::super::Step;
    use super::run_and_count;

    #[test]
    fn each_step_runs_once_and_the_failure_of_another_process_is_one() {
        let run = |first: &str| {
            // Time for the other process to take the first step.
            let waits = || {
                sleep(Duration::from_millis(200));
                Ok(())
            };
            let unexpected = || Err("run in this process".into());
            let steps = vec![
                Step::new("waits", waits),
                Step::new(first, unexpected).apart(),
                Step::new("last", || Ok(())).apart(),
            ];
            let program = ["sh", "-c", "test \"$0\" != fails"].map(Into::into);
            let ran = run_and_count(steps, &|name| format!("xtask {name}"), &program);
            ran.map_err(|failure| failure.to_string())
        };
        assert_eq!(run("passes"), Ok(3));
        assert_eq!(run("fails"), Err("fails: see its output above\nto repeat: xtask fails".to_owned()));
    }
}
