//! The model beside real POPs: the same trace, figure by figure.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::{Arguments, FIGURES, PAGE, write};
use crate::page::kept;
use crate::workspace::Workspace;
use crate::{end_to_end, process, say};

/// How far a figure of the model may be from what is measured, in percent.
const MOST_PERCENT: f64 = 10.0;

/// What is compared, by its name in the figures and in the table.
const COMPARED: [(&str, &str); 7] = [
    ("hit_ratio", "hit ratio"),
    ("p50_ms", "p50"),
    ("p75_ms", "p75"),
    ("p90_ms", "p90"),
    ("p95_ms", "p95"),
    ("p99_ms", "p99"),
    ("mean_ms", "mean"),
];

/// Of a trace with which no percentile falls on the step between two delays, where a few answers would decide:
/// the model alone tells that.
const SEED: u64 = 2;

/// Of all requests, so many may be held up by the machine, in percent; with more, what is left says little.
const MOST_HELD_UP_PERCENT: f64 = 20.0;

/// The one test that replays a trace.
const TEST: &str = "small_world::no_answer_is_faster_than_its_way";

/// What came of a trace in the model and in the world.
#[derive(Debug, Deserialize, Serialize)]
struct Validation {
    seed: u64,
    without: World,
    with: World,
    #[serde(default)]
    compared: Vec<Compared>,
}

/// The POPs without a shield, or with one.
#[derive(Debug, Deserialize, Serialize)]
struct World {
    /// And `all`.
    pops: Vec<String>,
    /// What the programs take, measured before the trace.
    service: BTreeMap<String, f64>,
    confirmed_ms: f64,
    call_ms: f64,
    requests: u32,
    edits: u64,
    /// Requests of which the model says hit, and the world miss, or the other way round.
    otherwise: u64,
    /// Requests that the machine had no time for: they are in no figure.
    held_up: u32,
    /// By POP.
    model: Vec<Figures>,
    measured: Vec<Figures>,
}

type Figures = BTreeMap<String, f64>;

#[derive(Debug, Deserialize, Serialize)]
struct Compared {
    shield: bool,
    pop: String,
    figure: String,
    model: f64,
    measured: f64,
    difference_percent: f64,
    holds: bool,
}

/// Replays a trace in both and compares; if every figure holds, the page gets the table.
pub(super) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let validation = measure(workspace, arguments)?;
    match arguments.json {
        true => println!("{}", serde_json::to_string_pretty(&validation)?),
        false => print!("{}", validation.table()),
    }
    validation.verdict()?;
    let figures = json!({
        "run": kept::run(workspace)?,
        "table": validation.table(),
        "told": validation.told(),
        "seed": validation.seed,
        "without": validation.without,
        "with": validation.with,
    });
    let validated = Map::from_iter([("validation".to_owned(), figures)]);
    let all = kept::with(workspace, FIGURES, validated)?;
    kept::keep(workspace, FIGURES, &all)?;
    match all.get("model") {
        Some(_) => write(workspace, &workspace.file(PAGE), &all),
        // The page is of both.
        None => Ok(()),
    }
}

fn measure(workspace: &Workspace, arguments: &Arguments) -> Result<Validation> {
    let built = end_to_end::programs(workspace, arguments.wasm_toolchain)?;
    say::step(
        "Replaying a trace at POPs that are far from everything, without a shield and with one",
    );
    let measured = workspace.target("world-small-measured.json");
    // Of an earlier run; it may not be there.
    let _ = fs::remove_file(&measured);
    let mut cargo = workspace.cargo();
    cargo
        .args(["test", "--package", "playback-tests", "--test", "it"])
        .args([TEST, "--", "--exact", "--nocapture"])
        .envs(built.iter().map(|(variable, program)| (variable, program)))
        .env(
            "PLAYBACK_WORLD_SEED",
            arguments.seed.unwrap_or(SEED).to_string(),
        )
        .env("PLAYBACK_WORLD_SUMMARY", &measured)
        // Stdout is for the figures.
        .stdout(Stdio::null());
    process::run(&mut cargo)?;
    let text = fs::read_to_string(&measured)
        .with_context(|| format!("cannot read {}", measured.display()))?;
    let validation = Validation::of(&text)?;
    let file = workspace.target("world-small.json");
    let text = serde_json::to_string_pretty(&validation)? + "\n";
    fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(validation)
}

// === impl Validation ===

impl Validation {
    fn of(measured: &str) -> Result<Self> {
        let read = serde_json::from_str(measured);
        let mut validation: Self = read.context("the figures are not as expected")?;
        let mut compared = Vec::new();
        for (shield, world) in [(false, &validation.without), (true, &validation.with)] {
            let figures = world.model.iter().zip(&world.measured);
            for (pop, (model, measured)) in world.pops.iter().zip(figures) {
                for (figure, _) in COMPARED {
                    let of = |figures: &Figures| {
                        let value = figures.get(figure).copied();
                        value.with_context(|| format!("nothing has measured `{figure}` of `{pop}`"))
                    };
                    let (model, measured) = (of(model)?, of(measured)?);
                    compared.push(Compared::of(shield, pop, figure, model, measured));
                }
            }
        }
        validation.compared = compared;
        Ok(validation)
    }

    /// Model and measurement side by side, in Markdown.
    fn table(&self) -> String {
        let names = COMPARED.map(|(_, name)| name).join(" | ");
        let mut table = format!(
            "| | | {names} |\n|---|---|{}\n",
            "--:|".repeat(COMPARED.len())
        );
        for row in self.compared.chunks(COMPARED.len()) {
            let Some(first) = row.first() else { continue };
            let shield = if first.shield {
                "with shield"
            } else {
                "without shield"
            };
            let place = format!("{shield}, {}", first.pop);
            for (place, of, cell) in [
                (
                    place.as_str(),
                    "model",
                    Compared::model as fn(&Compared) -> String,
                ),
                ("", "measured", Compared::measured),
                ("", "difference", Compared::difference),
            ] {
                let cells: Vec<_> = row.iter().map(cell).collect();
                table.push_str(&format!("| {place} | {of} | {} |\n", cells.join(" | ")));
            }
        }
        table
    }

    /// What was asked, and how it was calibrated.
    fn told(&self) -> String {
        let Self {
            seed,
            without,
            with,
            ..
        } = self;
        let ms = |name| without.service.get(name).copied().unwrap_or_default();
        let (hit, miss) = (ms("hit_ms"), ms("fill_ms") + ms("origin_ms"));
        format!(
            "Seed {seed}, without a shield and with one: {} requests and {} edits of rights; {} and {} requests are in no \
             figure, since the machine had no time for them; {} and {} were hits in one and misses in the other. A hit was \
             calibrated to {hit:.1} ms, a miss to {miss:.1} ms more.",
            without.requests,
            without.edits,
            without.held_up,
            with.held_up,
            without.otherwise,
            with.otherwise,
        )
    }

    /// # Errors
    ///
    /// When a figure of the model is too far from what was measured, or too little of it was.
    fn verdict(&self) -> Result<()> {
        for world in [&self.without, &self.with] {
            let percent = f64::from(world.held_up) / f64::from(world.requests) * 100.0;
            if percent > MOST_HELD_UP_PERCENT {
                bail!("the machine has other work: it held up {percent:.0} % of the requests");
            }
        }
        let wrong: Vec<_> = self.compared.iter().filter(|one| !one.holds).collect();
        if wrong.is_empty() && !self.compared.is_empty() {
            return Ok(());
        }
        let wrong: Vec<_> = wrong.into_iter().map(Compared::told).collect();
        let (count, wrong) = (self.compared.len(), wrong.join(", "));
        bail!("of {count} figures these are more than {MOST_PERCENT} % off: {wrong}")
    }
}

// === impl Compared ===

impl Compared {
    fn of(shield: bool, pop: &str, figure: &str, model: f64, measured: f64) -> Self {
        let difference_percent = (measured / model - 1.0) * 100.0;
        Self {
            shield,
            pop: pop.to_owned(),
            figure: figure.to_owned(),
            model,
            measured,
            difference_percent,
            // What is no number does not hold.
            holds: difference_percent.abs() <= MOST_PERCENT,
        }
    }

    fn model(&self) -> String {
        self.shown(self.model)
    }

    fn measured(&self) -> String {
        self.shown(self.measured)
    }

    fn shown(&self, figure: f64) -> String {
        match self.figure.ends_with("_ms") {
            true => format!("{figure:.1} ms"),
            false => format!("{:.1} %", figure * 100.0),
        }
    }

    fn difference(&self) -> String {
        let difference = format!("{:+.1} %", self.difference_percent);
        match self.holds {
            true => difference,
            false => format!("**{difference}, does not hold**"),
        }
    }

    fn told(&self) -> String {
        let Self { pop, figure, .. } = self;
        let shield = if self.shield { "with" } else { "without" };
        format!(
            "{figure} of {pop} {shield} shield ({:+.1} %)",
            self.difference_percent
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn measured(p99_ms: f64) -> Value {
        let figures = |p99_ms: f64| {
            let mut figures = json!({ "requests": 5, "hit_ratio": 0.8 });
            for (name, _) in &COMPARED[1..] {
                figures[name] = json!(100.0);
            }
            figures["p99_ms"] = json!(p99_ms);
            json!([figures])
        };
        let world = |p99_ms: f64| {
            json!({
                "pops": ["near"], "service": {}, "confirmed_ms": 1.0, "call_ms": 1.0, "requests": 100,
                "edits": 0, "otherwise": 0, "held_up": 0, "model": figures(100.0), "measured": figures(p99_ms),
            })
        };
        json!({ "seed": 1, "without": world(100.0), "with": world(p99_ms) })
    }

    #[test]
    fn a_figure_holds_up_to_ten_percent_in_either_direction() {
        for (p99_ms, complaint) in [
            (109.9, None),
            (90.1, None),
            (110.1, Some("p99_ms of near with shield (+10.1 %)")),
            (89.9, Some("p99_ms of near with shield (-10.1 %)")),
        ] {
            let validation = Validation::of(&measured(p99_ms).to_string()).expect("it is whole");
            assert_eq!(validation.compared.len(), 2 * COMPARED.len());
            let verdict = validation.verdict().map_err(|error| error.to_string());
            match complaint {
                None => assert_eq!(verdict, Ok(())),
                Some(text) => {
                    let told = verdict.expect_err("it is too far off");
                    assert!(told.ends_with(&format!("off: {text}")), "{told}");
                }
            }
        }
    }

    #[test]
    fn err_where_the_machine_had_no_time() {
        for (held_up, is_enough) in [(20, true), (21, false)] {
            let mut busy = measured(100.0);
            busy["with"]["held_up"] = json!(held_up);
            let busy = Validation::of(&busy.to_string()).expect("it is whole");
            assert_eq!(busy.verdict().is_ok(), is_enough, "{held_up} of 100");
        }
    }

    #[test]
    fn err_where_a_figure_or_every_pop_is_missing() {
        let mut hole = measured(100.0);
        hole["with"]["measured"][0]["p75_ms"].take();
        assert!(Validation::of(&hole.to_string()).is_err());
        let mut nowhere = measured(100.0);
        for world in ["with", "without"] {
            nowhere[world]["pops"] = json!([]);
        }
        let nowhere = Validation::of(&nowhere.to_string()).expect("it is whole");
        assert!(nowhere.verdict().is_err());
    }

    #[test]
    fn the_table_has_model_and_measurement_side_by_side() {
        let table = Validation::of(&measured(120.0).to_string()).expect("it is whole");
        let table = table.table();
        let lines: Vec<_> = table.lines().collect();
        let [head, _, without, .., model, real, difference] = lines.as_slice() else {
            panic!("{table}");
        };
        assert!(head.contains("| hit ratio | p50 |"), "{table}");
        assert!(without.starts_with("| without shield, near | model | 80.0 % | 100.0 ms |"));
        assert!(
            model.starts_with("| with shield, near | model |"),
            "{table}"
        );
        assert!(real.ends_with("| 120.0 ms | 100.0 ms |"), "{table}");
        let shown = "| **+20.0 %, does not hold** | +0.0 % |";
        assert!(difference.ends_with(shown), "{table}");
    }
}
