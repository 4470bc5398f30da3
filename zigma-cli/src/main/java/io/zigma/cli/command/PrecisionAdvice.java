package io.zigma.cli.command;

import ai.djl.engine.EngineException;
import io.zigma.backbone.BackboneSpec;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.condition.InvalidRequestException;
import io.zigma.io.AtomicFile;
import io.zigma.io.ContentHash;
import io.zigma.io.Software;
import io.zigma.io.UserCache;
import io.zigma.op.MemoryExhaustion;
import io.zigma.op.Precision;
import io.zigma.op.Processor;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.train.Training;
import io.zigma.train.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * Says where {@code --precision bf16} is slower than float32, which it is on some processors that
 * have it. That is measured once on a machine for a model, a number of samples and of threads, and
 * kept in the user's cache.
 */
final class PrecisionAdvice {

    /** Of measured times; less is noise. */
    private static final double SLOWER = 1.05;

    private PrecisionAdvice() {}

    /**
     * Measures where nothing is known yet.
     *
     * @param plan what will be generated
     * @param generator of it
     * @return a line for the user, empty where the precision is worth it, is float32, or the device
     *     is a GPU
     * @throws InvalidRequestException if the request is refused
     */
    static Optional<String> of(GenerationPlan plan, ImageGenerator generator) {
        if (plan.precision() == Precision.FLOAT32 || plan.compute().device().isGpu()) {
            return Optional.empty();
        }
        int atOnce = Math.min(plan.request().prompts().size(), plan.request().batchSize());
        return line(
                file(
                        plan.checkpoint().config().model(),
                        "%s samples, %s threads".formatted(atOnce, plan.compute().threads())),
                () -> generator.timeBesideFloat32(plan.request()));
    }

    /**
     * Measures a run's steps where nothing is known yet.
     *
     * @param training with its captions encoded
     * @param compute where it computes
     * @return a line for the user, empty where the precision is worth it, is float32, or the device
     *     is a GPU
     */
    static Optional<String> of(Training training, ComputeOptions compute) {
        TrainingConfig config = training.config();
        if (config.optimization().precision() == Precision.FLOAT32 || compute.device().isGpu()) {
            return Optional.empty();
        }
        return line(
                file(
                        config.model(),
                        "training %s samples, recompute %s, %s threads"
                                .formatted(
                                        config.batchSize(),
                                        config.optimization().recompute(),
                                        compute.threads())),
                training::timeBesideFloat32);
    }

    private static Optional<Path> file(BackboneSpec model, String work) {
        String key =
                new ContentHash()
                        .add(Processor.own().identity())
                        .add(Software.versions().toString())
                        .add(model.json().toString())
                        .add(work)
                        .hex();
        return UserCache.folder(System.getenv())
                .map(folder -> folder.resolve("precision").resolve(key));
    }

    /**
     * Gives the line of a measurement.
     *
     * @param file of the ratio measured before; one that cannot be read or written is done without
     * @param measurement of the ratio, where there is none
     */
    static Optional<String> line(Optional<Path> file, DoubleSupplier measurement) {
        double ratio = file.flatMap(PrecisionAdvice::known).orElse(Double.NaN);
        if (Double.isNaN(ratio)) {
            try {
                ratio = measurement.getAsDouble();
            } catch (EngineException | OutOfMemoryError e) {
                if (MemoryExhaustion.caused(e)) {
                    return Optional.empty(); // sampling takes fewer at once, which this does not
                }
                throw e;
            }
            if (file.isPresent()) {
                keep(file.get(), ratio);
            }
        }
        return ratio <= SLOWER
                ? Optional.empty()
                : Optional.of(
                        String.format(
                                Locale.ROOT,
                                "on this processor bf16 takes %.1f times as long as f32 with this model; leave out --precision bf16",
                                ratio));
    }

    private static Optional<Double> known(Path file) {
        try {
            double ratio = Double.parseDouble(Files.readString(file).strip());
            return ratio > 0 && ratio < Double.POSITIVE_INFINITY
                    ? Optional.of(ratio)
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static void keep(Path file, double ratio) {
        try {
            Files.createDirectories(file.getParent());
            AtomicFile.writeText(file, Double.toString(ratio));
        } catch (IOException e) {
            // it is measured again next time
        }
    }
}
