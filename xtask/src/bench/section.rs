//! The parts of the benchmark, which are the sections of its page.

use clap::ValueEnum;

/// What is measured, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Section {
    /// Decisions, natively, and what an answer costs once, when it is cached
    Decide,
    /// The same decisions by general policy engines
    Engines,
    /// Single operations in Wasm, inside a POP
    Inside,
    /// Instructions of single operations, beside their budgets
    Instructions,
    /// Hits and refusals under load, beside a program that does nothing
    Edge,
    /// Policy keys and viewer tokens, beside an empty request
    Credentials,
    /// Starts of a POP, its first answers, and what wasm-opt makes of the program
    Cold,
    /// The same answers by Varnish, nginx and workerd
    Peers,
    /// The program's Wasm, crate by crate
    Size,
}

impl Section {
    /// As it is called on the command line and among the figures.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Engines => "engines",
            Self::Inside => "inside",
            Self::Instructions => "instructions",
            Self::Edge => "edge",
            Self::Credentials => "credentials",
            Self::Cold => "cold",
            Self::Peers => "peers",
            Self::Size => "size",
        }
    }

    /// Its prose, with places for its figures.
    pub(super) fn template(self) -> &'static str {
        match self {
            Self::Decide => include_str!("page/decide.md"),
            Self::Engines => include_str!("page/engines.md"),
            Self::Inside => include_str!("page/inside.md"),
            Self::Instructions => include_str!("page/instructions.md"),
            Self::Edge => include_str!("page/edge.md"),
            Self::Credentials => include_str!("page/credentials.md"),
            Self::Cold => include_str!("page/cold.md"),
            Self::Peers => include_str!("page/peers.md"),
            Self::Size => include_str!("page/size.md"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_takes_each_name() {
        for section in Section::value_variants() {
            assert_eq!(Section::from_str(section.name(), false), Ok(*section));
        }
    }
}
