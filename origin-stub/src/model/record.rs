//! What an account holds: videos, playback rights and playlists are edited alike.

use std::{
    fmt::{Debug, Display},
    str::FromStr,
};

use playback_policy::AccountId;

use super::{time::IsoTime, write::Fields};

/// A record of an account: fields that editors write, and around them what the CMS itself keeps.
pub(crate) trait Record: Clone + Debug + Send + Sync + 'static {
    /// What it is asked for by.
    type Id: FromStr<Err: Display> + Clone + Debug + Display + Send + Sync;
    /// What editors write.
    type Fields: Fields + Clone + Send + Sync;

    /// What editors call it.
    const KIND: &'static str;

    /// A record that begins at `now`.
    fn new(account: AccountId, id: Self::Id, fields: Self::Fields, now: IsoTime) -> Self;

    /// This record with other fields, edited at `now`.
    fn edited(&self, fields: Self::Fields, now: IsoTime) -> Self;

    fn id(&self) -> &Self::Id;

    fn fields(&self) -> &Self::Fields;
}
