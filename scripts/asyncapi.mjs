// Validates an AsyncAPI document with its references: node asyncapi.mjs FILE. Resolves the parser from the directory in
// NODE_MODULES, so that nothing is installed into the repository.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const require = createRequire(`${process.env.NODE_MODULES}/`);
const { Parser } = require('@asyncapi/parser');

const file = resolve(process.argv[2]);
const { document, diagnostics } = await new Parser().parse(readFileSync(file, 'utf8'), { source: file });
const errors = diagnostics.filter(({ severity }) => severity === 0);
for (const { severity, path, message } of diagnostics.filter(({ severity }) => severity <= 1)) {
  console.error(`${severity === 0 ? 'error' : 'warning'}: ${path.join('.')}: ${message}`);
}
if (errors.length > 0 || !document) process.exit(1);
console.error(`${file}: ${document.channels().length} channels, ${document.operations().length} operations, valid`);
