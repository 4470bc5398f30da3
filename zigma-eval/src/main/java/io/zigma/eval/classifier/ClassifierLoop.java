package io.zigma.eval.classifier;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.zigma.base.EngineMemory;
import io.zigma.checkpoint.WeightsFile;
import io.zigma.engine.EngineStart;
import io.zigma.io.SafetensorsFile;
import io.zigma.train.data.Batch;
import io.zigma.train.data.BatchPlan;
import io.zigma.train.data.Batches;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.loop.DivergedException;
import io.zigma.train.optim.AdamW;
import io.zigma.train.optim.BatchGradients;
import io.zigma.train.optim.BatchGradients.Result;
import io.zigma.train.optim.GradientClip;
import io.zigma.train.optim.NamedArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The steps of a classifier's training: cross-entropy, AdamW, and a save at each tenth of the way.
 *
 * @param <F> what a classifier is saved as
 */
final class ClassifierLoop<F> implements AutoCloseable {

    /** A run is saved so many times. */
    private static final int SAVES = 10;

    /**
     * The network that is trained.
     *
     * @param <F> what it is saved as
     */
    interface Student<F> {

        /** All its parameters by name, not yet initialised. */
        Map<String, Parameter> parameters();

        /** Allocates and initialises them. */
        void initialize(NDManager manager);

        /** Whether it uses a batch as a whole, as batch normalisation does. */
        boolean wholeBatches();

        /** What the network is given of a batch. */
        Inputs inputs(Batch batch, NDManager scope);

        /**
         * Measures and saves it.
         *
         * @param step how many steps were taken
         * @param weights all values by name
         * @param manager where to compute
         */
        F save(long step, Map<String, NDArray> weights, NDManager manager) throws IOException;
    }

    /** What the network is given of a batch. */
    @FunctionalInterface
    interface Inputs {

        /**
         * Classifies some of the batch.
         *
         * @param store where the parameters' values come from
         * @param from the first picture's place in the batch
         * @param to the place behind the last one's
         * @return logits (to − from, classes)
         */
        NDArray logits(ParameterStore store, int from, int to);
    }

    private final Path folder;
    private final ClassifierRecipe recipe;
    private final ImageDataset data;
    private final NDManager manager;
    private final Student<F> student;
    private final Map<String, NDArray> weights = new LinkedHashMap<>();
    private final BatchGradients gradients;
    private final AdamW adamW;
    private final GradientClip measure = new GradientClip(Double.POSITIVE_INFINITY);
    private final List<TrainingListener> listeners = new ArrayList<>();

    private long step;
    private volatile boolean stopping;

    /**
     * Makes a training before its first step.
     *
     * @param folder of the classifier, made where it is not there
     * @param recipe how to train
     * @param data what to train on
     * @param student what is trained
     * @param device where to compute
     */
    ClassifierLoop(
            Path folder,
            ClassifierRecipe recipe,
            ImageDataset data,
            Student<F> student,
            Device device) {
        this.folder = folder;
        this.recipe = recipe;
        this.data = data;
        this.student = student;
        manager = EngineStart.newManager(device);
        student.initialize(manager);
        Map<String, NDArray> trained = new LinkedHashMap<>();
        for (Map.Entry<String, Parameter> entry : student.parameters().entrySet()) {
            weights.put(entry.getKey(), entry.getValue().getArray());
            if (entry.getValue().requiresGradient()) {
                trained.put(entry.getKey(), entry.getValue().getArray());
            }
        }
        gradients =
                student.wholeBatches()
                        ? BatchGradients.whole(student.parameters())
                        : BatchGradients.inMicrobatches(student.parameters(), false);
        adamW = new AdamW(recipe.adamW(), trained, manager);
    }

    /**
     * Takes weights instead of random ones.
     *
     * @param file of all values by name
     * @param description name of the file that has its hash, for error messages
     * @param hash SHA-256
     * @throws IOException if it is missing or damaged
     */
    void startFrom(Path file, String description, String hash) throws IOException {
        try (SafetensorsFile stored =
                        WeightsFile.open(file, description, hash, student.parameters());
                NDManager scope = manager.newSubManager()) {
            Map<String, NDArray> values = new LinkedHashMap<>();
            for (String name : weights.keySet()) {
                values.put(name, stored.read(scope, name));
            }
            NamedArrays.copyAll("weight", values, weights);
        }
    }

    void addListener(TrainingListener listener) {
        listeners.add(listener);
    }

    void stopAfterCurrentStep() {
        stopping = true;
    }

    F run() throws IOException {
        BatchPlan plan = new BatchPlan(recipe.batchSize(), recipe.seed(), recipe.flip());
        long saveEvery = Math.max(1, (recipe.steps() + SAVES - 1) / SAVES);
        try (Batches batches = Batches.from(data, plan, 0)) {
            while (true) {
                StepReport report = take(batches.next());
                step = report.step();
                for (TrainingListener listener : listeners) {
                    listener.afterStep(report);
                }
                boolean last = step == recipe.steps() || stopping;
                if (last || step % saveEvery == 0) {
                    F saved = save();
                    if (last) {
                        return saved;
                    }
                }
            }
        }
    }

    private F save() throws IOException {
        Files.createDirectories(folder);
        F saved = student.save(step, weights, manager);
        for (TrainingListener listener : listeners) {
            listener.saved(step, folder);
        }
        return saved;
    }

    private StepReport take(Batch batch) throws DivergedException {
        double rate = recipe.schedule().rate(step);
        try (NDManager scope = manager.newSubManager()) {
            Inputs inputs = student.inputs(batch, scope);
            NDArray targets = targets(batch.labels(), scope);
            Result pass =
                    gradients.of(
                            batch.size(),
                            (store, from, to) ->
                                    inputs.logits(store, from, to)
                                            .logSoftmax(1)
                                            .mul(part(targets, from, to))
                                            .sum(), // ()
                            scope);
            double loss = pass.loss();
            double norm = measure.norm(pass.gradients());
            if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
                throw new DivergedException(step + 1, rate, loss, norm);
            }
            adamW.step(pass.gradients(), rate);
            return new StepReport(step + 1, recipe.steps(), loss, norm, rate, batch.size());
        }
    }

    /**
     * Returns −1 / B at each picture's class and 0 elsewhere (B, classes): times the logarithms of
     * the probabilities, and added up, that is the mean cross-entropy.
     */
    private NDArray targets(int[] labels, NDManager scope) {
        int classes = data.labels().size();
        float[] values = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) {
            values[i * classes + labels[i]] = -1f / labels.length;
        }
        return EngineMemory.copy(scope, values, new Shape(labels.length, classes));
    }

    /** Some rows of a batch, or all of it. */
    static NDArray part(NDArray batch, int from, int to) {
        return from == 0 && to == batch.size(0) ? batch : batch.get(new NDIndex("{}:{}", from, to));
    }

    /** Frees the network; what is not saved is lost. */
    @Override
    public void close() {
        gradients.close();
        adamW.close();
        manager.close();
    }
}
