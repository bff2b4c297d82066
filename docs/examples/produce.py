"""Sends jobs: python3 produce.py CONVERSATION_ID...   (pip install pika)

Settings: AMQP_URL, AMQP_QUEUE. Exit code 1 where a job is not safe in the queue; send it again then.
"""

import os
import sys
import uuid

import pika

URL = os.environ.get("AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/%2f")
QUEUE = os.environ.get("AMQP_QUEUE", "genesys.conversations")


def main(conversation_ids):
    connection = pika.BlockingConnection(pika.URLParameters(URL))
    channel = connection.channel()
    try:
        # Passively: the queue is the worker's, and arguments that differ from its own would be refused.
        channel.queue_declare(QUEUE, passive=True)
    except pika.exceptions.ChannelClosedByBroker:
        sys.exit(f"error: no queue {QUEUE}: start a worker, or run `interceptor topology apply`")
    # From here on basic_publish waits for the broker's confirm, and raises where there is none.
    channel.confirm_delivery()
    for conversation_id in conversation_ids:
        # Comes back as jobId in the audit records. Where you have an id of the cause, such as an event's, use that.
        message_id = str(uuid.uuid4())
        properties = pika.BasicProperties(
            delivery_mode=pika.DeliveryMode.Persistent, content_type="text/plain", message_id=message_id
        )
        try:
            # mandatory: without it the broker drops a job silently where the queue does not exist.
            channel.basic_publish("", QUEUE, conversation_id, properties, mandatory=True)
        except (pika.exceptions.UnroutableError, pika.exceptions.NackError) as error:
            sys.exit(f"error: {conversation_id} was not taken: {type(error).__name__}")
        print(f"sent {conversation_id} {message_id}", flush=True)
    connection.close()


if __name__ == "__main__":
    main(sys.argv[1:])
