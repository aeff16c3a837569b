//! The lines that the program writes to its log endpoints.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Error};

/// Where a line of the program goes: those of its log endpoints to the file, its standard output to
/// the console.
///
/// A line reads `playback-log :: {…}`, as `fastly compute serve` prints it: endpoint, two colons, message.
/// Fastly reserves the endpoint name `stdout`, so that prefix is never an endpoint's.
pub(crate) struct EndpointLog {
    lines: Option<Box<dyn Write + Send>>,
    console: Box<dyn Write + Send>,
}

impl EndpointLog {
    /// Appends to `file`, or without one writes everything to stderr.
    ///
    /// # Errors
    ///
    /// The file cannot be opened for appending.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, Error> {
        let lines = file
            .map(|file| {
                let opened = OpenOptions::new().create(true).append(true).open(file);
                opened.with_context(|| {
                    format!("cannot append to `{}` (`--endpoint-log`)", file.display())
                })
            })
            .transpose()?
            .map(|file| Box::new(file) as _);
        Ok(Self {
            lines,
            console: Box::new(io::stderr()),
        })
    }
}

impl Write for EndpointLog {
    /// Viceroy hands over one whole line at a time, and the file is not buffered:
    /// a reader of the file never sees half a line, and no line waits for the next.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        match &mut self.lines {
            Some(lines) if !line.starts_with(b"stdout :: ") => lines.write_all(line)?,
            _ => self.console.write_all(line)?,
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0
                .lock()
                .expect("no test panics while writing")
                .write(line)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Lines {
        fn text(&self) -> String {
            String::from_utf8_lossy(&self.0.lock().expect("no test panics while writing"))
                .into_owned()
        }
    }

    #[test]
    fn endpoint_lines_go_to_the_file_and_standard_output_to_the_console() {
        let (file, console) = (Lines::default(), Lines::default());
        let mut log = EndpointLog {
            lines: Some(Box::new(file.clone())),
            console: Box::new(console.clone()),
        };
        log.write_all(b"playback-log :: {}\n")
            .expect("memory takes it");
        log.write_all(b"stdout :: hello\n")
            .expect("memory takes it");
        assert_eq!(file.text(), "playback-log :: {}\n");
        assert_eq!(console.text(), "stdout :: hello\n");
    }

    #[test]
    fn without_a_file_the_console_gets_everything() {
        let console = Lines::default();
        let mut log = EndpointLog {
            lines: None,
            console: Box::new(console.clone()),
        };
        log.write_all(b"playback-log :: {}\n")
            .expect("memory takes it");
        assert_eq!(console.text(), "playback-log :: {}\n");
    }
}
