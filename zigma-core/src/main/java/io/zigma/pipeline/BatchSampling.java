package io.zigma.pipeline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.condition.Condition;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.Inpainting;
import io.zigma.sampler.SeededNoise;
import io.zigma.sampler.Start;
import io.zigma.text.PromptWords;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Samples one batch of a request: from its noise, or a picture with noise, to its results. */
final class BatchSampling {

    private final ResolvedRequest request;
    private final GeneratorModel model;
    private final DiffusionProcess process;
    private final List<Prompt> prompts; // B
    private final int first;
    private final BatchProgress progress;
    private final BatchNoise noise;
    private final GuidedModel guided;

    /**
     * Chooses a part of a request.
     *
     * @param request the whole of it
     * @param first number of the batch's first sample
     * @param last number after its last one
     * @param progress called with the steps
     */
    BatchSampling(ResolvedRequest request, int first, int last, BatchProgress progress) {
        this.request = request;
        this.model = request.model();
        this.process = model.process();
        this.prompts = request.prompts().subList(first, last);
        this.first = first;
        this.progress = progress;
        this.noise = request.noise(first, last);
        this.guided = new GuidedModel(request, last - first);
    }

    /**
     * Samples.
     *
     * @return one result a prompt of the batch, in order
     * @throws InvalidRequestException if attention is wanted without words to attend to, or the
     *     strength of an edit leaves the sampler no step
     */
    List<GeneratedImage> run() {
        Optional<AttentionRecorder> attention =
                request.listener().wantsAttention() ? Optional.of(recorder()) : Optional.empty();
        try (NDManager scope = model.manager().newSubManager()) {
            if (request.clip().isPresent()) {
                List<GeneratedImage> videos =
                        continuation().of(request.clip().get(), first, scope, attention);
                attention.ifPresent(this::report);
                return videos;
            }
            // (B, C, H, W) or (B, F, C, H, W)
            NDArray normal = noise.start(scope, model.sample().shape());
            Denoiser denoiser = guided.of(scope, prompts, noise.fractions(), attention);
            Optional<Inpainting> inpainting =
                    request.editing()
                            .flatMap(editing -> editing.inpainting(denoiser, process, normal));
            NDArray x =
                    solved(
                            inpainting.<Denoiser>map(part -> part).orElse(denoiser),
                            start(scope, normal));
            attention.ifPresent(this::report);
            FinishedSamples finished = new FinishedSamples(request);
            if (request.latents()) {
                return finished.latents(first, inpainting.map(part -> part.paste(x)).orElse(x));
            }
            List<GeneratedImage> images = finished.pictures(first, x);
            return request.extension() == null ? images : continuation().of(images, x);
        }
    }

    private VideoContinuation continuation() {
        return new VideoContinuation(
                request,
                Objects.requireNonNull(request.extension()),
                prompts,
                guided,
                noise,
                progress);
    }

    private void report(AttentionRecorder recorder) {
        request.listener().attention(first, recorder.maps(words()));
    }

    /**
     * Starts to record cross-attention.
     *
     * @throws InvalidRequestException if there is no prompt in words
     */
    private AttentionRecorder recorder() {
        if (model.texts().isEmpty() || !TextPrompts.inWords(request.prompts())) {
            throw new InvalidRequestException(
                    "attention maps are of the words of a prompt; %s was not given one"
                            .formatted(model.name()));
        }
        return new AttentionRecorder(model.sample(), prompts.size(), model.texts().get().tokens());
    }

    /** The words of each prompt with the positions of their tokens. */
    private List<List<PromptWords.Placed>> words() {
        return prompts.stream().map(model.texts().orElseThrow()::placed).toList();
    }

    private Start start(NDManager scope, NDArray normal) {
        if (request.inverts()) {
            return inverted(scope);
        }
        return request.editing()
                .map(editing -> editing.start(process, normal))
                .orElseGet(() -> Start.from(process, normal));
    }

    /** The noise that the picture comes from, found with the prompt that it shows, unguided. */
    private Start inverted(NDManager scope) {
        PictureEditing editing = request.editing().orElseThrow();
        Condition shown =
                model.encoder().encode(scope, List.of(Objects.requireNonNull(request.shown())));
        NDArray found =
                request.sampler()
                        .inversion()
                        .orElseThrow()
                        .sample(
                                guided.conditional(model.pass(), shown),
                                process,
                                new Start(editing.data(scope, 1), process.end()),
                                SeededNoise.steps(0),
                                progress.inversion());
        return new Start(found.repeat(0, prompts.size()), process.start()); // (B, C, H, W)
    }

    private NDArray solved(Denoiser denoiser, Start start) {
        try {
            return request.sampler()
                    .sample(denoiser, process, start, noise.steps(), progress.sampling());
        } catch (IllegalArgumentException e) {
            if (request.editing().isEmpty() || progress.begun()) {
                throw e;
            }
            throw new InvalidRequestException(
                    "the strength is too little for %s: %s; give more, or another sampler"
                            .formatted(request.sampler().spec(), e.getMessage()),
                    e);
        }
    }
}
