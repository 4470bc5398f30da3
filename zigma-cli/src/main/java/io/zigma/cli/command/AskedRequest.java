package io.zigma.cli.command;

import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.cli.option.Arguments;
import io.zigma.cli.option.ComputeOptions;
import io.zigma.cli.option.EditOptions;
import io.zigma.cli.option.ModelFolder;
import io.zigma.cli.option.RecipeOption;
import io.zigma.cli.option.SamplePrecision;
import io.zigma.cli.option.SamplingOptions;
import io.zigma.cli.option.SubjectOptions;
import io.zigma.cli.option.UsageException;
import io.zigma.condition.InvalidRequestException;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.op.Precision;
import io.zigma.pipeline.Edit;
import io.zigma.pipeline.Extension;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GuidanceChoice;
import io.zigma.pipeline.NoiseChoice;
import io.zigma.pipeline.RecipeReading;
import io.zigma.pipeline.SamplerChoice;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What is asked of a model, by the options or by the recipe in a file.
 *
 * @param checkpoint the model's folder
 * @param request what to sample
 * @param randomSeed whether its seed is random and has to be printed
 * @param precision what large matrix products are taken in
 * @param guide a weaker model that guidance turns away from, if one is wanted
 * @param classifier a classifier of noisy pictures that guides, if one is wanted
 */
record AskedRequest(
        CheckpointFolder checkpoint,
        GenerationRequest request,
        boolean randomSeed,
        Precision precision,
        Optional<CheckpointFolder> guide,
        Optional<AskedClassifier> classifier) {

    /**
     * Reads what was asked for.
     *
     * @throws UsageException if it cannot be meant
     * @throws IOException if a file cannot be read
     */
    static AskedRequest of(Arguments arguments, ComputeOptions compute) throws IOException {
        int batch = new SamplingOptions(arguments).batch(GenerationPlan.DEFAULT_BATCH);
        Optional<RecipeReading> recipe =
                RecipeOption.read(
                        arguments, List.of(GenerationPlan.SEED, SamplePrecision.PRECISION));
        return recipe.isPresent()
                ? again(recipe.get(), arguments, compute, batch)
                : byOptions(arguments, compute, batch);
    }

    private static AskedRequest byOptions(Arguments arguments, ComputeOptions compute, int batch)
            throws IOException {
        Precision precision = SamplePrecision.of(arguments, compute);
        SubjectOptions subjects = new SubjectOptions(arguments);
        SamplingOptions sampling = new SamplingOptions(arguments);
        EditOptions edits = new EditOptions(arguments);
        Optional<Long> seed =
                arguments
                        .wholeNumber(GenerationPlan.SEED)
                        .filter(given -> given != GenerationRequest.RANDOM_SEED);
        // Refused here already if they are wrong for any checkpoint.
        sampling.check();
        subjects.check();
        edits.check(GenerationPlan.SEED);
        Optional<AskedClassifier> classifier = AskedClassifier.of(arguments);
        CheckpointFolder checkpoint = ModelFolder.open(arguments);
        GuidanceStrength guidance = sampling.guidance(checkpoint);
        GenerationRequest request =
                edits.applyTo(
                        new GenerationRequest(
                                subjects.subjects(checkpoint),
                                seed.orElseGet(GenerationRequest::randomSeed),
                                new SamplerChoice.Given(
                                        sampling.sampler(checkpoint.config().sampling())),
                                GuidanceChoice.of(guidance),
                                null,
                                false,
                                batch,
                                GenerationListener.NONE),
                        checkpoint);
        requireInvertible(request, checkpoint);
        return new AskedRequest(
                checkpoint,
                request,
                seed.isEmpty()
                        && !arguments.has(EditOptions.INTERPOLATE)
                        && !arguments.has(EditOptions.INVERT),
                precision,
                GenerationPlan.guide(arguments, guidance),
                classifier);
    }

    private static void requireInvertible(GenerationRequest request, CheckpointFolder checkpoint) {
        Edit edit = request.edit();
        if (edit != null
                && edit.shown() != null
                && request.sampler().with(checkpoint.config().sampling()).inversion().isEmpty()) {
            throw new UsageException(
                    "--invert needs a sampler that adds no noise in its steps, and %s does; give --sampler heun"
                            .formatted(
                                    request.sampler()
                                            .with(checkpoint.config().sampling())
                                            .label()));
        }
    }

    /** What is in a file once more. */
    private static AskedRequest again(
            RecipeReading recipe, Arguments arguments, ComputeOptions compute, int batch)
            throws IOException {
        EditOptions edits = new EditOptions(arguments);
        CheckpointFolder checkpoint = ModelFolder.open(arguments);
        try {
            recipe.requireModel(checkpoint.path().toString(), checkpoint.weightsHash());
            GenerationRequest request =
                    recipe.request(
                                    edits.source().orElse(null),
                                    edits.mask().orElse(null),
                                    edits.clip().orElse(null))
                            .withBatchSize(batch);
            Precision precision =
                    Precision.parse(recipe.precision().orElse(Precision.FLOAT32.label()));
            precision.require(compute.device());
            Optional<CheckpointFolder> guide =
                    GenerationPlan.guide(arguments, request.guidance().with(GuidanceStrength.NONE));
            requireGuide(recipe.guideHash(), guide);
            return new AskedRequest(
                    checkpoint,
                    request,
                    false,
                    precision,
                    guide,
                    AskedClassifier.again(recipe, arguments));
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "--recipe '%s': %s"
                            .formatted(
                                    arguments.requiredText(RecipeOption.RECIPE), e.getMessage()));
        }
    }

    private static void requireGuide(Optional<String> hash, Optional<CheckpointFolder> guide)
            throws IOException {
        if (hash.isPresent() && guide.isEmpty()) {
            throw new InvalidRequestException(
                    "a weaker model guided, of weights with SHA-256 %s; give it with --guide DIR"
                            .formatted(hash.get()));
        }
        if (guide.isPresent() && !hash.equals(Optional.of(guide.get().weightsHash()))) {
            throw new InvalidRequestException(
                    "%s is not the model that guided; %s"
                            .formatted(
                                    guide.get().path(),
                                    hash.isPresent() ? "name another" : "leave out --guide"));
        }
    }

    /**
     * Returns how a request failed that the model does not take: what does not fit a picture or
     * clip that was given is wrong usage, a damaged one is not.
     *
     * @throws IOException if the picture or clip is damaged
     */
    static RuntimeException refusal(InvalidRequestException reason, GenerationRequest request)
            throws IOException {
        Extension extension = request.extension();
        boolean clip = extension != null && extension.clip() != null;
        if (request.edit() == null && !clip) {
            return reason;
        }
        if (reason.getCause() instanceof IOException) {
            throw new IOException(reason.getMessage(), reason);
        }
        return new UsageException(reason.getMessage());
    }

    /** Returns whether the pictures follow each other as the frames of an animation. */
    boolean isSequence() {
        return request.noise() instanceof NoiseChoice.Interpolation && request.prompts().size() > 1;
    }
}
