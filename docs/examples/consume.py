"""Keeps records: python3 consume.py QUEUE DIRECTORY   (Python 3.11, pip install pika)

Writes DIRECTORY/transcripts/<conversation>.json, the newest of each conversation, and DIRECTORY/audits.ndjson, each audit
record once. Settings: AMQP_URL, AMQP_TRANSCRIPTS_EXCHANGE, AMQP_AUDIT_EXCHANGE.
"""

import datetime
import json
import os
import pathlib
import sys
import uuid

import pika

URL = os.environ.get("AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/%2f")
TRANSCRIPTS = os.environ.get("AMQP_TRANSCRIPTS_EXCHANGE", "genesys.transcripts")
AUDIT = os.environ.get("AMQP_AUDIT_EXCHANGE", "genesys.audit")


class Archive:
    def __init__(self, directory):
        self.transcripts = directory / "transcripts"
        self.transcripts.mkdir(parents=True, exist_ok=True)
        self.audits = directory / "audits.ndjson"
        # What was archived before; a database would have a unique index over message_id instead.
        self.audits.touch()
        archived = self.audits.read_bytes()
        whole = archived[: archived.rfind(b"\n") + 1]
        if whole != archived:
            # The machine died while it wrote the last line, which was not acknowledged and comes again.
            os.truncate(self.audits, len(whole))
        sync(directory)
        self.seen = {json.loads(line)["messageId"] for line in whole.splitlines()}

    def audit(self, entry):
        if entry["messageId"] in self.seen:
            return "duplicate"
        with self.audits.open("a") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.seen.add(entry["messageId"])
        return "audit"

    def transcript(self, entry):
        path = self.transcripts / f"{uuid.UUID(entry['record']['conversationId'])}.json"
        if path.exists():
            kept = json.loads(path.read_text())
            if kept["messageId"] == entry["messageId"]:
                return "duplicate"
            # A conversation that has grown is published again, and the broker may deliver the older one later.
            if newness(entry) <= newness(kept):
                return "older"
        draft = path.with_suffix(".draft")
        with draft.open("w") as file:
            json.dump(entry, file)
            file.flush()
            os.fsync(file.fileno())
        # At once: whoever reads it sees the one or the other.
        draft.replace(path)
        sync(self.transcripts)
        return "transcript"


def sync(directory):
    """Makes names in a directory outlive the machine's next crash."""
    descriptor = os.open(directory, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def newness(entry):
    record = entry["record"]
    try:
        end = datetime.datetime.fromisoformat(record["endTimestamp"].upper()).timestamp()
    except (AttributeError, ValueError):
        # Not ended yet, or a time that Python does not know, such as a leap second.
        end = 0
    return record["metrics"]["messagesReceived"], end, entry["timestamp"]


def main(queue, directory):
    archive = Archive(pathlib.Path(directory))
    connection = pika.BlockingConnection(pika.URLParameters(URL))
    channel = connection.channel()
    # Yours alone: durable and replicated, so that it keeps what arrives while you are away. RabbitMQ 4 drops what came back
    # 20 times, which crashes of yours would do to good records.
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}
    channel.queue_declare(queue, durable=True, arguments=arguments)
    channel.queue_bind(queue, TRANSCRIPTS, "transcript.sanitized")
    channel.queue_bind(queue, AUDIT, "audit.*")
    channel.basic_qos(prefetch_count=50)

    def take(channel, method, properties, body):
        entry = {
            "messageId": properties.message_id,
            "timestamp": properties.timestamp,
            "record": json.loads(body),
        }
        kind = archive.transcript if properties.type == "transcript.sanitized" else archive.audit
        done = kind(entry)
        # Only now: what is killed before this comes again, and is then a duplicate.
        channel.basic_ack(method.delivery_tag)
        print(f"{done} {properties.message_id} {properties.correlation_id}", flush=True)

    channel.basic_consume(queue, take)
    print("waiting for records", file=sys.stderr, flush=True)
    channel.start_consuming()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python3 consume.py QUEUE DIRECTORY")
    try:
        main(*sys.argv[1:])
    except pika.exceptions.ChannelClosedByBroker as error:
        # Without the exchanges no worker has run yet: "interceptor topology apply" makes them.
        sys.exit(f"error: {error.reply_text}")
    except pika.exceptions.AMQPConnectionError as error:
        sys.exit(f"error: no connection to the broker: {error!r}")
