//! The doors behind which a row is explained, besides the edge: the origin, and the command.

use std::process::Command;

use playback_policy::{Viewer, ViewerFacts};
use serde_json::{Value, json};

use super::question::Question;
use crate::harness::{acl, processes, scenario::Scenario, stage::Stage};

/// What the origin says of the video on stage. It knows nothing of a viewer but what it is told.
#[track_caller]
pub(super) fn at_the_origin(row: &Scenario, viewer: &Viewer, stage: &Stage<'_>) -> Value {
    let acls = row
        .viewer
        .acls
        .first()
        .map(|_| vec![acl::EVERYBODY.to_owned()]);
    let facts = ViewerFacts {
        acls,
        key_id: None,
        ..ViewerFacts::of(viewer)
    };
    let path = format!(
        "/v1/accounts/{}/videos/{}/explain",
        stage.account, stage.video
    );
    let body = json!({ "viewer": facts, "key": stage.key });
    let reply = stage.world.origin().cms("POST", &path, Some(&body));
    reply.assert_status(200).json()
}

/// What the command says of the row's rules.
///
/// # Errors
///
/// With what it complains of.
pub(super) fn at_a_terminal(question: &Question) -> Result<Value, String> {
    let mut command = Command::new(processes::explain());
    command.arg("--json");
    for (layer, rules) in question.as_sent() {
        command.arg(format!("--{layer}")).arg(rules.to_string());
    }
    let facts = ViewerFacts::of(&question.viewer);
    command.arg("--viewer").arg(facts.to_string());
    let output = command.output().map_err(|error| error.to_string())?;
    let complaint = || String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).map_err(|_| complaint())
}
