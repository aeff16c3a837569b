//! What is asked in a turn.

use anyhow::{Context as _, Result};

use super::account::{ACCOUNT, VIDEO};
use super::signers::Signer;
use crate::bench::load::Load;
use crate::bench::local_world::LocalWorld;

/// One request of a turn.
#[derive(Debug)]
pub(super) struct Question {
    /// Its place in [`Question::NAMES`].
    pub(super) kind: usize,
    pub(super) load: Load,
    /// Whether the answer must come from the cache.
    pub(super) is_hit: bool,
}

/// Everything that can be asked.
#[derive(Debug)]
pub(super) struct Questions {
    empty: Load,
    with_key: Load,
    with_forged_key: Load,
    without_credentials: Load,
    /// Tokens of each algorithm, with their kind at first sight.
    tokens: Vec<(usize, Vec<String>)>,
}

impl Question {
    pub(super) const EMPTY: usize = 0;
    const KEY: usize = 1;
    const FORGED_KEY: usize = 2;
    pub(super) const NAMES: [&str; 9] = [
        "empty request",
        "policy key",
        "policy key, forged",
        "EdDSA token, first sight",
        "EdDSA token, remembered",
        "ES256 token, first sight",
        "ES256 token, remembered",
        "RS256 token, first sight",
        "RS256 token, remembered",
    ];

    /// Each is followed by the same token, remembered.
    pub(super) const FIRST_SIGHTS: [usize; 3] = [3, 5, 7];

    fn new(kind: usize, load: &Load, is_hit: bool) -> Self {
        let load = Load {
            what: Self::NAMES[kind],
            ..load.clone()
        };
        Self { kind, load, is_hit }
    }
}

impl Questions {
    pub(super) fn new(world: &LocalWorld, key: &str, signers: &[Signer]) -> Result<Self> {
        let video = world.video(ACCOUNT, VIDEO, "london-home")?;
        let tokens = signers
            .iter()
            .map(|signer| Ok((first_sight(&signer.algorithm)?, signer.tokens.clone())));
        Ok(Self {
            empty: world.empty()?,
            with_key: video.clone().with_key(key),
            with_forged_key: Load {
                status: 401,
                ..video.clone().with_key(&forged(key)?)
            },
            without_credentials: video,
            tokens: tokens.collect::<Result<_>>()?,
        })
    }

    /// The video with the policy key.
    pub(super) fn with_key(&self) -> Load {
        Question::new(Question::KEY, &self.with_key, true).load
    }

    /// Every kind once, with tokens nobody has seen before. Each turn begins with another kind: what is
    /// asked after a long answer may find the machine warmer, or colder.
    pub(super) fn turn(&self, number: u32) -> Result<Vec<Question>> {
        let at = usize::try_from(number)?;
        let mut groups = vec![
            vec![Question::new(Question::EMPTY, &self.empty, false)],
            vec![Question::new(Question::KEY, &self.with_key, true)],
            vec![Question::new(
                Question::FORGED_KEY,
                &self.with_forged_key,
                false,
            )],
        ];
        for (first_sight, tokens) in &self.tokens {
            let token = tokens.get(at).context("a token for each turn")?;
            let load = self.without_credentials.clone().with_token(token);
            groups.push(vec![
                Question::new(*first_sight, &load, true),
                Question::new(first_sight + 1, &load, true),
            ]);
        }
        let first = at % groups.len();
        groups.rotate_left(first);
        Ok(groups.into_iter().flatten().collect())
    }
}

fn first_sight(algorithm: &str) -> Result<usize> {
    let name = format!("{algorithm} token, first sight");
    let kind = Question::FIRST_SIGHTS
        .into_iter()
        .find(|kind| Question::NAMES[*kind] == name);
    kind.with_context(|| format!("there is no row for tokens by `{algorithm}`"))
}

/// The key with one character of its tag changed: all of it is hashed before it is refused.
fn forged(key: &str) -> Result<String> {
    /// Behind the format and the signing key's number, within the 16 bytes of the tag.
    const IN_TAG: usize = 10;
    let changed = match key
        .as_bytes()
        .get(IN_TAG)
        .context("a policy key is longer")?
    {
        b'A' => "B",
        _ => "A",
    };
    let mut key = key.to_owned();
    key.replace_range(IN_TAG..=IN_TAG, changed);
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions() -> Questions {
        let tokens = |name: &str| (0..10).map(|at| format!("{name}{at}")).collect();
        Questions {
            empty: Load::default(),
            with_key: Load::default(),
            with_forged_key: Load::default(),
            without_credentials: Load::default(),
            tokens: vec![(3, tokens("e")), (5, tokens("p")), (7, tokens("r"))],
        }
    }

    #[test]
    fn every_turn_asks_of_every_kind_and_begins_with_another() {
        let questions = questions();
        let kinds = |turn| -> Vec<usize> {
            let turn = questions.turn(turn).expect("ten tokens");
            turn.iter().map(|question| question.kind).collect()
        };
        assert_eq!(kinds(0), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(kinds(1), [1, 2, 3, 4, 5, 6, 7, 8, 0]);
        assert_eq!(kinds(4), [5, 6, 7, 8, 0, 1, 2, 3, 4]);
        assert_eq!(kinds(6), kinds(0));
    }

    #[test]
    fn a_token_is_shown_twice_in_its_turn_and_never_again() {
        let questions = questions();
        let mut shown = Vec::new();
        for turn in 0..10 {
            for question in questions.turn(turn).expect("ten tokens") {
                shown.extend(question.load.headers.into_iter().map(|(_, value)| value));
            }
        }
        assert_eq!(shown.len(), 60);
        assert!(shown.chunks(2).all(|pair| pair[0] == pair[1]), "{shown:?}");
        shown.sort();
        shown.dedup();
        assert_eq!(shown.len(), 30);
        assert!(questions.turn(10).is_err(), "no token may be shown again");
    }

    #[test]
    fn forged_key_differs_in_its_tag_alone() {
        for (key, want) in [
            ("AQEx456789012345", "AQEx456789A12345"),
            ("AQEx456789A12345", "AQEx456789B12345"),
        ] {
            assert_eq!(forged(key).expect("a key"), want);
        }
        assert!(forged("AQEx").is_err());
    }
}
