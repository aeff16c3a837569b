//! Answers every request with the same body, as large as a video's.

use fastly::{Request, Response, http::serve::Serve};

const BODY: [u8; 2048] = [b' '; 2048];

fn main() {
    let answer = |_: Request| Response::from_body(&BODY[..]);
    Serve::new().run(answer);
}
