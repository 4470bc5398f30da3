package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.CodecOptions;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.EvaluationFlags;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.FeatureProgress;
import io.zigma.condition.ClassNames;
import io.zigma.eval.ClassPlan;
import io.zigma.eval.Conditions;
import io.zigma.eval.Evaluation;
import io.zigma.eval.EvaluationResult;
import io.zigma.eval.EvaluationWork;
import io.zigma.eval.FeatureCache;
import io.zigma.eval.FeatureNetworks;
import io.zigma.eval.Pictures;
import io.zigma.eval.attribute.AttributeClassifiers;
import io.zigma.eval.feature.ClassifierFolder;
import io.zigma.eval.sampling.LikelihoodEvaluation;
import io.zigma.train.card.RunFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code zigma evaluate}: how good a model's pictures are, or any others, in figures. */
public final class EvaluateCommand implements Command {

    /** Finds who computes and compares. */
    @FunctionalInterface
    public interface Workers {

        /**
         * Gets them ready.
         *
         * @param classifier the classifier's folder, if there is one
         * @param features the file of another network, whose features are compared
         * @return who does what grows with the number of pictures
         * @throws IOException if a network cannot be read
         */
        EvaluationWork of(Optional<Path> classifier, Optional<Path> features) throws IOException;
    }

    private final Workers workers;

    /** Makes the command that computes everything in this process. */
    public EvaluateCommand() {
        this((classifier, features) -> EvaluationWork.HERE);
    }

    /** Makes a command that has others compute what grows with the number of pictures. */
    public EvaluateCommand(Workers workers) {
        this.workers = workers;
    }

    @Override
    public String name() {
        return "evaluate";
    }

    @Override
    public String purpose() {
        return "Measure how good a model's pictures are, or those of any other program.";
    }

    @Override
    public String synopsis() {
        return "-m DIR [--codec DIR] | --samples DIR|FILE.npz | --codec DIR --data DIR [-n N] [--json] [--html FILE]";
    }

    @Override
    public List<OptionSection> sections() {
        return EvaluationFlags.sections();
    }

    @Override
    public List<String> examples() {
        return List.of(
                "evaluate -m models/emoji --data emoji/train --test-data emoji/test --prompts"
                        + " emoji/test/metadata.jsonl --attribute thing=classifiers/thing",
                "evaluate -m models/fashion --data fashion-mnist -n 1000 --seeds 1",
                "evaluate -m models/fashion --data fashion-mnist --json --html report.html",
                "evaluate -m models/fashion --data fashion-mnist -n 2000 --guidance-sweep 1,1.5,2,3",
                "evaluate --samples samples.npz --data photos --test-data more-photos --classifier c",
                "evaluate --codec codecs/small --data photos --image-size 256");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        EvaluationOptions options = new EvaluationOptions(arguments);
        ComputeOptions compute = ComputeOptions.of(arguments);
        if (arguments.has(CodecOptions.CODEC) && !arguments.has(ModelFolder.MODEL)) {
            CodecEvaluation.run(
                    arguments, options, EvaluationFlags.otherSubjects(), compute, console);
            return;
        }
        options.check();
        compute.requireGpu();
        if (options.samples().isPresent()) {
            evaluatePictures(arguments, options, compute, console);
        } else {
            evaluateModels(arguments, options, compute, console);
        }
    }

    /** Evaluates pictures that are there already. */
    private void evaluatePictures(
            Arguments arguments, EvaluationOptions options, ComputeOptions compute, Console console)
            throws IOException {
        ExistingPictures existing = ExistingPictures.open(arguments, options, console);
        EvaluationNetworks networks =
                EvaluationNetworks.of(arguments, options, existing.format(), console);
        EvaluationReference reference =
                EvaluationReference.of(
                        arguments,
                        options,
                        List.of(),
                        existing.format(),
                        existing.clips(),
                        console);
        Device device = compute.start();
        try (FeatureNetworks loaded = networks.load(device)) {
            Evaluation evaluation =
                    evaluation(
                            networks,
                            loaded,
                            existing.labels(),
                            reference,
                            options,
                            device,
                            console);
            EvaluationResult result =
                    new EvaluationResult(
                            existing.source(),
                            evaluation.floor(existing.count()),
                            List.of(evaluation.evaluate(0, existing.samples())),
                            Map.of());
            new EvaluationOutput(arguments, options, console)
                    .write(
                            List.of(result),
                            evaluation,
                            Conditions.of(
                                    loaded,
                                    evaluation,
                                    reference.description(),
                                    facts(networks, existing.format(), reference, options)));
        }
    }

    /** Samples models and evaluates what they make. */
    private void evaluateModels(
            Arguments arguments, EvaluationOptions options, ComputeOptions compute, Console console)
            throws IOException {
        List<EvaluatedModel> models = EvaluatedModel.all(arguments, options, compute);
        CheckpointFolder checkpoint = models.get(0).checkpoint();
        CheckpointConfig config = checkpoint.config();
        SampleShape format = ModelSamples.format(checkpoint, options.codec());
        Optional<EvaluatedPrompts> prompts =
                EvaluatedPrompts.of(options, checkpoint, format, console);
        int count = options.count(prompts.map(EvaluatedPrompts::count).orElse(0));
        EvaluationNetworks networks = EvaluationNetworks.of(arguments, options, format, console);
        requireFewEnough(count, format);
        EvaluationReference reference =
                EvaluationReference.of(
                        arguments,
                        options,
                        config.labels(),
                        format,
                        RunFacts.clips(config),
                        console);
        ClassPlan classes = reference.classes(options, config.labels(), console);
        requireLikelihood(config, reference, options);
        Device device = compute.start();
        try (FeatureNetworks loaded = networks.load(device);
                AttributeClassifiers classifiers =
                        AttributeClassifiers.load(
                                prompts.map(EvaluatedPrompts::classifiers).orElse(Map.of()),
                                device)) {
            Evaluation evaluation =
                    evaluation(
                            networks, loaded, config.labels(), reference, options, device, console);
            ModelSamples samples =
                    new ModelSamples(
                            evaluation,
                            classes,
                            prompts.map(asked -> asked.with(classifiers)),
                            reference,
                            options,
                            count,
                            device,
                            console);
            List<EvaluationResult> results = new ArrayList<>();
            for (EvaluatedModel model : models) {
                results.add(samples.evaluate(model));
            }
            Map<String, Object> facts = facts(networks, format, reference, options);
            if (!classes.weights().isEmpty()) {
                facts.put("class_weights", classes.weights());
            }
            prompts.ifPresent(asked -> facts.putAll(asked.facts()));
            new EvaluationOutput(arguments, options, console)
                    .write(
                            results,
                            evaluation,
                            Conditions.of(loaded, evaluation, reference.description(), facts));
        }
    }

    /** Returns what figures depend on beside networks and samples. */
    private static Map<String, Object> facts(
            EvaluationNetworks networks,
            SampleShape format,
            EvaluationReference reference,
            EvaluationOptions options) {
        Map<String, Object> facts = new LinkedHashMap<>();
        networks.reducedTo(format).ifPresent(side -> facts.put("classifier_sees", side));
        facts.putAll(reference.facts(options));
        return facts;
    }

    private Evaluation evaluation(
            EvaluationNetworks networks,
            FeatureNetworks loaded,
            List<String> labels,
            EvaluationReference reference,
            EvaluationOptions options,
            Device device,
            Console console)
            throws IOException {
        Evaluation evaluation =
                new Evaluation(
                        loaded,
                        new FeatureCache(
                                options.cache().resolve("features"),
                                device,
                                new FeatureProgress(console)::show,
                                workers.of(
                                        networks.classifier().map(ClassifierFolder::path),
                                        networks.features())),
                        labels,
                        reference.real(),
                        reference.statistics());
        if (networks.classifier().isPresent() && !labels.isEmpty() && !evaluation.knowsClasses()) {
            console.say(
                    "%s knows the classes %s, the samples have %s; class agreement is left out"
                            .formatted(
                                    networks.classifier().get().path(),
                                    ClassNames.listed(
                                            networks.classifier().get().config().labels()),
                                    ClassNames.listed(labels)));
        }
        if (options.saveReference().isPresent()) {
            evaluation.statistics().write(options.saveReference().get());
        }
        return evaluation;
    }

    /** All samples are compared at once, in one array. */
    private static void requireFewEnough(int count, SampleShape format) {
        try {
            Pictures.requireComparable(format, count);
        } catch (IllegalArgumentException e) {
            throw new UsageException("-n: " + e.getMessage());
        }
    }

    private static void requireLikelihood(
            CheckpointConfig config, EvaluationReference reference, EvaluationOptions options) {
        if (options.likelihood() == 0 || reference.test().isEmpty()) {
            return;
        }
        try {
            LikelihoodEvaluation.requireFitting(config, reference.test().get());
        } catch (IllegalArgumentException e) {
            throw new UsageException("--likelihood: " + e.getMessage());
        }
    }
}
