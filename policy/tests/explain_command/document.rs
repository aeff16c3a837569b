use std::process::Command;

/// The blocks of a section that are pasted, each with the text that is promised for it.
fn steps(section: &str) -> Vec<(String, String)> {
    let mut steps: Vec<(String, String)> = Vec::new();
    // Between two fences is a block, and between two blocks is prose.
    for block in section.split("```").skip(1).step_by(2) {
        match (block.split_once('\n'), steps.last_mut()) {
            (Some(("sh", paste)), _) => steps.push((paste.to_owned(), String::new())),
            (Some(("text", promised)), Some((_, step))) => *step = promised.to_owned(),
            _ => panic!("a block that is neither pasted nor printed: {block}"),
        }
    }
    steps
}

#[test]
fn the_commands_of_the_document_print_what_they_promise() {
    let page = include_str!("../../../docs/explain.md");
    let section = page
        .split("\n## ")
        .find(|part| part.starts_with("At a terminal\n"));
    let steps = steps(section.expect("the section"));
    let program = format!("'{}'", env!("CARGO_BIN_EXE_explain"));
    let by_cargo = "cargo run --quiet --package playback-policy --bin explain --";
    let (define, _) = steps.first().expect("a step");
    assert!(define.contains(by_cargo), "{define}");
    let define = define.replace(by_cargo, &program);
    assert!(steps.len() >= 6, "it shows too little");
    for (paste, promised) in steps.iter().skip(1) {
        let output = Command::new("sh")
            .arg("-c")
            .arg(format!("{define}\n{paste}"))
            .output()
            .expect("`sh` runs");
        let printed = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(printed.trim(), promised.trim(), "{paste}{complaint}");
    }
}
