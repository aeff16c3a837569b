//! The key of an account's viewer tokens is replaced while two hundred viewers play: no good token
//! is ever refused, and what the old key signed opens nothing afterwards.

mod audience;

use std::sync::Arc;

use crate::{
    harness::{
        edge::send_all,
        scenario::Layers,
        stage::{Props, Stage, fresh_number, playable},
    },
    revocation,
    token::{delete_key, register_key, settle_keys},
};
use audience::{Audience, Part, Show, Signer, VIEWERS};

/// How many videos there are. Who got so many in a row got each of them.
const VIDEOS: usize = 4;

/// An account whose videos all ask for a token, behind three POPs.
fn show() -> Arc<Show> {
    let layers = Layers {
        account: Some("token=required".to_owned()),
        ..Layers::default()
    };
    let props = Props {
        layers,
        ..Props::default()
    };
    let stage = Stage::with(revocation::world(), &props);
    let mut videos = vec![stage.video.clone()];
    videos.resize_with(VIDEOS, || fresh_number().to_string());
    for video in &videos[1..] {
        let origin = stage.world.origin();
        origin.put_video(&stage.account, video, &playable("another video"));
    }
    Arc::new(Show::new(stage, videos))
}

/// Everybody shows a token of this key at every POP, and every answer has this status.
#[track_caller]
fn assert_everybody_gets(show: &Show, signer: Signer, status: u16) {
    let edges = &show.stage.world.pop.edges;
    assert_eq!(edges.len(), 3);
    let asks = (0..VIEWERS).flat_map(|viewer| {
        let token = show.token(viewer, signer);
        let at_each = edges.iter().zip(0..);
        at_each.map(move |(edge, turn)| show.ask(*edge, viewer, turn, &token))
    });
    for reply in send_all(asks.collect()) {
        assert_eq!(
            reply.status, status,
            "a token of the {signer:?} key: {reply}"
        );
    }
}

#[test]
fn a_key_of_tokens_is_replaced_and_no_viewer_is_lost() {
    let show = show();
    register_key(&show.stage, "old", show.backend(Signer::Old));
    assert_everybody_gets(&show, Signer::New, 401);
    let audience = Audience::seat(&show);
    audience.wait_until_each_got(&[(Signer::Old, VIDEOS)]);
    settle_keys(&show.stage, 1);

    audience.turn_to(Part::BothKeys);
    register_key(&show.stage, "new", show.backend(Signer::New));
    // A fill that was on its way may bring back an answer without the new key, until the second
    // purge. Whoever signs with it earlier may lose a viewer.
    settle_keys(&show.stage, 2);
    audience.wait_until_each_got(&[(Signer::Old, VIDEOS)]);

    audience.turn_to(Part::NewTokens);
    audience.wait_until_each_got(&[(Signer::Old, 1), (Signer::New, VIDEOS)]);

    audience.turn_to(Part::NewKeyAlone);
    delete_key(&show.stage, "old");
    audience.wait_until_each_got(&[(Signer::New, VIDEOS)]);
    audience.leave();
    assert_everybody_gets(&show, Signer::Old, 401);
    assert_everybody_gets(&show, Signer::New, 200);
}
