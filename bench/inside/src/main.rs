//! Does the operation that the path names again and again, and answers how many nanoseconds it takes here.

use std::time::Duration;

use fastly::{Request, Response, http::StatusCode, http::serve::Serve};
use playback_bench::{operations, timing};

const TURN: Duration = Duration::from_millis(80);

fn main() {
    Serve::new().run(|request: Request| answer(&request));
}

fn answer(request: &Request) -> Response {
    let name = request.get_path().trim_start_matches('/');
    let Some(mut operation) = operations::prepared(name) else {
        return Response::from_status(StatusCode::NOT_FOUND);
    };
    match timing::ns(&mut operation, TURN) {
        Some(ns) => Response::from_body(ns.to_string()),
        None => {
            Response::from_status(StatusCode::INTERNAL_SERVER_ERROR).with_body("it came out wrong")
        }
    }
}
