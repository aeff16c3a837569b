//! Viewers who play all the time, each with a token of their own.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinSet, time::sleep};

use crate::{
    harness::{
        edge::{Ask, Edge},
        eventually::eventually,
        http::RUNTIME,
        reply::Reply,
        stage::Stage,
    },
    token::{Backend, claims_of},
};

pub(super) const VIEWERS: usize = 200;

/// How long a viewer watches before the next ask: all of them together ask a thousand times a
/// second, and leave something of two processors to the tests beside this one.
const PAUSE: Duration = Duration::from_millis(200);

/// Tokens do not end all at once: the last viewers get their new one so many asks later than the
/// first.
const SPREAD: usize = 4;

/// What is played, and the two key pairs its tokens are signed with.
pub(super) struct Show {
    pub(super) stage: Stage<'static>,
    videos: Vec<String>,
    old: Backend,
    new: Backend,
}

/// Which key signed a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Signer {
    Old,
    New,
}

/// How far the rotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    OldKeyAlone,
    /// Both keys are registered, or about to be; the old one signs.
    BothKeys,
    /// The new one signs, and viewers get their new tokens.
    NewTokens,
    /// The old one is deleted, or about to be.
    NewKeyAlone,
    /// Everybody leaves.
    Over,
}

/// Two hundred viewers. Dropped, they vanish.
pub(super) struct Audience {
    part: watch::Sender<Part>,
    seen: Arc<Mutex<Seen>>,
    viewers: JoinSet<()>,
}

/// What the viewers were answered.
#[derive(Default)]
struct Seen {
    /// How many videos each viewer got in each part, with a token of each key.
    videos: BTreeMap<(Part, Signer), [usize; VIEWERS]>,
    /// Every other answer, in words, each the last of its viewer.
    lost: Vec<String>,
}

// === impl Show ===

impl Show {
    pub(super) fn new(stage: Stage<'static>, videos: Vec<String>) -> Self {
        Self {
            stage,
            videos,
            old: Backend::new(7),
            new: Backend::new(8),
        }
    }

    pub(super) fn backend(&self, signer: Signer) -> &Backend {
        match signer {
            Signer::Old => &self.old,
            Signer::New => &self.new,
        }
    }

    /// The viewer's token: good in the viewer's own network alone.
    pub(super) fn token(&self, viewer: usize, signer: Signer) -> String {
        let mut claims = claims_of(&self.stage.account);
        claims["uid"] = json!(format!("viewer-{viewer}"));
        claims["ip"] = json!(address(viewer));
        self.backend(signer).token(&claims)
    }

    /// The viewer's ask number `turn`. Every other viewer has a policy key as well, which is not
    /// enough.
    pub(super) fn ask(&self, edge: Edge, viewer: usize, turn: usize, token: &str) -> Ask {
        let (account, video) = (&self.stage.account, self.video(viewer, turn));
        let ask = edge
            .get(&format!("/playback/v1/accounts/{account}/videos/{video}"))
            .viewer(&address(viewer))
            .header("authorization", &format!("Bearer {token}"));
        match viewer.is_multiple_of(2) {
            true => ask.key(&self.stage.key),
            false => ask,
        }
    }

    fn video(&self, viewer: usize, turn: usize) -> &str {
        &self.videos[(viewer + turn) % self.videos.len()]
    }
}

/// Everybody is in a network of their own (RFC 3849).
fn address(viewer: usize) -> String {
    format!("2001:db8:{viewer:x}::1")
}

// === impl Audience ===

impl Audience {
    /// Everybody begins to play, with a token of the old key.
    pub(super) fn seat(show: &Arc<Show>) -> Self {
        let seen = Arc::default();
        let (part, _) = watch::channel(Part::OldKeyAlone);
        let mut viewers = JoinSet::new();
        for viewer in 0..VIEWERS {
            let part = part.subscribe();
            let playing = play(Arc::clone(show), viewer, part, Arc::clone(&seen));
            viewers.spawn_on(playing, RUNTIME.handle());
        }
        Self {
            part,
            seen,
            viewers,
        }
    }

    pub(super) fn turn_to(&self, part: Part) {
        self.part.send_replace(part);
    }

    /// Waits until each viewer has got so many videos in this part with tokens of these keys, and
    /// fails as soon as one gets anything else.
    #[track_caller]
    pub(super) fn wait_until_each_got(&self, wanted: &[(Signer, usize)]) {
        let part = *self.part.borrow();
        let claim = format!("in {part:?} each viewer gets {wanted:?} videos");
        eventually(&claim, || {
            self.assert_nobody_lost();
            let seen = seen(&self.seen);
            let least = |signer| {
                let each = seen.videos.get(&(part, signer));
                each.and_then(|each| each.iter().min().copied())
            };
            let is_enough = |(signer, want): &(Signer, usize)| least(*signer) >= Some(*want);
            wanted.iter().all(is_enough).then_some(())
        });
    }

    /// Waits for everybody's last answer: it has to be good as well.
    #[track_caller]
    pub(super) fn leave(mut self) {
        self.turn_to(Part::Over);
        RUNTIME.block_on(mem::take(&mut self.viewers).join_all());
        self.assert_nobody_lost();
    }

    #[track_caller]
    fn assert_nobody_lost(&self) {
        // Copied: viewers go on, and should not find the lock poisoned by what this says.
        let lost = seen(&self.seen).lost.clone();
        let count = lost.len();
        assert!(lost.is_empty(), "{count} viewers are lost: {}", lost[0]);
    }
}

fn seen(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().expect("nobody panics while holding this")
}

/// One viewer, at one POP, until the end or the first answer that is no video.
async fn play(
    show: Arc<Show>,
    viewer: usize,
    part: watch::Receiver<Part>,
    all_seen: Arc<Mutex<Seen>>,
) {
    let edges = &show.stage.world.pop.edges;
    let edge = edges[viewer % edges.len()];
    let mut signer = Signer::Old;
    let mut token = show.token(viewer, signer);
    let mut old_ones_left = 1 + viewer % SPREAD;
    for turn in 0.. {
        let part = *part.borrow();
        if part == Part::Over {
            return;
        }
        if part == Part::NewTokens && signer == Signer::Old {
            if old_ones_left == 0 {
                signer = Signer::New;
                token = show.token(viewer, signer);
            }
            old_ones_left = old_ones_left.saturating_sub(1);
        }
        let reply = show.ask(edge, viewer, turn, &token).send_async().await;
        match reply {
            Ok(reply) if is_video(&reply, show.video(viewer, turn)) => {
                seen(&all_seen).count(part, signer, viewer);
            }
            other => {
                let lost = format!("viewer {viewer} in {part:?}, by the {signer:?} key: {other:?}");
                return seen(&all_seen).lost.push(lost);
            }
        }
        sleep(PAUSE).await;
    }
}

fn is_video(reply: &Reply, video: &str) -> bool {
    let body = serde_json::from_slice::<Value>(&reply.body);
    reply.status == 200 && body.is_ok_and(|body| body["id"] == video)
}

impl Seen {
    fn count(&mut self, part: Part, signer: Signer, viewer: usize) {
        let each = self.videos.entry((part, signer)).or_insert([0; VIEWERS]);
        each[viewer] += 1;
    }
}
