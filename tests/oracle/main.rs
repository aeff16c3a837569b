//! The decision, made a second time by other means: rules and viewer are translated into Cedar policies
//! and a request, and Cedar's answer must be `decide`'s.
//!
//! The translation is written from DESIGN.md alone and shares no code with `playback-policy`: it reads
//! header texts and geolocation labels, as they travel, by itself.
//!
//! `cargo xtask oracle` compares for longer. By hand `PLAYBACK_ORACLE_PAIRS` says how many pairs, and
//! `PLAYBACK_ORACLE_SEED` makes them the same ones again.

/// What the policy decides.
mod candidate;
/// Rules and viewers as they are written, and rows of the scenario tables.
mod case;
/// Random rules, and viewers at their borders.
mod generate;
/// Many pairs, compared.
mod run;
/// Large cases made small.
mod shrink;
/// Rules and viewers in Cedar.
mod translate;
/// What Cedar decides.
mod verdict;

use run::Run;
use verdict::Oracle;

#[test]
fn policy_and_cedar_decide_alike() {
    Run::from_environment(20_000).compare();
}

/// What people wrote down to be right must be so for the oracle, too.
#[test]
fn cedar_decides_every_row_of_the_tables_as_it_wants() {
    let rows = case::rows();
    assert!(rows.len() > 500, "{} rows", rows.len());
    let complaints = rows.iter().filter_map(|row| {
        let rules = row.rules();
        let verdict = Oracle::new(&rules).verdict_at_any_rate(&row.viewer);
        let holds = verdict.answers.contains(&row.want);
        (!holds).then(|| format!("{row}# the oracle: {:?}\n", verdict.answers))
    });
    let complaints: Vec<_> = complaints.collect();
    assert!(
        complaints.is_empty(),
        "rows do not hold:\n\n{}",
        complaints.join("\n")
    );
}

#[test]
fn policies_and_requests_fit_the_schema() {
    let schema = translate::schema();
    let mut rng = fastrand::Rng::with_seed(11);
    for _ in 0..300 {
        let rules = generate::rules(&mut rng);
        let who = generate::viewer(&mut rng, &rules);
        if let Err(error) = Oracle::new(&rules).check(&schema, &who) {
            panic!("{error}");
        }
    }
}
