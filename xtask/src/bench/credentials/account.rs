//! An account to measure with: one video that nothing restricts, a policy key, and a public key for
//! each kind of token.

use anyhow::Result;
use serde_json::json;

use super::signers::Signer;
use crate::bench::cms::Cms;
use crate::bench::local_world::LocalWorld;

/// Beside the demo's accounts, in the local origin's own database.
pub(super) const ACCOUNT: &str = "credentials-bench";
pub(super) const VIDEO: &str = "1";

/// Brings the account to what is measured, and answers with its policy key.
pub(super) fn prepare(world: &LocalWorld, signers: &[Signer]) -> Result<String> {
    let cms = Cms::of(world, ACCOUNT)?;
    cms.put("", &json!({ "name": "Credentials" }), &[200, 201])?;
    let source = json!({
        "type": "application/x-mpegURL", "src": "https://media.example.com/1/master.m3u8",
    });
    let video = json!({ "name": "A video", "sources": [source] });
    // 409: it is there from another run.
    cms.put(&format!("/videos/{VIDEO}"), &video, &[201, 409])?;
    // What signed with them is gone, and there may be no more than three.
    for old in cms.keys()? {
        cms.delete(&format!("/keys/{old}"))?;
    }
    for signer in signers {
        cms.post("/keys", &json!({ "value": signer.public_key }))?;
    }
    cms.mint_key()
}
