//! Reading `q`.

use std::{collections::BTreeSet, str::FromStr};

use super::{Clause, Condition, DateField, InvalidQuery, Occurs, Query, TextField};
use crate::id::VideoId;

/// Shorter searches find every video, as the documentation has it.
const MIN_CHARS: usize = 3;
/// Longer ones are nobody's search, as they come and as they are written.
const MAX_CHARS: usize = 1_000;
/// What of a cache key's 4 KiB a search may take, in bytes, percent-encoded.
const MAX_ENCODED: usize = 2_300;
/// What one search may cost the origin.
const MAX_WORDS: usize = 64;

const TOO_LONG: InvalidQuery =
    InvalidQuery("expected at most 1000 characters, and 2300 bytes once it is percent-encoded");

/// Words too common to tell videos apart; they are left out.
///
/// # Source
///
/// Video Cloud, "CMS/Playback API: Videos Search v1", ignored words.
const IGNORED: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it",
    "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these",
    "they", "this", "to", "was", "will", "with",
];

impl FromStr for Query {
    type Err = InvalidQuery;

    fn from_str(text: &str) -> Result<Self, InvalidQuery> {
        let text = text.trim();
        match text.chars().count() {
            0..MIN_CHARS => return Ok(Self::default()),
            MIN_CHARS..=MAX_CHARS => {}
            _ => return Err(TOO_LONG),
        }
        if text.contains(char::is_control) {
            return Err(InvalidQuery("expected no control characters"));
        }
        let mut rest = text;
        let mut clauses = BTreeSet::new();
        while !rest.is_empty() {
            let (one, after) = split_clause(rest)?;
            clauses.extend(clause(one)?);
            rest = after.trim_start();
        }
        let words: usize = clauses.iter().map(|clause| clause.condition.weight()).sum();
        if words > MAX_WORDS {
            return Err(InvalidQuery("expected at most 64 words"));
        }
        let query = Self(clauses);
        query.is_short().then_some(query).ok_or(TOO_LONG)
    }
}

impl Query {
    /// Whether it is within the limits as it is written: so it travels, and so it is read again.
    fn is_short(&self) -> bool {
        let written = self.to_string();
        let encoded = |byte: u8| if byte.is_ascii_alphanumeric() { 1 } else { 3 };
        written.chars().count() <= MAX_CHARS
            && written.bytes().map(encoded).sum::<usize>() <= MAX_ENCODED
    }
}

/// Splits at the first space outside quotes.
fn split_clause(text: &str) -> Result<(&str, &str), InvalidQuery> {
    let mut is_quoted = false;
    let end = text.find(|c: char| {
        is_quoted ^= c == '"';
        c.is_whitespace() && !is_quoted
    });
    match end {
        _ if is_quoted && end.is_none() => Err(InvalidQuery("a quotation mark is never closed")),
        Some(end) => Ok(text.split_at_checked(end).unwrap_or((text, ""))),
        None => Ok((text, "")),
    }
}

/// One clause, or none if it has only words that are left out.
fn clause(text: &str) -> Result<Option<Clause>, InvalidQuery> {
    let (occurs, text) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => (Occurs::Required, rest),
        (None, Some(rest)) => (Occurs::Excluded, rest),
        (None, None) => (Occurs::Optional, text),
    };
    let (field, value) = match text.split_once(':') {
        Some((field, value)) if is_field(field) => (Some(field), value),
        _ => (None, text),
    };
    if value.is_empty() {
        return Err(InvalidQuery("expected a value after a sign or a field"));
    }
    let condition = condition(field, value)?;
    Ok(condition.map(|condition| Clause { occurs, condition }))
}

/// A name before a colon. Anything else with a colon in it is words.
fn is_field(name: &str) -> bool {
    (1..=128).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
}

fn condition(field: Option<&str>, value: &str) -> Result<Option<Condition>, InvalidQuery> {
    let Some(name) = field else {
        return text(TextField::Any, value);
    };
    // The schedule's moments are written with a dot here and with an underscore in `sort`.
    let dotted = name.replacen("schedule_", "schedule.", 1);
    if let Some(field) = DateField::ALL
        .into_iter()
        .find(|one| one.as_str() == dotted)
    {
        let range = value.trim_matches('"').parse()?;
        return Ok(Some(Condition::Date { field, range }));
    }
    match name {
        "id" => {
            let ids: BTreeSet<_> = alternatives(value)?.into_iter().map(unquoted).collect();
            match ids.iter().all(|id| id.parse::<VideoId>().is_ok()) {
                true => Ok(Some(Condition::Id(ids))),
                false => Err(InvalidQuery("expected the id of a video")),
            }
        }
        "state" => {
            let states: BTreeSet<_> = alternatives(value)?
                .into_iter()
                .map(|state| unquoted(state).to_ascii_uppercase())
                .collect();
            const STATES: [&str; 4] = ["ACTIVE", "INACTIVE", "PENDING", "DELETED"];
            match states.iter().all(|state| STATES.contains(&state.as_str())) {
                true => Ok(Some(Condition::State(states))),
                false => Err(InvalidQuery(
                    "expected a state: ACTIVE, INACTIVE, PENDING or DELETED",
                )),
            }
        }
        "complete" => match unquoted(value).to_ascii_lowercase().as_str() {
            "true" => Ok(Some(Condition::Complete(true))),
            "false" => Ok(Some(Condition::Complete(false))),
            _ => Err(InvalidQuery("expected `true` or `false`")),
        },
        "text" => text(TextField::Text, value),
        "name" => text(TextField::Name, value),
        "description" => text(TextField::Description, value),
        "long_description" => text(TextField::LongDescription, value),
        "tags" => text(TextField::Tags, value),
        "reference_id" => text(TextField::ReferenceId, value),
        "custom_fields" => text(TextField::CustomFields, value),
        own => text(TextField::Custom(own.to_owned()), value),
    }
}

fn text(field: TextField, value: &str) -> Result<Option<Condition>, InvalidQuery> {
    let any_of: BTreeSet<_> = alternatives(value)?
        .into_iter()
        .map(words)
        .filter(|words| !words.is_empty())
        .collect();
    Ok((!any_of.is_empty()).then_some(Condition::Text { field, any_of }))
}

/// What stands between the commas outside quotes.
fn alternatives(value: &str) -> Result<Vec<&str>, InvalidQuery> {
    let mut is_quoted = false;
    let parts: Vec<_> = value
        .split(|c: char| {
            is_quoted ^= c == '"';
            c == ',' && !is_quoted
        })
        .collect();
    match parts.iter().any(|part| part.trim_matches('"').is_empty()) {
        true => Err(InvalidQuery("expected a value on either side of a comma")),
        false => Ok(parts),
    }
}

fn unquoted(text: &str) -> String {
    text.trim_matches('"').to_owned()
}

/// The words of a term, in lower case: whatever is neither letter nor digit parts them.
fn words(term: &str) -> BTreeSet<String> {
    let lower = term.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty() && !IGNORED.contains(word))
        .map(str::to_owned)
        .collect()
}

impl Condition {
    /// How much of [`MAX_WORDS`] it takes.
    fn weight(&self) -> usize {
        match self {
            Self::Text { any_of, .. } => any_of.iter().map(BTreeSet::len).sum(),
            Self::Id(texts) | Self::State(texts) => texts.len(),
            Self::Complete(_) | Self::Date { .. } => 1,
        }
    }
}
