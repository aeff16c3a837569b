//! What Cedar decides.

use std::collections::BTreeSet;

use cedar_policy::{
    Authorizer, Decision, Entities, EntityUid, PolicyId, PolicySet, Request, Schema,
    ValidationMode, Validator,
};

use crate::case::{LAYERS, RuleSet, Want, Who};
use crate::translate::{self, CHECKS};

/// Rules as Cedar policies, ready to be asked.
pub(crate) struct Oracle<'r> {
    rules: &'r RuleSet,
    policies: PolicySet,
    authorizer: Authorizer,
    names: [EntityUid; 3],
}

/// An answer and why.
pub(crate) struct Verdict {
    /// The answers that the documents allow: one, or of a refusal one for each member that refuses in
    /// the same check of the same layer, since none of them is said to come first.
    pub(crate) answers: Vec<Want>,
    /// The check that refuses.
    pub(crate) check: Option<&'static str>,
    /// The policies that forbid it.
    because: Vec<PolicyId>,
}

/// Where in the order of checks a policy stands, and the member it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Refusal {
    check: usize,
    layer: usize,
    member: String,
}

// === impl Verdict ===

impl Verdict {
    /// The section that says so.
    pub(crate) fn spec(&self) -> &'static str {
        match self.check {
            Some("revoked key") => "DESIGN.md#revoked-keys",
            Some("token") => "DESIGN.md#tokens",
            Some("schedule") => "DESIGN.md#schedule",
            Some("proxy") => "DESIGN.md#proxies",
            Some("site") => "DESIGN.md#domains",
            _ => "DESIGN.md#precedence",
        }
    }
}

// === impl Oracle ===

impl<'r> Oracle<'r> {
    pub(crate) fn new(rules: &'r RuleSet) -> Self {
        let name = |name: &str| name.parse().expect("a name of Cedar's");
        Self {
            rules,
            policies: translate::policies(rules),
            authorizer: Authorizer::new(),
            names: [
                name("Viewer::\"this\""),
                name("Action::\"play\""),
                name("Video::\"this\""),
            ],
        }
    }

    /// Nothing where the documents leave it to rounding.
    pub(crate) fn verdict(&self, who: &Who) -> Option<Verdict> {
        translate::is_clear(self.rules, who).then(|| self.verdict_at_any_rate(who))
    }

    /// The verdict also of who stands on a circle's border.
    pub(crate) fn verdict_at_any_rate(&self, who: &Who) -> Verdict {
        let request = self.request(who, None).expect("one without a schema");
        let response =
            (self.authorizer).is_authorized(&request, &self.policies, &Entities::empty());
        // A policy that fails forbids nothing: a mistake in the translation must not pass for a verdict.
        let errors: Vec<_> = response.diagnostics().errors().collect();
        assert!(errors.is_empty(), "{errors:?}\n{}", self.policies);
        match response.decision() {
            Decision::Allow => Verdict {
                answers: vec![allow()],
                check: None,
                because: Vec::new(),
            },
            Decision::Deny => self.first(response.diagnostics().reason().cloned().collect(), who),
        }
    }

    /// Whether policies and request are as the schema has them: an attribute that is misspelled in a
    /// policy would otherwise only be one that no viewer has.
    pub(crate) fn check(&self, schema: &Schema, who: &Who) -> Result<(), String> {
        let validator = Validator::new(schema.clone());
        let result = validator.validate(&self.policies, ValidationMode::Strict);
        let errors: Vec<_> = result
            .validation_errors()
            .map(ToString::to_string)
            .collect();
        self.request(who, Some(schema))?;
        match errors.is_empty() {
            true => Ok(()),
            false => Err(format!("{}\n{}", errors.join("\n"), self.policies)),
        }
    }

    fn request(&self, who: &Who, schema: Option<&Schema>) -> Result<Request, String> {
        let [principal, action, resource] = self.names.clone();
        let context = translate::context(self.rules, who);
        Request::new(principal, action, resource, context, schema)
            .map_err(|error| error.to_string())
    }

    /// The policies that made the verdict, as Cedar writes them.
    pub(crate) fn reasons(&self, verdict: &Verdict) -> String {
        let policies = verdict
            .because
            .iter()
            .filter_map(|id| self.policies.policy(id));
        policies.map(|policy| format!("{policy}\n")).collect()
    }

    /// The first refusal in the order of checks, and its equals.
    fn first(&self, because: Vec<PolicyId>, who: &Who) -> Verdict {
        let mut refusals: Vec<_> = because
            .into_iter()
            .map(|id| (self.refusal(&id), id))
            .collect();
        let rank = |refusal: &Refusal| (refusal.check, refusal.layer);
        let first = refusals.iter().map(|(refusal, _)| rank(refusal)).min();
        refusals.retain(|(refusal, _)| Some(rank(refusal)) == first);
        let distinct: BTreeSet<_> = refusals
            .iter()
            .map(|(refusal, _)| refusal.clone())
            .collect();
        Verdict {
            answers: distinct.iter().map(|refusal| refusal.told(who)).collect(),
            check: first.map(|(check, _)| CHECKS[check]),
            because: refusals.into_iter().map(|(_, id)| id).collect(),
        }
    }

    fn refusal(&self, id: &PolicyId) -> Refusal {
        let annotation = |key: &str| self.policies.annotation(id, key).expect("an annotation");
        let place = |name: &str, names: &[&str]| names.iter().position(|known| *known == name);
        Refusal {
            check: place(annotation("check"), &CHECKS).expect("a check"),
            layer: place(annotation("layer"), &LAYERS).expect("a layer"),
            member: annotation("member").to_owned(),
        }
    }
}

fn allow() -> Want {
    Want {
        decision: "allow".to_owned(),
        status: 200,
        ..Want::default()
    }
}

// === impl Refusal ===

impl Refusal {
    /// What the viewer is told.
    ///
    /// # Source
    ///
    /// Playback API contract, errors.
    fn told(&self, who: &Who) -> Want {
        let country = || translate::country(who).unwrap_or("unknown".to_owned());
        let (status, code, subcode, client_geo) = match self.member.as_str() {
            "revoked-keys" => (401, "INVALID_POLICY_KEY", None, None),
            "token" if who.token.is_none() => (401, "ACCESS_DENIED", Some("TOKEN_REQUIRED"), None),
            "token" => (401, "ACCESS_DENIED", Some("TOKEN_VALIDATION"), None),
            "from" | "until" | "days" | "hours" => (403, "VIDEO_NOT_PLAYABLE", None, None),
            "proxy-deny" => {
                let proxy = "anonymizing_proxy".to_owned();
                (403, "ACCESS_DENIED", Some("CLIENT_GEO"), Some(proxy))
            }
            place if place.starts_with("geo-") => {
                let country = country().to_lowercase();
                (403, "ACCESS_DENIED", Some("CLIENT_GEO"), Some(country))
            }
            site if site.starts_with("domain-") => (403, "ACCESS_DENIED", Some("DOMAIN"), None),
            _ => (403, "ACCESS_DENIED", Some("CLIENT_IP"), None),
        };
        Want {
            decision: "deny".to_owned(),
            layer: Some(LAYERS[self.layer].to_owned()),
            member: Some(self.member.clone()),
            status,
            code: Some(code.to_owned()),
            subcode: subcode.map(str::to_owned),
            client_geo,
        }
    }
}
