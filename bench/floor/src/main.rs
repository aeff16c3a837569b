//! Answers every path with a body from the Core Cache, as large as a video's, and puts it there where
//! there is none.

use std::{io::Write as _, time::Duration};

use fastly::{
    Body, Error, Request,
    cache::core::{CacheKey, Transaction},
    http::serve::Serve,
};

const BODY: [u8; 2048] = [b' '; 2048];
const A_DAY: Duration = Duration::from_secs(86_400);

fn main() {
    Serve::new().run(|request: Request| answer(&request).map(fastly::Response::from_body));
}

fn answer(request: &Request) -> Result<Body, Error> {
    let key = CacheKey::from(request.get_path().as_bytes().to_vec());
    let transaction = Transaction::lookup(key).execute()?;
    if let Some(found) = transaction.found() {
        return Ok(found.to_stream()?);
    }
    let mut stream = transaction
        .insert(A_DAY)
        .known_length(BODY.len() as u64)
        .execute()?;
    stream.write_all(&BODY)?;
    stream.finish()?;
    Ok(Body::from(&BODY[..]))
}
