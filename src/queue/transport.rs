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
        // lapin tells a runtime that shuts down from other errors; it has no public name for that.
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
            incoming: Incoming::with_room(BUFFER),
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
    fn with_room(bytes: usize) -> Self {
        Self {
            buffer: vec![0; bytes],
            passed: 0,
            mended: 0,
            filled: 0,
        }
    }

    /// What may be passed on.
    fn ready(&self) -> &[u8] {
        &self.buffer[self.passed..self.mended.min(self.filled)]
    }

    /// Room to read into.
    fn room(&mut self) -> &mut [u8] {
        if self.passed > 0 {
            self.buffer.copy_within(self.passed..self.filled, 0);
            self.filled -= self.passed;
            self.mended -= self.passed;
            self.passed = 0;
        }
        if self.filled == self.buffer.len() {
            self.buffer.resize(2 * self.filled, 0);
        }
        &mut self.buffer[self.filled..]
    }

    /// No more comes: what is not whole is passed on as it is.
    fn end(&mut self) {
        self.mended = usize::MAX;
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
                0 if incoming.passed == incoming.filled => return Poll::Ready(Ok(0)),
                0 => incoming.end(),
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

#[cfg(test)]
mod tests {
    use futures::{AsyncReadExt, FutureExt};
    use proptest::prelude::*;

    use super::*;

    /// Gives its bytes in the pieces that are asked for.
    struct Pieces {
        bytes: Vec<u8>,
        sizes: Vec<usize>,
    }

    impl AsyncRead for Pieces {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buffer: &mut [u8],
        ) -> Poll<io::Result<usize>> {
            let size = self.sizes.pop().unwrap_or(usize::MAX);
            let size = size.min(buffer.len()).min(self.bytes.len());
            buffer[..size].copy_from_slice(&self.bytes[..size]);
            self.bytes.drain(..size);
            Poll::Ready(Ok(size))
        }
    }

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let size = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&[kind, 0, 1], &size[..], payload, &[0xCE]].concat()
    }

    /// Frames as a broker sends them: a delivery, its header with a `message_id`, and its body.
    fn frames() -> impl Strategy<Value = Vec<u8>> {
        let message = (prop::collection::vec(any::<u8>(), 0..40), 0..300_usize);
        prop::collection::vec(message, 0..6).prop_map(|messages| {
            let frames = messages.into_iter().map(|(message_id, body)| {
                let delivery = b"\0\x3c\0\x3c\x01c\0\0\0\0\0\0\0\x01\0\x01e\x01k";
                let mut header = vec![0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80];
                header.push(u8::try_from(message_id.len()).unwrap());
                header.extend(message_id);
                [
                    frame(1, delivery),
                    frame(2, &header),
                    frame(3, &vec![0xFF; body]),
                ]
                .concat()
            });
            frames.collect::<Vec<_>>().concat()
        })
    }

    proptest! {
        #[test]
        fn frames_come_out_mended_however_they_come_in(
            bytes in frames(),
            cut in 0..20_usize,
            sizes in prop::collection::vec(1..60_usize, 0..400),
            room in 1..64_usize,
        ) {
            let bytes = bytes[..bytes.len().saturating_sub(cut)].to_vec();
            let mut expected = bytes.clone();
            mend(&mut expected);
            let mut stream = Mended {
                stream: Pieces { bytes, sizes },
                incoming: Incoming::with_room(room),
            };
            let mut read = Vec::new();
            stream.read_to_end(&mut read).now_or_never().unwrap().unwrap();
            prop_assert_eq!(read, expected);
        }
    }
}
