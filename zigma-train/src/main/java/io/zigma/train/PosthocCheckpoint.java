package io.zigma.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.convert.NewFolder;
import io.zigma.io.AtomicFile;
import io.zigma.io.SafetensorsFile;
import io.zigma.train.config.TrainingConfig;
import io.zigma.train.config.TrainingJson;
import io.zigma.train.optim.PosthocAverage;
import io.zigma.train.optim.PosthocAverage.Point;
import io.zigma.train.optim.PowerEma;
import io.zigma.train.optim.PowerProfile;
import io.zigma.train.run.CheckpointStore;
import io.zigma.train.run.RunException;
import io.zigma.train.run.RunFolder;
import io.zigma.train.run.Snapshots;
import io.zigma.train.run.TrainingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * The checkpoint that a run would have had with an average of another length, out of the snapshots
 * that it kept (Karras et al. 2024, section 3.2).
 */
public final class PosthocCheckpoint {

    private final RunFolder run;
    private final CheckpointFolder newest;
    private final TrainingConfig config;
    private final SortedMap<Long, Path> snapshots;

    private PosthocCheckpoint(
            RunFolder run,
            CheckpointFolder newest,
            TrainingConfig config,
            SortedMap<Long, Path> snapshots) {
        this.run = run;
        this.newest = newest;
        this.config = config;
        this.snapshots = snapshots;
    }

    /**
     * Opens a run.
     *
     * @param root the run's folder
     * @return the run, whose snapshots are known
     * @throws RunException if it is none, has no checkpoint, or kept no snapshots
     * @throws IOException if it cannot be read
     */
    public static PosthocCheckpoint of(Path root) throws IOException {
        RunFolder run = RunFolder.open(root);
        CheckpointFolder newest = CheckpointFolder.open(new CheckpointStore(run).newestToResume());
        TrainingConfig config;
        try {
            config =
                    TrainingJson.read(
                            TrainingState.readConfig(newest.path()), newest.config().model());
        } catch (IllegalArgumentException e) {
            throw new RunException(newest.path() + ": " + e.getMessage(), e);
        }
        SortedMap<Long, Path> snapshots = new Snapshots(run).files();
        if (config.optimization().powerEma().isEmpty() || snapshots.isEmpty()) {
            throw new RunException(
                    "%s kept no snapshots of averages; train with --power-ema 0.05,0.1 to choose a length afterwards"
                            .formatted(root));
        }
        return new PosthocCheckpoint(run, newest, config, snapshots);
    }

    /**
     * Makes the checkpoint.
     *
     * @param length the average's relative length, see {@link PowerProfile}
     * @param atStep the step that it is to be the average at; the newest snapshot's if empty
     * @param target a folder that does not exist or is empty
     * @return the checkpoint
     * @throws IllegalArgumentException if the length is out of range
     * @throws RunException if there is no snapshot of that step or one is damaged
     * @throws IOException if reading or writing fails
     */
    public CheckpointFolder write(double length, OptionalLong atStep, Path target)
            throws IOException {
        PowerProfile profile = new PowerProfile(length);
        long step = atStep.orElse(snapshots.lastKey());
        if (!snapshots.containsKey(step)) {
            throw new RunException(
                    "%s kept no snapshot of step %s; it has those of steps %s"
                            .formatted(run.root(), step, snapshots.keySet()));
        }
        List<Double> lengths = config.optimization().powerEma();
        List<Point> points = new ArrayList<>();
        for (long earlier : snapshots.headMap(step + 1).keySet()) {
            lengths.forEach(own -> points.add(new Point(earlier, new PowerProfile(own))));
        }
        double[] factors = PosthocAverage.coefficients(points, new Point(step, profile));
        NewFolder folder = NewFolder.of(target);
        CheckpointFolder written =
                folder.write(
                        description(length, step), manager -> weights(manager, points, factors));
        Path card = newest.path().resolve(CheckpointFolder.CARD);
        if (Files.isRegularFile(card)) {
            AtomicFile.writeText(
                    target.resolve(CheckpointFolder.CARD),
                    Files.readString(card)
                            + "\nThese weights are another average of the same training: of relative"
                            + " length %s at step %s, out of %s snapshots.\n"
                                    .formatted(length, step, points.size()));
        }
        return written;
    }

    private CheckpointConfig description(double length, long step) {
        CheckpointConfig own = newest.config();
        JsonObject training = own.training().deepCopy();
        training.addProperty("steps_taken", step);
        training.addProperty("images_seen", step * config.imagesPerStep());
        JsonObject average = new JsonObject();
        average.addProperty("relative_length", length);
        JsonArray lengths = new JsonArray();
        config.optimization().powerEma().forEach(lengths::add);
        average.add("snapshot_lengths", lengths);
        training.add("power_average", average);
        return new CheckpointConfig(
                own.model(),
                own.process(),
                own.labels(),
                own.codec(),
                own.textEncoder(),
                own.sampling(),
                training,
                own.data());
    }

    /** Weights that were not trained are those of the newest checkpoint. */
    private Map<String, NDArray> weights(NDManager manager, List<Point> points, double[] factors)
            throws IOException {
        Map<String, NDArray> weights = new LinkedHashMap<>();
        newest.loadModel(manager)
                .namedParameters()
                .forEach((name, parameter) -> weights.put(name, parameter.getArray()));
        Map<String, double[]> sums = new LinkedHashMap<>();
        for (int i = 0; i < factors.length; i++) {
            Point point = points.get(i);
            Path file = snapshots.get(point.step());
            try (SafetensorsFile snapshot = SafetensorsFile.open(file)) {
                for (String name : weights.keySet()) {
                    String own = PowerEma.name(point.profile().length(), name);
                    if (snapshot.names().contains(own)) {
                        add(snapshot.floats(own), factors[i], name, weights, sums);
                    }
                }
            }
        }
        sums.forEach(
                (name, sum) -> {
                    float[] values = new float[sum.length];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) sum[i];
                    }
                    Shape shape = weights.get(name).getShape();
                    weights.put(name, manager.create(values, shape));
                });
        return weights;
    }

    private void add(
            float[] values,
            double factor,
            String name,
            Map<String, NDArray> weights,
            Map<String, double[]> sums)
            throws RunException {
        if (values.length != weights.get(name).size()) {
            throw new RunException(
                    "a snapshot of %s has other shapes than the model's weights"
                            .formatted(run.root()));
        }
        double[] sum = sums.computeIfAbsent(name, key -> new double[values.length]);
        for (int i = 0; i < values.length; i++) {
            sum[i] += factor * values[i];
        }
    }
}
