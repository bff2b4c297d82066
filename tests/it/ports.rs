//! Nothing listens but the admin port, and that on the loopback interface unless set otherwise.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};

use crate::support::{Stand, free_port};

/// The inodes of the sockets that a process has open.
fn sockets(id: u32) -> BTreeSet<String> {
    std::fs::read_dir(format!("/proc/{id}/fd"))
        .unwrap()
        .filter_map(|entry| {
            let target = std::fs::read_link(entry.ok()?.path()).ok()?;
            let inode = target
                .to_str()?
                .strip_prefix("socket:[")?
                .strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect()
}

/// The TCP ports that a process listens on. An IPv6 address is told as it stands in /proc.
fn listening(id: u32) -> BTreeSet<String> {
    const LISTEN: &str = "0A";
    let own = sockets(id);
    assert!(!own.is_empty(), "the test has lost its object");
    let mut found = BTreeSet::new();
    for table in ["tcp", "tcp6"] {
        // A machine without IPv6 has no such table.
        let table = std::fs::read_to_string(format!("/proc/{id}/net/{table}")).unwrap_or_default();
        for line in table.lines().skip(1) {
            let fields: Vec<_> = line.split_whitespace().collect();
            if fields[3] == LISTEN && own.contains(fields[9]) {
                found.insert(shown(fields[1]));
            }
        }
    }
    found
}

fn shown(address: &str) -> String {
    let (ip, port) = address.split_once(':').unwrap();
    let port = u16::from_str_radix(port, 16).unwrap();
    match u32::from_str_radix(ip, 16) {
        Ok(ip) => SocketAddr::from((Ipv4Addr::from(ip.to_le_bytes()), port)).to_string(),
        Err(_) => address.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_admin_port_is_listened_on() {
    let stand = Stand::new().await;
    let chosen = format!("127.0.0.1:{}", free_port());
    for (setting, may) in [("off", None), (&chosen, Some(chosen.as_str()))] {
        let worker = stand.worker(&[("INTERCEPTOR_ADMIN_ADDR", setting)]);
        worker.stdout_line("broker.connected").await;
        let expected = may.map(str::to_owned).into_iter().collect();
        assert_eq!(listening(worker.id()), expected, "{setting}");
    }
    // By default it is on the loopback interface; where another program has that port, it is left out.
    let worker = stand.worker(&[("INTERCEPTOR_ADMIN_ADDR", "")]);
    worker.stdout_line("broker.connected").await;
    let found = listening(worker.id());
    assert!(
        found.iter().all(|address| address == "127.0.0.1:9464"),
        "{found:?}"
    );
}
