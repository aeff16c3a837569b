//! Policy keys, each verified once in a sandbox: the same few come with request after request.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use playback_policy::{InvalidPolicyKey, KeyRing, LayerKind, PolicyKey, compile};

/// A policy key whose tag was found good.
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) policy: PolicyKey,
    /// Its rules, compiled.
    pub(crate) rules: Vec<u8>,
}

/// More keys than a sandbox sees of the sites it serves, and less memory than it would miss.
const MOST: usize = 256;

thread_local! {
    /// Only good ones: whoever makes them up fills no memory.
    static SEEN: RefCell<HashMap<String, Rc<Key>>> = RefCell::default();
}

/// The key, if it is a good one.
pub(crate) fn verified(text: &str, keys: &KeyRing) -> Result<Rc<Key>, InvalidPolicyKey> {
    if let Some(key) = SEEN.with_borrow(|seen| seen.get(text).cloned()) {
        return Ok(key);
    }
    let policy = keys.verify(text)?;
    let layers: Vec<_> = policy
        .rules
        .iter()
        .map(|rules| (LayerKind::Key, rules))
        .collect();
    let key = Rc::new(Key {
        text: text.to_owned(),
        rules: compile(&layers),
        policy,
    });
    SEEN.with_borrow_mut(|seen| {
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert(text.to_owned(), Rc::clone(&key));
    });
    Ok(key)
}
