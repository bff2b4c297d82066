//! A TCP proxy whose faults are switched while it runs: stands between a worker and its broker, or its API.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What happens to the bytes of all connections, those to come included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mode {
    /// They pass.
    Pass,
    /// Black hole: they are held, both ways, and nobody is told.
    Hang,
    /// Those of the client pass, what the target answers is held: a confirm that is lost after the broker stored the
    /// message.
    HangDown,
    /// They pass after this time.
    Delay(Duration),
    /// They pass at so many bytes per second each way.
    Rate(u32),
}

/// How connections are ended from outside.
#[derive(Clone, Copy)]
enum End {
    /// In order, as by a peer that leaves.
    Fin,
    /// As by a peer that crashed.
    Reset,
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Up,
    Down,
}

/// Listens until it is dropped, and ends all connections then.
pub(crate) struct Proxy {
    port: u16,
    mode: watch::Sender<Mode>,
    end: watch::Sender<End>,
    gauges: Gauges,
}

/// What passes through.
#[derive(Clone, Default)]
struct Gauges {
    connections: watch::Sender<usize>,
    /// Bytes that went from the clients to the target.
    up: watch::Sender<u64>,
}

impl Proxy {
    /// A proxy in front of a port on the loopback interface.
    pub(crate) async fn before(target: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            mode: watch::Sender::new(Mode::Pass),
            end: watch::Sender::new(End::Fin),
            gauges: Gauges::default(),
        };
        let (mode, end) = (proxy.mode.subscribe(), proxy.end.subscribe());
        let target = SocketAddr::from((Ipv4Addr::LOCALHOST, target));
        tokio::spawn(accept(listener, target, mode, end, proxy.gauges.clone()));
        proxy
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// Closes all connections; what they hold is lost.
    pub(crate) fn cut(&self) {
        self.end.send_replace(End::Fin);
    }

    /// Resets all connections; what they hold is lost.
    pub(crate) fn reset(&self) {
        self.end.send_replace(End::Reset);
    }

    /// Bytes that went from the clients to the target so far.
    pub(crate) fn sent_up(&self) -> u64 {
        *self.gauges.up.borrow()
    }

    /// Awaits that so many bytes went from the clients to the target.
    pub(crate) async fn until_sent_up(&self, bytes: u64) {
        let mut up = self.gauges.up.subscribe();
        up.wait_for(|sent| *sent >= bytes).await.unwrap();
    }

    /// Awaits that no connection is left.
    pub(crate) async fn until_idle(&self) {
        let mut connections = self.gauges.connections.subscribe();
        connections.wait_for(|count| *count == 0).await.unwrap();
    }
}

async fn accept(
    listener: TcpListener,
    target: SocketAddr,
    mode: watch::Receiver<Mode>,
    end: watch::Receiver<End>,
    gauges: Gauges,
) {
    let mut over = end.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // The sender is gone, and with it the proxy.
            () = dropped(&mut over) => return,
        };
        let (client, _) = accepted.unwrap();
        let (mode, end, gauges) = (mode.clone(), end.clone(), gauges.clone());
        tokio::spawn(async move {
            gauges.connections.send_modify(|count| *count += 1);
            serve(client, target, mode, end, &gauges).await;
            gauges.connections.send_modify(|count| *count -= 1);
        });
    }
}

async fn dropped(end: &mut watch::Receiver<End>) {
    while end.changed().await.is_ok() {}
}

async fn serve(
    mut client: TcpStream,
    target: SocketAddr,
    mode: watch::Receiver<Mode>,
    mut end: watch::Receiver<End>,
    gauges: &Gauges,
) {
    // A target that is away refuses; the client sees its connection closed.
    let Ok(mut server) = TcpStream::connect(target).await else {
        return;
    };
    for stream in [&client, &server] {
        let _ = stream.set_nodelay(true);
    }
    end.mark_unchanged();
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let up = async {
        pump(from_client, to_server, Direction::Up, mode.clone(), gauges).await;
        // The server may still answer: it is the one who ends the connection.
        std::future::pending().await
    };
    tokio::select! {
        biased;
        // First, so that what is held when the mode changes in the same moment stays lost.
        _ = end.changed() => {}
        () = up => {}
        () = pump(from_server, to_client, Direction::Down, mode.clone(), gauges) => {}
    }
    if let End::Reset = *end.borrow() {
        for stream in [&client, &server] {
            let _ = stream.set_zero_linger();
        }
    }
}

/// Carries bytes one way until their sender ends, or either side fails.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    direction: Direction,
    mut mode: watch::Receiver<Mode>,
    gauges: &Gauges,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        // An end is held as bytes are: who fell silent in a black hole does not say goodbye either.
        let count = from.read(&mut buffer).await.unwrap_or_default();
        let now = *mode.borrow();
        match now {
            Mode::Delay(delay) => tokio::time::sleep(delay).await,
            Mode::Rate(rate) => {
                let seconds = count as f64 / f64::from(rate);
                tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
            }
            Mode::Pass | Mode::Hang | Mode::HangDown => {}
        }
        let passes = mode.wait_for(|mode| !mode.holds(direction)).await.is_ok();
        if !passes || count == 0 || to.write_all(&buffer[..count]).await.is_err() {
            break;
        }
        if direction == Direction::Up {
            gauges.up.send_modify(|sent| *sent += count as u64);
        }
    }
    let _ = to.shutdown().await;
}

impl Mode {
    fn holds(self, direction: Direction) -> bool {
        match self {
            Self::Hang => true,
            Self::HangDown => direction == Direction::Down,
            Self::Pass | Self::Delay(_) | Self::Rate(_) => false,
        }
    }
}
