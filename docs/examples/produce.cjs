// Sends jobs: node produce.cjs CONVERSATION_ID...   (npm install amqplib)
//
// Settings: AMQP_URL, AMQP_QUEUE. Exit code 1 where a job is not safe in the queue; send it again then.
const { randomUUID } = require('node:crypto');
const amqp = require('amqplib');

const url = process.env.AMQP_URL ?? 'amqp://guest:guest@127.0.0.1:5672/%2f';
const queue = process.env.AMQP_QUEUE ?? 'genesys.conversations';

async function main(conversationIds) {
  const connection = await amqp.connect(url);
  const channel = await connection.createConfirmChannel();
  // Without a listener, amqplib ends the process with a stack trace.
  channel.on('error', () => {});
  try {
    // Passively: the queue is the worker's, and arguments that differ from its own would be refused.
    await channel.checkQueue(queue);
  } catch {
    throw new Error(`no queue ${queue}: start a worker, or run \`interceptor topology apply\``);
  }
  // What comes back had no queue to go to. The broker returns it first and confirms it then.
  const returned = new Set();
  channel.on('return', ({ properties }) => returned.add(properties.messageId));
  for (const conversationId of conversationIds) {
    // Comes back as jobId in the audit records. Where you have an id of the cause, such as an event's, use that.
    const messageId = randomUUID();
    const options = { persistent: true, mandatory: true, contentType: 'text/plain', messageId };
    await new Promise((resolve, reject) => {
      const confirmed = (refusal) => (refusal ? reject(refusal) : resolve());
      channel.publish('', queue, Buffer.from(conversationId), options, confirmed);
    });
    if (returned.has(messageId)) throw new Error(`${conversationId} was not taken: no queue ${queue}`);
    console.log(`sent ${conversationId} ${messageId}`);
  }
  await connection.close();
}

main(process.argv.slice(2)).catch(({ message }) => {
  console.error(`error: ${message}`);
  process.exit(1);
});
