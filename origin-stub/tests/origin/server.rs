//! A PostgreSQL server for tests: in a folder of its own, on a socket in it, and gone with the program
//! that started it, however that ends.

use std::{
    collections::BTreeSet,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::Write as _,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Mutex, OnceLock},
    thread::sleep,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// Says on which database the tests run: `postgres`, or by default `sqlite`.
const VARIABLE: &str = "ORIGIN_TEST_DATABASE";

/// The server may not be root's: then it is this one's, whom every system has.
const NOBODY: u32 = 65534;

/// Longer than a server takes to start or to recover.
const PATIENCE: Duration = Duration::from_secs(60);

/// A shell between: it hears of our end, ends the server, and removes its folder.
const KEEPER: &str = r#"
    trap '' INT
    "$0" "$@" & server=$!
    read -r word
    kill -QUIT $server 2>/dev/null
    wait $server
    [ "$word" = keep ] || rm -rf "$FOLDER"
"#;

/// A running server.
pub(crate) struct Server {
    folder: PathBuf,
    keeper: Child,
}

/// The database that a test names by a file which is not made: at `--database`, that, or its URL.
pub(crate) fn place(file: &Path) -> String {
    match is_postgres() {
        true => server().of_file(file),
        false => file.to_str().expect("a path of text").to_owned(),
    }
}

/// Whether the tests run on PostgreSQL.
pub(crate) fn is_postgres() -> bool {
    match std::env::var(VARIABLE).as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("{VARIABLE} is `{other}`: no database that the tests know"),
    }
}

/// The one server of this program.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    // Nobody loses power here: a commit need not wait for the disk.
    SERVER.get_or_init(|| Server::start(&["fsync=off"]))
}

impl Server {
    /// A server with some settings beside the usual ones.
    pub(crate) fn start(settings: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder").keep();
        if is_root() {
            chown(&folder, Some(NOBODY), Some(NOBODY)).expect("root may give a folder away");
        }
        let mut initdb = Self::tool("initdb");
        initdb
            .args(["--username", "origin", "--auth", "trust", "--no-sync"])
            // Texts in an order that is not that of their bytes, as most servers have it.
            .args(["--encoding", "UTF8", "--locale-provider", "icu"])
            .args(["--icu-locale", "en", "--locale", "C.UTF-8"])
            .arg("--pgdata")
            .arg(folder.join("data"));
        succeed(&mut initdb);
        let keeper = Self::keep(&folder, settings);
        let server = Self { folder, keeper };
        server.wait();
        server
    }

    fn keep(folder: &Path, settings: &[&str]) -> Child {
        let mut keeper = Self::tool("sh");
        keeper
            .args(["-c", KEEPER])
            .arg(binaries().join("postgres"))
            .arg("-D")
            .arg(folder.join("data"))
            .arg("-k")
            .arg(folder)
            .args(["-c", "listen_addresses=", "-c", "max_connections=400"]);
        for setting in settings {
            keeper.args(["-c", setting]);
        }
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(folder.join("log"))
            .expect("a log");
        keeper
            .env("FOLDER", folder)
            // An interrupt at the terminal is for the tests: the keeper hears of their end.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("a shell")
    }

    /// A program of the server's, as whom it runs.
    fn tool(name: &str) -> Command {
        let mut command = match name {
            "sh" => Command::new(name),
            _ => Command::new(binaries().join(name)),
        };
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.current_dir("/").env("LC_ALL", "C");
        command
    }

    fn client(&self, name: &str) -> Command {
        let mut command = Self::tool(name);
        command.arg("--host").arg(&self.folder);
        command.args(["--username", "origin"]);
        command
    }

    /// Waits until it answers.
    pub(crate) fn wait(&self) {
        let begun = Instant::now();
        while !run(&mut self.client("pg_isready")).status.success() {
            let log = || fs::read_to_string(self.folder.join("log"));
            assert!(begun.elapsed() < PATIENCE, "no server: {:?}", log());
            sleep(Duration::from_millis(20));
        }
    }

    /// The URL of a database, which is made.
    pub(crate) fn create(&self, name: &str) -> String {
        succeed(self.client("createdb").arg(name));
        self.url(name)
    }

    /// The URL of a database that is made as another one is now, which nobody has open.
    pub(crate) fn create_from(&self, name: &str, template: &str) -> String {
        succeed(self.client("createdb").args(["--template", template, name]));
        self.url(name)
    }

    fn url(&self, name: &str) -> String {
        let folder = self.folder.to_str().expect("a path of text");
        format!("postgres://origin@{}/{name}", folder.replace('/', "%2F"))
    }

    /// The URL of the database that stands for a file, made the first time. Those of files whose
    /// folder is gone go, too.
    fn of_file(&self, file: &Path) -> String {
        static KNOWN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
        let mut known = KNOWN.lock().expect("no test fails here");
        let gone: Vec<_> = known
            .extract_if(.., |file| !file.parent().is_some_and(Path::exists))
            .collect();
        let is_new = known.insert(file.to_owned());
        drop(known);
        for file in gone {
            let name = name(&file);
            succeed(
                self.client("dropdb")
                    .args(["--force", "--if-exists", &name]),
            );
        }
        match is_new {
            true => self.create(&name(file)),
            false => self.url(&name(file)),
        }
    }

    /// Ends the server as a crash does, and every process of its.
    pub(crate) fn kill(&self) {
        let process = fs::read_to_string(self.folder.join("data/postmaster.pid"));
        let process = process.expect("it runs");
        let process = process.lines().next().expect("a first line");
        succeed(Command::new("kill").args(["-KILL", process]));
    }

    /// Starts it again where it was killed.
    pub(crate) fn start_again(&mut self, settings: &[&str]) {
        self.end("keep\n");
        // Its processes end by themselves once they see it gone, and only then it can start.
        let data = self.folder.join("data");
        let works_there = |process: fs::DirEntry| {
            let folder = fs::read_link(process.path().join("cwd"));
            folder.is_ok_and(|folder| folder == data)
        };
        let begun = Instant::now();
        while fs::read_dir("/proc")
            .expect("Linux")
            .flatten()
            .any(works_there)
        {
            assert!(begun.elapsed() < PATIENCE, "they do not end");
            sleep(Duration::from_millis(10));
        }
        self.keeper = Self::keep(&self.folder, settings);
        self.wait();
    }

    fn end(&mut self, word: &str) {
        let mut keeper = self.keeper.stdin.take().expect("its input is piped");
        keeper.write_all(word.as_bytes()).expect("the keeper reads");
        drop(keeper);
        self.keeper.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end("remove\n");
    }
}

fn name(file: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    file.hash(&mut hasher);
    format!("t{:016x}", hasher.finish())
}

/// Where the newest server's programs are.
fn binaries() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
        let folders = versions.map(|version| version.expect("an entry").path());
        let newest = folders.max_by_key(|folder| {
            let version = folder.file_name().and_then(|name| name.to_str());
            version.and_then(|version| version.parse::<u32>().ok())
        });
        newest.expect("Debian's package `postgresql`").join("bin")
    })
}

fn is_root() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| run(Command::new("id").arg("-u")).stdout == b"0\n")
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the program starts")
}

#[track_caller]
fn succeed(command: &mut Command) {
    let output = run(command);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
}
