//! The world in numbers: POPs, viewers and origins that are modelled, and the policy crate that is not.

pub mod bias;
pub mod catalog;
pub mod day;
pub mod design;
pub mod figures;
pub mod geography;
pub mod hours;
pub mod judge;
pub mod model;
pub mod parameters;
pub mod plot;
pub mod popularity;
pub mod purger;
pub mod quantiles;
pub mod questions;
pub mod random;
pub mod report;
pub mod run;
pub mod small;
pub mod tally;
pub mod watch;
