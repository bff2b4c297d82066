//! When the gate closes, and for how long.

use super::*;

fn fail(gate: &Gate, conversation: &str, kind: ErrorKind) -> bool {
    gate.failed(conversation, &kind.into())
}

fn is_paused(gate: &Gate) -> bool {
    matches!(gate.state(), State::Paused { .. })
}

#[tokio::test(start_paused = true)]
async fn one_conversation_that_always_fails_pauses_nobody() {
    let gate = Gate::default();
    for _ in 0..10 {
        assert!(!fail(&gate, "a", ErrorKind::Server));
    }
    assert!(!fail(&gate, "b", ErrorKind::Timeout));
    gate.served();
    assert!(!fail(&gate, "c", ErrorKind::Server));
    assert_eq!(gate.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn three_conversations_in_a_row_are_the_services_fault() {
    let gate = Gate::default();
    let forbidden = ErrorKind::Forbidden {
        this_conversation: false,
    };
    assert!(!fail(&gate, "a", ErrorKind::Server));
    assert!(!fail(&gate, "b", forbidden));
    assert!(fail(&gate, "c", ErrorKind::Unreachable("gone")));
    assert!(is_paused(&gate));
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_is_refused_again_and_again_is_refused_for_itself() {
    let gate = Gate::default();
    for _ in 0..REFUSALS {
        assert!(fail(&gate, "a", ErrorKind::CredentialsRefused));
        assert!(gate.has_failed("a"));
        let State::Paused { until, .. } = gate.state() else {
            unreachable!()
        };
        tokio::time::sleep_until(until).await;
        gate.probe();
        gate.served();
        assert!(!gate.has_failed("a"));
    }
    assert!(!fail(&gate, "a", ErrorKind::CredentialsRefused));
    assert_eq!(gate.state(), State::Open);
    assert!(fail(&gate, "b", ErrorKind::CredentialsRefused));
}

#[tokio::test(start_paused = true)]
async fn a_failed_probe_pauses_longer_and_a_good_one_opens() {
    let gate = Gate::default();
    let mut pauses = Vec::new();
    for _ in 0..7 {
        assert!(fail(&gate, "a", ErrorKind::CredentialsRefused));
        let State::Paused { until, .. } = gate.state() else {
            unreachable!()
        };
        pauses.push(until - Instant::now());
        tokio::time::sleep_until(until).await;
        gate.probe();
        assert_eq!(
            gate.state(),
            State::Probing {
                cause: Cause::Credentials
            }
        );
    }
    assert!(pauses[0].is_zero() && pauses[1] <= FIRST_PAUSE);
    assert!(pauses[2] > pauses[1] && pauses[6] <= LONGEST_PAUSE);
    assert!(!fail(&gate, "a", ErrorKind::NotFound));
    assert_eq!(gate.state(), State::Open);
}

#[tokio::test(start_paused = true)]
async fn stragglers_of_a_fault_do_not_lengthen_the_pause() {
    let gate = Gate::default();
    assert!(fail(&gate, "a", ErrorKind::CredentialsRefused));
    let state = gate.state();
    assert!(fail(&gate, "b", ErrorKind::CredentialsRefused));
    assert!(fail(&gate, "c", ErrorKind::Server));
    assert_eq!(gate.state(), state);
}

#[tokio::test(start_paused = true)]
async fn a_straggling_success_does_not_end_a_pause() {
    let gate = Gate::default();
    let retry_after = Duration::from_secs(300);
    assert!(fail(&gate, "a", ErrorKind::RateLimited { retry_after }));
    gate.served();
    assert!(is_paused(&gate));
    gate.probe();
    assert!(is_paused(&gate), "not before its time");
}

#[tokio::test(start_paused = true)]
async fn only_a_long_retry_after_closes_the_gate() {
    let gate = Gate::default();
    let limited = |seconds| ErrorKind::RateLimited {
        retry_after: Duration::from_secs(seconds),
    };
    assert!(!fail(&gate, "a", limited(60)));
    assert_eq!(gate.state(), State::Open);
    assert!(fail(&gate, "a", limited(300)));
    assert!(is_paused(&gate));
}
