//! A replica of the worker: the process that runs now, the logs of those before it, and its link to the broker.

use std::cell::RefCell;
use std::future::Future;

use crate::support::observed::{ANY_PORT, admin_url};
use crate::support::proxy::Proxy;
use crate::support::{Process, Stand};

pub(super) struct Replica {
    pub(super) link: Proxy,
    environment: Vec<(&'static str, String)>,
    process: RefCell<Process>,
    /// What killed processes had written.
    past: RefCell<String>,
}

impl Replica {
    pub(super) async fn start(stand: &Stand, broker: u16, api: &Proxy) -> Self {
        let link = Proxy::before(broker).await;
        // A frozen worker is noticed after two to three heartbeats.
        let url = format!(
            "amqp://guest:guest@127.0.0.1:{}/%2f?heartbeat=2",
            link.port()
        );
        let environment = vec![
            ("AMQP_URL", url),
            (
                "GENESYS_API_URL",
                format!("http://127.0.0.1:{}", api.port()),
            ),
            ("GENESYS_TIMEOUT_SECONDS", "2".to_owned()),
            ("GENESYS_MAX_RETRIES", "2".to_owned()),
            (ANY_PORT.0, ANY_PORT.1.to_owned()),
            ("INTERCEPTOR_CONCURRENCY", "4".to_owned()),
            ("INTERCEPTOR_NOT_FOUND_SECONDS", "3".to_owned()),
        ];
        let process = RefCell::new(launch(stand, &environment));
        Self {
            link,
            environment,
            process,
            past: RefCell::default(),
        }
    }

    pub(super) fn signal(&self, name: &str) {
        self.process.borrow().signal(name);
    }

    pub(super) fn kill_and_start_again(&self, stand: &Stand) {
        self.signal("KILL");
        let next = launch(stand, &self.environment);
        let killed = self.process.replace(next);
        self.past.borrow_mut().push_str(&killed.output());
    }

    pub(super) fn one_more(&self, text: &'static str) -> impl Future<Output = ()> + use<> {
        self.process.borrow().one_more(text)
    }

    /// What its admin pages say.
    pub(super) async fn pages(&mut self) -> String {
        let admin = admin_url(self.process.get_mut()).await;
        let mut pages = String::new();
        for path in ["", "readyz", "metrics"] {
            let url = format!("{admin}/{path}");
            pages.push_str(&reqwest::get(url).await.unwrap().text().await.unwrap());
        }
        pages
    }

    /// The process, and what those before it had written.
    pub(super) fn into_parts(self) -> (Process, String) {
        (self.process.into_inner(), self.past.into_inner())
    }
}

fn launch(stand: &Stand, environment: &[(&'static str, String)]) -> Process {
    let changes: Vec<_> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    stand.worker(&changes)
}
