//! The layers of rules of an account and of a video.

use std::collections::BTreeMap;

use playback_policy::{LayerKind, Rules};

use super::AssembleError;
use crate::model::{Account, InvalidField, Right, RightId, Video};

/// The rules of some layers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layers {
    /// What is enforced.
    pub(crate) enforced: Vec<(LayerKind, Rules)>,
    /// What would only be logged.
    pub(crate) report_only: Vec<(LayerKind, Rules)>,
}

impl Layers {
    /// The account's own.
    pub(super) fn of_account(account: &Account) -> Result<Self, AssembleError> {
        let mut layers = Self::default();
        layers.enforce(LayerKind::Account, account.layer())?;
        layers.report(
            LayerKind::Account,
            account.fields.rules_report_only.as_ref(),
        );
        Ok(layers)
    }

    /// The video's own, and that of the right it names.
    pub(super) fn of_video(
        account: &Account,
        video: &Video,
        rights: &BTreeMap<RightId, Right>,
    ) -> Result<Self, AssembleError> {
        let mut layers = Self::default();
        let mut own = named(LayerKind::Video, video.fields.layer())?;
        layers.report(LayerKind::Video, video.fields.rules_report_only.as_ref());
        let mut of_right = None;
        if let Some(id) = &video.fields.playback_rights_id {
            let right = rights.get(id).ok_or(AssembleError::RightMissing)?;
            of_right = named(
                LayerKind::Right,
                right.fields.layer(account.fields.right_tokens()),
            )?;
            layers.report(LayerKind::Right, right.fields.report_only());
        }
        if let Some(of_right) = &of_right {
            own.token_required |= of_right.needs_token_elsewhere;
        }
        layers.enforced.push((LayerKind::Video, own));
        let of_right = of_right.map(|right| (LayerKind::Right, right.rules));
        layers.enforced.extend(of_right);
        Ok(layers)
    }

    pub(super) fn extend(&mut self, others: Self) {
        self.enforced.extend(others.enforced);
        self.report_only.extend(others.report_only);
    }

    fn enforce(
        &mut self,
        layer: LayerKind,
        rules: Result<Rules, InvalidField>,
    ) -> Result<(), AssembleError> {
        self.enforced.push((layer, named(layer, rules)?));
        Ok(())
    }

    fn report(&mut self, layer: LayerKind, rules: Option<&Rules>) {
        let rules = rules.map(|rules| (layer, rules.clone()));
        self.report_only.extend(rules);
    }
}

fn named<T>(layer: LayerKind, rules: Result<T, InvalidField>) -> Result<T, AssembleError> {
    rules.map_err(|source| AssembleError::Layer { layer, source })
}
