//! Which of our packages may depend on which.

use std::collections::BTreeSet;

use toml::Table;

use super::{Findings, TextFile};

/// The arrows, package by package. One that is not listed may depend on none of ours.
const ARROWS: &[(&str, &[&str])] = &[
    ("playback-edge", &["playback-policy"]),
    ("origin-stub", &["playback-policy"]),
    ("playback-tests", &["playback-policy", "playback-world"]),
    ("playback-world", &["playback-policy"]),
    ("playback-bench", &["playback-policy"]),
    ("bench-inside", &["playback-bench"]),
    ("playback-engines", &["playback-policy"]),
    ("playback-fuzz", &["playback-policy"]),
    ("playback-fuzz-targets", &["playback-fuzz"]),
];

const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// A package of ours, with the names of everything it depends on.
struct Package<'a> {
    path: &'a str,
    name: String,
    dependencies: BTreeSet<String>,
}

pub(super) fn check(files: &[TextFile], findings: &mut Findings) {
    let manifests = files
        .iter()
        .filter(|file| file.path == "Cargo.toml" || file.path.ends_with("/Cargo.toml"));
    let packages: Vec<Package<'_>> = manifests.filter_map(package).collect();
    for package in &packages {
        let allowed = ARROWS
            .iter()
            .find(|(name, _)| *name == package.name)
            .map_or(&[][..], |(_, to)| to);
        for other in packages
            .iter()
            .filter(|other| package.dependencies.contains(&other.name))
        {
            if !allowed.contains(&other.name.as_str()) {
                findings.problem(format!(
                    "{}: `{}` must not depend on `{}`",
                    package.path, package.name, other.name
                ));
            }
        }
    }
}

/// Reads a manifest; cargo itself complains about one that cannot be read.
fn package(file: &TextFile) -> Option<Package<'_>> {
    let manifest: Table = file.text.parse().ok()?;
    let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
    let per_platform = manifest.get("target").and_then(|target| target.as_table());
    let tables = per_platform
        .into_iter()
        .flat_map(|platforms| platforms.values().filter_map(|table| table.as_table()));
    let dependencies = tables
        .chain([&manifest])
        .flat_map(|table| {
            SECTIONS
                .iter()
                .filter_map(|section| table.get(*section)?.as_table())
        })
        .flat_map(|section| section.keys().cloned())
        .collect();
    Some(Package {
        path: &file.path,
        name,
        dependencies,
    })
}

#[cfg(test)]
mod tests {
    use super::super::files;
    use super::*;

    const POLICY: (&str, &str) = ("policy/Cargo.toml", "[package]\nname = \"playback-policy\"");

    fn problems(manifest: (&str, &str)) -> Vec<String> {
        let mut findings = Findings::default();
        check(&files([POLICY, manifest]), &mut findings);
        findings.problems
    }

    #[test]
    fn listed_arrow_is_allowed() {
        let origin = "[package]\nname = \"origin-stub\"\n[dependencies]\nplayback-policy.workspace = true\naxum = \"1\"";
        assert_eq!(problems(("origin-stub/Cargo.toml", origin)), [""; 0]);
    }

    #[test]
    fn unlisted_arrow_is_a_problem_in_every_section() {
        for section in [
            "dependencies",
            "dev-dependencies",
            "target.'cfg(unix)'.build-dependencies",
        ] {
            let pop = format!(
                "[package]\nname = \"local-pop\"\n[{section}]\nplayback-policy.workspace = true"
            );
            assert_eq!(
                problems(("pop/Cargo.toml", &pop)),
                ["pop/Cargo.toml: `local-pop` must not depend on `playback-policy`"],
                "{section}"
            );
        }
    }
}
