package io.zigma.pipeline;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.Backbone;
import io.zigma.base.GradientMode;
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
import io.zigma.op.PrecisionTrial;
import io.zigma.sampler.Denoiser;
import io.zigma.sampler.Guidance;
import io.zigma.sampler.Inpainting;
import io.zigma.sampler.ModelDenoiser;
import io.zigma.sampler.NoiseSource;
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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
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
    private final @Nullable ClassifierGuide classifier;

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
        this.classifier = null;
    }

    private ImageGenerator(
            ImageGenerator generator,
            @Nullable ImageGenerator guide,
            @Nullable ClassifierGuide classifier) {
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
        this.classifier = classifier;
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
        return new ImageGenerator(this, weaker, classifier);
    }

    /**
     * Has a classifier of noisy pictures guide the model, beside any other guidance (Dhariwal and
     * Nichol 2021, section 4).
     *
     * @param chosen the classifier and how strongly it guides; it becomes the result's
     * @return a generator in the place of this one, which owns what this one owns
     * @throws InvalidRequestException if the classifier does not know the model's pictures or noise
     */
    public ImageGenerator guidedBy(ClassifierGuide chosen) {
        chosen.requireFits(config, name);
        return new ImageGenerator(this, guide, chosen);
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
     * Measures how long an evaluation of the model takes in this generator's precision, as a
     * multiple of one in float32. A processor may have instructions for bfloat16 and be slower with
     * them. It takes eight evaluations.
     *
     * @param request says how many samples are evaluated at once, and with which prompts
     * @return 1 for float32, where nothing is measured; below 1 where the precision is faster
     * @throws InvalidRequestException if {@link #generate(GenerationRequest)} would refuse it
     */
    public double timeBesideFloat32(GenerationRequest request) {
        if (precision == Precision.FLOAT32) {
            return 1;
        }
        Resolved resolved = resolve(request);
        int images = Math.min(resolved.count(), resolved.batchSize());
        List<Prompt> prompts = resolved.prompts().subList(0, images);
        DiffusionProcess process = config.process();
        double middle = (process.start() + process.end()) / 2;
        try (NDManager scope = manager.newSubManager()) {
            NDArray x = // (B, C, H, W) or (B, F, C, H, W)
                    BatchNoise.of(resolved.noise(), resolved.seed(), 0, images, images)
                            .start(scope, config.model().sample().shape());
            Denoiser model = conditioned(pass, encoder.encode(scope, prompts), () -> {});
            return PrecisionTrial.ratio(
                    precision,
                    compared -> {
                        this.model.setPrecision(compared); // rounds the weights
                        return () -> GradientMode.off(() -> model.at(x, middle));
                    });
        }
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
        if (request.editing().filter(PictureEditing::changesNothing).isPresent()) {
            return unchanged(request, listener);
        }
        int count = request.count();
        int atOnce = request.sampler().adaptive() ? 1 : request.batchSize();
        List<GeneratedImage> images = new ArrayList<>(count);
        for (int batch = 0; images.size() < count; ) {
            int first = images.size();
            int last = Math.min(first + atOnce, count);
            int batches = batch + (count - first + atOnce - 1) / atOnce;
            BatchProgress progress =
                    new BatchProgress(listener, first, batch, batches, phases(request));
            List<GeneratedImage> done;
            try {
                done = sample(request, first, last, listener, progress);
            } catch (EngineException | OutOfMemoryError e) {
                // fewer at once take less memory and give the same pictures
                if (last - first == 1 || progress.begun() || !MemoryExhaustion.caused(e)) {
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

    /** An inversion comes before the sampling, the windows of an extension after it. */
    private int phases(Resolved request) {
        Extension extension = request.extension();
        return (request.inverts() ? 2 : 1)
                + (extension == null ? 0 : extension.windows(config.model().sample().frames()));
    }

    /** Gives the picture back that was to be changed by nothing. */
    private List<GeneratedImage> unchanged(Resolved request, GenerationListener listener) {
        PictureEditing editing = request.editing().orElseThrow();
        if (listener.wantsAttention()) {
            throw new InvalidRequestException(
                    "the picture comes back as it is, so the model attends to nothing; give more strength, or a mask with white in it");
        }
        List<GeneratedImage> images = new ArrayList<>();
        try (NDManager scope = manager.newSubManager()) {
            NDArray x = editing.data(scope, request.count());
            images.addAll(request.latents() ? latents(request, 0, x) : pictures(request, 0, x));
        }
        if (listener.wantsPreviews() && !request.latents()) {
            listener.preview(0, 1, images.stream().map(GeneratedImage::picture).toList());
        }
        listener.finished(0, images);
        return images;
    }

    /** Reports the steps of one batch among all, and those of its inversion before them. */
    private final class BatchProgress {

        private final GenerationListener listener;
        private final int first;
        private final int batch;
        private final int batches;
        private final int phases;
        private boolean begun;

        BatchProgress(GenerationListener listener, int first, int batch, int batches, int phases) {
            this.listener = listener;
            this.first = first;
            this.batch = batch;
            this.batches = batches;
            this.phases = phases;
        }

        boolean begun() {
            return begun;
        }

        /** Hears the steps from data to noise. */
        StepListener inversion() {
            return step -> report(0, step);
        }

        /** Hears the steps of a later window, from 1. */
        StepListener window(int number) {
            return step -> report(number, step);
        }

        /** Hears the steps from noise to data. */
        StepListener sampling(boolean inverted) {
            return step -> {
                report(inverted ? 1 : 0, step);
                if (listener.wantsPreviews() && decoder.isThere()) {
                    listener.preview(
                            first,
                            step.index(),
                            step.index() < step.total()
                                    ? previews(step.x())
                                    : ImageGenerator.this.pictures(step.x()));
                }
            };
        }

        private void report(int phase, StepListener.Step step) {
            begun = true;
            listener.progress(
                    (batch * phases + phase) * step.total() + step.index(),
                    batches * phases * step.total());
        }
    }

    private List<GeneratedImage> sample(
            Resolved request,
            int first,
            int last,
            GenerationListener listener,
            BatchProgress progress) {
        Optional<AttentionRecorder> looking =
                listener.wantsAttention()
                        ? Optional.of(recorder(request.prompts(), last - first))
                        : Optional.empty();
        Counter counter = guided -> listener.evaluated(last - first, guided);
        BatchNoise chosen =
                BatchNoise.of(request.noise(), request.seed(), first, last, request.count());
        DiffusionProcess process = config.process();
        try (NDManager scope = manager.newSubManager()) {
            // (B, C, H, W) or (B, F, C, H, W)
            NDArray noise = chosen.start(scope, config.model().sample().shape());
            Denoiser model = between(scope, request, first, last, looking, counter, chosen);
            Optional<Inpainting> inpainting =
                    request.editing().flatMap(editing -> editing.inpainting(model, process, noise));
            Start start =
                    request.inverts()
                            ? inverted(scope, request, last - first, counter, progress)
                            : request.editing()
                                    .map(editing -> editing.start(process, noise))
                                    .orElseGet(() -> Start.from(process, noise));
            NDArray x =
                    solved(
                            request,
                            inpainting.<Denoiser>map(part -> part).orElse(model),
                            start,
                            chosen.steps(),
                            progress,
                            progress.sampling(request.inverts()));
            looking.ifPresent(
                    recorder ->
                            listener.attention(
                                    first, recorder.maps(tokenPositions(request, first, last))));
            if (request.latents()) {
                return latents(request, first, inpainting.map(part -> part.paste(x)).orElse(x));
            }
            List<GeneratedImage> images = pictures(request, first, x);
            return request.extension() == null
                    ? images
                    : extended(request, first, images, x, chosen, counter, progress);
        }
    }

    /**
     * Continues videos window by window: the last frames of what is there are known, and the model
     * fills the rest of its length. Frames that are there stay as they are.
     *
     * @param images what was made of x
     * @param x the first window (B, F, C, H, W), on the manager of what is sampled
     */
    private List<GeneratedImage> extended(
            Resolved request,
            int first,
            List<GeneratedImage> images,
            NDArray x,
            BatchNoise chosen,
            Counter counter,
            BatchProgress progress) {
        Extension extension = Objects.requireNonNull(request.extension());
        SampleShape sample = config.model().sample();
        int length = sample.frames();
        int kept = extension.kept(length);
        List<List<BufferedImage>> frames =
                images.stream()
                        .<List<BufferedImage>>map(image -> new ArrayList<>(image.frames()))
                        .toList();
        NDArray before = x;
        for (int window = 1; window <= extension.windows(length); window++) {
            try (NDManager scope = x.getManager().newSubManager()) {
                BatchNoise own = chosen.ofWindow(window);
                NDArray noise = own.start(scope, sample.shape());
                Denoiser model =
                        between(
                                scope,
                                request,
                                first,
                                first + images.size(),
                                Optional.empty(),
                                counter,
                                own);
                Inpainting continued =
                        new Inpainting(
                                model,
                                config.process(),
                                known(scope, before, kept),
                                knownFrames(scope, length, kept),
                                noise);
                NDArray made =
                        continued.paste(
                                solved(
                                        request,
                                        continued,
                                        Start.from(config.process(), noise),
                                        own.steps(),
                                        progress,
                                        progress.window(window)));
                List<List<BufferedImage>> decoded = decoder.frames(made);
                for (int i = 0; i < decoded.size(); i++) {
                    int missing = length + extension.frames() - frames.get(i).size();
                    int last = Math.min(length, kept + missing);
                    frames.get(i).addAll(decoded.get(i).subList(kept, last));
                }
                made.attach(x.getManager());
                if (before != x) {
                    before.close();
                }
                before = made;
            }
        }
        return IntStream.range(0, images.size())
                .mapToObj(i -> new GeneratedImage(frames.get(i), images.get(i).recipe()))
                .toList();
    }

    /** Returns the last frames of videos as the first of others, whose rest is 0 (B, F, …). */
    private static NDArray known(NDManager scope, NDArray videos, int kept) {
        Shape shape = videos.getShape();
        long frames = shape.get(1);
        float[] from = videos.toFloatArray();
        float[] to = new float[from.length];
        int each = from.length / (int) shape.get(0);
        int frame = each / (int) frames;
        for (int clip = 0; clip < from.length; clip += each) {
            System.arraycopy(from, clip + each - kept * frame, to, clip, kept * frame);
        }
        return scope.create(to, shape);
    }

    /** Returns 1 for the first frames and 0 for the others (1, F, 1, 1, 1). */
    private static NDArray knownFrames(NDManager scope, int frames, int kept) {
        float[] known = new float[frames];
        Arrays.fill(known, 0, kept, 1);
        return scope.create(known, new Shape(1, frames, 1, 1, 1));
    }

    private NDArray solved(
            Resolved request,
            Denoiser model,
            Start start,
            NoiseSource steps,
            BatchProgress progress,
            StepListener listener) {
        try {
            return request.sampler().sample(model, config.process(), start, steps, listener);
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

    /** The noise that the picture comes from, found with the prompt that it shows, unguided. */
    private Start inverted(
            NDManager scope, Resolved request, int count, Counter counter, BatchProgress progress) {
        DiffusionProcess process = config.process();
        PictureEditing editing = request.editing().orElseThrow();
        Condition shown = encoder.encode(scope, List.of(Objects.requireNonNull(request.shown())));
        NDArray noise =
                request.sampler()
                        .inversion()
                        .orElseThrow()
                        .sample(
                                conditioned(pass, shown, () -> counter.evaluated(false)),
                                process,
                                new Start(editing.data(scope, 1), process.end()),
                                SeededNoise.steps(0),
                                progress.inversion());
        return new Start(noise.repeat(0, count), process.start()); // (B, C, H, W)
    }

    private List<GeneratedImage> pictures(Resolved request, int first, NDArray x) {
        List<List<BufferedImage>> frames = decoder.frames(x);
        request.editing().ifPresent(editing -> frames.forEach(own -> editing.paste(own.get(0))));
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

    /** The model with its condition, between that and another where one is given. */
    private Denoiser between(
            NDManager scope,
            Resolved request,
            int first,
            int last,
            Optional<AttentionRecorder> looking,
            Counter counter,
            BatchNoise chosen) {
        List<Prompt> prompts = request.prompts().subList(first, last);
        Denoiser near = guided(scope, request, prompts, looking, counter);
        Prompt towards = request.noise().towards();
        if (classifier != null) {
            return classifier.guide(
                    near, config, scope, classifier.classes(prompts, config.labels()));
        }
        if (towards == null) {
            return near;
        }
        List<Prompt> others = Collections.nCopies(prompts.size(), towards);
        Denoiser far = guided(scope, request, others, Optional.empty(), counter);
        double[] fractions = chosen.fractions();
        return (x, t) -> far.at(x, t).mixed(near.at(x, t), fractions);
    }

    /** The model with its condition filled in, guided by the null one where guidance works. */
    private Denoiser guided(
            NDManager scope,
            Resolved request,
            List<Prompt> prompts,
            Optional<AttentionRecorder> looking,
            Counter counter) {
        Pass listening = looking.map(pass::withAttention).orElse(pass);
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
     * @param noise which noise each sample starts from
     * @param editing the picture that samples are made from, if any
     * @param shown what that picture shows, for an inversion; null for none
     * @param extension how videos go on beyond the model's length; null for that length
     */
    private record Resolved(
            List<Prompt> prompts,
            long seed,
            Sampler sampler,
            GuidanceStrength guidance,
            int batchSize,
            boolean latents,
            NoiseChoice noise,
            Optional<PictureEditing> editing,
            @Nullable Prompt shown,
            @Nullable Extension extension) {

        int count() {
            return prompts.size();
        }

        boolean inverts() {
            return shown != null;
        }
    }

    private Resolved resolve(GenerationRequest request) {
        if (!request.latents()) {
            requireCodec();
        }
        SampleShape pictures = request.latents() ? config.model().sample() : decoder.pixels();
        PictureSize own = new PictureSize(pictures.height(), pictures.width());
        if (request.size() != null && !request.size().equals(own)) {
            throw new InvalidRequestException(
                    "%s makes pictures of %s, not %s".formatted(name, own, request.size()));
        }
        Edit edit = request.edit();
        if (edit != null) {
            requireCodec();
        }
        GuidanceStrength guidance = request.guidance().with(config.sampling().guidance());
        boolean needsNone = guide == null && guidance.guides();
        encoder.require(request.prompts(), needsNone);
        Prompt towards = request.noise().towards();
        if (towards != null) {
            encoder.require(List.of(towards), needsNone);
        }
        if (classifier != null) {
            classifier.classes(request.prompts(), config.labels());
            if (towards != null) {
                throw new InvalidRequestException(
                        "a classifier guides towards one class, not from one prompt to another; leave one of the two out");
            }
        }
        Extension extension = request.extension();
        if (extension != null) {
            extension.kept(config.model().sample().frames());
            if (request.latents()) {
                throw new InvalidRequestException(
                        "a video of latents has the model's length; extend it as frames");
            }
        }
        Sampler sampler = request.sampler().with(config.sampling());
        Prompt shown = edit == null ? null : edit.shown();
        if (shown != null) {
            encoder.require(List.of(shown), false);
            requireInvertible(sampler);
        }
        return new Resolved(
                request.prompts(),
                request.seed(),
                sampler,
                guidance,
                request.batchSize(),
                request.latents(),
                request.noise(),
                Optional.ofNullable(edit)
                        .map(
                                given ->
                                        PictureEditing.of(
                                                given,
                                                decoder.codec(),
                                                config.model().sample(),
                                                name)),
                shown,
                extension);
    }

    private static void requireInvertible(Sampler sampler) {
        if (sampler.inversion().isEmpty()) {
            throw new InvalidRequestException(
                    "%s adds noise in its steps, so no picture comes from one noise alone; invert with a sampler of the ODE, such as heun"
                            .formatted(sampler.spec()));
        }
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
        return together(decoder.frames(x));
    }

    /** Returns what latents look like where that is known without decoding, else the pictures. */
    private List<BufferedImage> previews(NDArray x) {
        return together(decoder.previews(x).orElseGet(() -> decoder.frames(x)));
    }

    private static List<BufferedImage> together(List<List<BufferedImage>> samples) {
        return samples.stream()
                .map(frames -> frames.size() == 1 ? frames.get(0) : ImageGrid.of(frames))
                .toList();
    }

    private Recipe recipe(Resolved request, int image) {
        return new Recipe(
                name,
                weightsHash,
                facts(request, image),
                request.noise().seeds(request.seed(), image, request.count()).seed(),
                request.sampler().label(),
                request.sampler().steps(),
                request.sampler().spec().options(),
                request.guidance(),
                precision,
                editing(request, image));
    }

    /** Describes how the noise was chosen, and what picture was changed. */
    private Map<String, String> editing(Resolved request, int image) {
        Map<String, String> facts =
                new LinkedHashMap<>(request.noise().facts(request.seed(), image, request.count()));
        Prompt towards = request.noise().towards();
        if (towards != null) {
            encoder.facts(towards)
                    .forEach((name, fact) -> facts.put(RecipeFields.TOWARDS + name, fact));
        }
        request.editing().ifPresent(editing -> facts.putAll(editing.facts()));
        Extension extension = request.extension();
        if (extension != null) {
            facts.put(RecipeFields.EXTENDED, Integer.toString(extension.frames()));
            facts.put(
                    RecipeFields.OVERLAP,
                    Integer.toString(extension.kept(config.model().sample().frames())));
        }
        if (request.shown() != null) {
            encoder.facts(request.shown())
                    .forEach((name, fact) -> facts.put(RecipeFields.SHOWN + name, fact));
        }
        return facts;
    }

    private Map<String, String> facts(Resolved request, int image) {
        Map<String, String> facts =
                new LinkedHashMap<>(encoder.facts(request.prompts().get(image)));
        if (guide != null && request.guidance().guides()) {
            facts.put("guide", guide.name);
            facts.put("guide_sha256", guide.weightsHash);
        }
        if (classifier != null) {
            facts.putAll(classifier.facts());
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
        if (classifier != null) {
            classifier.classifier().close();
        }
        encoder.close();
        decoder.close();
        manager.close();
    }
}
