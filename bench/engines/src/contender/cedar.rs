//! Cedar: one policy that permits, and those that forbid.

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use ipnet::IpNet;

use super::{Contender, Networks};
use crate::{
    restrictions::{
        COUNTRIES, METROS, PROXIES, Restrictions, SUBDIVISIONS, WINDOW, networks_around,
    },
    viewer::Viewer,
};

/// Sets of a video, built once, so that no set is built while a decision is made.
const RULES: &str = r#"
permit (principal, action, resource) when {
    context.now >= resource.from && context.now < resource.until
    && (resource.origins.contains(context.origin) || resource.hosts.contains(context.host)
        || resource.parents.containsAny(context.parents))
    && ((resource.countries.contains(context.country)
         && !(context has subdivision && resource.subdivisions.contains(context.subdivision))
         && !(context has metro && resource.metros.contains(context.metro)))
        || (ALLOWED))
};
forbid (principal, action, resource) when { resource.proxies.containsAny(context.proxies) };
"#;

/// Conditions of one policy: more would not fit the parser's stack.
const IN_ONE: usize = 500;

pub(super) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
}

impl Cedar {
    pub(super) fn new(rules: &Restrictions, viewers: &[Viewer], networks: Networks) -> Self {
        let request = |viewer| {
            let context = context(viewer, networks);
            let request = Request::new(uid("Viewer"), uid("Action"), uid("Video"), context, None);
            request.expect("a request without a schema")
        };
        let text = policies(rules, networks);
        Self {
            authorizer: Authorizer::new(),
            policies: text
                .parse()
                .unwrap_or_else(|error| panic!("no policies: {error:?}")),
            entities: Entities::from_entities([video(rules)], None).expect("one entity"),
            requests: viewers.iter().map(request).collect(),
        }
    }
}

impl Contender for Cedar {
    fn allows(&mut self, viewer: usize) -> bool {
        let request = &self.requests[viewer];
        let response = self
            .authorizer
            .is_authorized(request, &self.policies, &self.entities);
        let failed = response.diagnostics().errors().next();
        assert!(failed.is_none(), "{failed:?}");
        response.decision() == Decision::Allow
    }
}

fn policies(rules: &Restrictions, networks: Networks) -> String {
    let (allowed, denied) = match networks {
        Networks::LookedUp => {
            let within = |set| format!("resource.{set}.containsAny(context.networks)");
            (within("allowed"), vec![within("denied")])
        }
        Networks::Compared => {
            let denied = rules.denied.chunks(IN_ONE).map(in_any);
            (in_any(&rules.allowed), denied.collect())
        }
    };
    let mut text = RULES.replace("ALLOWED", &allowed);
    for condition in denied {
        text.push_str("forbid (principal, action, resource) when { ");
        text.push_str(&condition);
        text.push_str(" };\n");
    }
    text
}

/// The networks of the other family need not be looked at.
fn in_any(networks: &[IpNet]) -> String {
    let of_family = |is_v4: bool| {
        let of_it = networks.iter().filter(|net| net.addr().is_ipv4() == is_v4);
        let within = of_it.map(|net| format!("context.ip.isInRange(ip(\"{net}\"))"));
        let any = within.collect::<Vec<_>>().join(" || ");
        if any.is_empty() {
            "false".to_owned()
        } else {
            any
        }
    };
    let (v4, v6) = (of_family(true), of_family(false));
    format!("if context.ip.isIpv4() then ({v4}) else ({v6})")
}

fn video(rules: &Restrictions) -> Entity {
    let cidrs = |networks: &[IpNet]| texts(networks.iter().map(ToString::to_string));
    let attributes = [
        ("from", RestrictedExpression::new_long(WINDOW.0)),
        ("until", RestrictedExpression::new_long(WINDOW.1)),
        ("countries", texts(COUNTRIES)),
        ("subdivisions", texts(SUBDIVISIONS)),
        ("metros", texts(METROS.map(|metro| metro.to_string()))),
        ("proxies", texts(PROXIES)),
        ("origins", texts(&rules.origins)),
        ("hosts", texts(&rules.hosts)),
        ("parents", texts(&rules.parents)),
        ("allowed", cidrs(&rules.allowed)),
        ("denied", cidrs(&rules.denied)),
    ];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value));
    Entity::new(uid("Video"), attributes.into(), [].into()).expect("plain attributes")
}

fn context(viewer: &Viewer, networks: Networks) -> Context {
    let mut facts = vec![
        ("now", RestrictedExpression::new_long(viewer.now)),
        ("country", text(viewer.country)),
        ("proxies", texts(&viewer.proxies)),
        ("origin", text(&viewer.origin)),
        ("host", text(&viewer.host)),
        ("parents", texts(viewer.parents())),
    ];
    facts.push(match networks {
        Networks::Compared => ("ip", RestrictedExpression::new_ip(viewer.ip.to_string())),
        Networks::LookedUp => ("networks", texts(networks_around(viewer.ip))),
    });
    facts.extend(viewer.subdivision.map(|part| ("subdivision", text(part))));
    facts.extend(
        viewer
            .metro
            .map(|metro| ("metro", text(&metro.to_string()))),
    );
    let facts = facts
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    Context::from_pairs(facts).expect("each fact is told once")
}

fn uid(kind: &str) -> EntityUid {
    let parsed = format!("{kind}::\"one\"").parse();
    parsed.unwrap_or_else(|error| panic!("{kind}: {error:?}"))
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn texts(values: impl IntoIterator<Item = impl AsRef<str>>) -> RestrictedExpression {
    RestrictedExpression::new_set(values.into_iter().map(|value| text(value.as_ref())))
}
