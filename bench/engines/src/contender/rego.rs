//! Rego by regorus: compiled for its register machine, the rules as data, each viewer as input.

use ipnet::IpNet;
use regorus::{Engine, Value, languages::rego::compiler::Compiler, rvm::vm::RegoVM};
use serde_json::json;

use super::{Contender, Networks};
use crate::{
    restrictions::{
        COUNTRIES, METROS, PROXIES, Restrictions, SUBDIVISIONS, WINDOW, networks_around,
    },
    viewer::Viewer,
};

const ENTRY: &str = "data.playback.allow";

/// What is looked up is an object's key, which is found without a scan.
const RULES: &str = r#"
package playback

default allow := false

allow if {
    input.now >= data.rules.from
    input.now < data.rules.until
    not proxied
    embedded
    not denied
    placed
}

proxied if {
    some class in input.proxies
    data.rules.proxies[class]
}

embedded if data.rules.origins[input.origin]
else if data.rules.hosts[input.host]
else if {
    some parent in input.parents
    data.rules.parents[parent]
}

placed if {
    data.rules.countries[input.country]
    not data.rules.subdivisions[input.subdivision]
    not data.rules.metros[input.metro]
} else if exempt
"#;

const COMPARED: &str = r#"
denied if {
    some network in data.rules.denied[input.family]
    net.cidr_contains(network, input.ip)
}

exempt if {
    some network in data.rules.allowed[input.family]
    net.cidr_contains(network, input.ip)
}
"#;

const LOOKED_UP: &str = r#"
denied if {
    some network in input.networks
    data.rules.denied[network]
}

exempt if {
    some network in input.networks
    data.rules.allowed[network]
}
"#;

pub(super) struct Rego {
    machine: RegoVM,
    inputs: Vec<Value>,
}

impl Rego {
    pub(super) fn new(rules: &Restrictions, viewers: &[Viewer], networks: Networks) -> Self {
        let finding = match networks {
            Networks::Compared => COMPARED,
            Networks::LookedUp => LOOKED_UP,
        };
        let data = value(&json!({ "rules": data(rules, networks) }));
        let mut engine = Engine::new();
        let policy = format!("{RULES}{finding}");
        engine
            .add_policy("playback.rego".to_owned(), policy)
            .expect("a policy");
        engine
            .add_data(data.clone())
            .expect("data beside the policy");
        let compiled = engine
            .compile_with_entrypoint(&ENTRY.into())
            .expect("an entry point");
        let program = Compiler::compile_from_policy(&compiled, &[ENTRY]).expect("a program");
        let mut machine = RegoVM::new();
        machine.set_max_instructions(usize::MAX);
        machine.load_program(program);
        machine.set_data(data).expect("data");
        Self {
            machine,
            inputs: viewers
                .iter()
                .map(|viewer| input(viewer, networks))
                .collect(),
        }
    }
}

impl Contender for Rego {
    fn allows(&mut self, viewer: usize) -> bool {
        self.machine.set_input(self.inputs[viewer].clone());
        let answer = self
            .machine
            .execute()
            .unwrap_or_else(|error| panic!("no answer: {error}"));
        answer == Value::from(true)
    }
}

fn data(rules: &Restrictions, networks: Networks) -> serde_json::Value {
    let found = |nets: &[IpNet]| match networks {
        Networks::LookedUp => keys(nets.iter().map(ToString::to_string)),
        Networks::Compared => {
            let of_family = |is_v4: bool| -> Vec<String> {
                let of_it = nets.iter().filter(|net| net.addr().is_ipv4() == is_v4);
                of_it.map(ToString::to_string).collect()
            };
            json!({ "v4": of_family(true), "v6": of_family(false) })
        }
    };
    json!({
        "from": WINDOW.0,
        "until": WINDOW.1,
        "countries": keys(COUNTRIES),
        "subdivisions": keys(SUBDIVISIONS),
        "metros": keys(METROS.map(|metro| metro.to_string())),
        "proxies": keys(PROXIES),
        "origins": keys(&rules.origins),
        "hosts": keys(&rules.hosts),
        "parents": keys(&rules.parents),
        "denied": found(&rules.denied),
        "allowed": found(&rules.allowed),
    })
}

fn input(viewer: &Viewer, networks: Networks) -> Value {
    let mut facts = json!({
        "now": viewer.now,
        "country": viewer.country,
        "proxies": viewer.proxies,
        "origin": viewer.origin,
        "host": viewer.host,
        "parents": viewer.parents(),
    });
    match networks {
        Networks::Compared => {
            facts["ip"] = viewer.ip.to_string().into();
            facts["family"] = if viewer.ip.is_ipv4() { "v4" } else { "v6" }.into();
        }
        Networks::LookedUp => facts["networks"] = networks_around(viewer.ip).into(),
    }
    if let Some(part) = viewer.subdivision {
        facts["subdivision"] = part.into();
    }
    if let Some(metro) = viewer.metro {
        facts["metro"] = metro.to_string().into();
    }
    value(&facts)
}

fn keys(texts: impl IntoIterator<Item = impl AsRef<str>>) -> serde_json::Value {
    let texts = texts
        .into_iter()
        .map(|text| (text.as_ref().to_owned(), true.into()));
    serde_json::Value::Object(texts.collect())
}

fn value(json: &serde_json::Value) -> Value {
    Value::from_json_str(&json.to_string()).expect("JSON that was just made")
}
