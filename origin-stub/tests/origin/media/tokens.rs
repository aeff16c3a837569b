use std::fs;

use reqwest::Method;
use tempfile::TempDir;

use super::site::{Attempt, GOOD, OTHER, SECRET, Site};
use crate::harness::{Origin, Reply, program, run, stderr};

#[tokio::test]
async fn a_url_that_is_not_good_opens_nothing() {
    let site = Site::start();
    for (attempt, hint) in [
        (
            Attempt {
                expires_in: -1,
                ..GOOD
            },
            "expired",
        ),
        // The second it names is the first at which it is no longer good.
        (
            Attempt {
                expires_in: 0,
                ..GOOD
            },
            "expired",
        ),
        (
            Attempt {
                path: "/media/other/low.mp4",
                ..GOOD
            },
            "not signed",
        ),
        (
            Attempt {
                prefix: "/media/other/",
                ..GOOD
            },
            "not signed",
        ),
        (
            Attempt {
                prefix: "/media/stream/audio/",
                ..GOOD
            },
            "not signed",
        ),
        (
            Attempt {
                host: Some("media.example.com"),
                ..GOOD
            },
            "not signed",
        ),
        (
            Attempt {
                network: Some("203.0.113.0/24"),
                ..GOOD
            },
            "not signed",
        ),
        (
            Attempt {
                network: Some("127.0.0.0/16"),
                ..GOOD
            },
            "not signed",
        ),
        (
            Attempt {
                key: ("media-1", OTHER),
                ..GOOD
            },
            "not signed",
        ),
        (
            Attempt {
                key: ("media-2", SECRET),
                ..GOOD
            },
            "not signed",
        ),
        // What is not there is not told to anybody either.
        (
            Attempt {
                path: "/media/none/none.mp4",
                ..GOOD
            },
            "not signed",
        ),
    ] {
        site.get(&attempt).await.assert_refused(hint);
    }
    let good = site.token(&GOOD);
    for (query, hint) in [
        (String::new(), "no token"),
        (format!("?token={good}"), "no token"),
        (format!("?xplayback_token={good}"), "no token"),
        ("?playback_token".to_owned(), "no token"),
        ("?playback_token=".to_owned(), "form"),
        ("?playback_token=hunter2".to_owned(), "form"),
        (format!("?playback_token={good}."), "form"),
        (format!("?playback_token={good}A"), "form"),
        (format!("?playback_token=9{good}"), "not signed"),
        (
            format!("?playback_token={good}&playback_token={good}"),
            "more than one",
        ),
    ] {
        let path = format!("{}{query}", GOOD.path);
        Reply::of(site.origin.request(Method::GET, &path))
            .await
            .assert_refused(hint);
    }
}

#[tokio::test]
async fn a_token_is_for_a_host_however_that_is_written() {
    let site = Site::start();
    let attempt = Attempt {
        host: Some("media.example.com"),
        ..GOOD
    };
    for host in [
        "media.example.com",
        "Media.Example.COM",
        "media.example.com:80",
    ] {
        let request = site.request(Method::GET, &attempt).header("host", host);
        Reply::of(request).await.assert_status(200);
    }
    let other_port = site
        .request(Method::GET, &attempt)
        .header("host", "media.example.com:81");
    Reply::of(other_port).await.assert_refused("not signed");
}

#[tokio::test]
async fn a_bound_token_is_good_in_its_network() {
    let site = Site::start();
    let attempt = Attempt {
        network: Some("127.0.0.0/24"),
        ..GOOD
    };
    site.get(&attempt).await.assert_status(200);
}

#[tokio::test]
async fn while_keys_are_rotated_both_are_good() {
    let site = Site::start_with(&[("media-2", OTHER), ("media-1", SECRET)]);
    site.get(&GOOD).await.assert_status(200);
    site.get(&Attempt {
        key: ("media-2", OTHER),
        ..GOOD
    })
    .await
    .assert_status(200);
    let swapped = Attempt {
        key: ("media-2", SECRET),
        ..GOOD
    };
    site.get(&swapped).await.assert_refused("not signed");
}

#[tokio::test]
async fn without_a_key_no_url_opens() {
    let site = Site::start_with(&[]);
    site.get(&GOOD).await.assert_refused("no signing key");
}

#[tokio::test]
async fn without_a_folder_there_is_no_media() {
    let origin = Origin::start();
    for method in [Method::GET, Method::OPTIONS] {
        let reply = Reply::of(origin.request(method, GOOD.path)).await;
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        reply.assert_error(404, "RESOURCE_NOT_FOUND", "nothing");
    }
}

#[test]
fn what_media_cannot_be_served_with_is_named_and_no_secret_shown() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    let (root, file) = (
        folder.path().to_str().expect("text"),
        file.to_str().expect("text"),
    );
    let key = format!("media-1={SECRET}");
    for (arguments, hint) in [
        (vec!["--media", "/nowhere/at/all"], "--media"),
        (vec!["--media", file], "--media"),
        (
            vec!["--media", root, "--url-signing-key", SECRET],
            "--url-signing-key",
        ),
        (
            vec!["--url-signing-key", "media-1=hunter2"],
            "--url-signing-key",
        ),
        (
            vec![
                "--url-signing-key",
                "a b=hunter2-hunter2-hunter2-hunter2-hunter2",
            ],
            "--url-signing-key",
        ),
        (
            vec!["--url-signing-key", &key, "--url-signing-key", &key],
            "`media-1` is there twice",
        ),
        (vec!["--url-parameter", "a=b"], "--url-parameter"),
        (vec!["--url-parameter", ""], "--url-parameter"),
    ] {
        let output = run(program("serve", &folder.path().join("origin.db")).args(&arguments));
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let error = stderr(&output);
        assert!(error.contains(hint), "{error}");
        assert!(
            !error.contains("hunter2") && !error.contains(SECRET),
            "{error}"
        );
    }
}

#[tokio::test]
async fn the_parameter_may_have_another_name() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("a.m3u8"), "b.ts\n").expect("a file");
    let key = format!("media-1={SECRET}");
    let root = folder.path().to_str().expect("text");
    let origin = Origin::start_with(&[
        "--media",
        root,
        "--url-signing-key",
        &key,
        "--url-parameter",
        "t",
    ]);
    let site = Site { origin, folder };
    let token = site.token(&Attempt {
        prefix: "/media/",
        ..GOOD
    });
    let reply = Reply::of(
        site.origin
            .request(Method::GET, &format!("/media/a.m3u8?t={token}")),
    )
    .await;
    assert_eq!(reply.assert_status(200).text, format!("b.ts?t={token}\n"));
}
