package io.zigma.cli.command;

import ai.djl.Device;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.cli.option.EvaluationOptions;
import io.zigma.cli.terminal.Console;
import io.zigma.cli.terminal.FeatureProgress;
import io.zigma.cli.terminal.ProgressBar;
import io.zigma.codec.CodecReference;
import io.zigma.eval.ClassPlan;
import io.zigma.eval.Estimate;
import io.zigma.eval.Evaluation;
import io.zigma.eval.EvaluationResult;
import io.zigma.eval.FeatureCache;
import io.zigma.eval.RealPictures;
import io.zigma.eval.Samples;
import io.zigma.eval.SeedResult;
import io.zigma.eval.metric.Figure;
import io.zigma.eval.metric.Quantity;
import io.zigma.eval.sampling.LikelihoodEvaluation;
import io.zigma.eval.sampling.SampleSettings;
import io.zigma.eval.sampling.Sampling;
import io.zigma.media.PictureFormat;
import io.zigma.pipeline.CodecSource;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.ImageLikelihood;
import io.zigma.pipeline.LoadOptions;
import io.zigma.sampler.Likelihood;
import io.zigma.sampler.OdeMethod;
import io.zigma.sampler.OdeSampler;
import io.zigma.train.data.ImageDataset;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Samples models for an evaluation.
 *
 * @param evaluation what becomes of the samples
 * @param classes what models of classes are asked for
 * @param prompts what text models are asked for
 * @param reference what samples are compared with
 * @param options of which seeds
 * @param count how many of each seed
 * @param device where to compute
 * @param console for progress
 */
record ModelSamples(
        Evaluation evaluation,
        ClassPlan classes,
        Optional<EvaluatedPrompts.Loaded> prompts,
        EvaluationReference reference,
        EvaluationOptions options,
        int count,
        Device device,
        Console console) {

    /**
     * Returns the size of a model's pictures or videos.
     *
     * @param codec where the codec of a model of latents comes from
     * @throws IOException if it makes none that can be evaluated
     */
    static SampleShape format(CheckpointFolder checkpoint, CodecSource codec) throws IOException {
        try {
            SampleShape sample = checkpoint.config().model().sample();
            SampleShape pixels =
                    found(checkpoint, codec)
                            .map(folder -> folder.spec().pixelsOf(sample))
                            .orElse(sample);
            // refused where these are no channels of pictures
            new PictureFormat(pixels.channels(), pixels.height(), pixels.width());
            return pixels;
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "%s makes no pictures that can be evaluated: %s"
                            .formatted(checkpoint.path(), e.getMessage()),
                    e);
        }
    }

    /** Finds the codec of a model of latents; nothing for one of pixels. */
    private static Optional<CodecFolder> found(CheckpointFolder checkpoint, CodecSource codec) {
        return codec.beside(checkpoint.path())
                .find(checkpoint.config(), checkpoint.path().toString());
    }

    /** Samples a model and computes all figures. */
    EvaluationResult evaluate(EvaluatedModel model) throws IOException {
        Sampling sampling = new Sampling(options.cache().resolve("samples"), options.batch());
        List<SeedResult> results = new ArrayList<>();
        SampleShape format = format(model.checkpoint(), options.codec());
        Optional<CodecReference> codec =
                found(model.checkpoint(), options.codec()).map(CodecFolder::reference);
        try (ImageGenerator generator =
                ImageGenerator.load(
                        model.checkpoint(),
                        device,
                        LoadOptions.DEFAULT
                                .withPrecision(model.precision())
                                .withTextEncoder(options.textEncoder())
                                .withCodec(options.codec()))) {
            for (long seed : options.seeds()) {
                SampleSettings settings =
                        SampleSettings.of(
                                        model.checkpoint(),
                                        model.sampler(),
                                        model.guidance(),
                                        classes,
                                        seed)
                                .withPrecision(model.precision())
                                .withCodec(codec.map(CodecReference::hash).orElse(""))
                                .withPrompts(
                                        prompts.map(EvaluatedPrompts.Loaded::texts)
                                                .orElse(List.of()));
                int stored = sampling.stored(settings, format, count);
                Samples samples;
                try (ProgressBar bar =
                        new ProgressBar(console, format.isVideo() ? "clips" : "pictures", stored)) {
                    samples =
                            sampling.take(
                                    generator,
                                    settings,
                                    format,
                                    count,
                                    (done, total) -> bar.advanceTo(done, total, model.note(seed)));
                }
                SeedResult result = evaluation.evaluate(seed, samples);
                results.add(prompts.isPresent() ? withAgreement(result, prompts.get()) : result);
            }
        }
        Map<Quantity, Figure> floor = new LinkedHashMap<>(evaluation.floor(count));
        Optional<ImageDataset> real = reference.test().or(reference::training);
        if (prompts.isPresent() && real.isPresent()) {
            RealPictures pictures = reference.real().orElseThrow();
            for (Figure figure : prompts.get().real(pictures, real.get(), cache())) {
                floor.put(figure.quantity(), figure);
            }
        }
        return new EvaluationResult(model.source(codec), floor, results, likelihood(model));
    }

    /** Adds how often the classifiers agree with the prompts. */
    private SeedResult withAgreement(SeedResult result, EvaluatedPrompts.Loaded asked)
            throws IOException {
        Map<Quantity, Double> figures = new LinkedHashMap<>(result.figures());
        for (Figure figure : asked.agreement(result.samples().pictures(), cache())) {
            figures.put(figure.quantity(), figure.value());
        }
        return new SeedResult(
                result.seed(),
                figures,
                result.samples(),
                result.agreement(),
                result.memorisation());
    }

    private FeatureCache cache() {
        return new FeatureCache(
                options.cache().resolve("features"), device, new FeatureProgress(console)::show);
    }

    /** Computes what no sample has part in. */
    private Map<Quantity, Estimate> likelihood(EvaluatedModel model) throws IOException {
        if (options.likelihood() == 0 || reference.test().isEmpty()) {
            return Map.of();
        }
        LikelihoodEvaluation likelihood =
                new LikelihoodEvaluation(
                        new Likelihood(new OdeSampler(OdeMethod.HEUN, model.sampler().steps())),
                        options.likelihood(),
                        options.batch(),
                        EvaluationReference.LIKELIHOOD_SEED);
        try (ImageLikelihood loaded = ImageLikelihood.load(model.checkpoint(), device);
                ProgressBar bar = new ProgressBar(console, "steps", 0)) {
            LikelihoodEvaluation.Result result =
                    likelihood.of(
                            loaded,
                            reference.test().get(),
                            (done, all) -> bar.advanceTo(done, all, "likelihood"));
            return Map.of(
                    LikelihoodEvaluation.BITS_PER_DIMENSION,
                    new Estimate(result.bitsPerDimension(), result.standardError()));
        }
    }
}
