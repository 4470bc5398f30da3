// The page: what is asked for goes to the server, what comes back is shown and stored.
import * as api from '/api.js';
import { address } from '/clip.js';
import * as gallery from '/gallery.js';
import { isAnimated, texts } from '/png.js';
import { Form } from '/form.js';
import { Run } from '/run.js';

const $ = id => document.getElementById(id);
const form = new Form();
let runs = [];
let urls = [];
let shown = null;
let online = false;

const say = text => { $('status').textContent = text; };

function fail(problem) {
  $('error').textContent = problem ? problem.message : '';
  $('error').hidden = !problem;
}

// What is worth knowing of what was made, such as words that the model does not know.
function note(lines) {
  $('notes').replaceChildren(...[...new Set(lines)].map(line => {
    const entry = document.createElement('li');
    entry.textContent = line;
    return entry;
  }));
  $('notes').hidden = lines.length === 0;
}

async function connect() {
  try {
    form.fill(await api.models());
    online = true;
    $('make').disabled = false;
    say('');
  } catch (problem) {
    online = false;
    $('make').disabled = true;
    if (problem.status === 401) askForToken();
    else if (problem instanceof api.Refusal) fail(problem);
    else {
      say('The server is not there. The gallery is.');
      setTimeout(connect, 5000);
    }
  }
}

function askForToken() {
  say('This server needs its token.');
  $('token-refused').hidden = !api.hasToken();
  if (!$('token-dialog').open) $('token-dialog').showModal();
}

$('token-dialog').addEventListener('close', () => {
  const token = $('token').value.trim();
  $('token').value = '';
  if (!token) {
    say('This server needs its token: load the page again to give it. The gallery is here.');
    return;
  }
  api.setToken(token);
  connect();
});

// Making -----------------------------------------------------------------------------------------------------------------

$('form').addEventListener('submit', async event => {
  event.preventDefault();
  if (runs.some(run => run.active)) return;
  fail(null);
  say('');
  let requests;
  try {
    requests = await form.requests();
  } catch (problem) {
    fail(problem);
    return;
  }
  await make(requests);
});

async function make(requests) {
  runs.forEach(run => run.close());
  $('runs').replaceChildren();
  note([]);
  $('runs').classList.toggle('two', requests.length > 1);
  $('empty').hidden = true;
  const small = form.model().width <= 128;
  const kind = form.makesClips() ? 'clip' : 'picture';
  const what = requests[0].prompt || requests[0].class || requests[0].model;
  runs = requests.map((request, i) => {
    const settings = `${request.sampler}, ${request.steps} steps${request.guidance === undefined ? '' : `, guidance ${request.guidance}`}`;
    const title = requests.length > 1 ? `${'AB'[i]}: ${settings}` : `${what}, seed ${request.seed}: ${settings}`;
    const run = new Run($('runs'), title, request.count, small, open);
    run.active = true;
    run.share = 0;
    return run;
  });
  const focused = document.activeElement === $('make');
  $('make').disabled = true;
  $('cancel').disabled = false;
  document.body.dataset.running = 'true';
  if (focused) $('cancel').focus();
  $('progress').hidden = false;
  $('bar').value = 0;
  if (matchMedia('(max-width: 48rem)').matches) $('results').scrollIntoView();
  try {
    const ends = await Promise.all(requests.map((request, i) => follow(runs[i], request)));
    const cancelled = ends.filter(end => end.state === 'cancelled').length;
    const failed = ends.find(end => end.state === 'failed');
    if (failed) fail(failed.error);
    const made = ends.reduce((sum, end) => sum + end.images.length, 0);
    say(failed ? 'It failed.' : cancelled ? 'Cancelled.' : `${made} ${kind}${made === 1 ? ' is' : 's are'} done.`);
    note(ends.flatMap(end => end.warnings || []));
  } catch (problem) {
    if (problem.status === 401) askForToken();
    else fail(problem instanceof api.Refusal ? problem : new Error(`the server went away (${problem.message})`));
    await stop();
  } finally {
    // a disabled button that has the focus gives it to nothing
    const focused = [$('cancel'), document.body].includes(document.activeElement);
    delete document.body.dataset.running;
    runs.forEach(run => { run.active = false; });
    $('make').disabled = !online;
    $('cancel').disabled = true;
    if (focused) $('make').focus({ preventScroll: true });
    $('progress').hidden = true;
    await showGallery();
  }
}

async function follow(run, request) {
  const end = await run.follow(request, job => progress(run, job));
  run.active = false;
  if (end.state === 'done') {
    const pngs = await Promise.all(end.images.map(image => api.picture(image.video || image.url)));
    // the newest comes first in the gallery, so the last is stored first
    for (let i = pngs.length - 1; i >= 0; i--) {
      const { recipe } = end.images[i];
      let key = null;
      try {
        key = await gallery.add(pngs[i], recipe);
      } catch (problem) {
        fail(new Error(`This browser does not store the gallery (${problem.message}); save what you want to have.`));
      }
      await run.finished(i, pngs[i], recipe, key);
    }
  }
  return end;
}

function progress(run, job) {
  run.share = job.total ? job.done / job.total : 0;
  $('bar').value = runs.reduce((sum, own) => sum + own.share, 0) / runs.length;
  let text = 'starting';
  if (job.state === 'queued') text = job.ahead ? `waiting, ${job.ahead} before` : 'waiting';
  else if (job.total) text = `step ${job.done} of ${job.total}, ${left(job.seconds_left)} left`;
  $('progress-text').textContent = text;
}

function left(seconds) {
  if (!(seconds >= 1)) return 'less than 1 s';
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

async function stop() {
  await Promise.allSettled(runs.filter(run => run.active).map(run => run.cancel()));
}

$('cancel').addEventListener('click', async () => {
  $('cancel').disabled = true;
  say('Cancelling after this step.');
  await stop();
});

// The gallery ------------------------------------------------------------------------------------------------------------

async function showGallery() {
  let pictures;
  try {
    pictures = (await gallery.all()).reverse();
  } catch (problem) {
    $('gallery-empty').textContent = `This browser does not store a gallery (${problem.message}).`;
    return;
  }
  $('gallery-empty').hidden = pictures.length > 0;
  $('gallery-clear').hidden = pictures.length === 0;
  $('gallery-count').textContent = pictures.length ? String(pictures.length) : '';
  const addresses = await Promise.all(pictures.map(picture => address(picture.png)));
  urls.forEach(url => URL.revokeObjectURL(url));
  urls = addresses;
  $('gallery').replaceChildren(...pictures.map((picture, i) => {
    const url = addresses[i];
    const image = document.createElement('img');
    image.src = url;
    image.loading = 'lazy';
    image.alt = `${picture.recipe.prompt || picture.recipe.class || 'picture'}, seed ${picture.recipe.seed}`;
    image.addEventListener('load', () => image.classList.toggle('small', image.naturalWidth <= 128));
    const button = document.createElement('button');
    button.type = 'button';
    button.append(image);
    button.addEventListener('click', () => open(picture));
    const entry = document.createElement('li');
    entry.append(button);
    return entry;
  }));
}

function open(picture) {
  shown = picture;
  const blob = new Blob([picture.png], { type: 'image/png' });
  const url = URL.createObjectURL(blob);
  const image = $('detail-image');
  image.src = url;
  image.alt = `${picture.recipe.prompt || picture.recipe.class || 'picture'}, seed ${picture.recipe.seed}`;
  image.onload = () => image.classList.toggle('small', image.naturalWidth <= 128);
  $('detail-save').href = url;
  const clip = isAnimated(picture.png);
  $('detail-save').download = `zigma-${picture.recipe.seed}.${clip ? 'apng' : 'png'}`;
  $('detail-save').textContent = clip ? 'Save the APNG' : 'Save the PNG';
  $('detail-start').textContent = form.makesClips() ? 'Go on from it' : 'Start from it';
  $('detail-title').textContent = picture.recipe.prompt || picture.recipe.class || (clip ? 'Clip' : 'Picture');
  $('detail-recipe').tBodies[0].replaceChildren(...Object.entries(picture.recipe).map(([name, value]) => {
    const row = document.createElement('tr');
    const head = document.createElement('th');
    head.scope = 'row';
    head.textContent = name.replaceAll('_', ' ');
    const cell = document.createElement('td');
    cell.textContent = /^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 12)}…` : value;
    cell.title = value;
    row.append(head, cell);
    return row;
  }));
  $('detail-use').disabled = !online;
  $('detail-start').disabled = !online;
  $('detail-delete').hidden = picture.key === null;
  $('detail').onclose = () => URL.revokeObjectURL(url);
  $('detail').showModal();
}

$('detail-close').addEventListener('click', () => $('detail').close());
$('detail').addEventListener('click', event => event.target === $('detail') && $('detail').close());

$('detail-use').addEventListener('click', () => {
  useRecipe(shown.recipe, 'The settings are back');
  $('detail').close();
  $('form').scrollIntoView({ block: 'nearest' });
  $('make').focus();
});

$('detail-start').addEventListener('click', async () => {
  const name = $('detail-save').download;
  await form.startFrom(new File([shown.png], name, { type: 'image/png' }));
  $('detail').close();
  if (form.makesClips()) {
    say('It goes on from that clip.');
    $('extend').focus();
    return;
  }
  say('Paint where it may change, or change all of it.');
  $('mask').focus({ preventScroll: true });
  $('mask').scrollIntoView({ block: 'center' });
});

$('detail-delete').addEventListener('click', async () => {
  await gallery.remove(shown.key);
  $('detail').close();
  await showGallery();
  ($('gallery').querySelector('button') || $('gallery-title')).focus();
});

$('gallery-clear').addEventListener('click', async () => {
  if (confirm('Delete all pictures of the gallery?')) {
    await gallery.clear();
    await showGallery();
    $('gallery-title').focus();
  }
});

function useRecipe(recipe, done) {
  const missing = form.use(recipe);
  say([done, ...missing].join('; ') + '.');
}

// Dropped and pasted files -----------------------------------------------------------------------------------------------

async function take(file, asSource) {
  fail(null);
  try {
    const most = form.offer ? form.offer.limits.body_bytes : 0;
    if (online && file.size > most) throw new Error(`${file.name} is too large; a request may have ${most >> 20} MiB`);
    const recipe = asSource ? {} : await texts(await file.arrayBuffer());
    if (recipe.weights_sha256) {
      if (!online) throw new Error('the server is not there');
      useRecipe(recipe, `The settings of ${file.name} are back`);
    } else {
      await form.startFrom(file);
      say(asSource ? '' : `There is no recipe in ${file.name}; it is the ${form.makesClips() ? 'clip to go on' : 'picture to start'} from.`);
    }
  } catch (problem) {
    fail(problem);
  }
}

let depth = 0;
const isSource = event => [$('source-drop'), $('clip-drop')].some(place => place.contains(event.target));
const hasFile = event => [...event.dataTransfer.types].includes('Files');
addEventListener('dragenter', event => {
  if (!hasFile(event)) return;
  depth++;
  $('drop-sign').hidden = isSource(event);
});
addEventListener('dragleave', () => {
  depth = Math.max(0, depth - 1);
  if (!depth) $('drop-sign').hidden = true;
});
addEventListener('dragover', event => hasFile(event) && event.preventDefault());
addEventListener('drop', event => {
  depth = 0;
  $('drop-sign').hidden = true;
  const file = event.dataTransfer.files[0];
  if (!file) return;
  event.preventDefault();
  take(file, isSource(event));
});
addEventListener('paste', event => {
  const file = event.clipboardData.files[0];
  if (file) take(file, false);
});

addEventListener('unhandledrejection', event => {
  fail(event.reason instanceof Error ? event.reason : new Error(String(event.reason)));
});

if ('serviceWorker' in navigator && isSecureContext) {
  navigator.serviceWorker.register('/offline.js').catch(() => { /* the page works without */ });
}
await showGallery();
await connect();
document.body.dataset.ready = 'true';
