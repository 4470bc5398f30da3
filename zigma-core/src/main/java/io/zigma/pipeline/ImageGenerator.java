package io.zigma.pipeline;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.zigma.backbone.zigma.Denoiser;
import io.zigma.backbone.zigma.ZigMaConfig;
import io.zigma.base.Canvas;
import io.zigma.checkpoint.CheckpointConfig;
import io.zigma.checkpoint.CheckpointFolder;
import io.zigma.diffusion.GuidanceStrength;
import io.zigma.media.ImageGrid;
import io.zigma.media.PictureSize;
import io.zigma.media.Pixels;
import io.zigma.op.MemoryExhaustion;
import io.zigma.op.Precision;
import io.zigma.sampler.Guidance;
import io.zigma.sampler.ModelFunction;
import io.zigma.sampler.Sampler;
import io.zigma.sampler.SeededNoise;
import io.zigma.sampler.StepListener;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    private final Denoiser model;
    private final ParameterStore parameters;
    private final CheckpointConfig config;
    private final String name;
    private final String weightsHash;
    private final Precision precision;

    private ImageGenerator(
            NDManager manager,
            Denoiser model,
            CheckpointConfig config,
            String name,
            String weightsHash,
            Precision precision) {
        this.manager = manager;
        this.model = model;
        this.parameters = new ParameterStore(manager, false);
        this.config = config;
        this.name = name;
        this.weightsHash = weightsHash;
        this.precision = precision;
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
     * @param precision what large matrix products are taken in
     * @return a generator that owns the model
     * @throws IOException if the weights are missing or damaged
     * @throws IllegalArgumentException if the device has not that precision
     */
    public static ImageGenerator load(
            CheckpointFolder checkpoint, Device device, Precision precision) throws IOException {
        precision.require(device);
        NDManager manager = NDManager.newBaseManager(device);
        try {
            Path place = checkpoint.path().toAbsolutePath().normalize();
            Denoiser model = checkpoint.loadModel(manager);
            model.setPrecision(precision);
            return new ImageGenerator(
                    manager,
                    model,
                    checkpoint.config(),
                    String.valueOf(place.getFileName()),
                    checkpoint.weightsHash(),
                    precision);
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Wraps a model that is being trained.
     *
     * @param model the model, which stays the caller's
     * @param config what it is
     * @param name its name in recipes
     * @param device where it is
     * @return a generator that does not own the model
     */
    public static ImageGenerator over(
            Denoiser model, CheckpointConfig config, String name, Device device) {
        return new ImageGenerator(
                NDManager.newBaseManager(device), model, config, name, "", Precision.FLOAT32);
    }

    /**
     * Wraps a model that somebody else has loaded from a checkpoint.
     *
     * @param model the model, which stays the caller's
     * @param config what it is
     * @param name its name in recipes
     * @param weightsHash SHA-256 of its weights, for recipes
     * @param parent on the device to compute on; when it is closed, so is the generator
     * @return a generator that does not own the model
     */
    public static ImageGenerator over(
            Denoiser model,
            CheckpointConfig config,
            String name,
            String weightsHash,
            NDManager parent) {
        return new ImageGenerator(
                parent.newSubManager(), model, config, name, weightsHash, Precision.FLOAT32);
    }

    /**
     * Returns what the model is.
     *
     * @return the checkpoint's description
     */
    public CheckpointConfig config() {
        return config;
    }

    /**
     * Generates images.
     *
     * @param request what to generate; its listener hears of progress on this thread
     * @return one image a subject, in order
     * @throws InvalidRequestException if the model has not the class or size asked for, or cannot
     *     be guided
     */
    public List<GeneratedImage> generate(GenerationRequest request) {
        return generate(settle(request), request.listener());
    }

    /**
     * Generates images.
     *
     * @param request what to generate
     * @param listener hears of progress on this thread, instead of the request's own
     * @return one image a subject, in order
     * @throws InvalidRequestException if the model has not the class or size asked for, or cannot
     *     be guided
     */
    public List<GeneratedImage> generate(GenerationRequest request, GenerationListener listener) {
        return generate(request.withListener(listener));
    }

    private List<GeneratedImage> generate(Settled request, GenerationListener listener) {
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
                        if (listener.wantsPreviews()) {
                            listener.preview(first, step.index(), pictures(step.x()));
                        }
                    };
            List<GeneratedImage> done;
            try {
                done =
                        sample(
                                request,
                                first,
                                last,
                                guided -> listener.evaluated(last - first, guided),
                                steps);
            } catch (EngineException | OutOfMemoryError e) {
                // fewer at once take less memory and are the same pictures
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
            Settled request, int first, int last, Counter counter, StepListener listener) {
        ZigMaConfig shape = config.model();
        long[] seeds = LongStream.range(first, last).map(i -> request.seed() + i).toArray();
        try (NDManager scope = manager.newSubManager()) {
            NDArray noise =
                    SeededNoise.start(
                            scope,
                            shape.canvas().shape(),
                            seeds); // (B, C, H, W) or (B, F, C, H, W)
            ModelFunction guided = guided(scope, request, first, last, counter);
            NDArray x =
                    request.sampler()
                            .sample(
                                    guided,
                                    config.prediction(),
                                    config.interpolant().interpolant(),
                                    noise,
                                    SeededNoise.steps(seeds),
                                    listener);
            List<List<BufferedImage>> frames = frames(x);
            return IntStream.range(first, last)
                    .mapToObj(i -> new GeneratedImage(frames.get(i - first), recipe(request, i)))
                    .toList();
        }
    }

    /**
     * Hears of every evaluation of the model, and whether it was with and without the condition.
     */
    @FunctionalInterface
    private interface Counter {

        void evaluated(boolean guided);
    }

    /** The model with its condition filled in, guided by the null one where guidance works. */
    private ModelFunction guided(
            NDManager scope, Settled request, int first, int last, Counter counter) {
        NDArray wanted = request.told().wanted(scope, first, last);
        ModelFunction conditional = conditioned(wanted, () -> counter.evaluated(false));
        if (wanted == null || !request.guidance().guides()) {
            return conditional;
        }
        NDArray both = wanted.concat(request.told().none(scope, first, last)); // (2B, …)
        ModelFunction twice = conditioned(both, () -> counter.evaluated(true));
        return Guidance.batched(twice, conditional, request.guidance());
    }

    private ModelFunction conditioned(@Nullable NDArray condition, Runnable evaluated) {
        return (x, t) -> {
            NDArray predicted = model.predict(parameters, x, t, condition, false);
            evaluated.run();
            return predicted;
        };
    }

    /**
     * A request with nothing left open.
     *
     * @param told what the model is told of each image
     * @param count how many images
     * @param seed the first image's seed
     * @param sampler how to solve from noise to data
     * @param guidance how hard to follow what it is told, and when
     * @param batchSize how many images are computed at once
     */
    private record Settled(
            Told told,
            int count,
            long seed,
            Sampler sampler,
            GuidanceStrength guidance,
            int batchSize) {}

    private Settled settle(GenerationRequest request) {
        PictureSize own =
                new PictureSize(config.model().imageHeight(), config.model().imageWidth());
        if (request.size() != null && !request.size().equals(own)) {
            throw new InvalidRequestException(
                    "%s makes pictures of %s, not %s".formatted(name, own, request.size()));
        }
        GuidanceStrength guidance = request.guidance().with(config.sampling().guidance());
        return new Settled(
                Told.of(request.subjects(), guidance.guides(), config, name),
                request.subjects().size(),
                request.seed(),
                request.sampler().with(config.sampling()),
                guidance,
                request.batchSize());
    }

    /** Returns one picture a sample, of a video all its frames. */
    private List<BufferedImage> pictures(NDArray x) {
        return frames(x).stream()
                .map(frames -> frames.size() == 1 ? frames.get(0) : ImageGrid.of(frames))
                .toList();
    }

    /** Returns the frames of every sample of x, one of an image. */
    private List<List<BufferedImage>> frames(NDArray x) {
        Canvas canvas = config.model().canvas();
        float[] values = x.toFloatArray();
        int size = canvas.channels() * canvas.height() * canvas.width();
        List<BufferedImage> all =
                IntStream.range(0, values.length / size)
                        .mapToObj(
                                i ->
                                        Pixels.picture(
                                                Arrays.copyOfRange(
                                                        values, i * size, (i + 1) * size),
                                                canvas.channels(),
                                                canvas.height(),
                                                canvas.width()))
                        .toList();
        int each = canvas.frames();
        return IntStream.range(0, all.size() / each)
                .mapToObj(i -> all.subList(i * each, (i + 1) * each))
                .toList();
    }

    private Recipe recipe(Settled request, int image) {
        return new Recipe(
                name,
                weightsHash,
                request.told().label(image),
                request.told().textHash(image),
                request.seed() + image,
                request.sampler().label(),
                request.sampler().steps(),
                request.guidance(),
                precision);
    }

    /** Frees the generator's arrays, and the model where the generator loaded it. */
    @Override
    public void close() {
        manager.close();
    }
}
