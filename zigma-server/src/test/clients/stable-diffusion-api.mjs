// The stable-diffusion-api package against a server: what it got, as JSON on the standard output.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { StableDiffusionApi } = require('stable-diffusion-api');
const sharp = require('sharp');
const [url, token, source] = process.argv.slice(2);
const client = new StableDiffusionApi({ baseUrl: url.replace(/\/$/, ''), defaultSampler: 'Euler', defaultStepCount: 2 }).setAuth('me', token);

const pixels = async image => (await image.raw().toBuffer()).toString('base64');
const models = (await client.getSdModels()).map(model => model.title);
await client.setOptions({ sd_model_checkpoint: models[0] });
const current = await client.getCurrentModel();
await client.refreshCheckpoints();
const made = await client.txt2img({ prompt: 'sneaker', seed: 7, batch_size: 2 });
const changed = await client.img2img({ init_images: [sharp(source)], prompt: 'bag', seed: 3, steps: 4 });
const upscalers = await client.getUpscalers();
const styles = await client.getPromptStyles();
const progress = await client.getProgress();
await client.waitForReady(0.05);

console.log(JSON.stringify({
  models,
  current,
  samplers: (await client.getSamplers()).map(sampler => sampler.name),
  made: await Promise.all(made.images.map(pixels)),
  info: JSON.parse(made.info),
  changed: await Promise.all(changed.images.map(pixels)),
  upscalers: upscalers.length,
  styles: styles.length,
  progress: progress.progress,
}));
