//! Cloudflare Stream's access rules.
//!
//! There the first rule of a list that matches decides. Here an address is always looked at before a
//! country, whatever was written first. Whether a list means the same in that order is not
//! guessed: it is evaluated for viewers of every region that its rules tell apart, and what was made
//! of it is evaluated again and compared.
//!
//! # Source
//!
//! Cloudflare Stream's documentation, "Secure your Stream", `accessRules`.

mod convert;
mod regions;

use playback_policy::{CountryCode, Network};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Imported, ImportedRight, NoEqual, Tokens,
    document::{InvalidDocument, below, read, unknown},
};
use convert::convert;

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "accessRules")]
    rules: Vec<Value>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

#[derive(Deserialize)]
struct RuleDocument {
    #[serde(rename = "type")]
    kind: Kind,
    action: Action,
    country: Option<Vec<String>>,
    ip: Option<Vec<String>>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Kind {
    #[serde(rename = "any")]
    Any,
    #[serde(rename = "ip.geoip.country")]
    Country,
    #[serde(rename = "ip.src")]
    Ip,
}

/// What becomes of whom a rule matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Allow,
    Block,
}

/// An access rule.
#[derive(Debug)]
struct AccessRule {
    action: Action,
    matches: Matches,
}

/// Whom it matches.
#[derive(Debug)]
enum Matches {
    Everybody,
    Countries(Vec<CountryCode>),
    Networks(Vec<Network>),
}

/// Cloudflare takes five; what is evaluated doubles with each.
const MAX_RULES: usize = 32;

/// A list of rules, or an object with `accessRules`.
pub(super) fn import(document: &Value) -> Result<Imported, InvalidDocument> {
    let (documents, mut no_equal, place) = match document {
        Value::Array(documents) => (documents.clone(), Vec::new(), ".".to_owned()),
        document => {
            let Document { rules, other } = read(document, ".")?;
            (rules, of_the_token(&other), "accessRules".to_owned())
        }
    };
    if documents.len() > MAX_RULES {
        let reason = format!(
            "expected at most {MAX_RULES} rules, found {}",
            documents.len()
        );
        return Err(InvalidDocument::new(place, reason));
    }
    let mut rules = Vec::new();
    for (at, document) in documents.iter().enumerate() {
        let place = match place.as_str() {
            "." => format!("[{at}]"),
            place => format!("{place}[{at}]"),
        };
        match rule(document, &place)? {
            Ok(rule) => rules.push(rule),
            Err(reports) => no_equal.extend(reports),
        }
    }
    let mut rights = Vec::new();
    if no_equal.is_empty() {
        match convert(&rules) {
            Ok(rules) => rights.push(ImportedRight {
                name: "Cloudflare Stream access rules".to_owned(),
                rules,
                tokens: Tokens::Needed,
            }),
            Err(reason) => no_equal.push(NoEqual::new(place, reason)),
        }
    }
    Ok(Imported { rights, no_equal })
}

/// The other members of a token: they are its own, and not of the video.
fn of_the_token(members: &Map<String, Value>) -> Vec<NoEqual> {
    let report = |name: &String| match name.as_str() {
        "exp" | "nbf" => NoEqual::new(
            name,
            "the time of one token, which a viewer token says here",
        ),
        "downloadable" => NoEqual::new(name, "no rule tells downloads apart"),
        _ => NoEqual::unknown_member(name.clone()),
    };
    members.keys().map(report).collect()
}

type Read = Result<AccessRule, Vec<NoEqual>>;

fn rule(document: &Value, place: &str) -> Result<Read, InvalidDocument> {
    let RuleDocument {
        kind,
        action,
        country,
        ip,
        other,
    } = read(document, place)?;
    let mut no_equal = unknown(&other, place);
    let misplaced = |member: &str| {
        let reason = "expected in a rule of its own type only";
        InvalidDocument::new(below(place, member), reason)
    };
    let missing = |member: &str| {
        InvalidDocument::new(
            below(place, member),
            "expected a list with at least one item",
        )
    };
    let given = |list: Option<Vec<String>>, member: &str| {
        list.filter(|list| !list.is_empty())
            .ok_or_else(|| missing(member))
    };
    let matches = match (kind, country, ip) {
        (Kind::Any, None, None) => Matches::Everybody,
        (Kind::Country, countries, None) => {
            let countries = given(countries, "country")?;
            let place = below(place, "country");
            Matches::Countries(items(&countries, &place, "no country here", &mut no_equal))
        }
        (Kind::Ip, None, networks) => {
            let networks = given(networks, "ip")?;
            let place = below(place, "ip");
            Matches::Networks(items(
                &networks,
                &place,
                "no address or network",
                &mut no_equal,
            ))
        }
        (Kind::Any | Kind::Ip, Some(_), _) => return Err(misplaced("country")),
        (Kind::Any | Kind::Country, _, Some(_)) => return Err(misplaced("ip")),
    };
    match no_equal.is_empty() {
        true => Ok(Ok(AccessRule { action, matches })),
        false => Ok(Err(no_equal)),
    }
}

fn items<T: std::str::FromStr>(
    list: &[String],
    place: &str,
    is_not: &str,
    no_equal: &mut Vec<NoEqual>,
) -> Vec<T> {
    let mut read = Vec::new();
    for (at, text) in list.iter().enumerate() {
        match text.parse() {
            Ok(item) => read.push(item),
            Err(_) => {
                let reason = format!("`{text}` is {is_not}");
                no_equal.push(NoEqual::new(format!("{place}[{at}]"), reason));
            }
        }
    }
    read
}
