// Holds the page for when the server is not there, so that the gallery still opens. Nothing of the interfaces is held.
const CACHE = 'zigma-page-2';
const FILES = ['/', '/page.css', '/main.js', '/api.js', '/form.js', '/gallery.js', '/png.js', '/mask.js', '/clip.js', '/run.js', '/icon.svg'];

self.addEventListener('install', event => {
  event.waitUntil(caches.open(CACHE).then(cache => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', event => {
  event.waitUntil(caches.keys()
    .then(names => Promise.all(names.filter(name => name !== CACHE).map(name => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || !FILES.includes(url.pathname)) return;
  event.respondWith(fetch(event.request)
    .then(answer => {
      if (answer.ok) {
        const copy = answer.clone();
        event.waitUntil(caches.open(CACHE).then(cache => cache.put(url.pathname, copy)));
      }
      return answer;
    })
    .catch(() => caches.match(url.pathname)));
});
