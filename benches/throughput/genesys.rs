//! The stand-in for Genesys that the workers ask, and what it can do at most.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::try_join_all;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::options::{Api, Options, Setting};
use crate::process::Group;

pub(crate) const CLIENT: (&str, &str) = ("demo-client", "demo-secret");

/// Connections that wait for slow answers while the ceiling is measured.
const WAITING: u32 = 512;
const WARM_UP: Duration = Duration::from_millis(300);
const LOAD: Duration = Duration::from_secs(1);

pub(crate) struct Genesys {
    pub(crate) group: Group,
    pub(crate) url: String,
    address: SocketAddr,
    api: Api,
}

impl Genesys {
    pub(crate) async fn start(options: &Options, setting: Setting) -> Result<Self> {
        // Free now, and hardly anybody else's in the next moment.
        let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free));
        let simulator = options.stand.bin_dir.join("genesys-simulator");
        let own = format!(
            "exec '{}' --listen 127.0.0.1:$PORT --messages $MESSAGES --latency-ms $DELAY_MS",
            simulator.display()
        );
        let environment = HashMap::from([
            ("PORT".to_owned(), free.to_string()),
            ("MESSAGES".to_owned(), setting.messages.to_string()),
            ("DELAY_MS".to_owned(), setting.api_delay_ms.to_string()),
        ]);
        let command = options.fake.as_deref().unwrap_or(&own);
        let log = options.stand.scratch.join("genesys.log");
        let mut group = Group::start(command, &environment, Path::new("."), &log)?;
        let ends = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(address).await.is_err() {
            if !group.running() || Instant::now() > ends {
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                bail!("the stand-in for Genesys does not listen on {address}: {said}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(Self {
            group,
            url: format!("http://{address}"),
            address,
            api: options.api,
        })
    }

    /// Conversations per second that it serves to a client that does nothing with them, over as many connections as the
    /// workers of `setting` have. `None` for a dialect that needs more than one request for each.
    pub(crate) async fn ceiling(&self, setting: Setting) -> Result<Option<f64>> {
        if self.api == Api::Platform {
            return Ok(None);
        }
        let connections = match setting.api_delay_ms {
            0 => setting.concurrency * setting.processes,
            _ => WAITING,
        };
        let token = self.token().await?;
        let begins = Instant::now() + WARM_UP;
        let ends = begins + LOAD;
        let served =
            try_join_all((0..connections).map(|_| self.load(&token, begins, ends))).await?;
        Ok(Some(served.iter().sum::<u32>() as f64 / LOAD.as_secs_f64()))
    }

    async fn load(&self, token: &str, begins: Instant, ends: Instant) -> Result<u32> {
        let mut connection = Connection::open(self.address).await?;
        let mut served = 0;
        loop {
            let path = format!("/api/v2/conversations/web/details/{}", Uuid::new_v4());
            connection
                .ask("GET", &path, &format!("Bearer {token}"))
                .await?;
            let now = Instant::now();
            if now >= ends {
                return Ok(served);
            }
            served += u32::from(now >= begins);
        }
    }

    async fn token(&self) -> Result<String> {
        let (id, secret) = CLIENT;
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let path = "/api/v2/oauth/token?grant_type=client_credentials";
        let mut connection = Connection::open(self.address).await?;
        let answer: serde_json::Value =
            serde_json::from_slice(&connection.ask("POST", path, &basic).await?)?;
        let token = answer["access_token"].as_str();
        Ok(token
            .context("the stand-in for Genesys gives no token")?
            .to_owned())
    }
}

/// HTTP/1.1 as a load generator needs it: bodies of a stated length, and no client library to measure.
struct Connection {
    stream: BufReader<TcpStream>,
    line: String,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::with_capacity(64 * 1024, stream),
            line: String::new(),
        })
    }

    async fn ask(&mut self, method: &str, path: &str, authorization: &str) -> Result<Vec<u8>> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\nContent-Length: 0\r\n\r\n"
        );
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        let status = self.read_line().await?.to_owned();
        let mut length = 0;
        loop {
            let line = self.read_line().await?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        if !status.contains(" 200 ") {
            bail!("the stand-in for Genesys answered '{status}' to {method} {path}");
        }
        Ok(body)
    }

    async fn read_line(&mut self) -> Result<&str> {
        self.line.clear();
        if self.stream.read_line(&mut self.line).await? == 0 {
            bail!("the stand-in for Genesys closed a connection");
        }
        Ok(self.line.trim_end())
    }
}
