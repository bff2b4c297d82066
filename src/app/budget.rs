//! One rate limit for all that use it: the workers, and `enqueue` while it asks.

use std::time::Duration;

use crate::genesys::{LONGEST_WAIT, Pace};
use crate::queue::{Notices, Replicas, SessionError};

/// Follows the number of replicas and what they tell each other, until that fails; `long` is told of a Retry-After that is
/// too long to be waited for with a job in hand.
pub(crate) async fn share(
    pace: &Pace,
    replicas: &Replicas,
    notices: &mut Notices,
    long: impl Fn(Duration),
) -> SessionError {
    let told = async {
        let mut retry_afters = pace.retry_afters();
        while retry_afters.changed().await.is_ok() {
            let retry_after = *retry_afters.borrow_and_update();
            if let Err(error) = replicas.tell(retry_after).await {
                tracing::debug!(event = "budget.not_told", %error);
            }
        }
    };
    let heard = async {
        loop {
            match notices.heard().await {
                Ok(retry_after) if retry_after > LONGEST_WAIT => long(retry_after),
                Ok(retry_after) => pace.hold(retry_after),
                Err(error) => return error,
            }
        }
    };
    tokio::select! {
        error = heard => error,
        () = told => SessionError::ConnectionLost,
        () = pace.follow(|| replicas.count()) => SessionError::ConnectionLost,
    }
}
