use std::collections::BTreeSet;

use reqwest::Method;

use super::site::{Attempt, GOOD, STREAM, Site};
use crate::harness::Reply;

#[tokio::test]
async fn a_good_token_opens_a_file() {
    let site = Site::start();
    let reply = site.get(&GOOD).await.assert_status(200);
    assert_eq!(reply.text, "0123456789");
    assert_eq!(reply.header("content-type"), Some("video/mp4"));
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert!(reply.header("etag").is_some());
}

#[tokio::test]
async fn each_kind_of_file_has_its_content_type() {
    let site = Site::start();
    for (path, content_type) in [
        ("/media/stream/master.m3u8", "application/vnd.apple.mpegurl"),
        ("/media/stream/manifest.mpd", "application/dash+xml"),
        ("/media/stream/part-0-1.m4s", "video/iso.segment"),
        ("/media/images/poster.jpg", "image/jpeg"),
        ("/media/captions/en.vtt", "text/vtt; charset=utf-8"),
    ] {
        let attempt = Attempt {
            path,
            prefix: "/media/",
            ..GOOD
        };
        let reply = site.get(&attempt).await.assert_status(200);
        assert_eq!(reply.header("content-type"), Some(content_type), "{path}");
    }
}

#[tokio::test]
async fn head_is_answered_without_a_body() {
    let site = Site::start();
    let reply = Reply::of(site.request(Method::HEAD, &GOOD))
        .await
        .assert_status(200);
    assert_eq!(
        (reply.text.as_str(), reply.header("content-length")),
        ("", Some("10"))
    );
    let manifest = Attempt {
        path: "/media/stream/video.m3u8",
        ..GOOD
    };
    let whole = site.get(&manifest).await.text.len().to_string();
    let reply = Reply::of(site.request(Method::HEAD, &manifest))
        .await
        .assert_status(200);
    assert_eq!(
        (reply.text.as_str(), reply.header("content-length")),
        ("", Some(&*whole))
    );
}

#[tokio::test]
async fn a_range_is_answered_alone() {
    let site = Site::start();
    for (range, status, text, content_range) in [
        ("bytes=2-4", 206, "234", Some("bytes 2-4/10")),
        ("bytes=7-", 206, "789", Some("bytes 7-9/10")),
        ("bytes=-2", 206, "89", Some("bytes 8-9/10")),
        ("bytes=20-30", 416, "", Some("bytes */10")),
        ("bytes=0-0,2-2", 200, "0123456789", None),
    ] {
        let request = site.request(Method::GET, &GOOD).header("range", range);
        let reply = Reply::of(request).await.assert_status(status);
        assert_eq!(reply.text, text, "{range}");
        assert_eq!(reply.header("content-range"), content_range, "{range}");
        assert_eq!(
            reply.header("access-control-allow-origin"),
            Some("*"),
            "{range}"
        );
    }
    let conditional = site
        .request(Method::GET, &GOOD)
        .header("range", "bytes=2-4")
        .header("if-range", "\"older\"");
    assert_eq!(
        Reply::of(conditional).await.assert_status(200).text,
        "0123456789"
    );
}

#[tokio::test]
async fn a_file_that_did_not_change_is_not_sent_again() {
    let site = Site::start();
    let etag = site
        .get(&GOOD)
        .await
        .header("etag")
        .expect("a tag")
        .to_owned();
    let request = site
        .request(Method::GET, &GOOD)
        .header("if-none-match", etag);
    let reply = Reply::of(request).await.assert_status(304);
    let cache_control = reply.header("cache-control").expect("a header");
    assert!(cache_control.starts_with("private, "), "{cache_control}");
}

#[tokio::test]
async fn nothing_is_kept_longer_than_its_token_is_good() {
    let site = Site::start();
    for path in ["/media/stream/low.mp4", "/media/stream/video.m3u8"] {
        for (expires_in, most) in [(600, 600), (100_000, 3600)] {
            let reply = site
                .get(&Attempt {
                    path,
                    expires_in,
                    ..GOOD
                })
                .await;
            let value = reply.header("cache-control").expect("a header");
            let max_age = value
                .strip_prefix("private, max-age=")
                .expect("it is private");
            let max_age: i64 = max_age.parse().expect("a number");
            assert!((most - 30..=most).contains(&max_age), "{path}: {max_age}");
        }
    }
}

#[tokio::test]
async fn a_page_may_ask_for_ranges() {
    let site = Site::start();
    let request = site
        .origin
        .request(Method::OPTIONS, GOOD.path)
        .header("origin", "https://a.example");
    let reply = Reply::of(request).await.assert_status(204);
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("access-control-allow-headers"), Some("Range"));
    let post = Reply::of(site.request(Method::POST, &GOOD)).await;
    assert_eq!(post.header("access-control-allow-origin"), Some("*"));
    post.assert_error(405, "METHOD_NOT_ALLOWED", "method");
}

/// Opens a manifest, and everything it names, and so on.
async fn follow(site: &Site, first: &str) -> BTreeSet<String> {
    let mut opened = BTreeSet::new();
    let mut open = vec![
        site.request(Method::GET, &GOOD)
            .build()
            .expect("a request")
            .url()
            .join(first)
            .expect("a URL"),
    ];
    while let Some(url) = open.pop() {
        let path = url.path().to_owned();
        let path_and_query = format!("{path}?{}", url.query().expect("a token"));
        let reply = Reply::of(site.origin.request(Method::GET, &path_and_query))
            .await
            .assert_status(200);
        let is_manifest = path.ends_with(".m3u8") || path.ends_with(".mpd");
        if opened.insert(path) && is_manifest {
            // Every reference in the examples ends with the token, in a quote, a line or a tag.
            let own = reply
                .text
                .split(['"', '\n', '<', '>'])
                .filter(|text| text.contains("playback_token="));
            open.extend(own.map(|text| url.join(&text.replace("&amp;", "&")).expect("a URL")));
        }
    }
    opened
}

#[tokio::test]
async fn one_token_opens_everything_below_a_manifest() {
    let site = Site::start();
    let token = site.token(&GOOD);
    let opened = follow(
        &site,
        &format!("/media/stream/master.m3u8?playback_token={token}"),
    )
    .await;
    let below = [
        "audio/en-1.m4s",
        "audio/en.m3u8",
        "init-0.mp4",
        "master.m3u8",
        "part-0-1.m4s",
        "video.m3u8",
    ];
    assert_eq!(opened, below.map(|path| format!("{STREAM}{path}")).into());
    let opened = follow(
        &site,
        &format!("/media/stream/manifest.mpd?playback_token={token}"),
    )
    .await;
    let below = ["init-0.mp4", "low.mp4", "manifest.mpd", "part-0-1.m4s"];
    assert_eq!(opened, below.map(|path| format!("{STREAM}{path}")).into());
}

#[tokio::test]
async fn another_hosts_files_do_not_learn_the_token() {
    let site = Site::start();
    let master = site
        .get(&Attempt {
            path: "/media/stream/master.m3u8",
            ..GOOD
        })
        .await
        .text;
    assert!(
        master.contains("\nhttps://cdn.example.com/video.m3u8\n"),
        "{master}"
    );
}

#[tokio::test]
async fn a_manifest_that_cannot_be_read_is_a_fault_of_ours() {
    let site = Site::start();
    for path in ["/media/stream/broken.m3u8", "/media/stream/huge.m3u8"] {
        let reply = site.get(&Attempt { path, ..GOOD }).await;
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        reply.assert_error(500, "SERVER_ERROR", "log");
    }
}

/// Every path is asked for with a token that is good for all of `/media/`.
#[tokio::test]
async fn only_the_media_of_the_folder_is_there() {
    let site = Site::start();
    let token = site.token(&Attempt {
        prefix: "/media/",
        ..GOOD
    });
    for path in [
        "/media/stream",
        "/media/stream/",
        "/media/stream/none.mp4",
        "/media/stream/low.mp4/",
        "/media/stream/low.mp4/low.mp4",
        "/media/stream//low.mp4",
        "/media//stream/low.mp4",
        "/media/./stream/low.mp4",
        "/media/../secret.mp4",
        "/media/stream/../../secret.mp4",
        "/media/stream/../low.mp4",
        "/media/%2e%2e/secret.mp4",
        "/media/.%2E/secret.mp4",
        "/media/..%2fsecret.mp4",
        "/media/%2e%2e%2fsecret.mp4",
        "/media/%252e%252e/secret.mp4",
        "/media/..\\secret.mp4",
        "/media/..%5csecret.mp4",
        "/media/..;/secret.mp4",
        "/media/stream%2flow.mp4",
        "/media/stream/lo%77.mp4",
        "/media/stream/low.mp4%00",
        "/media/stream/low.mp4%00.jpg",
        "/media/stream/low.mp4%20",
        "/media/stream/.hidden.mp4",
        "/media/stream/%2ehidden.mp4",
        "/media/stream/make.sh",
        "/media/stream/index.html",
        "/media/stream/out.mp4",
        "/media/stream/away/low.mp4",
        "/media-2/low.mp4",
        "/media/C:/low.mp4",
        "//media/stream/low.mp4",
    ] {
        let answer = site.raw(&format!("{path}?playback_token={token}")).await;
        let status = answer.split(' ').nth(1).expect("a status");
        // A path that climbs is nothing a token can be good for.
        assert!(["403", "404"].contains(&status), "{path}: {answer}");
        assert!(
            !answer.contains("0123456789") && !answer.contains("\r\n\r\nsecret"),
            "{path}: {answer}"
        );
    }
    let nul = site
        .raw(&format!("/media/stream/low.mp4\0?playback_token={token}"))
        .await;
    assert!(nul.starts_with("HTTP/1.1 400"), "{nul}");
    let alias = Attempt {
        path: "/media/stream/alias.mp4",
        ..GOOD
    };
    assert_eq!(site.get(&alias).await.assert_status(200).text, "0123456789");
    assert!(site.folder.path().join("secret.mp4").exists());
}

#[tokio::test]
async fn a_token_does_not_climb_out_of_its_folder() {
    let site = Site::start();
    let token = site.token(&GOOD);
    for path in [
        "/media/stream/../other/low.mp4",
        "/media/stream/%2e%2e/other/low.mp4",
        "/media/stream/..%2fother/low.mp4",
        "/media/stream/%2e%2e%2fother%2flow.mp4",
    ] {
        let answer = site.raw(&format!("{path}?playback_token={token}")).await;
        let status = answer.split(' ').nth(1).expect("a status");
        assert!(["403", "404"].contains(&status), "{path}: {answer}");
    }
}
