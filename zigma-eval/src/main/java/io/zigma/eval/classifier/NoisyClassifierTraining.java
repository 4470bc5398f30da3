package io.zigma.eval.classifier;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import com.google.gson.JsonObject;
import io.zigma.backbone.adm.AdmClassifier;
import io.zigma.backbone.adm.AdmClassifierConfig;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Noised;
import io.zigma.nn.Pass;
import io.zigma.train.card.Provenance;
import io.zigma.train.data.Batch;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Trains a classifier of noisy pictures, which guides sampling (Dhariwal and Nichol 2021, section
 * 4; official {@code classifier_train.py}): each picture is given the noise of a time of a
 * diffusion process, all times equally often.
 *
 * <p>As with {@link ClassifierTraining} all randomness comes from the seed, and the folder is
 * written at each tenth of the way and when the training is asked to stop.
 */
public final class NoisyClassifierTraining implements AutoCloseable {

    private final Path folder;
    private final AdmClassifierConfig config;
    private final DiffusionProcess process;
    private final ClassifierRecipe recipe;
    private final ImageDataset data;
    private final NoisyAccuracy accuracy;
    private final Provenance provenance;
    private final AdmClassifier network;
    private final Shifts shifts;
    private final SeededNoising noising;
    private final ClassifierLoop<NoisyClassifierFolder> loop;

    private Optional<NoisyClassifierFolder> origin = Optional.empty();

    /**
     * Makes a training before its first step.
     *
     * @param folder of the classifier; created if it does not exist, replaced if it is one
     * @param config of the network, for the data's pictures and classes
     * @param process whose noise it learns
     * @param recipe how to train
     * @param data what to train on
     * @param test what to measure on, of the same shape and classes
     * @param provenance what people will want to know
     * @param device where to compute
     * @throws IllegalArgumentException if the pictures have no classes, or those of the two sets do
     *     not fit together
     */
    public NoisyClassifierTraining(
            Path folder,
            AdmClassifierConfig config,
            DiffusionProcess process,
            ClassifierRecipe recipe,
            ImageDataset data,
            ImageDataset test,
            Provenance provenance,
            Device device) {
        ClassifierTraining.requireSameKind(data, test);
        SampleShape pictures = SampleShape.image(data.channels(), data.height(), data.width());
        if (!config.sample().equals(pictures) || config.classes() != data.labels().size()) {
            throw new IllegalArgumentException(
                    "%s has %s classes of %s, the network is for %s of %s"
                            .formatted(
                                    data.name(),
                                    data.labels().size(),
                                    pictures,
                                    config.classes(),
                                    config.sample()));
        }
        this.folder = folder;
        this.config = config;
        this.process = process;
        this.recipe = recipe;
        this.data = data;
        this.provenance = provenance;
        accuracy = new NoisyAccuracy(test, data.labels(), process);
        network = config.create(recipe.seed());
        shifts = new Shifts(data.sample(), recipe.shift(), recipe.seed());
        noising = new SeededNoising(process, pictures, recipe.seed());
        loop = new ClassifierLoop<>(folder, recipe, data, new Learner(), device);
    }

    /**
     * Takes the weights of a classifier instead of random ones; before {@link #run}. The optimiser
     * and its learning rate start again.
     *
     * @param classifier of the same pictures, classes and network
     * @throws IllegalArgumentException if it has another shape
     * @throws IOException if its weights are missing or damaged
     */
    public void startFrom(NoisyClassifierFolder classifier) throws IOException {
        ClassifierTraining.requireSameClasses(classifier.path(), classifier.labels(), data);
        if (!classifier.config().equals(config)) {
            throw new IllegalArgumentException(
                    "%s is a classifier of %s with %s, this one is of %s with %s; give the same options"
                            .formatted(
                                    classifier.path(),
                                    classifier.config().sample(),
                                    classifier.config().summary(),
                                    config.sample(),
                                    config.summary()));
        }
        loop.startFrom(
                classifier.path().resolve(NoisyClassifierFolder.WEIGHTS),
                NoisyClassifierFolder.CONFIG,
                classifier.weightsHash());
        origin = Optional.of(classifier);
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
     * @throws io.zigma.train.loop.DivergedException if the loss is not finite any more
     * @throws IOException if a file cannot be read or written, or a listener threw it
     */
    public NoisyClassifierFolder run() throws IOException {
        return loop.run();
    }

    /** The network with its noisy pictures. */
    private final class Learner implements ClassifierLoop.Student<NoisyClassifierFolder> {

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
            return false;
        }

        @Override
        public ClassifierLoop.Inputs inputs(Batch batch, NDManager scope) {
            Noised noised = noising.of(shifts.images(batch, scope), batch.position());
            return (store, from, to) -> {
                Noised part = noised.part(from, to);
                return network.logits(Pass.training(store), part.x(), part.time());
            };
        }

        @Override
        public NoisyClassifierFolder save(
                long step, Map<String, NDArray> weights, NDManager manager) throws IOException {
            JsonObject facts =
                    NoisyClassifierCard.facts(
                            recipe,
                            data,
                            provenance,
                            step,
                            origin,
                            accuracy.measure(network, manager));
            return NoisyClassifierFolder.write(
                    folder,
                    config,
                    process,
                    data.labels(),
                    facts,
                    weights,
                    NoisyClassifierCard.card(config, process, data.labels(), facts));
        }
    }

    /** Frees the network; what is not saved is lost. */
    @Override
    public void close() {
        loop.close();
    }
}
