//! The shield: one POP that asks the origins for all others.
//!
//! A POP that misses asks the shield, and the shield gives what the origin said: see
//! [`playback_policy::OriginAnswer`]. Nobody is judged there; the decision is the viewer's POP's, which
//! sees the viewer. Who asks proves by a secret that it is a POP of this service. Anybody else who sends
//! the header is a viewer like any other. Where the shield fails, the POP asks the origins itself.

mod copy;

use std::time::Duration;

use fastly::{
    Backend, Response,
    http::{HeaderName, header},
    shielding,
};
use playback_policy::{Answer, Limits, OriginAnswer, PlaybackRequest};
use subtle::ConstantTimeEq as _;

use crate::{
    asked::Asked,
    config::{self, Config},
    error::EdgeError,
    incoming::Incoming,
    log::{self, Hop, Line},
    origin::{self, Deadline},
};

pub(crate) use copy::Copy;

/// Proves to the shield that a POP asks.
const HEADER: HeaderName = HeaderName::from_static("playback-hop");

/// The shield POP, as this POP sees it.
pub(crate) struct Shield {
    name: String,
    place: Place,
}

enum Place {
    /// This POP is the shield.
    Here,
    /// Another one is, and believes who knows the secret.
    There { backend: Backend, secret: String },
}

impl Shield {
    /// The shield of this name. One that cannot be used costs speed and no answer: it is logged, and
    /// the origins are asked.
    pub(crate) fn find(name: &str, fill_deadline: Duration) -> Option<Self> {
        let shield = Self::read(name, fill_deadline);
        if let Err(error) = &shield {
            log::failure("shield", error);
        }
        shield.ok()
    }

    fn read(name: &str, fill_deadline: Duration) -> Result<Self, EdgeError> {
        let missing = |_| EdgeError::missing("shield", name);
        // Half the time is left for the origins, should the shield be silent.
        let patience = fill_deadline / 2;
        let shield = shielding::Shield::new(name)
            .map_err(missing)?
            .with_first_byte_timeout(patience)
            .with_between_bytes_timeout(patience);
        let place = match shield.running_on() {
            true => Place::Here,
            false => Place::There {
                backend: shield.encrypted_backend().map_err(missing)?,
                secret: String::from_utf8(config::hop_secret()?)
                    .map_err(|_| EdgeError::malformed("hop", "text"))?,
            },
        };
        Ok(Self {
            name: format!("shield-{name}"),
            place,
        })
    }

    /// Fetches an answer as the shield has it. Nothing, where it has none: the origins are to be asked.
    ///
    /// # Errors
    ///
    /// When time is up.
    pub(crate) fn fetch(
        &self,
        asked: &Asked<'_>,
        config: &Config,
        deadline: Deadline,
        line: &mut Line,
    ) -> Result<Option<Answer>, EdgeError> {
        let answer = match &self.place {
            Place::Here => {
                let copy = Copy::get(asked, config, line)?;
                let age = copy.age;
                copy.body
                    .read()
                    .and_then(|bytes| checked(asked, &bytes, age))
            }
            Place::There { backend, secret } => ask(backend, secret, asked, deadline),
        };
        deadline.check()?;
        match answer {
            Ok(answer) => {
                if let Place::There { .. } = self.place {
                    line.origin_answered(&self.name);
                }
                Ok(Some(answer))
            }
            Err(_) => {
                line.origin_failed(&self.name);
                Ok(None)
            }
        }
    }
}

/// Whether another POP asks, and not a viewer.
pub(crate) fn is_asked_by_pop(request: &Incoming, line: &mut Line) -> bool {
    let is_proven = match request.values(&HEADER).as_deref() {
        Ok([]) => return false,
        Ok([value]) => {
            config::hop_secret().is_ok_and(|secret| value.as_bytes().ct_eq(&secret).into())
        }
        // Two, or one that is larger than any secret.
        Ok(_) | Err(_) => false,
    };
    line.hop = Some(match is_proven {
        true => Hop::Asked,
        false => Hop::Unproven,
    });
    is_proven
}

/// Answers another POP.
pub(crate) fn answer(
    request: &Incoming,
    asked_for: &PlaybackRequest,
    line: &mut Line,
) -> Result<Copy, EdgeError> {
    let config = Config::load()?;
    let key = request.value(&origin::PLAYBACK_KEY)?;
    let key = key.as_ref().and_then(|key| key.to_str().ok());
    Copy::get(&Asked::by_pop(asked_for, key), config, line)
}

fn ask(
    backend: &Backend,
    secret: &str,
    asked: &Asked<'_>,
    deadline: Deadline,
) -> Result<Answer, EdgeError> {
    let request = origin::request(asked).with_header(HEADER, secret);
    let mut response = origin::send(request, backend, deadline)?;
    let age = age(&response).ok_or(EdgeError::Shield)?;
    let longest = OriginAnswer::MAX_HEAD + Limits::EDGE.body;
    let bytes = origin::read(&mut response, deadline, longest)?;
    checked(asked, &bytes, age)
}

/// The copy's age, where the answer is one.
fn age(response: &Response) -> Option<Duration> {
    let is_copy = response.get_status() == 200
        && response.get_header_str(header::CONTENT_TYPE) == Some(OriginAnswer::MEDIA_TYPE);
    let age = response.get_header_str(header::AGE).filter(|_| is_copy)?;
    age.parse().ok().map(Duration::from_secs)
}

/// The answer, which lives here no longer than it would have lived at the shield.
fn checked(asked: &Asked<'_>, bytes: &[u8], age: Duration) -> Result<Answer, EdgeError> {
    let said = OriginAnswer::parse(bytes).map_err(|_| EdgeError::Shield)?;
    let mut answer = origin::check(asked, said)?;
    answer.max_age = answer.max_age.saturating_sub(age);
    Ok(answer)
}
