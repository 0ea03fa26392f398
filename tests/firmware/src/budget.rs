//! Compares measurements with the budgets and with the checked-in table.

use std::fmt;

use crate::image::Image;
use crate::table::{BUDGETED, Measured, Metric, thousands};

/// A measurement that is missing, over its budget or worse than the checked-in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    image: Image,
    metric: Metric,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    OverBudget {
        budget: u64,
        measured: u64,
    },
    Worse {
        checked_in: u64,
        measured: u64,
    },
    /// The checked-in table is from another compiler, which may be the cause.
    WorseWithOtherCompiler {
        checked_in: u64,
        measured: u64,
    },
    NotMeasured,
    NotCheckedIn {
        measured: u64,
    },
}

impl Finding {
    /// Whether it fails the run instead of being a warning.
    pub(crate) const fn fails(&self) -> bool {
        !matches!(self.kind, Kind::WorseWithOtherCompiler { .. })
    }
}

pub(crate) fn compare(measured: &Measured, checked_in: &Measured) -> Vec<Finding> {
    let value = |table: &Measured, image, metric| table.images.get(&image)?.get(&metric).copied();
    let mut findings = Vec::new();
    for metric in Metric::ALL {
        let kind = match (metric.budget(), value(measured, BUDGETED, metric)) {
            (Some(_), None) => Kind::NotMeasured,
            (Some(budget), Some(measured)) if measured > budget => Kind::OverBudget { budget, measured },
            _ => continue,
        };
        findings.push(Finding { image: BUDGETED, metric, kind });
    }
    let same_compiler = measured.compiler == checked_in.compiler;
    for (image, metrics) in &measured.images {
        for (metric, measured) in metrics {
            let (image, metric, measured) = (*image, *metric, *measured);
            let kind = match value(checked_in, image, metric) {
                None => Kind::NotCheckedIn { measured },
                Some(checked_in) if !is_worse(metric, measured, checked_in) => continue,
                Some(checked_in) if same_compiler => Kind::Worse { checked_in, measured },
                Some(checked_in) => Kind::WorseWithOtherCompiler { checked_in, measured },
            };
            findings.push(Finding { image, metric, kind });
        }
    }
    findings
}

fn is_worse(metric: Metric, measured: u64, checked_in: u64) -> bool {
    let allowed = 100_u64.saturating_add(metric.tolerance());
    measured.saturating_mul(100) > checked_in.saturating_mul(allowed)
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { image, metric, kind } = self;
        write!(f, "{}{image}, {metric}: ", if self.fails() { "" } else { "warning: " })?;
        match *kind {
            Kind::OverBudget { budget, measured } => {
                write!(f, "{} is over the budget of {}", thousands(measured), thousands(budget))
            }
            Kind::Worse { checked_in, measured } | Kind::WorseWithOtherCompiler { checked_in, measured } => {
                let (measured, checked_in) = (thousands(measured), thousands(checked_in));
                let percent = metric.tolerance();
                write!(f, "{measured} is over {percent} % more than the checked-in {checked_in}")
            }
            Kind::NotMeasured => f.write_str("there is a budget but no measurement"),
            Kind::NotCheckedIn { measured } => write!(
                f,
                "{} is not in the checked-in table: run `cargo xtask firmware measure`",
                thousands(measured)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Kind, compare};
    use crate::image::Image::{self, Riscv32Uart};
    use crate::table::{BUDGETED, Measured, Metric};

    fn budgets() -> impl Iterator<Item = (Metric, u64)> {
        Metric::ALL.into_iter().filter_map(|metric| Some((metric, metric.budget()?)))
    }

    /// Every metric with a budget at its budget, and one metric without a budget.
    fn at_the_limit() -> Measured {
        let images = [(BUDGETED, budgets().collect()), (Riscv32Uart, [(Metric::Flash, 200_000)].into())];
        Measured { compiler: "rustc 1".to_owned(), images: images.into() }
    }

    fn with(image: Image, metric: Metric, value: u64) -> Measured {
        let mut measured = at_the_limit();
        measured.images.entry(image).or_default().insert(metric, value);
        measured
    }

    #[test]
    fn a_table_within_the_budgets_and_equal_to_the_checked_in_one_has_no_findings() {
        assert_eq!(compare(&at_the_limit(), &at_the_limit()), []);
    }

    #[test]
    fn one_over_any_budget_fails() {
        assert_eq!(budgets().count(), 4);
        for (metric, budget) in budgets() {
            let measured = budget.saturating_add(1);
            let over = Finding { image: BUDGETED, metric, kind: Kind::OverBudget { budget, measured } };
            assert_eq!(compare(&with(BUDGETED, metric, measured), &at_the_limit()), [over]);
            assert!(over.fails());
        }
    }

    #[test]
    fn over_one_percent_more_than_checked_in_fails_and_only_warns_with_another_compiler() {
        let (image, metric, checked_in) = (Riscv32Uart, Metric::Flash, 200_000);
        assert_eq!(compare(&with(image, metric, 202_000), &at_the_limit()), []);
        let mut measured = with(image, metric, 202_001);
        let kind = Kind::Worse { checked_in, measured: 202_001 };
        let findings = compare(&measured, &at_the_limit());
        assert_eq!(findings, [Finding { image, metric, kind }]);
        assert!(findings.iter().all(Finding::fails));
        measured.compiler.push_str(" of tomorrow");
        let findings = compare(&measured, &at_the_limit());
        assert_eq!(findings.len(), 1);
        assert!(!findings.iter().any(Finding::fails), "{findings:?}");
    }

    #[test]
    fn a_budget_without_a_measurement_and_a_measurement_not_checked_in_fail() {
        let mut measured = at_the_limit();
        measured.images.remove(&BUDGETED);
        assert_eq!(
            compare(&measured, &at_the_limit()).iter().filter(|it| it.fails()).count(),
            budgets().count()
        );
        let new = with(Riscv32Uart, Metric::PeakStack, 1);
        assert!(compare(&new, &at_the_limit()).iter().any(Finding::fails));
    }
}
