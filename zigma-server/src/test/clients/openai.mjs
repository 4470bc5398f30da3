// The openai package against a server: what it got, as JSON on the standard output.
import fs from 'node:fs';
import OpenAI, { toFile } from 'openai';

const [url, token, source, mask] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}v1`, apiKey: token });

const models = [];
for await (const model of client.models.list()) models.push(model.id);
const one = await client.models.retrieve(models[0]);

const made = await client.images.generate({
  model: models[0], prompt: 'sneaker', n: 2, size: '28x28', response_format: 'b64_json', seed: 7, steps: 2,
});
const linked = await client.images.generate({
  model: models[0], prompt: 'sneaker', n: 1, response_format: 'url', seed: 7, steps: 2,
});
const link = await fetch(linked.data[0].url, { headers: { Authorization: `Bearer ${token}` } });
const picture = path => toFile(fs.createReadStream(path), 'picture.png', { type: 'image/png' });
const edited = await client.images.edit({
  model: models[0], image: await picture(source), mask: await picture(mask), prompt: 'bag', n: 1, seed: 3, steps: 4,
});

const refusals = [];
for (const wrong of [{ model: models[0], prompt: 'sneker' }, { model: 'dall-e-3', prompt: 'sneaker' }]) {
  try {
    await client.images.generate(wrong);
    refusals.push({ status: 200 });
  } catch (refusal) {
    refusals.push({ kind: refusal.constructor.name, status: refusal.status, message: refusal.message });
  }
}
try {
  await new OpenAI({ baseURL: `${url}v1`, apiKey: 'not-the-token-of-it' }).models.list();
} catch (refusal) {
  refusals.push({ kind: refusal.constructor.name, status: refusal.status, message: refusal.message });
}

console.log(JSON.stringify({
  models,
  one: one.id,
  created: made.created,
  made: made.data.map(entry => entry.b64_json),
  linked: Buffer.from(await link.arrayBuffer()).toString('base64'),
  edited: edited.data.map(entry => entry.b64_json),
  refusals,
}));
