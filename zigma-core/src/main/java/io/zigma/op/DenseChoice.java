package io.zigma.op;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which path dense products take in this process.
 *
 * <p>The two paths round differently, so the decision is part of what makes the same request give
 * the same bytes: it must not change from one run to the next because something else kept the
 * processor busy. So it is
 *
 * <ol>
 *   <li>what the system property {@code zigma.dense} says, if it is set to {@code linear} or {@code
 *       convolution};
 *   <li>else what was decided before for this processor and this version of the engine, which is
 *       kept in DJL's cache folder;
 *   <li>else measured, if one path is clearly faster, and kept if it can be;
 *   <li>else the processor's rule ({@link #rule}).
 * </ol>
 *
 * <p>A measurement that cannot be kept is not used, because it might come out otherwise next time.
 * Of processes that measure at once, the first to write decides for all.
 */
final class DenseChoice {

    private static final Logger LOGGER = LoggerFactory.getLogger(DenseChoice.class);

    /** A path that is faster by less may not be so next time. */
    private static final double CLEARLY = 1.2;

    private static volatile @Nullable DensePath decided;

    private DenseChoice() {}

    /**
     * Returns the path of this process, which is decided at its first product.
     *
     * @throws IllegalArgumentException if {@code zigma.dense} is no path's name
     */
    static DensePath path() {
        DensePath path = decided;
        return path == null ? decideOnce() : path;
    }

    private static synchronized DensePath decideOnce() {
        DensePath path = decided;
        if (path == null) {
            path =
                    decide(
                            System.getProperty("zigma.dense"),
                            Utils.getCacheDir().resolve("zigma"),
                            Processor.own(),
                            Engine.getEngine(PtEngine.ENGINE_NAME).getVersion(),
                            DenseMeasurement::linearOverConvolution);
            decided = path;
        }
        return path;
    }

    /**
     * Decides.
     *
     * @param wish a path's name, or null where nothing was asked for
     * @param folder where decisions are kept
     * @param processor what computes here
     * @param engineVersion what it computes with
     * @param measurement time of a linear product over that of a convolution
     * @return the path
     * @throws IllegalArgumentException if the wish is no path's name
     */
    static DensePath decide(
            @Nullable String wish,
            Path folder,
            Processor processor,
            String engineVersion,
            DoubleSupplier measurement) {
        if (wish != null) {
            return DensePath.parse(wish);
        }
        String subject = "%s, engine %s".formatted(processor.identity(), engineVersion);
        Path file = folder.resolve("dense-%08x.txt".formatted(subject.hashCode()));
        Optional<DensePath> known = read(file, subject);
        if (known.isPresent()) {
            return known.get();
        }
        double ratio = measurement.getAsDouble();
        DensePath found =
                ratio >= CLEARLY
                        ? DensePath.CONVOLUTION
                        : ratio <= 1 / CLEARLY ? DensePath.LINEAR : rule(processor);
        write(file, subject, found);
        DensePath path = read(file, subject).orElse(rule(processor));
        LOGGER.debug(
                "dense products: a linear one took {} times as long as a convolution; {} is used",
                ratio,
                path);
        return path;
    }

    /** Convolution on AMD's processors with 512-bit vectors, which MKL does not use there. */
    static DensePath rule(Processor processor) {
        return processor.vendor().equals("AuthenticAMD") && processor.has("avx512f")
                ? DensePath.CONVOLUTION
                : DensePath.LINEAR;
    }

    private static Optional<DensePath> read(Path file, String subject) {
        try {
            List<String> lines = Files.readAllLines(file);
            return lines.size() == 2 && lines.get(0).equals(subject)
                    ? Optional.of(DensePath.parse(lines.get(1)))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Writes the decision unless there is one: exactly one of several processes creates the file.
     */
    private static void write(Path file, String subject, DensePath path) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, List.of(subject, path.toString()), StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            LOGGER.debug("{} cannot be written, so no measurement of this process counts", file, e);
        }
    }
}
