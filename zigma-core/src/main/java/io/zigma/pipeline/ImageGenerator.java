package io.zigma.pipeline;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.zigma.backbone.Backbone;
import io.zigma.base.GradientMode;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.condition.ConditionEncoder;
import io.zigma.condition.InvalidRequestException;
import io.zigma.condition.Prompt;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.engine.EngineStart;
import io.zigma.op.Precision;
import io.zigma.op.PrecisionTrial;
import io.zigma.sampler.Denoiser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Generates images or videos with a trained model.
 *
 * <p>Image i depends on its own seed and class or text only, not on its neighbours in a batch. A
 * generator may be used from several threads at once.
 */
public final class ImageGenerator implements AutoCloseable {

    private final GeneratorModel model;
    private final Guides guides;

    private ImageGenerator(GeneratorModel model, Guides guides) {
        this.model = model;
        this.guides = guides;
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
        if (!model.isLike(weaker.model)) {
            throw new InvalidRequestException(
                    "%s cannot guide %s: a guide has the same samples, conditions and process; use an earlier checkpoint of the same training"
                            .formatted(weaker.model.name(), model.name()));
        }
        return new ImageGenerator(model, guides.with(weaker));
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
        chosen.requireFits(model.config(), model.name());
        return new ImageGenerator(model, guides.with(chosen));
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
        return load(checkpoint, device, LoadOptions.DEFAULT);
    }

    /**
     * Loads a checkpoint in some precision, or with a text encoder or codec from elsewhere.
     *
     * @param checkpoint an opened folder
     * @param device where to compute
     * @param options precision, text encoder and codec
     * @return a generator that owns the model
     * @throws IOException if the weights are missing or damaged
     * @throws IllegalArgumentException if the device has not that precision
     */
    public static ImageGenerator load(
            CheckpointFolder checkpoint, Device device, LoadOptions options) throws IOException {
        options.precision().require(device);
        NDManager manager = manager(device);
        try {
            Path place = checkpoint.path().toAbsolutePath().normalize();
            Backbone backbone = checkpoint.loadModel(manager);
            backbone.setPrecision(options.precision());
            return new ImageGenerator(
                    GeneratorModel.of(
                            manager,
                            backbone,
                            checkpoint.config(),
                            String.valueOf(place.getFileName()),
                            checkpoint.weightsHash(),
                            options.precision(),
                            options.textEncoder().beside(place),
                            options.codec().beside(place)),
                    Guides.NONE);
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
        return new ImageGenerator(
                GeneratorModel.of(
                        EngineStart.newManager(device),
                        model,
                        config,
                        name,
                        "",
                        Precision.FLOAT32,
                        TextEncoderSource.NAMED,
                        CodecSource.NAMED),
                Guides.NONE);
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
                GeneratorModel.inTraining(
                        EngineStart.newManager(device), model, config, name, encoder),
                Guides.NONE);
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
        return new ImageGenerator(
                GeneratorModel.of(
                        parent.newSubManager(),
                        model,
                        config,
                        name,
                        weightsHash,
                        Precision.FLOAT32,
                        textEncoder,
                        codec),
                Guides.NONE);
    }

    /**
     * Returns the description of the model.
     *
     * @return the checkpoint's description
     */
    public CheckpointConfig config() {
        return model.config();
    }

    /** Returns the model that generates. */
    GeneratorModel model() {
        return model;
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
        if (model.precision() == Precision.FLOAT32) {
            return 1;
        }
        ResolvedRequest resolved = ResolvedRequest.of(request, model, guides);
        int images = Math.min(resolved.count(), resolved.batchSize());
        List<Prompt> prompts = resolved.prompts().subList(0, images);
        DiffusionProcess process = model.process();
        double middle = (process.start() + process.end()) / 2;
        try (NDManager scope = model.manager().newSubManager()) {
            NDArray x = // (B, C, H, W) or (B, F, C, H, W)
                    resolved.noise(0, images).start(scope, model.sample().shape());
            Denoiser denoiser =
                    model.denoiser(model.pass(), model.encoder().encode(scope, prompts), () -> {});
            return PrecisionTrial.ratio(
                    model.precision(),
                    compared -> {
                        model.backbone().setPrecision(compared); // rounds the weights
                        return () -> GradientMode.off(() -> denoiser.at(x, middle));
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
        ResolvedRequest resolved = ResolvedRequest.of(request, model, guides);
        if (model.texts().isPresent() && TextPrompts.inWords(resolved.prompts())) {
            model.texts()
                    .get()
                    .notes(resolved.prompts(), resolved.guidance().guides())
                    .forEach(request.listener()::noticed);
        }
        return new Generation(resolved).run();
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

    /**
     * Refuses to decode samples without a codec.
     *
     * @throws InvalidRequestException if the checkpoint names no codec and none was given, or it is
     *     not here
     */
    public void requireCodec() {
        model.decoder().require();
    }

    /** Frees the generator's arrays, its guides, and the model where the generator loaded it. */
    @Override
    public void close() {
        guides.close();
        model.close();
    }
}
