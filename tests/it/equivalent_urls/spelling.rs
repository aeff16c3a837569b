//! The many ways to write one meaning.

use super::{
    meaning::{Clause, Kind, Meaning, Part},
    random::Random,
};

/// Names with no meaning to us, and what other tools put behind them.
const UNKNOWN: [(&str, &str); 6] = [
    ("_", "1767225600000"),
    ("utm_source", "news & letters"),
    ("tveToken", "a.b.c"),
    ("Limit", "7"),
    ("language", "caf\u{e9}"),
    ("", "nothing"),
];

impl Meaning {
    /// Written plainly.
    pub(super) fn plain(&self, account: &str) -> String {
        let mut query = Vec::new();
        let mut add = |name: &str, value: Option<String>| {
            query.extend(value.map(|value| format!("{name}={}", escaped(&value))));
        };
        let clauses: Vec<_> = self.clauses.iter().map(Clause::plain).collect();
        add("q", (!clauses.is_empty()).then(|| clauses.join(" ")));
        add("limit", self.limit.map(|limit| limit.to_string()));
        add("offset", self.offset.map(|offset| offset.to_string()));
        add("sort", self.sort.map(str::to_owned));
        add("ad_config_id", self.ad_config.map(str::to_owned));
        add("config_id", self.config.map(str::to_owned));
        let path: String = self.path.iter().map(Part::plain).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!(
            "/playback/v1/accounts/{account}{path}{mark}{}",
            query.join("&")
        )
    }

    /// Written in any way. `more` are further parameters, which must have no meaning.
    pub(super) fn spelled(
        &self,
        account: &str,
        more: Vec<(&'static str, String)>,
        random: &mut Random,
    ) -> String {
        let mut target = "/playback/v1/accounts".to_owned();
        let account = Part::Name(account.to_owned());
        for part in [&account].into_iter().chain(&self.path) {
            // Resolved before anything is read of the path.
            target.push_str(match random.below(24) {
                0 => "/.",
                1 => "/x/..",
                2 => "/%2e",
                _ => "",
            });
            target.push('/');
            match part {
                Part::Fixed(text) => target.push_str(text),
                Part::Name(text) => target.push_str(&in_path(text, random)),
            }
        }
        let mut parameters = self.parameters(random);
        parameters.extend(more);
        random.shuffle(&mut parameters);
        let pairs: Vec<_> = parameters
            .iter()
            .map(|(name, value)| {
                let name = in_query(name, random);
                format!("{name}={}", in_query(value, random))
            })
            .collect();
        let between = if random.once_in(10) { "&&" } else { "&" };
        let query = pairs.join(between);
        if !query.is_empty() || random.once_in(4) {
            target.push('?');
        }
        target + &query
    }

    /// Those that matter, defaults among them, and those that do not.
    fn parameters(&self, random: &mut Random) -> Vec<(&'static str, String)> {
        let mut all: Vec<(&'static str, String)> = Vec::new();
        let fixed = [("ad_config_id", self.ad_config), ("config_id", self.config)];
        for (name, value) in fixed {
            match value {
                Some(value) => all.push((name, value.to_owned())),
                None if random.once_in(12) => all.push((name, String::new())),
                None => {}
            }
        }
        match self.kind {
            Kind::Page | Kind::Search => {
                all.extend(number("limit", self.limit, 20, random));
                let offset = match self.offset {
                    Some(1_000) => Some(random.choose(&[1_000, 1_001, 54_321, u32::MAX])),
                    other => other,
                };
                all.extend(number("offset", offset, 0, random));
            }
            Kind::Video | Kind::Static => {
                all.extend(meaningless("limit", &["5", "0", "many"], random));
                all.extend(meaningless("offset", &["5", "-1", ""], random));
            }
        }
        match self.kind {
            Kind::Search => {
                all.extend(self.q(random));
                all.extend(self.sort(random));
            }
            Kind::Video | Kind::Static | Kind::Page => {
                all.extend(meaningless("q", &["tags:sea", "\"open", "x"], random));
                all.extend(meaningless("sort", &["name", "colour"], random));
            }
        }
        for (name, value) in UNKNOWN {
            all.extend(meaningless(name, &[value, ""], random));
        }
        all
    }

    fn q(&self, random: &mut Random) -> Option<(&'static str, String)> {
        if self.clauses.is_empty() {
            // Too short to be a search, which finds every video.
            let nothing = random.choose(&[None, None, Some(""), Some(" "), Some("ab")]);
            return nothing.map(|nothing| ("q", nothing.to_owned()));
        }
        let mut clauses: Vec<_> = self.clauses.iter().collect();
        // Said twice is said once.
        if random.once_in(6) {
            clauses.push(clauses[0]);
        }
        random.shuffle(&mut clauses);
        let mut words: Vec<_> = clauses
            .into_iter()
            .map(|clause| clause.spelled(random))
            .collect();
        // A word that is too common to count.
        if random.once_in(6) {
            words.push(random.choose(&["the", "AND", "Of"]).to_owned());
        }
        let gap = random.choose(&[" ", " ", "  "]);
        Some(("q", words.join(gap)))
    }

    fn sort(&self, random: &mut Random) -> Option<(&'static str, String)> {
        let text = match self.sort {
            Some(sort) if random.once_in(2) => sort.replace("schedule_", "schedule."),
            Some(sort) => sort.to_owned(),
            None if random.once_in(6) => String::new(),
            None if self.clauses.is_empty() && random.once_in(2) => "-updated_at".to_owned(),
            None => return None,
        };
        Some(("sort", text))
    }
}

impl Part {
    fn plain(&self) -> String {
        match self {
            Self::Fixed(text) => format!("/{text}"),
            Self::Name(text) => format!("/{}", escaped(text)),
        }
    }
}

impl Clause {
    fn plain(&self) -> String {
        let field = self.field.map(|field| format!("{field}:"));
        let field = field.unwrap_or_default();
        format!("{}{field}\"{}\"", self.sign, self.words.join(" "))
    }

    /// Words in any case and any order, and quoted if they must be or by chance.
    fn spelled(&self, random: &mut Random) -> String {
        let mut words: Vec<_> = self
            .words
            .iter()
            .map(|word| in_any_case(word, random))
            .collect();
        random.shuffle(&mut words);
        let field = self.field.map(|field| format!("{field}:"));
        let (sign, field, words) = (self.sign, field.unwrap_or_default(), words.join(" "));
        match words.contains(' ') || random.once_in(3) {
            true => format!("{sign}{field}\"{words}\""),
            false => format!("{sign}{field}{words}"),
        }
    }
}

/// A number, with zeros before it if by chance; the default is also left out, or left empty.
fn number(
    name: &'static str,
    value: Option<u32>,
    default: u32,
    random: &mut Random,
) -> Option<(&'static str, String)> {
    let zeros = random.choose(&["", "", "", "0", "000"]);
    match value {
        Some(value) => Some((name, format!("{zeros}{value}"))),
        None if random.once_in(3) => Some((name, format!("{zeros}{default}"))),
        None if random.once_in(8) => Some((name, String::new())),
        None => None,
    }
}

/// Now and then a parameter that changes nothing.
fn meaningless(
    name: &'static str,
    values: &[&str],
    random: &mut Random,
) -> Option<(&'static str, String)> {
    random
        .once_in(8)
        .then(|| (name, random.choose(values).to_owned()))
}

/// Some ASCII letters the other way round.
fn in_any_case(word: &str, random: &mut Random) -> String {
    let flip = |c: char| match random.once_in(3) {
        true => c.to_ascii_uppercase(),
        false => c,
    };
    word.chars().map(flip).collect()
}

// === percent-encoding ===

/// Every byte that could mean something else.
fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// In a path a plus is a plus, and these stand for themselves.
fn in_path(text: &str, random: &mut Random) -> String {
    encoded(text, b"-_~:.+&=,;@!$*()", random)
}

/// In a query a plus is a space.
fn in_query(text: &str, random: &mut Random) -> String {
    encoded(text, b"-_~:.,/?@!$*()", random)
}

/// Bytes that may stand for themselves do so most of the time, the others never.
fn encoded(text: &str, plain: &[u8], random: &mut Random) -> String {
    let is_query = plain.contains(&b'?');
    let mut out = String::new();
    for byte in text.bytes() {
        let may_be_plain = byte.is_ascii_alphanumeric() || plain.contains(&byte);
        match (may_be_plain && !random.once_in(5), byte) {
            (true, _) => out.push(char::from(byte)),
            (false, b' ') if is_query && random.once_in(2) => out.push('+'),
            (false, _) if random.once_in(2) => out.push_str(&format!("%{byte:02x}")),
            (false, _) => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
