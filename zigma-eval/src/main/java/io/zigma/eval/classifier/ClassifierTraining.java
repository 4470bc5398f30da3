package io.zigma.eval.classifier;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.zigma.checkpoint.WeightsFile;
import io.zigma.condition.ClassNames;
import io.zigma.engine.EngineStart;
import io.zigma.eval.feature.ClassifierConfig;
import io.zigma.eval.feature.ClassifierFacts;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.eval.feature.ConvolutionalNetwork;
import io.zigma.eval.metric.ClassAgreement;
import io.zigma.io.SafetensorsFile;
import io.zigma.nn.Pass;
import io.zigma.train.card.Provenance;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Trains a classifier and leaves it in a folder, measured on the test pictures.
 *
 * <p>The folder is written at each tenth of the way, so that a crash loses little, and when it is
 * asked to stop. All randomness comes from the seed: on the same machine with the same number of
 * threads the same bytes come out; elsewhere sums are rounded in another order and the weights end
 * up slightly different ones.
 */
public final class ClassifierTraining implements AutoCloseable {

    /** A run is saved so many times. */
    private static final int SAVES = 10;

    private final Path folder;
    private final ClassifierConfig config;
    private final ClassifierRecipe recipe;
    private final ImageDataset data;
    private final TestAccuracy accuracy;
    private final Provenance provenance;
    private final NDManager manager;
    private final ConvolutionalNetwork network;
    private final Map<String, NDArray> weights = new LinkedHashMap<>();
    private final Map<String, NDArray> trained = new LinkedHashMap<>();
    private final BatchGradients gradients;
    private final AdamW adamW;
    private final Shifts shifts;
    private final GradientClip measure = new GradientClip(Double.POSITIVE_INFINITY);
    private final List<TrainingListener> listeners = new ArrayList<>();

    private Optional<ClassifierFolder> origin = Optional.empty();
    private long step;
    private volatile boolean stopping;

    /**
     * Makes a training before its first step.
     *
     * @param folder of the classifier; created if it does not exist, replaced if it is one
     * @param recipe how to train
     * @param data what to train on
     * @param test what to measure on, of the same shape and classes
     * @param provenance what people will want to know
     * @param device where to compute
     * @throws IllegalArgumentException if the pictures have no classes, or those of the two sets do
     *     not fit together
     */
    public ClassifierTraining(
            Path folder,
            ClassifierRecipe recipe,
            ImageDataset data,
            ImageDataset test,
            Provenance provenance,
            Device device) {
        requireSameKind(data, test);
        this.folder = folder;
        this.recipe = recipe;
        this.data = data;
        this.accuracy = new TestAccuracy(test, data.labels());
        this.provenance = provenance;
        config =
                ClassifierConfig.forPictures(
                        data.channels(), data.height(), data.width(), data.labels());
        manager = EngineStart.newManager(device);
        network = new ConvolutionalNetwork(config);
        InitialWeights.give(network, recipe.seed());
        network.initialize(manager);
        for (Map.Entry<String, Parameter> entry : network.namedParameters().entrySet()) {
            weights.put(entry.getKey(), entry.getValue().getArray());
            if (entry.getValue().requiresGradient()) {
                trained.put(entry.getKey(), entry.getValue().getArray());
            }
        }
        gradients = BatchGradients.whole(network.namedParameters());
        adamW = new AdamW(recipe.adamW(), trained, manager);
        shifts =
                new Shifts(
                        data.channels(),
                        data.height(),
                        data.width(),
                        recipe.shift(),
                        recipe.seed());
    }

    private static void requireSameKind(ImageDataset data, ImageDataset test) {
        if (data.labels().isEmpty()) {
            throw new IllegalArgumentException(
                    "%s has no classes; a classifier needs a sub-folder a class, or IDX labels"
                            .formatted(data.name()));
        }
        if (!knowsClasses(data.labels(), test)) {
            throw new IllegalArgumentException(
                    "%s has the classes %s, the test pictures %s have %s; name them alike"
                            .formatted(
                                    data.name(),
                                    ClassNames.listed(data.labels()),
                                    test.name(),
                                    test.labels().isEmpty()
                                            ? "none"
                                            : ClassNames.listed(test.labels())));
        }
        if (data.channels() != test.channels()
                || data.height() != test.height()
                || data.width() != test.width()) {
            throw new IllegalArgumentException(
                    "%s and the test pictures %s have other sizes; give --image-size"
                            .formatted(data.name(), test.name()));
        }
    }

    /** A class without a picture, as IDX files may have some, needs no name. */
    private static boolean knowsClasses(List<String> labels, ImageDataset test) {
        int[] numbers = ClassNames.matches(test.labels(), labels);
        return IntStream.range(0, test.size())
                .map(test::label)
                .allMatch(label -> label >= 0 && numbers[label] >= 0);
    }

    /**
     * Takes the weights of a classifier instead of random ones; before {@link #run}. The optimiser
     * and its learning rate start again.
     *
     * @param classifier of the same pictures and classes
     * @throws IllegalArgumentException if it has another shape
     * @throws IOException if its weights are missing or damaged
     */
    public void startFrom(ClassifierFolder classifier) throws IOException {
        ClassifierConfig other = classifier.config();
        if (!sameOrder(config.labels(), other.labels())) {
            throw new IllegalArgumentException(
                    "%s is a classifier of the classes %s, %s has %s; it needs the same in the same order"
                            .formatted(
                                    classifier.path(),
                                    ClassNames.listed(other.labels()),
                                    data.name(),
                                    ClassNames.listed(config.labels())));
        }
        if (other.channels() != config.channels()
                || other.height() != config.height()
                || other.width() != config.width()
                || !other.widths().equals(config.widths())) {
            throw new IllegalArgumentException(
                    "%s is a classifier of pictures of %s × %s × %s, %s has %s × %s × %s"
                            .formatted(
                                    classifier.path(),
                                    other.channels(),
                                    other.height(),
                                    other.width(),
                                    data.name(),
                                    config.channels(),
                                    config.height(),
                                    config.width()));
        }
        try (SafetensorsFile file =
                        WeightsFile.open(
                                classifier.path().resolve(ClassifierFolder.WEIGHTS),
                                ClassifierFolder.CONFIG,
                                classifier.weightsHash(),
                                network.namedParameters());
                NDManager scope = manager.newSubManager()) {
            Map<String, NDArray> values = new LinkedHashMap<>();
            for (String name : weights.keySet()) {
                values.put(name, file.read(scope, name));
            }
            NamedArrays.copyAll("weight", values, weights);
        }
        origin = Optional.of(classifier);
    }

    private static boolean sameOrder(List<String> labels, List<String> others) {
        Optional<int[]> numbers = ClassNames.numbers(labels, others);
        return numbers.isPresent()
                && labels.size() == others.size()
                && Arrays.equals(numbers.get(), IntStream.range(0, labels.size()).toArray());
    }

    /**
     * Adds a listener; before {@link #run}.
     *
     * @param listener receives every step and every saved state
     */
    public void addListener(TrainingListener listener) {
        listeners.add(listener);
    }

    /** Requests to finish the current step, measure, save and return; any thread may call it. */
    public void stopAfterCurrentStep() {
        stopping = true;
    }

    /**
     * Trains to the last step, or until asked to stop.
     *
     * @return the classifier as it was saved last
     * @throws DivergedException if the loss is not finite any more
     * @throws IOException if a file cannot be read or written, or a listener threw it
     */
    public ClassifierFolder run() throws IOException {
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
                    ClassifierFolder saved = save();
                    if (last) {
                        return saved;
                    }
                }
            }
        }
    }

    private StepReport take(Batch batch) throws DivergedException {
        double rate = recipe.schedule().rate(step);
        try (NDManager scope = manager.newSubManager()) {
            NDArray images = images(batch, scope);
            NDArray targets = targets(batch.labels(), scope);
            Result pass =
                    gradients.of(
                            batch.size(),
                            (store, from, to) ->
                                    network.apply(Pass.training(store), images) // (B, classes)
                                            .logSoftmax(1)
                                            .mul(targets)
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

    /** Returns the moved pictures (B, C, H, W) in memory of the engine, which is aligned alike. */
    private NDArray images(Batch batch, NDManager scope) {
        Shape shape = new Shape(batch.size(), data.channels(), data.height(), data.width());
        try (NDArray java = scope.create(shifts.apply(batch.images(), batch.position()), shape)) {
            return java.duplicate();
        }
    }

    /**
     * Returns −1 / B at each picture's class and 0 elsewhere (B, classes): times the logarithms of
     * the probabilities, and added up, that is the mean cross-entropy.
     */
    private NDArray targets(int[] labels, NDManager scope) {
        int classes = config.labels().size();
        float[] values = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) {
            values[i * classes + labels[i]] = -1f / labels.length;
        }
        try (NDArray java = scope.create(values, new Shape(labels.length, classes))) {
            return java.duplicate();
        }
    }

    private ClassifierFolder save() throws IOException {
        ClassAgreement result = accuracy.measure(network, manager);
        ClassifierFacts facts =
                ClassifierCard.facts(recipe, data, provenance, step, origin, accuracy.json(result));
        Files.createDirectories(folder);
        ClassifierFolder saved =
                ClassifierFolder.write(
                        folder, config, facts, weights, ClassifierCard.card(config, facts));
        for (TrainingListener listener : listeners) {
            listener.saved(step, folder);
        }
        return saved;
    }

    /** Frees the network; what is not saved is lost. */
    @Override
    public void close() {
        gradients.close();
        adamW.close();
        manager.close();
    }
}
