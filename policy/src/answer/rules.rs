//! The rules that an answer brings in its headers.

use http::HeaderMap;

use super::{InvalidAnswer, Limits, Overlay, once};
use crate::{
    compiled::{compile, compile_report_only},
    rules::{LayerKind, Rules, borrowed},
};

/// The rules of an answer as a whole, layer by layer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerRules {
    /// What is enforced.
    pub enforced: Vec<(LayerKind, Rules)>,
    /// What only reports.
    pub report_only: Vec<(LayerKind, Rules)>,
}

impl AnswerRules {
    /// Reads the rules of an answer about one video. The account's and the video's must be there: a
    /// header that is lost on the way is then noticed.
    ///
    /// # Errors
    ///
    /// [`InvalidAnswer`], whenever a header of rules is missing, there twice, too large, or says
    /// what cannot be understood.
    pub fn of_video(
        overlay: Overlay,
        headers: &HeaderMap,
        limits: Limits,
    ) -> Result<Self, InvalidAnswer> {
        let required = [LayerKind::Account, LayerKind::Video];
        Self::read(&required, overlay, headers, limits)
    }

    /// Reads the rules of a list as a whole: each item has its own beside these. A video's layer, if
    /// there is one, narrows them all.
    pub(super) fn of_list(
        overlay: Overlay,
        headers: &HeaderMap,
        limits: Limits,
    ) -> Result<Self, InvalidAnswer> {
        Self::read(&[LayerKind::Account], overlay, headers, limits)
    }

    /// The layers as an entry holds them.
    #[must_use]
    pub fn compile(&self) -> Vec<u8> {
        let enforced = compile(&borrowed(&self.enforced));
        [enforced, compile_report_only(&borrowed(&self.report_only))].concat()
    }

    fn read(
        required: &[LayerKind],
        overlay: Overlay,
        headers: &HeaderMap,
        limits: Limits,
    ) -> Result<Self, InvalidAnswer> {
        let mut read = Self::default();
        for layer in [LayerKind::Account, LayerKind::Video, LayerKind::Right] {
            let name = layer.header_name();
            if required.contains(&layer) || headers.contains_key(name) {
                let rules = rules(layer, once(headers, name)?, limits)?;
                read.enforced.push((layer, rules));
            }
        }
        if overlay == Overlay::Origin {
            // One line for each set: a key's `geo`, domains and rules narrow each on their own.
            let name = LayerKind::Key.header_name();
            if !headers.contains_key(name) {
                return Err(InvalidAnswer::Header(name));
            }
            for value in headers.get_all(name) {
                let text = value.to_str().map_err(|_| InvalidAnswer::Header(name))?;
                let rules = rules(LayerKind::Key, text, limits)?;
                read.enforced.push((LayerKind::Key, rules));
            }
        }
        for layer in LayerKind::ALL {
            let name = layer.report_only_header_name();
            if let Some(name) = name.filter(|name| headers.contains_key(*name)) {
                let rules = rules(layer, once(headers, name)?, limits)?;
                read.report_only.push((layer, rules));
            }
        }
        Ok(read)
    }
}

fn rules(layer: LayerKind, text: &str, limits: Limits) -> Result<Rules, InvalidAnswer> {
    // A dictionary without members is valid, but also what is left of one that was lost on the way.
    if text.trim().is_empty() {
        return Err(InvalidAnswer::Header(layer.header_name()));
    }
    if text.len() > limits.rules {
        return Err(InvalidAnswer::TooLarge("rules header"));
    }
    Rules::in_layer(layer, text).map_err(|source| InvalidAnswer::Rules {
        layer,
        text: text.chars().take(512).collect(),
        source,
    })
}
