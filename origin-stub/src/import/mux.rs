//! Mux's playback restrictions.
//!
//! # Source
//!
//! Mux's API reference, playback restrictions, and its guide to secure playback.

use playback_policy::{DomainPattern, Rules, Verdict};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Imported, ImportedRight, NoEqual, Tokens,
    document::{InvalidDocument, below, read, unknown},
};

#[derive(Deserialize)]
struct Restriction {
    id: Option<String>,
    #[serde(rename = "created_at")]
    _created_at: Option<Value>,
    #[serde(rename = "updated_at")]
    _updated_at: Option<Value>,
    referrer: Option<Value>,
    user_agent: Option<Value>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

#[derive(Deserialize)]
struct Referrer {
    allowed_domains: Vec<String>,
    #[serde(default)]
    allow_no_referrer: bool,
    #[serde(flatten)]
    other: Map<String, Value>,
}

#[derive(Deserialize)]
struct UserAgent {
    #[serde(default = "yes")]
    allow_no_user_agent: bool,
    #[serde(default = "yes")]
    allow_high_risk_user_agent: bool,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// What Mux does where a member is left out.
fn yes() -> bool {
    true
}

/// The most domains of a restriction.
const MAX_DOMAINS: usize = 100;
/// Any site.
const ANY: &str = "*";

/// One restriction, a list of them, or either as the API answers with it, in `data`.
pub(super) fn import(document: &Value) -> Result<Imported, InvalidDocument> {
    let (inside, place) = match document.get("data") {
        Some(data) => (data, "data"),
        None => (document, "."),
    };
    let mut imported = Imported::default();
    match inside {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let place = match place {
                    "." => format!("[{at}]"),
                    place => format!("{place}[{at}]"),
                };
                import_one(item, &place, &mut imported)?;
            }
        }
        item => import_one(item, place, &mut imported)?,
    }
    Ok(imported)
}

fn import_one(item: &Value, place: &str, to: &mut Imported) -> Result<(), InvalidDocument> {
    let restriction: Restriction = read(item, place)?;
    let mut no_equal = unknown(&restriction.other, place);
    if let Some(user_agent) = &restriction.user_agent {
        no_equal.extend(user_agents(user_agent, &below(place, "user_agent"))?);
    }
    let place = below(place, "referrer");
    let Some(referrer) = &restriction.referrer else {
        return Err(InvalidDocument::new(place, "expected an object"));
    };
    match sites(referrer, &place)? {
        Ok(rules) if no_equal.is_empty() => to.rights.push(ImportedRight {
            name: match restriction.id {
                Some(id) => format!("Mux playback restriction {id}"),
                None => "Mux playback restriction".to_owned(),
            },
            rules,
            tokens: Tokens::Needed,
        }),
        Ok(_) => to.no_equal.extend(no_equal),
        Err(reports) => to.no_equal.extend(no_equal.into_iter().chain(reports)),
    }
    Ok(())
}

/// Nothing is known of a viewer's program here.
fn user_agents(value: &Value, place: &str) -> Result<Vec<NoEqual>, InvalidDocument> {
    let rules: UserAgent = read(value, place)?;
    let refuses = [
        ("allow_no_user_agent", rules.allow_no_user_agent),
        (
            "allow_high_risk_user_agent",
            rules.allow_high_risk_user_agent,
        ),
    ];
    let refuses = refuses.into_iter().filter(|(_, is_allowed)| !is_allowed);
    let reports = refuses.map(|(member, _)| {
        NoEqual::new(below(place, member), "no rule looks at a viewer's program")
    });
    Ok(reports.chain(unknown(&rules.other, place)).collect())
}

type Sites = Result<Rules, Vec<NoEqual>>;

fn sites(value: &Value, place: &str) -> Result<Sites, InvalidDocument> {
    let referrer: Referrer = read(value, place)?;
    let mut no_equal = unknown(&referrer.other, place);
    let list = below(place, "allowed_domains");
    let missing = match referrer.allow_no_referrer {
        true => Verdict::Allow,
        false => Verdict::Deny,
    };
    let domains = &referrer.allowed_domains;
    if domains.len() > MAX_DOMAINS {
        no_equal.push(NoEqual::new(
            &list,
            format!(
                "expected at most {MAX_DOMAINS} domains, found {}",
                domains.len()
            ),
        ));
        return Ok(Err(no_equal));
    }
    let mut rules = Rules::default();
    match (domains.as_slice(), missing) {
        // Nobody plays, with a site or without.
        ([], Verdict::Deny) => rules.geo_default = Some(Verdict::Deny),
        ([], Verdict::Allow) => no_equal.push(NoEqual::new(
            &list,
            "no rule refuses every site but not those who tell none",
        )),
        ([any], Verdict::Allow) if any == ANY => {}
        ([any], Verdict::Deny) if any == ANY => rules.domain_missing = Some(Verdict::Deny),
        (_, missing) => {
            for (at, domain) in domains.iter().enumerate() {
                match pattern(domain) {
                    Ok(pattern) => rules.domain_allow.push(pattern),
                    Err(reason) => no_equal.push(NoEqual::new(format!("{list}[{at}]"), reason)),
                }
            }
            rules.domain_missing = Some(missing);
        }
    }
    match no_equal.is_empty() {
        true => Ok(Ok(rules)),
        false => Ok(Err(no_equal)),
    }
}

/// A domain, or all below one.
fn pattern(domain: &str) -> Result<DomainPattern, &'static str> {
    match domain.parse() {
        Ok(pattern @ (DomainPattern::Host(_) | DomainPattern::Below(_))) => Ok(pattern),
        _ if domain == ANY => Err("`*` is for every site, and stands alone"),
        _ => Err("expected a domain such as `example.com` or `*.example.com`"),
    }
}
