package io.zigma.server.job;

import ai.djl.Device;
import io.zigma.pipeline.ImageGenerator;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The models that are loaded on one device. A model is loaded when it is first used, and the one
 * that was not used for longest is dropped where the next would not fit. Used by one thread.
 */
final class LoadedModels implements AutoCloseable {

    private final Device device;
    private final long limit;
    private final JobStatistics statistics;
    private final Map<ServedModel, ImageGenerator> loaded = new LinkedHashMap<>(16, 0.75f, true);

    LoadedModels(Device device, long limit, JobStatistics statistics) {
        this.device = device;
        this.limit = limit;
        this.statistics = statistics;
    }

    /**
     * Returns a model, loaded.
     *
     * @throws IOException if it cannot be loaded
     */
    ImageGenerator get(ServedModel model) throws IOException {
        ImageGenerator there = loaded.get(model);
        if (there != null) {
            return there;
        }
        makeRoom(model.bytes());
        ImageGenerator generator = model.load(device);
        loaded.put(model, generator);
        statistics.loaded();
        return generator;
    }

    private void makeRoom(long bytes) {
        long used = loaded.keySet().stream().mapToLong(ServedModel::bytes).sum();
        Iterator<Map.Entry<ServedModel, ImageGenerator>> oldest = loaded.entrySet().iterator();
        while (oldest.hasNext() && used + bytes > limit) {
            Map.Entry<ServedModel, ImageGenerator> dropped = oldest.next();
            used -= dropped.getKey().bytes();
            dropped.getValue().close();
            oldest.remove();
            statistics.dropped();
        }
    }

    @Override
    public void close() {
        loaded.values().forEach(ImageGenerator::close);
        loaded.clear();
    }
}
