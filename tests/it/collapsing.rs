//! Many first viewers of one cold video cost one origin call.

use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::harness::{gate::Manner, http::RUNTIME, stage::Stage, world};

const VIEWERS: usize = 1_000;

#[test]
fn a_thousand_simultaneous_first_viewers_cost_one_origin_call() {
    let stage = Stage::open(world::without_purges());
    // The answer waits at the gate until every viewer has asked, so that none of them finds it in
    // the cache for having come late.
    let fill = stage
        .world
        .fills
        .bar(&stage.fill_label(), Manner::HoldAnswer);
    let answers = RUNTIME.block_on(async {
        let mut asking = JoinSet::new();
        for viewer in 0..VIEWERS {
            asking.spawn(ask(stage.world.edge().address, request(&stage, viewer)));
        }
        let viewers = asking.join_all().await;
        fill.reached().await;
        fill.lift();
        let mut answered = JoinSet::new();
        for viewer in viewers {
            answered.spawn(answer(viewer.expect("every viewer can ask")));
        }
        answered.join_all().await
    });
    let body = format!("\"id\":\"{}\"", stage.video);
    for answer in answers {
        let answer = answer.expect("every viewer is answered");
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.contains(&body),
            "{answer}"
        );
    }
    assert_eq!(stage.origin_calls(), 1);
}

fn request(stage: &Stage<'_>, viewer: usize) -> String {
    let (path, key) = (stage.path(), &stage.key);
    format!(
        "GET {path} HTTP/1.1\r\nHost: edge.example\r\nBCOV-Policy: {key}\r\n\
         Local-Viewer: 2001:db8::{viewer:x}\r\nConnection: close\r\n\r\n"
    )
}

/// Sends the request and does not yet wait for the answer, which an HTTP client would.
async fn ask(to: std::net::SocketAddr, request: String) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(to).await?;
    stream.write_all(request.as_bytes()).await?;
    Ok(stream)
}

async fn answer(mut stream: TcpStream) -> io::Result<String> {
    let mut text = String::new();
    stream.read_to_string(&mut text).await?;
    Ok(text)
}
