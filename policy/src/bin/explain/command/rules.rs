//! Where the rules come from: options, a file of JSON, or an answer's headers.

use playback_policy::{AnswerRules, LayerKind, Rules};

use super::{
    args::{Args, Texts},
    headers,
    input::{Input, Wrong},
};

const NO_RULES: &str =
    "give some, with `--video 'geo-allow=(\"DE\")'`, `--headers FILE` or `--rules FILE`";

/// The rules that the command line tells.
pub(crate) fn read(args: &Args, input: &mut Input) -> Result<AnswerRules, Wrong> {
    let mut rules = match (&args.headers, &args.rules) {
        (Some(path), _) => headers::read(&input.bytes("--headers", path)?)
            .map_err(|wrong| Wrong::new("`--headers`", wrong))?,
        (None, Some(path)) => {
            let place = |name: &str| format!("`--rules`, `{name}`");
            let texts = texts(&input.text("--rules", path)?)?;
            let mut rules = of_texts(&texts, place)?;
            rules.enforced.extend(of_key(&texts, place)?);
            rules
        }
        (None, None) => of_texts(&args.texts, |name| format!("`--{name}`"))?,
    };
    // A policy key's rules are laid over whatever there is.
    let of_key = of_key(&args.texts, |name| format!("`--{name}`"))?;
    rules.enforced.extend(of_key);
    match rules.enforced.is_empty() && rules.report_only.is_empty() {
        true => Err(Wrong::new("no rules", NO_RULES)),
        false => Ok(rules),
    }
}

fn texts(json: &str) -> Result<Texts, Wrong> {
    // A list would be taken for the values of the members, by their order.
    if !json.trim_start().starts_with('{') {
        let reason = "expected an object such as `{\"video\": \"geo-allow=(\\\"DE\\\")\"}`";
        return Err(Wrong::new("`--rules`", reason));
    }
    serde_json::from_str(json).map_err(|error| Wrong::new("`--rules`", error))
}

fn of_texts(texts: &Texts, place: impl Fn(&str) -> String) -> Result<AnswerRules, Wrong> {
    let enforced = [
        (LayerKind::Account, &texts.account),
        (LayerKind::Video, &texts.video),
        (LayerKind::Right, &texts.right),
    ];
    let report_only = [
        (LayerKind::Account, &texts.account_report_only),
        (LayerKind::Video, &texts.video_report_only),
        (LayerKind::Right, &texts.right_report_only),
    ];
    let mut rules = AnswerRules::default();
    for (layer, text) in enforced {
        if let Some(text) = text {
            let read = parse(layer, text, || place(layer.as_str()))?;
            rules.enforced.push((layer, read));
        }
    }
    for (layer, text) in report_only {
        if let Some(text) = text {
            let read = parse(layer, text, || place(&format!("{layer}-report-only")))?;
            rules.report_only.push((layer, read));
        }
    }
    Ok(rules)
}

fn of_key(texts: &Texts, place: impl Fn(&str) -> String) -> Result<Vec<(LayerKind, Rules)>, Wrong> {
    let read = |text: &String| {
        let rules = parse(LayerKind::Key, text, || place("key"))?;
        Ok((LayerKind::Key, rules))
    };
    texts.key.iter().map(read).collect()
}

fn parse(layer: LayerKind, text: &str, place: impl Fn() -> String) -> Result<Rules, Wrong> {
    if text.trim().is_empty() {
        let reason = "empty; rules that forbid nothing are written `geo-default=allow`";
        return Err(Wrong::new(place(), reason));
    }
    Rules::in_layer(layer, text).map_err(|error| Wrong::new(place(), error))
}
