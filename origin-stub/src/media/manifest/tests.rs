use super::*;

const PAIR: &str = "t=1.2.0.k.m";

#[track_caller]
fn check(kind: Manifest, text: &str, want: &str) {
    assert_eq!(kind.signed(text, PAIR), want.replace('§', PAIR), "{text}");
}

#[test]
fn a_playlist_line_is_signed() {
    for (line, want) in [
        ("low.ts", "low.ts?§"),
        ("a/b/low.ts", "a/b/low.ts?§"),
        ("../low.ts", "../low.ts?§"),
        ("/media/low.ts", "/media/low.ts?§"),
        ("low.ts?a=1", "low.ts?a=1&§"),
        ("low.ts#t=1", "low.ts?§#t=1"),
        ("low.ts?a=1&#t=1", "low.ts?a=1&&§#t=1"),
        ("a/b:c.ts", "a/b:c.ts?§"),
        ("löw.ts", "löw.ts?§"),
        (
            "https://cdn.example.com/low.ts",
            "https://cdn.example.com/low.ts",
        ),
        (
            "HTTPS://cdn.example.com/low.ts",
            "HTTPS://cdn.example.com/low.ts",
        ),
        ("//cdn.example.com/low.ts", "//cdn.example.com/low.ts"),
        ("data:video/mp4;base64,AA", "data:video/mp4;base64,AA"),
        ("", ""),
        ("   ", "   "),
        ("#EXTM3U", "#EXTM3U"),
        (
            "#EXTINF:2.0,A title, URI=\"x\"",
            "#EXTINF:2.0,A title, URI=\"x\"",
        ),
        ("# URI=\"x\"", "# URI=\"x\""),
    ] {
        check(Manifest::Hls, line, want);
    }
}

#[test]
fn a_playlist_attribute_is_signed() {
    for (line, want) in [
        (
            r#"#EXT-X-MAP:URI="init.mp4",BYTERANGE="720@0""#,
            r#"#EXT-X-MAP:URI="init.mp4?§",BYTERANGE="720@0""#,
        ),
        (
            r#"#EXT-X-MEDIA:TYPE=AUDIO,NAME="a,URI=b",URI="a.m3u8?x=1""#,
            r#"#EXT-X-MEDIA:TYPE=AUDIO,NAME="a,URI=b",URI="a.m3u8?x=1&§""#,
        ),
        (
            r#"#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://key",KEYFORMAT="com.apple""#,
            r#"#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://key",KEYFORMAT="com.apple""#,
        ),
        (
            r#"#EXT-X-DATERANGE:ID="1",X-ASSET-URI="ad.m3u8""#,
            r#"#EXT-X-DATERANGE:ID="1",X-ASSET-URI="ad.m3u8""#,
        ),
        (r#"#EXT-X-MAP:URI="""#, r#"#EXT-X-MAP:URI="""#),
        (r#"#EXT-X-MAP:URI="open"#, r#"#EXT-X-MAP:URI="open"#),
        ("#EXT-X-ENDLIST", "#EXT-X-ENDLIST"),
    ] {
        check(Manifest::Hls, line, want);
    }
}

#[test]
fn line_ends_stay_as_they_are() {
    check(
        Manifest::Hls,
        "#EXTM3U\r\na.ts\r\n\r\nb.ts",
        "#EXTM3U\r\na.ts?§\r\n\r\nb.ts?§",
    );
    check(Manifest::Hls, "a.ts\nb.ts\n", "a.ts?§\nb.ts?§\n");
}

#[test]
fn a_description_is_signed() {
    for (xml, want) in [
        (
            r#"<SegmentTemplate initialization="init-$RepresentationID$.mp4" media="p-$Number$.m4s" startNumber="1"/>"#,
            r#"<SegmentTemplate initialization="init-$RepresentationID$.mp4?§" media="p-$Number$.m4s?§" startNumber="1"/>"#,
        ),
        (
            "<SegmentTemplate\n\tmedia = 'p-$Time$.m4s?a=1&amp;b=2'\n>",
            "<SegmentTemplate\n\tmedia = 'p-$Time$.m4s?a=1&amp;b=2&amp;§'\n>",
        ),
        (
            r#"<mpd:SegmentURL media="a.m4s?x&#38;y" mediaRange="0-9"/>"#,
            r#"<mpd:SegmentURL media="a.m4s?x&#38;y&amp;§" mediaRange="0-9"/>"#,
        ),
        (
            r#"<Initialization sourceURL="i.mp4"/>"#,
            r#"<Initialization sourceURL="i.mp4?§"/>"#,
        ),
        ("<BaseURL>video/</BaseURL>", "<BaseURL>video/?§</BaseURL>"),
        (
            "<d:BaseURL>\n a.mp4 \n</d:BaseURL>",
            "<d:BaseURL>\n a.mp4?§ \n</d:BaseURL>",
        ),
        (
            "<BaseURL serviceLocation=\"a>b\">a.mp4</BaseURL>",
            "<BaseURL serviceLocation=\"a>b\">a.mp4?§</BaseURL>",
        ),
        (
            "<BaseURL>https://cdn.example.com/</BaseURL><BaseURL>//b.example.com/</BaseURL>",
            "<BaseURL>https://cdn.example.com/</BaseURL><BaseURL>//b.example.com/</BaseURL>",
        ),
        (
            r#"<SegmentTemplate media="https://cdn.example.com/$Number$.m4s"/>"#,
            r#"<SegmentTemplate media="https://cdn.example.com/$Number$.m4s"/>"#,
        ),
        // What looks like a reference and is none.
        (
            r#"<AdaptationSet bitstreamSwitching="true" media="x"><Title>a.mp4</Title>"#,
            r#"<AdaptationSet bitstreamSwitching="true" media="x"><Title>a.mp4</Title>"#,
        ),
        (
            "<BaseURL/>\n<BaseURL></BaseURL>",
            "<BaseURL/>\n<BaseURL></BaseURL>",
        ),
        (
            r#"<!-- <BaseURL>a</BaseURL> <SegmentURL media="a"/> --><P/>"#,
            r#"<!-- <BaseURL>a</BaseURL> <SegmentURL media="a"/> --><P/>"#,
        ),
        (
            "<![CDATA[<BaseURL>a</BaseURL>]]>",
            "<![CDATA[<BaseURL>a</BaseURL>]]>",
        ),
        // What is broken comes out as it went in.
        ("<SegmentURL media=\"a", "<SegmentURL media=\"a"),
        ("a < b <!-- ", "a < b <!-- "),
        ("", ""),
    ] {
        check(Manifest::Dash, xml, want);
    }
}
