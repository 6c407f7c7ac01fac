//! `/debug/vars`: Go's variables, of which the memory of Go is not ours to tell.

use crate::{player::Player, support::member::Program};
use serde_json::{Map, Value};

async fn variables(player: &Player) -> Map<String, Value> {
    let said = player.port("client").say(b"GET /debug/vars HTTP/1.0\r\nHost: a\r\n\r\n").await;
    let text = String::from_utf8_lossy(&said).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
    assert!(head.to_lowercase().contains("content-type: application/json; charset=utf-8"), "{head}");
    serde_json::from_str(body).expect("an object")
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_of_a_leader() {
    for program in Program::all_current() {
        let player = Player::start(&program, vec!["--election-timeout=1000".into()]).await;
        let variables = variables(&player).await;
        let names: Vec<&str> = variables.keys().map(String::as_str).filter(|name| *name != "memstats").collect();
        assert_eq!(names, ["cmdline", "file_descriptor_limit", "raft.status"], "{program:?}");
        let words = variables["cmdline"].as_array().expect("words");
        assert_eq!(words.last().and_then(Value::as_str), Some("--election-timeout=1000"));
        assert!(variables["file_descriptor_limit"].as_u64().expect("a number") > 0);
        let raft = variables["raft.status"].as_object().expect("an object");
        let mut names: Vec<&str> = raft.keys().map(String::as_str).collect();
        names.sort_unstable();
        let known = ["applied", "commit", "id", "lead", "leadtransferee", "progress", "raftState", "term", "vote"];
        assert_eq!(names, known, "{program:?}");
        let id = raft["id"].as_str().expect("an id");
        assert_eq!([&raft["lead"], &raft["vote"]], [id, id]);
        assert_eq!((&raft["raftState"], &raft["leadtransferee"]), (&"StateLeader".into(), &"0".into()));
        let own = &raft["progress"].as_object().expect("an object")[id];
        assert_eq!(own["state"], "StateReplicate");
        let number = |value: &Value| value.as_u64().expect("a number");
        assert_eq!(number(&own["next"]), number(&own["match"]) + 1);
        assert!(number(&raft["applied"]) > 0 && number(&raft["commit"]) >= number(&raft["applied"]));
        assert!(number(&raft["term"]) > 1);
    }
}
