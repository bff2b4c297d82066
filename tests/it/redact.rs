//! `interceptor redact`: sanitized transcripts without broker or network.

use serde_json::{Value, json};

use crate::support::{conversation, interceptor, owned, records::equations_hold, run};

fn transcripts(stdout: &str) -> Vec<Value> {
    let transcripts: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    transcripts.iter().for_each(equations_hold);
    transcripts
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_comes_out_in_order_and_a_bad_line_is_named() {
    let input = [
        conversation(
            "any string: 1",
            &["my mail is jo@example.com, and my number is 555-010-4477"],
        )
        .to_string(),
        "{\"id\":\"cut".to_owned(),
        String::new(),
        json!({"messages": []}).to_string(),
        conversation(
            "any string: 2",
            &["thank you very much for your help today"],
        )
        .to_string(),
    ]
    .join("\n");
    let redacted = run(interceptor(), &["redact"], &[], input.as_bytes()).await;
    assert_eq!(redacted.code, Some(1));
    assert!(
        redacted.stderr.contains("line 2") && redacted.stderr.contains("line 4"),
        "{}",
        redacted.stderr
    );
    let [first, second]: [Value; 2] = transcripts(&redacted.stdout).try_into().unwrap();
    assert_eq!(first["conversationId"], "any string: 1");
    assert_eq!(second["conversationId"], "any string: 2");
    assert_eq!(
        first["messages"][0]["text"],
        "my mail is [REDACTED], and my number is [REDACTED]"
    );
    assert_eq!(
        first["metrics"]["redactionsByType"],
        json!({"EMAIL": 1, "PHONE": 1})
    );
    let audits: Vec<Value> = redacted
        .stderr
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    assert_eq!(audits.len(), 2);
    assert!(
        audits
            .iter()
            .all(|audit| audit["event"] == "transcript:intercepted")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_document_may_span_lines_and_be_a_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let document = conversation("chat", &["card 4111 1111 1111 1111 please"]);
    std::fs::write(file.path(), format!("{document:#}")).unwrap();
    let environment = owned(&[
        ("INTERCEPTOR_REPLACEMENT", "typed"),
        ("INTERCEPTOR_HASH_KEY", "k"),
    ]);
    let path = file.path().to_str().unwrap();
    let redacted = run(interceptor(), &["redact", path], &environment, b"").await;
    assert_eq!(redacted.code, Some(0), "{}", redacted.stderr);
    let [transcript]: [Value; 1] = transcripts(&redacted.stdout).try_into().unwrap();
    assert_eq!(
        transcript["messages"][0]["text"],
        "card [CREDIT_CARD] please"
    );
    assert_eq!(transcript["messages"][0]["sequenceId"], json!(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_document_is_refused_once_and_where_it_is_broken() {
    let nothing = run(interceptor(), &["redact", "-"], &[], b"\n").await;
    assert_eq!((nothing.code, nothing.stderr.as_str()), (Some(0), ""));
    for (text, problem) in [
        (
            "{\n  \"id\": \"1\",\n  \"messages\": [\n  ],\n}\n",
            "error: line 5: the transcript is not valid JSON at column 1",
        ),
        (
            "[{\"id\":\"1\",\"messages\":[]}]\n",
            "error: line 1: a list of transcripts: give one a line, as jq -c '.[]' prints them",
        ),
    ] {
        let refused = run(interceptor(), &["redact", "-"], &[], text.as_bytes()).await;
        assert_eq!(refused.code, Some(1));
        assert_eq!(refused.stderr.trim_end(), problem);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_with_a_bad_first_line_is_read_line_by_line() {
    let good = conversation("good", &["hello there"]);
    let input = format!("not json\n{good}\n");
    let redacted = run(interceptor(), &["redact", "-"], &[], input.as_bytes()).await;
    assert_eq!(redacted.code, Some(1));
    assert!(redacted.stderr.contains("line 1"));
    assert_eq!(transcripts(&redacted.stdout).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_and_every_other_published_string_are_redacted_too() {
    let input = json!({
        "id": "chat", "type": "webmessaging jo@example.com",
        "startTimestamp": "2026-01-01T00:00:00Z", "endTimestamp": "call 555-010-4477",
        "unknown": "jo@example.com",
        "messages": [{
            "sequenceId": 1, "from": "jo@example.com", "to": "agent 555-010-4477", "text": "hello to you",
            "timestamp": "jo@example.com", "metadata": {"note": "jo@example.com"}
        }]
    });
    let redacted = run(
        interceptor(),
        &["redact"],
        &[],
        input.to_string().as_bytes(),
    )
    .await;
    assert_eq!(redacted.code, Some(0));
    for canary in ["example.com", "4477"] {
        assert!(
            !redacted.stdout.contains(canary) && !redacted.stderr.contains(canary),
            "{}",
            redacted.stdout
        );
    }
    let transcript = transcripts(&redacted.stdout).remove(0);
    assert_eq!(transcript["startTimestamp"], "2026-01-01T00:00:00Z");
    assert_eq!(transcript["endTimestamp"], Value::Null);
    assert_eq!(transcript["messages"][0]["from"], "[REDACTED]");
    assert_eq!(transcript["messages"][0]["to"], "agent [REDACTED]");
}

#[tokio::test(flavor = "multi_thread")]
async fn undetermined_messages_are_kept_where_that_is_wanted() {
    let input = conversation("chat", &["84729183"]).to_string();
    let skipped = run(interceptor(), &["redact"], &[], input.as_bytes()).await;
    assert_eq!(
        transcripts(&skipped.stdout)[0]["metrics"]["messagesSkipped"]["undeterminedLanguage"],
        json!(1)
    );
    let keep = owned(&[("INTERCEPTOR_UNDETERMINED_LANGUAGE", "keep")]);
    let kept = run(interceptor(), &["redact"], &keep, input.as_bytes()).await;
    let metadata = transcripts(&kept.stdout)[0]["messages"][0]["metadata"].clone();
    assert_eq!(
        (&metadata["language"], &metadata["languageConfidence"]),
        (&json!("und"), &json!(0.0))
    );
}
