//! What all of them stand on: one origin, and what they are told about it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use super::answer::{self, Answer};
use super::catalog::{self, NetworkList};
use super::contender::Contender;
use super::questions::{self, DEMO, MANY_RULES, Question};
use crate::children::{Interrupt, Running};
use crate::process;
use crate::serve::Parts;
use crate::workspace::Workspace;

/// The policy keys that are shown.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) demo: String,
    pub(super) many_rules: String,
}

pub(super) struct Stage<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) parts: Parts<'a>,
    pub(super) interrupt: Interrupt,
    pub(super) keys: Keys,
    pub(super) countries: BTreeMap<String, String>,
    pub(super) lists: Vec<NetworkList>,
    pub(super) questions: Vec<Question>,
    pub(super) is_root: bool,
    agent: ureq::Agent,
    origin: Option<Running>,
}

/// Loading a catalog is an edit, and an edit is purged twice, three seconds apart. An entry that is older
/// was stored after that.
const SETTLED_S: u64 = 5;
const SETTLE_LIMIT: Duration = Duration::from_secs(60);

// === impl Keys ===

impl Keys {
    pub(super) fn by_account(&self) -> [(String, &'static str); 2] {
        [
            (self.demo.clone(), DEMO),
            (self.many_rules.clone(), MANY_RULES),
        ]
    }
}

// === impl Stage ===

impl<'a> Stage<'a> {
    /// Starts the origin, and reads from it what peers must be told.
    pub(super) fn set(workspace: &'a Workspace) -> Result<Self> {
        let interrupt = Interrupt::catch()?;
        let parts = Parts::build(workspace)?;
        parts.load(&workspace.file("bench/peers/catalog.json"))?;
        let mint = |account: &str| parts.mint(&json!({ "account-id": account, "key-id": "w1" }));
        let keys = Keys {
            demo: mint(DEMO)?,
            many_rules: mint(MANY_RULES)?,
        };
        let mut origin = parts.start_origin()?;
        origin.ready(&interrupt)?;
        let questions = questions::all(&keys);
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        Ok(Self {
            workspace,
            lists: catalog::network_lists(&parts, &questions)?,
            countries: catalog::countries(workspace)?,
            is_root: process::output(Command::new("id").arg("-u"))?.trim() == "0",
            agent: config.build().into(),
            origin: Some(origin),
            interrupt,
            parts,
            keys,
            questions,
        })
    }

    /// Asks everybody everything, and answers with how much that was.
    ///
    /// # Errors
    ///
    /// When somebody answers otherwise than we do: what is measured would not be the same.
    pub(super) fn compare(&self, contenders: &[Contender]) -> Result<usize> {
        let mut ours = Vec::new();
        for contender in contenders.iter().filter(|contender| contender.decides()) {
            let server = contender.start(self)?;
            let mut ask = |question: &Question| self.ask(&server.url, question);
            if *contender == Contender::Ours {
                self.settle(&server.url)?;
            }
            // Twice: what comes from the origin, and what comes from the cache.
            let filled: Result<Vec<_>> = self.questions.iter().map(&mut ask).collect();
            let cached: Result<Vec<_>> = self.questions.iter().map(&mut ask).collect();
            let (filled, cached) = (filled?, cached?);
            if *contender == Contender::Ours {
                check_variety(&filled)?;
                ours.clone_from(&filled);
            }
            for answers in [&filled, &cached] {
                let found = answer::differences(*contender, &self.questions, &ours, answers);
                if let Some(found) = found {
                    bail!("{found}");
                }
            }
            if contender.is_peer() {
                self.check_refuses(*contender, &server.url)?;
            }
            server.stop()?;
        }
        Ok(self.questions.len())
    }

    /// That a peer lets nobody in by rules that it cannot read.
    fn check_refuses(&self, peer: Contender, server: &str) -> Result<()> {
        for question in questions::beyond(&self.keys) {
            let answer = self.ask(server, &question)?;
            ensure!(
                answer.status == 502 && answer.body.contains("VIDEO_RETRIEVE_FAILURE"),
                "{} cannot read the rules of {}, and answers {}: {}",
                peer.name(),
                question.told(),
                answer.status,
                answer.body
            );
        }
        Ok(())
    }

    pub(super) fn ask(&self, server: &str, question: &Question) -> Result<Answer> {
        self.check()?;
        let load = question.to(server, self.parts.viewer_header());
        answer::ask(&self.agent, &load)
    }

    /// Fails when somebody interrupts.
    pub(super) fn check(&self) -> Result<()> {
        ensure!(!self.interrupt.within(Duration::ZERO), "interrupted");
        Ok(())
    }

    /// A folder for one server, with nothing in it that another has left.
    pub(super) fn empty_folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.workspace.target("bench").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        fs::create_dir_all(&folder)?;
        // Programs that start in another folder are told of this one.
        Path::canonicalize(&folder).context("it was just made")
    }

    /// Waits until no purge of what was loaded can come any more.
    fn settle(&self, server: &str) -> Result<()> {
        let started = Instant::now();
        let [kind, ..] = questions::kinds(&self.keys);
        let load = kind.question.to(server, self.parts.viewer_header());
        while answer::age_s(&self.agent, &load)?.is_none_or(|age| age < SETTLED_S) {
            self.check()?;
            ensure!(
                started.elapsed() < SETTLE_LIMIT,
                "the cached answer does not grow old: it is purged again and again"
            );
            thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }
}

/// That all answer alike says something only where they let in and refuse, for every reason compared.
fn check_variety(ours: &[Answer]) -> Result<()> {
    for what in [
        "CLIENT_IP",
        "CLIENT_GEO",
        "DOMAIN",
        "ACCOUNT_ID",
        "INVALID_POLICY_KEY",
    ] {
        ensure!(
            ours.iter().any(|answer| answer.body.contains(what)),
            "nobody was refused with {what}"
        );
    }
    let failed = ours.iter().find(|answer| answer.status >= 500);
    ensure!(failed.is_none(), "we failed to answer: {failed:?}");
    let let_in = ours.iter().filter(|answer| answer.status == 200).count();
    ensure!(
        let_in > ours.len() / 4,
        "only {let_in} of {} were let in",
        ours.len()
    );
    Ok(())
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        // Its end is no part of the result.
        let _ = self.origin.take().map(Running::stop);
    }
}
