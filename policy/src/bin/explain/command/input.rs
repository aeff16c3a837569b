//! What is read from files, and what can be wrong with it.

use std::{
    fmt::{self, Display},
    fs,
    io::{self, Read as _},
    path::Path,
};

/// Something in the input is wrong: where, and what was expected there.
#[derive(Debug)]
pub(crate) struct Wrong {
    place: String,
    reason: String,
}

/// Reads files. Standard input has one thing in it only.
#[derive(Debug, Default)]
pub(crate) struct Input {
    is_taken: bool,
}

impl Wrong {
    pub(crate) fn new(place: impl Display, reason: impl Display) -> Self {
        Self {
            place: place.to_string(),
            reason: reason.to_string(),
        }
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl Input {
    /// The bytes of the file that an option names; `-` is standard input.
    pub(crate) fn bytes(&mut self, option: &str, path: &Path) -> Result<Vec<u8>, Wrong> {
        let place = || format!("`{option}`, `{}`", path.display());
        if path != Path::new("-") {
            return fs::read(path).map_err(|error| Wrong::new(place(), error));
        }
        if std::mem::replace(&mut self.is_taken, true) {
            let reason = "standard input is read already; give one of the two as a file";
            return Err(Wrong::new(place(), reason));
        }
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        read.map_err(|error| Wrong::new(place(), error))?;
        Ok(bytes)
    }

    /// The same as text.
    pub(crate) fn text(&mut self, option: &str, path: &Path) -> Result<String, Wrong> {
        let bytes = self.bytes(option, path)?;
        String::from_utf8(bytes).map_err(|_| {
            let place = format!("`{option}`, `{}`", path.display());
            Wrong::new(place, "expected text in UTF-8")
        })
    }
}
