//! The access token: cached, renewed before it expires, and by one caller at a time however many wait for it.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use super::Error;

/// How long before its end a token is renewed.
const MARGIN: Duration = Duration::from_secs(60);
/// Lives shorter than this are renewed at half.
const SHORT_LIFE: Duration = Duration::from_secs(120);

/// An access token.
pub(super) struct Token {
    pub(super) value: SecretString,
    renew_at: Instant,
}

impl Token {
    /// A token that was just given for `life`.
    pub(super) fn new(value: SecretString, life: Duration) -> Self {
        let useful = if life < SHORT_LIFE {
            life / 2
        } else {
            life - MARGIN
        };
        Self {
            value,
            renew_at: Instant::now() + useful,
        }
    }
}

/// Holds the current token.
pub(super) struct TokenCache {
    current: RwLock<Option<Arc<Token>>>,
    /// Held by whoever renews; holds the last failure and when it was known.
    renewal: Mutex<Option<(Instant, Error)>>,
    obtained: watch::Sender<bool>,
}

impl TokenCache {
    pub(super) fn new() -> Self {
        Self {
            current: RwLock::new(None),
            renewal: Mutex::const_new(None),
            obtained: watch::Sender::default(),
        }
    }

    /// Whether a token was given when one was asked for last.
    pub(super) fn obtained(&self) -> watch::Receiver<bool> {
        self.obtained.subscribe()
    }

    /// The current token, or the one that `renew` gets. Who waits for a renewal shares its failure: each trying again by
    /// itself would add up to minutes.
    pub(super) async fn get<F>(&self, renew: impl FnOnce() -> F) -> Result<Arc<Token>, Error>
    where
        F: Future<Output = Result<Token, Error>>,
    {
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        let asked = Instant::now();
        let mut last_failure = self.renewal.lock().await;
        if let Some(token) = self.fresh() {
            return Ok(token);
        }
        if let Some((known, error)) = last_failure.as_ref()
            && *known > asked
        {
            return Err(error.clone());
        }
        let token = match renew().await {
            Ok(token) => Arc::new(token),
            Err(error) => {
                self.obtained.send_replace(false);
                *last_failure = Some((Instant::now(), error.clone()));
                return Err(error);
            }
        };
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&token));
        self.obtained.send_replace(true);
        Ok(token)
    }

    /// Forgets `refused`, unless it has been renewed meanwhile.
    pub(super) fn forget(&self, refused: &Arc<Token>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current
            .as_ref()
            .is_some_and(|token| Arc::ptr_eq(token, refused))
        {
            *current = None;
        }
    }

    /// The current token, where it need not be renewed.
    pub(super) fn fresh(&self) -> Option<Arc<Token>> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .filter(|token| Instant::now() < token.renew_at)
            .map(Arc::clone)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::super::ErrorKind;
    use super::*;

    async fn get(cache: &TokenCache, renewals: &AtomicU32, life: u64) -> Arc<Token> {
        cache
            .get(|| async {
                renewals.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(100)).await;
                Ok(Token::new("t".into(), Duration::from_secs(life)))
            })
            .await
            .unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn waiters_share_one_renewal() {
        let (cache, renewals) = (TokenCache::new(), AtomicU32::new(0));
        futures::future::join_all((0..32).map(|_| get(&cache, &renewals, 86_400))).await;
        assert_eq!(renewals.load(Ordering::Relaxed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn waiters_share_one_failure() {
        let (cache, renewals) = (TokenCache::new(), AtomicU32::new(0));
        let failing = || async {
            renewals.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_secs(10)).await;
            Err(Error::from(ErrorKind::Timeout))
        };
        let results = futures::future::join_all((0..32).map(|_| cache.get(failing))).await;
        assert!(results.iter().all(Result::is_err));
        assert_eq!(renewals.load(Ordering::Relaxed), 1);
        assert!(cache.get(failing).await.is_err());
        assert_eq!(
            renewals.load(Ordering::Relaxed),
            2,
            "who comes later tries anew"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn renewed_a_minute_before_the_end_and_short_lives_at_half() {
        for (life, useful) in [(86_400, 86_340), (120, 60), (100, 50)] {
            let (cache, renewals) = (TokenCache::new(), AtomicU32::new(0));
            get(&cache, &renewals, life).await;
            tokio::time::advance(Duration::from_secs(useful) - Duration::from_millis(1)).await;
            get(&cache, &renewals, life).await;
            assert_eq!(renewals.load(Ordering::Relaxed), 1, "{life}");
            tokio::time::advance(Duration::from_millis(1)).await;
            get(&cache, &renewals, life).await;
            assert_eq!(renewals.load(Ordering::Relaxed), 2, "{life}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_forgotten_once() {
        let (cache, renewals) = (TokenCache::new(), AtomicU32::new(0));
        let old = get(&cache, &renewals, 86_400).await;
        cache.forget(&old);
        get(&cache, &renewals, 86_400).await;
        // A second worker was refused with the same old token: the new one stays.
        cache.forget(&old);
        get(&cache, &renewals, 86_400).await;
        assert_eq!(renewals.load(Ordering::Relaxed), 2);
    }
}
