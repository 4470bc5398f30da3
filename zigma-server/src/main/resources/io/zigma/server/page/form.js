// What is asked for: the form, the requests made of it, and a recipe put back into it.
import { Continuation } from '/clip.js';
import { MaskPainter } from '/mask.js';

const $ = id => document.getElementById(id);
const SIDES = ['a', 'b'];

export class Form {
  constructor() {
    this.offer = null;
    this.source = null;
    this.painter = new MaskPainter($('mask'), $('brush'));
    this.continuation = new Continuation();
    $('model').addEventListener('change', () => this.modelChosen());
    $('compare').addEventListener('change', () => this.showSides());
    $('source').addEventListener('change', () => $('source').files[0] && this.startFrom($('source').files[0]));
    $('source-remove').addEventListener('click', () => this.removeSource());
    $('mask-clear').addEventListener('click', () => this.painter.clear());
    for (const [id, text] of [['brush', v => `${v} %`], ['strength', v => Number(v).toFixed(2)]]) {
      const show = () => { $(`${id}-out`).textContent = text($(id).value); };
      $(id).addEventListener('input', show);
      show();
    }
  }

  // Fills in what the server offers.
  fill(offer) {
    this.offer = offer;
    $('model').replaceChildren(...offer.models.map(model => option(model.id, model.id)));
    for (const side of SIDES) {
      $(`sampler-${side}`).replaceChildren(...offer.samplers.map(sampler => {
        const entry = option(sampler.name, sampler.name);
        entry.title = sampler.purpose;
        return entry;
      }));
      $(`steps-${side}`).max = offer.limits.steps;
    }
    $('count').max = offer.limits.count;
    this.modelChosen();
  }

  model() {
    return this.offer.models.find(model => model.id === $('model').value);
  }

  makesClips() {
    return this.offer !== null && this.model().frames > 1;
  }

  modelChosen() {
    const model = this.model();
    $('class-field').hidden = model.conditioning !== 'class';
    $('prompt-field').hidden = model.conditioning !== 'text';
    $('count-label').textContent = this.makesClips() ? 'Clips' : 'Pictures';
    $('make').textContent = this.makesClips() ? 'Make clips' : 'Make pictures';
    $('source-details').hidden = this.makesClips();
    if (this.makesClips() && this.source) this.removeSource();
    this.continuation.offer(model.frames);
    $('class').replaceChildren(option('', 'any'), ...model.classes.map(name => option(name, name)));
    for (const side of SIDES) this.setSide(side, model.defaults);
    if (model.classes.length) $('class').value = model.classes[0];
  }

  setSide(side, settings) {
    $(`sampler-${side}`).value = settings.sampler;
    $(`steps-${side}`).value = settings.steps;
    $(`guidance-${side}`).value = settings.guidance;
  }

  showSides() {
    $('b').hidden = !$('compare').checked;
    $('settings').classList.toggle('two', $('compare').checked);
  }

  // One request, or two that differ in how they are sampled.
  async requests() {
    const seed = $('seed').value.trim() === '' ? Math.floor(Math.random() * 2147483647) : $('seed').value.trim();
    if (!/^-?\d{1,18}$/.test(String(seed))) throw new Error('a seed is a whole number');
    const common = { model: $('model').value, count: number('count', $('count-label').textContent), seed: Number(seed) };
    if (!Number.isSafeInteger(common.seed)) throw new Error('this page takes seeds up to 9007199254740991');
    const model = this.model();
    if (model.conditioning === 'class' && $('class').value) common.class = $('class').value;
    if (model.conditioning === 'text') {
      common.prompt = $('prompt').value;
      if ($('negative').value.trim()) common.negative_prompt = $('negative').value;
    }
    if (this.source) {
      common.init_image = await base64(this.source);
      common.strength = Number($('strength').value);
      const mask = this.painter.mask();
      if (mask) common.mask = mask;
    }
    if (this.makesClips()) Object.assign(common, await this.continuation.fields(base64));
    const sides = $('compare').checked ? SIDES : ['a'];
    return sides.map(side => {
      const request = { ...common, sampler: $(`sampler-${side}`).value, steps: number(`steps-${side}`, 'Steps') };
      if (model.guidable) request.guidance = number(`guidance-${side}`, 'Guidance');
      return request;
    });
  }

  async startFrom(blob) {
    if (this.makesClips()) {
      this.continuation.open(blob);
      return;
    }
    try {
      await this.painter.open(blob);
    } catch {
      throw new Error('this browser cannot show that picture; choose a PNG or JPEG file');
    }
    this.source = blob;
    $('source-tools').hidden = false;
    $('source-details').open = true;
  }

  removeSource() {
    this.source = null;
    this.painter.close();
    $('source').value = '';
    $('source-tools').hidden = true;
  }

  // Puts a recipe back; returns what it could not put back.
  use(recipe) {
    const missing = [];
    const model = this.offer.models.find(own => own.weights_sha256 === recipe.weights_sha256)
      || this.offer.models.find(own => own.id === recipe.model);
    if (!model) missing.push(`the model ${recipe.model} is not served here`);
    else {
      $('model').value = model.id;
      this.modelChosen();
      if (model.weights_sha256 !== recipe.weights_sha256) missing.push('its model has other weights now');
    }
    if (recipe.class !== undefined) $('class').value = recipe.class;
    else if (this.model().conditioning === 'class') $('class').value = '';
    $('prompt').value = recipe.prompt || '';
    $('negative').value = recipe.negative_prompt || '';
    $('seed').value = recipe.seed;
    $('count').value = recipe.count || 1;
    $('compare').checked = false;
    this.showSides();
    if (this.source) this.removeSource();
    this.continuation.use(recipe);
    this.setSide('a', { sampler: recipe.sampler, steps: recipe.steps, guidance: recipe.guidance_scale });
    if (recipe.strength !== undefined) {
      $('strength').value = recipe.strength;
      $('strength').dispatchEvent(new Event('input'));
      if (Number($('strength').value) !== Number(recipe.strength)) missing.push(`its strength was ${recipe.strength}`);
    }
    for (const [field, what] of [['source_sha256', 'the picture it was made from'], ['mask_sha256', 'the mask'],
      ['clip_sha256', 'the clip that it went on from'],
      ['sampler_options', `the sampler's options (${recipe.sampler_options})`],
      ['guidance_interval', `the guidance interval (${recipe.guidance_interval})`],
      ['variation_seed', 'the variation'], ['interpolation', 'the interpolation']]) {
      if (recipe[field] !== undefined && !sameAsDefault(field, this.model(), recipe)) missing.push(`${what} has to be given again`);
    }
    return missing;
  }
}

// The model's own interval is used where none is given.
function sameAsDefault(field, model, recipe) {
  return field === 'guidance_interval' && model.defaults.guidance_interval === recipe.guidance_interval;
}

function option(value, text) {
  const entry = document.createElement('option');
  entry.value = value;
  entry.textContent = text;
  return entry;
}

function number(id, name) {
  const value = Number($(id).value);
  if ($(id).value === '' || !Number.isFinite(value)) throw new Error(`${name} needs a number`);
  return value;
}

async function base64(blob) {
  const reader = new FileReader();
  return new Promise((done, failed) => {
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}
