package io.zigma.train.autoencoder;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import io.zigma.base.EngineMemory;
import io.zigma.base.GradientMode;
import io.zigma.base.SampleShape;
import io.zigma.checkpoint.CodecFolder;
import io.zigma.codec.DeepAutoencoder;
import io.zigma.codec.DeepAutoencoderConfig;
import io.zigma.codec.LinearAutoencoder;
import io.zigma.engine.EngineStart;
import io.zigma.io.AtomicFile;
import io.zigma.io.CheckpointException;
import io.zigma.io.SafetensorsFile;
import io.zigma.io.SafetensorsType;
import io.zigma.io.SafetensorsWriter;
import io.zigma.io.Software;
import io.zigma.nn.Pass;
import io.zigma.op.Scratch;
import io.zigma.train.card.Provenance;
import io.zigma.train.data.Batch;
import io.zigma.train.data.BatchPlan;
import io.zigma.train.data.Batches;
import io.zigma.train.data.ImageDataset;
import io.zigma.train.listen.StepReport;
import io.zigma.train.listen.TrainingListener;
import io.zigma.train.loop.DivergedException;
import io.zigma.train.optim.AdamW;
import io.zigma.train.optim.AdamWConfig;
import io.zigma.train.optim.BatchGradients;
import io.zigma.train.optim.BatchGradients.MicrobatchLoss;
import io.zigma.train.optim.BatchGradients.Result;
import io.zigma.train.optim.GradientClip;
import io.zigma.train.optim.NamedArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trains a {@link DeepAutoencoder} on random crops of pictures. It begins as the linear autoencoder
 * of the pictures' principal components; the loss is the mean absolute error of pixels and half
 * that of the steps from pixel to pixel, with noise on the latents.
 *
 * <p>The folder is a codec whenever a state was saved, its latents normalised by channel, beside
 * the state that a run goes on from. Interrupted anywhere and resumed, it ends with the same bytes
 * as if it had never stopped (on the CPU, with the same number of threads).
 */
public final class AutoencoderTraining implements AutoCloseable {

    /** The file that a run is resumed from. */
    public static final String STATE = "training.safetensors";

    private static final double LARGEST_NORM = 1;
    private static final String STEP = "step";
    private static final String SETTINGS = "settings";
    private static final String SHAPE = "codec";
    private static final String DATA = "data_sha256";
    private static final String FIRST = "first_moment.";
    private static final String SECOND = "second_moment.";

    /** Pictures that latents are normalised by, and whose colours previews are fitted to. */
    private static final int MEASURED = 256;

    private final Path folder;
    private final DeepAutoencoderConfig config;
    private final AutoencoderSettings settings;
    private final ImageDataset data;
    private final Provenance provenance;
    private final NDManager manager;
    private final DeepAutoencoder network;
    private final Map<String, NDArray> weights = new LinkedHashMap<>();
    private final Map<String, NDArray> trained = new LinkedHashMap<>();
    private final BatchGradients gradients;
    private final AdamW adamW;
    private final GradientClip clip = new GradientClip(LARGEST_NORM);
    private final Crops crops;
    private final List<TrainingListener> listeners = new ArrayList<>();

    private long step;
    private volatile boolean stopping;

    /**
     * Makes a training before its first step, or as it was saved.
     *
     * @param folder of the codec; made if it is not there
     * @param config the autoencoder's shape
     * @param settings how to train
     * @param data pictures
     * @param provenance what people will want to know
     * @param resumes whether to go on from the state in the folder
     * @param device where to compute
     * @throws IllegalArgumentException if the data is not of pictures, or they are not large enough
     *     for a crop or of other channels
     * @throws IOException if there is no state, it is damaged, or it is that of other settings
     */
    public AutoencoderTraining(
            Path folder,
            DeepAutoencoderConfig config,
            AutoencoderSettings settings,
            ImageDataset data,
            Provenance provenance,
            boolean resumes,
            Device device)
            throws IOException {
        requireFit(config, settings, data);
        settings.precision().require(device);
        this.folder = folder;
        this.config = config;
        this.settings = settings;
        this.data = data;
        this.provenance = provenance;
        crops = new Crops(data, settings);
        manager = EngineStart.newManager(device);
        network = new DeepAutoencoder(config);
        int square = config.pixelChannels() * config.factor() * config.factor();
        int c = config.latentChannels();
        network.startFrom(
                resumes
                        ? new LinearAutoencoder(
                                new float[c * square],
                                new float[c],
                                new float[c * square],
                                new float[square])
                        : PrincipalComponents.of(data, config, settings.seed()),
                settings.seed());
        network.initialize(manager);
        for (Map.Entry<String, Parameter> entry : network.namedParameters().entrySet()) {
            boolean fixed = isFixed(entry.getKey());
            entry.getValue().freeze(fixed);
            weights.put(entry.getKey(), entry.getValue().getArray());
            if (!fixed) {
                trained.put(entry.getKey(), entry.getValue().getArray());
            }
        }
        gradients = BatchGradients.inMicrobatches(network.namedParameters(), settings.recompute());
        adamW = new AdamW(AdamWConfig.DEFAULT, trained, manager);
        try {
            if (resumes) {
                restore();
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private static boolean isFixed(String name) {
        return name.startsWith(DeepAutoencoder.LINEAR)
                || name.equals(DeepAutoencoder.MEAN)
                || name.equals(DeepAutoencoder.DEVIATION);
    }

    /**
     * Refuses what does not go together.
     *
     * @param config the autoencoder's shape
     * @param settings how to train
     * @param data pictures
     * @throws IllegalArgumentException with what to change
     */
    private static void requireFit(
            DeepAutoencoderConfig config, AutoencoderSettings settings, ImageDataset data) {
        if (data.codec().isPresent()) {
            throw new IllegalArgumentException(
                    "%s holds latents; an autoencoder is trained on pictures"
                            .formatted(data.name()));
        }
        if (data.frames() > 0) {
            throw new IllegalArgumentException(
                    "%s holds clips; an autoencoder is trained on pictures".formatted(data.name()));
        }
        config.sampleOf(SampleShape.image(data.channels(), data.height(), data.width()));
        if (settings.crop() % config.factor() != 0
                || settings.crop() > Math.min(data.height(), data.width())) {
            throw new IllegalArgumentException(
                    "crops have a side that is a multiple of %s and at most that of the pictures, %s × %s, not %s"
                            .formatted(
                                    config.factor(), data.height(), data.width(), settings.crop()));
        }
    }

    /**
     * Adds a listener; before {@link #run}.
     *
     * @param listener receives every step and every saved state
     */
    public void addListener(TrainingListener listener) {
        listeners.add(listener);
    }

    /** Requests to finish the current step, save and return; any thread may call it. */
    public void stopAfterCurrentStep() {
        stopping = true;
    }

    /**
     * Returns how far the run is.
     *
     * @return steps taken
     */
    public long step() {
        return step;
    }

    /**
     * Trains to the last step, or until asked to stop.
     *
     * @return the codec as it was saved last
     * @throws DivergedException if loss or gradients are not finite any more
     * @throws IOException if a file cannot be read or written, or a listener threw it
     */
    public CodecFolder run() throws IOException {
        BatchPlan plan = new BatchPlan(settings.batchSize(), settings.seed(), settings.flip());
        if (step == settings.steps()) {
            return save();
        }
        try (Batches batches = Batches.from(data, plan, step * settings.batchSize())) {
            while (true) {
                StepReport report = take(batches.next());
                step = report.step();
                for (TrainingListener listener : listeners) {
                    listener.afterStep(report);
                }
                boolean last = step == settings.steps() || stopping;
                if (last || step % settings.saveEvery() == 0) {
                    CodecFolder saved = save();
                    if (last) {
                        return saved;
                    }
                }
            }
        }
    }

    private StepReport take(Batch batch) throws DivergedException {
        double rate = settings.schedule().rate(step);
        float[] images = crops.of(batch);
        try (NDManager scope = manager.newSubManager()) {
            Result pass =
                    gradients.of(
                            batch.size(),
                            (store, from, to) -> loss(store, images, batch, from, to),
                            scope);
            Map<String, NDArray> own = new LinkedHashMap<>(pass.gradients());
            own.keySet().retainAll(trained.keySet());
            double loss = pass.loss();
            double norm = clip.norm(own);
            if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
                throw new DivergedException(step + 1, rate, loss, norm);
            }
            clip.clip(own, norm);
            adamW.step(own, rate);
            return new StepReport(step + 1, settings.steps(), loss, norm, rate, batch.size());
        }
    }

    private NDArray loss(ParameterStore store, float[] images, Batch batch, int from, int to) {
        NDManager own = store.getManager();
        int side = settings.crop();
        int size = config.pixelChannels() * side * side;
        Pass pass = Pass.training(store).withPrecision(settings.precision());
        NDArray pixels =
                EngineMemory.copy(
                        own,
                        Arrays.copyOfRange(images, from * size, to * size),
                        new Shape(to - from, config.pixelChannels(), side, side));
        SampleShape sample = config.sampleOf(SampleShape.image(config.pixelChannels(), side, side));
        NDArray noise =
                EngineMemory.copy(
                        own,
                        crops.noise(batch.position() + from, to - from, sample.size()),
                        sample.batch(to - from));
        return Scratch.freed(
                () -> {
                    NDArray latents = network.encode(pass, pixels).add(noise); // (b, c, h, w)
                    NDArray error = network.decode(pass, latents).sub(pixels); // (b, C, H, W)
                    long all = (long) batch.size() * size;
                    long steps = all / side * (side - 1);
                    NDArray across = error.get(":, :, :, 1:").sub(error.get(":, :, :, :-1"));
                    NDArray down = error.get(":, :, 1:, :").sub(error.get(":, :, :-1, :"));
                    return MicrobatchLoss.ofMean(error.abs().sum(), all)
                            .add(MicrobatchLoss.ofMean(across.abs().sum(), 2 * steps))
                            .add(MicrobatchLoss.ofMean(down.abs().sum(), 2 * steps));
                });
    }

    private CodecFolder save() throws IOException {
        Files.createDirectories(folder);
        SafetensorsWriter state = new SafetensorsWriter();
        state.metadata(STEP, Long.toString(step))
                .metadata(SETTINGS, settings.json().toString())
                .metadata(SHAPE, config.json().toString())
                .metadata(DATA, data.contentHash());
        weights.forEach(state::array);
        adamW.firstMoments().forEach((name, array) -> state.array(FIRST + name, array));
        adamW.secondMoments().forEach((name, array) -> state.array(SECOND + name, array));
        state.write(folder.resolve(STATE));
        CodecFolder saved = writeCodec();
        for (TrainingListener listener : listeners) {
            listener.saved(step, folder);
        }
        return saved;
    }

    /** Writes the codec: latents of variance 1, weights of the networks in half precision. */
    private CodecFolder writeCodec() throws IOException {
        LatentStatistics latents = new LatentStatistics(config, data, MEASURED);
        Pass pass = Pass.inference(new ParameterStore(manager, false));
        latents.measure(
                picture -> {
                    try (NDManager scope = manager.newSubManager();
                            NDArray pixels =
                                    EngineMemory.copy(scope, picture, latents.pixels().batch(1))) {
                        return GradientMode.off(
                                () -> {
                                    try (NDArray z = network.encode(pass, pixels)) {
                                        return z.toFloatArray();
                                    }
                                });
                    }
                });
        SafetensorsWriter writer = new SafetensorsWriter();
        weights.forEach(
                (name, array) -> {
                    SafetensorsType type =
                            isFixed(name) ? SafetensorsType.F32 : SafetensorsType.F16;
                    float[] values =
                            name.equals(DeepAutoencoder.MEAN)
                                    ? latents.mean()
                                    : name.equals(DeepAutoencoder.DEVIATION)
                                            ? latents.deviation()
                                            : array.toFloatArray();
                    writer.floats(name, type, array.getShape().getShape(), () -> values);
                });
        JsonObject source = new JsonObject();
        source.addProperty("trained_on", data.name());
        source.addProperty("images", data.size());
        source.addProperty(DATA, data.contentHash());
        source.add(SETTINGS, settings.json());
        source.addProperty("steps_taken", step);
        source.addProperty("command", provenance.command());
        if (!provenance.dataSource().isEmpty()) {
            source.addProperty("data_source", provenance.dataSource());
        }
        if (!provenance.dataLicence().isEmpty()) {
            source.addProperty("data_licence", provenance.dataLicence());
        }
        source.add("software", Software.versions());
        CodecFolder codec = CodecFolder.write(folder, config, writer, source);
        codec.writePreview(latents.preview());
        AtomicFile.writeText(
                folder.resolve(CodecCard.FILE),
                new CodecCard(config, settings, data, provenance).text(step));
        return codec;
    }

    private void restore() throws IOException {
        Path file = folder.resolve(STATE);
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    "%s holds no state to resume from; leave out --resume to start"
                            .formatted(folder));
        }
        try (SafetensorsFile state = SafetensorsFile.open(file);
                NDManager scope = manager.newSubManager()) {
            Map<String, String> facts = state.metadata();
            requireSame(facts, SETTINGS, settings.json().toString(), "settings");
            requireSame(facts, SHAPE, config.json().toString(), "a shape");
            requireSame(facts, DATA, data.contentHash(), "data");
            step =
                    Optional.ofNullable(facts.get(STEP))
                            .filter(text -> text.matches("[0-9]{1,15}"))
                            .map(Long::parseLong)
                            .orElseThrow(() -> new CheckpointException(file + " is damaged"));
            NamedArrays.copyAll("weight", arrays(state, scope, "", weights), weights);
            adamW.restore(
                    step,
                    arrays(state, scope, FIRST, trained),
                    arrays(state, scope, SECOND, trained));
        } catch (IllegalArgumentException e) {
            throw new CheckpointException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private void requireSame(Map<String, String> facts, String name, String wanted, String what)
            throws CheckpointException {
        if (!wanted.equals(facts.get(name))) {
            throw new CheckpointException(
                    "%s was begun with other %s (%s); resume it as it was begun, or start in another folder"
                            .formatted(
                                    folder,
                                    what,
                                    name.equals(DATA) ? "its hash differs" : facts.get(name)));
        }
    }

    private static Map<String, NDArray> arrays(
            SafetensorsFile state, NDManager scope, String prefix, Map<String, NDArray> names)
            throws IOException {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (String name : names.keySet()) {
            arrays.put(name, state.read(scope, prefix + name));
        }
        return arrays;
    }

    /** Frees network and optimiser; what is not saved is lost. */
    @Override
    public void close() {
        gradients.close();
        adamW.close();
        manager.close();
    }
}
