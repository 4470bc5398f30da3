package io.zigma.pipeline;

import io.zigma.base.SampleShape;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.sampler.Sampler;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that its model has accepted, with all defaults filled in.
 *
 * @param model the model
 * @param guides what guides it besides
 * @param listener called with the progress
 * @param prompts the prompt of each sample
 * @param seed the first sample's seed
 * @param sampler how to solve from noise to data
 * @param guidance scale and interval of the guidance
 * @param batchSize how many samples are computed at once
 * @param latents whether samples are wanted without decoding
 * @param noise which noise each sample starts from
 * @param editing the picture that samples are made from, if any
 * @param shown what that picture shows, for an inversion; null for none
 * @param extension how videos go on beyond the model's length; null for that length
 * @param clip what they go on from, if any
 */
record ResolvedRequest(
        GeneratorModel model,
        Guides guides,
        GenerationListener listener,
        List<Prompt> prompts,
        long seed,
        Sampler sampler,
        GuidanceStrength guidance,
        int batchSize,
        boolean latents,
        NoiseChoice noise,
        Optional<PictureEditing> editing,
        @Nullable Prompt shown,
        @Nullable Extension extension,
        Optional<ContinuedClip> clip) {

    /**
     * Checks a request against a model and fills in what it leaves open.
     *
     * @param request what to generate
     * @param model what is to generate it
     * @param guides what guides the model besides
     * @throws InvalidRequestException if the model cannot do it; the message says what to change
     */
    static ResolvedRequest of(GenerationRequest request, GeneratorModel model, Guides guides) {
        Edit edit = request.edit();
        if (!request.latents()) {
            model.decoder().require();
        }
        requireSize(request, model);
        if (edit != null) {
            model.decoder().require();
        }
        GuidanceStrength guidance = request.guidance().with(model.config().sampling().guidance());
        requirePrompts(request, model, guides, guidance);
        requireExtension(request, model);
        Sampler sampler = request.sampler().with(model.config().sampling());
        Prompt shown = edit == null ? null : edit.shown();
        if (shown != null) {
            model.encoder().require(List.of(shown), false);
            requireInvertible(sampler);
        }
        return new ResolvedRequest(
                model,
                guides,
                request.listener(),
                request.prompts(),
                request.seed(),
                sampler,
                guidance,
                request.batchSize(),
                request.latents(),
                request.noise(),
                Optional.ofNullable(edit).map(given -> editing(given, model)),
                shown,
                request.extension(),
                clip(request, model));
    }

    private static void requireSize(GenerationRequest request, GeneratorModel model) {
        SampleShape pictures = request.latents() ? model.sample() : model.decoder().pixels();
        PictureSize own = new PictureSize(pictures.height(), pictures.width());
        if (request.size() != null && !request.size().equals(own)) {
            throw new InvalidRequestException(
                    "%s makes pictures of %s, not %s".formatted(model.name(), own, request.size()));
        }
    }

    /** Refuses prompts that the model, or the classifier that guides it, does not understand. */
    private static void requirePrompts(
            GenerationRequest request,
            GeneratorModel model,
            Guides guides,
            GuidanceStrength guidance) {
        boolean guided = guides.needNullCondition(guidance);
        model.encoder().require(request.prompts(), guided);
        Prompt towards = request.noise().towards();
        if (towards != null) {
            model.encoder().require(List.of(towards), guided);
        }
        ClassifierGuide classifier = guides.classifier();
        if (classifier != null) {
            classifier.classes(request.prompts(), model.config().labels());
            if (towards != null) {
                throw new InvalidRequestException(
                        "a classifier guides towards one class, not from one prompt to another; leave one of the two out");
            }
        }
    }

    private static void requireExtension(GenerationRequest request, GeneratorModel model) {
        Extension extension = request.extension();
        if (extension == null) {
            return;
        }
        extension.kept(model.sample().frames());
        if (request.latents()) {
            throw new InvalidRequestException(
                    "a video of latents has the model's length; extend it as frames");
        }
    }

    private static Optional<ContinuedClip> clip(GenerationRequest request, GeneratorModel model) {
        Extension extension = request.extension();
        return Optional.ofNullable(extension == null ? null : extension.clip())
                .map(
                        clip ->
                                ContinuedClip.of(
                                        clip,
                                        model.config(),
                                        model.decoder().pixels(),
                                        extension.kept(model.sample().frames())));
    }

    private static void requireInvertible(Sampler sampler) {
        if (sampler.inversion().isEmpty()) {
            throw new InvalidRequestException(
                    "%s adds noise in its steps, so no picture comes from one noise alone; invert with a sampler of the ODE, such as heun"
                            .formatted(sampler.spec()));
        }
    }

    private static PictureEditing editing(Edit edit, GeneratorModel model) {
        return PictureEditing.of(edit, model.decoder().codec(), model.sample(), model.name());
    }

    /** Returns how many samples are wanted. */
    int count() {
        return prompts.size();
    }

    /** Returns whether sampling starts from the noise of a picture. */
    boolean inverts() {
        return shown != null;
    }

    /**
     * Returns how often the sampler goes over its steps for one batch: an inversion comes before
     * the sampling, the windows of an extension after it.
     */
    int phases() {
        if (extension != null) {
            return extension.videos(model.sample().frames());
        }
        return inverts() ? 2 : 1;
    }

    /** Returns the noise of the samples from the first up to the last, which is not included. */
    BatchNoise noise(int first, int last) {
        return BatchNoise.of(noise, seed, first, last, count());
    }
}
