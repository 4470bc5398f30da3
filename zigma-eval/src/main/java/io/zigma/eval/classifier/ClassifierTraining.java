package io.zigma.eval.classifier;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.zigma.condition.ClassNames;
import io.zigma.eval.feature.ClassifierConfig;
import io.zigma.eval.feature.ClassifierFacts;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.eval.feature.ConvolutionalNetwork;
import io.zigma.eval.metric.ClassAgreement;
import io.zigma.nn.Pass;
import io.zigma.train.card.Provenance;
import io.zigma.train.data.Batch;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.loop.DivergedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
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

    private final Path folder;
    private final ClassifierConfig config;
    private final ClassifierRecipe recipe;
    private final ImageDataset data;
    private final TestAccuracy accuracy;
    private final Provenance provenance;
    private final ConvolutionalNetwork network;
    private final Shifts shifts;
    private final ClassifierLoop<ClassifierFolder> loop;

    private Optional<ClassifierFolder> origin = Optional.empty();

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
        config = ClassifierConfig.forSamples(data.sample(), data.labels());
        network = new ConvolutionalNetwork(config);
        InitialWeights.give(network, recipe.seed());
        shifts = new Shifts(data.sample(), recipe.shift(), recipe.seed());
        loop = new ClassifierLoop<>(folder, recipe, data, new Learner(), device);
    }

    static void requireSameKind(ImageDataset data, ImageDataset test) {
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
        if (!data.sample().equals(test.sample())) {
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
        requireSameClasses(classifier.path(), other.labels(), data);
        if (!other.sample().equals(config.sample()) || !other.widths().equals(config.widths())) {
            throw new IllegalArgumentException(
                    "%s is a classifier of %s, %s has %s"
                            .formatted(
                                    classifier.path(),
                                    other.sample(),
                                    data.name(),
                                    config.sample()));
        }
        loop.startFrom(
                classifier.path().resolve(ClassifierFolder.WEIGHTS),
                ClassifierFolder.CONFIG,
                classifier.weightsHash());
        origin = Optional.of(classifier);
    }

    static void requireSameClasses(Path classifier, List<String> labels, ImageDataset data) {
        if (!sameOrder(data.labels(), labels)) {
            throw new IllegalArgumentException(
                    "%s is a classifier of the classes %s, %s has %s; it needs the same in the same order"
                            .formatted(
                                    classifier,
                                    ClassNames.listed(labels),
                                    data.name(),
                                    ClassNames.listed(data.labels())));
        }
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
        loop.addListener(listener);
    }

    /** Requests to finish the current step, measure, save and return; any thread may call it. */
    public void stopAfterCurrentStep() {
        loop.stopAfterCurrentStep();
    }

    /**
     * Trains to the last step, or until asked to stop.
     *
     * @return the classifier as it was saved last
     * @throws DivergedException if the loss is not finite any more
     * @throws IOException if a file cannot be read or written, or a listener threw it
     */
    public ClassifierFolder run() throws IOException {
        return loop.run();
    }

    /** The network with its pictures. */
    private final class Learner implements ClassifierLoop.Student<ClassifierFolder> {

        @Override
        public Map<String, Parameter> parameters() {
            return network.namedParameters();
        }

        @Override
        public void initialize(NDManager manager) {
            network.initialize(manager);
        }

        @Override
        public boolean wholeBatches() {
            return true;
        }

        @Override
        public ClassifierLoop.Inputs inputs(Batch batch, NDManager scope) {
            NDArray images = shifts.images(batch, scope);
            return (store, from, to) -> network.apply(Pass.training(store), images);
        }

        @Override
        public ClassifierFolder save(long step, Map<String, NDArray> weights, NDManager manager)
                throws IOException {
            ClassAgreement result = accuracy.measure(network, manager);
            ClassifierFacts facts =
                    ClassifierCard.facts(
                            recipe, data, provenance, step, origin, accuracy.json(result));
            return ClassifierFolder.write(
                    folder, config, facts, weights, ClassifierCard.card(config, facts));
        }
    }

    /** Frees the network; what is not saved is lost. */
    @Override
    public void close() {
        loop.close();
    }
}
