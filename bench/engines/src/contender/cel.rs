//! CEL by the crate `cel`: one expression, the rules as variables, each viewer's facts in a scope below
//! them.

use std::collections::HashMap;
use std::sync::Arc;

use cel::{Context, Env, Program, Value};
use ipnet::IpNet;

use super::{Contender, Networks};
use crate::{
    restrictions::{
        COUNTRIES, METROS, PROXIES, Restrictions, SUBDIVISIONS, WINDOW, networks_around,
    },
    viewer::Viewer,
};

const RULES: &str = "now >= from && now < until
    && !proxies.exists(class, class in denied_proxies)
    && (origin in origins || host in hosts || parents.exists(parent, parent in allowed_parents))
    && !(DENIED)
    && ((country in countries && !(subdivision in subdivisions) && !(metro in metros)) || (ALLOWED))";

struct Cel<'p> {
    program: Program,
    scopes: Vec<Context<'p, 'static>>,
}

/// The rules are kept as long as the program runs: scopes borrow them.
pub(super) fn prepare<'a>(
    rules: &Restrictions,
    viewers: &[Viewer],
    networks: Networks,
) -> Box<dyn Contender + 'a> {
    let env = Arc::new(Env::stdlib());
    let find = |set: &str| match networks {
        // CEL knows no addresses: the bounds are whole numbers, of IPv6 the upper half.
        Networks::Compared => format!("{set}[family].exists(net, net[0] <= ip && ip <= net[1])"),
        Networks::LookedUp => format!("networks.exists(network, network in {set})"),
    };
    let text = RULES
        .replace("DENIED", &find("denied"))
        .replace("ALLOWED", &find("allowed"));
    let program = env.compile(&text).unwrap_or_else(|error| panic!("{error}"));
    let root: &'static Context<'static, 'static> = Box::leak(Box::new(root(rules, networks, env)));
    let scopes = viewers.iter().map(|viewer| scope(root, viewer, networks));
    Box::new(Cel {
        program,
        scopes: scopes.collect(),
    })
}

impl Contender for Cel<'_> {
    fn allows(&mut self, viewer: usize) -> bool {
        let answer = self.program.execute(&self.scopes[viewer]);
        answer.unwrap_or_else(|error| panic!("no answer: {error}")) == Value::Bool(true)
    }
}

fn root(rules: &Restrictions, networks: Networks, env: Arc<Env>) -> Context<'static, 'static> {
    let found = |nets: &[IpNet]| match networks {
        Networks::LookedUp => keys(nets.iter().map(ToString::to_string)),
        Networks::Compared => {
            let of_family = |is_v4: bool| {
                let of_it = nets.iter().filter(|net| net.addr().is_ipv4() == is_v4);
                Value::from(of_it.map(bounds).collect::<Vec<_>>())
            };
            HashMap::from([("v4", of_family(true)), ("v6", of_family(false))]).into()
        }
    };
    let mut root = Context::with_env(env);
    let variables = [
        ("from", WINDOW.0.into()),
        ("until", WINDOW.1.into()),
        ("countries", keys(COUNTRIES)),
        ("subdivisions", keys(SUBDIVISIONS)),
        ("metros", keys(METROS.map(|metro| metro.to_string()))),
        ("denied_proxies", keys(PROXIES)),
        ("origins", keys(&rules.origins)),
        ("hosts", keys(&rules.hosts)),
        ("allowed_parents", keys(&rules.parents)),
        ("denied", found(&rules.denied)),
        ("allowed", found(&rules.allowed)),
    ];
    for (name, value) in variables {
        let value: Value = value;
        root.add_variable_from_value(name, value);
    }
    root
}

fn scope<'p>(
    root: &'p Context<'p, 'static>,
    viewer: &Viewer,
    networks: Networks,
) -> Context<'p, 'static> {
    let mut scope = root.new_inner_scope();
    let mut tell = |name: &str, value: Value| scope.add_variable_from_value(name, value);
    tell("now", viewer.now.into());
    tell("country", viewer.country.into());
    tell("subdivision", viewer.subdivision.unwrap_or_default().into());
    tell(
        "metro",
        viewer
            .metro
            .map(|metro| metro.to_string())
            .unwrap_or_default()
            .into(),
    );
    tell("proxies", viewer.proxies.clone().into());
    tell("origin", viewer.origin.as_str().into());
    tell("host", viewer.host.as_str().into());
    tell("parents", viewer.parents().into());
    match networks {
        Networks::LookedUp => tell("networks", networks_around(viewer.ip).into()),
        Networks::Compared => {
            let net = IpNet::from(viewer.ip);
            tell("ip", number(net.addr()).into());
            tell(
                "family",
                if viewer.ip.is_ipv4() { "v4" } else { "v6" }.into(),
            );
        }
    }
    scope
}

fn bounds(network: &IpNet) -> Vec<u64> {
    vec![number(network.network()), number(network.broadcast())]
}

fn number(address: std::net::IpAddr) -> u64 {
    match address {
        std::net::IpAddr::V4(v4) => v4.to_bits().into(),
        // No network is longer than 64 bits, so that the other half never matters.
        std::net::IpAddr::V6(v6) => (v6.to_bits() >> 64) as u64,
    }
}

fn keys(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Value {
    let texts = texts
        .into_iter()
        .map(|text| (text.as_ref().to_owned(), Value::Bool(true)));
    texts.collect::<HashMap<_, _>>().into()
}
