// What was made, with its recipe, in this browser's IndexedDB: it is there without the server, too.
const NAME = 'zigma';
const STORE = 'pictures';

function open() {
  return new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key', autoIncrement: true });
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

async function work(mode, act) {
  const database = await open();
  try {
    return await new Promise((done, failed) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = () => failed(transaction.error);
      transaction.onabort = () => failed(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const add = (png, recipe) => work('readwrite', store => store.add({ png, recipe, time: Date.now() }));
export const remove = key => work('readwrite', store => store.delete(key));
export const clear = () => work('readwrite', store => store.clear());
export const all = () => work('readonly', store => store.getAll());
