//! An origin that answers as a script says, down to the byte and the silence.
//!
//! No HTTP library would send what these scripts send, so it speaks TCP.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use super::http::RUNTIME;

/// A listener with a script for each account.
pub(crate) struct ScriptedOrigin {
    pub(crate) address: SocketAddr,
    stage: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    scripts: HashMap<String, Script>,
    asked: Vec<String>,
}

/// What to send, and what to do then.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) bytes: Vec<u8>,
    pub(crate) then: Then,
}

/// What follows the bytes of a script.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// The connection is closed.
    Close,
    /// Nothing, until the other side gives up.
    Silence,
    /// Another byte now and then, for ever.
    Trickle,
    /// More and more, as fast as it is taken.
    Flood,
}

impl ScriptedOrigin {
    pub(crate) fn start() -> Self {
        let listener = RUNTIME
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        let stage = Arc::new(Mutex::new(State::default()));
        RUNTIME.spawn(accept(listener, Arc::clone(&stage)));
        Self { address, stage }
    }

    /// Answers requests for the account by the script.
    pub(crate) fn script(&self, account: &str, script: Script) {
        let mut state = self
            .stage
            .lock()
            .expect("no test panics while it holds this");
        state.scripts.insert(account.to_owned(), script);
    }

    /// The heads of all requests for the account, in the order they came.
    pub(crate) fn asked(&self, account: &str) -> Vec<String> {
        let state = self
            .stage
            .lock()
            .expect("no test panics while it holds this");
        let account = format!("/accounts/{account}/");
        state
            .asked
            .iter()
            .filter(|head| head.contains(&account))
            .cloned()
            .collect()
    }
}

async fn accept(listener: TcpListener, stage: Arc<Mutex<State>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, Arc::clone(&stage)));
    }
}

/// One connection, one request. Errors mean that the other side has left, which it may.
async fn answer(mut stream: TcpStream, stage: Arc<Mutex<State>>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let script = {
        let mut state = stage.lock().expect("no test panics while it holds this");
        state.asked.push(head.clone());
        let account = head
            .split("/accounts/")
            .nth(1)
            .and_then(|rest| rest.split('/').next());
        account
            .and_then(|account| state.scripts.get(account))
            .cloned()
    };
    let Some(script) = script else {
        return Ok(());
    };
    stream.write_all(&script.bytes).await?;
    stream.flush().await?;
    match script.then {
        Then::Close => stream.shutdown().await,
        // The read ends when the other side closes.
        Then::Silence => stream.read(&mut [0]).await.map(drop),
        Then::Trickle => loop {
            stream.write_all(b" ").await?;
            sleep(Duration::from_millis(50)).await;
        },
        Then::Flood => loop {
            stream.write_all(&[b' '; 16 * 1024]).await?;
        },
    }
}
