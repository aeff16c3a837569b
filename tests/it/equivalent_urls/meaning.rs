//! What can be asked for, apart from how it is written.

use super::catalog::{PLAYLISTS, VIDEOS};

/// A request's meaning: two that differ must never share an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Meaning {
    pub(super) kind: Kind,
    /// Below the account's path.
    pub(super) path: Vec<Part>,
    /// None is 20.
    pub(super) limit: Option<u32>,
    /// None is 0, and beyond 1000 all are alike.
    pub(super) offset: Option<u32>,
    /// None is the best match first, or the last edited where nothing is searched for.
    pub(super) sort: Option<&'static str>,
    /// In any order.
    pub(super) clauses: Vec<Clause>,
    pub(super) ad_config: Option<&'static str>,
    pub(super) config: Option<&'static str>,
}

/// Which parameters matter, and what the answer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    #[default]
    Video,
    Static,
    /// A playlist, or what is like a video.
    Page,
    Search,
}

/// A part of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Written in one way.
    Fixed(&'static str),
    /// Any of its characters may be percent-encoded.
    Name(String),
}

/// A clause of a search.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Clause {
    /// `+`, `-` or nothing.
    pub(super) sign: &'static str,
    pub(super) field: Option<&'static str>,
    /// Words in lower case, together.
    pub(super) words: &'static [&'static str],
}

const ASSETS: [&str; 6] = [
    "master.m3u8",
    "manifest.mpd",
    "high.mp4",
    "low.mp4",
    "poster.jpg",
    "thumbnail.jpg",
];

/// Some two hundred of every kind.
pub(super) fn all(account: &str) -> Vec<Meaning> {
    let mut all = videos(account);
    all.extend(static_addresses(account));
    all.extend(pages(account));
    all.extend(searches());
    all
}

/// The id of the account's video by its place in the catalog; and of its playlist likewise.
pub(super) fn video_id(account: &str, at: usize) -> String {
    format!("{account}{at:02}")
}

pub(super) fn playlist_id(account: &str, at: usize) -> String {
    format!("{account}{at:03}")
}

/// Each video by its id and by its reference, and one of each that is not there.
fn names(
    folder: &'static str,
    named: impl IntoIterator<Item = (String, String)>,
) -> Vec<Vec<Part>> {
    let both = |(id, reference)| [id, format!("ref:{reference}")];
    named
        .into_iter()
        .flat_map(both)
        .map(|name| vec![Part::Fixed(folder), Part::Name(name)])
        .collect()
}

fn video_names(account: &str) -> Vec<Vec<Part>> {
    let named = VIDEOS.iter().enumerate();
    let named = named.map(|(at, video)| (video_id(account, at), video.reference.to_owned()));
    names("videos", named)
}

fn playlist_names(account: &str) -> Vec<Vec<Part>> {
    let named = PLAYLISTS.iter().enumerate();
    let named = named.map(|(at, list)| (playlist_id(account, at), list.reference.to_owned()));
    names("playlists", named)
}

fn videos(account: &str) -> Vec<Meaning> {
    let one = |path| Meaning {
        path,
        ..Meaning::default()
    };
    let mut all: Vec<_> = video_names(account).into_iter().map(one).collect();
    let absent = ("1".to_owned(), "never was".to_owned());
    all.extend(names("videos", [absent]).into_iter().map(one));
    let with_ads = all[..6].iter().map(|video| Meaning {
        ad_config: Some("ads & more"),
        ..video.clone()
    });
    let with_config = all[..4].iter().map(|video| Meaning {
        config: Some("config-1"),
        ..video.clone()
    });
    let more: Vec<_> = with_ads.chain(with_config).collect();
    all.extend(more);
    all
}

fn static_addresses(account: &str) -> Vec<Meaning> {
    let below = |asset: &'static str| {
        move |mut path: Vec<Part>| {
            path.push(Part::Fixed(asset));
            Meaning {
                kind: Kind::Static,
                path,
                ..Meaning::default()
            }
        }
    };
    let names = video_names(account);
    let mut all: Vec<_> = ASSETS
        .into_iter()
        .flat_map(|asset| names[..12].iter().cloned().map(below(asset)))
        .collect();
    all.extend(["hls.vmap", "dash.vmap"].map(|asset| Meaning {
        ad_config: Some("ads"),
        ..below(asset)(names[0].clone())
    }));
    all
}

fn pages(account: &str) -> Vec<Meaning> {
    let page = |path: &Vec<Part>, limit, offset| Meaning {
        kind: Kind::Page,
        path: path.clone(),
        limit,
        offset,
        ..Meaning::default()
    };
    let mut related = video_names(account);
    for path in &mut related {
        path.push(Part::Fixed("related"));
    }
    let playlists = playlist_names(account);
    let absent = names("playlists", [("1".to_owned(), "never was".to_owned())]);
    let mut all: Vec<_> = playlists
        .iter()
        .chain(&related[..14])
        .chain(&absent)
        .map(|path| page(path, None, None))
        .collect();
    for (limit, offset) in [
        (Some(1), None),
        (Some(3), Some(2)),
        (Some(100), None),
        (None, Some(4)),
        (None, Some(1_000)),
    ] {
        for path in [&playlists[0], &playlists[3], &related[0]] {
            all.push(page(path, limit, offset));
        }
    }
    all
}

fn searches() -> Vec<Meaning> {
    let search = |clauses: Vec<Clause>| Meaning {
        kind: Kind::Search,
        path: vec![Part::Fixed("videos")],
        clauses,
        ..Meaning::default()
    };
    let clause = |sign, field, words| Clause { sign, field, words };
    let mut all = vec![search(vec![])];
    for sort in [
        "name",
        "-name",
        "updated_at",
        "created_at",
        "schedule_starts_at",
    ] {
        let sort = Some(sort);
        all.push(Meaning {
            sort,
            ..search(vec![])
        });
    }
    let fields = [
        None,
        Some("name"),
        Some("tags"),
        Some("text"),
        Some("series"),
    ];
    let words: [&[&str]; 4] = [
        &["ferry"],
        &["harbour"],
        &["night", "ferry"],
        &["caf\u{e9}"],
    ];
    for field in fields {
        for words in words {
            all.push(search(vec![clause("", field, words)]));
        }
    }
    // More than one clause, whose order has no meaning.
    for (sign, field) in [("+", None), ("-", Some("tags")), ("", Some("name"))] {
        let two = vec![
            clause("+", Some("tags"), &["sea"]),
            clause(sign, field, &["ferry"]),
        ];
        let mut three = two.clone();
        three.push(clause("", None, &["100"]));
        all.extend([search(two), search(three)]);
    }
    let of_the_sea = || search(vec![clause("+", Some("tags"), &["sea"])]);
    for (limit, offset, sort) in [
        (None, None, None),
        (Some(2), None, None),
        (None, Some(3), None),
        (Some(2), Some(3), None),
        (Some(2), Some(1_000), None),
        (None, None, Some("-updated_at")),
        (None, None, Some("name")),
        (Some(5), Some(1), Some("-name")),
    ] {
        all.push(Meaning {
            limit,
            offset,
            sort,
            ..of_the_sea()
        });
    }
    all
}
