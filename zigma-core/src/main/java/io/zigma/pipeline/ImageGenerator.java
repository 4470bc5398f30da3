package io.zigma.pipeline;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.Backbone;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.Condition;
import io.zigma.condition.ConditionEncoder;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.engine.EngineStart;
import io.zigma.media.ImageGrid;
import io.zigma.nn.Pass;
import io.zigma.op.MemoryExhaustion;
import io.zigma.op.Precision;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.Guidance;
import io.zigma.sampler.ModelDenoiser;
import io.zigma.sampler.Sampler;
import io.zigma.sampler.SeededNoise;
import io.zigma.sampler.Start;
import io.zigma.sampler.StepListener;
import io.zigma.text.PromptWords;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Generates images or videos with a trained model: the one class that puts model, interpolant and
 * sampler together.
 *
 * <p>Image i depends on its own seed and class or text only, not on its neighbours in a batch. A
 * generator may be used from several threads at once.
 */
public final class ImageGenerator implements AutoCloseable {

    private final NDManager manager;
    private final Backbone model;
    private final ConditionEncoder encoder;
    private final Optional<TextPrompts> texts;
    private final SampleDecoder decoder;
    private final Pass pass;
    private final CheckpointConfig config;
    private final String name;
    private final String weightsHash;
    private final Precision precision;
    private final @Nullable ImageGenerator guide;

    private ImageGenerator(
            NDManager manager,
            Backbone model,
            CheckpointConfig config,
            String name,
            String weightsHash,
            Precision precision,
            Optional<TextPrompts> texts,
            ConditionEncoder encoder,
            CodecSource codec) {
        this.manager = manager;
        this.model = model;
        this.pass = Pass.inference(new ParameterStore(manager, false));
        this.texts = texts;
        this.encoder = encoder;
        this.decoder = new SampleDecoder(config, name, codec, manager.getDevice());
        this.config = config;
        this.name = name;
        this.weightsHash = weightsHash;
        this.precision = precision;
        this.guide = null;
    }

    private ImageGenerator(ImageGenerator generator, ImageGenerator guide) {
        this.manager = generator.manager;
        this.model = generator.model;
        this.pass = generator.pass;
        this.texts = generator.texts;
        this.encoder = generator.encoder;
        this.decoder = generator.decoder;
        this.config = generator.config;
        this.name = generator.name;
        this.weightsHash = generator.weightsHash;
        this.precision = generator.precision;
        this.guide = guide;
    }

    /** Makes a generator that encodes prompts as the checkpoint says. */
    private static ImageGenerator of(
            NDManager manager,
            Backbone model,
            CheckpointConfig config,
            String name,
            String weightsHash,
            Precision precision,
            TextEncoderSource textEncoder,
            CodecSource codec) {
        boolean readsTexts =
                config.model().conditioning().contextSize() > 0 && textEncoder.isKnown(config);
        if (readsTexts) {
            TextPrompts texts = new TextPrompts(config, name, textEncoder, manager.getDevice());
            return new ImageGenerator(
                    manager,
                    model,
                    config,
                    name,
                    weightsHash,
                    precision,
                    Optional.of(texts),
                    texts,
                    codec);
        }
        ConditionEncoder encoder = config.model().conditioning().encoder(config.labels(), name);
        return new ImageGenerator(
                manager,
                model,
                config,
                name,
                weightsHash,
                precision,
                Optional.empty(),
                encoder,
                codec);
    }

    /**
     * Has guidance turn away from a weaker model with the same condition, in place of the null
     * condition (Karras et al. 2024, Guiding a Diffusion Model with a Bad Version of Itself): weak
     * + s·(strong − weak). An earlier checkpoint of the same training will do, and a model without
     * a condition can be guided so too.
     *
     * @param weaker a generator of the same kind of samples from the same conditions; it becomes
     *     the result's
     * @return a generator in the place of this one, which owns what this one owns
     * @throws InvalidRequestException if the two models do not go together
     */
    public ImageGenerator guidedBy(ImageGenerator weaker) {
        boolean alike =
                config.model().sample().equals(weaker.config.model().sample())
                        && config.model()
                                .conditioning()
                                .equals(weaker.config.model().conditioning())
                        && config.labels().equals(weaker.config.labels())
                        && config.textEncoder().equals(weaker.config.textEncoder())
                        && config.process().equals(weaker.config.process());
        if (!alike) {
            throw new InvalidRequestException(
                    "%s cannot guide %s: a guide has the same samples, conditions and process; use an earlier checkpoint of the same training"
                            .formatted(weaker.name, name));
        }
        return new ImageGenerator(this, weaker);
    }

    /**
     * Loads a checkpoint.
     *
     * @param checkpoint an opened folder
     * @param device where to compute
     * @return a generator that owns the model
     * @throws IOException if the weights are missing or damaged
     */
    public static ImageGenerator load(CheckpointFolder checkpoint, Device device)
            throws IOException {
        return load(checkpoint, device, Precision.FLOAT32);
    }

    /**
     * Loads a checkpoint to be computed with in some precision.
     *
     * @param checkpoint an opened folder
     * @param device where to compute
     * @param precision of large matrix products
     * @return a generator that owns the model
     * @throws IOException if the weights are missing or damaged
     * @throws IllegalArgumentException if the device has not that precision
     */
    public static ImageGenerator load(
            CheckpointFolder checkpoint, Device device, Precision precision) throws IOException {
        return load(checkpoint, device, precision, TextEncoderSource.NAMED);
    }

    /**
     * Loads a checkpoint with a given text encoder.
     *
     * @param checkpoint an opened folder
     * @param device where to compute
     * @param precision of large matrix products
     * @param textEncoder source of the text encoder, loaded when the first text is encoded
     * @return a generator that owns the model
     * @throws IOException if the weights are missing or damaged
     * @throws IllegalArgumentException if the device has not that precision
     */
    public static ImageGenerator load(
            CheckpointFolder checkpoint,
            Device device,
            Precision precision,
            TextEncoderSource textEncoder)
            throws IOException {
        return load(checkpoint, device, precision, textEncoder, CodecSource.NAMED);
    }

    /**
     * Loads a checkpoint with a given text encoder and codec.
     *
     * @param checkpoint an opened folder
     * @param device where to compute
     * @param precision of large matrix products
     * @param textEncoder source of the text encoder, loaded when the first text is encoded
     * @param codec source of the codec, loaded when the first sample is decoded
     * @return a generator that owns the model
     * @throws IOException if the weights are missing or damaged
     * @throws IllegalArgumentException if the device has not that precision
     */
    public static ImageGenerator load(
            CheckpointFolder checkpoint,
            Device device,
            Precision precision,
            TextEncoderSource textEncoder,
            CodecSource codec)
            throws IOException {
        precision.require(device);
        NDManager manager = manager(device);
        try {
            Path place = checkpoint.path().toAbsolutePath().normalize();
            Backbone model = checkpoint.loadModel(manager);
            model.setPrecision(precision);
            return of(
                    manager,
                    model,
                    checkpoint.config(),
                    String.valueOf(place.getFileName()),
                    checkpoint.weightsHash(),
                    precision,
                    textEncoder.beside(place),
                    codec.beside(place));
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** Starts the engine, if it is not started, with DJL's services registered. */
    private static NDManager manager(Device device) {
        DjlServices.register();
        try (DjlServices.Scope ignored = DjlServices.visible()) {
            return EngineStart.newManager(device);
        }
    }

    /**
     * Wraps a model that is being trained.
     *
     * @param model the model, which the caller closes
     * @param config its description
     * @param name its name in recipes
     * @param device where it is
     * @return a generator that does not own the model
     */
    public static ImageGenerator over(
            Backbone model, CheckpointConfig config, String name, Device device) {
        return of(
                EngineStart.newManager(device),
                model,
                config,
                name,
                "",
                Precision.FLOAT32,
                TextEncoderSource.NAMED,
                CodecSource.NAMED);
    }

    /**
     * Wraps a model that is being trained, with an encoder of prompts.
     *
     * @param model the model, which the caller closes
     * @param config its description
     * @param name its name in recipes
     * @param device where it is
     * @param encoder of the model's prompts, closed with the generator
     * @return a generator that does not own the model
     */
    public static ImageGenerator over(
            Backbone model,
            CheckpointConfig config,
            String name,
            Device device,
            ConditionEncoder encoder) {
        return new ImageGenerator(
                EngineStart.newManager(device),
                model,
                config,
                name,
                "",
                Precision.FLOAT32,
                Optional.empty(),
                encoder,
                CodecSource.NAMED);
    }

    /**
     * Wraps a model that was loaded from a checkpoint.
     *
     * @param model the model, which the caller closes
     * @param config its description
     * @param name its name in recipes
     * @param weightsHash SHA-256 of its weights, for recipes
     * @param textEncoder source of the text encoder, loaded when the first text is encoded
     * @param codec source of the codec, loaded when the first sample is decoded
     * @param parent on the device to compute on; when it is closed, so is the generator
     * @return a generator that does not own the model
     */
    public static ImageGenerator over(
            Backbone model,
            CheckpointConfig config,
            String name,
            String weightsHash,
            TextEncoderSource textEncoder,
            CodecSource codec,
            NDManager parent) {
        return of(
                parent.newSubManager(),
                model,
                config,
                name,
                weightsHash,
                Precision.FLOAT32,
                textEncoder,
                codec);
    }

    /**
     * Returns the description of the model.
     *
     * @return the checkpoint's description
     */
    public CheckpointConfig config() {
        return config;
    }

    /**
     * Generates images.
     *
     * @param request what to generate; its listener is called with the progress on this thread
     * @return one image a subject, in order
     * @throws InvalidRequestException if the model has not the class or size asked for, or cannot
     *     be guided
     */
    public List<GeneratedImage> generate(GenerationRequest request) {
        Resolved resolved = resolve(request);
        if (texts.isPresent() && TextPrompts.inWords(resolved.prompts())) {
            texts.get()
                    .notes(resolved.prompts(), resolved.guidance().guides())
                    .forEach(request.listener()::noticed);
        }
        return generate(resolved, request.listener());
    }

    /**
     * Generates images.
     *
     * @param request what to generate
     * @param listener called with the progress on this thread, instead of the request's own
     * @return one image a subject, in order
     * @throws InvalidRequestException if the model has not the class or size asked for, or cannot
     *     be guided
     */
    public List<GeneratedImage> generate(GenerationRequest request, GenerationListener listener) {
        return generate(request.withListener(listener));
    }

    private List<GeneratedImage> generate(Resolved request, GenerationListener listener) {
        int count = request.count();
        int atOnce = request.sampler().adaptive() ? 1 : request.batchSize();
        List<GeneratedImage> images = new ArrayList<>(count);
        for (int batch = 0; images.size() < count; ) {
            int first = images.size();
            int last = Math.min(first + atOnce, count);
            int before = batch;
            int batches = batch + (count - first + atOnce - 1) / atOnce;
            AtomicBoolean begun = new AtomicBoolean();
            StepListener steps =
                    step -> {
                        begun.set(true);
                        listener.progress(
                                before * step.total() + step.index(), batches * step.total());
                        if (listener.wantsPreviews() && decoder.isThere()) {
                            listener.preview(first, step.index(), pictures(step.x()));
                        }
                    };
            List<GeneratedImage> done;
            try {
                done = sample(request, first, last, listener, steps);
            } catch (EngineException | OutOfMemoryError e) {
                // fewer at once take less memory and give the same pictures
                if (last - first == 1 || begun.get() || !MemoryExhaustion.caused(e)) {
                    throw e;
                }
                atOnce = (last - first) / 2;
                continue;
            }
            batch++;
            images.addAll(done);
            listener.finished(first, done);
        }
        return images;
    }

    private List<GeneratedImage> sample(
            Resolved request,
            int first,
            int last,
            GenerationListener listener,
            StepListener steps) {
        Optional<AttentionRecorder> looking =
                listener.wantsAttention()
                        ? Optional.of(recorder(request.prompts(), last - first))
                        : Optional.empty();
        Counter counter = guided -> listener.evaluated(last - first, guided);
        long[] seeds = LongStream.range(first, last).map(i -> request.seed() + i).toArray();
        try (NDManager scope = manager.newSubManager()) {
            NDArray noise =
                    SeededNoise.start(
                            scope,
                            config.model().sample().shape(),
                            seeds); // (B, C, H, W) or (B, F, C, H, W)
            DiffusionProcess process = config.process();
            NDArray x =
                    request.sampler()
                            .sample(
                                    guided(scope, request, first, last, looking, counter),
                                    process,
                                    Start.from(process, noise),
                                    SeededNoise.steps(seeds),
                                    steps);
            looking.ifPresent(
                    recorder ->
                            listener.attention(
                                    first, recorder.maps(tokenPositions(request, first, last))));
            return request.latents() ? latents(request, first, x) : pictures(request, first, x);
        }
    }

    private List<GeneratedImage> pictures(Resolved request, int first, NDArray x) {
        List<List<BufferedImage>> frames = decoder.frames(x);
        return IntStream.range(0, frames.size())
                .mapToObj(i -> new GeneratedImage(frames.get(i), recipe(request, first + i)))
                .toList();
    }

    private List<GeneratedImage> latents(Resolved request, int first, NDArray x) {
        SampleShape shape = config.model().sample();
        float[] values = x.toFloatArray();
        return IntStream.range(0, values.length / shape.size())
                .mapToObj(
                        i ->
                                new GeneratedImage(
                                        List.of(),
                                        recipe(request, first + i),
                                        Optional.of(
                                                new Latent(
                                                        shape,
                                                        Arrays.copyOfRange(
                                                                values,
                                                                i * shape.size(),
                                                                (i + 1) * shape.size())))))
                .toList();
    }

    /**
     * Starts to record cross-attention.
     *
     * @throws InvalidRequestException if there is no prompt in words
     */
    private AttentionRecorder recorder(List<Prompt> prompts, int images) {
        if (texts.isEmpty() || !TextPrompts.inWords(prompts)) {
            throw new InvalidRequestException(
                    "attention maps are of the words of a prompt; %s was not given one"
                            .formatted(name));
        }
        return new AttentionRecorder(config.model().sample(), images, texts.get().tokens());
    }

    private List<List<PromptWords.Placed>> tokenPositions(Resolved request, int first, int last) {
        return request.prompts().subList(first, last).stream()
                .map(texts.orElseThrow()::placed)
                .toList();
    }

    /**
     * Called at every evaluation of the model, with whether it was with and without the condition.
     */
    @FunctionalInterface
    private interface Counter {

        void evaluated(boolean guided);
    }

    /** The model with its condition filled in, guided by the null one where guidance works. */
    private Denoiser guided(
            NDManager scope,
            Resolved request,
            int first,
            int last,
            Optional<AttentionRecorder> looking,
            Counter counter) {
        Pass listening = looking.map(pass::withAttention).orElse(pass);
        List<Prompt> prompts = request.prompts().subList(first, last);
        Condition wanted = encoder.encode(scope, prompts);
        Denoiser conditional = conditioned(listening, wanted, () -> counter.evaluated(false));
        if (guide != null && request.guidance().guides()) {
            Denoiser weaker = guide.conditioned(guide.pass, wanted, () -> counter.evaluated(false));
            return Guidance.of(conditional, weaker, config.process(), request.guidance());
        }
        if (wanted.isNone() || !request.guidance().guides()) {
            return conditional;
        }
        Condition both = wanted.concat(encoder.none(scope, prompts)); // (2B, …)
        Denoiser twice = conditioned(listening, both, () -> counter.evaluated(true));
        return Guidance.batched(twice, conditional, config.process(), request.guidance());
    }

    private Denoiser conditioned(Pass listening, Condition condition, Runnable evaluated) {
        return new ModelDenoiser(
                (x, t) -> {
                    NDArray output = model.forward(listening, x, t, condition);
                    evaluated.run();
                    return output;
                },
                config.process());
    }

    /**
     * A request with all defaults filled in.
     *
     * @param prompts the prompt of each sample
     * @param seed the first sample's seed
     * @param sampler how to solve from noise to data
     * @param guidance scale and interval of the guidance
     * @param batchSize how many samples are computed at once
     * @param latents whether samples are wanted without decoding
     */
    private record Resolved(
            List<Prompt> prompts,
            long seed,
            Sampler sampler,
            GuidanceStrength guidance,
            int batchSize,
            boolean latents) {

        int count() {
            return prompts.size();
        }
    }

    private Resolved resolve(GenerationRequest request) {
        if (!request.latents()) {
            requireCodec();
        }
        SampleShape shown = request.latents() ? config.model().sample() : decoder.pixels();
        PictureSize own = new PictureSize(shown.height(), shown.width());
        if (request.size() != null && !request.size().equals(own)) {
            throw new InvalidRequestException(
                    "%s makes pictures of %s, not %s".formatted(name, own, request.size()));
        }
        GuidanceStrength guidance = request.guidance().with(config.sampling().guidance());
        encoder.require(request.prompts(), guide == null && guidance.guides());
        return new Resolved(
                request.prompts(),
                request.seed(),
                request.sampler().with(config.sampling()),
                guidance,
                request.batchSize(),
                request.latents());
    }

    /**
     * Refuses to decode samples without a codec.
     *
     * @throws InvalidRequestException if the checkpoint names no codec and none was given, or it is
     *     not here
     */
    public void requireCodec() {
        decoder.require();
    }

    /** Returns one picture a sample, of a video all its frames. */
    private List<BufferedImage> pictures(NDArray x) {
        return decoder.frames(x).stream()
                .map(frames -> frames.size() == 1 ? frames.get(0) : ImageGrid.of(frames))
                .toList();
    }

    private Recipe recipe(Resolved request, int image) {
        return new Recipe(
                name,
                weightsHash,
                facts(request, image),
                request.seed() + image,
                request.sampler().label(),
                request.sampler().steps(),
                request.sampler().spec().options(),
                request.guidance(),
                precision);
    }

    private Map<String, String> facts(Resolved request, int image) {
        Map<String, String> facts =
                new LinkedHashMap<>(encoder.facts(request.prompts().get(image)));
        if (guide != null && request.guidance().guides()) {
            facts.put("guide", guide.name);
            facts.put("guide_sha256", guide.weightsHash);
        }
        if (!request.latents()) {
            facts.putAll(decoder.facts());
        }
        return facts;
    }

    /** Frees the generator's arrays, and the model where the generator loaded it. */
    @Override
    public void close() {
        if (guide != null) {
            guide.close();
        }
        encoder.close();
        decoder.close();
        manager.close();
    }
}
