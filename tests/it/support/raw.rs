//! A producer that speaks AMQP by itself: what no client library lets through.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::PATIENCE;

const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;
/// The answer to the end of the channel: all before it is done.
const CHANNEL_CLOSED: [u8; 4] = [0, 20, 0, 41];

/// Sends `body` to `queue` with `properties`, which are flags and values as they are on the wire.
pub(crate) async fn send_raw(url: &str, queue: &str, properties: &[u8], body: &[u8]) {
    let (_, host) = url.split_once('@').unwrap();
    let mut stream = TcpStream::connect(host.trim_end_matches("/%2f"))
        .await
        .unwrap();
    let size = u64::try_from(body.len()).unwrap().to_be_bytes();
    let all = [
        b"AMQP\x00\x00\x09\x01".to_vec(),
        // start-ok
        method(
            0,
            [10, 11],
            &[
                &long(b""),
                &short("PLAIN"),
                &long(b"\0guest\0guest"),
                &short("en_US"),
            ],
        ),
        // tune-ok: channels, frame size and heartbeat
        method(0, [10, 31], &[&[0, 9, 0, 2, 0, 0, 0, 0]]),
        // open
        method(0, [10, 40], &[&short("/"), &short(""), &[0]]),
        // channel.open
        method(1, [20, 10], &[&short("")]),
        // basic.publish to the default exchange
        method(1, [60, 40], &[&[0, 0], &short(""), &short(queue), &[0]]),
        frame(HEADER, 1, &[&[0, 60, 0, 0], &size[..], properties].concat()),
        frame(BODY, 1, body),
        // channel.close
        method(1, [20, 40], &[&[0, 200], &short("bye"), &[0, 0, 0, 0]]),
    ];
    stream.write_all(&all.concat()).await.unwrap();
    let mut answer = Vec::new();
    let closed = async {
        while !answer.windows(4).any(|bytes| bytes == CHANNEL_CLOSED) {
            let read = stream.read_buf(&mut answer).await.unwrap();
            assert!(read > 0, "{}", String::from_utf8_lossy(&answer));
        }
    };
    tokio::time::timeout(PATIENCE, closed).await.unwrap();
}

fn method(channel: u16, [class, id]: [u8; 2], arguments: &[&[u8]]) -> Vec<u8> {
    frame(
        METHOD,
        channel,
        &[&[0, class, 0, id], &*arguments.concat()].concat(),
    )
}

fn frame(kind: u8, channel: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![kind];
    frame.extend(channel.to_be_bytes());
    frame.extend(long(payload));
    frame.push(0xCE);
    frame
}

fn short(text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    [&[length], text.as_bytes()].concat()
}

/// Bytes behind their length in four bytes, as text, tables and arrays have it.
pub(crate) fn long(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes(), bytes].concat()
}
