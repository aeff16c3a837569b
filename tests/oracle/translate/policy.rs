//! One Cedar policy, as text.

use std::fmt;

/// Forbids to play, under conditions.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) check: &'static str,
    pub(super) layer: &'static str,
    pub(super) member: &'static str,
    /// All of these must hold, …
    pub(super) when: Vec<String>,
    /// … and none of these.
    pub(super) unless: Vec<String>,
}

/// A set of strings, as Cedar writes it.
pub(super) fn strings(items: &[String]) -> String {
    let quoted: Vec<_> = items.iter().map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

/// Whether any of the conditions holds; no condition where there is none.
pub(super) fn any(conditions: impl IntoIterator<Item = String>) -> Option<String> {
    let conditions: Vec<_> = conditions.into_iter().collect();
    (!conditions.is_empty()).then(|| conditions.join(" || "))
}

// === impl Policy ===

impl Policy {
    /// Of a layer that is filled in later.
    pub(super) fn forbid(check: &'static str, member: &'static str) -> Self {
        Self {
            check,
            layer: "",
            member,
            when: Vec::new(),
            unless: Vec::new(),
        }
    }

    pub(super) fn when(mut self, condition: String) -> Self {
        self.when.push(condition);
        self
    }

    pub(super) fn unless(mut self, condition: String) -> Self {
        self.unless.push(condition);
        self
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            check,
            layer,
            member,
            ..
        } = self;
        writeln!(
            f,
            "@check(\"{check}\") @layer(\"{layer}\") @member(\"{member}\")"
        )?;
        write!(f, "forbid (principal, action, resource)")?;
        for condition in &self.when {
            write!(f, "\nwhen {{ {condition} }}")?;
        }
        for condition in &self.unless {
            write!(f, "\nunless {{ {condition} }}")?;
        }
        writeln!(f, ";")
    }
}
