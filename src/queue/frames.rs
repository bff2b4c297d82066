//! What lapin cannot read in a frame, made readable in its place: one message of a stranger's must not end every session.
//!
//! AMQP has short strings and the names of headers as UTF-8, and RabbitMQ passes on whatever they hold. lapin ends the
//! connection over one that is not, and its stack ends over tables in tables in tables; the message comes back to the head
//! of its queue and does so again. No length changes: bytes that are not UTF-8 become question marks, and what is nested
//! too deep, or no table, becomes opaque bytes.

/// Type, channel and size.
const FRAME_HEADER: usize = 7;
/// Behind the payload.
const FRAME_END: usize = 1;
const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;
const HEARTBEAT: u8 = 8;
/// More than a broker agrees to: not worth the memory.
const LONGEST: usize = 1024 * 1024;
/// Class and method.
const CONNECTION_CLOSE: (u16, u16) = (10, 50);
const CHANNEL_CLOSE: (u16, u16) = (20, 40);
const DELIVER: (u16, u16) = (60, 60);
const GET_OK: (u16, u16) = (60, 71);
/// Tables and arrays in each other. RabbitMQ's own headers need three.
const DEEPEST: u8 = 16;

/// Makes the whole frames at the beginning of `bytes` readable. How many bytes may be passed on: beyond the end of `bytes`
/// where a body's frame goes on, and [`usize::MAX`] where it is no AMQP.
pub(super) fn mend(bytes: &mut [u8]) -> usize {
    let mut next = 0;
    while let Some(rest @ &[kind, ..]) = bytes.get(next..) {
        if !matches!(kind, METHOD | HEADER | BODY | HEARTBEAT) {
            return usize::MAX;
        }
        let Some(&[_, _, _, a, b, c, d]) = rest.first_chunk::<FRAME_HEADER>() else {
            break;
        };
        let payload = next + FRAME_HEADER;
        let Ok(size) = usize::try_from(u32::from_be_bytes([a, b, c, d])) else {
            return usize::MAX;
        };
        let end = payload.saturating_add(size).saturating_add(FRAME_END);
        // These pass whatever they hold, and so need not be waited for.
        if matches!(kind, BODY | HEARTBEAT) || size > LONGEST {
            next = end;
            continue;
        }
        if end > bytes.len() {
            break;
        }
        let payload = &mut bytes[payload..payload + size];
        // What ends early is the broker's own fault, and lapin says so.
        let _ = match kind {
            METHOD => mend_method(payload),
            _ => mend_header(payload),
        };
        next = end;
    }
    next
}

/// Of methods, those that repeat what a stranger has chosen: the routing key, and why a channel or the connection ends.
fn mend_method(payload: &mut [u8]) -> Option<()> {
    const CODE: usize = 2;
    const TAG: usize = 8;
    const REDELIVERED: usize = 1;
    let mut rest = Rest(payload);
    match (rest.u16()?, rest.u16()?) {
        CONNECTION_CLOSE | CHANNEL_CLOSE => {
            rest.take(CODE)?;
            return rest.short_string();
        }
        DELIVER => rest.short_string()?,
        GET_OK => {}
        _ => return Some(()),
    }
    rest.take(TAG + REDELIVERED)?;
    let [_exchange, _routing_key] = [rest.short_string()?, rest.short_string()?];
    Some(())
}

/// The properties of a message.
fn mend_header(payload: &mut [u8]) -> Option<()> {
    const WEIGHT_AND_SIZE: usize = 10;
    /// From the first bit of the flags on.
    const PROPERTIES: [Property; 14] = {
        use Property::{Fixed, ShortString, Table};
        [
            ShortString, // content-type
            ShortString, // content-encoding
            Table,       // headers
            Fixed(1),    // delivery-mode
            Fixed(1),    // priority
            ShortString, // correlation-id
            ShortString, // reply-to
            ShortString, // expiration
            ShortString, // message-id
            Fixed(8),    // timestamp
            ShortString, // type
            ShortString, // user-id
            ShortString, // app-id
            ShortString, // cluster-id
        ]
    };
    let mut rest = Rest(payload);
    rest.u16()?;
    rest.take(WEIGHT_AND_SIZE)?;
    let flags = rest.u16()?;
    for (bit, property) in (0..).zip(PROPERTIES) {
        if flags & (1 << 15 >> bit) == 0 {
            continue;
        }
        match property {
            Property::ShortString => rest.short_string()?,
            Property::Fixed(bytes) => {
                rest.take(bytes)?;
            }
            Property::Table => {
                let table = rest.long()?;
                if let Err(entry) = mend_table(table, 0) {
                    // Of a single byte at the end no entry can be made: all is made one then.
                    let last = entry + 1 == table.len();
                    make_opaque(&mut table[if last { 0 } else { entry }..]);
                }
            }
        }
    }
    Some(())
}

enum Property {
    ShortString,
    Table,
    Fixed(usize),
}

/// Where it is no table from an entry on, where that begins.
fn mend_table(table: &mut [u8], depth: u8) -> Result<(), usize> {
    let length = table.len();
    let mut rest = Rest(table);
    while !rest.0.is_empty() {
        let entry = length - rest.0.len();
        let mended = rest.short_string().and_then(|()| rest.value(depth));
        mended.ok_or(entry)?;
    }
    Ok(())
}

fn mend_array(array: &mut [u8], depth: u8) -> Option<()> {
    let mut rest = Rest(array);
    while !rest.0.is_empty() {
        rest.value(depth)?;
    }
    Some(())
}

/// Makes a table of what is none: one entry without a name, whose value is the bytes; of too few for that, one without a value.
fn make_opaque(table: &mut [u8]) {
    /// The length of the name, the type, and the length of the value.
    const ENTRY: usize = 6;
    if let Some((entry, value)) = table.split_first_chunk_mut::<ENTRY>() {
        let [a, b, c, d] = u32::try_from(value.len()).unwrap_or_default().to_be_bytes();
        *entry = [0, b'x', a, b, c, d];
    } else if let [length, name @ .., kind] = table {
        *length = u8::try_from(name.len()).unwrap_or_default();
        name.fill(b'?');
        *kind = b'V';
    }
}

/// What is not read yet.
struct Rest<'a>(&'a mut [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, bytes: usize) -> Option<&'a mut [u8]> {
        self.0.split_off_mut(..bytes)
    }

    fn u8(&mut self) -> Option<u8> {
        self.0.split_off_first_mut().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        let bytes = self.take(2)?.first_chunk()?;
        Some(u16::from_be_bytes(*bytes))
    }

    /// What has its length in four bytes before it.
    fn long(&mut self) -> Option<&'a mut [u8]> {
        let length = u32::from_be_bytes(*self.take(4)?.first_chunk()?);
        self.take(usize::try_from(length).ok()?)
    }

    fn short_string(&mut self) -> Option<()> {
        let length = self.u8()?;
        let text = self.take(length.into())?;
        while let Err(error) = str::from_utf8(text) {
            let wrong = &mut text[error.valid_up_to()..];
            let length = error.error_len().unwrap_or(wrong.len());
            wrong[..length].fill(b'?');
        }
        Some(())
    }

    /// The value of a header; its types are RabbitMQ's.
    fn value(&mut self, depth: u8) -> Option<()> {
        let (kind, rest) = std::mem::take(&mut self.0).split_first_mut()?;
        self.0 = rest;
        let fixed = match kind {
            b'V' => 0,
            b't' | b'b' | b'B' => 1,
            b's' | b'U' | b'u' => 2,
            b'I' | b'i' | b'f' => 4,
            b'D' => 5,
            b'L' | b'l' | b'd' | b'T' => 8,
            b'S' | b'x' => return self.long().map(|_| ()),
            b'F' | b'A' => {
                let inner = self.long()?;
                let mended = match kind {
                    _ if depth == DEEPEST => None,
                    b'F' => mend_table(inner, depth + 1).ok(),
                    _ => mend_array(inner, depth + 1),
                };
                if mended.is_none() {
                    *kind = b'x';
                }
                return Some(());
            }
            _ => return None,
        };
        self.take(fixed).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use lapin::protocol::basic::parse_properties;
    use lapin::protocol::parse_class;
    use lapin::types::AMQPValue;
    use proptest::prelude::*;

    use super::*;

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![kind, 0, 1];
        frame.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        frame.extend(payload);
        frame.push(0xCE);
        frame
    }

    fn entry(name: &[u8], kind: u8, value: &[u8]) -> Vec<u8> {
        let mut entry = vec![u8::try_from(name.len()).unwrap()];
        entry.extend(name);
        entry.push(kind);
        entry.extend(value);
        entry
    }

    fn long(bytes: &[u8]) -> Vec<u8> {
        let mut long = u32::try_from(bytes.len()).unwrap().to_be_bytes().to_vec();
        long.extend(bytes);
        long
    }

    /// A message's header with a table of headers and a `message_id`.
    fn header(table: &[u8], message_id: &[u8]) -> Vec<u8> {
        let mut payload = vec![0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        payload.extend(0b0010_0000_1000_0000_u16.to_be_bytes());
        payload.extend(long(table));
        payload.push(u8::try_from(message_id.len()).unwrap());
        payload.extend(message_id);
        frame(HEADER, &payload)
    }

    /// The names of the headers, the value of the first, and the `message_id`, as lapin reads them.
    fn read(mut bytes: Vec<u8>) -> (Vec<String>, Option<AMQPValue>, String) {
        assert_eq!(mend(&mut bytes), bytes.len());
        // Behind class, weight and size.
        let properties = &bytes[FRAME_HEADER + 12..bytes.len() - FRAME_END];
        let (rest, properties) = parse_properties(properties).unwrap();
        assert!(rest.is_empty());
        let headers = properties.headers().as_ref().unwrap().inner();
        (
            headers.keys().map(ToString::to_string).collect(),
            headers.values().next().cloned(),
            properties.message_id().as_ref().unwrap().to_string(),
        )
    }

    #[test]
    fn what_is_not_utf8_becomes_question_marks() {
        let table = entry(b"caf\xe9", b'S', &long(b"caf\xe9"));
        let (names, value, message_id) = read(header(&table, b"\xff\xc3\xa9\xe2\x82"));
        assert_eq!(names, ["caf?"]);
        let value = value.unwrap();
        assert_eq!(
            value.as_long_string().unwrap().as_bytes(),
            b"caf\xe9",
            "a value is bytes"
        );
        assert_eq!(message_id, "?\u{e9}??");
    }

    #[test]
    fn what_is_nested_too_deep_or_no_table_becomes_bytes() {
        let mut deep = Vec::new();
        for _ in 0..5000 {
            deep = entry(b"k", b'F', &long(&deep));
        }
        let (names, value, _) = read(header(&deep, b"m"));
        assert_eq!(names, ["k"]);
        assert!(matches!(value, Some(AMQPValue::FieldTable(_))));

        let mut deep = Vec::new();
        for _ in 0..5000 {
            let mut array = vec![b'A'];
            array.extend(long(&deep));
            deep = array;
        }
        let (names, ..) = read(header(&entry(b"k", b'A', &long(&deep)), b"m"));
        assert_eq!(names, ["k"]);

        // What stands before it stays.
        let good = entry(b"k", b't', &[1]);
        let bad = entry(b"k", b'?', b"whatever");
        let (names, value, _) = read(header(&[good, bad].concat(), b"m"));
        assert_eq!(names, ["", "k"]);
        assert!(matches!(value, Some(AMQPValue::ByteArray(_))));
        let inner = entry(b"k", b'?', b"whatever");
        let (_, value, _) = read(header(&entry(b"k", b'F', &long(&inner)), b"m"));
        assert!(matches!(value, Some(AMQPValue::ByteArray(_))));
    }

    #[test]
    fn a_routing_key_is_mended() {
        let mut payload = vec![0, 60, 0, 60, 1, b'c'];
        payload.extend([0, 0, 0, 0, 0, 0, 0, 1, 0]);
        payload.extend([1, b'e', 2, b'k', 0xff]);
        let mut bytes = frame(METHOD, &payload);
        mend(&mut bytes);
        let method = &bytes[FRAME_HEADER..bytes.len() - FRAME_END];
        let read = format!("{:?}", parse_class(method).unwrap());
        assert!(read.contains("\"k?\""), "{read}");
    }

    #[test]
    fn what_is_not_whole_waits_and_bodies_do_not() {
        let header = header(&[], b"caf\xe9");
        let body = frame(BODY, b"\xff\xff");
        let mut both = [&*header, &*body].concat();
        assert_eq!(mend(&mut both[..header.len() - 1]), 0);
        assert_eq!(mend(&mut both[..header.len() + 3]), header.len());
        assert_eq!(mend(&mut both[..header.len() + 8]), both.len());
        assert!(both.ends_with(&body));
        assert_eq!(mend(&mut b"HT".to_vec()), usize::MAX, "no AMQP");
    }

    #[test]
    fn a_byte_behind_the_last_entry_makes_all_one() {
        let table = [entry(b"k", b'V', b""), vec![7]].concat();
        read(header(&table, b"m"));
    }

    proptest! {
        #[test]
        fn what_lapin_reads_stays_as_it_is(table in ".{0,40}", message_id in ".{0,20}") {
            let table = entry(b"name", b'S', &long(table.as_bytes()));
            let before = header(&table, message_id.as_bytes());
            let mut after = before.clone();
            mend(&mut after);
            prop_assert_eq!(before, after);
        }

        #[test]
        fn nothing_makes_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 1_u8..3) {
            let mut framed = frame(kind, &bytes);
            mend(&mut framed);
            mend(&mut bytes);
        }

        #[test]
        // A single byte is none, whatever it is made.
        fn any_table_can_be_read(table in prop::collection::vec(any::<u8>(), 2..200)) {
            read(header(&table, b"m"));
        }
    }
}
