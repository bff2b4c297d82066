//! The stream that lapin reads: what comes from the broker is mended on its way.

use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use async_rs::traits::Reactor;
use async_rs::util::{DummyIO, RuntimeParts};
use async_rs::{Runtime, TokioRuntime};
use futures::{AsyncRead, AsyncWrite, Stream};
use lapin::tcp::{AMQPUriTcpExt, AsyncTcpStream, OwnedTLSConfig};
use lapin::uri::AMQPUri;
use lapin::{Connection, ConnectionProperties};

use super::frames::mend;

/// What is read at once; a frame that needs more makes it grow.
const BUFFER: usize = 32 * 1024;

/// Opens a connection.
///
/// # Errors
/// lapin's, where the broker cannot be reached or refuses.
pub(super) async fn connect(
    uri: AMQPUri,
    tls: OwnedTLSConfig,
    properties: ConnectionProperties,
) -> lapin::Result<Connection> {
    let tokio = lapin::runtime::default_runtime()?;
    let runtime = RuntimeParts::new(tokio.clone(), Mending(tokio.clone()));
    let connect = async move |uri: AMQPUri, _: Runtime<_>| {
        let connected = uri.connect_with_config_async(tls.as_ref(), &tokio);
        Ok(AsyncTcpStream::Plain(Mended::new(connected.await?)))
    };
    Connection::connector(uri, Runtime::new(runtime), connect, properties).await
}

/// tokio, as lapin knows it, but for the type of a stream.
#[derive(Clone, Debug)]
struct Mending(TokioRuntime);

impl Reactor for Mending {
    type TcpStream = Mended<AsyncTcpStream<<TokioRuntime as Reactor>::TcpStream>>;
    type Sleep = <TokioRuntime as Reactor>::Sleep;

    /// Of no use to lapin, and the trait that it asks of `H` has no public name.
    fn register<H: Read + Write + Send + 'static>(
        &self,
        _: H,
    ) -> io::Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static> {
        Err::<DummyIO, _>(ErrorKind::Unsupported.into())
    }

    fn sleep(&self, dur: Duration) -> Self::Sleep {
        self.0.sleep(dur)
    }

    fn interval(&self, dur: Duration) -> impl Stream<Item = Instant> + Send + 'static {
        self.0.interval(dur)
    }

    fn tcp_connect_addr(
        &self,
        addr: SocketAddr,
    ) -> impl Future<Output = io::Result<Self::TcpStream>> + Send + 'static {
        let connecting = self.0.tcp_connect_addr(addr);
        async { Ok(Mended::new(AsyncTcpStream::Plain(connecting.await?))) }
    }
}

/// A stream whose frames come out whole and mended.
struct Mended<S> {
    stream: S,
    incoming: Incoming,
}

impl<S> Mended<S> {
    fn new(stream: S) -> Self {
        Self {
            stream,
            incoming: Incoming {
                buffer: vec![0; BUFFER],
                passed: 0,
                mended: 0,
                filled: 0,
            },
        }
    }
}

/// What was read and not passed on yet.
struct Incoming {
    buffer: Vec<u8>,
    /// Up to where the buffer is passed on.
    passed: usize,
    /// Up to where it may be passed on: beyond `filled` where a body goes on.
    mended: usize,
    /// Up to where it holds what was read.
    filled: usize,
}

impl Incoming {
    /// What may be passed on.
    fn ready(&self) -> &[u8] {
        &self.buffer[self.passed..self.mended.min(self.filled)]
    }

    /// Room to read into.
    fn room(&mut self) -> &mut [u8] {
        self.buffer.copy_within(self.passed..self.filled, 0);
        self.filled -= self.passed;
        self.mended -= self.passed;
        self.passed = 0;
        if self.filled == self.buffer.len() {
            self.buffer.resize(2 * self.filled, 0);
        }
        &mut self.buffer[self.filled..]
    }

    /// Takes in what was read into the room.
    fn add(&mut self, bytes: usize) {
        self.filled += bytes;
        if let Some(unread) = self.buffer[..self.filled].get_mut(self.mended..) {
            self.mended = self.mended.saturating_add(mend(unread));
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Mended<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let Self { stream, incoming } = self.get_mut();
        while incoming.ready().is_empty() {
            match ready!(Pin::new(&mut *stream).poll_read(context, incoming.room()))? {
                0 => return Poll::Ready(Ok(0)),
                bytes => incoming.add(bytes),
            }
        }
        let ready = incoming.ready();
        let bytes = ready.len().min(buffer.len());
        buffer[..bytes].copy_from_slice(&ready[..bytes]);
        incoming.passed += bytes;
        Poll::Ready(Ok(bytes))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Mended<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, buffer)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, buffers)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_close(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_close(context)
    }
}
