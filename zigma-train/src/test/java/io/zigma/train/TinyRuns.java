package io.zigma.train;

import io.zigma.backbone.BackboneSpec;
import io.zigma.backbone.zigma.TinyModels;
import io.zigma.checkpoint.CheckpointConfig.SamplingDefaults;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.diffusion.InterpolantKind;
import io.zigma.diffusion.InterpolantProcess;
import io.zigma.diffusion.LogitNormalTimes;
import io.zigma.diffusion.LossWeight;
import io.zigma.diffusion.Prediction;
import io.zigma.train.card.Provenance;
import io.zigma.train.config.Cadence;
import io.zigma.train.config.Objective;
import io.zigma.train.config.Optimization;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.EmaConfig;
import io.zigma.train.optim.LearningRateSchedule;
import java.io.IOException;
import java.nio.file.Path;

/** Runs that a test can afford. */
public final class TinyRuns {

    static final Provenance PROVENANCE =
            new Provenance("zigma train --data stripes", "made up", "CC0-1.0");

    private TinyRuns() {}

    public static StripedImages data() {
        return new StripedImages(20, 4, 6, 3, 0.8f);
    }

    /** Twelve steps that use every feature a resumed run could get wrong. */
    public static TrainingConfig config() {
        return config(TinyModels.CONDITIONAL);
    }

    /** The same with a model for the same pictures. */
    public static TrainingConfig config(BackboneSpec model) {
        return TrainingConfig.of(model)
                .withSteps(12)
                .withBatchSize(6)
                .withFlip(true)
                .withSeed(9)
                .withObjective(
                        new Objective(
                                new InterpolantProcess(
                                        InterpolantKind.LINEAR,
                                        Prediction.VELOCITY,
                                        LossWeight.NONE),
                                new LogitNormalTimes(0, 1),
                                0.3))
                .withOptimization(
                        new Optimization(
                                new LearningRateSchedule.Cosine(3e-3, 1e-4, 4, 12),
                                AdamWConfig.DEFAULT,
                                1,
                                new EmaConfig(0.9, true)))
                .withCadence(new Cadence(5, 10, 0, 4, 1))
                .withSampling(new SamplingDefaults("euler", 3, new GuidanceStrength(1.5)));
    }

    static Training start(Path folder, TrainingConfig config) throws IOException {
        return Training.start(
                TrainingRequest.of(folder, config, data()).withProvenance(PROVENANCE));
    }

    static Training resume(Path folder) throws IOException {
        return Training.resume(
                TrainingRequest.of(folder, Training.configuration(folder), data())
                        .withProvenance(PROVENANCE));
    }
}
