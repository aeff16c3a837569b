//! Whom the claims of a good token admit.

use playback_policy::{
    AccountId, Claims, TokenFacts, TokenRefusal, TokenUse, TokenVideo, ViewerToken,
};

use super::NOW;

/// Claims admit what they name, and neither another account, nor once they have expired, nor, if they
/// never do, more than a static address.
pub(super) fn check(claims: &Claims) {
    let ids = claims.video_ids.as_deref().unwrap_or_default();
    let id = claims.content_id.as_ref().or(ids.first());
    let tags: Vec<&str> = claims.tags.iter().flatten().map(String::as_str).collect();
    let network = claims.network.map(|network| network.bounds().1);
    let named = TokenFacts {
        account: &claims.account,
        video: Some(TokenVideo {
            id: id.map_or("1", String::as_str),
            tags: &tags,
        }),
        user_agent: claims.user_agent.as_deref(),
        ip: network.unwrap_or([203, 0, 113, 7].into()),
        purpose: TokenUse::StaticUrl,
        now: NOW,
        skew: ViewerToken::CLOCK_SKEW,
    };
    let admitted = claims.admits(&named);
    assert!(
        admitted.is_ok() || names_nothing(claims),
        "{admitted:?}: {claims:?}"
    );

    let other: AccountId = "other".parse().expect("an account");
    let elsewhere = TokenFacts {
        account: &other,
        ..named
    };
    let is_other = claims.account != other;
    assert!(!is_other || claims.admits(&elsewhere) == Err(TokenRefusal::Account));
    match claims.expires {
        Some(expires) => {
            let now = expires + i64::from(named.skew);
            let late = TokenFacts { now, ..named };
            assert_eq!(
                claims.admits(&late),
                Err(TokenRefusal::Expired),
                "{claims:?}"
            );
        }
        None => {
            let purpose = TokenUse::Playback;
            let playback = TokenFacts { purpose, ..named };
            assert_eq!(
                claims.admits(&playback),
                Err(TokenRefusal::Endless),
                "{claims:?}"
            );
        }
    }
}

/// Whether there may be no video that all its claims name.
fn names_nothing(claims: &Claims) -> bool {
    let is_empty = |list: &Option<Vec<String>>| list.as_ref().is_some_and(Vec::is_empty);
    let names_twice = claims.content_id.is_some() && claims.video_ids.is_some();
    names_twice || is_empty(&claims.video_ids) || is_empty(&claims.tags)
}
