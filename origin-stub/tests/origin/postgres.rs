//! What only a server can do to an origin: go away, be full of others, be taken back to an earlier
//! moment. These have servers of their own, wherever the other tests run.

/// Servers that are killed, connections that are ended.
mod faults;
/// Backups are its own; what an origin is told after one was put back.
mod restored;

use std::{path::Path, process::Command, sync::Arc};

use tempfile::TempDir;

use crate::{
    harness::{Origin, SERVICE, program_at},
    purge_api::PurgeApi,
    server::Server,
};

/// A server with a database, as an origin is told of it.
struct World {
    server: Server,
    url: String,
    folder: Arc<TempDir>,
}

impl World {
    fn start() -> Self {
        let server = Server::start(&[]);
        Self {
            url: server.create("origin"),
            folder: Arc::new(TempDir::new().expect("a folder")),
            server,
        }
    }

    fn origin(&self) -> Origin {
        self.origin_of(&mut program_at("serve", &self.url))
    }

    fn purging(&self, api: &PurgeApi) -> Origin {
        let mut command = program_at("serve", &self.url);
        self.origin_of(command.args(purge_flags(&api.base())))
    }

    fn origin_of(&self, command: &mut Command) -> Origin {
        Origin::spawn(Arc::clone(&self.folder), command)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn purge_flags(base: &str) -> [&str; 6] {
    let token = crate::harness::PURGE_TOKEN;
    [
        "--purge-url",
        base,
        "--purge-token",
        token,
        "--service-id",
        SERVICE,
    ]
}
