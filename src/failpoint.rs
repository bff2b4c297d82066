//! Named points at which a test makes a worker wait, abort, panic or spin. Compiled in only with the feature `failpoints`,
//! which only tests turn on; everywhere else a point is nothing.
//!
//! INTERCEPTOR_FAILPOINT is a list, separated by `;`, of `POINT SUBJECT=ACTION`:
//!
//! | point | subject | reached |
//! |---|---|---|
//! | `fetched` | the conversation's id | its transcript was fetched |
//! | `sent` | a routing key | a message with this key was sent, and is not confirmed yet |
//! | `confirmed` | a routing key | a record with this key is confirmed |
//! | `done` | `job` | everything that a job became is confirmed |
//! | `acknowledged` | `job` | the acknowledgement of a job was sent |
//!
//! | action | |
//! |---|---|
//! | `wait:DIR` | the first time: makes a file `reached` in DIR, then waits until there is a file `go` |
//! | `abort`, `panic`, `spin` | each time: what the name says |

#[cfg(feature = "failpoints")]
mod enabled {
    use std::path::PathBuf;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    struct Failpoint {
        place: String,
        action: Action,
    }

    enum Action {
        Wait { at: PathBuf, waited: AtomicBool },
        Abort,
        Panic,
        Spin,
    }

    static FAILPOINTS: OnceLock<Vec<Failpoint>> = OnceLock::new();

    /// Sets the points, once for the process.
    pub(crate) fn set(list: Option<&str>) {
        let points = list.unwrap_or_default().split(';').filter_map(|point| {
            let (place, action) = point.split_once('=')?;
            let action = match action {
                "abort" => Action::Abort,
                "panic" => Action::Panic,
                "spin" => Action::Spin,
                other => Action::Wait {
                    at: other.strip_prefix("wait:")?.into(),
                    waited: AtomicBool::new(false),
                },
            };
            let place = place.to_owned();
            Some(Failpoint { place, action })
        });
        let _ = FAILPOINTS.set(points.collect());
    }

    /// The point `point subject` is reached.
    #[expect(clippy::panic, reason = "a test asked for it")]
    pub(crate) async fn reached(point: &str, subject: &str) {
        let place = format!("{point} {subject}");
        let points = FAILPOINTS.get().into_iter().flatten();
        for failpoint in points.filter(|failpoint| failpoint.place == place) {
            match &failpoint.action {
                Action::Abort => std::process::abort(),
                Action::Panic => panic!("failpoint"),
                Action::Spin => loop {
                    std::hint::spin_loop();
                },
                Action::Wait { at, waited } if !waited.swap(true, Ordering::Relaxed) => {
                    let _ = std::fs::write(at.join("reached"), "");
                    while !at.join("go").exists() {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                }
                Action::Wait { .. } => {}
            }
        }
    }
}

#[cfg(feature = "failpoints")]
pub(crate) use enabled::{reached, set};

/// Nothing.
#[cfg(not(feature = "failpoints"))]
pub(crate) const fn set(_list: Option<&str>) {}

/// Nothing.
#[cfg(not(feature = "failpoints"))]
pub(crate) async fn reached(_point: &str, _subject: &str) {}
