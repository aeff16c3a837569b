use playback_policy::{Compiled, Groups, Places, ViewerFacts, where_it_plays};
use serde_json::{Value, json};

use super::world::{NOW, ask, ask_for_text, entry, key, viewer, viewers, with_videos};

#[tokio::test]
async fn where_it_plays_is_what_the_edge_decides_for_each() {
    let origin = with_videos().await;
    let compiled = entry(&origin, "v-r", None).await;
    let compiled = Compiled::read(&compiled).expect("rules");
    let like = json!({ "time": NOW, "ip": "203.0.113.7" });
    let whom = viewers().map(|facts| serde_json::from_value(facts).expect("facts"));
    let mut questions: Vec<(Value, Vec<ViewerFacts>)> = Places::ALL
        .map(|places| (json!({ "places": places }), places.viewers()))
        .into();
    questions.push((json!({ "viewers": viewers() }), whom.into()));
    questions.push((json!({ "viewers": [] }), Vec::new()));
    let strange = ViewerFacts {
        origin: Some("https://m\u{fc}ller.example/\n".to_owned()),
        ..ViewerFacts::default()
    };
    questions.push((json!({ "viewers": [strange] }), vec![strange]));
    for (question, whom) in questions {
        let mut asked = question.clone();
        asked["viewer"] = like.clone();
        let want = where_it_plays(&compiled, &viewer(&like, None), whom).expect("facts");
        let reply = ask(&origin, "1/videos/v-r/where", asked.clone()).await;
        let told = reply.assert_status(200).json();
        assert_eq!(told["played"], json!(want), "{question}");
        assert_eq!(told["groups"], json!(Groups::of(&want)), "{question}");
        assert_eq!(told.get("not_playable"), None);
        let text = ask_for_text(&origin, "1/videos/v-r/where", asked).await;
        assert_eq!(text.text, Groups::of(&want).to_string(), "{question}");
    }
    let narrow = key(&origin, "1", json!({ "rules": r#"geo-deny=("AT")"# })).await;
    let asked = json!({ "places": "countries", "viewer": like, "key": narrow });
    let told = ask_for_text(&origin, "1/videos/v-r/where", asked)
        .await
        .text;
    assert!(told.starts_with("allowed in 1: DE\n"), "{told}");
    assert!(
        told.contains("refused in 1 by `geo-deny` of the key's rules (403 CLIENT_GEO): AT\n"),
        "{told}"
    );
}
