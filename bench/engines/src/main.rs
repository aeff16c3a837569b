//! One rule set, and one set of viewers, decided by ours, by a naive scan, and by general policy engines.
//!
//! First all of them must agree, else nothing is measured. Then they are timed in turns.
//! What an engine needs is made before: policies are compiled, sets are built, and each viewer is in the
//! form that the engine is asked with. Only asking is timed.

mod contender;
mod measure;
mod report;
mod restrictions;
mod viewer;

use std::time::{Duration, Instant};

use clap::Parser;
use fastrand::Rng;

use contender::{Contender, ENGINES};
use measure::Turns;
use report::{Measured, Report};
use restrictions::Restrictions;
use viewer::Viewer;

/// How long an engine may take to tell whether it agrees.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Parser)]
#[command(about = "One rule set, decided by several engines")]
struct Arguments {
    /// How many networks the rules name: each number is measured by itself
    #[arg(long, value_name = "N", num_args = 1.., default_values_t = [600, 10_000])]
    networks: Vec<usize>,
    /// How many viewers ask
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..))]
    viewers: u32,
    /// How often each engine is timed, in turns with the others
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=50))]
    rounds: u8,
    /// What makes them the same rules and viewers again
    #[arg(long, value_name = "N", default_value_t = 2026)]
    seed: u64,
}

fn main() {
    let arguments = Arguments::parse();
    let report = Report {
        seed: arguments.seed,
        viewers: arguments.viewers as usize,
        rounds: arguments.rounds,
        sets: arguments
            .networks
            .iter()
            .map(|networks| measure(*networks, &arguments))
            .collect(),
    };
    let json = serde_json::to_string_pretty(&report).expect("plain figures");
    println!("{json}");
}

fn measure(networks: usize, arguments: &Arguments) -> Measured {
    let mut dice = Rng::with_seed(arguments.seed);
    let rules = Restrictions::random(networks, &mut dice);
    let viewers = (0..arguments.viewers).map(|_| Viewer::random(&rules, &mut dice));
    let viewers: Vec<Viewer> = viewers.collect();
    eprintln!("{networks} networks: preparing {} engines", ENGINES.len());
    let mut contenders: Vec<Box<dyn Contender + '_>> = ENGINES
        .iter()
        .map(|engine| (engine.prepare)(&rules, &viewers))
        .collect();
    let Agreed { allowed, asked } = agreed(&mut contenders, viewers.len());
    let turns = Turns {
        viewers: viewers.len(),
        rounds: arguments.rounds,
    };
    Measured {
        what: networks.to_string(),
        networks,
        allowed: allowed.iter().filter(|is_allowed| **is_allowed).count(),
        engines: turns.time(&mut contenders, &allowed, &asked),
    }
}

/// What all say of each viewer, and about how many each engine was asked.
struct Agreed {
    allowed: Vec<bool>,
    asked: Vec<usize>,
}

/// Asks everybody, and ends the program where two differ. Ours is asked about every viewer, and so is
/// any other that has the time.
fn agreed(contenders: &mut [Box<dyn Contender + '_>], viewers: usize) -> Agreed {
    let mut agreed = Agreed {
        allowed: Vec::new(),
        asked: Vec::new(),
    };
    for (contender, engine) in contenders.iter_mut().zip(&ENGINES) {
        eprintln!("    asking {} about {viewers} viewers", engine.name);
        let started = Instant::now();
        let mut asked = 0;
        while asked < viewers && (agreed.asked.is_empty() || started.elapsed() < PATIENCE) {
            let told = contender.allows(asked);
            let first = *agreed.allowed.get(asked).unwrap_or(&told);
            assert_eq!(
                told, first,
                "viewer {asked}: {} says otherwise than {}",
                engine.name, ENGINES[0].name
            );
            if agreed.asked.is_empty() {
                agreed.allowed.push(told);
            }
            asked += 1;
        }
        if asked < viewers {
            eprintln!("    asked about {asked} only: it takes too long");
        }
        agreed.asked.push(asked);
    }
    agreed
}
