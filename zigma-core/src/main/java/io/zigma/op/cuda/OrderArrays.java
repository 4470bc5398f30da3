package io.zigma.op.cuda;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtEngine;
import io.zigma.scan.ScanPath;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The orders of scan paths on one device, each uploaded once and freed when nobody has the path any
 * more. Paths are distinguished by identity: to compare their tokens would take longer than a
 * launch.
 */
final class OrderArrays {

    private final Map<Object, Entry> entries = new ConcurrentHashMap<>();
    private final ReferenceQueue<ScanPath> unreachable = new ReferenceQueue<>();

    private record Entry(NDArray array, long address) {}

    /** Returns the address of a path's order on the device. */
    long address(ScanPath path, Device device) {
        Entry entry = entries.get(new Lookup(path));
        if (entry == null) {
            freeUnreachable();
            entry = entries.computeIfAbsent(new Key(path), key -> upload(path, device));
        }
        return entry.address();
    }

    /** Returns how many orders are on the device. */
    int size() {
        freeUnreachable();
        return entries.size();
    }

    private static Entry upload(ScanPath path, Device device) {
        NDManager manager = NDManager.newBaseManager(device, PtEngine.ENGINE_NAME);
        NDArray array = manager.create(path.order());
        NDScope.unregister(array);
        return new Entry(array, DeviceArrays.pointer(array));
    }

    private void freeUnreachable() {
        for (Reference<? extends ScanPath> gone = unreachable.poll();
                gone != null;
                gone = unreachable.poll()) {
            Entry entry = entries.remove(gone);
            if (entry != null) {
                entry.array().getManager().close(); // the array with it, in the stream's order
            }
        }
    }

    /** A path by its identity, which does not keep it from being freed. */
    private final class Key extends WeakReference<ScanPath> {

        private final int hash;

        Key(ScanPath path) {
            super(path, unreachable);
            hash = System.identityHashCode(path);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            ScanPath own = get();
            return this == other || own != null && other instanceof Key that && that.refersTo(own);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** Equal to the key of the same path. */
    private record Lookup(ScanPath path) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && key.refersTo(path);
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(path);
        }
    }
}
