//! What requests mean, whatever their spelling.

use playback_policy::{PlaybackRequest, Query, Route};
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::dice::Dice;

/// What a request asks for, in parts that can be spelled in many ways.
#[derive(Clone, Debug)]
struct Meaning {
    /// Parts of the path, and whether they are names.
    path: Vec<(String, bool)>,
    clauses: Vec<String>,
    sort: Option<&'static str>,
    limit: u32,
    offset: u32,
    configs: [Option<String>; 2],
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(vec!["1", "2", "a-B_9", "ref:1", "ref:ref:a", "ref:a b", "ref:a+b", "ref:a%20b"])
            .prop_map(str::to_owned),
        1 => select(vec!["ref:a/related", "ref:..", "ref:.", "ref:ü🦆", "ref:?#&=;\"\\", "ref:%"])
            .prop_map(str::to_owned),
        1 => "ref:\\PC{1,20}",
    ]
}

fn meaning() -> impl Strategy<Value = Meaning> {
    let path = (
        select(vec!["1", "2", "a_B-9"]),
        select(vec!["videos", "playlists"]),
        option::weighted(0.8, name()),
        select(vec!["", "", "related", "master.m3u8", "low.mp4"]),
    )
        .prop_map(|(account, kind, name, asset)| {
            let fixed = |text: &str| (text.to_owned(), false);
            let mut path = vec![fixed("playback"), fixed("v1"), fixed("accounts")];
            path.push((account.to_owned(), true));
            match name {
                None => path.push(fixed("videos")),
                Some(name) => path.extend([fixed(kind), (name, true)]),
            }
            if path.len() == 6 && kind == "videos" && !asset.is_empty() {
                path.push(fixed(asset));
            }
            path
        });
    let clauses = [
        "cat",
        "+name:dog",
        "-tags:\"big owl\",x",
        "id:1",
        "created_at:-1d..NOW",
        "the",
    ];
    let config = || {
        option::of(prop_oneof![
            select(vec!["a", "b", "A", "a b", "a+b", "1", "é", "&x=1", "%41"])
                .prop_map(str::to_owned),
            "[^\\pC\u{fffd}]{1,9}",
        ])
    };
    let parameters = (
        vec(select(clauses.to_vec()).prop_map(str::to_owned), 0..4),
        option::of(select(vec![
            "name",
            "-name",
            "-updated_at",
            "schedule.ends_at",
        ])),
        select(vec![20, 20, 1, 100, 5]),
        select(vec![0, 0, 1, 999, 1000]),
        [config(), config()],
    );
    (path, parameters).prop_map(|(path, (clauses, sort, limit, offset, configs))| Meaning {
        path,
        clauses,
        sort,
        limit,
        offset,
        configs,
    })
}

/// A text with each of its characters encoded or not, but always those that would end it.
fn encode(text: &str, ends: &str, dice: &mut Dice, out: &mut String) {
    for c in text.chars() {
        if ends.contains(c) || c == '%' || c.is_control() || dice.below(4) == 0 {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let lower = format!("%{byte:02x}");
                out.push_str(&if dice.below(2) == 0 {
                    lower
                } else {
                    lower.to_uppercase()
                });
            }
        } else {
            out.push(c);
        }
    }
}

impl Meaning {
    /// One of the ways to write it: a path and a query.
    fn spell(&self, dice: &mut Dice) -> (String, String) {
        let mut path = String::new();
        for (part, is_name) in &self.path {
            path.push('/');
            match is_name {
                true => encode(part, "/?#", dice, &mut path),
                false => path.push_str(part),
            }
        }
        let mut parameters = Vec::new();
        let mut add = |name: &str, value: &str, dice: &mut Dice| {
            let mut text = String::new();
            encode(name, "&=+#", dice, &mut text);
            text.push('=');
            let mut encoded = String::new();
            encode(value, "&+#", dice, &mut encoded);
            let space = dice.pick(&["+", "%20"]);
            text.push_str(&encoded.replace(' ', space));
            parameters.push(text);
        };
        let [ad_config, config] = &self.configs;
        for (name, value) in [("ad_config_id", ad_config), ("config_id", config)] {
            match value {
                Some(value) => add(name, value, dice),
                None if dice.below(4) == 0 => add(name, "", dice),
                None => {}
            }
        }
        for (name, value, default) in [("limit", self.limit, 20), ("offset", self.offset, 0)] {
            let zero = dice.pick(&["", "", "0"]);
            if value != default || dice.below(3) == 0 {
                add(name, &format!("{zero}{value}"), dice);
            }
        }
        // Beyond the last there is nothing but the same empty page.
        let mut clauses: Vec<_> = self
            .clauses
            .iter()
            .map(|clause| respell(clause, dice))
            .collect();
        clauses.extend(clauses.first().filter(|_| dice.below(3) == 0).cloned());
        dice.shuffle(&mut clauses);
        let space = dice.pick(&[" ", " ", "  "]);
        let q = format!("{}{space}", clauses.join(space));
        if !q.trim().is_empty() || dice.below(3) == 0 {
            add("q", &q, dice);
        }
        let q: Query = q.parse().unwrap();
        match self.sort {
            Some(sort) => add("sort", &sort.replace('.', dice.pick(&[".", "_"])), dice),
            None if q.is_empty() && dice.below(3) == 0 => add("sort", "-updated_at", dice),
            None => {}
        }
        for unknown in ["_", "tveToken", "LIMIT", ""] {
            if dice.below(4) == 0 {
                let value = dice.below(1000).to_string();
                add(unknown, &value, dice);
            }
        }
        dice.shuffle(&mut parameters);
        (path, parameters.join(dice.pick(&["&", "&", "&&"])))
    }

    fn read(&self, dice: &mut Dice) -> PlaybackRequest {
        let (path, query) = self.spell(dice);
        match Route::parse(&path, Some(&query)) {
            Ok(Route::Playback(request)) => request,
            other => panic!("{other:?}: {path}?{query}"),
        }
    }
}

/// A clause in other letters.
fn respell(clause: &str, dice: &mut Dice) -> String {
    let is_text = !clause.contains(':') || clause.contains("name:");
    match (is_text, dice.below(2)) {
        (true, 0) => clause.replace("cat", "CAT").replace("dog", "\"Dog\""),
        _ => clause.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn spellings_of_one_meaning_have_one_key(meaning in meaning(), seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let (one, other) = (meaning.read(&mut dice), meaning.read(&mut dice));
        prop_assert_eq!(one.cache_key(), other.cache_key());
        prop_assert_eq!(one, other);
    }

    #[test]
    fn different_meanings_have_different_keys(
        one in meaning(), other in meaning(), seed in any::<u64>(),
    ) {
        let mut dice = Dice(seed);
        let (one, other) = (one.read(&mut dice), other.read(&mut dice));
        let have_one_key = one.cache_key().to_bytes() == other.cache_key().to_bytes();
        prop_assert_eq!(have_one_key, one == other, "{:?} {:?}", one, other);
    }

    #[test]
    fn one_change_of_meaning_changes_the_key(
        meaning in meaning(), change in 0..6, seed in any::<u64>(),
    ) {
        let mut other = meaning.clone();
        let is_search = meaning.path.len() == 5;
        let is_paged = is_search
            || meaning.path[4].0 == "playlists"
            || meaning.path.last().is_some_and(|(last, is_name)| last == "related" && !is_name);
        match change {
            0 if !is_search => other.path[5].0 = "ref:other".to_owned(),
            1 if is_paged => other.limit = 99,
            2 if is_search => other.clauses.push("other".to_owned()),
            3 if is_search => other.sort = Some("plays_total"),
            4 => other.configs[0] = Some("other".to_owned()),
            _ => other.path[3].0.push('x'),
        }
        let mut dice = Dice(seed);
        let (one, other) = (meaning.read(&mut dice), other.read(&mut dice));
        prop_assert_ne!(one.cache_key(), other.cache_key());
    }

    #[test]
    fn the_origin_reads_a_key_as_it_was_meant(meaning in meaning(), seed in any::<u64>()) {
        let request = meaning.read(&mut Dice(seed));
        let key = request.cache_key();
        let target = key.origin_target();
        let mut parts = target.split('?');
        let (path, query) = (parts.next().unwrap_or_default(), parts.next());
        prop_assert_eq!(Route::parse(path, query), Ok(Route::Playback(request)), "{}", target);
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
        prop_assert!(target.bytes().all(is_plain) && parts.next().is_none(), "{}", target);
    }
}
