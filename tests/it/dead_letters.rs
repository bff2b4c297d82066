//! The operator's view of dead letters: looking changes nothing, and only what is asked for is deleted.

mod letters;
mod redrive;

use lapin::BasicProperties;
use serde_json::Value;

use crate::support::{Stand, interceptor, owned, run};
use letters::{ID, bodies, id, letter, lines};

#[tokio::test(flavor = "multi_thread")]
async fn looking_keeps_the_number_and_the_order() {
    // More than fit into one page.
    const COUNT: usize = 1_300;
    let stand = Stand::new().await;
    stand.bury_many(COUNT).await;
    let ids: Vec<String> = (0..COUNT).map(id).collect();
    for arguments in [
        &["list"][..],
        &["list", "--json", "--reason", "no_such_reason"],
        &["show", &ids[700]],
        &["export"],
        &["redrive", "--dry-run", "--id", &ids[600]],
        &["purge", "--yes", "--older-than", "5h"],
    ] {
        let done = stand.dead_letters_command(arguments).await;
        assert_eq!(done.code, Some(0), "{arguments:?}: {}", done.stderr);
        stand.until_depth("conversations.dead", COUNT as u32).await;
    }
    // Nor does it matter whether the reader stays to the end.
    let script = format!("{} dead-letters export | head -n 1", interceptor());
    let first = run("/bin/sh", &["-c", &script], &stand.environment(), b"").await;
    assert_eq!(first.stdout.lines().count(), 1, "{}", first.stderr);
    stand.until_depth("conversations.dead", COUNT as u32).await;

    let listed = lines(&stand.dead_letters_command(&["list", "--json"]).await);
    let listed: Vec<_> = listed.iter().map(|l| l["id"].as_str().unwrap()).collect();
    assert_eq!(listed, ids);
    stand.until_depth("conversations.dead", COUNT as u32).await;
    assert_eq!(stand.depth("conversations").await, Some(0));
    assert_eq!(bodies(&stand.drain("conversations.dead").await), ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_what_failed_and_why_and_never_shows_a_body_that_is_no_job() {
    let stand = Stand::new().await;
    stand
        .bury(ID.as_bytes(), letter("job-1", "conversation_not_found", 3))
        .await;
    stand
        .bury(b"call Jo at 555-0134", letter("job-2", "malformed_job", 1))
        .await;
    // Not from a worker: no headers at all.
    stand
        .bury(id(7).as_bytes(), BasicProperties::default())
        .await;
    stand.until_depth("conversations.dead", 3).await;

    let table = stand.dead_letters_command(&["list"]).await;
    let rows: Vec<&str> = table.stdout.lines().collect();
    assert_eq!(rows.len(), 4, "{}", table.stdout);
    assert!(rows[0].starts_with("ID") && rows[0].ends_with("ERROR"));
    for text in [
        ID,
        "conversation_not_found",
        " 3 ",
        "3h 0m",
        "what happened",
    ] {
        assert!(rows[1].contains(text), "{text}: {}", rows[1]);
    }
    assert!(rows[2].starts_with("sha256:"), "{}", rows[2]);
    assert!(rows[3].starts_with(&id(7)), "{}", rows[3]);
    assert!(!table.stdout.contains("555-0134") && !table.stdout.contains('\u{1b}'));
    assert!(table.stderr.contains("3 of 3 letters"), "{}", table.stderr);
    let digest = rows[2].split(' ').next().unwrap();

    let upper = ID.to_uppercase();
    for (filters, expected) in [
        (&["--reason", "malformed_job"][..], &["job-2"][..]),
        (
            &[
                "--reason",
                "malformed_job",
                "--reason",
                "conversation_not_found",
            ],
            &["job-1", "job-2"],
        ),
        (&["--older-than", "2h"], &["job-1"]),
        (&["--older-than", "1d"], &[]),
        (&["--id", &upper], &["job-1"]),
        (&["--id", "job-2"], &["job-2"]),
        (&["--id", digest], &["job-2"]),
        (&["--id", ID, "--reason", "malformed_job"], &[]),
    ] {
        let mut arguments = vec!["list", "--json"];
        arguments.extend(filters);
        let listed = lines(&stand.dead_letters_command(&arguments).await);
        let listed: Vec<_> = listed
            .iter()
            .map(|l| l["messageId"].as_str().unwrap())
            .collect();
        assert_eq!(listed, expected, "{filters:?}");
        stand.until_depth("conversations.dead", 3).await;
    }
    let listed = lines(&stand.dead_letters_command(&["list", "--json"]).await);
    assert_eq!(listed[0]["conversationId"], ID);
    assert_eq!(listed[0]["attempts"], 3);
    assert_eq!(listed[0]["redrives"], 1);
    assert_eq!(listed[0]["ageSeconds"].as_i64().unwrap() / 60, 180);
    assert_eq!(listed[1]["conversationId"], Value::Null);
    assert_eq!(listed[2]["firstSeen"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn show_and_export_give_everything_and_show_no_unknown_body_unasked() {
    let stand = Stand::new().await;
    stand
        .bury(ID.as_bytes(), letter("job-1", "bad_request", 1))
        .await;
    stand
        .bury(b"call Jo at 555-0134", letter("job-2", "malformed_job", 1))
        .await;
    stand
        .bury(b"\xff\xfe", letter("job-3", "malformed_job", 1))
        .await;
    stand.until_depth("conversations.dead", 3).await;

    let shown = stand.dead_letters_command(&["show", ID]).await;
    let document: Value = serde_json::from_str(&shown.stdout).unwrap();
    assert_eq!(document["body"], ID);
    assert_eq!(document["headers"]["producer"], "crm");
    assert_eq!(document["headers"]["interceptor-attempt"], 3);
    assert_eq!(document["properties"]["content_type"], "text/plain");
    assert_eq!(document["properties"]["message_id"], "job-1");
    stand.until_depth("conversations.dead", 3).await;

    let shown = stand.dead_letters_command(&["show", "job-2"]).await;
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(!shown.stdout.contains("555-0134") && shown.stderr.contains("--body"));
    stand.until_depth("conversations.dead", 3).await;
    let shown = stand
        .dead_letters_command(&["show", "job-2", "--body"])
        .await;
    assert!(shown.stdout.contains("555-0134"));
    stand.until_depth("conversations.dead", 3).await;

    let missing = stand.dead_letters_command(&["show", &id(9)]).await;
    assert_eq!(missing.code, Some(1));
    assert!(missing.stdout.is_empty() && missing.stderr.lines().count() == 1);
    stand.until_depth("conversations.dead", 3).await;

    let exported = lines(&stand.dead_letters_command(&["export"]).await);
    assert_eq!(exported[0]["body"], ID);
    assert_eq!(exported[1]["body"], "call Jo at 555-0134");
    assert_eq!(exported[2]["bodyBase64"], "//4=");
    assert_eq!(
        exported[2]["headers"]["interceptor-reason"],
        "malformed_job"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn purge_deletes_what_matches_and_nothing_unasked() {
    let stand = Stand::new().await;
    for number in 0..10 {
        let reason = ["bad_request", "genesys_error"][number % 2];
        stand
            .bury(id(number).as_bytes(), letter("job", reason, 1))
            .await;
    }
    stand.until_depth("conversations.dead", 10).await;
    // Stdin is no terminal here.
    let refused = stand.dead_letters_command(&["purge"]).await;
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
    assert_eq!(stand.depth("conversations.dead").await, Some(10));

    let purged = stand
        .dead_letters_command(&["purge", "--yes", "--reason", "bad_request"])
        .await;
    assert_eq!(purged.code, Some(0), "{}", purged.stderr);
    assert!(purged.stderr.contains("5 of 10"), "{}", purged.stderr);
    stand.until_depth("conversations.dead", 5).await;
    let left = [1, 3, 5, 7, 9].map(id);
    assert_eq!(bodies(&stand.drain("conversations.dead").await), left);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_broker_need_be_known_and_a_missing_queue_is_named() {
    let stand = Stand::new().await;
    let queue = stand.name("conversations");
    let environment = owned(&[("AMQP_URL", &stand.amqp_url), ("AMQP_QUEUE", &queue)]);
    let listed = run(interceptor(), &["dead-letters", "list"], &environment, b"").await;
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);

    let nowhere = stand.name("nowhere");
    let missing = stand
        .interceptor(&["dead-letters", "list"], &[("AMQP_QUEUE", &nowhere)])
        .await;
    assert_eq!(missing.code, Some(3));
    assert!(
        missing.stderr.contains(&format!("{nowhere}.dead"))
            && missing.stderr.contains("topology apply")
            && missing.stderr.lines().count() == 1,
        "{}",
        missing.stderr
    );
    for wrong in [
        &["list", "--older-than", "soon"][..],
        &["redrive", "--rate", "fast"],
        &["list", "--waiting", "--unrouted"],
        &["list", "--unrouted", "--reason", "bad_request"],
    ] {
        let refused = stand.dead_letters_command(wrong).await;
        assert_eq!(refused.code, Some(2), "{wrong:?}: {}", refused.stderr);
    }
}
