//! A search written in one way, which reads back as itself.

use std::{collections::BTreeSet, fmt};

use super::{Clause, Condition, DateField, Occurs, Query, TextField};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, clause) in self.0.iter().enumerate() {
            let gap = if at == 0 { "" } else { " " };
            write!(f, "{gap}{clause}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.occurs {
            Occurs::Required => "+",
            Occurs::Optional => "",
            Occurs::Excluded => "-",
        })?;
        match &self.condition {
            Condition::Text { field, any_of } => {
                if let Some(name) = field.name() {
                    write!(f, "{name}:")?;
                }
                list(f, any_of.iter().map(words))
            }
            Condition::Id(ids) => {
                f.write_str("id:")?;
                list(f, ids.iter().cloned())
            }
            Condition::State(states) => {
                f.write_str("state:")?;
                list(f, states.iter().cloned())
            }
            Condition::Complete(is_complete) => write!(f, "complete:{is_complete}"),
            Condition::Date { field, range } => write!(f, "{}:{range}", field.as_str()),
        }
    }
}

/// Quoted, so that a word that begins like a sign or a field stays a word.
fn words(words: &BTreeSet<String>) -> String {
    let joined: Vec<_> = words.iter().map(String::as_str).collect();
    format!("\"{}\"", joined.join(" "))
}

fn list(f: &mut fmt::Formatter<'_>, items: impl Iterator<Item = String>) -> fmt::Result {
    let items: Vec<_> = items.collect();
    f.write_str(&items.join(","))
}

impl TextField {
    /// What is written before the colon, if there is one.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Any => None,
            Self::Text => Some("text"),
            Self::Name => Some("name"),
            Self::Description => Some("description"),
            Self::LongDescription => Some("long_description"),
            Self::Tags => Some("tags"),
            Self::ReferenceId => Some("reference_id"),
            Self::CustomFields => Some("custom_fields"),
            Self::Custom(name) => Some(name),
        }
    }
}

impl DateField {
    pub(super) const ALL: [Self; 5] = [
        Self::CreatedAt,
        Self::UpdatedAt,
        Self::PublishedAt,
        Self::ScheduleStartsAt,
        Self::ScheduleEndsAt,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::PublishedAt => "published_at",
            Self::ScheduleStartsAt => "schedule.starts_at",
            Self::ScheduleEndsAt => "schedule.ends_at",
        }
    }
}
