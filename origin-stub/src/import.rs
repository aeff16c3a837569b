//! `import`: another service's restrictions as playback rights.
//!
//! What is printed means the same as what was read. What has no equal here is reported, and no right
//! is made of it: a restriction is never approximated.

mod cloudflare;
mod cloudfront;
mod document;
mod mux;

use std::{
    fmt::Write as _,
    io::{self, Write as _},
    path::PathBuf,
};

use playback_policy::Rules;
use serde_json::{Value, json};
use thiserror::Error;

use crate::{
    args::{ImportArgs, ImportShape},
    model::{Fields, InvalidField, MAX_LAYER_BYTES, RightFields},
};
use document::InvalidDocument;

/// Nothing was imported.
#[derive(Debug, Error)]
pub(crate) enum ImportError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The file is not JSON.
    #[error("`{}` is not JSON: {source}", path.display())]
    Json {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    /// The document is not of that service.
    #[error("`{}`: {source}", path.display())]
    Document {
        path: PathBuf,
        #[source]
        source: InvalidDocument,
    },
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

/// What became of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything has its equal.
    Whole,
    /// Something has none.
    Reported,
}

/// What was read of a document.
#[derive(Debug, Default)]
struct Imported {
    rights: Vec<ImportedRight>,
    no_equal: Vec<NoEqual>,
}

/// A playback right that means what the document says.
#[derive(Debug)]
struct ImportedRight {
    name: String,
    rules: Rules,
    tokens: Tokens,
}

/// Whether what was imported holds for requests with a token of the other service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tokens {
    /// It is part of one.
    Needed,
    /// It holds without one.
    NotNeeded,
}

/// Something of the document that no rule says.
#[derive(Debug)]
struct NoEqual {
    /// Where in the document.
    place: String,
    reason: String,
}

/// Imports a file and prints what came of it.
pub(crate) fn run(args: &ImportArgs) -> Result<Outcome, ImportError> {
    let path = || args.file.clone();
    let text = std::fs::read(&args.file).map_err(|source| ImportError::File {
        path: path(),
        source,
    })?;
    let document: Value = serde_json::from_slice(&text).map_err(|source| ImportError::Json {
        path: path(),
        source,
    })?;
    let imported = match args.from {
        ImportShape::Mux => mux::import(&document),
        ImportShape::Cloudflare => cloudflare::import(&document),
        ImportShape::Cloudfront => cloudfront::import(&document),
    };
    let imported = imported.map_err(|source| ImportError::Document {
        path: path(),
        source,
    })?;
    let imported = imported.checked();
    match args.json {
        true => writeln!(io::stdout(), "{}", imported.as_json())?,
        false => imported.print()?,
    }
    Ok(match imported.no_equal.is_empty() {
        true => Outcome::Whole,
        false => Outcome::Reported,
    })
}

impl Imported {
    /// Without the rights that the CMS would refuse, each of them reported.
    fn checked(self) -> Self {
        let mut no_equal = self.no_equal;
        let mut rights = Vec::new();
        for right in self.rights {
            let length = right.rules.to_string().len();
            let checked = match length <= MAX_LAYER_BYTES {
                true => RightFields::from_json(right.as_json()).map(drop),
                false => {
                    let reason =
                        format!("at most {MAX_LAYER_BYTES} bytes as text fit, found {length}");
                    Err(InvalidField::new("rules", reason))
                }
            };
            match checked {
                Ok(()) => rights.push(right),
                Err(refused) => no_equal.push(NoEqual::new(right.name, refused.to_string())),
            }
        }
        Self { rights, no_equal }
    }

    fn as_json(&self) -> Value {
        let rights = self.rights.iter().map(ImportedRight::as_json);
        let no_equal = self.no_equal.iter();
        let no_equal = no_equal.map(|one| json!({ "place": one.place, "reason": one.reason }));
        json!({
            "playback_rights": rights.collect::<Vec<_>>(),
            "no_equal": no_equal.collect::<Vec<_>>(),
        })
    }

    /// One right a line on standard output, and on standard error what has no equal.
    fn print(&self) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        for right in &self.rights {
            writeln!(stdout, "{}", right.as_json())?;
        }
        let mut report = String::new();
        for NoEqual { place, reason } in &self.no_equal {
            // Writing to a text does not fail.
            writeln!(report, "no equal: `{place}`: {reason}").ok();
        }
        io::stderr().write_all(report.as_bytes())
    }
}

impl ImportedRight {
    /// As `PUT /v1/accounts/{account}/playback_rights/{right}` takes it.
    fn as_json(&self) -> Value {
        let mut right = json!({ "name": self.name, "rules": self.rules.to_string() });
        if self.tokens == Tokens::NotNeeded
            && let Value::Object(members) = &mut right
        {
            members.insert("allow_insecure".to_owned(), json!(true));
        }
        right
    }
}

impl NoEqual {
    fn new(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            reason: reason.into(),
        }
    }

    /// A member that nobody here knows. It may restrict.
    fn unknown_member(place: String) -> Self {
        Self::new(place, "a member that is not known here, and may restrict")
    }
}
