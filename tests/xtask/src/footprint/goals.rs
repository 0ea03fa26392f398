//! The promised limits of the figures.

use super::board::BOARDS;
use super::figures::Figures;
use crate::step::Outcome;

/// The maximum of one figure of an image on each board.
struct Goal {
    bin: &'static str,
    figure: &'static str,
    most: [u64; BOARDS.len()],
}

#[rustfmt::skip]
const GOALS: [Goal; 6] = [
    Goal { bin: "sign", figure: "flash", most: [4_096, 3_712, 4_608] },
    Goal { bin: "sign", figure: "static", most: [0; 3] },
    Goal { bin: "sign", figure: "stack", most: [1_024; 3] },
    Goal { bin: "sign", figure: "instructions", most: [203_000, 118_000, 160_000] },
    Goal { bin: "cached", figure: "instructions", most: [60_000, 34_000, 47_000] },
    Goal { bin: "cached", figure: "instructions_speed", most: [42_000, 21_000, 34_000] },
];

/// Fails if a goal is missed or was not measured.
pub(crate) fn check(figures: &Figures) -> Outcome {
    let missed = missed(figures);
    if missed.is_empty() { Ok(()) } else { Err(missed.join("\n").into()) }
}

fn missed(figures: &Figures) -> Vec<String> {
    let each = GOALS.iter().flat_map(|goal| BOARDS.iter().zip(goal.most).map(move |at| (goal, at)));
    let missed = each.filter_map(|(Goal { bin, figure, .. }, (board, most))| {
        let board = board.name;
        match figures.get(board, bin, figure) {
            Some(is) if is <= most => None,
            Some(is) => Some(format!("{board} {bin}: {figure} {is}, at most {most} is promised")),
            None => Some(format!("{board} {bin}: {figure} is not measured, at most {most} is promised")),
        }
    });
    missed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(beyond: u64) -> Figures {
        let mut figures = Figures::new("rustc 1".to_owned());
        for goal in &GOALS {
            for (board, most) in BOARDS.iter().zip(goal.most) {
                figures.add(board.name, goal.bin, goal.figure, most.saturating_add(beyond));
            }
        }
        figures
    }

    #[test]
    fn each_goal_is_checked_on_each_board() {
        assert!(check(&all(0)).is_ok());
        assert_eq!(missed(&all(1)).len(), 3 * GOALS.len());
        let mut one = all(0);
        one.add("RV32", "sign", "flash", 4_609);
        assert_eq!(missed(&one), ["RV32 sign: flash 4609, at most 4608 is promised"]);
    }

    #[test]
    fn a_figure_that_is_not_measured_misses_its_goal() {
        let none = Figures::new("rustc 1".to_owned());
        assert_eq!(missed(&none).len(), 3 * GOALS.len());
    }
}
