// The node-sd-webui package against a server: what it got, as JSON on the standard output.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const sdwebui = createRequire(import.meta.url)('node-sd-webui').default;
const [url, source] = process.argv.slice(2);
const client = sdwebui({ apiUrl: url.replace(/\/$/, '') });

const made = await client.txt2img({ prompt: 'sneaker', seed: 7, steps: 2, batchSize: 2, width: 28, height: 28, samplingMethod: 'Euler' });
const changed = await client.img2img({
  imageData: [fs.readFileSync(source).toString('base64')], prompt: 'bag', seed: 3, steps: 4, samplingMethod: 'Euler',
});
const info = await client.pngInfo({ imageData: made.images[1] });
let refusal;
try {
  await client.txt2img({ prompt: 'sneker' });
} catch (failure) {
  refusal = failure.message;
}

console.log(JSON.stringify({ made: made.images, changed: changed.images, info, refusal }));
