//! `interceptor check --live`: asks the worker that runs here whether it is alive. For health checks in an image that has
//! neither a shell nor an HTTP client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Failure, output};
use crate::config::{Admin, ConfigError, Source};

/// A worker that has not answered by then is as good as dead.
const DEADLINE: Duration = Duration::from_secs(3);

/// Reads INTERCEPTOR_ADMIN_ADDR and no other setting: the health of a process must not depend on the files of its secrets.
pub(super) async fn execute(source: &Source) -> Result<(), Failure> {
    let Some(admin) = Admin::read(source)? else {
        let problem = "is off, so there is nothing to ask; set an address such as 127.0.0.1:9464";
        return Err(ConfigError::new("INTERCEPTOR_ADMIN_ADDR", problem).into());
    };
    let address = reachable(admin.address);
    tokio::time::timeout(DEADLINE, ask(address))
        .await
        .unwrap_or_else(|_| bail!("no answer within {} s", DEADLINE.as_secs()))
        .with_context(|| format!("http://{address}/livez (INTERCEPTOR_ADMIN_ADDR)"))?;
    let answered = format!("ok    live: http://{address}/livez");
    Ok(output::print(&answered)?)
}

/// Who listens on all addresses is asked on the loopback interface.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

async fn ask(address: SocketAddr) -> anyhow::Result<()> {
    // All that is looked at; what a stranger on this port sends may be endless.
    const ANSWER: u64 = 1024;
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /livez HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(ANSWER).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).unwrap_or_default();
    if !answer.starts_with("HTTP/1.") || status != "200" {
        bail!("the answer is not 200 but {status:?}{}", reason(&answer));
    }
    Ok(())
}

/// The first line of an answer's body, fit to be printed.
fn reason(answer: &str) -> String {
    const LONGEST: usize = 200;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let line = body.lines().next().unwrap_or_default();
    let line: String = line
        .chars()
        .filter(|it| !it.is_control())
        .take(LONGEST)
        .collect();
    match line.as_str() {
        "" => String::new(),
        line => format!(": {line}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_are_asked_on_the_loopback_interface() {
        for (listening, asked) in [
            ("0.0.0.0:9464", "127.0.0.1:9464"),
            ("[::]:9464", "[::1]:9464"),
            ("192.0.2.7:80", "192.0.2.7:80"),
        ] {
            let address = reachable(listening.parse().unwrap());
            assert_eq!(address, asked.parse().unwrap());
        }
    }
}
