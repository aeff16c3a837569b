use super::*;

/// A network, one inside it, and two countries, for whom there are 9 kinds of viewers.
const OUTER: &str = "192.0.2.0/24";
const INNER: &str = "192.0.2.128/25";
const REGIONS: [(&str, Named); 3] = [
    ("192.0.2.200", 0b11),
    ("192.0.2.1", 0b01),
    ("203.0.113.1", 0),
];
const COUNTRIES: [&str; 3] = ["US", "DE", "?"];

/// What a rule of the small world matches.
#[derive(Clone, Copy, Debug)]
enum Atom {
    Any,
    Us,
    Both,
    Outer,
    Inner,
}

const ATOMS: [Atom; 5] = [Atom::Any, Atom::Us, Atom::Both, Atom::Outer, Atom::Inner];

fn rule(atom: Atom, action: Action) -> AccessRule {
    let countries = |codes: &[&str]| {
        let codes = codes.iter().map(|code| code.parse().expect("a country"));
        Matches::Countries(codes.collect())
    };
    let network = |text: &str| Matches::Networks(vec![text.parse().expect("a network")]);
    let matches = match atom {
        Atom::Any => Matches::Everybody,
        Atom::Us => countries(&["US"]),
        Atom::Both => countries(&["US", "DE"]),
        Atom::Outer => network(OUTER),
        Atom::Inner => network(INNER),
    };
    AccessRule { action, matches }
}

/// Every list of up to four rules.
fn lists() -> Vec<Vec<(Atom, Action)>> {
    let one: Vec<_> = ATOMS
        .into_iter()
        .flat_map(|atom| [(atom, Action::Allow), (atom, Action::Block)])
        .collect();
    let mut lists: Vec<Vec<(Atom, Action)>> = vec![Vec::new()];
    for length in 0..4 {
        let shorter: Vec<_> = lists
            .iter()
            .filter(|list| list.len() == length)
            .cloned()
            .collect();
        lists.extend(shorter.iter().flat_map(|list| {
            one.iter()
                .map(|last| list.iter().chain([last]).copied().collect())
        }));
    }
    lists
}

/// The first match, written down once more without regions.
fn naive(list: &[(Atom, Action)], region: usize, country: &str) -> Action {
    let is_match = |atom: Atom| match atom {
        Atom::Any => true,
        Atom::Us => country == "US",
        Atom::Both => country != "?",
        Atom::Outer => region < 2,
        Atom::Inner => region == 0,
    };
    let found = list.iter().find(|(atom, _)| is_match(*atom));
    found.map_or(Action::Allow, |(_, action)| *action)
}

/// What each kind of viewer is told.
type Table = Vec<Action>;

fn told(of: impl Fn(usize, &str) -> Action) -> Table {
    let all = (0..REGIONS.len()).flat_map(|region| COUNTRIES.map(|country| (region, country)));
    all.map(|(region, country)| of(region, country)).collect()
}

/// Everything that any chain can say in the small world.
fn every_chain() -> Vec<Table> {
    let lists = [None, Some(Action::Allow), Some(Action::Block)];
    let actions = [Action::Allow, Action::Block];
    let mut tables = Vec::new();
    for inner in lists {
        for outer in lists {
            for rest in lists {
                for us in lists {
                    for de in lists {
                        for default in actions {
                            tables.push(told(|region, country| {
                                let address = [inner, outer, rest].get(region).copied().flatten();
                                let place = match country {
                                    "US" => us,
                                    "DE" => de,
                                    _ => None,
                                };
                                address.or(place).unwrap_or(default)
                            }));
                        }
                    }
                }
            }
        }
    }
    tables
}

#[test]
fn a_list_is_converted_exactly_when_a_chain_says_the_same() {
    let chains = every_chain();
    let mut refused = 0;
    for list in lists() {
        let want = told(|region, country| naive(&list, region, country));
        let rules: Vec<_> = list
            .iter()
            .map(|(atom, action)| rule(*atom, *action))
            .collect();
        match convert(&rules) {
            Ok(own) => {
                let entry = compile(&[(LayerKind::Right, &own)]);
                let compiled = Compiled::read(&entry).expect("what was compiled");
                let found = told(|region, country| {
                    let (address, _) = REGIONS[region];
                    let mut viewer = Viewer::new(address.parse().expect("an address"), 0);
                    viewer.place.country = country.parse().ok();
                    match decide(&compiled, &viewer) {
                        Decision::Allow => Action::Allow,
                        Decision::Deny(_) => Action::Block,
                    }
                });
                assert_eq!(found, want, "{list:?}: {own}");
            }
            Err(reason) => {
                refused += 1;
                assert!(!chains.contains(&want), "{list:?}: {reason}");
                assert!(reason.contains("is asked before"), "{list:?}: {reason}");
            }
        }
    }
    assert!(refused > 100, "the small world has conflicts: {refused}");
}

#[test]
fn a_conflict_names_its_two_rules() {
    let rules = [
        rule(Atom::Us, Action::Block),
        rule(Atom::Outer, Action::Allow),
        rule(Atom::Both, Action::Block),
    ];
    let reason = convert(&rules).expect_err("a conflict");
    assert_eq!(
        reason,
        "rule 1 (`ip.geoip.country`) is asked before rule 2 (`ip.src`), which allows 192.0.2.0 to \
         192.0.2.255 but not in US; here an address is asked before a country"
    );
}

#[test]
fn a_network_whose_countries_count_is_what_the_others_are_listed_around() {
    for (network, want) in [
        ("0.0.0.0/0", r#"ip-deny=("::/0"), geo-deny=("US")"#),
        (
            "0.0.0.0/1",
            r#"ip-deny=("128.0.0.0/1" "::/0"), geo-deny=("US")"#,
        ),
    ] {
        let rules = [
            rule(Atom::Us, Action::Block),
            AccessRule {
                action: Action::Allow,
                matches: Matches::Networks(vec![network.parse().expect("a network")]),
            },
            rule(Atom::Any, Action::Block),
        ];
        let own = convert(&rules).expect("one network where countries count");
        assert_eq!(own.to_string(), want);
    }
}

#[test]
fn many_networks_are_joined_before_they_are_written() {
    let networks = (0..100_000_u32).map(|at| {
        let address = std::net::Ipv4Addr::from_bits((10 << 24) + at);
        address.to_string().parse().expect("a network")
    });
    let rules = [AccessRule {
        action: Action::Block,
        matches: Matches::Networks(networks.collect()),
    }];
    let own = convert(&rules).expect("one level");
    assert_eq!(own.ip_deny.len(), 6, "{own}");
}
