//! An answer, reduced to what all must say alike.

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::contender::Contender;
use super::questions::Question;
use crate::bench::load::Load;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Byte by byte; of an error without its `request_id`, which is another every time.
    pub(super) body: String,
}

/// How many differences are shown.
const SHOWN: usize = 5;

pub(super) fn ask(agent: &ureq::Agent, load: &Load) -> Result<Answer> {
    let request = agent.get(&load.url);
    let request = load.headers.iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    });
    let answer = request.call();
    let mut answer = answer.with_context(|| format!("{}: no answer", load.url))?;
    let body = answer.body_mut().read_to_string()?;
    let status = answer.status().as_u16();
    Ok(Answer {
        status,
        body: if status == 200 {
            body
        } else {
            comparable(body)
        },
    })
}

/// How old the cached answer is, where the server says so.
pub(super) fn age_s(agent: &ureq::Agent, load: &Load) -> Result<Option<u64>> {
    let request = agent.get(&load.url);
    let request = load.headers.iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    });
    let answer = request
        .call()
        .with_context(|| format!("{}: no answer", load.url))?;
    let age = answer.headers().get("age").map(|age| age.to_str());
    Ok(age.transpose()?.map(str::parse).transpose()?)
}

fn comparable(body: String) -> String {
    let Ok(Value::Array(mut errors)) = serde_json::from_str(&body) else {
        return body;
    };
    for error in errors.iter_mut().filter_map(Value::as_object_mut) {
        error.remove("request_id");
    }
    Value::from(errors).to_string()
}

/// What a peer answered otherwise than we, for a person; `None` where it is all the same.
pub(super) fn differences(
    peer: Contender,
    questions: &[Question],
    ours: &[Answer],
    theirs: &[Answer],
) -> Option<String> {
    let compared = questions.iter().zip(ours.iter().zip(theirs));
    let differing: Vec<_> = compared
        .filter(|(_, (ours, theirs))| ours != theirs)
        .collect();
    let count = differing.len();
    let shown = differing
        .iter()
        .take(SHOWN)
        .map(|(question, (ours, theirs))| {
            let text = |answer: &Answer| {
                let body: String = answer.body.chars().take(200).collect();
                format!("{} {body}", answer.status)
            };
            let told = question.told();
            format!(
                "\n{told}\n  ours:   {}\n  theirs: {}",
                text(ours),
                text(theirs)
            )
        });
    let shown: String = shown.collect();
    let name = peer.name();
    (count > 0).then(|| format!("{name} answers {count} of {} otherwise:{shown}", ours.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::peers::questions;
    use crate::bench::peers::stage::Keys;

    fn answer(status: u16, body: &str) -> Answer {
        let body = comparable(body.to_owned());
        Answer { status, body }
    }

    #[test]
    fn errors_are_alike_but_for_their_request() {
        let one = answer(403, r#"[{"error_code":"A","request_id":"1"}]"#);
        assert_eq!(
            one,
            answer(403, r#"[{"error_code":"A", "request_id":"2"}]"#)
        );
        assert_ne!(one, answer(403, r#"[{"error_code":"B","request_id":"1"}]"#));
        assert_ne!(one, answer(401, r#"[{"error_code":"A","request_id":"1"}]"#));
        assert_ne!(one, answer(403, "A"));
    }

    #[test]
    fn a_difference_is_shown_with_its_question() {
        let keys = Keys {
            demo: "k".repeat(40),
            many_rules: "m".repeat(40),
        };
        let questions = questions::all(&keys);
        let ours = vec![answer(200, "{}"); questions.len()];
        assert_eq!(
            differences(Contender::Varnish, &questions, &ours, &ours),
            None
        );
        let mut theirs = ours.clone();
        theirs[1].status = 403;
        let told = differences(Contender::Varnish, &questions, &ours, &theirs).expect("one");
        for part in [
            "Varnish",
            "answers 1 of",
            "of 203.0.113.5",
            "ours:   200 {}",
            "theirs: 403 {}",
        ] {
            assert!(told.contains(part), "{told}");
        }
    }
}
