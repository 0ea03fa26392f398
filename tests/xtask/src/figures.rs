//! `tests/figures.toml`: the results of each long task's last full run, with compiler, date and commit.

use std::error::Error;
use std::fs;
use std::num::TryFromIntError;
use std::path::Path;
use std::process::Command;

use toml::{Table, Value};

use crate::command::read;
use crate::setup::rustup;
use crate::step::Outcome;
use crate::workspace::Workspace;

const PLACE: &str = "tests/figures.toml";

const FIGURES: &str = "figures";

const HEAD: &str = "# The figures of each long task's last full run that passed. Written by the tasks: see `cargo xtask long`.\n\n";

/// Records the figures of a task that used the default compiler.
///
/// `task` is what follows `cargo xtask`, such as `panics --all`.
pub(crate) fn record(workspace: &Workspace, task: &str, figures: &[(&str, u64)]) -> Outcome {
    write(workspace, task, figures, &mut Command::new("rustc"))
}

/// Like [`record`], for a task that used the nightly compiler.
pub(crate) fn record_nightly(workspace: &Workspace, task: &str, figures: &[(&str, u64)]) -> Outcome {
    write(workspace, task, figures, rustup::with_nightly(&mut Command::new("rustc")))
}

fn write(workspace: &Workspace, task: &str, figures: &[(&str, u64)], rustc: &mut Command) -> Outcome {
    let compiler = read(rustc.arg("--version"))?;
    let date = read(Command::new("date").args(["-u", "+%F"]))?;
    let origin = [("compiler", compiler), ("date", date), ("commit", commit(&workspace.root)?)];
    let place = workspace.root.join(PLACE);
    let mut all = all(&place)?;
    all.insert(key(task).to_owned(), entry(task, &origin, figures)?.into());
    Ok(fs::write(place, format!("{HEAD}{all}"))?)
}

/// The current commit, with `-dirty` appended if a tracked file differs from the commit. `tests/figures.toml` may
/// differ, because `cargo xtask long` changes it after each task.
fn commit(root: &Path) -> Result<String, Box<dyn Error>> {
    let commit = read(git(root).args(["rev-parse", "--short", "HEAD"]))?;
    let but_the_table = format!(":(exclude){PLACE}");
    let mut status = git(root);
    let changed =
        read(status.args(["status", "--porcelain", "--untracked-files=no", "--", ".", &but_the_table]))?;
    Ok(format!("{}{}", commit.trim(), if changed.is_empty() { "" } else { "-dirty" }))
}

/// A git command in this folder, even if a git hook started this process.
fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(folder).env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE").env_remove("GIT_WORK_TREE");
    git
}

fn all(place: &Path) -> Result<Table, Box<dyn Error>> {
    // The file does not exist before the first record.
    Ok(fs::read_to_string(place).unwrap_or_default().parse()?)
}

/// The task's name without arguments: each task has one entry.
fn key(task: &str) -> &str {
    task.split(' ').next().unwrap_or(task)
}

/// The figures are a separate table, because a figure can be called `date`.
fn entry(task: &str, origin: &[(&str, String)], figures: &[(&str, u64)]) -> Result<Table, Box<dyn Error>> {
    let figures =
        figures.iter().map(|(name, figure)| Ok(((*name).to_owned(), i64::try_from(*figure)?.into())));
    let figures: Table = figures.collect::<Result<_, TryFromIntError>>()?;
    let mut entry = Table::new();
    entry.insert("command".to_owned(), format!("cargo xtask {task}").into());
    entry.extend(origin.iter().map(|(name, text)| ((*name).to_owned(), text.trim().into())));
    entry.insert(FIGURES.to_owned(), figures.into());
    Ok(entry)
}

/// Checks that the file has an entry for each long task and no other.
pub(crate) fn check(workspace: &Workspace, long: &[&str]) -> Outcome {
    match difference(&all(&workspace.root.join(PLACE))?, long).as_slice() {
        [] => Ok(()),
        differences => Err(format!("{PLACE}: {}", differences.join("; ")).into()),
    }
}

fn difference(all: &Table, long: &[&str]) -> Vec<String> {
    let command = |task: &&str| format!("cargo xtask {task}");
    let has = |task: &&&str| {
        let entry = all.get(key(task));
        let figures = entry.and_then(|it| it.get(FIGURES)).and_then(Value::as_table);
        let value = |name| entry.and_then(|it| it.get(name)).and_then(Value::as_str);
        figures.is_some_and(|it| it.values().any(Value::is_integer))
            && value("command") == Some(&command(task))
            && ["compiler", "date", "commit"].map(value).iter().all(Option::is_some)
    };
    let absent =
        long.iter().filter(|task| !has(task)).map(|task| format!("`{}` has no figures", command(task)));
    let known = |name: &&String| long.iter().any(|task| key(task) == name.as_str());
    let unknown = all.keys().filter(|name| !known(name)).map(|name| format!("`{name}` is not a long task"));
    absent.chain(unknown).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panic")]

    use std::path::Path;
    use std::{env, fs, process};

    use toml::Table;

    use super::{PLACE, commit, difference, entry, git, key};

    fn run_git(folder: &Path, arguments: &[&str]) {
        let settings = ["user.name=tester", "user.email=tester@localhost", "commit.gpgsign=false"];
        let mut git = git(folder);
        git.args(settings.iter().flat_map(|it| ["-c", it])).args(arguments);
        assert!(git.status().unwrap().success(), "git {arguments:?}");
    }

    fn origin() -> [(&'static str, String); 3] {
        [("compiler", "rustc 1.95.0\n"), ("date", "2026-01-01\n"), ("commit", "3296435\n")]
            .map(|(name, text)| (name, text.to_owned()))
    }

    fn recorded(tasks: &[&str]) -> Table {
        let entry = |task: &&str| entry(task, &origin(), &[("images", 24)]).unwrap();
        tasks.iter().map(|task| (key(task).to_owned(), entry(task).into())).collect()
    }

    #[test]
    fn a_missing_and_an_unknown_task_are_reported() {
        let recorded = recorded(&["panics --all", "gates"]);
        assert!(difference(&recorded, &["panics --all", "gates"]).is_empty());
        assert_eq!(
            difference(&recorded, &["panics --all", "fuzz"]),
            ["`cargo xtask fuzz` has no figures", "`gates` is not a long task",]
        );
    }

    #[test]
    fn figures_of_other_arguments_do_not_count() {
        let found = difference(&recorded(&["panics"]), &["panics --all"]);
        assert_eq!(found, ["`cargo xtask panics --all` has no figures"]);
    }

    #[test]
    fn an_entry_without_figures_is_reported() {
        let mut recorded = recorded(&["gates"]);
        recorded["gates"]["figures"].as_table_mut().unwrap().remove("images");
        assert_eq!(difference(&recorded, &["gates"]), ["`cargo xtask gates` has no figures"]);
    }

    #[test]
    fn figures_without_compiler_date_or_commit_are_reported() {
        for name in ["compiler", "date", "commit"] {
            let mut recorded = recorded(&["gates"]);
            recorded["gates"].as_table_mut().unwrap().remove(name);
            assert_eq!(difference(&recorded, &["gates"]), ["`cargo xtask gates` has no figures"], "{name}");
        }
    }

    #[test]
    fn a_figure_may_be_called_date() {
        let names = [("date", 1), ("compiler", 2), ("command", 3)];
        let entry = entry("fuzz 30", &origin(), &names).unwrap();
        assert_eq!(
            entry.to_string(),
            "command = \"cargo xtask fuzz 30\"\ncommit = \"3296435\"\ncompiler = \"rustc 1.95.0\"\n\
             date = \"2026-01-01\"\n\n\
             [figures]\ncommand = 3\ncompiler = 2\ndate = 1\n"
        );
    }

    #[test]
    fn a_changed_source_makes_the_commit_dirty_and_changed_figures_do_not() {
        let folder = env::temp_dir().join(format!("figures-commit-{}", process::id()));
        fs::create_dir_all(folder.join("tests")).unwrap();
        for file in [PLACE, "signer.rs"] {
            fs::write(folder.join(file), "measured").unwrap();
        }
        run_git(&folder, &["init", "--quiet"]);
        run_git(&folder, &["add", "."]);
        run_git(&folder, &["commit", "--quiet", "--message=all"]);
        let clean = commit(&folder).unwrap();
        assert!(clean.len() >= 7 && clean.chars().all(|it| it.is_ascii_hexdigit()), "{clean}");

        fs::write(folder.join(PLACE), "the figures of another task").unwrap();
        assert_eq!(commit(&folder).unwrap(), clean);
        fs::write(folder.join("signer.rs"), "another signer").unwrap();
        assert_eq!(commit(&folder).unwrap(), format!("{clean}-dirty"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_compiler_or_date_that_is_not_a_string_is_reported() {
        for lost in ["compiler", "date"] {
            let mut recorded = recorded(&["gates"]);
            recorded["gates"][lost] = 317_934.into();
            assert_eq!(difference(&recorded, &["gates"]), ["`cargo xtask gates` has no figures"]);
        }
    }
}
