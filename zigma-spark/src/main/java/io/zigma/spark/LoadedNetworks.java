package io.zigma.spark;

import ai.djl.Device;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.eval.feature.FeatureExtractor;
import io.zigma.eval.feature.OfficialExtractor;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The feature networks of an executor. One thread at a time may use a network, so that there are as
 * many of one as tasks that use it at the same time; they stay for the tasks that come.
 */
final class LoadedNetworks {

    private static final Map<Shared, Deque<FeatureExtractor>> IDLE = new HashMap<>();

    private LoadedNetworks() {}

    /**
     * A network that every executor gets.
     *
     * @param archive the name of its archive
     * @param name of the folder in there, or of the file
     * @param classifier whether it is a classifier's folder
     * @param gpu the GPU to compute on, −1 for the processor
     * @param threads of the engine, which counts when the executor's engine starts
     */
    record Shared(String archive, String name, boolean classifier, int gpu, int threads)
            implements Serializable {

        private static final long serialVersionUID = 1;

        Device device() {
            return gpu < 0 ? Device.cpu() : Device.gpu(gpu);
        }

        Shared on(Device device) {
            return new Shared(
                    archive, name, classifier, device.isGpu() ? device.getDeviceId() : -1, threads);
        }

        private FeatureExtractor load() throws IOException {
            LoadedModel.startEngine(threads);
            Path place = SharedFiles.folder(archive, name);
            return classifier
                    ? ClassifierFolder.open(place).load(device())
                    : OfficialExtractor.open(place.resolve(name), device());
        }
    }

    /** Takes a network that nobody uses, or loads another one; {@link #giveBack} returns it. */
    static FeatureExtractor take(Shared network) throws IOException {
        synchronized (IDLE) {
            Deque<FeatureExtractor> idle = IDLE.get(network);
            if (idle != null && !idle.isEmpty()) {
                return idle.pop();
            }
        }
        return network.load();
    }

    static void giveBack(Shared network, FeatureExtractor loaded) {
        synchronized (IDLE) {
            IDLE.computeIfAbsent(network, key -> new ArrayDeque<>()).push(loaded);
        }
    }

    /** Frees all that nobody uses. */
    static void freeAll() {
        synchronized (IDLE) {
            IDLE.values().forEach(idle -> idle.forEach(FeatureExtractor::close));
            IDLE.clear();
        }
    }
}
