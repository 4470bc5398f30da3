package io.zigma.cli.command;

import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.eval.FeatureCache;
import io.zigma.eval.Pictures;
import io.zigma.eval.RealPictures;
import io.zigma.eval.attribute.AttributeClassifiers;
import io.zigma.eval.attribute.PromptSet;
import io.zigma.eval.attribute.PromptSet.Asked;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.eval.metric.Figure;
import io.zigma.train.data.ImageDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The prompts of an evaluation, and the classifiers of their attributes.
 *
 * @param prompts with their attributes
 * @param classifiers their folders by attribute
 */
record EvaluatedPrompts(PromptSet prompts, Map<String, ClassifierFolder> classifiers) {

    /**
     * Reads what was asked for.
     *
     * @param format the size of the pictures or clips
     * @return nothing for a model without texts
     * @throws UsageException if a text model has no prompts, or another has some
     * @throws IOException if a file cannot be read, no prompt has an attribute of a classifier, or
     *     a classifier does not take the pictures
     */
    static Optional<EvaluatedPrompts> of(
            EvaluationOptions options,
            CheckpointFolder checkpoint,
            SampleShape format,
            Console console)
            throws IOException {
        boolean text = checkpoint.config().model().conditioning().contextSize() > 0;
        Optional<Path> file = options.prompts();
        if (!text && file.isPresent()) {
            throw new UsageException(
                    "%s is not conditioned on text; leave out --prompts"
                            .formatted(checkpoint.path()));
        }
        if (!text) {
            return Optional.empty();
        }
        if (file.isEmpty()) {
            throw new UsageException(
                    "%s is conditioned on text; say with --prompts FILE what it is asked for"
                            .formatted(checkpoint.path()));
        }
        if (checkpoint.config().textEncoder().isEmpty()) {
            throw new UsageException(
                    "%s does not contain the name of its text encoder; import it with --text-encoder"
                            .formatted(checkpoint.path()));
        }
        PromptSet prompts = PromptSet.read(file.get());
        Map<String, ClassifierFolder> classifiers = new LinkedHashMap<>();
        for (Map.Entry<String, Path> named : options.attributes().entrySet()) {
            ClassifierFolder folder = ClassifierFolder.open(named.getValue());
            requireKnown(named.getKey(), folder, prompts, file.get(), console);
            if (!named.getValue().equals(options.classifier())) { // which says it for itself
                ClassifierFit.require(folder, format, console);
            }
            classifiers.put(named.getKey(), folder);
        }
        return Optional.of(new EvaluatedPrompts(prompts, classifiers));
    }

    /** A classifier without the values that are asked for would silently count nothing. */
    private static void requireKnown(
            String attribute,
            ClassifierFolder classifier,
            PromptSet prompts,
            Path file,
            Console console)
            throws IOException {
        List<String> asked =
                prompts.prompts().stream()
                        .filter(prompt -> prompt.attributes().containsKey(attribute))
                        .map(prompt -> prompt.attributes().get(attribute))
                        .toList();
        if (asked.isEmpty()) {
            throw new UsageException(
                    "--attribute %s: no prompt of %s has it; they have %s"
                            .formatted(
                                    attribute,
                                    file,
                                    prompts.attributes().isEmpty()
                                            ? "no attributes"
                                            : String.join(", ", prompts.attributes())));
        }
        long unknown =
                asked.stream()
                        .filter(value -> !classifier.config().labels().contains(value))
                        .count();
        if (unknown == asked.size()) {
            throw new IOException(
                    "%s knows none of the values of %s in %s, such as '%s'; train it on pictures that have them"
                            .formatted(classifier.path(), attribute, file, asked.get(0)));
        }
        if (unknown > 0) {
            console.say(
                    "%s does not know the %s of %s of %s prompts, which are not counted"
                            .formatted(
                                    classifier.path(),
                                    attribute,
                                    unknown,
                                    prompts.prompts().size()));
        }
    }

    int count() {
        return prompts.prompts().size();
    }

    /** Returns what figures depend on. */
    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("prompts", prompts.name());
        facts.put("prompts_sha256", prompts.hash());
        facts.put("prompt_count", count());
        classifiers.forEach(
                (attribute, classifier) ->
                        facts.put(attribute + "_classifier_sha256", classifier.weightsHash()));
        return facts;
    }

    Loaded with(AttributeClassifiers loaded) {
        return new Loaded(prompts, loaded);
    }

    /**
     * Prompts with loaded classifiers.
     *
     * @param prompts with their attributes
     * @param classifiers of some of their attributes
     */
    record Loaded(PromptSet prompts, AttributeClassifiers classifiers) {

        List<String> texts() {
            return prompts.prompts().stream().map(Asked::text).toList();
        }

        /** Returns how often the classifiers agree with the prompts. */
        List<Figure> agreement(Pictures samples, FeatureCache cache) throws IOException {
            return figures(
                    samples,
                    prompts.first(samples.count()).stream().map(Asked::attributes).toList(),
                    cache);
        }

        /** Returns how often the classifiers agree with what is known of real pictures. */
        List<Figure> real(RealPictures real, ImageDataset data, FeatureCache cache)
                throws IOException {
            return figures(
                    real.reference(),
                    IntStream.of(real.referenceIndices()).mapToObj(data::attributes).toList(),
                    cache);
        }

        private List<Figure> figures(
                Pictures pictures, List<Map<String, String>> asked, FeatureCache cache)
                throws IOException {
            return classifiers.isEmpty()
                    ? List.of()
                    : classifiers.agreement(pictures, asked, cache).figures();
        }
    }
}
