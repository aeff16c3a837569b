//! The query: known parameters are read, unknown ones have no meaning.

use std::collections::BTreeSet;

use super::{InvalidRoute, Search};
use crate::search::{Query, Sort};

/// The known parameters of one request, as they were sent.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) ad_config_id: Option<String>,
    pub(super) config_id: Option<String>,
    q: Option<String>,
    sort: Option<String>,
    limit: Option<String>,
    offset: Option<String>,
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many items, 1 to 100.
    pub limit: u32,
    /// How many are passed over, 0 to [`MAX_OFFSET`].
    pub offset: u32,
}

/// A search finds a thousand videos at most, and a playlist has no more: beyond that, every offset
/// means the same empty page.
///
/// # Source
///
/// Playback API contract, parameter rules.
pub const MAX_OFFSET: u32 = 1_000;

const MAX_LIMIT: u32 = 100;
/// The longest value of a parameter without a limit of its own, in bytes.
const MAX_VALUE: usize = 256;

impl Default for Page {
    fn default() -> Self {
        Self {
            limit: 20,
            offset: 0,
        }
    }
}

impl Parameters {
    /// A name that comes twice is an error whatever the name. Thousands fit a query, so each is
    /// looked up, and not held against all before it.
    pub(super) fn parse(query: &str) -> Result<Self, InvalidRoute> {
        let mut read = Self::default();
        let mut names = BTreeSet::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if names.contains(&name) {
                return Err(InvalidRoute::DuplicateParameters);
            }
            let slot = match name.as_ref() {
                "ad_config_id" => Some(&mut read.ad_config_id),
                "config_id" => Some(&mut read.config_id),
                "q" => Some(&mut read.q),
                "sort" => Some(&mut read.sort),
                "limit" => Some(&mut read.limit),
                "offset" => Some(&mut read.offset),
                _ => None,
            };
            if let Some(slot) = slot {
                let is_text = !value.contains(char::REPLACEMENT_CHARACTER)
                    && !value.contains(char::is_control);
                let is_short = value.len() <= MAX_VALUE || name == "q";
                if !is_text || !is_short {
                    return Err(InvalidRoute::Parameter);
                }
                *slot = (!value.is_empty()).then(|| value.into_owned());
            }
            names.insert(name);
        }
        Ok(read)
    }

    /// The page, if its numbers are within their bounds.
    pub(super) fn page(&self) -> Option<Page> {
        let default = Page::default();
        let limit = number(self.limit.as_deref(), default.limit)?;
        let offset = number(self.offset.as_deref(), default.offset)?;
        (1..=MAX_LIMIT).contains(&limit).then_some(Page {
            limit,
            offset: offset.min(MAX_OFFSET),
        })
    }

    pub(super) fn search(&self) -> Result<Search, InvalidRoute> {
        let query: Query = match &self.q {
            Some(text) => text.parse().map_err(|_| InvalidRoute::Query)?,
            None => Query::default(),
        };
        let sort = match &self.sort {
            Some(text) => Some(text.parse().map_err(|_| InvalidRoute::Sort)?),
            // Nothing to match better or worse.
            None => query.is_empty().then_some(Sort::DEFAULT),
        };
        Ok(Search {
            query,
            sort,
            page: self.page().ok_or(InvalidRoute::Search)?,
        })
    }
}

/// A number of ASCII digits alone. One beyond `u32` is as large as can be.
fn number(text: Option<&str>, default: u32) -> Option<u32> {
    let Some(text) = text else {
        return Some(default);
    };
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn err_a_name_that_comes_twice_among_thousands() {
        let mut query: String = (0..2_400).map(|name| format!("{name}&")).collect();
        assert!(Parameters::parse(&query).is_ok());
        query.push_str("1200");
        let error = Parameters::parse(&query).err();
        assert_eq!(error, Some(InvalidRoute::DuplicateParameters));
    }
}
