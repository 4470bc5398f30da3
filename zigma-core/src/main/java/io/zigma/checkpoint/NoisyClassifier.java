package io.zigma.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.adm.AdmClassifier;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.sampler.Network;

/** A loaded classifier of noisy pictures; several threads may use it at once. */
public final class NoisyClassifier implements Network, AutoCloseable {

    /** Where paths between noise and data are compared. */
    private static final int POINTS = 16;

    private static final double CLOSE = 1e-6;

    private final NoisyClassifierFolder folder;
    private final AdmClassifier network;
    private final NDManager manager;
    private final ParameterStore parameters;

    NoisyClassifier(NoisyClassifierFolder folder, AdmClassifier network, NDManager manager) {
        this.folder = folder;
        this.network = network;
        this.manager = manager;
        parameters = new ParameterStore(manager, false);
    }

    /**
     * Returns what its folder says.
     *
     * @return the description
     */
    public NoisyClassifierFolder folder() {
        return folder;
    }

    /**
     * Classifies noisy pictures; gradients flow to the pictures where they are recorded.
     *
     * @param x (B, C, H, W)
     * @param t (B), as the networks of the process are given it
     * @return logits (B, classes)
     */
    @Override
    public NDArray predict(NDArray x, NDArray t) {
        return network.classify(parameters, x, t);
    }

    /**
     * Returns whether it knows the noise of a process: as much of it at each of its times, and the
     * same times for networks. What a network predicts, and which variance, does not matter to it.
     *
     * @param other a process that a model was trained on
     * @return true if it can guide that model
     */
    public boolean knows(DiffusionProcess other) {
        DiffusionProcess own = folder.process();
        for (int i = 0; i <= POINTS; i++) {
            double at = own.time((double) i / POINTS);
            double t = own.trainingSteps() > 0 ? Math.rint(at) : at;
            if (own.start() != other.start()
                    || own.end() != other.end()
                    || Math.abs(own.alpha(t) - other.alpha(t)) > CLOSE
                    || Math.abs(own.sigma(t) - other.sigma(t)) > CLOSE
                    || Math.abs(own.modelTime(t) - other.modelTime(t)) > CLOSE) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        manager.close();
    }
}
