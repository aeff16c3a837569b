//! What a token says, and whether that admits a request.

mod read;

use std::net::IpAddr;

use thiserror::Error;

use crate::{id::AccountId, network::Network};

/// What a token says, as the customer's backend signed it.
///
/// Claims of the contract that are about licences and static addresses (`climit`, `drules`, `pro`,
/// …) may be there and are not looked at, nor are claims nobody knows. What a token does say about
/// a request always narrows: a claim that cannot be judged refuses.
///
/// # Source
///
/// RFC 7519 §4.1. Playback API contract, tokens. `ip` is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `accid`: the account whose videos it opens.
    pub account: AccountId,
    /// `iat`: when it was made, in seconds since 1970 UTC, as all times here.
    pub issued: i64,
    /// `exp`: the first second at which it is no longer good, at most 30 days after it was made.
    pub expires: Option<i64>,
    /// `nbf`: the first second at which it is good.
    pub not_before: Option<i64>,
    /// `prid`: the playback right that holds instead of the video's own. Whoever has the rights
    /// decides about it; it admits and refuses nothing here.
    pub rights_id: Option<String>,
    /// `tags`: at most 40, of which the video carries one.
    pub tags: Option<Vec<String>>,
    /// `vids`: the ids of which the video has one.
    pub video_ids: Option<Vec<String>>,
    /// `conid`: the id the video has.
    pub content_id: Option<String>,
    /// `ua`: the `User-Agent` of the request, whole.
    pub user_agent: Option<String>,
    /// `uid`: the viewer, as the customer knows them.
    pub user_id: Option<String>,
    /// `ip`: the network the request comes from. An address stands for its `/24` or `/56`.
    pub network: Option<Network>,
}

/// What a token is held against.
#[derive(Clone, Copy, Debug)]
pub struct TokenFacts<'a> {
    /// The account of the request.
    pub account: &'a AccountId,
    /// The video of the request. Without one, a token that names videos admits nothing.
    pub video: Option<TokenVideo<'a>>,
    /// The `User-Agent` of the request.
    pub user_agent: Option<&'a str>,
    /// Where it came from.
    pub ip: IpAddr,
    /// What the token is to open.
    pub purpose: TokenUse,
    /// The time, in seconds since 1970 UTC.
    pub now: i64,
    /// By how many seconds clocks may differ.
    pub skew: u32,
}

/// The video a token is held against.
#[derive(Clone, Copy, Debug)]
pub struct TokenVideo<'a> {
    /// Its id; never the customer's own reference.
    pub id: &'a str,
    /// Its tags.
    pub tags: &'a [&'a str],
}

/// What a token is to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenUse {
    /// A video or a list: the token has to expire.
    Playback,
    /// A static address: a token without `exp` opens it for ever.
    StaticUrl,
}

/// Why a token that is genuine does not admit a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenRefusal {
    /// It was good once.
    #[error("the token has expired")]
    Expired,
    /// It never expires, and has to.
    #[error("the token does not expire")]
    Endless,
    /// It is not good yet.
    #[error("the token is not good yet")]
    TooEarly,
    /// It says that it was made in the future.
    #[error("the token was made in the future")]
    FromTheFuture,
    /// It is for another account.
    #[error("the token is for another account")]
    Account,
    /// It is for other videos.
    #[error("the token is for other videos")]
    Video,
    /// It is for videos with other tags.
    #[error("the token is for videos with other tags")]
    Tags,
    /// It is for another `User-Agent`.
    #[error("the token is for another player")]
    UserAgent,
    /// It is for another network.
    #[error("the token is for another network")]
    Network,
}

impl Claims {
    /// Whether the token admits a request. The time is judged again: it may have been remembered.
    ///
    /// # Errors
    ///
    /// [`TokenRefusal`], the first reason there is.
    pub fn admits(&self, facts: &TokenFacts<'_>) -> Result<(), TokenRefusal> {
        if self.account != *facts.account {
            return Err(TokenRefusal::Account);
        }
        if self.expires.is_none() && facts.purpose == TokenUse::Playback {
            return Err(TokenRefusal::Endless);
        }
        self.check_time(facts.now, facts.skew)?;
        self.admits_video(facts.video.as_ref())?;
        if let Some(user_agent) = &self.user_agent
            && facts.user_agent != Some(user_agent)
        {
            return Err(TokenRefusal::UserAgent);
        }
        match &self.network {
            Some(network) if !network.contains(facts.ip) => Err(TokenRefusal::Network),
            Some(_) | None => Ok(()),
        }
    }

    fn admits_video(&self, video: Option<&TokenVideo<'_>>) -> Result<(), TokenRefusal> {
        let is_video = |id: &String| video.is_some_and(|video| video.id == id);
        let has_tag = |tag: &String| video.is_some_and(|video| video.tags.contains(&tag.as_str()));
        if let Some(ids) = &self.video_ids
            && !ids.iter().any(is_video)
        {
            return Err(TokenRefusal::Video);
        }
        if let Some(id) = &self.content_id
            && !is_video(id)
        {
            return Err(TokenRefusal::Video);
        }
        match &self.tags {
            Some(tags) if !tags.iter().any(has_tag) => Err(TokenRefusal::Tags),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether it is the token's time.
    pub(super) fn check_time(&self, now: i64, skew: u32) -> Result<(), TokenRefusal> {
        let skew = i64::from(skew);
        let (earliest, latest) = (now.saturating_sub(skew), now.saturating_add(skew));
        if self.expires.is_some_and(|expires| expires <= earliest) {
            return Err(TokenRefusal::Expired);
        }
        if self.issued > latest {
            return Err(TokenRefusal::FromTheFuture);
        }
        if self.not_before.is_some_and(|from| from > latest) {
            return Err(TokenRefusal::TooEarly);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
