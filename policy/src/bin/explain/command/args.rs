//! The command line.

use std::path::PathBuf;

use clap::{
    Parser,
    builder::{PossibleValuesParser, TypedValueParser as _},
};
use playback_policy::Places;
use serde::{Deserialize, Deserializer};

/// Why a viewer may play a video by its rules, or may not, and what would turn that round.
#[derive(Debug, Parser)]
#[command(name = "explain", version, max_term_width = 100, after_long_help = HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) texts: Texts,

    /// The rules of an answer: its headers as `curl -i` prints them; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = WRITTEN)]
    pub(crate) headers: Option<PathBuf>,

    /// The rules as a JSON object: the names of these options, and the text of each
    #[arg(long, value_name = "FILE", conflicts_with_all = WRITTEN, conflicts_with = "headers")]
    pub(crate) rules: Option<PathBuf>,

    /// The viewer's facts: a dictionary, a JSON object, or either in `@FILE`
    #[arg(
        long,
        value_name = "FACTS",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) viewer: String,

    /// Ask for a viewer like this one in each of these places
    #[arg(
        long = "where",
        value_name = "PLACES",
        value_parser = PossibleValuesParser::new(Places::ALL.map(Places::as_str))
            .try_map(|name| name.parse::<Places>())
    )]
    pub(crate) places: Option<Places>,

    /// Ask for each of these viewers: a JSON array of facts in which they differ from this one
    #[arg(long, value_name = "FILE", conflicts_with = "places")]
    pub(crate) viewers: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The rules of each layer, as text. On the command line and in JSON alike.
#[derive(Debug, Default, clap::Args, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "kebab-case",
    default,
    expecting = "an object"
)]
pub(crate) struct Texts {
    /// The account's rules
    #[arg(long, value_name = "RULES")]
    pub(crate) account: Option<String>,

    /// The account's rules that only report
    #[arg(long, value_name = "RULES")]
    pub(crate) account_report_only: Option<String>,

    /// The video's rules, such as 'geo-allow=("DE" "AT"), proxy-deny=(vpn)'
    #[arg(long, value_name = "RULES")]
    pub(crate) video: Option<String>,

    /// The video's rules that only report
    #[arg(long, value_name = "RULES")]
    pub(crate) video_report_only: Option<String>,

    /// The playback right's rules
    #[arg(long, value_name = "RULES")]
    pub(crate) right: Option<String>,

    /// The playback right's rules that only report
    #[arg(long, value_name = "RULES")]
    pub(crate) right_report_only: Option<String>,

    /// The policy key's rules; may be given several times, and beside any others
    #[arg(long, value_name = "RULES")]
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) key: Vec<String>,
}

/// What is instead of headers or a file.
const WRITTEN: [&str; 6] = [
    "account",
    "account_report_only",
    "video",
    "video_report_only",
    "right",
    "right_report_only",
];

const HELP: &str = "\
What is not told of the viewer: the address is 192.0.2.1, the time is now, and nothing else is known.

Exit status: 0 allowed, 1 refused, 2 something in the input is wrong. Of several viewers: 0 if any is
allowed.";

fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a text, or a list of texts")]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::One(text) => vec![text],
        OneOrMany::Many(texts) => texts,
    })
}
