// Keeps records: node consume.cjs QUEUE DIRECTORY   (npm install amqplib)
//
// Writes DIRECTORY/transcripts/<conversation>.json, the newest of each conversation, and DIRECTORY/audits.ndjson, each
// audit record once. Settings: AMQP_URL, AMQP_TRANSCRIPTS_EXCHANGE, AMQP_AUDIT_EXCHANGE.
const fs = require('node:fs');
const path = require('node:path');
const amqp = require('amqplib');

const url = process.env.AMQP_URL ?? 'amqp://guest:guest@127.0.0.1:5672/%2f';
const transcriptsExchange = process.env.AMQP_TRANSCRIPTS_EXCHANGE ?? 'genesys.transcripts';
const auditExchange = process.env.AMQP_AUDIT_EXCHANGE ?? 'genesys.audit';

class Archive {
  constructor(directory) {
    this.transcripts = path.join(directory, 'transcripts');
    fs.mkdirSync(this.transcripts, { recursive: true });
    this.audits = path.join(directory, 'audits.ndjson');
    // What was archived before; a database would have a unique index over message_id instead.
    const archived = fs.existsSync(this.audits) ? fs.readFileSync(this.audits) : Buffer.alloc(0);
    if (archived.length === 0) fs.writeFileSync(this.audits, '');
    const whole = archived.subarray(0, archived.lastIndexOf('\n') + 1);
    // The machine died while it wrote the last line, which was not acknowledged and comes again.
    if (whole.length < archived.length) fs.truncateSync(this.audits, whole.length);
    sync(directory);
    const lines = whole.toString().split('\n').filter(Boolean);
    this.seen = new Set(lines.map((line) => JSON.parse(line).messageId));
  }

  audit(entry) {
    if (this.seen.has(entry.messageId)) return 'duplicate';
    fs.appendFileSync(this.audits, `${JSON.stringify(entry)}\n`, { flush: true });
    this.seen.add(entry.messageId);
    return 'audit';
  }

  transcript(entry) {
    const file = path.join(this.transcripts, `${path.basename(entry.record.conversationId)}.json`);
    if (fs.existsSync(file)) {
      const kept = JSON.parse(fs.readFileSync(file, 'utf8'));
      if (kept.messageId === entry.messageId) return 'duplicate';
      // A conversation that has grown is published again, and the broker may deliver the older one later.
      if (!newer(entry, kept)) return 'older';
    }
    fs.writeFileSync(`${file}.draft`, JSON.stringify(entry), { flush: true });
    // At once: whoever reads it sees the one or the other.
    fs.renameSync(`${file}.draft`, file);
    sync(this.transcripts);
    return 'transcript';
  }
}

// Makes names in a directory outlive the machine's next crash.
function sync(directory) {
  const descriptor = fs.openSync(directory, 'r');
  fs.fsyncSync(descriptor);
  fs.closeSync(descriptor);
}

function newer(one, other) {
  const newness = ({ record, timestamp }) => [
    record.metrics.messagesReceived,
    // Not ended yet, or a time that JavaScript does not know, such as a leap second.
    Date.parse(record.endTimestamp) || 0,
    timestamp,
  ];
  const [left, right] = [newness(one), newness(other)];
  const differs = left.findIndex((value, index) => value !== right[index]);
  return differs >= 0 && left[differs] > right[differs];
}

async function main(queue, directory) {
  const archive = new Archive(directory);
  const connection = await amqp.connect(url);
  const channel = await connection.createChannel();
  // Yours alone: durable and replicated, so that it keeps what arrives while you are away. RabbitMQ 4 drops what came back 20
  // times, which crashes of yours would do to good records.
  const queueArguments = { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 };
  await channel.assertQueue(queue, { durable: true, arguments: queueArguments });
  await channel.bindQueue(queue, transcriptsExchange, 'transcript.sanitized');
  await channel.bindQueue(queue, auditExchange, 'audit.*');
  await channel.prefetch(50);
  await channel.consume(queue, (message) => {
    if (!message) throw new Error(`the queue ${queue} was deleted`);
    const { messageId, timestamp, type, correlationId } = message.properties;
    const entry = { messageId, timestamp, record: JSON.parse(message.content) };
    const done = type === 'transcript.sanitized' ? archive.transcript(entry) : archive.audit(entry);
    // Only now: what is killed before this comes again, and is then a duplicate.
    channel.ack(message);
    console.log(`${done} ${messageId} ${correlationId}`);
  });
  console.error('waiting for records');
}

if (process.argv.length !== 4) {
  console.error('usage: node consume.cjs QUEUE DIRECTORY');
  process.exit(1);
}
main(...process.argv.slice(2)).catch(({ message }) => {
  console.error(`error: ${message}`);
  process.exit(1);
});
