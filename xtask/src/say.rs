//! What the commands tell the person in front of them.
//!
//! Progress goes to stderr, so that stdout holds only what was asked for (`serve --json`).

use std::time::Duration;

/// A stage of the work, told before it starts.
pub(crate) fn step(text: &str) {
    eprintln!("==> {text}");
}

/// A fact about the stage that was announced last.
pub(crate) fn detail(text: &str) {
    for line in text.lines() {
        eprintln!("    {line}");
    }
}

/// An error with its chain of causes, one to a line.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("error: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}

/// `1.2 s`, `3 min 04 s`: as exact as a person wants it.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// `812 B`, `1,234 KiB`: sizes of a package are compared in KiB.
pub(crate) fn size(bytes: u64) -> String {
    if bytes < 10_240 {
        return format!("{bytes} B");
    }
    let kib = bytes.div_ceil(1024);
    match kib / 1000 {
        0 => format!("{kib} KiB"),
        thousands => format!("{thousands},{:03} KiB", kib % 1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_over_a_minute_are_told_in_minutes() {
        assert_eq!(duration(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(duration(Duration::from_secs(184)), "3 min 04 s");
    }

    #[test]
    fn sizes_are_told_in_kib_with_a_thousands_mark() {
        assert_eq!(size(812), "812 B");
        assert_eq!(size(532_520), "521 KiB");
        assert_eq!(size(2_134_884), "2,085 KiB");
    }
}
