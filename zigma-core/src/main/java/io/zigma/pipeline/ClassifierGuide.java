package io.zigma.pipeline;

import ai.djl.ndarray.NDManager;
import io.zigma.base.Setting;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.NoisyClassifier;
import io.zigma.checkpoint.NoisyClassifierFolder;
import io.zigma.condition.ClassNames;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.sampler.ClassifierGuidance;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.LogProbabilityGradient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A classifier of noisy pictures that guides a model (Dhariwal and Nichol 2021, section 4): every
 * step also moves towards pictures that it takes for the wanted class, alone or together with
 * classifier-free guidance. The model may know no classes.
 *
 * @param classifier the classifier, which the generator closes
 * @param scale how strongly; 1 is Bayes' rule
 * @param className the class of all pictures; null for that of each prompt
 */
public record ClassifierGuide(
        NoisyClassifier classifier, double scale, @Nullable String className) {

    /** The largest scale; the published ones are 0.5 to 10. */
    public static final double MOST = 1000;

    /**
     * Checks the numbers.
     *
     * @throws InvalidRequestException if the scale is out of range, or the classifier has no such
     *     class
     */
    public ClassifierGuide {
        requireScale(scale);
        if (className != null) {
            number(classifier.folder(), className);
        }
    }

    /**
     * Refuses a scale that is out of range.
     *
     * @param scale of classifier guidance
     * @throws InvalidRequestException if it is not above 0 and at most {@link #MOST}
     */
    public static void requireScale(double scale) {
        if (!(scale > 0 && scale <= MOST)) {
            throw new InvalidRequestException(
                    "the classifier's scale is %s, use a number above 0, at most %s"
                            .formatted(Setting.plain(scale), Setting.plain(MOST)));
        }
    }

    /**
     * Finds a class.
     *
     * @param folder of a classifier
     * @param name of a class, or its number
     * @return its place among the logits
     * @throws InvalidRequestException if there is none of that name
     */
    public static int number(NoisyClassifierFolder folder, String name) {
        OptionalInt found = ClassNames.find(name, folder.labels());
        return found.orElseThrow(
                () ->
                        new InvalidRequestException(
                                "the classifier %s knows no class '%s', but %s"
                                        .formatted(
                                                folder.path(),
                                                name,
                                                ClassNames.listed(folder.labels()))));
    }

    /** Refuses a model whose pictures or noise the classifier does not know. */
    void requireFits(CheckpointConfig config, String model) {
        NoisyClassifierFolder folder = classifier.folder();
        if (!folder.sample().equals(config.model().sample())) {
            throw new InvalidRequestException(
                    "the classifier %s knows samples of %s, %s makes %s"
                            .formatted(
                                    folder.path(),
                                    folder.sample(),
                                    model,
                                    config.model().sample()));
        }
        if (!classifier.knows(config.process())) {
            throw new InvalidRequestException(
                    "the classifier %s was trained on the noise of another process (%s) than %s (%s); train one with --noisy --process as the model was"
                            .formatted(
                                    folder.path(),
                                    folder.process().description(),
                                    model,
                                    config.process().description()));
        }
    }

    /** The classes of prompts among the classifier's (B). */
    long[] classes(List<Prompt> prompts, List<String> modelLabels) {
        return prompts.stream().mapToLong(prompt -> number(prompt, modelLabels)).toArray();
    }

    private int number(Prompt prompt, List<String> modelLabels) {
        NoisyClassifierFolder folder = classifier.folder();
        if (className != null) {
            return number(folder, className);
        }
        String name = prompt.className();
        Integer label = prompt.classNumber();
        if (name == null && label != null && label < modelLabels.size()) {
            name = modelLabels.get(label);
        }
        if (name == null) {
            throw new InvalidRequestException(
                    "the classifier %s guides towards a class; name it for all pictures, such as %s"
                            .formatted(folder.path(), folder.labels().get(0)));
        }
        OptionalInt asModel = ClassNames.find(name, modelLabels);
        return number(folder, asModel.isPresent() ? modelLabels.get(asModel.getAsInt()) : name);
    }

    /** Guides a model; each picture by itself, so that it does not depend on its batch. */
    Denoiser guide(Denoiser model, CheckpointConfig config, NDManager scope, long... classes) {
        LogProbabilityGradient gradient =
                LogProbabilityGradient.each(classifier, scope.create(classes), scale);
        return new ClassifierGuidance(model, config.process(), gradient);
    }

    /** What a recipe says of it. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        NoisyClassifierFolder folder = classifier.folder();
        facts.put("classifier", String.valueOf(folder.path().toAbsolutePath().getFileName()));
        facts.put(RecipeFields.CLASSIFIER, folder.weightsHash());
        facts.put(RecipeFields.CLASSIFIER_SCALE, Setting.plain(scale));
        if (className != null) {
            facts.put(RecipeFields.CLASSIFIER_CLASS, className);
        }
        return facts;
    }
}
