package io.zigma.cli.command;

import ai.djl.Device;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.Command;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.option.OptionSection;
import io.zigma.cli.option.UsageException;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.FeatureProgress;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.condition.ClassNames;
import io.zigma.eval.Conditions;
import io.zigma.eval.Evaluation;
import io.zigma.eval.EvaluationResult;
import io.zigma.eval.FeatureCache;
import io.zigma.eval.Figure;
import io.zigma.eval.Judges;
import io.zigma.eval.LikelihoodEvaluation;
import io.zigma.eval.Metric;
import io.zigma.eval.ModelUnderTest;
import io.zigma.eval.Pictures;
import io.zigma.eval.SampleSettings;
import io.zigma.eval.Samples;
import io.zigma.eval.Sampling;
import io.zigma.eval.SeedResult;
import io.zigma.eval.report.ReportPage;
import io.zigma.eval.report.ResultJson;
import io.zigma.eval.report.ResultTable;
import io.zigma.eval.report.Series;
import io.zigma.io.AtomicFile;
import io.zigma.media.PictureFormat;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.ImageLikelihood;
import io.zigma.sampler.Likelihood;
import io.zigma.sampler.OdeMethod;
import io.zigma.sampler.OdeSampler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code zigma evaluate}: how good a model's pictures are, in figures. */
public final class EvaluateCommand implements Command {

    @Override
    public String name() {
        return "evaluate";
    }

    @Override
    public String purpose() {
        return "Measure how good a model's pictures are.";
    }

    @Override
    public String synopsis() {
        return "-m DIR --data DIR [-n N] [--json] [--html FILE]";
    }

    @Override
    public List<OptionSection> sections() {
        return EvaluationOptions.sections();
    }

    @Override
    public List<String> examples() {
        return List.of(
                "evaluate -m models/fashion --data fashion-mnist -n 1000 --seeds 1",
                "evaluate -m models/fashion --data fashion-mnist --json --html report.html",
                "evaluate -m models/fashion --data fashion-mnist -n 2000 --guidance-sweep 1,1.5,2,3");
    }

    @Override
    public void run(Arguments arguments, Console console) throws IOException {
        EvaluationOptions options = new EvaluationOptions(arguments);
        ComputeOptions compute = ComputeOptions.of(arguments);
        options.check();
        List<EvaluationSubject> subjects = EvaluationSubject.all(arguments, options);
        CheckpointConfig config = subjects.get(0).checkpoint().config();
        PictureFormat format = format(subjects.get(0).checkpoint());
        EvaluationJudge judge = EvaluationJudge.of(arguments, options, format, console);
        requireFewEnough(options.count(), format);
        EvaluationReference reference =
                EvaluationReference.of(arguments, options, config, format, console);
        requireLikelihood(config, reference, options);
        Device device = compute.start();
        try (Judges judges = judge.load(device)) {
            Evaluation evaluation =
                    new Evaluation(
                            judges,
                            new FeatureCache(
                                    options.cache().resolve("features"),
                                    device,
                                    new FeatureProgress(console)::show),
                            config.labels(),
                            reference.real(),
                            reference.statistics());
            if (judge.classifying() && !config.labels().isEmpty() && !evaluation.knowsClasses()) {
                console.say(
                        "%s knows the classes %s, the model has %s; class agreement is left out"
                                .formatted(
                                        judge.folder().path(),
                                        ClassNames.listed(judge.folder().config().labels()),
                                        ClassNames.listed(config.labels())));
            }
            if (options.saveReference().isPresent()) {
                evaluation.statistics().write(options.saveReference().get());
            }
            List<EvaluationResult> results = new ArrayList<>();
            for (EvaluationSubject subject : subjects) {
                results.add(evaluate(subject, evaluation, reference, options, device, console));
            }
            Conditions conditions =
                    Conditions.of(
                            judges,
                            evaluation,
                            reference.description(),
                            options.count(),
                            reference.facts(options));
            write(results, evaluation, conditions, arguments, options, console);
        }
    }

    private static PictureFormat format(CheckpointFolder checkpoint) throws IOException {
        if (checkpoint.config().model().sample().isVideo()) {
            throw new IOException(
                    "%s makes videos; only pictures can be evaluated".formatted(checkpoint.path()));
        }
        if (checkpoint.config().model().conditioning().contextSize() > 0) {
            throw new IOException(
                    "%s paints what texts say; only models with classes, or told nothing, can be evaluated"
                            .formatted(checkpoint.path()));
        }
        try {
            return new PictureFormat(
                    checkpoint.config().model().sample().channels(),
                    checkpoint.config().model().sample().height(),
                    checkpoint.config().model().sample().width());
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "%s makes no pictures that can be looked at: %s"
                            .formatted(checkpoint.path(), e.getMessage()),
                    e);
        }
    }

    /** All samples are compared at once, in one array. */
    private static void requireFewEnough(int count, PictureFormat format) {
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

    private static EvaluationResult evaluate(
            EvaluationSubject chosen,
            Evaluation evaluation,
            EvaluationReference reference,
            EvaluationOptions options,
            Device device,
            Console console)
            throws IOException {
        ModelUnderTest model = chosen.model();
        Sampling sampling = new Sampling(options.cache().resolve("samples"), options.batch());
        List<SeedResult> results = new ArrayList<>();
        PictureFormat format = format(chosen.checkpoint());
        try (ImageGenerator generator = ImageGenerator.load(chosen.checkpoint(), device)) {
            for (long seed : options.seeds()) {
                SampleSettings settings =
                        SampleSettings.of(
                                chosen.checkpoint(),
                                model.sampler(),
                                model.guidance(),
                                reference.classes(),
                                seed);
                int stored = sampling.stored(settings, format, options.count());
                Samples samples;
                try (ProgressBar bar = new ProgressBar(console, "pictures", stored)) {
                    samples =
                            sampling.take(
                                    generator,
                                    settings,
                                    format,
                                    options.count(),
                                    (done, total) -> bar.advanceTo(done, total, chosen.note(seed)));
                }
                results.add(evaluation.judge(seed, samples));
            }
        }
        return new EvaluationResult(
                model,
                evaluation.floor(options.count()),
                results,
                apart(chosen, reference, options, device, console));
    }

    /** Computes what no sample has part in. */
    private static Map<Metric, Figure> apart(
            EvaluationSubject chosen,
            EvaluationReference reference,
            EvaluationOptions options,
            Device device,
            Console console)
            throws IOException {
        if (options.likelihood() == 0 || reference.test().isEmpty()) {
            return Map.of();
        }
        int steps = chosen.model().sampler().steps();
        LikelihoodEvaluation likelihood =
                new LikelihoodEvaluation(
                        new Likelihood(new OdeSampler(OdeMethod.HEUN, steps)),
                        options.likelihood(),
                        options.batch(),
                        EvaluationReference.LIKELIHOOD_SEED);
        try (ImageLikelihood model = ImageLikelihood.load(chosen.checkpoint(), device);
                ProgressBar bar = new ProgressBar(console, "steps", 0)) {
            LikelihoodEvaluation.Result result =
                    likelihood.of(
                            model,
                            reference.test().get(),
                            (done, all) -> bar.advanceTo(done, all, "likelihood"));
            return Map.of(
                    Metric.BITS_PER_DIMENSION,
                    new Figure(result.bitsPerDimension(), result.standardError()));
        }
    }

    private static void write(
            List<EvaluationResult> results,
            Evaluation evaluation,
            Conditions conditions,
            Arguments arguments,
            EvaluationOptions options,
            Console console)
            throws IOException {
        Optional<Series> series =
                options.sweeps()
                        ? Optional.of(Series.GUIDANCE)
                        : options.overTraining() ? Optional.of(Series.TRAINING) : Optional.empty();
        EvaluationResult chosen =
                options.sweeps() ? best(results) : results.get(results.size() - 1);
        // figures first: a page that cannot be written must not take them along
        print(series, results, chosen, evaluation, conditions, options, console);
        if (options.html().isPresent()) {
            String command = arguments.commandLine();
            AtomicFile.writeText(
                    options.html().get(),
                    series.isPresent()
                            ? ReportPage.of(
                                    series.get(), results, chosen, evaluation, conditions, command)
                            : ReportPage.of(chosen, evaluation, conditions, command));
            if (!options.json()) {
                console.out().println(options.html().get());
            }
        }
    }

    private static void print(
            Optional<Series> series,
            List<EvaluationResult> results,
            EvaluationResult chosen,
            Evaluation evaluation,
            Conditions conditions,
            EvaluationOptions options,
            Console console) {
        if (options.json()) {
            JsonObject json =
                    series.isPresent()
                            ? ResultJson.of(series.get(), results, chosen, evaluation, conditions)
                            : ResultJson.of(chosen, evaluation, conditions);
            console.out()
                    .println(
                            new GsonBuilder()
                                    .setPrettyPrinting()
                                    .disableHtmlEscaping()
                                    .create()
                                    .toJson(json));
            return;
        }
        if (series.isPresent()) {
            ResultTable.lines(series.get(), results).forEach(console.out()::println);
            console.out().println();
        }
        ResultTable.lines(chosen).forEach(console.out()::println);
        console.out().println();
        Map<String, Object> facts = conditions.facts();
        console.out()
                .println(
                        "compared with %s by the features of %s%s"
                                .formatted(
                                        facts.get("reference"),
                                        facts.get("features"),
                                        facts.containsKey("frechet_reference")
                                                ? ", the Fréchet distance to %s"
                                                        .formatted(facts.get("frechet_reference"))
                                                : ""));
    }

    private static EvaluationResult best(List<EvaluationResult> results) {
        return results.stream()
                .min(
                        Comparator.comparingDouble(
                                result -> result.mean(Metric.FRECHET_DISTANCE).orElseThrow()))
                .orElseThrow();
    }
}
