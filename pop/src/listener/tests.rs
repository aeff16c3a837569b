use std::net::IpAddr;

use hyper::{Client, body};

use super::*;
use crate::program::Program;
use viceroy_lib::config::ShieldingSites;

const VIEWER: &str = "Local-Viewer";

/// Starts a POP around one of the fixtures on a free port.
async fn pop(fixture: &str) -> SocketAddr {
    let pop = Pop::new(
        "test".to_owned(),
        Program::fixture(fixture),
        ShieldingSites::new(),
    )
    .expect("the fixture compiles");
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it listens");
    let header = VIEWER.parse().expect("a header name");
    tokio::spawn(serve(Arc::new(pop), listener, header, Stop::never()));
    address
}

async fn send(pop: SocketAddr, path: &str, headers: &[(&str, &str)]) -> (StatusCode, Vec<u8>) {
    let mut request = Request::get(format!("http://{pop}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(hyper::Body::empty())
        .expect("the request is well formed");
    let response = Client::new()
        .request(request)
        .await
        .expect("the POP answers");
    let status = response.status();
    let body = body::to_bytes(response)
        .await
        .expect("the answer is complete");
    (status, body.to_vec())
}

/// What `echo.wat` says: the client address it saw, then every header name it saw.
fn read_echo(body: &[u8], octets: usize) -> (IpAddr, String) {
    let (address, names) = body.split_at(octets);
    let address = match <[u8; 4]>::try_from(address) {
        Ok(v4) => v4.into(),
        Err(_) => <[u8; 16]>::try_from(address)
            .expect("4 or 16 octets")
            .into(),
    };
    (address, String::from_utf8_lossy(names).to_lowercase())
}

#[tokio::test]
async fn program_sees_the_named_viewer_and_never_the_header() {
    let pop = pop("echo.wat").await;
    let rows = [
        ("203.0.113.7", 4),
        ("2001:db8::7", 16),
        ("::ffff:203.0.113.7", 16),
    ];
    for (viewer, octets) in rows {
        let headers = [("local-viewer", viewer), ("x-seen", "1")];
        let (status, body) = send(pop, "/", &headers).await;
        assert_eq!(status, StatusCode::OK, "{viewer}");
        let (address, names) = read_echo(&body, octets);
        assert_eq!(address.to_string(), viewer);
        assert_eq!(
            names.matches("x-seen").count(),
            2,
            "now and as it arrived: {names}"
        );
        assert!(!names.contains("viewer"), "{names}");
    }
}

#[tokio::test]
async fn unnamed_viewer_is_the_peer() {
    let pop = pop("echo.wat").await;
    let (status, body) = send(pop, "/", &[]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(read_echo(&body, 4).0, IpAddr::from([127, 0, 0, 1]));
}

#[tokio::test]
async fn wrongly_named_viewer_is_refused() {
    let pop = pop("echo.wat").await;
    let twice = [(VIEWER, "203.0.113.7"), (VIEWER, "203.0.113.8")];
    for headers in [&[(VIEWER, "somebody")][..], &twice] {
        let (status, body) = send(pop, "/", headers).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{headers:?}");
        assert!(
            String::from_utf8_lossy(&body).contains("local-viewer"),
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn url_up_to_fastlys_limit_reaches_the_program() {
    let pop = pop("echo.wat").await;
    let longest = format!("/{}", "a".repeat(URL_LIMIT - 1));
    assert_eq!(send(pop, &longest, &[]).await.0, StatusCode::OK);
    assert_eq!(
        send(pop, &format!("{longest}a"), &[]).await.0,
        StatusCode::URI_TOO_LONG
    );
}

#[tokio::test]
async fn headers_up_to_fastlys_limit_reach_the_program() {
    let pop = pop("echo.wat").await;
    let rest = format!("host: {pop}\r\nx-large: \r\n").len();
    let largest = "a".repeat(HEADERS_LIMIT - rest);
    let (status, _) = send(pop, "/", &[("x-large", &largest)]).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = send(pop, "/", &[("x-large", &format!("{largest}a"))]).await;
    assert_eq!(status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

#[tokio::test]
async fn program_that_traps_gives_a_500_each_time() {
    let pop = pop("trap.wat").await;
    for _ in 0..3 {
        let (status, body) = send(pop, "/", &[]).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(String::from_utf8_lossy(&body).contains("unreachable"));
    }
}

#[tokio::test]
async fn request_that_viceroy_panics_over_gives_a_500() {
    let pop = pop("too-much-memory.wat").await;
    let (status, _) = send(pop, "/", &[]).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
}
